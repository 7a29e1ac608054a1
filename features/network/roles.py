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


def _running(values: np.ndarray) -> np.ndarray:
    """Sums of all values before each place, one more than there are values."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _gained(sums: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """What running sums gained over each window, shape (queries,)."""
    return np.asarray(sums[high] - sums[low])


@dataclass(frozen=True)
class _Lists:
    """Payments by party and time, so that what is read together lies together.

    ``first`` (nodes + 1,) says where a party's payments start; ``edge`` and ``at`` (rows,).
    """

    first: np.ndarray
    edge: np.ndarray
    at: np.ndarray

    @classmethod
    def of(cls, graph: Multigraph, first: np.ndarray, edge: np.ndarray) -> _Lists:
        """With the moments of a graph."""
        return cls(first, edge, graph.at[edge])

    def window(self, me: np.ndarray, since: np.ndarray, until: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First place of each query's party in its window, and first after it; shapes (queries,)."""
        low = first_at_or_after(self.first, self.at, me, since)
        return low, first_at_or_after(self.first, self.at, me, until)


@dataclass(frozen=True)
class _Moves:
    """Arrivals of a party by the moment by which their money had moved on.

    ``at`` is that moment for each arrival, NEVER where it did not; ``place`` are the places of
    the others by party and that moment, from ``first`` (nodes + 1,) on.
    """

    at: np.ndarray
    first: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, at: np.ndarray, party: np.ndarray, nodes: int) -> _Moves:
        """Put them in order; ``at`` and ``party`` by arrival."""
        done = np.flatnonzero(at != NEVER)
        done = done[np.argsort(at[done], kind="stable")]
        first, order = by_node(party[done], nodes)
        return cls(at, first, done[order])


class _Histories:
    """What is told of each party, ready to be asked in order of party and time."""

    def __init__(self, patterns: Patterns) -> None:
        graph, rings, joins = patterns.graph, patterns.cycles, patterns.scatter_gather
        self.arrived = _Lists.of(graph, graph.arrival_first, graph.arrival)
        self.departed = _Lists.of(graph, graph.departure_first, graph.departure)
        first, ring = by_node(rings.member, graph.nodes)
        self.closed = _Lists.of(graph, first, rings.member_edge[ring])
        joined = np.flatnonzero(joins.count > 0)
        first, order = by_node(joins.source[joined], graph.nodes)
        self.sourced = _Lists.of(graph, first, joined[order])

        self.cents = graph.cents[graph.arrival]
        self.received = _running(self.cents)
        party = graph.payee[graph.arrival]
        self.moves = [_Moves.of(at, party, graph.nodes) for at in patterns.passed_on.T[:, graph.arrival]]
        both = (self.arrived, self.departed)
        self.chains = [patterns.chain_hops[own.edge] for own in both]
        self.links = [_running(hops >= CHAIN_LINK) for hops in self.chains]
        self.middles = [joins.middles[own.edge] for own in (*both, self.sourced)]
        self.joins = [_running(joins.count[own.edge] > 0) for own in both]
        self.payees = patterns.scatter[self.departed.edge]
        self.scatters = _running(self.payees > 0)
        self.ring_hops = rings.member_hops[ring]
        self.ring_kept = rings.kept[self.closed.edge]

    def shown(self, me: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """What of ROLES each party shows, shape (queries, 12)."""
        arrived, departed, closed, sourced = (
            lists.window(me, since, until)
            for lists in (self.arrived, self.departed, self.closed, self.sourced)
        )
        received = _gained(self.received, *arrived)
        moved = [
            _moved_on(
                self.arrived.at, self.cents, moves.at, moves.first, moves.place, me, since, until, arrived[0]
            )
            for moves in self.moves
        ]
        both = (arrived, departed)
        chains = [_largest(hops, *own) for hops, own in zip(self.chains, both, strict=True)]
        links = [_gained(sums, *own) for sums, own in zip(self.links, both, strict=True)]
        middles = [_largest(sizes, *own) for sizes, own in zip(self.middles, (*both, sourced), strict=True)]
        joins = [_gained(sums, *own) for sums, own in zip(self.joins, both, strict=True)]
        columns = (
            *(share(cents, received) for cents in moved),
            np.maximum.reduce(chains),
            sum(links),
            closed[1] - closed[0],
            _largest(self.ring_hops, *closed),
            _largest(self.ring_kept, *closed),
            np.maximum.reduce(middles),
            sum(joins) + sourced[1] - sourced[0],
            _largest(self.payees, *departed),
            _gained(self.scatters, *departed),
        )
        return np.stack(columns, axis=1)


def roles(
    patterns: Patterns, node: np.ndarray, as_of: np.ndarray, window_us: int, threads: int
) -> np.ndarray:
    """What of ROLES each query's party shows over ``[as_of - window, as_of)``, shape (queries, 12).

    Queries are in order of ``as_of``. Exact at hubs: a payment enters and leaves a party's
    window once, whatever else it does. Shares are NaN where nothing came in; of
    scatter-gathers a source sees those in which it is the widest, middles of a plain relay are 1.
    """
    histories = _Histories(patterns)
    answers = np.empty((len(node), len(ROLES)), np.float32)
    _, by_party = by_node(node, patterns.graph.nodes)

    def part(first: int, end: int) -> None:
        rows = by_party[first:end]
        until = as_of[rows]
        answers[rows] = histories.shown(node[rows], until - window_us, until)

    in_parts(part, len(node), threads)
    return np.asfortranarray(answers)
