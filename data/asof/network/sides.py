"""Both sides of every party, what it pays and what it receives, by party and time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER
from data.asof.network.parallel import in_parts


class Sides(NamedTuple):
    """Payments by party and time, what goes out (side 0) and what comes in (side 1).

    Those of a party start at its place in ``first`` (2, nodes + 1); all others have shape
    (2, n): ``edge``, ``other`` (the other party), ``at`` (microseconds).

    ``previous`` and ``following`` are the places of the payments before and after with the same
    other party; -1 where there is none before, n where there is none after. ``met`` (n, 4) tells
    it by payment: the payments before and after of the same pair, and of the other direction.
    """

    first: np.ndarray
    edge: np.ndarray
    other: np.ndarray
    at: np.ndarray
    previous: np.ndarray
    following: np.ndarray
    met: np.ndarray

    @classmethod
    def of(
        cls, first: np.ndarray, edge: np.ndarray, other: np.ndarray, at: np.ndarray, threads: int
    ) -> Sides:
        """Find whom each party meets again."""
        nodes, edges = first.shape[1] - 1, edge.shape[1]
        previous, following = np.empty((2, 2, edges), np.int32)
        met = np.empty((edges, 4), np.int32)

        def part(begin: int, end: int) -> None:
            last = np.full((nodes, 2), -1, np.int32)
            _met_before(first, edge, other, begin, end, last, previous, met)
            last[:] = edges
            _met_after(first, edge, other, begin, end, last, following, met)

        in_parts(part, nodes, threads)
        return cls(first, edge, other, at, previous, following, met)


@njit(**INNER)
def _met_before(
    first: np.ndarray,
    edge: np.ndarray,
    other: np.ndarray,
    begin: int,
    end: int,
    last: np.ndarray,
    previous: np.ndarray,
    met: np.ndarray,
) -> None:
    """Fill the last two, of ``met`` what lies before, for the parties from ``begin`` to ``end``.

    ``last`` (nodes, 2) are the places of those met last on either side, at first -1; what lies
    before a party's first place was met by an earlier party.
    """
    for me in range(begin, end):
        out, into = first[0, me], first[1, me]
        while out < first[0, me + 1] or into < first[1, me + 1]:
            is_out = into == first[1, me + 1] or (out < first[0, me + 1] and edge[0, out] < edge[1, into])
            side, place = (0, out) if is_out else (1, into)
            you = other[side, place]
            before, turned = last[you, side], last[you, 1 - side]
            previous[side, place] = before if before >= first[side, me] else -1
            last[you, side] = place
            if is_out:  # the payee would tell the same of the payment
                e = edge[0, place]
                met[e, 0] = edge[0, before] if before >= first[0, me] else -1
                met[e, 2] = edge[1, turned] if turned >= first[1, me] else -1
            out += is_out
            into += not is_out


@njit(**INNER)
def _met_after(
    first: np.ndarray,
    edge: np.ndarray,
    other: np.ndarray,
    begin: int,
    end: int,
    last: np.ndarray,
    following: np.ndarray,
    met: np.ndarray,
) -> None:
    """Likewise backwards what lies after; ``last`` is at first n."""
    none = edge.shape[1]
    for me in range(end - 1, begin - 1, -1):
        out, into = first[0, me + 1] - 1, first[1, me + 1] - 1
        while out >= first[0, me] or into >= first[1, me]:
            is_out = into < first[1, me] or (out >= first[0, me] and edge[0, out] > edge[1, into])
            side, place = (0, out) if is_out else (1, into)
            you = other[side, place]
            after, turned = last[you, side], last[you, 1 - side]
            following[side, place] = after if after < first[side, me + 1] else none
            last[you, side] = place
            if is_out:
                e = edge[0, place]
                met[e, 1] = edge[0, after] if after < first[0, me + 1] else none
                met[e, 3] = edge[1, turned] if turned < first[1, me + 1] else none
            out -= is_out
            into -= not is_out
