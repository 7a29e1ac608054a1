"""What a party's own payments of the last days belong to: trails, cycles and fans, as of a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from data.asof.network.ahead import AHEAD, EIGHT, FOUR, INNER, LEAVE, NONE, ONE, THREE, TWO, fetch
from data.asof.network.chains import chains, passed_on
from data.asof.network.cycles import Cycles
from data.asof.network.limits import TrailLimits
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import each
from data.schema import DAY_US
from features.catalogue import Feature
from features.network.fans import ScatterGather, gather_scatters, scatter_gathers
from features.network.limits import Limits
from features.network.queries import Queries

PASS_ON_HOPS = 3  # how far money is followed onwards; the names of the features say so
CHAIN_LINK = 3  # from this payment of a chain on it is layering (R20 asks for three hops)


def _role(name: str, label_en: str, label_zh: str, unit: str, source: str) -> Feature:
    return Feature(name, label_en, label_zh, unit, family="network", group="network", source=source)


ROLES = (
    _role("pass_on_hop1_share_28d", "Share of received money that moved on, one hop",
          "转入资金一跳转出占比", "share", "R20 layered chain"),
    _role("pass_on_hop2_share_28d", "Share of received money that moved on twice",
          "转入资金两跳转出占比", "share", "R20 layered chain"),
    _role("pass_on_hop3_share_28d", "Share of received money that moved on three times",
          "转入资金三跳转出占比", "share", "R20 layered chain"),
    _role("chain_hops_28d", "Payments in the longest chain that the customer is in",
          "所在最长转账链条笔数", "count", "R20 layered chain; AMLTRIX T0070"),
    _role("chain_payment_count_28d", "Payments that are a third or later link of a chain",
          "处于链条第三跳及以后的笔数", "count", "R20 layered chain; AMLTRIX T0070"),
    _role("cycle_count_28d", "Closed cycles of money that the customer is in",
          "参与的资金闭环数", "count", "R19 round trip; AMLTRIX T0039"),
    _role("cycle_hops_28d", "Payments in the longest such cycle",
          "最长资金闭环笔数", "count", "R19 round trip; AMLTRIX T0039"),
    _role("cycle_kept_share_28d", "Share of the money that came back through a cycle",
          "闭环回流资金占比", "share", "R19 round trip; AMLTRIX T0039"),
    _role("scatter_gather_middles_28d", "Parties between one source and one target of money",
          "分散归集中间方数", "count", "AMLworld scatter-gather"),
    _role("scatter_gather_count_28d", "Payments of wide scatter-gathers",
          "分散归集笔数", "count", "AMLworld scatter-gather"),
    _role("gather_scatter_payees_28d", "Parties paid after gathering from many",
          "归集后分散收款方数", "count", "AMLworld gather-scatter"),
    _role("gather_scatter_count_28d", "Payments made after gathering from many",
          "归集后分散笔数", "count", "AMLworld gather-scatter"),
)  # fmt: skip
# Their places among a party's answers, in the kernels' own file, which numba watches. The first is
# that of one hop; two and three hops follow it.
(
    PASSED_ON, _, _, LONGEST_CHAIN, CHAIN_PAYMENTS, CYCLE_COUNT, LONGEST_CYCLE, CYCLE_KEPT,
    MOST_MIDDLES, SCATTER_GATHERS, MOST_PAYEES, GATHER_SCATTERS,
) = range(len(ROLES))  # fmt: skip


@dataclass(frozen=True)
class Patterns:
    """What each payment of a graph completes, from earlier payments alone; shapes (n, ...).

    ``chain_hops`` is the longest chain that ends in it, ``passed_on`` by which payment its
    money had moved on by one to three, the rest as its own module says.
    """

    graph: Multigraph
    chain_hops: np.ndarray
    passed_on: np.ndarray
    cycles: Cycles
    scatter_gather: ScatterGather
    gather: np.ndarray
    scatter: np.ndarray

    @classmethod
    def of(cls, graph: Multigraph, limits: Limits, trail_limits: TrailLimits) -> Patterns:
        """Find all patterns of a graph."""
        trails = trail_limits.trails(graph, limits.threads)
        gather, scatter = gather_scatters(graph, limits.fan_days * DAY_US, limits.fan_least, limits.threads)
        return cls(
            graph=graph,
            chain_hops=chains(graph, trails, trail_limits.hop_us, trail_limits.chain_hops),
            passed_on=passed_on(graph, trails, trail_limits.hop_us, PASS_ON_HOPS),
            cycles=trail_limits.cycles(graph, trails, limits.threads),
            scatter_gather=scatter_gathers(
                graph, limits.fan_days * DAY_US, limits.fan_least, limits.fan_arrivals, limits.threads
            ),
            gather=gather,
            scatter=scatter,
        )


class _Completed(NamedTuple):
    """What each payment completes, in the order in which the kernels take it; shapes (n,) or (n, hops).

    ``mover`` is the payment by which its money had moved on by so many hops, ``moved`` the last
    payment whose money this one moved on, ``moved_before`` that one's forerunner, -1 without.
    """

    payer: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    chain_hops: np.ndarray
    joins: np.ndarray
    middles: np.ndarray
    source: np.ndarray
    scatter: np.ndarray
    mover: np.ndarray
    moved: np.ndarray
    moved_before: np.ndarray


class _Rings(NamedTuple):
    """Parties on cycles in order of the closing payment; shapes (rows,).

    ``kept`` numbers the shares that came back from 1 on, from the lowest.
    """

    edge: np.ndarray
    member: np.ndarray
    hops: np.ndarray
    kept: np.ndarray


@njit(**INNER)
def _put_on(
    stairs: np.ndarray,
    me: int,
    k: int,
    item: int,
    value: int,
    values: np.ndarray,
    width: int,
    links: np.ndarray,
) -> None:
    """Add a party's item with its value, which is positive, to what can still become its largest.

    Of the items of a window only those count that no later and larger one follows: a staircase,
    ``links`` (items, 2) from each to the one above and to the one below. From column k on
    ``stairs`` (nodes, columns) holds the lowest step and its value, the highest step and its
    value. Item i has ``values[i // width]``.
    """
    if value >= stairs[me, k + 3]:
        stairs[me, k + 2], stairs[me, k + 3] = item, value
    else:
        above, value_above = stairs[me, k], stairs[me, k + 1]
        while value_above <= value:
            above = links[above, 0]
            value_above = values[above // width]
        links[item, 0], links[above, 1] = above, item
    stairs[me, k], stairs[me, k + 1] = item, value


@njit(**INNER)
def _largest(
    stairs: np.ndarray, me: int, k: int, oldest: int, values: np.ndarray, width: int, links: np.ndarray
) -> int:
    """Largest value of a party's items from ``oldest`` on, 0 without any; steps before it are taken away."""
    while stairs[me, k + 2] < oldest and stairs[me, k + 3] > 0:
        if stairs[me, k + 2] == stairs[me, k]:
            stairs[me, k + 3] = 0
        else:
            stairs[me, k + 2] = links[stairs[me, k + 2], 1]
            stairs[me, k + 3] = values[stairs[me, k + 2] // width]
    return stairs[me, k + 3]


@njit(**INNER)
def _turn(
    me: int,
    you: int,
    cents: int,
    hops: int,
    is_scatter: bool,
    is_join: bool,
    source: int,
    sums: np.ndarray,
    step: int,
) -> None:
    """Let a payment enter (step 1) or leave (step -1) the sums of its parties, but what had moved on."""
    sums[you, 0] += step * cents
    sums[me, 4] += step * (hops >= CHAIN_LINK)
    sums[you, 4] += step * (hops >= CHAIN_LINK)
    sums[me, 6] += step * is_scatter
    if is_join:
        sums[me, 5] += step
        sums[you, 5] += step
        sums[source, 5] += step


@njit(**INNER)
def _sums(
    done: _Completed,
    rings: _Rings,
    shares: np.ndarray,
    party: np.ndarray,
    until: np.ndarray,
    place: np.ndarray,
    window_us: int,
    sums: np.ndarray,
    stairs: np.ndarray,
    hops_links: np.ndarray,
    kept_links: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Fill the columns of ``answers`` (12, queries) that add up, and those of cycles.

    ``sums`` (nodes, 8) are of each party the cents received, those moved on by one to three
    hops, links of chains, joins and scatters, rows of ``rings``; ``stairs`` (nodes, 8) the
    hops and shares of its cycles, see `_put_on`. All is 0 at first.
    """
    payer, payee, at, cents, chains, joins, _, source, scatter, mover, moved, moved_before = done
    ring_edge, ring_member, ring_hops, ring_kept = rings
    head = tail = ring_head = ring_tail = NONE  # a window holds the payments from the tail to the head
    for q in range(len(party)):
        if q + AHEAD < len(party):
            fetch(sums, party[q + AHEAD])
        while head < len(at) and at[head] < until[q]:
            e = head
            _turn(payer[e], payee[e], cents[e], chains[e], scatter[e] > 0, joins[e] > 0, source[e], sums, ONE)
            for hop in range(PASS_ON_HOPS):
                e = moved[head, hop]
                while e >= 0:
                    if e >= tail:
                        sums[payee[e], 1 + hop] += cents[e]
                    e = moved_before[e, hop]
            while ring_head < len(ring_edge) and ring_edge[ring_head] == head:
                member = ring_member[ring_head]
                sums[member, 7] += 1
                _put_on(stairs, member, NONE, ring_head, ring_hops[ring_head], ring_hops, ONE, hops_links)
                _put_on(stairs, member, FOUR, ring_head, ring_kept[ring_head], ring_kept, ONE, kept_links)
                ring_head += 1
            head += 1
        while tail < head and at[tail] < until[q] - window_us:
            if tail + AHEAD < len(at):
                fetch(sums, payer[tail + AHEAD])
                fetch(sums, payee[tail + AHEAD])
            e = tail
            _turn(
                payer[e], payee[e], cents[e], chains[e], scatter[e] > 0, joins[e] > 0, source[e], sums, LEAVE
            )
            for hop in range(PASS_ON_HOPS):
                if mover[e, hop] < head:
                    sums[payee[e], 1 + hop] -= cents[e]
            while ring_tail < ring_head and ring_edge[ring_tail] == tail:
                sums[ring_member[ring_tail], 7] -= 1
                ring_tail += 1
            tail += 1
        me, answer = party[q], place[q]
        received = sums[me, 0]
        for hop in range(PASS_ON_HOPS):
            answers[PASSED_ON + hop, answer] = sums[me, 1 + hop] / received if received > 0 else np.nan
        answers[CHAIN_PAYMENTS, answer], answers[CYCLE_COUNT, answer] = sums[me, 4], sums[me, 7]
        answers[SCATTER_GATHERS, answer], answers[GATHER_SCATTERS, answer] = sums[me, 5], sums[me, 6]
        hops = kept = 0
        if sums[me, 7] > 0:
            hops = _largest(stairs, me, NONE, ring_tail, ring_hops, ONE, hops_links)
            kept = _largest(stairs, me, FOUR, ring_tail, ring_kept, ONE, kept_links)
        answers[LONGEST_CYCLE, answer], answers[CYCLE_KEPT, answer] = hops, shares[kept]


@njit(**INNER)
def _maxima(
    done: _Completed,
    party: np.ndarray,
    until: np.ndarray,
    place: np.ndarray,
    window_us: int,
    stairs: np.ndarray,
    chain_links: np.ndarray,
    middle_links: np.ndarray,
    payee_links: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Fill the columns of ``answers`` (12, queries) that are the largest of a window.

    ``stairs`` (nodes, 16) are of each party the chains, middle parties and payees of its
    payments, at first 0. An item is a payment and who is told of it: its two parties, and a
    source. Most chains and most middle parties are 1: of these only the last is kept, by the
    number after it.
    """
    payer, payee, at, _, chains, joins, middles, sources, payees, _, _, _ = done
    edges = len(at)
    head = tail = NONE
    for q in range(len(party)):
        if q + AHEAD < len(party):
            fetch(stairs, party[q + AHEAD])
        while head < edges and at[head] < until[q]:
            me, you = payer[head], payee[head]
            stairs[me, 12] = stairs[you, 12] = head + 1
            if chains[head] > 1:
                _put_on(stairs, me, NONE, 2 * head, chains[head], chains, TWO, chain_links)
                _put_on(stairs, you, NONE, 2 * head + 1, chains[head], chains, TWO, chain_links)
            if middles[head] > 0:
                stairs[me, 13] = stairs[you, 13] = head + 1
            if middles[head] > 1:
                _put_on(stairs, me, FOUR, 3 * head, middles[head], middles, THREE, middle_links)
                _put_on(stairs, you, FOUR, 3 * head + 1, middles[head], middles, THREE, middle_links)
            if joins[head] > 0:
                source = sources[head]
                stairs[source, 13] = head + 1
                if middles[head] > 1:
                    _put_on(stairs, source, FOUR, 3 * head + 2, middles[head], middles, THREE, middle_links)
            if payees[head] > 0:
                _put_on(stairs, me, EIGHT, head, payees[head], payees, ONE, payee_links)
            head += 1
        while tail < head and at[tail] < until[q] - window_us:
            tail += 1
        me, answer = party[q], place[q]
        chain = _largest(stairs, me, NONE, 2 * tail, chains, TWO, chain_links)
        answers[LONGEST_CHAIN, answer] = chain if chain > 0 else stairs[me, 12] > tail
        middle = _largest(stairs, me, FOUR, 3 * tail, middles, THREE, middle_links)
        answers[MOST_MIDDLES, answer] = middle if middle > 0 else stairs[me, 13] > tail
        answers[MOST_PAYEES, answer] = _largest(stairs, me, EIGHT, tail, payees, ONE, payee_links)


@njit(**INNER)
def _moved_lists(mover: np.ndarray, moved: np.ndarray, before: np.ndarray) -> None:
    """Fill ``moved`` and ``before`` of `_Completed`, (n, hops), the first of which is -1 at first."""
    for e in range(len(mover)):
        for hop in range(mover.shape[1]):
            by = mover[e, hop]
            if by < len(mover):
                before[e, hop], moved[by, hop] = moved[by, hop], e


def _completed(patterns: Patterns) -> _Completed:
    graph, joins = patterns.graph, patterns.scatter_gather
    moved = np.full(patterns.passed_on.shape, -1, np.int32)
    moved_before = np.empty_like(moved)
    _moved_lists(patterns.passed_on, moved, moved_before)
    return _Completed(
        graph.payer,
        graph.payee,
        graph.at,
        graph.cents,
        patterns.chain_hops,
        joins.count,
        joins.middles,
        joins.source,
        patterns.scatter,
        patterns.passed_on,
        moved,
        moved_before,
    )


def telling(
    patterns: Patterns, queries: Queries, window_us: int, answers: np.ndarray
) -> list[Callable[[], None]]:
    """Tasks that fill ``answers`` (12, queries) as `roles` gives them."""
    done, cycles = _completed(patterns), patterns.cycles
    nodes, asked = patterns.graph.nodes, (queries.party, queries.until, queries.place, window_us)
    shares, number = np.unique(cycles.member_kept, return_inverse=True)
    rings = _Rings(cycles.member_edge, cycles.member, cycles.member_hops, (number + 1).astype(np.int32))
    shares = np.concatenate([np.zeros(1, np.float32), shares])

    def sums() -> None:
        own, stairs = np.zeros((nodes, 8), np.int64), np.zeros((nodes, 8), np.int32)
        links = np.empty((2, len(number), 2), np.int32)
        _sums(done, rings, shares, *asked, own, stairs, *links, answers)

    def maxima() -> None:
        links = (np.empty((items * len(patterns.graph), 2), np.int32) for items in (2, 3, 1))
        _maxima(done, *asked, np.zeros((nodes, 16), np.int32), *links, answers)

    return [sums, maxima]


def roles(patterns: Patterns, queries: Queries, window_us: int, threads: int) -> np.ndarray:
    """What of ROLES each query's party shows over ``[until - window, until)``, shape (queries, 12).

    Exact at hubs: a payment enters and leaves a party's window once, whatever else it does.
    Shares are NaN where nothing came in; of scatter-gathers a source sees those in which it is
    the widest, middles of a plain relay are 1.
    """
    answers = np.empty((len(ROLES), len(queries)), np.float32)
    each(lambda task: task(), telling(patterns, queries, window_us, answers), threads)
    return answers.T
