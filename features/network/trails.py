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

from features.network.ahead import AHEAD, INNER, fetch
from features.network.multigraph import Multigraph
from features.network.parallel import in_parts


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


@njit(**INNER)
def _chains(
    payer: np.ndarray,
    payee: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    most_hops: int,
    longest: np.ndarray,
) -> None:
    for e in range(len(payer)):
        hops = 1
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if payer[before] != payee[e] and longest[before] >= hops:
                hops = longest[before] + 1
        longest[e] = hops if hops < most_hops else most_hops


def chains(graph: Multigraph, trails: Trails, most_hops: int) -> np.ndarray:
    """Payments of the longest chain that ends in each payment, at most ``most_hops``; shape (n,).

    Each payment of a chain continues the one before and does not go straight back to its
    payer.
    """
    room = np.empty(len(graph), np.int32)
    _chains(graph.payer, graph.payee, trails.first, trails.earlier, most_hops, room)
    return room


@njit(**INNER)
def _passed_on(
    payer: np.ndarray, payee: np.ndarray, first: np.ndarray, earlier: np.ndarray, mover: np.ndarray
) -> None:
    for e in range(len(payer) - 1, -1, -1):
        for position in range(first[e], first[e + 1]):
            before = earlier[position]
            if payer[before] == payee[e]:
                continue
            mover[before, 0] = e  # no earlier one comes after it
            for hop in range(mover.shape[1] - 1):
                if mover[e, hop] < mover[before, hop + 1]:
                    mover[before, hop + 1] = mover[e, hop]


def passed_on(graph: Multigraph, trails: Trails, hops: int) -> np.ndarray:
    """The payment by which the money of each one had moved on by 1 to ``hops`` payments, shape (n, hops).

    The earliest such payment, n where it did not. A query as of a moment asks whether that
    payment lies before: what was completed later has not happened yet.
    """
    room = np.full((len(graph), hops), len(graph), np.int32)
    _passed_on(graph.payer, graph.payee, trails.first, trails.earlier, room)
    return room


@dataclass(frozen=True)
class Cycles:
    """Cycles by the payment that closes them.

    ``closing`` (closing,) are the payments that close one, in order, ``counts`` (closing,
    most_hops - 1) their cycles of 2 to most_hops payments; ``kept`` (closing,) the largest share
    of the first payment that came back. ``member_edge``, ``member``, ``member_hops``,
    ``member_kept`` (rows,) say which parties stand on a cycle that a payment closes, the
    payments of the longest one, and the payment's share. ``given_up`` counts payments whose
    search was cut at its bound: their counts are lower bounds.
    """

    closing: np.ndarray
    counts: np.ndarray
    kept: np.ndarray
    member_edge: np.ndarray
    member: np.ndarray
    member_hops: np.ndarray
    member_kept: np.ndarray
    given_up: int


@njit(**INNER)
def _cycles(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    first: np.ndarray,
    earlier: np.ndarray,
    start: int,
    end: int,
    within_us: int,
    most_hops: int,
    most_steps: int,
    closing: np.ndarray,
    counts: np.ndarray,
    kept: np.ndarray,
    members: np.ndarray,
    place: np.ndarray,
    path: np.ndarray,
    cursor: np.ndarray,
) -> tuple[int, int, int, int]:
    """Fill the results from payment ``start`` on.

    Gives the first payment not looked at, for want of room in ``members`` (rows, 3), the rows
    filled there and in the three before, and the searches given up. ``place`` (nodes,) is the
    row of a party, at first -1.
    """
    size, closed, given_up = 0, 0, 0
    for e in range(start, end):
        if size + most_steps + most_hops > len(members):
            return e, size, closed, given_up
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
                if size == own:
                    closing[closed], counts[closed], kept[closed] = e, 0, 0
                    closed += 1
                counts[closed - 1, hops - 2] += 1
                back = cents[e] / cents[before] if cents[e] < cents[before] else 1.0
                if back > kept[closed - 1]:
                    kept[closed - 1] = back
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
    return end, size, closed, given_up


def cycles(
    graph: Multigraph, trails: Trails, within_us: int, most_hops: int, most_steps: int, threads: int
) -> Cycles:
    """Cycles of 2 to ``most_hops`` payments through different parties that each payment closes.

    Each payment continues the one before, the first lies within ``within_us`` of the last,
    and the last returns to the first one's payer. The search goes back in time, so it never
    uses a later payment; it gives up after ``most_steps`` payments looked at.
    """

    def part(first: int, end: int) -> tuple[list[tuple[np.ndarray, ...]], int]:
        path, cursor = np.empty((2, most_hops + 1), np.int64)
        found: list[tuple[np.ndarray, ...]] = []
        begin, given_up = first, 0
        place = np.empty(graph.nodes, np.int32)
        while begin < end:
            # A payment brings no more new members than steps of its search, and its first path.
            rows = max(4 * (most_steps + most_hops), end - begin)
            members = np.empty((rows, 3), np.int32)
            closing, kept = np.empty(rows, np.int32), np.empty(rows, np.float32)
            counts = np.empty((rows, most_hops - 1), np.int32)
            place[:] = -1
            begin, size, closed, cut = _cycles(
                graph.payer,
                graph.payee,
                graph.at,
                graph.cents,
                trails.first,
                trails.earlier,
                begin,
                end,
                within_us,
                most_hops,
                most_steps,
                closing,
                counts,
                kept,
                members,
                place,
                path,
                cursor,
            )
            # What is kept is a small part of the room.
            found.append(
                (closing[:closed].copy(), counts[:closed].copy(), kept[:closed].copy(), members[:size].copy())
            )
            given_up += cut
        return found, given_up

    parts = in_parts(part, len(graph), threads)
    nothing = (
        np.zeros(0, np.int32),
        np.zeros((0, most_hops - 1), np.int32),
        np.zeros(0, np.float32),
        np.zeros((0, 3), np.int32),
    )
    found = [nothing, *(rows for part_found, _ in parts for rows in part_found)]
    closing, counts, kept, members = (np.concatenate(same) for same in zip(*found, strict=True))
    edge, member, hops = np.ascontiguousarray(members.T)
    share = kept[np.searchsorted(closing, edge)]
    return Cycles(closing, counts, kept, edge, member, hops, share, sum(cut for _, cut in parts))
