"""Kernel of the continuous line: statistics of a customer's last payments, in one pass each.

A line is the rows ``first:end`` of the customer's events, all strictly before the moment
asked about: nothing here can see a later payment. Every statistic is exact, none samples.
"""

from __future__ import annotations

from math import log10
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit

from data.asof.network.ahead import INNER

# Order of the columns that `statistics` returns.
COLUMNS = (
    "line_payment_count",
    "line_span_days",
    "line_silent_days",
    "line_gap_minutes_median",
    "line_gap_days_longest",
    "line_burst_share",
    "line_burstiness",
    "line_gap_memory",
    "line_in_then_out_share",
    "line_lag_minutes_median",
    "line_passed_on_share",
    "line_alternation_share",
    "line_longest_run_share",
    "line_repeated_amount_share",
    "line_top_amount_share",
    "line_largest_amount_jump",
    "line_new_counterparty_share",
    "line_counterparty_entropy",
    "line_hour_entropy",
    "line_digit_entropy",
    "line_benford_distance",
    "line_amount_shift",
    "line_tempo_shift",
)
BENFORD = np.array([log10(1 + 1 / digit) for digit in range(1, 10)])
MINUTE_US = 60_000_000.0
DAY_US = 86_400_000_000.0


@njit(**INNER)
def entropy(counts: np.ndarray, size: int) -> float:
    """Shannon entropy in bits of counts that sum to ``size``."""
    bits = 0.0
    for count in counts:
        if count > 0:
            share = count / size
            bits -= share * np.log2(share)
    return bits


@njit(**INNER)
def middle(values: np.ndarray, size: int) -> float:
    """Median of the first ``size`` values, at least one, which are shuffled for it (Hoare's selection)."""
    half, low, high = size // 2, 0, size - 1
    while low < high:
        pivot, i, j = values[half], low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if j < half:
            low = i
        if half < i:
            high = j
    if size % 2:
        return values[half]
    below = values[0]
    for k in range(half):
        if values[k] > below:
            below = values[k]
    return (below + values[half]) / 2


