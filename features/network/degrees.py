"""Degrees of a party over windows: in order of time, every payment enters and leaves once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numba import njit

from data.asof.network.ahead import AHEAD, INNER, LEAVE, NONE, ONE, fetch
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import each, in_parts
from features.network.queries import Queries

# What is counted of a party in a window, in the order of the kernel's columns.
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
COUNTS_OF_A_PARTY = 16  # nine are used: all of a party lie in one line of the processor's cache


@njit(**INNER)
def _new(met: np.ndarray, at: np.ndarray, memory_us: int, first: int, end: int, is_new: np.ndarray) -> None:
    """Fill ``is_new`` (n,) from ``first`` to ``end``: whether a payment is its pair's first in memory."""
    for e in range(first, end):
        is_new[e] = met[e, 0] < 0 or at[e] - at[met[e, 0]] > memory_us


@njit(**INNER)
def _turn(
    counts: np.ndarray,
    me: int,
    side: int,
    is_new: bool,
    is_only: bool,
    is_second: bool,
    is_mutual: bool,
    step: int,
) -> None:
    """Let a payment out (side 0) or in (side 1) enter (step 1) or leave (step -1) a party's counts.

    Without it its pair has none in the window (``is_only``) or just one (``is_second``);
    ``is_mutual`` says whether the other direction has any. Counts are indexed, not sliced: a
    slice is counted as a reference, which costs more than what is done with it.
    """
    counts[me, side] += step
    counts[me, 4 + side] += step * is_new
    counts[me, 2 + side] += step * is_only
    counts[me, 6 + side] += step * is_second
    counts[me, 8] += step * (is_only & is_mutual)


@njit(**INNER)
def _sweep(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    met: np.ndarray,
    is_new: np.ndarray,
    party: np.ndarray,
    until: np.ndarray,
    place: np.ndarray,
    window_us: int,
    counts: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Fill ``answers`` (9, queries) for queries in order of time; ``counts`` are a party's, at first 0."""
    head = tail = 0  # a window holds the payments from the tail to the head
    for q in range(len(party)):
        if q + AHEAD < len(party):
            fetch(counts, party[q + AHEAD])
        while head < len(at) and at[head] < until[q]:
            before = met[head, 0]
            is_only = before < tail
            is_second = not is_only and met[before, 0] < tail
            is_mutual = met[head, 2] >= tail
            _turn(counts, payer[head], NONE, is_new[head], is_only, is_second, is_mutual, ONE)
            _turn(counts, payee[head], ONE, is_new[head], is_only, is_second, is_mutual, ONE)
            head += 1
        while tail < head and at[tail] < until[q] - window_us:
            if tail + AHEAD < len(at):
                fetch(counts, payer[tail + AHEAD])
                fetch(counts, payee[tail + AHEAD])
            after = met[tail, 1]
            is_only = after >= head
            is_second = not is_only and met[after, 1] >= head
            is_mutual = met[tail, 3] < head
            _turn(counts, payer[tail], NONE, is_new[tail], is_only, is_second, is_mutual, LEAVE)
            _turn(counts, payee[tail], ONE, is_new[tail], is_only, is_second, is_mutual, LEAVE)
            tail += 1
        me, answer = party[q], place[q]
        for column in range(len(answers)):
            answers[column, answer] = counts[me, column]


def counting(
    graph: Multigraph,
    windows_us: Sequence[int],
    memory_us: int,
    queries: Queries,
    answers: np.ndarray,
    threads: int,
) -> list[Callable[[], None]]:
    """Tasks that fill ``answers`` as `degrees` gives them, a window each."""
    is_new = np.empty(len(graph), np.bool_)
    in_parts(lambda first, end: _new(graph.met, graph.at, memory_us, first, end, is_new), len(graph), threads)

    def task(window_us: int, counted: np.ndarray) -> Callable[[], None]:
        return lambda: _sweep(
            graph.payer,
            graph.payee,
            graph.at,
            graph.met,
            is_new,
            queries.party,
            queries.until,
            queries.place,
            window_us,
            np.zeros((graph.nodes, COUNTS_OF_A_PARTY), np.int32),
            counted,
        )

    return [task(window_us, counted) for window_us, counted in zip(windows_us, answers, strict=True)]


def degrees(
    graph: Multigraph, windows_us: Sequence[int], memory_us: int, queries: Queries, threads: int
) -> np.ndarray:
    """Counts of COUNTS over each ``[until - window, until)``, shape (windows, 9, queries).

    A counterparty is new if its first payment in that direction for ``memory_us`` lies in
    the window (with a memory without end the count would tell how old the bank's data are),
    repeated if it has two or more there, mutual if money went both ways there.

    Parameters
    ----------
    windows_us, memory_us : microseconds, the memory no shorter than any window
    """
    answers = np.empty((len(windows_us), len(COUNTS), len(queries)), np.int32)
    tasks = counting(graph, windows_us, memory_us, queries, answers, threads)
    each(lambda task: task(), tasks, threads)
    return answers


@njit(**INNER)
def _ports(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    met: np.ndarray,
    party: np.ndarray,
    until: np.ndarray,
    place: np.ndarray,
    known: np.ndarray,
    ports: np.ndarray,
    ever: np.ndarray,
) -> None:
    """Fill ``ports`` (2, n) and ``ever`` (2, queries) in order of time.

    ``known`` (nodes, 2) are the parties paid and received from so far, at first 0. Payments of
    one moment do not see each other.
    """
    e = q = 0
    while e < len(at) or q < len(party):
        while q < len(party) and (e == len(at) or until[q] <= at[e]):
            if q + AHEAD < len(party):
                fetch(known, party[q + AHEAD])
            ever[0, place[q]], ever[1, place[q]] = known[party[q], 0], known[party[q], 1]
            q += 1
        stop = e
        while stop < len(at) and at[stop] == at[e]:
            before = met[stop, 0]
            ports[0, stop] = known[payer[stop], 0] + 1 if before < 0 else ports[0, before]
            ports[1, stop] = known[payee[stop], 1] + 1 if before < 0 else ports[1, before]
            stop += 1
        for k in range(e, stop):
            known[payer[k], 0] += met[k, 0] < 0
            known[payee[k], 1] += met[k, 0] < 0
        e = stop


def ports_and_ever(graph: Multigraph, queries: Queries, ports: np.ndarray, ever: np.ndarray) -> None:
    """Fill the last two with the transposed answers of `ports` and `ports_ever`."""
    known = np.zeros((graph.nodes, 2), np.int32)
    asked = (queries.party, queries.until, queries.place)
    _ports(graph.payer, graph.payee, graph.at, graph.met, *asked, known, ports, ever)


def ports_ever(graph: Multigraph, queries: Queries) -> np.ndarray:
    """Parties paid and parties received from since the beginning, shape (queries, 2)."""
    ever = np.empty((2, len(queries)), np.int32)
    ports_and_ever(graph, queries, np.empty((2, len(graph)), np.int32), ever)
    return ever.T


def ports(graph: Multigraph) -> np.ndarray:
    """Ports of each payment, shape (n, 2): the how-manieth party its payer pays, its payee receives from.

    Port numbers tell parallel payments to one party from payments to many (Multi-GNN).
    """
    found = np.empty((2, len(graph)), np.int32)
    nobody = np.zeros(0, np.int64)
    ports_and_ever(graph, Queries.of(nobody, nobody), found, np.empty((2, 0), np.int32))
    return found.T
