"""Scatter-gather and gather-scatter: money that spreads and meets, or meets and spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph
from features.network.parallel import in_parts
from features.network.sides import Sides


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


@njit(cache=True, nogil=True)
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
    visited: np.ndarray,
    last_middle: np.ndarray,
    middles: np.ndarray,
    sources: np.ndarray,
    found: np.ndarray,
) -> None:
    """Fill rows of ``found`` (n, 3): count, middles, source, for the parties from ``start`` to ``end``.

    ``payer_end`` and ``payee_end`` are by arrival, as all else is here. Room by node: the
    arrival for which it is one of the sources (``marked``) and of the middles (``visited``), at
    first -1, the middle counted last for it, its middles.
    """
    first, edge, payer, arrived_at = sides.first[1], sides.edge[1], sides.other[1], sides.at[1]
    for target in range(start, end):
        for place in range(first[target], first[target + 1]):
            middle, since = payer[place], arrived_at[place] - within_us
            size = 0
            stop = max(first[middle], payer_end[place] - most_arrivals)
            for position in range(payer_end[place] - 1, stop - 1, -1):
                if arrived_at[position] < since:
                    break
                node = payer[position]
                if node != target and marked[node] != place:
                    marked[node], middles[node], last_middle[node] = place, 1, middle
                    sources[size] = node
                    size += 1
            if size == 0:
                continue
            visited[middle] = place
            stop = max(first[target], payee_end[place] - most_arrivals)
            for position in range(payee_end[place] - 1, stop - 1, -1):
                if arrived_at[position] < since:
                    break
                other = payer[position]
                # The latest payment of a middle has all that its earlier ones have.
                if visited[other] == place:
                    continue
                visited[other] = place
                begin = max(first[other], payer_end[position] - most_arrivals)
                for k in range(payer_end[position] - 1, begin - 1, -1):
                    if arrived_at[k] < since:
                        break
                    node = payer[k]
                    if marked[node] == place and last_middle[node] != other:
                        last_middle[node] = other
                        middles[node] += 1
            count, most, source = 0, 0, -1
            for k in range(size):
                node = sources[k]
                count += middles[node] >= least
                if middles[node] > most or (middles[node] == most and node < source):
                    most, source = middles[node], node
            e = edge[place]
            found[e, 0], found[e, 1], found[e, 2] = count, most, source


def scatter_gather(
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

    # By payee: what one payment looks at, the next one to the same payee finds at hand.
    def part(first: int, end: int) -> None:
        marked, visited, last_middle, middles = np.full((4, graph.nodes), -1, np.int32)
        _scatter_gather(
            graph.sides,
            payer_end,
            payee_end,
            first,
            end,
            within_us,
            least,
            most_arrivals,
            marked,
            visited,
            last_middle,
            middles,
            np.empty(most_arrivals, np.int32),
            found,
        )

    in_parts(part, graph.nodes, threads)
    return ScatterGather(*np.ascontiguousarray(found.T))


@njit(cache=True, nogil=True)
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
    first, edge, _, at, previous, following, _, _ = sides
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


def gather_scatter(
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
