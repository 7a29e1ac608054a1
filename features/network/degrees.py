"""Degrees of a party over windows: one sweep through time, every payment added and expired once.

All counts are exact, hubs included: a payment costs the same whoever makes it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph

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
    pair_count: np.ndarray,
    payer: int,
    payee: int,
    pair: int,
    mirror: int,
    is_new: bool,
    step: int,
) -> None:
    """Add (step 1) or expire (step -1) a payment in one window's counts; columns as COUNTS."""
    counts[payer, 0] += step
    counts[payee, 1] += step
    if is_new:
        counts[payer, 4] += step
        counts[payee, 5] += step
    many = pair_count[pair] if step < 0 else pair_count[pair] + 1
    pair_count[pair] += step
    if many == 1:
        counts[payer, 2] += step
        counts[payee, 3] += step
        if mirror >= 0 and pair_count[mirror] > 0:
            counts[payer, 8] += step
            counts[payee, 8] += step
    elif many == 2:
        counts[payer, 6] += step
        counts[payee, 7] += step


@njit(cache=True, nogil=True)
def _sweep(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    pair: np.ndarray,
    mirror: np.ndarray,
    is_new: np.ndarray,
    nodes: int,
    window_us: int,
    query_node: np.ndarray,
    query_at: np.ndarray,
) -> np.ndarray:
    counts = np.zeros((nodes, 9), np.int32)
    pair_count = np.zeros(len(mirror), np.int32)
    answers = np.empty((len(query_at), 9), np.int32)
    head, tail = 0, 0
    for q in range(len(query_at)):
        while head < len(at) and at[head] < query_at[q]:
            p = pair[head]
            _turn(counts, pair_count, payer[head], payee[head], p, mirror[p], is_new[head], 1)
            head += 1
        while tail < head and at[tail] < query_at[q] - window_us:
            p = pair[tail]
            _turn(counts, pair_count, payer[tail], payee[tail], p, mirror[p], is_new[tail], -1)
            tail += 1
        answers[q] = counts[query_node[q]]
    return answers


@njit(cache=True, nogil=True)
def _ports_ever(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    is_first: np.ndarray,
    nodes: int,
    query_node: np.ndarray,
    query_at: np.ndarray,
) -> np.ndarray:
    ports = np.zeros((nodes, 2), np.int32)
    answers = np.empty((len(query_at), 2), np.int32)
    head = 0
    for q in range(len(query_at)):
        while head < len(at) and at[head] < query_at[q]:
            if is_first[head]:
                ports[payer[head], 0] += 1
                ports[payee[head], 1] += 1
            head += 1
        answers[q] = ports[query_node[q]]
    return answers


def degrees(
    graph: Multigraph, window_us: int, memory_us: int, node: np.ndarray, as_of: np.ndarray
) -> np.ndarray:
    """Counts of COUNTS for each query over ``[as_of - window, as_of)``, shape (queries, 9).

    A counterparty is new if its first payment in that direction for ``memory_us`` lies in
    the window (with a memory without end the count would tell how old the bank's data are),
    repeated if it has two or more there, mutual if money went both ways there.

    Parameters
    ----------
    window_us, memory_us : microseconds, the memory no shorter than the window
    node, as_of : shape (queries,), party and microseconds, in order of ``as_of``
    """
    return _sweep(
        graph.payer,
        graph.payee,
        graph.at,
        graph.pair,
        graph.mirror,
        graph.is_new(memory_us),
        graph.nodes,
        window_us,
        node,
        as_of,
    )


def ports_ever(graph: Multigraph, node: np.ndarray, as_of: np.ndarray) -> np.ndarray:
    """Parties paid and parties received from since the beginning, shape (queries, 2)."""
    return _ports_ever(graph.payer, graph.payee, graph.at, graph.previous < 0, graph.nodes, node, as_of)


@njit(cache=True, nogil=True)
def _ports(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, pair: np.ndarray, pairs: int, nodes: int
) -> np.ndarray:
    ports = np.zeros((len(at), 2), np.int32)
    known = np.zeros((pairs, 2), np.int32)
    seen = np.zeros((nodes, 2), np.int32)
    e = 0
    while e < len(at):
        stop = e
        while stop < len(at) and at[stop] == at[e]:
            if known[pair[stop], 0] == 0:
                ports[stop, 0] = seen[payer[stop], 0] + 1
                ports[stop, 1] = seen[payee[stop], 1] + 1
            else:
                ports[stop] = known[pair[stop]]
            stop += 1
        for k in range(e, stop):
            if known[pair[k], 0] == 0:
                known[pair[k]] = ports[k]
                seen[payer[k], 0] += 1
                seen[payee[k], 1] += 1
        e = stop
    return ports


def ports(graph: Multigraph) -> np.ndarray:
    """Ports of each payment, shape (n, 2): the how-manieth party its payer pays, its payee receives from.

    Port numbers tell parallel payments to one party from payments to many (Multi-GNN).
    """
    return _ports(graph.payer, graph.payee, graph.at, graph.pair, len(graph.mirror), graph.nodes)
