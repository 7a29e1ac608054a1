"""Whether a payment was due: the days on which its two ends act, and when they return to each other.

Ordinary payers keep a rhythm: every third day, say, and through the same payees in the same order. A
payment beside the rhythm, or to somebody whose turn it was not, stands out however usual its amount.
Everything is told of whole days, from what came strictly before the payment's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit, prange

from benchmarks.peers.sides import by_party, first_from

LAGS = 8  # days back that are counted one by one
REACH = 64  # days back in which a rhythm of days is looked for
PERIODS = 14  # the longest rhythm of days that is looked for
RESIDUES = (2, 3, 4, 5, 6, 7)  # rhythms told whatever the ends' own is
RESIDUE_DAYS = 42  # days back that these are told from
LATEST = 256  # payments that returns are told from
LONGEST = 200  # the longest return, in days
ROUND = 8  # a return of this many days or more is a new round through the partners
WEEK, HALF_WEEK = 7, 4
PREDICTING = 3  # latest payments whose last round says what comes next
FEWEST = 3  # days from which on a rhythm is told
PLAINLY = 0.05  # by which a longer rhythm must beat a shorter one

OF_DAYS = ("period", "period_gain", "on_period", "acts_a_period_ago", *(f"residue_{k}" for k in RESIDUES))
OF_RETURNS = (
    "returns", "top_return", "top_return_share", "long_return", "long_return_share", "due", "due_is_it",
    "gap", "gap_seen", "gap_share", "gap_of_pair", "gaps_of_pair",
)  # fmt: skip
OF_ROUND = ("last_once", "last", "once", "foretold", "foretold_is_it")


@dataclass(frozen=True)
class Line:
    """Payments made (or got), party after party, in order of days.

    ``start`` (parties + 1,) bounds; ``day``, ``other`` (n,); ``before`` (n,), the place of the pair's
    previous payment, -1 at its first; ``is_new`` (n,), whether the pair's first day was that one.
    """

    start: np.ndarray
    day: np.ndarray
    other: np.ndarray
    before: np.ndarray
    is_new: np.ndarray

    @classmethod
    def of(cls, party: np.ndarray, other: np.ndarray, day: np.ndarray, parties: int) -> Line:
        """From payments in order of days, each array of shape (n,)."""
        start, order = by_party(party, parties)
        day, other = day[order].astype(np.int64), other[order].astype(np.int64)
        pair = party[order].astype(np.int64) * parties + other
        by_pair = np.argsort(pair, kind="stable")
        again = np.concatenate([[False], pair[by_pair][1:] == pair[by_pair][:-1]])
        before = np.full(len(pair), -1)
        before[by_pair[again]] = by_pair[np.flatnonzero(again) - 1]
        first = np.maximum.accumulate(np.where(again, 0, np.arange(len(pair))))
        is_new = np.empty(len(pair), np.int64)
        is_new[by_pair] = day[by_pair] == day[by_pair][first]
        return cls(start, day, other, before, is_new)


@njit(cache=True, parallel=True)
def _by_lag(
    start: np.ndarray, day: np.ndarray, is_new: np.ndarray, party: np.ndarray, today: np.ndarray,
    first_lag: int, result: np.ndarray,
) -> None:  # fmt: skip
    """Payments and first-seen pairs on each of the latest days, (2, lags, queries)."""
    for q in prange(len(party)):
        first = start[party[q]]
        high = first_from(day, first, start[party[q] + 1], today[q] - first_lag + 1)
        for lag in range(result.shape[1]):
            low = first_from(day, first, high, today[q] - first_lag - lag)
            result[0, lag, q] = high - low
            result[1, lag, q] = is_new[low:high].sum()
            high = low


@njit(cache=True)
def _period(acts: np.ndarray) -> tuple[int, float]:
    """The rhythm in days that the acts keep best, 0 for none, and by how much it beats chance."""
    usual = (acts[1:] > 0).sum() / (REACH - 1)
    period, gain = 0, 0.0
    for k in range(1, PERIODS + 1):
        days = kept = 0
        for ago in range(1, REACH - k):
            if acts[ago] > 0:
                days += 1
                kept += acts[ago + k] > 0
        if days >= FEWEST and kept / days - usual > gain + PLAINLY:
            period, gain = k, kept / days - usual
    return period, gain


@njit(cache=True)
def _of_days(day: np.ndarray, low: int, high: int, today: int, row: np.ndarray) -> None:
    """Fill ``row`` with OF_DAYS."""
    acts = np.zeros(REACH, np.int64)
    e = high - 1
    while e >= low and today - day[e] < REACH:
        acts[today - day[e]] += 1
        e -= 1
    period, gain = _period(acts)
    row[0], row[1] = period, gain
    if period:
        steps = min(6, (REACH - 1) // period)
        kept = 0
        for step in range(1, steps + 1):
            kept += acts[step * period] > 0
        row[2], row[3] = kept / steps, acts[period]
    total = acts[1 : RESIDUE_DAYS + 1].sum()
    if total:
        for r in range(len(RESIDUES)):
            k = RESIDUES[r]
            row[4 + r] = acts[k : RESIDUE_DAYS + 1 : k].sum() * k / total


@njit(cache=True)
def _of_returns(
    day: np.ndarray, other: np.ndarray, before: np.ndarray, low: int, high: int, today: int, partner: int,
    row: np.ndarray,
) -> None:  # fmt: skip
    """Fill ``row`` with OF_RETURNS: after how many days the party comes back to a partner."""
    seen = np.zeros(LONGEST + 1, np.int64)
    returns, last = 0, -1
    for e in range(low, high):
        if before[e] >= 0:
            returns += 1
            seen[min(day[e] - day[before[e]], LONGEST)] += 1
        if other[e] == partner:
            last = e
    row[0] = returns / (high - low)
    if returns:
        row[1] = seen.argmax()
        row[2] = seen.max() / returns
    if seen[ROUND:].any():
        usual = ROUND + seen[ROUND:].argmax()
        row[3], row[4] = usual, seen[usual] / (high - low)
        begin = first_from(day, low, high, today - usual)
        end = first_from(day, begin, high, today - usual + 1)
        row[5], row[6] = end - begin, (other[begin:end] == partner).sum()
    if last >= 0:
        gap = min(today - day[last], LONGEST)
        row[7], row[8], row[9] = gap, seen[gap], seen[gap] / max(returns, 1)
        same = n = 0
        while before[last] >= low and n < 20:
            same += day[last] - day[before[last]] == gap
            n += 1
            last = before[last]
        row[10], row[11] = same, n


@njit(cache=True)
def _times_this_week(day: np.ndarray, other: np.ndarray, e: int, low: int, high: int, today: int) -> int:
    """How often the partner of payment ``e`` was met in the week before today."""
    times = 0
    f = high - 1
    while f >= low and day[f] > today - WEEK:
        times += other[f] == other[e]
        f -= 1
    return times


@njit(cache=True)
def _of_round(
    day: np.ndarray, other: np.ndarray, before: np.ndarray, low: int, high: int, today: int, partner: int,
    row: np.ndarray,
) -> None:  # fmt: skip
    """Fill ``row`` with OF_ROUND: partners met once of late, and who came next in the last round."""
    row[:] = 0
    e = high - 1
    while e >= low and (day[e] == day[high - 1] or day[e] > today - HALF_WEEK):
        is_once = _times_this_week(day, other, e, low, high, today) == 1
        if day[e] == day[high - 1]:
            row[0] += is_once
            row[1] += 1
        if day[e] > today - HALF_WEEK:
            row[2] += is_once
        e -= 1
    for e in range(max(low, high - PREDICTING), high):
        b = before[e]
        while b >= low and day[e] - day[b] < ROUND:
            b = before[b]
        if b >= low:
            asked = today - (day[e] - day[b])
            begin = first_from(day, low, high, asked)
            end = first_from(day, begin, high, asked + 1)
            row[3] += end - begin
            row[4] += (other[begin:end] == partner).sum()


@njit(cache=True, parallel=True)
def _told(
    start: np.ndarray, day: np.ndarray, other: np.ndarray, before: np.ndarray, party: np.ndarray,
    partner: np.ndarray, today: np.ndarray, ends: np.ndarray, result: np.ndarray,
) -> None:  # fmt: skip
    for q in prange(len(party)):
        first = start[party[q]]
        high = first_from(day, first, start[party[q] + 1], today[q])
        low = max(first, high - LATEST)
        if high > first:
            row = result[q]
            _of_days(day, low, high, today[q], row[: ends[0]])
            _of_returns(day, other, before, low, high, today[q], partner[q], row[ends[0] : ends[1]])
            _of_round(day, other, before, low, high, today[q], partner[q], row[ends[1] :])


def _named(prefix: str, names: tuple[str, ...], columns: np.ndarray) -> dict[str, np.ndarray]:
    return {f"{prefix}_{name}": column for name, column in zip(names, columns, strict=True)}


def rhythm_features(payer: np.ndarray, payee: np.ndarray, day: np.ndarray, parties: int) -> pd.DataFrame:
    """One row a payment, in the order given, told from the days strictly before its own.

    By side (what the payer made and got, what the payee made and got): payments and first-seen pairs on
    each of the latest days. Of what the payer made, and the payee made and got: the rhythm of days
    (the period kept best, how far today keeps it), returns (after how many days a partner comes again,
    whether this partner is due today), and the round (who was met once, who came next the last time).

    Parameters
    ----------
    payer, payee : shape (n,), in order of days, numbered below ``parties``
    day : shape (n,), whole numbers
    """
    day = day.astype(np.int64)
    made, got = Line.of(payer, payee, day, parties), Line.of(payee, payer, day, parties)
    columns: dict[str, np.ndarray] = {}
    names = (*OF_DAYS, *OF_RETURNS, *OF_ROUND)
    ends = np.cumsum([len(OF_DAYS), len(OF_RETURNS)])
    for whose, party, partner in (("payer", payer, payee), ("payee", payee, payer)):
        for what, line in (("made", made), ("got", got)):
            columns |= day_counts(line, f"{whose}_{what}", party, day, 1, LAGS)
            if (whose, what) == ("payer", "got"):
                continue
            block = np.full((len(day), len(names)), np.nan, np.float32)
            _told(line.start, line.day, line.other, line.before, party, partner, day, ends, block)
            columns |= _named(f"{whose}_{what}", names, block.T)
    return pd.DataFrame(columns, copy=False)


def day_counts(
    line: Line, prefix: str, party: np.ndarray, day: np.ndarray, first_lag: int, lags: int
) -> dict[str, np.ndarray]:
    """Payments and first-seen pairs of the parties asked for, ``first_lag`` days before and more."""
    block = np.empty((2, lags, len(day)), np.float32)
    _by_lag(line.start, line.day, line.is_new, party, day, first_lag, block)
    named = range(first_lag, first_lag + lags)
    return _named(prefix, tuple(f"lag_{lag}" for lag in named), block[0]) | _named(
        prefix, tuple(f"new_pairs_lag_{lag}" for lag in named), block[1]
    )


def same_day_counts(payer: np.ndarray, payee: np.ndarray, day: np.ndarray, parties: int) -> pd.DataFrame:
    """Payments and first-seen pairs of both ends on the payment's own day, itself among them."""
    day = day.astype(np.int64)
    columns: dict[str, np.ndarray] = {}
    for what, line in (
        ("made", Line.of(payer, payee, day, parties)),
        ("got", Line.of(payee, payer, day, parties)),
    ):
        for whose, party in (("payer", payer), ("payee", payee)):
            columns |= day_counts(line, f"{whose}_{what}", party, day, 0, 1)
    return pd.DataFrame(columns, copy=False)
