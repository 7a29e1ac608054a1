"""The directed, timed multigraph of payments: edges in order of time, pairs, arrivals by party.

Every kernel of this package reads these arrays. An edge is used only by queries after it:
positions end strictly before a moment, and payments of one moment never see each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER
from data.asof.network.parallel import each
from data.asof.network.sides import Sides

NODES_OF_A_BLOCK = 4_096  # their lists stay in the processor's cache


class Pairs(NamedTuple):
    """Pairs (payer, payee) that occur, by one of the two and then by the other.

    Those of a node start at its place in ``first`` (nodes + 1,); ``other`` (pairs,) is the
    other of the two.
    """

    first: np.ndarray
    other: np.ndarray


@dataclass(frozen=True)
class Multigraph:
    """Payments between different parties, in order of time.

    Edge arrays have shape (n,): ``payer``, ``payee`` (nodes), ``at`` (microseconds),
    ``cents``, and ``row``, the place of the payment in the input. Edges of one moment are
    ordered by payer, payee and amount, so that no answer depends on the order of rows.

    ``pair`` numbers the (payer, payee) pairs that occur, in that order; ``paid`` lists them so,
    ``received`` by payee and payer, where their numbers are ``turned`` (pairs,). ``mirror``
    (pairs,) is the pair of the other direction, or -1.
    ``sides`` lists edges by party and time: ``departure`` by payer, ``arrival`` by payee.
    ``payer_end`` and ``payee_end`` (n,) are places in ``arrival``: the end of what had arrived
    at the edge's payer, and at its payee, strictly before the edge.
    """

    nodes: int
    payer: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    row: np.ndarray
    pair: np.ndarray
    paid: Pairs
    received: Pairs
    turned: np.ndarray
    mirror: np.ndarray
    sides: Sides
    payer_end: np.ndarray
    payee_end: np.ndarray

    @classmethod
    def of(
        cls,
        payer: np.ndarray,
        payee: np.ndarray,
        at: np.ndarray,
        cents: np.ndarray,
        nodes: int,
        threads: int = 1,
    ) -> Multigraph:
        """Order the payments; one from a party to itself is no edge. Shapes (rows,).

        Raises
        ------
        ValueError
            where a party is no node: the kernels look nothing up twice
        """
        if len(payer) and (min(payer.min(), payee.min()) < 0 or max(payer.max(), payee.max()) >= nodes):
            raise ValueError(f"expected parties from 0 to {nodes - 1}")
        row = _in_order(payer, payee, at, cents)
        payer, payee = payer[row].astype(np.int32), payee[row].astype(np.int32)
        at, cents = at[row].astype(np.int64), cents[row].astype(np.int64)
        lists = each(lambda end: by_node(end, nodes), (payer, payee), threads)
        first, edge = (np.stack(both) for both in zip(*lists, strict=True))
        others = np.stack(each(lambda task: task[0][task[1]], ((payee, edge[0]), (payer, edge[1])), threads))

        def meetings() -> tuple[Sides, np.ndarray]:
            ends = np.empty((2, len(at)), np.int32)
            _ends(payer, payee, at, first[1].astype(np.int32), ends)
            return Sides.of(first, edge, others, at[edge], threads), ends

        pairs, (sides, (payer_end, payee_end)) = each(
            lambda find: find(), (lambda: _pairs(payee, first[0], edge[1], others[1]), meetings), threads
        )
        pair, paid, received, turned, mirror = pairs
        return cls(
            nodes=nodes,
            payer=payer,
            payee=payee,
            at=at,
            cents=cents,
            row=row,
            pair=pair,
            paid=paid,
            received=received,
            turned=turned,
            mirror=mirror,
            sides=sides,
            payer_end=payer_end,
            payee_end=payee_end,
        )

    def __len__(self) -> int:
        return len(self.at)

    @property
    def departure(self) -> np.ndarray:
        """Edges by payer and time, shape (n,)."""
        return self.sides.edge[0]

    @property
    def arrival(self) -> np.ndarray:
        """Edges by payee and time, shape (n,)."""
        return self.sides.edge[1]

    @property
    def met(self) -> np.ndarray:
        """Payments before and after of each one's pair, and of the other direction; see `Sides`."""
        return self.sides.met

    @cached_property
    def turned_later(self) -> np.ndarray:
        """Pairs whose other direction has a lower number."""
        return np.flatnonzero((self.mirror >= 0) & (self.mirror < np.arange(len(self.mirror))))

    @cached_property
    def arrived_cents(self) -> np.ndarray:
        """What each of ``arrival`` brought, shape (n,)."""
        return np.asarray(self.cents[self.arrival])


def _in_order(payer: np.ndarray, payee: np.ndarray, at: np.ndarray, cents: np.ndarray) -> np.ndarray:
    """Rows of payments between different parties by time, payer, payee and amount."""
    kept = np.flatnonzero(payer != payee)
    row = kept[np.argsort(at[kept], kind="stable")]
    same = at[row][1:] == at[row][:-1]
    # Only rows of equal time need the other keys: a few, where clocks are fine.
    tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False)[: len(row)])
    some = row[tied]
    row[tied] = some[np.lexsort((cents[some], payee[some], payer[some], at[some]))]
    return row