@njit(**INNER)
def mean_and_spread(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of values in their order, of which there are some."""
    total, squares = 0.0, 0.0
    for value in values:
        total += value
    mean = total / len(values)
    for value in values:
        squares += (value - mean) * (value - mean)
    return mean, np.sqrt(squares / len(values))


@njit(**INNER)
def shift(values: np.ndarray) -> float:
    """The largest excursion of the cumulated deviations from the mean (CUSUM), with its direction.

    In units of the spread times the root of the length, so that lines of any length
    compare; positive where the later values are the higher ones, NaN for constant values.
    """
    size = len(values)
    mean, spread = mean_and_spread(values)
    if size < 3 or spread <= 1e-12:
        return np.nan
    walk = 0.0
    largest = 0.0
    for value in values:
        walk += value - mean
        if abs(walk) > abs(largest):
            largest = walk
    return -largest / (spread * np.sqrt(size))


@njit(**INNER)
def memory(values: np.ndarray) -> float:
    """Correlation of each value with the next; NaN where one side is constant or too short."""
    if len(values) < 3:
        return np.nan
    size = len(values) - 1
    before, after = 0.0, 0.0
    for k in range(size):
        before += values[k]
        after += values[k + 1]
    before, after = before / size, after / size
    one, other, both = 0.0, 0.0, 0.0
    for k in range(size):
        x, y = values[k] - before, values[k + 1] - after
        one += x * x
        other += y * y
        both += x * y
    spread = np.sqrt(one * other)
    return both / spread if spread > 1e-12 else np.nan


class Payments(NamedTuple):
    """What is told of each payment once, though it stands in many lines; shapes (n,).

    ``gap`` (minutes), ``slow`` and ``jump`` compare with the payment before, whoever made it,
    ``log`` is of the cents, ``lead`` and ``digit`` are the first digit and that of whole yuan.
    ``out`` is the next payment out from a receipt on, ``passing`` the first that passes it on.
    ``amount_before`` and ``amount_after`` are the payments before and after of the same amount,
    ``other_before`` and ``other_after`` those with the same counterparty. -1 and n stand for none.
    """

    gap: np.ndarray
    slow: np.ndarray
    log: np.ndarray
    lead: np.ndarray
    digit: np.ndarray
    out: np.ndarray
    passing: np.ndarray
    amount_before: np.ndarray
    amount_after: np.ndarray
    other_before: np.ndarray
    other_after: np.ndarray


@njit(**INNER)
def tell(
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    pass_us: int,
    kept_low: float,
    kept_high: float,
    told: Payments,
) -> None:
    """Fill ``told`` but for what is before and after."""
    gap, slow, log, lead, digit, out, passing, _, _, _, _ = told
    next_out = len(at)
    for k in range(len(at) - 1, -1, -1):
        gap[k] = slow[k] = 0.0
        if k > 0 and at[k] >= at[k - 1]:
            gap[k] = (at[k] - at[k - 1]) / MINUTE_US
            slow[k] = np.log1p(gap[k])
        log[k] = np.log(cents[k])
        digit[k] = cents[k] // 100 % 10
        first = cents[k]
        while first >= 10:
            first //= 10
        lead[k] = first
        if not is_credit[k]:
            next_out = k
        out[k], passing[k] = next_out, len(at)
        if not is_credit[k]:
            continue
        later = k + 1  # time goes back where another customer begins
        while later < len(at) and at[later - 1] <= at[later] <= at[k] + pass_us:
            if not is_credit[later] and kept_low <= cents[later] / cents[k] <= kept_high:
                passing[k] = later
                break
            later += 1


def neighbours(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows before and after each one that have the same value, -1 and n where none has; shape (n,)."""
    key, keys = pd.factorize(values)
    before, after = np.full(len(key), -1), np.full(len(key), len(key))
    link(key, np.full(len(keys), -1), before, after)
    return before, after


@njit(**INNER)
def link(key: np.ndarray, last: np.ndarray, before: np.ndarray, after: np.ndarray) -> None:
    """Fill the last two, at first -1 and n: the payments before and after with the same key.

    ``last`` (keys,) is the last one of each so far, at first -1. Keys are numbers from 0 on.
    """
    for k in range(len(key)):
        same = last[key[k]]
        if same >= 0:
            before[k], after[same] = same, k
        last[key[k]] = k


@njit(**INNER)
def once_more(before: np.ndarray, k: int, first: int, times: np.ndarray) -> int:
    """How often what payment k has, stands in the line up to it; kept in ``times`` (n,)."""
    times[k] = 1 if before[k] < first else times[before[k]] + 1
    return times[k]


@njit(**INNER)
def measure(
    first: np.ndarray,
    end: np.ndarray,
    as_of: np.ndarray,
    at: np.ndarray,
    is_credit: np.ndarray,
    is_new: np.ndarray,
    hour: np.ndarray,
    told: Payments,
    burst_minutes: float,
    hours: np.ndarray,
    digits: np.ndarray,
    leading: np.ndarray,
    times: np.ndarray,
    room: np.ndarray,
    result: np.ndarray,
) -> None:
    """Fill ``result`` (lines, columns), NaN at first; the five before it are room."""
    gap, slow, log, lead, digit, out, passing, amount_before, _, other_before, other_after = told
    for q in range(len(first)):
        a, b = first[q], end[q]
        size = b - a
        row = result[q]
        row[0] = size
        if size < 2:
            continue
        hours[:], digits[:], leading[:] = 0, 0, 0
        burst = receipts = passed_on = passed = turns = new = amounts = top = 0
        followed = np.int64(0)  # a plain 0 is a type of its own, for which `middle` is compiled once more
        run = longest = 1
        jump = widest = 0.0
        for k in range(a, b):
            new += is_new[k]
            hours[hour[k]] += 1
            digits[digit[k]] += 1
            leading[lead[k] - 1] += 1
            amounts += amount_before[k] < a
            met = once_more(amount_before, k, a, times)
            top = met if met > top else top
            if is_credit[k] and out[k] < b:
                room[followed] = (at[out[k]] - at[k]) / MINUTE_US
                followed += 1
                passed_on += passing[k] < b
            if k == a:
                continue
            burst += gap[k] <= burst_minutes
            widest = gap[k] if gap[k] > widest else widest
            change = abs(log[k] - log[k - 1])
            jump = change if change > jump else jump
            turned = is_credit[k] != is_credit[k - 1]
            run = 1 if turned else run + 1
            longest = run if run > longest else longest
            turns += turned
            receipts += is_credit[k - 1]
            passed += is_credit[k - 1] and turned
        row[1] = (as_of[q] - at[a]) / DAY_US
        row[2] = (as_of[q] - at[b - 1]) / DAY_US
        if followed:
            row[9] = middle(room, followed)
            row[10] = passed_on / followed
        for k in range(size - 1):
            room[k] = gap[a + 1 + k]
        row[3] = middle(room, size - 1)
        row[4] = widest / 1440
        row[5] = burst / (size - 1)
        mean, spread = mean_and_spread(gap[a + 1 : b])
        if size > 2 and spread + mean > 0:
            row[6] = (spread - mean) / (spread + mean)
        row[7] = memory(slow[a + 1 : b])
        if receipts:
            row[8] = passed / receipts
        row[11] = turns / (size - 1)
        row[12] = longest / size
        row[13] = (size - amounts) / size
        row[14] = top / size
        row[15] = jump
        row[16] = new / size
        bits = 0.0
        for k in range(a, b):
            met = once_more(other_before, k, a, times)
            if other_after[k] >= b:
                bits -= met / size * np.log2(met / size)
        row[17] = bits
        row[18] = entropy(hours, size)
        row[19] = entropy(digits, size)
        apart = 0.0
        for k in range(9):
            apart += abs(leading[k] / size - BENFORD[k])
        row[20] = apart / 9
        row[21] = shift(log[a:b])
        row[22] = -shift(slow[a + 1 : b])


def statistics(
    first: np.ndarray,
    end: np.ndarray,
    as_of: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    counterparty: np.ndarray,
    is_new: np.ndarray,
    hour: np.ndarray,
    burst_us: int,
    pass_us: int,
    kept_low: float,
    kept_high: float,
) -> np.ndarray:
    """Statistics of each line, shape (lines, len(COLUMNS)); NaN for fewer than two payments.

    Parameters
    ----------
    first, end, as_of : shape (lines,), rows of the line and the moment asked about (µs)
    at, cents, is_credit, counterparty, is_new, hour : the events, shape (n,) each
    burst_us : a gap up to this counts as a burst
    pass_us : how long after a receipt a payment out may pass it on
    kept_low, kept_high : share of the receipt that such a payment has
    """
    size = len(at)
    at, cents = (np.require(column, np.int64, ("C", "W")) for column in (at, cents))
    is_credit = np.require(is_credit, bool, ("C", "W"))
    numbers, digits, places = (
        np.empty((3, size)),
        np.empty((2, size), np.uint8),
        np.empty((2, size), np.int64),
    )
    same = [*neighbours(cents), *neighbours(counterparty)]
    told = Payments(*numbers, *digits, *places, *same)
    tell(at, cents, is_credit, pass_us, kept_low, kept_high, told)
    lines = [np.array(column, np.int64) for column in (first, end, as_of)]
    result = np.full((len(first), len(COLUMNS)), np.nan)
    counts = (np.empty(places, np.int64) for places in (24, 10, 9, size))
    events = at, is_credit, *(np.require(column, np.uint8, ("C", "W")) for column in (is_new, hour))
    measure(*lines, *events, told, burst_us / MINUTE_US, *counts, np.empty(size), result)
    return result
