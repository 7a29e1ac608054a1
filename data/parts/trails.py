"""Money that is followed over several parties, found by party and then by connected component.

Which transfer may continue which is a question to one party: its arrivals and departures answer it.
Chains and round trips are walks over these answers, so they lie in one component each. No step
needs the surroundings of a party, and none searches again what was found.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.asof.network import Multigraph, Trails, quick_chains
from data.observed_ledger import ROUND_TRIP_HOPS, LedgerParams
from data.parts.bank import KEY_OF_OUTSIDERS, Tables, column, numbers_by_key, rows_by
from data.schema import HOUR_US

EDGES = pa.schema({"later": pa.int64(), "earlier": pa.int64()})
MEMBERS = pa.schema({"transaction_id": pa.int64(), "component": pa.int64()})
FOLLOWED = pa.schema(
    {
        "customer": pa.int64(),
        "moment": pa.int64(),
        "cents": pa.int64(),
        "transaction_id": pa.int64(),
        "closes": pa.bool_(),
    }
)
PARTIES = ("payer", "payee")


def _graph(transfers: pa.Table) -> tuple[np.ndarray, Multigraph]:
    """Keys of the parties and the multigraph of transfers, in order of moment and number as in the ledger."""
    keys, (payer, payee) = numbers_by_key(*(column(transfers, name) for name in PARTIES))
    at, cents = column(transfers, "moment"), column(transfers, "cents")
    return keys, Multigraph.of(payer, payee, at, cents, len(keys))


def trail_edges(part: Tables, params: LedgerParams) -> pa.Table:
    """Which transfer may continue which, at some parties: one row a pair of transfers.

    Parameters
    ----------
    part : ``transfers`` from or to these parties; ``departs`` tells those whose payer is one of them
    """
    transfers = rows_by(part["transfers"], "moment", "transaction_id")
    _, graph = _graph(transfers)
    trails = params.trails.trails(graph, 1)
    number = column(transfers, "transaction_id")[graph.row]
    later = np.repeat(np.arange(len(graph)), np.diff(trails.first))
    mine = column(transfers, "departs")[graph.row][later]
    return pa.table([number[later[mine]], number[trails.earlier[mine]]], schema=EDGES)


def components_of_trails(part: Tables) -> pa.Table:
    """The connected component of each transfer that continues another or is continued.

    Parameters
    ----------
    part : all ``edges``, see `trail_edges`
    """
    later, earlier = column(part["edges"], "later"), column(part["edges"], "earlier")
    numbers, ends = numbers_by_key(later, earlier)
    size = len(numbers)
    links = coo_array((np.ones(len(later), np.int8), tuple(ends)), shape=(size, size))
    component = connected_components(links, directed=False)[1] if size else np.zeros(0, np.int64)
    return pa.table([numbers, component.astype(np.int64)], schema=MEMBERS)


def trails_of_edges(number: np.ndarray, edges: pa.Table) -> Trails:
    """Trails of edges given by numbers of transfers; ``number`` (n,) is that of each edge of the graph."""
    by_number = np.argsort(number, kind="stable")
    later, earlier = (
        by_number[np.searchsorted(number[by_number], column(edges, name))] for name in EDGES.names
    )
    order = np.lexsort((-earlier, later))  # latest first
    first = np.searchsorted(later[order], np.arange(len(number) + 1))
    return Trails(first, earlier[order].astype(np.int32))


def followed_money(part: Tables, params: LedgerParams) -> pa.Table:
    """Round trips and quick chains of some components of trails, as far as customers have to do with them.

    One row a payment that brings its payee (``customer``) money back over two others or more
    (``closes``), and one a customer on a quick chain, at the moment and of the cents of its last transfer.

    Parameters
    ----------
    part : ``transfers`` of the components and their ``edges``, see `trail_edges`
    """
    transfers = rows_by(part["transfers"], "moment", "transaction_id")
    keys, graph = _graph(transfers)
    number = column(transfers, "transaction_id")[graph.row]
    trails = trails_of_edges(number, part["edges"])
    back = params.trails.cycles(graph, trails, 1).closing_through(ROUND_TRIP_HOPS)
    party, last = quick_chains(graph, trails, params.chain_hours * HOUR_US, params.chain_kept)
    customer = np.concatenate([keys[graph.payee[back]], keys[party]])
    edge = np.concatenate([back, last])
    closes = np.arange(len(edge)) < len(back)
    found = pa.table([customer, graph.at[edge], graph.cents[edge], number[edge], closes], schema=FOLLOWED)
    return found.filter(pa.array(customer < KEY_OF_OUTSIDERS))
