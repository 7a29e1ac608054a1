"""Network features of the customers of one part, from their payments and from what was found of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.asof.network import Cycles
from data.parts import OUTSIDE
from data.parts.bank import Tables, column, rows_by
from data.schema import DAY_US
from engines.network.around import SOURCES
from engines.network.graph import LocalGraph
from engines.network.patterns import MOVERS
from features.network import FEATURES, Limits
from features.network.columns import NEIGHBOUR_SOURCES, PORT_DAYS, ROLE_DAYS, WINDOWS
from features.network.customers import MUTUAL_WINDOWS
from features.network.degrees import COUNTS, degrees
from features.network.fans import ScatterGather
from features.network.neighbours import Counterparties, around
from features.network.queries import Queries
from features.network.roles import ROLES, Patterns, roles

DEGREE_NAMES = [
    *(f"{name}_{days}d" for days in (*WINDOWS, PORT_DAYS) for name in COUNTS),
    *(f"reciprocated_share_{days}d" for days in MUTUAL_WINDOWS),
]
NETWORK_NAMES = [feature.name for feature in FEATURES]
NETWORK = pa.schema(
    {"customer_id": pa.int64(), "as_of": pa.int64()} | {name: pa.float32() for name in NETWORK_NAMES}
)
COUNTED = {
    "customer_counterparty_count_28d": "customers",
    "shared_counterparty_customer_count_28d": "shared",
    "device_customer_count_28d": "device_customers",
    "device_counterparty_count_28d": "device_counterparties",
    "reported_counterparty_count_28d": "reported",
    "reported_sharer_count": "reported_sharers",
    "report_distance_steps": "distance",
}


def _degrees(local: LocalGraph, queries: Queries, limits: Limits) -> dict[str, np.ndarray]:
    """Degrees by window, ports, and the share of counterparties with money both ways."""
    windows = [days * DAY_US for days in (*WINDOWS, PORT_DAYS)]
    answers = degrees(local.graph, windows, limits.memory_days * DAY_US, queries, 1)
    flat = answers.reshape(-1, len(queries))
    columns = dict(zip(DEGREE_NAMES, flat, strict=False))
    for days in MUTUAL_WINDOWS:
        paid, received, mutual = (columns[f"{name}_{days}d"] for name in MUTUAL_OF)
        all_of_them = paid + received - mutual
        columns[f"reciprocated_share_{days}d"] = mutual / np.where(all_of_them > 0, all_of_them, np.nan)
    return columns


MUTUAL_OF = ("out_degree", "in_degree", "mutual_degree")


def _rings(local: LocalGraph, rings: pa.Table) -> Cycles:
    """Members of cycles in order of the closing payment; no more than `roles` asks for."""
    edge = local.edge(column(rings, "transaction_id"))
    order = np.argsort(edge, kind="stable")
    member = local.node(column(rings, "member"))
    return Cycles(
        closing=np.zeros(0, np.int32),
        counts=np.zeros((0, 1), np.int32),
        kept=np.zeros(0, np.float32),
        member_edge=edge[order].astype(np.int32),
        member=member[order].astype(np.int32),
        member_hops=column(rings, "hops")[order],
        member_kept=column(rings, "kept")[order],
        given_up=0,
    )


def _patterns(local: LocalGraph, rings: pa.Table) -> Patterns:
    """What each payment of the part completes, as it was found before."""
    movers = np.stack([local.edge(local.told(name)) for name in MOVERS], axis=1)
    joins, source = local.told("joins"), local.told("source")
    joined = ScatterGather(
        count=joins,
        middles=local.told("middles"),
        source=np.where(joins > 0, local.node(source), -1).astype(np.int32),
    )
    return Patterns(
        graph=local.graph,
        chain_hops=local.told("chain_hops"),
        passed_on=movers.astype(np.int32),
        cycles=_rings(local, rings),
        scatter_gather=joined,
        gather=np.zeros(0, np.int32),
        scatter=local.told("scatter"),
    )


def _among_counterparties(local: LocalGraph, told: pa.Table, queries: Queries) -> dict[str, np.ndarray]:
    """Mean and largest indicators of the counterparties, in the order in which one machine adds them up."""
    owner, told_at = local.node(column(told, "customer")), column(told, "as_of")
    values = np.stack([column(told, name).astype(np.float64) for name in SOURCES], axis=1)
    nobody = np.zeros(len(local.keys), bool)
    customers = int(np.searchsorted(local.keys, OUTSIDE))
    found = np.empty((2, len(SOURCES), len(queries)), np.float32)
    moments, starts = np.unique(queries.until, return_index=True)
    for moment, first, end in zip(moments, starts, [*starts[1:], len(queries)], strict=True):
        known = np.full((customers, len(SOURCES)), np.nan)
        known[owner[told_at == moment]] = values[told_at == moment]
        links = Counterparties.of(local.graph, moment - ROLE_DAYS * DAY_US, moment)
        seen = around(links, customers, nobody, known, nobody)
        mine = queries.party[first:end]
        found[0, :, first:end], found[1, :, first:end] = seen.mean[mine].T, seen.largest[mine].T
    return {
        f"neighbour_{name}_{how}": found[row, place]
        for place, name in enumerate(NEIGHBOUR_SOURCES)
        for row, how in enumerate(("mean", "max"))
    }


def network_of_part(part: Tables, limits: Limits) -> pa.Table:
    """Network features of the customers of a part as of the moments asked about, in order of both.

    Parameters
    ----------
    part
        | ``ties``: payments from or to the part's customers, and others by which money of theirs moved
          on, that close a cycle through them or a scatter-gather from them; with what each completes
        | ``rings``: the part's customers on cycles
        | ``subjects``: customers (``customer``) and moments (``as_of``, microseconds), with what stands
          around them, see `engines.network.around.STANDING`
        | ``told``: indicators of the customers with whom they dealt before, as of the same moments
    limits : section ``build.network``
    """
    subjects, told = rows_by(part["subjects"], "as_of", "customer"), part["told"]
    if not len(subjects):
        return NETWORK.empty_table()
    customer, as_of = column(subjects, "customer"), column(subjects, "as_of")
    sources = column(part["ties"], "source")[column(part["ties"], "joins") > 0]
    members = column(part["rings"], "member"), column(told, "customer")
    local = LocalGraph.of(part["ties"], (customer, sources, *members))
    queries = Queries.of(local.node(customer), as_of)
    columns = _degrees(local, queries, limits)
    shown = roles(_patterns(local, part["rings"]), queries, ROLE_DAYS * DAY_US, 1)
    columns |= {role.name: shown[:, i] for i, role in enumerate(ROLES)}
    columns |= _among_counterparties(local, told, queries)
    columns |= {name: column(subjects, source) for name, source in COUNTED.items()}
    some = column(subjects, "counterparties")
    columns["counterparty_degree_mean_28d"] = column(subjects, "degree_total") / np.where(
        some > 0, some, np.nan
    )
    found = [pa.array(columns[name].astype(np.float32), from_pandas=False) for name in NETWORK_NAMES]
    return rows_by(pa.table([customer, as_of, *found], schema=NETWORK), "customer_id", "as_of")
