"""Scatter-gather and gather-scatter: money that spreads and meets, or meets and spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph, in_parts


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
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    arrival: np.ndarray,
    arrived_at: np.ndarray,
    arrived_payer: np.ndarray,
    arrival_first: np.ndarray,
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
    """Fill rows of ``found`` (n, 3): count, middles, source, for ``arrival[start:end]``.

    Room by node: the payment for which it is one of the sources (``marked``) and of the
    middles (``visited``), at first -1, the middle counted last for it, its middles.
    """
    for place in range(start, end):
        e = arrival[place]
        middle, target = payer[e], payee[e]
        since = at[e] - within_us
        size = 0
        stop = max(arrival_first[middle], payer_end[e] - most_arrivals)
        for position in range(payer_end[e] - 1, stop - 1, -1):
            if arrived_at[position] < since:
                break
            node = arrived_payer[position]
            if node != target and marked[node] != e:
                marked[node], middles[node], last_middle[node] = e, 1, middle
                sources[size] = node
                size += 1
        if size == 0:
            continue
        visited[middle] = e
        stop = max(arrival_first[target], payee_end[e] - most_arrivals)
        for position in range(payee_end[e] - 1, stop - 1, -1):
            if arrived_at[position] < since:
                break
            other = arrived_payer[position]
            # The latest payment of a middle has all that its earlier ones have.
            if visited[other] == e:
                continue
            visited[other] = e
            joined_end = payer_end[arrival[position]]
            first = max(arrival_first[other], joined_end - most_arrivals)
            for k in range(joined_end - 1, first - 1, -1):
                if arrived_at[k] < since:
                    break
                node = arrived_payer[k]
                if marked[node] == e and last_middle[node] != other:
                    last_middle[node] = other
                    middles[node] += 1
        for k in range(size):
            node = sources[k]
            found[e, 0] += middles[node] >= least
            larger = middles[node] > found[e, 1]
            if larger or (middles[node] == found[e, 1] and node < found[e, 2]):
                found[e, 1], found[e, 2] = middles[node], node


def scatter_gather(
    graph: Multigraph, within_us: int, least: int, most_arrivals: int, threads: int
) -> ScatterGather:
    """Sources whose money reached a payment's payee through several parties.

    A party is in the middle if the source paid it and it paid the target strictly later,
    both within ``within_us`` of the payment. At a party with many arrivals only the latest
    ``most_arrivals`` before the moment in question are looked at, the bound at hubs.
    """
    arrived_payer = graph.payer[graph.arrival]

    found = np.zeros((len(graph), 3), np.int32)
    found[:, 2] = -1

    # By payee: what one payment looks at, the next one to the same payee finds at hand.
    def part(first: int, end: int) -> None:
        marked, visited, last_middle, middles = np.full((4, graph.nodes), -1, np.int32)
        _scatter_gather(
            graph.payer,
            graph.payee,
            graph.at,
            graph.arrival,
            graph.arrived_at,
            arrived_payer,
            graph.arrival_first,
            graph.payer_end,
            graph.payee_end,
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

    in_parts(part, len(graph), threads)
    return ScatterGather(*np.ascontiguousarray(found.T))


@njit(cache=True, nogil=True)
def _gather_scatter(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    pair: np.ndarray,
    within_us: int,
    least: int,
    payers: np.ndarray,
    payees: np.ndarray,
    pair_count: np.ndarray,
    fed_count: np.ndarray,
    gather: np.ndarray,
    scatter: np.ndarray,
) -> None:
    """Fill ``gather`` and ``scatter`` (n,); the other four are counts by node and by pair.

    ``fed_count`` counts payments of a pair that followed a gathering.
    """
    e, tail = 0, 0
    while e < len(at):
        while at[tail] < at[e] - within_us:
            pair_count[pair[tail]] -= 1
            payers[payee[tail]] -= pair_count[pair[tail]] == 0
            if gather[tail] >= least:
                fed_count[pair[tail]] -= 1
                payees[payer[tail]] -= fed_count[pair[tail]] == 0
            tail += 1
        stop = e
        while stop < len(at) and at[stop] == at[e]:
            gather[stop] = payers[payer[stop]]
            if gather[stop] >= least:
                scatter[stop] = payees[payer[stop]] + (fed_count[pair[stop]] == 0)
            stop += 1
        for k in range(e, stop):
            payers[payee[k]] += pair_count[pair[k]] == 0
            pair_count[pair[k]] += 1
            if gather[k] >= least:
                payees[payer[k]] += fed_count[pair[k]] == 0
                fed_count[pair[k]] += 1
        e = stop


def gather_scatter(graph: Multigraph, within_us: int, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Parties gathered from, and scattered to, as of each payment, by its payer; shapes (n,).

    ``gather`` counts different payers within ``within_us`` before the payment. ``scatter``
    counts different payees, this one's included, of payments in that time that each came
    after a gathering from at least ``least`` payers; 0 where this payment did not.
    Exact at hubs: a payment costs the same whoever makes it.
    """
    gather, scatter = np.zeros((2, len(graph)), np.int32)
    payers, payees = np.zeros((2, graph.nodes), np.int32)
    pair_count, fed_count = np.zeros((2, len(graph.mirror)), np.int32)
    _gather_scatter(
        graph.payer,
        graph.payee,
        graph.at,
        graph.pair,
        within_us,
        least,
        payers,
        payees,
        pair_count,
        fed_count,
        gather,
        scatter,
    )
    return gather, scatter