def by_node(node: np.ndarray, nodes: int, edges: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Edges by node, at each in the order given: (start of each node's list, edges).

    ``node`` is that of each of ``edges``, which are 0, 1, 2 and so on unless given.
    """
    edges = np.arange(len(node), dtype=np.int32) if edges is None else edges
    node, first = np.ascontiguousarray(node, np.int32), np.zeros(nodes + 1, np.int64)
    _starts(node, first)
    fill, (its_node, its_edge, dealt) = first[:-1].copy(), np.empty((3, len(edges)), np.int32)
    _dealt(node, edges, fill, fill[::NODES_OF_A_BLOCK].copy(), its_node, its_edge, dealt)
    return first, dealt


@njit(**INNER)
def _starts(node: np.ndarray, first: np.ndarray) -> None:
    """Fill ``first`` (nodes + 1,), at first 0: where each node's list starts, and the last one ends."""
    for k in range(len(node)):
        first[node[k] + 1] += 1
    for k in range(len(first) - 1):
        first[k + 1] += first[k]


@njit(**INNER)
def _dealt(
    node: np.ndarray,
    edges: np.ndarray,
    fill: np.ndarray,
    fill_block: np.ndarray,
    its_node: np.ndarray,
    its_edge: np.ndarray,
    dealt: np.ndarray,
) -> None:
    """Deal edges out to blocks of nodes, then to nodes: what is written at a time lies close together.

    ``fill`` and ``fill_block`` are where the lists start; they are used up. The last is filled,
    the two before it are room.
    """
    for k in range(len(edges)):
        block = node[k] // NODES_OF_A_BLOCK
        place = fill_block[block]
        its_node[place], its_edge[place] = node[k], edges[k]
        fill_block[block] = place + 1
    for k in range(len(edges)):
        place = fill[its_node[k]]
        dealt[place] = its_edge[k]
        fill[its_node[k]] = place + 1


def _pairs(
    payee: np.ndarray, departure_first: np.ndarray, arrival: np.ndarray, arrived_payer: np.ndarray
) -> tuple[np.ndarray, Pairs, Pairs, np.ndarray, np.ndarray]:
    """``pair``, ``paid``, ``received``, ``turned`` and ``mirror`` of the graph."""
    # Dealt out by one end and then by the other, payments stand by pair and time, unsorted.
    nodes = len(departure_first) - 1
    _, by_pair = by_node(arrived_payer, nodes, arrival)
    pair, other = np.empty((2, len(by_pair)), np.int32)
    paid_first = np.empty_like(departure_first)
    size = _numbered(by_pair, departure_first, payee, pair, paid_first, other)
    paid = Pairs(paid_first, other[:size].copy())
    received_first, turned = by_node(paid.other, nodes)
    payers = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(paid.first))
    received = Pairs(received_first, payers[turned])
    mirror = np.full(size, -1, np.int32)
    _mirrors(paid, received, turned, mirror)
    return pair, paid, received, turned, mirror


@njit(**INNER)
def _numbered(
    by_pair: np.ndarray,
    first: np.ndarray,
    payee: np.ndarray,
    pair: np.ndarray,
    first_pair: np.ndarray,
    other: np.ndarray,
) -> int:
    """Fill the last three: number of each edge's pair, and the pairs by payer; how many these are.

    ``by_pair`` are edges by payer, payee and time, ``first`` is where each payer begins.
    """
    size = 0
    for node in range(len(first) - 1):
        first_pair[node] = size
        for k in range(first[node], first[node + 1]):
            e = by_pair[k]
            if size == first_pair[node] or payee[e] != other[size - 1]:
                other[size] = payee[e]
                size += 1
            pair[e] = size - 1
    first_pair[-1] = size
    return size


@njit(**INNER)
def _mirrors(paid: Pairs, received: Pairs, turned: np.ndarray, mirror: np.ndarray) -> None:
    """Fill ``mirror`` (pairs,), at first -1: the number of each pair's other direction, where it occurs.

    Both lists of a party are in order of the other one: they meet.
    """
    paid_first, payee = paid
    received_first, payer = received
    for node in range(len(paid_first) - 1):
        p, end = paid_first[node], paid_first[node + 1]
        for k in range(received_first[node], received_first[node + 1]):
            while p < end and payee[p] < payer[k]:
                p += 1
            if p < end and payee[p] == payer[k]:
                mirror[p] = turned[k]


@njit(**INNER)
def _ends(payer: np.ndarray, payee: np.ndarray, at: np.ndarray, fill: np.ndarray, ends: np.ndarray) -> None:
    """Fill ``ends`` (2, n): ends of what had arrived at payer and payee strictly before each edge.

    ``fill`` is where each node's arrivals start; it is used up.
    """
    e = 0
    while e < len(at):
        stop = e
        while stop < len(at) and at[stop] == at[e]:
            ends[0, stop], ends[1, stop] = fill[payer[stop]], fill[payee[stop]]
            stop += 1
        for k in range(e, stop):
            fill[payee[k]] += 1
        e = stop
