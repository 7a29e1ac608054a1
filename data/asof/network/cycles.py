"""Cycles of payments: money that comes back to where it left, and who stands on its way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER
from data.asof.network.multigraph import Multigraph
from data.asof.network.parallel import in_parts
from data.asof.network.trails import Trails


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

    def closing_through(self, hops: int) -> np.ndarray:
        """Edges that close a cycle of ``hops`` payments or more, in order; shape (found,)."""
        return self.closing[self.counts[:, hops - 2 :].any(axis=1)]


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
