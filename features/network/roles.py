"""What a party's own payments of the last days belong to: trails, cycles and fans, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from data.schema import DAY_US, HOUR_US
from features.network.fans import ScatterGather, gather_scatter, scatter_gather
from features.network.limits import Limits
from features.network.multigraph import Multigraph, by_node
from features.network.parallel import QUERIES_AT_ONCE, by_column, each, in_parts
from features.network.queries import Queries
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
        gather, scatter = gather_scatter(graph, limits.fan_days * DAY_US, limits.fan_least, limits.threads)
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


class _Lists(NamedTuple):
    """When a party's payments happened: ``first`` (nodes + 1,) says where they start in ``at``."""

    first: np.ndarray
    at: np.ndarray


class _Moves(NamedTuple):
    """Arrivals of a party by the moment by which their money had moved on.

    ``at`` is that moment for each arrival, NEVER where it did not; ``place`` are the places of
    the others by party and that moment, from ``first`` (nodes + 1,) on.
    """

    at: np.ndarray
    first: np.ndarray
    place: np.ndarray


class _Histories(NamedTuple):
    """What is told of each party, in the order in which it is read.

    Running sums are one longer than the lists whose places they count; of two arrays of one
    kind the first is by arrival and the second by departure.
    """

    arrived: _Lists
    departed: _Lists
    closed: _Lists
    sourced: _Lists
    cents: np.ndarray
    received: np.ndarray
    moves: tuple[_Moves, ...]
    chains: tuple[np.ndarray, np.ndarray]
    links: tuple[np.ndarray, np.ndarray]
    middles: tuple[np.ndarray, np.ndarray]
    source_middles: np.ndarray
    joins: tuple[np.ndarray, np.ndarray]
    payees: np.ndarray
    scatters: np.ndarray
    ring_hops: np.ndarray
    ring_kept: np.ndarray


def _running(values: np.ndarray) -> np.ndarray:
    """Sums of all values before each place, one more than there are values."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _moves(at: np.ndarray, party: np.ndarray, nodes: int) -> _Moves:
    """Put arrivals in order of the moment ``at``; ``party`` is whose they are."""
    done = np.flatnonzero(at != NEVER)
    done = done[np.argsort(at[done], kind="stable")]
    first, order = by_node(party[done], nodes)
    return _Moves(at, first, done[order])


@njit(cache=True, nogil=True)
def _gathered(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Columns of the rows of ``values`` that belong to ``edges``, shape (columns, edges)."""
    columns = np.empty((values.shape[1], len(edges)), values.dtype)
    for place in range(len(edges)):
        for column in range(len(columns)):
            columns[column, place] = values[edges[place], column]
    return columns


def _histories(patterns: Patterns, threads: int) -> _Histories:
    """Everything that a query reads, by party and time."""
    graph, rings, joins = patterns.graph, patterns.cycles, patterns.scatter_gather
    nodes = graph.nodes
    ring_first, ring = by_node(rings.member, nodes)
    ring_edge = rings.member_edge[ring]
    joined = np.flatnonzero(joins.count > 0).astype(np.int32)
    source_first, order = by_node(joins.source[joined], nodes)
    source_edge = joined[order]
    # Gathered once for all columns: what is far apart is the payments.
    shown = np.stack([patterns.chain_hops, joins.middles, joins.count, patterns.scatter], axis=1)
    departed, arrived, moved = each(
        lambda task: _gathered(*task),
        ((shown, graph.departure), (shown, graph.arrival), (patterns.passed_on, graph.arrival)),
        threads,
    )
    chains, middles, counts = zip(arrived[:3], departed[:3], strict=True)
    (departure_first, arrival_first), (departed_at, arrived_at) = graph.sides.first, graph.sides.at
    party = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(arrival_first))
    return _Histories(
        arrived=_Lists(arrival_first, arrived_at),
        departed=_Lists(departure_first, departed_at),
        closed=_Lists(ring_first, graph.at[ring_edge]),
        sourced=_Lists(source_first, graph.at[source_edge]),
        cents=graph.arrived_cents,
        received=_running(graph.arrived_cents),
        moves=tuple(each(lambda at: _moves(at, party, nodes), moved, threads)),
        chains=chains,
        links=(_running(chains[0] >= CHAIN_LINK), _running(chains[1] >= CHAIN_LINK)),
        middles=middles,
        source_middles=joins.middles[source_edge],
        joins=(_running(counts[0] > 0), _running(counts[1] > 0)),
        payees=departed[3],
        scatters=_running(departed[3] > 0),
        ring_hops=rings.member_hops[ring],
        ring_kept=rings.kept[ring_edge],
    )


