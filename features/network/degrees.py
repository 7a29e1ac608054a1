"""Degrees of a party over windows: party by party, every payment enters and leaves once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph
from features.network.parallel import QUERIES_AT_ONCE, by_column, each, in_parts
from features.network.queries import Queries
from features.network.sides import Sides

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
    sides: Sides,
    is_new: np.ndarray,
    party: np.ndarray,
    until: np.ndarray,
    window_us: int,
    found: np.ndarray,
) -> None:
    """Fill ``found`` (queries, 9) for queries in order of party and time."""
    first, _, _, at, previous, following, turned_previous, turned_following = sides
    counts = np.zeros(found.shape[1], np.int32)
    heads, tails = np.zeros(2, np.int64), np.zeros(2, np.int64)
    me = -1
    for q in range(len(party)):
        if party[q] != me:
            me = party[q]
            heads[:] = tails[:] = first[:, me]
            counts[:] = 0
        # A window holds the payments from the tails to the heads.
        for side in range(2):
            head, tail, other_tail = heads[side], tails[side], tails[1 - side]
            while head < first[side, me + 1] and at[side, head] < until[q]:
                last = previous[side, head]
                is_second = last >= tail and previous[side, last] < tail
                is_mutual = turned_previous[side, head] >= other_tail
                _turn(counts, side, is_new[side, head], last < tail, is_second, is_mutual, 1)
                head += 1
            heads[side] = head
        for side in range(2):
            head, tail, other_head = heads[side], tails[side], heads[1 - side]
            while tail < head and at[side, tail] < until[q] - window_us:
                later = following[side, tail]
                is_second = later < head and following[side, later] >= head
                is_mutual = turned_following[side, tail] < other_head
                _turn(counts, side, is_new[side, tail], later >= head, is_second, is_mutual, -1)
                tail += 1
            tails[side] = tail
        for column in range(len(counts)):
            found[q, column] = counts[column]


def _is_new(sides: Sides, side: int, memory_us: int) -> np.ndarray:
    """Whether a payment of a side is its pair's first in ``memory_us``, shape (n,)."""
    at, previous = sides.at[side], sides.previous[side]
    return np.asarray((previous < 0) | (at - at[previous] > memory_us))


@njit(cache=True, nogil=True)
def _put(found: np.ndarray, rows: np.ndarray, answers: np.ndarray) -> None:
    """Write (windows, rows, 9) where the rows belong in (queries, windows, 9), each at once."""
    for q in range(len(rows)):
        for w in range(len(found)):
            for column in range(found.shape[2]):
                answers[rows[q], w, column] = found[w, q, column]


@njit(cache=True, nogil=True)
def _ports_ever(
    sides: Sides, party: np.ndarray, until: np.ndarray, rows: np.ndarray, answers: np.ndarray
) -> None:
    """Fill the ``rows`` of ``answers`` for queries in order of party and time."""
    first, _, _, at, previous, _, _, _ = sides
    met, heads = np.zeros(2, np.int32), np.zeros(2, np.int64)
    me = -1
    for q in range(len(party)):
        if party[q] != me:
            me = party[q]
            heads[:], met[:] = first[:, me], 0
        for side in range(2):
            head = heads[side]
            while head < first[side, me + 1] and at[side, head] < until[q]:
                met[side] += previous[side, head] < 0
                head += 1
            heads[side] = head
            answers[rows[q], side] = met[side]


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
    is_new = np.stack(each(lambda side: _is_new(graph.sides, side, memory_us), range(2), threads))
    answers = np.empty((len(queries), len(windows_us), len(COUNTS)), np.int32)

    def part(first: int, end: int) -> None:
        found = np.empty((len(windows_us), end - first, len(COUNTS)), np.int32)
        party, until = queries.party[first:end], queries.until[first:end]
        for window_us, counts in zip(windows_us, found, strict=True):
            _sweep(graph.sides, is_new, party, until, window_us, counts)
        _put(found, queries.row[first:end], answers)

    in_parts(part, len(queries), threads, most=QUERIES_AT_ONCE)
    by_query = answers.reshape(len(queries), -1)
    return by_column(by_query, threads).reshape(len(windows_us), len(COUNTS), len(queries))


def ports_ever(graph: Multigraph, queries: Queries, threads: int) -> np.ndarray:
    """Parties paid and parties received from since the beginning, shape (queries, 2)."""
    answers = np.empty((len(queries), 2), np.int32)

    def part(first: int, end: int) -> None:
        party, until = queries.party[first:end], queries.until[first:end]
        _ports_ever(graph.sides, party, until, queries.row[first:end], answers)

    in_parts(part, len(queries), threads)
    return answers


@njit(cache=True, nogil=True)
def _ports(sides: Sides, ports: np.ndarray) -> None:
    """Fill ``ports`` (n, 2), party by party; payments of one moment do not see each other."""
    first, edge, _, at, previous, _, _, _ = sides
    number = np.empty(edge.shape[1], np.int32)
    for side in range(2):
        for me in range(first.shape[1] - 1):
            met = met_before = 0
            for place in range(first[side, me], first[side, me + 1]):
                if place == first[side, me] or at[side, place] != at[side, place - 1]:
                    met_before = met
                last = previous[side, place]
                number[place] = met_before + 1 if last < 0 else number[last]
                met += last < 0
                ports[edge[side, place], side] = number[place]


def ports(graph: Multigraph) -> np.ndarray:
    """Ports of each payment, shape (n, 2): the how-manieth party its payer pays, its payee receives from.

    Port numbers tell parallel payments to one party from payments to many (Multi-GNN).
    """
    found = np.empty((len(graph), 2), np.int32)
    _ports(graph.sides, found)
    return found
