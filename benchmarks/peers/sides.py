"""Payments put party after party and pair after pair, in order of time: what windows are cut from.

Sorts count (a payment's place is where its party begins and how many of it came before), so that they
are stable and take as long for a payment of five million as for one of fifty thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit


@njit(cache=True, inline="always")
def first_from(at: np.ndarray, low: int, high: int, moment: int) -> int:
    """The first place in [low, high) whose moment is not before ``moment``."""
    while low < high:
        middle = (low + high) // 2
        if at[middle] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _counted(party: np.ndarray, parties: int, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each party begins, (parties + 1,), and ``within`` sorted by party, stable, (n,)."""
    start = np.zeros(parties + 1, np.int64)
    for one in party:
        start[one + 1] += 1
    for one in range(parties):
        start[one + 1] += start[one]
    free = start[:-1].copy()
    order = np.empty(len(party), np.int32)
    for k in range(len(within)):
        one = party[within[k]]
        order[free[one]] = within[k]
        free[one] += 1
    return start, order


def by_party(
    party: np.ndarray, parties: int, within: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Where each party begins, (parties + 1,), and the order by party, (n,), of one party as they stood.

    Parameters
    ----------
    within : shape (n,), an order in which payments stood before; as they are given, if left out
    """
    return _counted(party, parties, np.arange(len(party), dtype=np.int32) if within is None else within)


@njit(cache=True, nogil=True)
def _previous(payer: np.ndarray, payee: np.ndarray, order: np.ndarray) -> np.ndarray:
    previous = np.full(len(order), -1, np.int32)
    for k in range(1, len(order)):
        now, last = order[k], order[k - 1]
        if payer[now] == payer[last] and payee[now] == payee[last]:
            previous[now] = last
    return previous


@dataclass(frozen=True)
class Pairs:
    """The payments of each payer, payee after payee, of a pair in order of time.

    ``start`` (parties + 1,), where each payer begins; ``payee``, ``at``, ``amount`` (n,);
    ``previous`` (n,) belongs to the payments in their own order: the number of the pair's payment
    before, -1 at its first.
    """

    start: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    amount: np.ndarray
    previous: np.ndarray

    @classmethod
    def of(
        cls, payer: np.ndarray, payee: np.ndarray, at: np.ndarray, amount: np.ndarray, parties: int
    ) -> Pairs:
        """From payments in order of time."""
        start, order = by_party(payer, parties, by_party(payee, parties)[1])
        return cls(start, payee[order], at[order], amount[order], _previous(payer, payee, order))


@dataclass(frozen=True)
class Side:
    """The payments that parties made (or got), party after party, in order of time.

    ``start`` (parties + 1,) bounds; ``at``, ``amount``, ``other`` (n,) of the events, and ``before``
    (n,), the place of the pair's previous event, -1 at its first; ``sums`` (n + 1, 4) running sums of
    amounts' logarithms, their squares, pairs first seen, and amounts, side by side since a window reads
    all four.
    """

    start: np.ndarray
    at: np.ndarray
    amount: np.ndarray
    other: np.ndarray
    before: np.ndarray
    sums: np.ndarray

    @classmethod
    def of(
        cls,
        party: np.ndarray,
        other: np.ndarray,
        at: np.ndarray,
        amount: np.ndarray,
        previous: np.ndarray,
        parties: int,
    ) -> Side:
        """From payments in order of time; ``amount`` in units, ``previous`` as ``Pairs`` has it."""
        start, order = by_party(party, parties)
        sums = _running_sums(order, np.log1p(amount), amount, previous)
        before = _before(order, previous)
        return cls(start, at[order], amount[order].astype(np.float32), other[order], before, sums)


@njit(cache=True, nogil=True)
def _running_sums(order: np.ndarray, log: np.ndarray, amount: np.ndarray, previous: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(order) + 1, 4))
    for k in range(len(order)):
        one = order[k]
        sums[k + 1, 0] = sums[k, 0] + log[one]
        sums[k + 1, 1] = sums[k, 1] + log[one] * log[one]
        sums[k + 1, 2] = sums[k, 2] + (previous[one] < 0)
        sums[k + 1, 3] = sums[k, 3] + amount[one]
    return sums


@njit(cache=True, nogil=True)
def _before(order: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """The place in a side of each event's previous one of its pair, -1 where there is none."""
    place = np.empty(len(order), np.int32)
    for k in range(len(order)):
        place[order[k]] = k
    before = np.empty(len(order), np.int32)
    for k in range(len(order)):
        earlier = previous[order[k]]
        before[k] = place[earlier] if earlier >= 0 else -1
    return before
