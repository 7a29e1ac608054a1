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
def _first(at: np.ndarray, low: int, high: int, moment: int) -> int:
    """First position in ``at[low:high]``, which is in order, at or after a moment."""
    while low < high:
        middle = (low + high) // 2
        if at[middle] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _roles(
    arrival_first: np.ndarray,
    arrived_at: np.ndarray,
    arrived_cents: np.ndarray,
    arrived_moved: np.ndarray,
    arrived_told: np.ndarray,
    departure_first: np.ndarray,
    departed_at: np.ndarray,
    departed_told: np.ndarray,
    ring_first: np.ndarray,
    ring_at: np.ndarray,
    ring_hops: np.ndarray,
    ring_kept: np.ndarray,
    source_first: np.ndarray,
    source_at: np.ndarray,
    source_middles: np.ndarray,
    node: np.ndarray,
    as_of: np.ndarray,
    order: np.ndarray,
    window_us: int,
    most: int,
    answers: np.ndarray,
) -> None:
    for row in order:
        me, until = node[row], as_of[row]
        since = until - window_us
        received, once, twice, thrice = 0, 0, 0, 0  # cents: whole sums are exact in any order
        longest, links, middles, joined, payees, scattered = 0, 0, 0, 0, 0, 0
        high = _first(arrived_at, arrival_first[me], arrival_first[me + 1], until)
        low = _first(arrived_at, max(arrival_first[me], high - most), high, since)
        for k in range(low, high):
            cents = arrived_cents[k]
            received += cents
            once += cents if arrived_moved[0, k] < until else 0
            twice += cents if arrived_moved[1, k] < until else 0
            thrice += cents if arrived_moved[2, k] < until else 0
            longest = max(longest, arrived_told[0, k])
            links += arrived_told[0, k] >= CHAIN_LINK
            middles = max(middles, arrived_told[1, k])
            joined += arrived_told[2, k] > 0
        high = _first(departed_at, departure_first[me], departure_first[me + 1], until)
        low = _first(departed_at, max(departure_first[me], high - most), high, since)
        for k in range(low, high):
            longest = max(longest, departed_told[0, k])
            links += departed_told[0, k] >= CHAIN_LINK
            middles = max(middles, departed_told[1, k])
            joined += departed_told[2, k] > 0
            payees = max(payees, departed_told[3, k])
            scattered += departed_told[3, k] > 0
        high = _first(ring_at, ring_first[me], ring_first[me + 1], until)
        low = _first(ring_at, max(ring_first[me], high - most), high, since)
        answers[row, 5] = high - low
        for k in range(low, high):
            answers[row, 6] = max(answers[row, 6], ring_hops[k])
            answers[row, 7] = max(answers[row, 7], ring_kept[k])
        high = _first(source_at, source_first[me], source_first[me + 1], until)
        low = _first(source_at, max(source_first[me], high - most), high, since)
        for k in range(low, high):
            middles = max(middles, source_middles[k])
        answers[row, 0] = once / received if received > 0 else np.nan
        answers[row, 1] = twice / received if received > 0 else np.nan
        answers[row, 2] = thrice / received if received > 0 else np.nan
        answers[row, 3], answers[row, 4] = longest, links
        answers[row, 8], answers[row, 9] = middles, joined + high - low
        answers[row, 10], answers[row, 11] = payees, scattered


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
    sourced = joined[at_source]
    # In the order in which a party's payments are read, so that its latest lie side by side.
    told = np.stack([patterns.chain_hops, joins.middles, joins.count, patterns.scatter])
    columns = (
        graph.arrival_first,
        graph.at[graph.arrival],
        graph.cents[graph.arrival],
        np.ascontiguousarray(patterns.passed_on.T[:, graph.arrival]),
        told[:, graph.arrival],
        graph.departure_first,
        graph.at[graph.departure],
        told[:, graph.departure],
        ring_first,
        graph.at[ring_edge],
        rings.member_hops[order],
        rings.kept[ring_edge],
        source_first,
        graph.at[sourced],
        joins.middles[sourced],
        node,
        as_of,
    )

    answers = np.zeros((len(node), len(ROLES)), np.float32)
    by_party = np.argsort(node, kind="stable")  # a party's queries follow each other: its lists stay at hand

    def part(first: int, end: int) -> None:
        _roles(*columns, by_party[first:end], window_us, limits.most_own_payments, answers)

    in_parts(part, len(node), limits.threads)
    return np.asfortranarray(answers)
