"""Money trails: which payment may continue which, chains, what was passed on, and cycles.

A payment continues an earlier one if its payer had received that one strictly before, at
most ``hop_hours`` ago, and it carries on a share of its amount within ``kept``. At a party
with many arrivals only the latest ``most_arrivals`` before the payment are looked at: this
is the bound at hubs, part of the definition, the same for every order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from features.network.multigraph import Multigraph
from features.network.parallel import in_parts

MOST_COUNTED = 1_000_000_000  # counts of chains stop here: they multiply at every hop
NEVER = np.iinfo(np.int64).max


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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _chains(
    payer: np.ndarray, payee: np.ndarray, first: np.ndarray, earlier: np.ndarray, chains: np.ndarray
) -> np.ndarray:
    for e in range(len(payer)):
        chains[e, 0] = 1
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if payer[before] == payee[e]:
                continue
            for hop in range(chains.shape[1] - 1):
                more = np.int64(chains[e, hop + 1]) + chains[before, hop]
                chains[e, hop + 1] = min(more, MOST_COUNTED)
    return chains


def chains(graph: Multigraph, trails: Trails, most_hops: int) -> np.ndarray:
    """Chains of 1 to ``most_hops`` payments that end in each payment, shape (n, most_hops).

    Each payment of a chain continues the one before and does not go straight back to its
    payer. Counts stop at MOST_COUNTED.
    """
    room = np.zeros((len(graph), most_hops), np.int32)
    return _chains(graph.payer, graph.payee, trails.first, trails.earlier, room)


@njit(cache=True, nogil=True)
def _passed_on(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    done_at: np.ndarray,
) -> np.ndarray:
    for e in range(len(payer) - 1, -1, -1):
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if payer[before] == payee[e]:
                continue
            done_at[before, 0] = min(done_at[before, 0], at[e])
            for hop in range(done_at.shape[1] - 1):
                done_at[before, hop + 1] = min(done_at[before, hop + 1], done_at[e, hop])
    return done_at


def passed_on(graph: Multigraph, trails: Trails, hops: int) -> np.ndarray:
    """When the money of each payment had moved on by 1 to ``hops`` payments, shape (n, hops).

    NEVER where it did not. A query as of a moment compares with it: what was completed
    later has not happened yet.
    """
    room = np.full((len(graph), hops), NEVER)
    return _passed_on(graph.payer, graph.payee, graph.at, trails.first, trails.earlier, room)


@dataclass(frozen=True)
class Cycles:
    """Cycles by the payment that closes them.

    ``counts`` (n, most_hops - 1) are cycles of 2 to most_hops payments; ``kept`` (n,) the
    largest share of the first payment that came back, 0 without a cycle. ``member_edge``,
    ``member``, ``member_hops`` (rows,) say which parties stand on a cycle that a payment
    closes, and the payments of the longest one, in order of the payment. ``given_up`` counts
    payments whose search was cut at its bound: their counts are lower bounds.
    """

    counts: np.ndarray
    kept: np.ndarray
    member_edge: np.ndarray
    member: np.ndarray
    member_hops: np.ndarray
    given_up: int


@njit(cache=True, nogil=True)
def _cycles(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    begin: int,
    start: int,
    end: int,
    within_us: int,
    most_hops: int,
    most_steps: int,
    counts: np.ndarray,
    kept: np.ndarray,
    members: np.ndarray,
    place: np.ndarray,
    path: np.ndarray,
    cursor: np.ndarray,
) -> tuple[int, int, int]:
    """Fill the results from payment ``start`` on.

    Gives the first payment not looked at, for want of room in ``members`` (rows, 3), the rows
    filled, and the searches given up. ``place`` (nodes,) is the row of a party, at first -1.
    """
    size, given_up = 0, 0
    for e in range(start, end):
        if size + most_steps + most_hops > len(members):
            return e, size, given_up
        home = payee[e]
        own = size
        path[1], cursor[1] = e, first[e]
        depth, steps = 1, 0
        while depth > 0:
            if cursor[depth] == first[path[depth] + 1]:
                depth -= 1
                continue
            before = earlier[cursor[depth]]
            if at[before] < at[e] - within_us:
                depth -= 1  # what stands behind it in the list is older still
                continue
            if steps == most_steps:
                given_up += 1
                break
            steps += 1
            cursor[depth] += 1
            node = payer[before]
            if node == home:
                hops = depth + 1
                counts[e - begin, hops - 2] += 1
                kept[e - begin] = max(kept[e - begin], min(1.0, cents[e] / cents[before]))
                for k in range(hops):
                    party = home if k == 0 else payer[path[k]]
                    if place[party] < own:
                        place[party] = size
                        members[size, 0], members[size, 1], members[size, 2] = e, party, hops
                        size += 1
                    elif members[place[party], 2] < hops:
                        members[place[party], 2] = hops
                continue
            if depth + 1 >= most_hops:
                continue
            is_on_path = False
            for k in range(1, depth + 1):
                is_on_path |= payer[path[k]] == node
            if not is_on_path:
                depth += 1
                path[depth], cursor[depth] = before, first[before]
    return end, size, given_up


def cycles(
    graph: Multigraph, trails: Trails, within_us: int, most_hops: int, most_steps: int, threads: int
) -> Cycles:
    """Cycles of 2 to ``most_hops`` payments through different parties that each payment closes.

    Each payment continues the one before, the first lies within ``within_us`` of the last,
    and the last returns to the first one's payer. The search goes back in time, so it never
    uses a later payment; it gives up after ``most_steps`` payments looked at.
    """

    def part(first: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        counts = np.zeros((end - first, most_hops - 1), np.int32)
        kept = np.zeros(end - first, np.float32)
        path, cursor = np.empty((2, most_hops + 1), np.int64)
        found, begin, given_up = [], first, 0
        while begin < end:
            # A payment brings no more new members than steps of its search, and its first path.
            room = np.empty((max(4 * (most_steps + most_hops), end - begin), 3), np.int32)
            begin, size, cut = _cycles(
                graph.payer,
                graph.payee,
                graph.at,
                graph.cents,
                trails.first,
                trails.earlier,
                first,
                begin,
                end,
                within_us,
                most_hops,
                most_steps,
                counts,
                kept,
                room,
                np.full(graph.nodes, -1),
                path,
                cursor,
            )
            found.append(room[:size])
            given_up += cut
        return counts, kept, np.concatenate([np.zeros((0, 3), np.int32), *found]), given_up

    counts, kept, members, given_up = zip(*in_parts(part, len(graph), threads), strict=True)
    rows = np.concatenate(members)
    return Cycles(
        np.concatenate(counts), np.concatenate(kept), rows[:, 0], rows[:, 1], rows[:, 2], sum(given_up)
    )
