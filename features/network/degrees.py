"""Degrees of a party over windows: party by party, every payment enters and leaves once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Payments of one direction by party and time: what comes in, or what goes out.

    ``first`` (nodes + 1,) says where a party's payments start; all others have shape (n,).
    ``previous`` and ``following`` are the places of the pair's payments before and after, -1
    and n where there is none; the turned ones are places among the payments of the other
    direction.
    """

    first: np.ndarray
    at: np.ndarray
    is_new: np.ndarray
    previous: np.ndarray
    following: np.ndarray
    turned_previous: np.ndarray
    turned_following: np.ndarray


def _both_ways(graph: Multigraph, is_new: np.ndarray, threads: int) -> tuple[_Own, _Own]:
    """Payments out and in."""
    lists = (graph.departure_first, graph.departure), (graph.arrival_first, graph.arrival)
    departed, arrived = (_places(edges) for _, edges in lists)

    def own(side: int) -> _Own:
        first, edges = lists[side]
        mine, turned = (departed, arrived) if side == 0 else (arrived, departed)
        return _Own(
            first=first,
            at=graph.at[edges],
            is_new=is_new[edges],
            previous=mine[graph.previous[edges]],
            following=mine[graph.following[edges]],
            turned_previous=turned[graph.turned_previous[edges]],
            turned_following=turned[graph.turned_following[edges]],
        )

    paid, received = each(own, range(2), threads)
    return paid, received


def _places(edges: np.ndarray) -> np.ndarray:
    """Where each edge stands in a list, and n and -1 for "none", which are n and -1."""
    places = np.empty(len(edges) + 2, np.int32)
    places[edges] = np.arange(len(edges), dtype=np.int32)
    places[-2:] = len(edges), -1
    return places


@njit(cache=True, nogil=True)
def _enter(counts: np.ndarray, own: _Own, side: int, place: int, tail: int, other_tail: int) -> None:
    """Count a payment that enters a window; the window begins at the tails."""
    last = own.previous[place]
    counts[side] += 1
    counts[4 + side] += own.is_new[place]
    if last < tail:
        counts[2 + side] += 1
        counts[8] += own.turned_previous[place] >= other_tail
    elif own.previous[last] < tail:
        counts[6 + side] += 1


@njit(cache=True, nogil=True)
def _leave(counts: np.ndarray, own: _Own, side: int, place: int, head: int, other_head: int) -> None:
    """Take back a payment that leaves a window; the window ends before the heads."""
    later = own.following[place]
    counts[side] -= 1
    counts[4 + side] -= own.is_new[place]
    if later >= head:
        counts[2 + side] -= 1
        counts[8] -= own.turned_following[place] < other_head
    elif own.following[later] >= head:
        counts[6 + side] -= 1


@njit(cache=True, nogil=True)
def _sweep(
    paid: _Own,
    received: _Own,
    node: np.ndarray,
    as_of: np.ndarray,
    windows_us: np.ndarray,
    rows: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Fill the ``rows`` of ``answers`` (queries, 9 a window), which are in order of party and time."""
    width = answers.shape[1] // len(windows_us)
    found = np.empty((len(rows), answers.shape[1]), np.int32)
    for w in range(len(windows_us)):
        me = -1
        for q in range(len(rows)):
            until = as_of[rows[q]]
            if node[rows[q]] != me:
                me = node[rows[q]]
                counts = np.zeros(width, np.int32)
                head = tail = paid.first[me]
                in_head = in_tail = received.first[me]
            while head < paid.first[me + 1] and paid.at[head] < until:
                _enter(counts, paid, 0, head, tail, in_tail)
                head += 1
            while in_head < received.first[me + 1] and received.at[in_head] < until:
                _enter(counts, received, 1, in_head, in_tail, tail)
                in_head += 1
            while tail < head and paid.at[tail] < until - windows_us[w]:
                _leave(counts, paid, 0, tail, head, in_head)
                tail += 1
            while in_tail < in_head and received.at[in_tail] < until - windows_us[w]:
                _leave(counts, received, 1, in_tail, in_head, head)
                in_tail += 1
            found[q, width * w : width * (w + 1)] = counts
    for q in range(len(rows)):
        answers[rows[q]] = found[q]


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
    ways = _both_ways(graph, graph.is_new(memory_us), threads)
    lengths = np.array(windows_us, np.int64)
    answers = np.empty((len(as_of), len(lengths) * len(COUNTS)), np.int32)
    _, by_party = by_node(node, graph.nodes)

    def part(first: int, end: int) -> None:
        _sweep(*ways, node, as_of, lengths, by_party[first:end], answers)

    in_parts(part, len(node), threads, most=QUERIES_AT_ONCE)
    return by_column(answers, threads).reshape(len(lengths), len(COUNTS), len(as_of))


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
