"""What a party's own payments of the last days belong to: trails, cycles and fans, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.schema import DAY_US, HOUR_US
from features.network.fans import ScatterGather, gather_scatter, scatter_gather
from features.network.limits import Limits
from features.network.multigraph import Multigraph, by_node, in_parts
from features.network.trails import Cycles, Trails, chains, cycles, passed_on

PASS_ON_HOPS = 3  # how far money is followed onwards; the names of the features say so
CHAIN_LINK = 3  # from this payment of a chain on it is layering (R20 asks for three hops)

# What is told of a party, in the order of the kernel's columns.
ROLES = (
    "pass_on_hop1_share",
    "pass_on_hop2_share",
    "pass_on_hop3_share",
    "chain_hops",
    "chain_payment_count",
    "cycle_count",
    "cycle_hops",
    "cycle_kept_share",
    "scatter_gather_middles",
    "scatter_gather_count",
    "gather_scatter_payees",
    "gather_scatter_count",
)


@dataclass(frozen=True)
class Patterns:
    """What each payment of a graph completes, from earlier payments alone; shapes (n, ...).

    ``chain_hops`` is the longest chain that ends in it, ``passed_on`` when its money had
    moved on by one to three payments, the rest as its own module says.
    """

    graph: Multigraph
    chain_hops: np.ndarray
    passed_on: np.ndarray
    cycles: Cycles
    scatter_gather: ScatterGather
    gather: np.ndarray
    scatter: np.ndarray

    @classmethod
    def of(cls, graph: Multigraph, limits: Limits) -> Patterns:
        """Find all patterns of a graph."""
        trails = Trails.of(
            graph, limits.hop_hours * HOUR_US, limits.kept, limits.most_arrivals, limits.threads
        )
        counts = chains(graph, trails, limits.chain_hops)
        gather, scatter = gather_scatter(graph, limits.fan_days * DAY_US, limits.fan_least)
        return cls(
            graph=graph,
            chain_hops=(counts > 0).sum(axis=1).astype(np.int32),
            passed_on=passed_on(graph, trails, PASS_ON_HOPS),
            cycles=cycles(
                graph,
                trails,
                limits.cycle_days * DAY_US,
                limits.cycle_hops,
                limits.most_steps,
                limits.threads,
            ),
            scatter_gather=scatter_gather(
                graph, limits.fan_days * DAY_US, limits.fan_least, limits.most_arrivals, limits.threads
            ),
            gather=gather,
            scatter=scatter,
        )


@njit(cache=True, nogil=True)
def _first(at: np.ndarray, edges: np.ndarray, low: int, high: int, moment: int) -> int:
    """First position in ``edges[low:high]``, which is in order of time, at or after a moment."""
    while low < high:
        middle = (low + high) // 2
        if at[edges[middle]] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _roles(
    at: np.ndarray,
    cents: np.ndarray,
    arrival_first: np.ndarray,
    arrival: np.ndarray,
    departure_first: np.ndarray,
    departure: np.ndarray,
    chain_hops: np.ndarray,
    passed_on: np.ndarray,
    ring_first: np.ndarray,
    ring_edge: np.ndarray,
    ring_hops: np.ndarray,
    ring_kept: np.ndarray,
    middles: np.ndarray,
    joined: np.ndarray,
    source_first: np.ndarray,
    sourced: np.ndarray,
    scatter: np.ndarray,
    query_node: np.ndarray,
    query_at: np.ndarray,
    start: int,
    end: int,
    window_us: int,
    most: int,
    answers: np.ndarray,
) -> np.ndarray:
    for q in range(start, end):
        node, until = query_node[q], query_at[q]
        since = until - window_us
        row = q - start
        received = 0.0
        high = _first(at, arrival, arrival_first[node], arrival_first[node + 1], until)
        low = _first(at, arrival, max(arrival_first[node], high - most), high, since)
        for k in range(low, high):
            e = arrival[k]
            received += cents[e]
            for hop in range(3):
                if passed_on[e, hop] < until:
                    answers[row, hop] += cents[e]
            answers[row, 3] = max(answers[row, 3], chain_hops[e])
            answers[row, 4] += chain_hops[e] >= CHAIN_LINK
            answers[row, 8] = max(answers[row, 8], middles[e])
            answers[row, 9] += joined[e] > 0
        for hop in range(3):
            answers[row, hop] = answers[row, hop] / received if received > 0 else np.nan
        high = _first(at, departure, departure_first[node], departure_first[node + 1], until)
        low = _first(at, departure, max(departure_first[node], high - most), high, since)
        for k in range(low, high):
            e = departure[k]
            answers[row, 3] = max(answers[row, 3], chain_hops[e])
            answers[row, 4] += chain_hops[e] >= CHAIN_LINK
            answers[row, 8] = max(answers[row, 8], middles[e])
            answers[row, 9] += joined[e] > 0
            answers[row, 10] = max(answers[row, 10], scatter[e])
            answers[row, 11] += scatter[e] > 0
        high = _first(at, ring_edge, ring_first[node], ring_first[node + 1], until)
        low = _first(at, ring_edge, max(ring_first[node], high - most), high, since)
        for k in range(low, high):
            answers[row, 5] += 1
            answers[row, 6] = max(answers[row, 6], ring_hops[k])
            answers[row, 7] = max(answers[row, 7], ring_kept[k])
        high = _first(at, sourced, source_first[node], source_first[node + 1], until)
        low = _first(at, sourced, max(source_first[node], high - most), high, since)
        for k in range(low, high):
            answers[row, 8] = max(answers[row, 8], middles[sourced[k]])
            answers[row, 9] += 1
    return answers


def roles(
    patterns: Patterns, node: np.ndarray, as_of: np.ndarray, window_us: int, limits: Limits
) -> np.ndarray:
    """What of ROLES each query's party shows over ``[as_of - window, as_of)``, shape (queries, 12).

    Of a party's payments in, and of those out, the latest ``most_own_payments`` are looked
    at. Shares are NaN where nothing came in; of scatter-gathers a source sees those in
    which it is the widest, middles of a plain relay are 1.
    """
    graph, rings, joins = patterns.graph, patterns.cycles, patterns.scatter_gather
    order = np.lexsort((rings.member_edge, rings.member))
    ring_first = np.searchsorted(rings.member[order], np.arange(graph.nodes + 1))
    ring_edge = rings.member_edge[order]
    joined = np.flatnonzero(joins.count > 0)
    source_first, at_source = by_node(joins.source[joined], graph.nodes)

    def part(first: int, end: int) -> np.ndarray:
        return _roles(
            graph.at,
            graph.cents,
            graph.arrival_first,
            graph.arrival,
            graph.departure_first,
            graph.departure,
            patterns.chain_hops,
            patterns.passed_on,
            ring_first,
            ring_edge,
            rings.member_hops[order],
            rings.kept[ring_edge],
            joins.middles,
            joins.count,
            source_first,
            joined[at_source],
            patterns.scatter,
            node,
            as_of,
            first,
            end,
            window_us,
            limits.most_own_payments,
            np.zeros((end - first, len(ROLES))),
        ).astype(np.float32)

    return np.concatenate(in_parts(part, len(node), limits.threads))
