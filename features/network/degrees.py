"""Degrees of a party over windows: party by party, every payment enters and leaves once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numba import njit

from features.network.multigraph import QUERIES_AT_ONCE, Multigraph, by_column, by_node, each, in_parts

# What is counted of a party in a window, in the order of the sweep's last axis.
COUNTS = (
    "paid_count",
    "received_count",
    "out_degree",
    "in_degree",
    "new_out_degree",
    "new_in_degree",
    "repeated_out_degree",
    "repeated_in_degree",
    "mutual_degree",
)
PORTS = ("out_port_count", "in_port_count")


class _Own(NamedTuple):
    """Payments by party and time, what goes out (side 0) and what comes in (side 1).

    ``first`` (2, nodes + 1) says where a party's payments start; all others have shape (2, n).
    ``previous`` and ``following`` are the places of the pair's payments before and after, -1
    and n where there is none; the turned ones are places on the other side.
    """

    first: np.ndarray
    at: np.ndarray
    is_new: np.ndarray
    previous: np.ndarray
    following: np.ndarray
    turned_previous: np.ndarray
    turned_following: np.ndarray


def _own(graph: Multigraph, is_new: np.ndarray, threads: int) -> _Own:
    """Both sides of every party."""
    lists = (graph.departure, graph.arrival)
    places = [_places(edges) for edges in lists]
    room = np.empty((4, 2, len(graph)), np.int32)
    links = (graph.previous, graph.following, graph.turned_previous, graph.turned_following)

    def fill(task: tuple[int, int]) -> None:
        which, side = task
        where = places[side] if which < 2 else places[1 - side]
        room[which, side] = where[links[which][lists[side]]]

    each(fill, product(range(len(links)), range(2)), threads)
    return _Own(
        np.stack([graph.departure_first, graph.arrival_first]),
        np.stack([graph.departed_at, graph.arrived_at]),
        np.stack([is_new[edges] for edges in lists]),
        *room,
    )


def _places(edges: np.ndarray) -> np.ndarray:
    """Where each edge stands in a list, and n and -1 for "none", which are n and -1."""
    places = np.empty(len(edges) + 2, np.int32)
    places[edges] = np.arange(len(edges), dtype=np.int32)
    places[-2:] = len(edges), -1
    return places


@njit(cache=True, nogil=True)
def _turn(
    counts: np.ndarray, side: int, is_new: bool, is_only: bool, is_second: bool, is_mutual: bool, step: int
) -> None:
    """Let a payment out (side 0) or in (side 1) enter (step 1) or leave (step -1) the counts.

    Without it its pair has none in the window (``is_only``) or just one (``is_second``);
    ``is_mutual`` says whether the other direction has any.
    """
    counts[side] += step
    if is_new:
        counts[4 + side] += step
    if is_only:
        counts[2 + side] += step
        if is_mutual:
            counts[8] += step
    elif is_second:
        counts[6 + side] += step


@njit(cache=True, nogil=True)
def _sweep(
    own: _Own, node: np.ndarray, as_of: np.ndarray, window_us: int, rows: np.ndarray, found: np.ndarray
) -> None:
    """Fill ``found`` (queries, 9) for the ``rows`` of the queries, in order of party and time."""
    first, at, is_new, previous, following, turned_previous, turned_following = own
    counts = np.zeros(found.shape[1], np.int32)
    heads, tails = np.zeros(2, np.int64), np.zeros(2, np.int64)
    me = -1
    for q in range(len(rows)):
        until = as_of[rows[q]]
        if node[rows[q]] != me:
            me = node[rows[q]]
            heads[:] = tails[:] = first[:, me]
            counts[:] = 0
        # A window holds the payments from the tails to the heads.
        for side in range(2):
            head, tail, other_tail = heads[side], tails[side], tails[1 - side]
            while head < first[side, me + 1] and at[side, head] < until:
                last = previous[side, head]
                is_second = last >= tail and previous[side, last] < tail
                is_mutual = turned_previous[side, head] >= other_tail
                _turn(counts, side, is_new[side, head], last < tail, is_second, is_mutual, 1)
                head += 1
            heads[side] = head
        for side in range(2):
            head, tail, other_head = heads[side], tails[side], heads[1 - side]
            while tail < head and at[side, tail] < until - window_us:
                later = following[side, tail]
                is_second = later < head and following[side, later] >= head
                is_mutual = turned_following[side, tail] < other_head
                _turn(counts, side, is_new[side, tail], later >= head, is_second, is_mutual, -1)
                tail += 1
            tails[side] = tail
        for column in range(len(counts)):
            found[q, column] = counts[column]


@njit(cache=True, nogil=True)
def _put(found: np.ndarray, rows: np.ndarray, answers: np.ndarray) -> None:
    """Write (windows, rows, 9) where the rows belong in (queries, windows, 9), each at once."""
    for q in range(len(rows)):
        for w in range(len(found)):
            for column in range(found.shape[2]):
                answers[rows[q], w, column] = found[w, q, column]


@njit(cache=True, nogil=True)
def _ports_ever(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    is_first: np.ndarray,
    query_node: np.ndarray,
    query_at: np.ndarray,
    ports: np.ndarray,
    answers: np.ndarray,
) -> np.ndarray:
    head = 0
    for q in range(len(query_at)):
        while head < len(at) and at[head] < query_at[q]:
            if is_first[head]:
                ports[payer[head], 0] += 1
                ports[payee[head], 1] += 1
            head += 1
        answers[q, 0], answers[q, 1] = ports[query_node[q], 0], ports[query_node[q], 1]
    return answers


def degrees(
    graph: Multigraph,
    windows_us: Sequence[int],
    memory_us: int,
    node: np.ndarray,
    as_of: np.ndarray,
    threads: int,
) -> np.ndarray:
    """Counts of COUNTS over each ``[as_of - window, as_of)``, shape (windows, 9, queries).

    A counterparty is new if its first payment in that direction for ``memory_us`` lies in
    the window (with a memory without end the count would tell how old the bank's data are),
    repeated if it has two or more there, mutual if money went both ways there.

    Parameters
    ----------
    windows_us, memory_us : microseconds, the memory no shorter than any window
    node, as_of : shape (queries,), party and microseconds, in order of ``as_of``
    """
    own = _own(graph, graph.is_new(memory_us), threads)
    answers = np.empty((len(as_of), len(windows_us), len(COUNTS)), np.int32)
    _, by_party = by_node(node, graph.nodes)

    def part(first: int, end: int) -> None:
        rows = by_party[first:end]
        found = np.empty((len(windows_us), len(rows), len(COUNTS)), np.int32)
        for window_us, counts in zip(windows_us, found, strict=True):
            _sweep(own, node, as_of, window_us, rows, counts)
        _put(found, rows, answers)

    in_parts(part, len(node), threads, most=QUERIES_AT_ONCE)
    by_query = answers.reshape(len(as_of), -1)
    return by_column(by_query, threads).reshape(len(windows_us), len(COUNTS), len(as_of))


def ports_ever(graph: Multigraph, node: np.ndarray, as_of: np.ndarray) -> np.ndarray:
    """Parties paid and parties received from since the beginning, shape (queries, 2)."""
    return _ports_ever(
        graph.payer,
        graph.payee,
        graph.at,
        graph.previous < 0,
        node,
        as_of,
        np.zeros((graph.nodes, 2), np.int32),
        np.empty((len(as_of), 2), np.int32, order="F"),
    )


@njit(cache=True, nogil=True)
def _ports(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    pair: np.ndarray,
    known: np.ndarray,
    seen: np.ndarray,
    ports: np.ndarray,
) -> np.ndarray:
    e = 0
    while e < len(at):
        stop = e
        while stop < len(at) and at[stop] == at[e]:
            if known[pair[stop], 0] == 0:
                ports[stop, 0] = seen[payer[stop], 0] + 1
                ports[stop, 1] = seen[payee[stop], 1] + 1
            else:
                ports[stop, 0], ports[stop, 1] = known[pair[stop], 0], known[pair[stop], 1]
            stop += 1
        for k in range(e, stop):
            if known[pair[k], 0] == 0:
                known[pair[k], 0], known[pair[k], 1] = ports[k, 0], ports[k, 1]
                seen[payer[k], 0] += 1
                seen[payee[k], 1] += 1
        e = stop
    return ports


def ports(graph: Multigraph) -> np.ndarray:
    """Ports of each payment, shape (n, 2): the how-manieth party its payer pays, its payee receives from.

    Port numbers tell parallel payments to one party from payments to many (Multi-GNN).
    """
    return _ports(
        graph.payer,
        graph.payee,
        graph.at,
        graph.pair,
        np.zeros((len(graph.mirror), 2), np.int32),
        np.zeros((graph.nodes, 2), np.int32),
        np.zeros((len(graph), 2), np.int32),
    )
