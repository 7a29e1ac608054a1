"""Money trails: which payment may continue which.

A payment continues an earlier one if its payer had received that one strictly before, at
most ``hop_hours`` ago, and it carries on a share of its amount within ``kept``. At a party
with many arrivals only the latest ``most_arrivals`` before the payment are looked at: this
is the bound at hubs, part of the definition, the same for every order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.asof.network.ahead import AHEAD, INNER, fetch
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import in_parts


@dataclass(frozen=True)
class Trails:
    """For each payment the earlier ones that it may continue, latest first.

    Payment e continues ``earlier[first[e]:first[e + 1]]``.
    """

    first: np.ndarray
    earlier: np.ndarray

    @classmethod
    def of(
        cls, graph: Multigraph, hop_us: int, kept: tuple[float, float], most_arrivals: int, threads: int
    ) -> Trails:
        """Find them; ``kept`` is the lowest and highest share of the amount carried on."""
        low, high = kept

        def part(first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
            counts = np.zeros(end - first, np.int64)
            found: list[np.ndarray] = []
            place = first
            while place < end:
                room = np.empty(max(2 * (end - place), most_arrivals), np.int32)
                place, size = _continued(
                    graph.payer,
                    graph.at,
                    graph.cents,
                    graph.arrival,
                    graph.sides.at[1],
                    graph.arrived_cents,
                    graph.sides.first[1],
                    graph.payer_end,
                    first,
                    place,
                    end,
                    hop_us,
                    low,
                    high,
                    most_arrivals,
                    counts,
                    room,
                )
                found.append(room[:size])
            return counts, np.concatenate([np.zeros(0, np.int32), *found])

        counts, earlier = zip(*in_parts(part, len(graph), threads), strict=True)
        return cls(np.concatenate([[0], np.cumsum(np.concatenate(counts))]), np.concatenate(earlier))


@njit(**INNER)
def _continued(
    payer: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    arrival: np.ndarray,
    arrived_at: np.ndarray,
    arrived_cents: np.ndarray,
    arrival_first: np.ndarray,
    payer_end: np.ndarray,
    first: int,
    start: int,
    end: int,
    hop_us: int,
    low: float,
    high: float,
    most_arrivals: int,
    counts: np.ndarray,
    room: np.ndarray,
) -> tuple[int, int]:
    """Fill ``room`` from payment ``start`` on: (first payment not looked at, places filled)."""
    size = 0
    for e in range(start, end):
        if size + most_arrivals > len(room):
            return e, size
        if e + AHEAD < end:
            fetch(arrived_at, max(payer_end[e + AHEAD] - 1, 0))
            fetch(arrived_cents, max(payer_end[e + AHEAD] - 1, 0))
            fetch(arrival_first, payer[e + AHEAD])
        stop = max(arrival_first[payer[e]], payer_end[e] - most_arrivals)
        for position in range(payer_end[e] - 1, stop - 1, -1):
            if arrived_at[position] < at[e] - hop_us:
                break
            before = arrived_cents[position]
            if low * before <= cents[e] <= high * before:
                room[size] = arrival[position]
                size += 1
                counts[e - first] += 1
    return end, size
