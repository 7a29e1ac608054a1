"""Scatter-gather and gather-scatter: money that spreads and meets, or meets and spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.asof.network.ahead import AHEAD, INNER, NONE, fetch
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import in_parts
from data.asof.network.sides import Sides


@dataclass(frozen=True)
class ScatterGather:
    """Scatter-gathers by the payment that joins the last middle party to the target.

    ``count`` (n,) sources with at least the asked number of middle parties; ``middles`` (n,)
    the largest number of middle parties of any source, ``source`` (n,) that source (of equal
    ones the lowest node), -1 without any.
    """

    count: np.ndarray
    middles: np.ndarray
    source: np.ndarray


# By which of a target's middle parties a node's money came is kept in two arrays, with room for
# one target. ``newest`` (nodes,) is the number of a node's last entry. Entry i is row i modulo the
# length (a power of two) of ``entries`` (entries, 3): the entry of the same node before it, the
# arrival at the target by which the middle party paid, and when the node had paid the middle
# party. All that can still be looked at fits. They are no tuple: taking one apart at every call
# counts references, which took longer than the search itself.


@njit(**INNER)
def _reach_by(
    place: int,
    payer: np.ndarray,
    arrived_at: np.ndarray,
    begin: int,
    end: int,
    since: int,
    newest: np.ndarray,
    entries: np.ndarray,
    size: int,
    lowest: int,
) -> int:
    """Enter those who had paid the middle party of an arrival, ``begin`` to ``end``: entries then."""
    room = len(entries)
    for k in range(end - 1, begin - 1, -1):
        if arrived_at[k] < since:
            break
        node = payer[k]
        last = newest[node]
        if last >= max(lowest, size - room) and entries[last & (room - 1), 1] == place:
            continue  # its latest payment to this middle party stands there
        i = size & (room - 1)
        entries[i, 0], entries[i, 1], entries[i, 2] = last, place, arrived_at[k]
        newest[node] = size
        size += 1
    return size


@njit(**INNER)
def _middles_of(
    newest: int,
    middle: int,
    payer: np.ndarray,
    following: np.ndarray,
    stop: int,
    end: int,
    since: int,
    entries: np.ndarray,
    lowest: int,
) -> int:
    """Other middle parties between a node and the target among the arrivals from ``stop`` to ``end``."""
    found, i = 0, newest
    while i >= lowest:
        slot = i & (len(entries) - 1)
        place = entries[slot, 1]
        if place < stop:
            break
        # The latest payment of a middle party has all that its earlier ones have.
        if entries[slot, 2] >= since and following[place] >= end:
            found += payer[place] != middle
        i = entries[slot, 0]
    return found


@njit(**INNER)
def _scatter_gather(
    sides: Sides,
    payer_end: np.ndarray,
    payee_end: np.ndarray,
    start: int,
    end: int,
    within_us: int,
    least: int,
    most_arrivals: int,
    marked: np.ndarray,
    newest: np.ndarray,
    entries: np.ndarray,
    found: np.ndarray,
) -> None:
    """Fill rows of ``found`` (n, 3): count, middles, source, for the parties from ``start`` to ``end``.

    ``payer_end`` and ``payee_end`` are by arrival, as all else is here. ``marked`` (nodes,) is
    the arrival for which a node is one of the sources, at first -1. Whom the middle parties of a
    target's latest arrivals were paid by is kept in ``newest`` and ``entries``, for the arrivals after them.
    """
    first, edge, payer, arrived_at = sides.first[1], sides.edge[1], sides.other[1], sides.at[1]
    following, room, size = sides.following[1], len(entries), NONE
    for target in range(start, end):
        entered, own = first[target], size
        for place in range(first[target], first[target + 1]):
            if place + AHEAD < len(payer):
                fetch(arrived_at, max(payer_end[place + AHEAD] - 1, 0))
                fetch(payer, max(payer_end[place + AHEAD] - 1, 0))
                fetch(first, payer[place + AHEAD])
            middle, since = payer[place], arrived_at[place] - within_us
            begin = max(first[middle], payer_end[place] - most_arrivals)
            if payer_end[place] == begin or arrived_at[payer_end[place] - 1] < since:
                continue
            stop = max(first[target], payee_end[place] - most_arrivals)
            for p in range(max(entered, stop), payee_end[place]):
                if arrived_at[p] >= since and following[p] >= payee_end[place]:
                    opens = max(first[payer[p]], payer_end[p] - most_arrivals)
                    size = _reach_by(
                        p, payer, arrived_at, opens, payer_end[p], since, newest, entries, size, own
                    )
            entered = payee_end[place]
            lowest = max(own, size - room)
            count, most, source = 0, 0, -1
            for k in range(payer_end[place] - 1, begin - 1, -1):
                if arrived_at[k] < since:
                    break
                node = payer[k]
                if node == target or marked[node] == place:
                    continue
                marked[node] = place
                middles = 1 + _middles_of(
                    newest[node], middle, payer, following, stop, entered, since, entries, lowest
                )
                count += middles >= least
                if middles > most or (middles == most and node < source):
                    most, source = middles, node
            if most > 0:
                e = edge[place]
                found[e, 0], found[e, 1], found[e, 2] = count, most, source


def scatter_gathers(
    graph: Multigraph, within_us: int, least: int, most_arrivals: int, threads: int
) -> ScatterGather:
    """Sources whose money reached a payment's payee through several parties.

    A party is in the middle if the source paid it and it paid the target strictly later,
    both within ``within_us`` of the payment. At a party with many arrivals only the latest
    ``most_arrivals`` before the moment in question are looked at, the bound at hubs.
    """
    payer_end, payee_end = graph.payer_end[graph.arrival], graph.payee_end[graph.arrival]
    found = np.zeros((len(graph), 3), np.int32)
    found[:, 2] = -1
    # So many arrivals at the target are looked at, and so many at each of their payers.
    longest = min(most_arrivals, int(np.diff(graph.sides.first[1]).max(initial=1)))
    room = 1 << (longest * longest).bit_length()

    # By payee: what one payment looks at, the next one to the same payee finds at hand.
    def part(first: int, end: int) -> None:
        _scatter_gather(
            graph.sides,
            payer_end,
            payee_end,
            first,
            end,
            within_us,
            least,
            most_arrivals,
            np.full(graph.nodes, -1, np.int32),
            np.full(graph.nodes, -1),
            np.empty((room, 3), np.int64),
            found,
        )

    in_parts(part, graph.nodes, threads)
    return ScatterGather(*np.ascontiguousarray(found.T))


@njit(**INNER)
def _gather_scatter(
    sides: Sides,
    start: int,
    end: int,
    within_us: int,
    least: int,
    gather: np.ndarray,
    scatter: np.ndarray,
    fed_before: np.ndarray,
    fed_after: np.ndarray,
) -> None:
    """Fill ``gather`` and ``scatter`` (n,) for payments of the parties from ``start`` to ``end``.

    A payment that followed a gathering is fed. ``fed_before`` and ``fed_after`` (n,), by
    departure, are room for the fed payments of the pair before and after one.
    """
    first, edge, _, at, previous, following, _ = sides
    for me in range(start, end):
        head = tail = first[1, me]  # of the arrivals within the time
        fed_tail = group = first[0, me]
        payers = payees = 0
        while group < first[0, me + 1]:
            moment = at[0, group]
            while head < first[1, me + 1] and at[1, head] < moment:
                payers += previous[1, head] < tail
                head += 1
            while tail < head and at[1, tail] < moment - within_us:
                payers -= following[1, tail] >= head
                tail += 1
            while at[0, fed_tail] < moment - within_us:
                if gather[edge[0, fed_tail]] >= least:
                    payees -= fed_after[fed_tail] < 0
                fed_tail += 1
            known, stop = payees, group  # payments of one moment do not see each other
            while stop < first[0, me + 1] and at[0, stop] == moment:
                e, last = edge[0, stop], previous[0, stop]
                gather[e] = payers
                fed_after[stop] = -1
                before = last if last < 0 or gather[edge[0, last]] >= least else fed_before[last]
                fed_before[stop] = before
                if payers >= least:
                    if before >= group:
                        scatter[e] = scatter[edge[0, before]]
                    else:
                        scatter[e] = known + (before < fed_tail)
                        payees += before < fed_tail
                    if before >= 0:
                        fed_after[before] = stop
                stop += 1
            group = stop


def gather_scatters(
    graph: Multigraph, within_us: int, least: int, threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Parties gathered from, and scattered to, as of each payment, by its payer; shapes (n,).

    ``gather`` counts different payers within ``within_us`` before the payment. ``scatter``
    counts different payees, this one's included, of payments in that time that each came
    after a gathering from at least ``least`` payers; 0 where this payment did not.
    Exact at hubs: a payment costs the same whoever makes it.
    """
    gather, scatter = np.zeros((2, len(graph)), np.int32)
    fed_before, fed_after = np.empty((2, len(graph)), np.int32)

    def part(first: int, end: int) -> None:
        _gather_scatter(graph.sides, first, end, within_us, least, gather, scatter, fed_before, fed_after)

    in_parts(part, graph.nodes, threads)
    return gather, scatter
