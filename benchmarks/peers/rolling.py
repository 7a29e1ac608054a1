"""What both ends of a payment did before it: rolling windows, pairs and amounts, told for each payment.

Every payment brings a moment up to which the past may be known (``until``): its own, for a score
before it is made; the midnight before it, where a file knows days only; the midnight after it, for
a score at the end of the day. Only what came strictly before that moment counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit, prange

from benchmarks.peers.sides import Pairs, Side, first_from
from data.schema import DAY_US

WINDOWS = (1, 3, 7, 14, 28, 91)  # days
LATEST = 48  # events that are looked at one by one, a bound at hubs
NEAR = 0.02  # amounts that differ by less are called near
# Columns of a side: by window, then of the latest events and of all.
BY_WINDOW = ("count", "sum", "mean", "spread", "new_pairs")
OF_LATEST = ("others", "largest", "smallest", "equal", "near", "closest", "share_of_last", "partners_again")
OF_ALL = ("days_since", "ever", "ever_mean", "surprise", "age_days", "last_amount_ratio")
OF_PAIR = ("count", "days_since", "ratio", "age_days")
OF_BACK = OF_PAIR[:2]  # of the pair the other way round
NEIGHBOURHOODS = 1 << 16  # of parties that are asked for one after the other, for the cache's sake


def side_names() -> list[str]:
    """Names of a side's columns, in the order in which ``told`` has them."""
    return [f"{name}_{days}d" for days in WINDOWS for name in BY_WINDOW] + [*OF_LATEST, *OF_ALL]


@njit(cache=True, parallel=True)
def _told(
    start: np.ndarray,
    at: np.ndarray,
    amounts: np.ndarray,
    others: np.ndarray,
    before: np.ndarray,
    sums: np.ndarray,
    order: np.ndarray,
    party: np.ndarray,
    partner: np.ndarray,
    until: np.ndarray,
    amount: np.ndarray,
    windows: np.ndarray,
    result: np.ndarray,
) -> None:
    """Fill ``result`` (queries, columns) with what is told of each query's party."""
    for k in prange(len(order)):
        q = order[k]
        row = result[q]
        first, end = start[party[q]], start[party[q] + 1]
        high = first_from(at, first, end, until[q])
        low = high
        column = 0
        own = np.log1p(amount[q])
        for w in range(len(windows)):
            low = first_from(at, first, low, until[q] - windows[w])
            count = high - low
            row[column] = count
            row[column + 1] = sums[high, 3] - sums[low, 3]
            if count:
                mean = (sums[high, 0] - sums[low, 0]) / count
                spread = (sums[high, 1] - sums[low, 1]) / count - mean * mean
                row[column + 2] = own - mean
                row[column + 3] = np.sqrt(max(spread, 0.0))
                row[column + 4] = sums[high, 2] - sums[low, 2]
            else:
                row[column + 2] = np.nan
                row[column + 3] = np.nan
                row[column + 4] = 0
            column += 5
        bound = max(first, high - LATEST)
        month = first_from(at, bound, high, until[q] - windows[4])
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
        row[column] = distinct
        row[column + 1] = amount[q] / largest if largest > 0 else np.nan
        row[column + 2] = amount[q] / smallest if largest > 0 else np.nan
        row[column + 3] = equal
        row[column + 4] = near
        row[column + 5] = closest
        row[column + 6] = amount[q] / amounts[high - 1] if high > first else np.nan
        row[column + 7] = again
        column += 8
        ever = high - first
        row[column + 1] = ever
        if ever:
            mean = (sums[high, 0] - sums[first, 0]) / ever
            spread = (sums[high, 1] - sums[first, 1]) / ever - mean * mean
            row[column] = (until[q] - at[high - 1]) / DAY_US
            row[column + 2] = mean
            row[column + 3] = (own - mean) / (np.sqrt(max(spread, 0.0)) + 0.05)
            row[column + 4] = (until[q] - at[first]) / DAY_US
            row[column + 5] = (sums[high, 2] - sums[first, 2]) / ever
        else:
            row[column] = np.nan
            for other in range(2, 6):
                row[column + other] = np.nan


@njit(cache=True, parallel=True)
def _of_pairs(
    start: np.ndarray,
    payees: np.ndarray,
    at: np.ndarray,
    amounts: np.ndarray,
    order: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    until: np.ndarray,
    amount: np.ndarray,
    result: np.ndarray,
) -> None:
    """Payments of the asked pair before ``until``: ``OF_PAIR``, or as many of them as ``result`` has."""
    for k in prange(len(order)):
        q = order[k]
        first = first_from(payees, start[payer[q]], start[payer[q] + 1], payee[q])
        end = first_from(payees, first, start[payer[q] + 1], payee[q] + 1)
        high = first_from(at, first, end, until[q])
        known = high > first
        result[q, 0] = high - first
        result[q, 1] = (until[q] - at[high - 1]) / DAY_US if known else np.nan
        if result.shape[1] > 2:
            result[q, 2] = amount[q] / amounts[high - 1] if known else np.nan
            result[q, 3] = (until[q] - at[first]) / DAY_US if known else np.nan


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
        self,
        payer: np.ndarray,
        payee: np.ndarray,
        until: np.ndarray,
        amount: np.ndarray,
        more: Mapping[str, np.ndarray] | None = None,
    ) -> pd.DataFrame:
        """One row a payment asked for, from what came strictly before ``until``, all columns float32.

        Parameters
        ----------
        payer, payee, until, amount : shape (n,); ``until`` in microseconds
        more : columns (n,) that shall stand behind those of the past
        """
        last = {
            "amount": np.log1p(amount),
            "cents_end": np.round(amount * 100) % 100,
            "is_self": payer == payee,
            **(more or {}),
        }
        names = [*self._names(), *last]
        result = np.empty((len(payer), len(names)), np.float32)
        orders = {end: self._near(party) for end, party in (("payer", payer), ("payee", payee))}
        windows, width, begin = np.array(WINDOWS, np.int64) * DAY_US, len(side_names()), 0
        for end, party, partner in (("payer", payer, payee), ("payee", payee, payer)):
            for side in (self.made, self.got):
                _told(
                    side.start, side.at, side.amount, side.other, side.before, side.sums, orders[end],
                    party, partner, until, amount, windows, result[:, begin : begin + width],
                )  # fmt: skip
                begin += width
        pairs = self.pairs
        for end, one, other, asked in (("payer", payer, payee, OF_PAIR), ("payee", payee, payer, OF_BACK)):
            _of_pairs(
                pairs.start, pairs.payee, pairs.at, pairs.amount, orders[end], one, other, until, amount,
                result[:, begin : begin + len(asked)],
            )  # fmt: skip
            begin += len(asked)
        for column, values in enumerate(last.values(), begin):
            result[:, column] = values
        return pd.DataFrame(result, columns=names, copy=False)

    @staticmethod
    def _names() -> list[str]:
        sides = [f"{end}_{what}" for end in ("payer", "payee") for what in ("made", "got")]
        told = [f"{side}_{name}" for side in sides for name in side_names()]
        return [*told, *(f"pair_{name}" for name in OF_PAIR), *(f"back_{name}" for name in OF_BACK)]

    def _near(self, party: np.ndarray) -> np.ndarray:
        """An order of queries in which near parties follow each other: their events are in the cache."""
        part = party.astype(np.int64) * NEIGHBOURHOODS // max(self.parties, 1)
        return np.argsort(part.astype(np.uint16), kind="stable")


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
