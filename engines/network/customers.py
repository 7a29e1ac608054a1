"""Network features of the customers of one part, from their payments and from what was found of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.asof.network import Cycles
from data.parts.bank import Tables, column, rows_by
from data.schema import DAY_US
from engines.network.graph import LocalGraph
from engines.network.patterns import MOVERS
from features.network import FEATURES, Limits
from features.network.columns import PORT_DAYS, ROLE_DAYS, WINDOWS
from features.network.customers import MUTUAL_WINDOWS
from features.network.degrees import COUNTS, degrees
from features.network.fans import ScatterGather
from features.network.queries import Queries
from features.network.roles import ROLES, Patterns, roles

DEGREE_NAMES = [
    *(f"{name}_{days}d" for days in (*WINDOWS, PORT_DAYS) for name in COUNTS),
    *(f"reciprocated_share_{days}d" for days in MUTUAL_WINDOWS),
]
OF_PAYMENTS = {*DEGREE_NAMES, *(role.name for role in ROLES)}
# In the order of the feature matrix: what a customer's own payments tell, and what they are a part of.
NETWORK_NAMES = [feature.name for feature in FEATURES if feature.name in OF_PAYMENTS]
NETWORK = pa.schema(
    {"customer_id": pa.int64(), "as_of": pa.int64()} | {name: pa.float32() for name in NETWORK_NAMES}
)


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


def network_of_part(part: Tables, limits: Limits) -> pa.Table:
    """Network features of the customers of a part as of the moments asked about, in order of both.

    Parameters
    ----------
    part
        | ``ties``: payments from or to the part's customers, and others by which money of theirs moved
          on, that close a cycle through them or a scatter-gather from them; with what each completes
        | ``rings``: the part's customers on cycles
        | ``subjects``: customers (``customer``) and moments (``moment``, microseconds)
    limits : section ``build.network``
    """
    subjects = rows_by(part["subjects"], "moment", "customer")
    customer, moment = column(subjects, "customer"), column(subjects, "moment")
    sources = column(part["ties"], "source")[column(part["ties"], "joins") > 0]
    local = LocalGraph.of(part["ties"], (customer, sources, column(part["rings"], "member")))
    queries = Queries.of(local.node(customer), moment)
    columns = _degrees(local, queries, limits)
    shown = roles(_patterns(local, part["rings"]), queries, ROLE_DAYS * DAY_US, 1)
    columns |= {role.name: shown[:, i] for i, role in enumerate(ROLES)}
    found = [pa.array(columns[name].astype(np.float32), from_pandas=False) for name in NETWORK_NAMES]
    return rows_by(pa.table([customer, moment, *found], schema=NETWORK), "customer_id", "as_of")