@njit(cache=True, nogil=True)
def _moved_on(
    arrived_at: np.ndarray,
    arrived_cents: np.ndarray,
    moves: _Moves,
    me: np.ndarray,
    since: np.ndarray,
    until: np.ndarray,
    low: np.ndarray,
) -> np.ndarray:
    """Cents that arrived since a moment and had moved on by another; shape (queries,).

    ``low`` are the first arrivals since the moment. Queries are by party and time: what arrived
    too early is taken away and what has moved on since is added, each once.
    """
    moved_at, first, by_moved = moves
    moved = np.zeros(len(me), np.int64)
    cents, tail, place = 0, 0, 0
    for q in range(len(me)):
        if q == 0 or me[q] != me[q - 1]:
            cents, tail, place = 0, low[q], first[me[q]]
        while tail < low[q]:
            if moved_at[tail] < until[q - 1]:
                cents -= arrived_cents[tail]
            tail += 1
        while place < first[me[q] + 1] and moved_at[by_moved[place]] < until[q]:
            if arrived_at[by_moved[place]] >= since[q]:
                cents += arrived_cents[by_moved[place]]
            place += 1
        moved[q] = cents
    return moved


@njit(cache=True, nogil=True)
def _window(
    lists: _Lists, me: np.ndarray, since: np.ndarray, until: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """First place of each query's party in its window, and first after it; shapes (queries,)."""
    first, at = lists
    low, high = np.empty(len(me), np.int64), np.empty(len(me), np.int64)
    begin = end = 0
    for q in range(len(me)):
        if q == 0 or me[q] != me[q - 1]:
            begin = end = first[me[q]]
        while end < first[me[q] + 1] and at[end] < until[q]:
            end += 1
        while begin < end and at[begin] < since[q]:
            begin += 1
        low[q], high[q] = begin, end
    return low, high


@njit(cache=True, nogil=True)
def _show(
    told: _Histories,
    me: np.ndarray,
    until: np.ndarray,
    window_us: int,
    rows: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Fill the ``rows`` of ``answers`` for queries in order of party and time.

    One kernel, so that its threads never wait for Python's lock.
    """
    since = until - window_us
    received = np.empty(len(rows), np.int64)
    low, high = _window(told.arrived, me, since, until)
    out_low, out_high = _window(told.departed, me, since, until)
    ring_low, ring_high = _window(told.closed, me, since, until)
    source_low, source_high = _window(told.sourced, me, since, until)
    for q in range(len(rows)):
        received[q] = told.received[high[q]] - told.received[low[q]]
    moved = np.empty((len(told.moves), len(rows)), np.int64)
    for hop in range(len(told.moves)):
        moved[hop] = _moved_on(told.arrived.at, told.cents, told.moves[hop], me, since, until, low)
    chain_in, chain_out = _largest(told.chains[0], low, high), _largest(told.chains[1], out_low, out_high)
    middle_in, middle_out = _largest(told.middles[0], low, high), _largest(told.middles[1], out_low, out_high)
    middle_source = _largest(told.source_middles, source_low, source_high)
    ring_hops = _largest(told.ring_hops, ring_low, ring_high)
    ring_kept = _largest(told.ring_kept, ring_low, ring_high)
    payees = _largest(told.payees, out_low, out_high)
    for q in range(len(rows)):
        shown = answers[rows[q]]  # far from the one before: all of it is written at once
        for hop in range(len(moved)):
            shown[hop] = moved[hop, q] / received[q] if received[q] > 0 else np.nan
        shown[3] = max(chain_in[q], chain_out[q])
        shown[4] = told.links[0][high[q]] - told.links[0][low[q]]
        shown[4] += told.links[1][out_high[q]] - told.links[1][out_low[q]]
        shown[5] = ring_high[q] - ring_low[q]
        shown[6], shown[7] = ring_hops[q], ring_kept[q]
        shown[8] = max(middle_in[q], middle_out[q], middle_source[q])
        shown[9] = source_high[q] - source_low[q]
        shown[9] += told.joins[0][high[q]] - told.joins[0][low[q]]
        shown[9] += told.joins[1][out_high[q]] - told.joins[1][out_low[q]]
        shown[10] = payees[q]
        shown[11] = told.scatters[out_high[q]] - told.scatters[out_low[q]]


def roles(patterns: Patterns, queries: Queries, window_us: int, threads: int) -> np.ndarray:
    """What of ROLES each query's party shows over ``[until - window, until)``, shape (queries, 12).

    Exact at hubs: a payment enters and leaves a party's window once, whatever else it does.
    Shares are NaN where nothing came in; of scatter-gathers a source sees those in which it is
    the widest, middles of a plain relay are 1.
    """
    told = _histories(patterns, threads)
    answers = np.empty((len(queries), len(ROLES)), np.float32)

    def part(first: int, end: int) -> None:
        party, until = queries.party[first:end], queries.until[first:end]
        _show(told, party, until, window_us, queries.row[first:end], answers)

    in_parts(part, len(queries), threads, most=QUERIES_AT_ONCE)
    return by_column(answers, threads).T
