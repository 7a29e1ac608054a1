"""Both sides of every party, what it pays and what it receives, by party and time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from features.network.parallel import in_parts


class Sides(NamedTuple):
    """Payments by party and time, what goes out (side 0) and what comes in (side 1).

    Those of a party start at its place in ``first`` (2, nodes + 1); all others have shape
    (2, n): ``edge``, ``other`` (the other party), ``at`` (microseconds).

    ``previous`` and ``following`` are the places of the payments before and after with the same
    other party, ``turned_previous`` and ``turned_following`` those of the other direction, which
    are places on the other side; -1 where there is none before, n where there is none after.
    """

    first: np.ndarray
    edge: np.ndarray
    other: np.ndarray
    at: np.ndarray
    previous: np.ndarray
    following: np.ndarray
    turned_previous: np.ndarray
    turned_following: np.ndarray

    @classmethod
    def of(
        cls, first: np.ndarray, edge: np.ndarray, other: np.ndarray, at: np.ndarray, threads: int
    ) -> Sides:
        """Find whom each party meets again."""
        nodes, edges = first.shape[1] - 1, edge.shape[1]
        met = np.empty((4, 2, edges), np.int32)
        previous, following, turned_previous, turned_following = met

        def part(begin: int, end: int) -> None:
            last = np.full((nodes, 2), -1, np.int32)
            _met_before(first, edge, other, begin, end, last, previous, turned_previous)
            last[:] = edges
            _met_after(first, edge, other, begin, end, last, following, turned_following)

        in_parts(part, nodes, threads)
        return cls(first, edge, other, at, previous, following, turned_previous, turned_following)


@njit(cache=True, nogil=True)
def _met_before(
    first: np.ndarray,
    edge: np.ndarray,
    other: np.ndarray,
    begin: int,
    end: int,
    last: np.ndarray,
    previous: np.ndarray,
    turned_previous: np.ndarray,
) -> None:
    """Fill the last two for the parties from ``begin`` to ``end``.

    ``last`` (nodes, 2) are the places of those met last on either side, at first -1; what lies
    before a party's first place was met by an earlier party.
    """
    for me in range(begin, end):
        out, into = first[0, me], first[1, me]
        while out < first[0, me + 1] or into < first[1, me + 1]:
            is_out = into == first[1, me + 1] or (out < first[0, me + 1] and edge[0, out] < edge[1, into])
            side, place = (0, out) if is_out else (1, into)
            you = other[side, place]
            met, met_turned = last[you, side], last[you, 1 - side]
            previous[side, place] = met if met >= first[side, me] else -1
            turned_previous[side, place] = met_turned if met_turned >= first[1 - side, me] else -1
            last[you, side] = place
            out += is_out
            into += not is_out


@njit(cache=True, nogil=True)
def _met_after(
    first: np.ndarray,
    edge: np.ndarray,
    other: np.ndarray,
    begin: int,
    end: int,
    last: np.ndarray,
    following: np.ndarray,
    turned_following: np.ndarray,
) -> None:
    """Likewise backwards; ``last`` is at first n."""
    none = edge.shape[1]
    for me in range(end - 1, begin - 1, -1):
        out, into = first[0, me + 1] - 1, first[1, me + 1] - 1
        while out >= first[0, me] or into >= first[1, me]:
            is_out = into < first[1, me] or (out >= first[0, me] and edge[0, out] > edge[1, into])
            side, place = (0, out) if is_out else (1, into)
            you = other[side, place]
            met, met_turned = last[you, side], last[you, 1 - side]
            following[side, place] = met if met < first[side, me + 1] else none
            turned_following[side, place] = met_turned if met_turned < first[1 - side, me + 1] else none
            last[you, side] = place
            out -= is_out
            into -= not is_out
