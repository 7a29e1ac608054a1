"""What both ends of a payment did before it: rolling windows, pairs and amounts, told for each payment.

Every payment brings a moment up to which the past may be known (``until``): its own, for a score
before it is made; the midnight before it, where a file knows days only; the midnight after it, for
a score at the end of the day. Only what came strictly before that moment counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit, prange

from data.schema import DAY_US

WINDOWS = (1, 3, 7, 14, 28, 91)  # days
LATEST = 48  # events that are looked at one by one, a bound at hubs
NEAR = 0.02  # amounts that differ by less are called near
# Columns of a side: by window, then of the latest events and of all.
BY_WINDOW = ("count", "sum", "mean", "spread", "new_pairs")
OF_LATEST = ("others", "largest", "smallest", "equal", "near", "closest", "share_of_last", "partners_again")
OF_ALL = ("days_since", "ever", "ever_mean", "surprise", "age_days", "last_amount_ratio")


@dataclass(frozen=True)
class Side:
    """The payments that parties made (or got), party after party, in order of time.

    ``start`` (parties + 1,) bounds; ``at``, ``amount``, ``other`` (n,) of the events, and ``before``
    (n,), the place of the pair's previous event, -1 at its first; ``sums`` (4, n + 1) running sums of
    amounts' logarithms, their squares, pairs first seen, and amounts.
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
        is_new = previous < 0
        order = np.argsort(party, kind="stable")
        counts = np.bincount(party, minlength=parties)
        log = np.log1p(amount[order])
        columns = np.stack([log, log * log, is_new[order].astype(float), amount[order]])
        sums = np.zeros((4, len(order) + 1))
        np.cumsum(columns, axis=1, out=sums[:, 1:])
        start = np.concatenate([[0], np.cumsum(counts)])
        before = _before(order, previous)
        return cls(start, at[order], amount[order].astype(np.float32), other[order], before, sums)


def side_names() -> list[str]:
    """Names of a side's columns, in the order in which ``told`` has them."""
    return [f"{name}_{days}d" for days in WINDOWS for name in BY_WINDOW] + [*OF_LATEST, *OF_ALL]


@njit(cache=True)
def _before(order: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """The place in a side of each event's previous one of its pair, -1 where there is none."""
    place = np.empty(len(order), np.int64)
    for k in range(len(order)):
        place[order[k]] = k
    before = np.empty(len(order), np.int64)
    for k in range(len(order)):
        earlier = previous[order[k]]
        before[k] = place[earlier] if earlier >= 0 else -1
    return before


@njit(cache=True)
def _first_from(at: np.ndarray, low: int, high: int, moment: int) -> int:
    """The first place in [low, high) whose moment is not before ``moment``."""
    while low < high:
        middle = (low + high) // 2
        if at[middle] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, parallel=True)
def _told(
    start: np.ndarray,
    at: np.ndarray,
    amounts: np.ndarray,
    others: np.ndarray,
    before: np.ndarray,
    sums: np.ndarray,
    party: np.ndarray,
    partner: np.ndarray,
    until: np.ndarray,
    amount: np.ndarray,
    windows: np.ndarray,
    result: np.ndarray,
) -> None:
    """Fill ``result`` (columns, queries) with what is told of each query's party."""
    for q in prange(len(party)):
        first, end = start[party[q]], start[party[q] + 1]
        high = _first_from(at, first, end, until[q])
        low = high
        column = 0
        own = np.log1p(amount[q])
        for w in range(len(windows)):
            low = _first_from(at, first, low, until[q] - windows[w])
            count = high - low
            result[column, q] = count
            result[column + 1, q] = sums[3, high] - sums[3, low]
            if count:
                mean = (sums[0, high] - sums[0, low]) / count
                spread = (sums[1, high] - sums[1, low]) / count - mean * mean
                result[column + 2, q] = own - mean
                result[column + 3, q] = np.sqrt(max(spread, 0.0))
                result[column + 4, q] = sums[2, high] - sums[2, low]
            else:
                result[column + 2, q] = np.nan
                result[column + 3, q] = np.nan
                result[column + 4, q] = 0
            column += 5
        bound = max(first, high - LATEST)
        month = _first_from(at, bound, high, until[q] - windows[4])
        largest, smallest, closest = 0.0, np.inf, np.inf
        distinct = equal = near = again = 0
        for e in range(month, high):
            x = amounts[e]
            largest, smallest = max(largest, x), min(smallest, x)
            ratio = abs(x / amount[q] - 1)
            if ratio < closest:
                closest = ratio
            equal += ratio < 1e-6
            near += ratio < NEAR
            again += others[e] == partner[q]
            distinct += before[e] < month
        result[column, q] = distinct
        result[column + 1, q] = amount[q] / largest if largest > 0 else np.nan
        result[column + 2, q] = amount[q] / smallest if largest > 0 else np.nan
        result[column + 3, q] = equal
        result[column + 4, q] = near
        result[column + 5, q] = closest
        result[column + 6, q] = amount[q] / amounts[high - 1] if high > first else np.nan
        result[column + 7, q] = again
        column += 8
        ever = high - first
        result[column + 1, q] = ever
        if ever:
            mean = (sums[0, high] - sums[0, first]) / ever
            spread = (sums[1, high] - sums[1, first]) / ever - mean * mean
            result[column, q] = (until[q] - at[high - 1]) / DAY_US
            result[column + 2, q] = mean
            result[column + 3, q] = (own - mean) / (np.sqrt(max(spread, 0.0)) + 0.05)
            result[column + 4, q] = (until[q] - at[first]) / DAY_US
            result[column + 5, q] = (sums[2, high] - sums[2, first]) / ever
        else:
            result[column, q] = np.nan
            for k in range(2, 6):
                result[column + k, q] = np.nan


