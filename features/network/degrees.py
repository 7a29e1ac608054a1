"""Degrees of a party over windows: one sweep through time, every payment added and expired once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph, each

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
    counts: np.ndarray,
    payer: int,
    payee: int,
    is_new: bool,
    is_only: bool,
    is_second: bool,
    is_mutual: bool,
    step: int,
) -> None:
    """Add (step 1) or expire (step -1) a payment in the counts of its two parties.

    Without it its pair has none in the window (``is_only``) or just one (``is_second``);
    ``is_mutual`` says whether the other direction has any.
    """
    counts[payer, 0] += step
    counts[payee, 1] += step
    if is_new:
        counts[payer, 4] += step
        counts[payee, 5] += step
    if is_only:
        counts[payer, 2] += step
        counts[payee, 3] += step
        if is_mutual:
            counts[payer, 8] += step
            counts[payee, 8] += step
    elif is_second:
        counts[payer, 6] += step
        counts[payee, 7] += step


@njit(cache=True, nogil=True)
def _sweep(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    previous: np.ndarray,
    following: np.ndarray,
    turned_previous: np.ndarray,
    turned_following: np.ndarray,
    is_new: np.ndarray,
    window_us: int,
    query_node: np.ndarray,
    query_at: np.ndarray,
    counts: np.ndarray,
    answers: np.ndarray,
) -> None:
    head, tail = 0, 0  # the window holds the payments from the tail to the head
    for q in range(len(query_at)):
        while head < len(at) and at[head] < query_at[q]:
            last = previous[head]
            _turn(
                counts,
                payer[head],
                payee[head],
                is_new[head],
                last < tail,
                last >= tail and previous[last] < tail,
                turned_previous[head] >= tail,
                1,
            )
            head += 1
        while tail < head and at[tail] < query_at[q] - window_us:
            later = following[tail]
            _turn(
                counts,
                payer[tail],
                payee[tail],
                is_new[tail],
                later >= head,
                later < head and following[later] >= head,
                turned_following[tail] < head,
                -1,
            )
            tail += 1
        for column in range(len(answers)):
            answers[column, q] = counts[query_node[q], column]


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
    answers = np.empty((len(windows_us), len(COUNTS), len(as_of)), np.int32)
    is_new = graph.is_new(memory_us)

    def sweep(window: int) -> None:
        _sweep(
            graph.payer,
            graph.payee,
            graph.at,
            graph.previous,
            graph.following,
            graph.turned_previous,
            graph.turned_following,
            is_new,
            windows_us[window],
            node,
            as_of,
            np.zeros((graph.nodes, len(COUNTS)), np.int32),
            answers[window],
        )

    each(sweep, range(len(windows_us)), threads)
    return answers


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
