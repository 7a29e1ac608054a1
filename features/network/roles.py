"""What a party's own payments of the last days belong to: trails, cycles and fans, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.asof import share
from data.asof.windows import first_at_or_after
from data.schema import DAY_US, HOUR_US
from features.network.fans import ScatterGather, gather_scatter, scatter_gather
from features.network.limits import Limits
from features.network.multigraph import Multigraph, by_node, in_parts
from features.network.trails import NEVER, Cycles, Trails, chains, cycles, passed_on

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
def _largest(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Largest of ``values[low:high]`` of each query, 0 where there is none; shape (queries,).

    Windows slide on: a value that a later and larger one follows can never be the answer
    again, so each is put aside and taken away once, however long the windows are.
    """
    found = np.zeros(len(low), values.dtype)
    if len(low) == 0:
        return found
    falling = np.empty(high.max() - low.min(), np.int64)  # places of ever smaller values
    first, end, place = 0, 0, low[0]
    for q in range(len(low)):
        if low[q] >= place:
            first, end, place = 0, 0, low[q]
        while place < high[q]:
            while end > first and values[falling[end - 1]] <= values[place]:
                end -= 1
            falling[end] = place
            end += 1
            place += 1
        while end > first and falling[first] < low[q]:
            first += 1
        if end > first:
            found[q] = values[falling[first]]
    return found


@njit(cache=True, nogil=True)
def _moved_on(
    arrived_at: np.ndarray,
    arrived_cents: np.ndarray,
    moved_at: np.ndarray,
    moved_first: np.ndarray,
    by_moved: np.ndarray,
    me: np.ndarray,
    since: np.ndarray,
    until: np.ndarray,
    low: np.ndarray,
) -> np.ndarray:
    """Cents that arrived since a moment and had moved on by another; shape (queries,).

    Arrivals stand by party and time, their places in ``by_moved`` by party and ``moved_at``;
    ``low`` are the first arrivals since the moment. Queries are by party and time: what arrived
    too early is taken away and what has moved on since is added, each once.
    """
    moved = np.zeros(len(me), np.int64)
    cents, tail, place = 0, 0, 0
    for q in range(len(me)):
        if q == 0 or me[q] != me[q - 1]:
            cents, tail, place = 0, low[q], moved_first[me[q]]
        while tail < low[q]:
            if moved_at[tail] < until[q - 1]:
                cents -= arrived_cents[tail]
            tail += 1
        while place < moved_first[me[q] + 1] and moved_at[by_moved[place]] < until[q]:
            if arrived_at[by_moved[place]] >= since[q]:
                cents += arrived_cents[by_moved[place]]
            place += 1
        moved[q] = cents
    return moved


def _by_moved(moved_at: np.ndarray, party: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Arrivals that moved on, by party and the moment: (where a party's start, places)."""
    done = np.flatnonzero(moved_at != NEVER)
    done = done[np.argsort(moved_at[done], kind="stable")]
    first, order = by_node(party[done], nodes)
    return first, done[order]


def _running(values: np.ndarray) -> np.ndarray:
    """Sums of all values before each place, one more than there are values."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _between(sums: np.ndarray, window: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """What running sums gained over each window, shape (queries,)."""
    low, high = window
    return sums[high] - sums[low]


def roles(
    patterns: Patterns, node: np.ndarray, as_of: np.ndarray, window_us: int, threads: int
) -> np.ndarray:
    """What of ROLES each query's party shows over ``[as_of - window, as_of)``, shape (queries, 12).

    Queries are in order of ``as_of``. Exact at hubs: a payment enters and leaves a party's
    window once, whatever else it does. Shares are NaN where nothing came in; of
    scatter-gathers a source sees those in which it is the widest, middles of a plain relay are 1.
    """
    graph, rings, joins = patterns.graph, patterns.cycles, patterns.scatter_gather
    # All that is told of a party lies in the order in which it is read: by party and time.
    arrived_at, departed_at = graph.at[graph.arrival], graph.at[graph.departure]
    arrived_cents, recipient = graph.cents[graph.arrival], graph.payee[graph.arrival]
    moved_at = patterns.passed_on.T[:, graph.arrival]
    moves = [_by_moved(moved, recipient, graph.nodes) for moved in moved_at]
    ring_first, ring = by_node(rings.member, graph.nodes)
    ring_edge = rings.member_edge[ring]
    joined = np.flatnonzero(joins.count > 0)
    source_first, at_source = by_node(joins.source[joined], graph.nodes)
    source_edge = joined[at_source]

    chain_in, chain_out = patterns.chain_hops[graph.arrival], patterns.chain_hops[graph.departure]
    middles_in, middles_out = joins.middles[graph.arrival], joins.middles[graph.departure]
    scattered = patterns.scatter[graph.departure]
    cents = _running(arrived_cents)
    links_in, links_out = _running(chain_in >= CHAIN_LINK), _running(chain_out >= CHAIN_LINK)
    joins_in, joins_out = (_running(joins.count[edges] > 0) for edges in (graph.arrival, graph.departure))
    scatters = _running(scattered > 0)
    lists = (
        (graph.arrival_first, arrived_at),
        (graph.departure_first, departed_at),
        (ring_first, graph.at[ring_edge]),
        (source_first, graph.at[source_edge]),
    )
    ring_hops, ring_kept, source_middles = (
        rings.member_hops[ring],
        rings.kept[ring_edge],
        joins.middles[source_edge],
    )

    answers = np.empty((len(node), len(ROLES)), np.float32)
    _, by_party = by_node(node, graph.nodes)

    def part(first: int, end: int) -> None:
        rows = by_party[first:end]
        me, until = node[rows], as_of[rows]
        since = until - window_us
        ins, outs, rounds, sources = (
            tuple(first_at_or_after(starts, at, me, moment) for moment in (since, until))
            for starts, at in lists
        )
        received = _between(cents, ins)
        moved = [
            _moved_on(arrived_at, arrived_cents, at, *order, me, since, until, ins[0])
            for at, order in zip(moved_at, moves, strict=True)
        ]
        answers[rows] = np.stack(
            [
                *(share(cents, received) for cents in moved),
                np.maximum(_largest(chain_in, *ins), _largest(chain_out, *outs)),
                _between(links_in, ins) + _between(links_out, outs),
                rounds[1] - rounds[0],
                _largest(ring_hops, *rounds),
                _largest(ring_kept, *rounds),
                np.maximum.reduce(
                    [
                        _largest(middles_in, *ins),
                        _largest(middles_out, *outs),
                        _largest(source_middles, *sources),
                    ]
                ),
                _between(joins_in, ins) + _between(joins_out, outs) + sources[1] - sources[0],
                _largest(scattered, *outs),
                _between(scatters, outs),
            ],
            axis=1,
        )

    in_parts(part, len(node), threads)
    return np.asfortranarray(answers)
