"""What payments complete together with others, found by party, by payee and by component of trails.

Each function is given some payments whole and answers for those alone; nothing is searched again.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.asof.network import TrailLimits, Trails, chains, passed_on
from data.asof.windows import first_at_or_after
from data.parts.bank import Tables, column
from data.parts.trails import trails_of_edges
from data.schema import DAY_US
from engines.network.graph import LocalGraph
from features.network import Limits
from features.network.fans import gather_scatters, scatter_gathers
from features.network.roles import PASS_ON_HOPS

MOVERS = tuple(f"mover_{hop + 1}" for hop in range(PASS_ON_HOPS))
SCATTERED = pa.schema({"transaction_id": pa.int64(), "scatter": pa.int32()})
TIE = {name: pa.int64() for name in ("transaction_id", "moment", "cents", "payer", "payee")}
ATTACHED = pa.schema({"target": pa.int32(), **TIE})
JOINED = pa.schema(
    {"transaction_id": pa.int64(), "joins": pa.int32(), "middles": pa.int32(), "source": pa.int64()}
)
LINKED = pa.schema(
    {"transaction_id": pa.int64(), "chain_hops": pa.int32()} | {name: pa.int64() for name in MOVERS}
)
RINGS = pa.schema(
    {"transaction_id": pa.int64(), "member": pa.int64(), "hops": pa.int32(), "kept": pa.float32()}
)


def scattered_of_part(part: Tables, limits: Limits) -> pa.Table:
    """How many payees a payer scatters to after gathering, by payment; without those that do not.

    Parameters
    ----------
    part : ``ties`` from or to some parties, ``departs`` tells those whose payer is one of them; and
        ``before``, those that are looked back at besides
    """
    names = ["departs", *TIE]
    local = LocalGraph.of(pa.concat_tables([part[name].select(names) for name in ("ties", "before")]))
    _, scatter = gather_scatters(local.graph, limits.fan_days * DAY_US, limits.fan_least, 1)
    mine = local.told("departs") & (scatter > 0)
    return pa.table([local.told("transaction_id")[mine], scatter[mine]], schema=SCATTERED)


def arrivals_of_departures(part: Tables, limits: Limits) -> pa.Table:
    """What had arrived at the payer a short time before a payment: one row a payment and part that asks.

    Parameters
    ----------
    part : ``ties`` from or to some parties; ``departs`` tells those whose payer is one of them, ``target``
        the part of their payee. ``copied`` are those of another ``target`` that asks for them as well
    """
    local = LocalGraph.of(part["ties"])
    graph = local.graph
    own, copied = np.flatnonzero(local.told("departs")), part["copied"]
    edge = np.append(own, local.edge(column(copied, "transaction_id")))
    payer, end = graph.payer[edge].astype(np.int64), graph.payer_end[edge].astype(np.int64)
    first, arrived_at = graph.sides.first[1], graph.sides.at[1]
    since = graph.at[edge] - limits.fan_days * DAY_US
    opens = np.maximum(first_at_or_after(first, arrived_at, payer, since), end - limits.fan_arrivals)
    count = np.maximum(end - opens, 0)
    place = np.arange(count.sum()) + np.repeat(opens - (np.cumsum(count) - count), count)
    asks = np.append(local.told("target")[own], column(copied, "target")).astype(np.int64)
    target = np.repeat(asks, count)
    both = np.unique(target * len(graph) + graph.arrival[place]) if len(graph) else place
    found = local.rows.take(pa.array(both % max(len(graph), 1)))
    columns = [pa.array(both // max(len(graph), 1), pa.int32()), *(found[name] for name in TIE)]
    return pa.table(columns, names=ATTACHED.names).cast(ATTACHED)


def scatter_gathers_of_part(part: Tables, limits: Limits) -> pa.Table:
    """Sources whose money reaches the payee of a payment over several others; without payments that do not.

    Parameters
    ----------
    part : ``ties`` to some payees, and as ``attached`` what had arrived at their payers before, see
        `arrivals_of_departures`
    """
    mine = part["ties"].select(list(TIE))
    both = pa.concat_tables([mine, part["attached"].select(list(TIE))], promote_options="permissive")
    local = LocalGraph.of(both)
    found = scatter_gathers(local.graph, limits.fan_days * DAY_US, limits.fan_least, limits.fan_arrivals, 1)
    number = local.told("transaction_id")
    row = np.flatnonzero((found.middles > 0) & np.isin(number, mine["transaction_id"].to_numpy()))
    columns = [number[row], found.count[row], found.middles[row], local.keys[found.source[row]]]
    return pa.table(columns, schema=JOINED)


def _components(part: Tables) -> tuple[LocalGraph, Trails]:
    local = LocalGraph.of(part["ties"])
    return local, trails_of_edges(local.told("transaction_id"), part["edges"])


def chains_of_components(part: Tables, limits: TrailLimits) -> pa.Table:
    """The longest chain that ends in each payment, and by which payments its money moves on, -1 without.

    Parameters
    ----------
    part : ``ties`` of some components of trails and their ``edges``
    """
    local, trails = _components(part)
    number = np.append(local.told("transaction_id"), -1)
    longest = chains(local.graph, trails, limits.hop_us, limits.chain_hops)
    movers = number[passed_on(local.graph, trails, limits.hop_us, PASS_ON_HOPS)]
    return pa.table([number[:-1], longest, *np.ascontiguousarray(movers.T)], schema=LINKED)


def rings_of_components(part: Tables, limits: TrailLimits) -> pa.Table:
    """Who stands on the cycles that a payment closes; ``part`` as for `chains_of_components`."""
    local, trails = _components(part)
    found = limits.cycles(local.graph, trails, 1)
    columns = [local.told("transaction_id")[found.member_edge], local.keys[found.member]]
    return pa.table([*columns, found.member_hops, found.member_kept], schema=RINGS)
