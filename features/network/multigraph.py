"""The directed, timed multigraph of payments: edges in order of time, pairs, arrivals by party.

Every kernel of this package reads these arrays. An edge is used only by queries after it:
positions end strictly before a moment, and payments of one moment never see each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba import njit

QUERIES_AT_ONCE = 20_000  # their columns stay in the processor's cache
ROWS_TURNED_AT_ONCE = 4_000
CHUNKS_PER_THREAD = 8  # small parts, so that one with hubs does not keep the others waiting


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
    (pairs,) is the pair of the other direction, or -1. ``previous`` and ``following`` (n,) are the pair's
    payments before and after, ``turned_previous`` and ``turned_following`` those of the other
    direction; -1 where there is none before, n where there is none after.
    ``arrival`` (n,) lists edges by payee and time, ``arrival_first`` (nodes + 1,) where a
    node's list starts, and ``departure`` likewise by payer. ``payer_end`` and ``payee_end``
    (n,) are positions in ``arrival``: the end of what had arrived at the edge's payer, and at
    its payee, strictly before the edge.
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
    previous: np.ndarray
    following: np.ndarray
    turned_previous: np.ndarray
    turned_following: np.ndarray
    arrival_first: np.ndarray
    arrival: np.ndarray
    departure_first: np.ndarray
    departure: np.ndarray
    payer_end: np.ndarray
    payee_end: np.ndarray

    @classmethod
    def of(
        cls, payer: np.ndarray, payee: np.ndarray, at: np.ndarray, cents: np.ndarray, nodes: int
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
        arrival_first, arrival = by_node(payee, nodes)
        departure_first, departure = by_node(payer, nodes)
        # Dealt out by one end and then by the other, payments stand by pair and time, unsorted.
        _, by_pair = by_node(payer, nodes, arrival)
        edges = len(at)
        previous, turned_previous = np.full((2, edges), -1, np.int32)
        following, turned_following = np.full((2, edges), edges, np.int32)
        pair, begins, first_pair = _numbered(by_pair, departure_first, payee, previous, following)
        paid = Pairs(first_pair, payee[by_pair[begins[:-1]]])
        received_first, turned = by_node(paid.other, nodes)
        received = Pairs(
            received_first, np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first_pair))[turned]
        )
        mirror = _mirrors(paid, received, turned, np.full(len(turned), -1, np.int32))
        _meet(by_pair, begins, mirror, turned_previous, turned_following)
        payer_end, payee_end = _ends(payer, payee, at, arrival_first.copy(), np.empty((2, len(at)), np.int64))
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
            previous=previous,
            following=following,
            turned_previous=turned_previous,
            turned_following=turned_following,
            arrival_first=arrival_first,
            arrival=arrival,
            departure_first=departure_first,
            departure=departure,
            payer_end=payer_end,
            payee_end=payee_end,
        )

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def arrived_at(self) -> np.ndarray:
        """When each of ``arrival`` happened, shape (n,); read in this order, moments lie together."""
        return np.asarray(self.at[self.arrival])

    @cached_property
    def arrived_cents(self) -> np.ndarray:
        """What each of ``arrival`` brought, shape (n,)."""
        return np.asarray(self.cents[self.arrival])

    @cached_property
    def departed_at(self) -> np.ndarray:
        """When each of ``departure`` happened, shape (n,)."""
        return np.asarray(self.at[self.departure])

    def is_new(self, memory_us: int) -> np.ndarray:
        """Whether a payment is its pair's first in ``memory_us``, shape (n,)."""
        return (self.previous < 0) | (self.at - self.at[self.previous] > memory_us)


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


def by_node(node: np.ndarray, nodes: int, order: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Edges by node, at each in their own order or in the one given: (start of each node's list, edges)."""
    order = np.arange(len(node), dtype=np.int32) if order is None else order
    first = np.concatenate([[0], np.cumsum(np.bincount(node, minlength=nodes))])
    return first, _dealt(node, order, first[:-1].copy(), np.empty(len(node), np.int32))


@njit(cache=True, nogil=True)
def _dealt(node: np.ndarray, order: np.ndarray, fill: np.ndarray, edges: np.ndarray) -> np.ndarray:
    for e in order:
        edges[fill[node[e]]] = e
        fill[node[e]] += 1
    return edges


@njit(cache=True, nogil=True)
def _numbered(
    by_pair: np.ndarray, first: np.ndarray, payee: np.ndarray, previous: np.ndarray, following: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number of each edge's pair, where each pair begins in ``by_pair``, and each node's first pair.

    ``first`` is where each payer begins in ``by_pair``. Fills in what is known of ``previous``
    and ``following``.
    """
    pair, begins = np.empty(len(by_pair), np.int32), np.empty(len(by_pair) + 1, np.int32)
    first_pair = np.empty(len(first), np.int64)
    size = 0
    for node in range(len(first) - 1):
        first_pair[node] = size
        last, its_payee = -1, -1
        for k in range(first[node], first[node + 1]):
            e = by_pair[k]
            if payee[e] == its_payee:
                previous[e], following[last] = last, e
            else:
                its_payee = payee[e]
                begins[size] = k
                size += 1
            pair[e] = size - 1
            last = e
    first_pair[-1], begins[size] = size, len(by_pair)
    return pair, begins[: size + 1].copy(), first_pair


@njit(cache=True, nogil=True)
def _mirrors(paid: Pairs, received: Pairs, turned: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """Number of each pair's other direction, where it occurs; ``mirror`` (pairs,) is at first -1.

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
    return mirror


@njit(cache=True, nogil=True)
def _meet(
    by_pair: np.ndarray,
    begins: np.ndarray,
    mirror: np.ndarray,
    turned_previous: np.ndarray,
    turned_following: np.ndarray,
) -> None:
    """Fill in the payments of the other direction before and after each, where it occurs."""
    for p in range(len(mirror)):
        if mirror[p] < 0:
            continue
        begin, end = begins[mirror[p]], begins[mirror[p] + 1]
        later = begin
        for k in range(begins[p], begins[p + 1]):
            e = by_pair[k]
            while later < end and by_pair[later] < e:
                later += 1
            if later > begin:
                turned_previous[e] = by_pair[later - 1]
            if later < end:
                turned_following[e] = by_pair[later]


@njit(cache=True, nogil=True)
def _ends(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, fill: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """Ends of what had arrived at payer and payee strictly before each edge; shape (2, n).

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
    return ends


def each(work: Callable[[Any], Any], tasks: Iterable[Any], threads: int) -> list[Any]:
    """Results of ``work`` on each task, in order, on ``threads`` threads.

    The kernels release Python's lock and the tasks share no state, so the number of threads
    changes nothing.
    """
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, tasks))


def in_parts(work: Callable[[int, int], Any], size: int, threads: int, most: int | None = None) -> list[Any]:
    """Results of ``work(first, end)`` over parts of ``range(size)``, of no more than ``most``, see `each`."""
    parts = max(threads * CHUNKS_PER_THREAD, -(-size // most) if most else 0)
    bounds = np.linspace(0, size, parts + 1).astype(np.int64)
    return each(lambda span: work(*span), pairwise(bounds.tolist()), threads)


def by_column(answers: np.ndarray, threads: int) -> np.ndarray:
    """Answers (queries, columns) as (columns, queries), turned in parts that stay in the cache."""
    turned = np.empty(answers.shape[::-1], answers.dtype)

    def part(first: int, end: int) -> None:
        turned[:, first:end] = answers[first:end].T

    in_parts(part, len(answers), threads, most=ROWS_TURNED_AT_ONCE)
    return turned