def told(
    side: Side, party: np.ndarray, partner: np.ndarray, until: np.ndarray, amount: np.ndarray
) -> np.ndarray:
    """What is told of each query's party, (columns, queries), float32."""
    windows = np.array(WINDOWS, np.int64) * DAY_US
    result = np.empty((len(side_names()), len(party)), np.float32)
    _told(
        side.start,
        side.at,
        side.amount,
        side.other,
        side.before,
        side.sums,
        party,
        partner,
        until,
        amount,
        windows,
        result,
    )
    return result


@njit(cache=True)
def _previous(pair: np.ndarray, order: np.ndarray) -> np.ndarray:
    previous = np.full(len(pair), -1, np.int64)
    for k in range(1, len(order)):
        if pair[order[k]] == pair[order[k - 1]]:
            previous[order[k]] = order[k - 1]
    return previous


@dataclass(frozen=True)
class Pairs:
    """The payments of each pair of payer and payee, pair after pair, in order of time.

    ``key``, ``at``, ``amount`` (n,); ``previous`` (n,) belongs to the payments in their own order: the
    number of the pair's payment before, -1 at its first.
    """

    key: np.ndarray
    at: np.ndarray
    amount: np.ndarray
    previous: np.ndarray

    @classmethod
    def of(
        cls, payer: np.ndarray, payee: np.ndarray, at: np.ndarray, amount: np.ndarray, parties: int
    ) -> Pairs:
        """From payments in order of time."""
        key = payer.astype(np.int64) * parties + payee
        order = np.argsort(key, kind="stable")
        return cls(key[order], at[order], amount[order], _previous(key, order))


@njit(cache=True, parallel=True)
def _of_pairs(
    key: np.ndarray,
    at: np.ndarray,
    amounts: np.ndarray,
    asked: np.ndarray,
    until: np.ndarray,
    amount: np.ndarray,
    result: np.ndarray,
) -> None:
    """Payments of the asked pair before ``until``: how many, days since, ratio to the last, days known."""
    for q in prange(len(asked)):
        first = _first_from(key, 0, len(key), asked[q])
        end = _first_from(key, first, len(key), asked[q] + 1)
        high = _first_from(at, first, end, until[q])
        result[0, q] = high - first
        if high > first:
            result[1, q] = (until[q] - at[high - 1]) / DAY_US
            result[2, q] = amount[q] / amounts[high - 1]
            result[3, q] = (until[q] - at[first]) / DAY_US
        else:
            result[1, q] = result[2, q] = result[3, q] = np.nan


@dataclass(frozen=True)
class Past:
    """All payments of a ledger, ready to be asked what was known before a moment; see ``told``."""

    made: Side
    got: Side
    pairs: Pairs
    parties: int

    @classmethod
    def of(
        cls, payer: np.ndarray, payee: np.ndarray, at: np.ndarray, amount: np.ndarray, parties: int
    ) -> Past:
        """From payments in order of time, each array of shape (n,)."""
        pairs = Pairs.of(payer, payee, at, amount, parties)
        made = Side.of(payer, payee, at, amount, pairs.previous, parties)
        got = Side.of(payee, payer, at, amount, pairs.previous, parties)
        return cls(made, got, pairs, parties)

    def told(
        self, payer: np.ndarray, payee: np.ndarray, until: np.ndarray, amount: np.ndarray
    ) -> pd.DataFrame:
        """One row a payment asked for, from what came strictly before ``until`` (microseconds), (n,)."""
        columns: dict[str, np.ndarray] = {}
        for whose, party, partner in (("payer", payer, payee), ("payee", payee, payer)):
            for what, side in (("made", self.made), ("got", self.got)):
                block = told(side, party, partner, until, amount)
                names = [f"{whose}_{what}_{name}" for name in side_names()]
                columns |= dict(zip(names, block, strict=True))
        for name, one, other, labels in (
            ("pair", payer, payee, ("count", "days_since", "ratio", "age_days")),
            ("back", payee, payer, ("count", "days_since")),
        ):
            asked = one.astype(np.int64) * self.parties + other
            block = np.empty((4, len(asked)), np.float32)
            pairs = self.pairs
            _of_pairs(pairs.key, pairs.at, pairs.amount, asked, until, amount, block)
            columns |= {f"{name}_{label}": values for label, values in zip(labels, block, strict=False)}
        columns["amount"] = np.log1p(amount).astype(np.float32)
        columns["cents_end"] = (np.round(amount * 100) % 100).astype(np.float32)
        columns["is_self"] = (payer == payee).astype(np.float32)
        return pd.DataFrame(columns, copy=False)


def rolling_features(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, until: np.ndarray, amount: np.ndarray, parties: int
) -> pd.DataFrame:
    """One row a payment, in the order given (of time); see ``side_names``.

    Parameters
    ----------
    payer, payee, at, amount : shape (n,), in order of time
    until : shape (n,), microseconds, the moment before which the past may be known
    """
    return Past.of(payer, payee, at, amount, parties).told(payer, payee, until, amount)
