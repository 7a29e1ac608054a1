"""Kernel of the continuous line: statistics of a customer's last payments, in one pass each.

A line is the rows ``first:end`` of the customer's events, all strictly before the moment
asked about: nothing here can see a later payment. Every statistic is exact, none samples.
"""

from __future__ import annotations

from math import log10

import numpy as np
from numba import njit

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


@njit(cache=True)
def entropy(counts: np.ndarray, size: int) -> float:
    """Shannon entropy in bits of counts that sum to ``size``."""
    bits = 0.0
    for count in counts:
        if count > 0:
            share = count / size
            bits -= share * np.log2(share)
    return bits


@njit(cache=True)
def run_lengths(ordered: np.ndarray) -> np.ndarray:
    """How often each value of a sorted array stands in it."""
    lengths = np.zeros(len(ordered), np.int64)
    runs = 0
    for i in range(len(ordered)):
        if i > 0 and ordered[i] != ordered[i - 1]:
            runs += 1
        lengths[runs] += 1
    return lengths[: runs + 1]


@njit(cache=True)
def shift(values: np.ndarray) -> float:
    """The largest excursion of the cumulated deviations from the mean (CUSUM), with its direction.

    In units of the spread times the root of the length, so that lines of any length
    compare; positive where the later values are the higher ones, NaN for constant values.
    """
    size = len(values)
    mean = values.mean()
    spread = values.std()
    if size < 3 or spread <= 1e-12:
        return np.nan
    walk = 0.0
    largest = 0.0
    for value in values:
        walk += value - mean
        if abs(walk) > abs(largest):
            largest = walk
    return -largest / (spread * np.sqrt(size))


@njit(cache=True)
def memory(values: np.ndarray) -> float:
    """Correlation of each value with the next; NaN where one side is constant or too short."""
    if len(values) < 3:
        return np.nan
    one, other = values[:-1] - values[:-1].mean(), values[1:] - values[1:].mean()
    spread = np.sqrt((one * one).sum() * (other * other).sum())
    if spread <= 1e-12:
        return np.nan
    return (one * other).sum() / spread


@njit(cache=True)
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
    result = np.full((len(first), 23), np.nan)
    # A payment stands in many lines: logarithms are taken once.
    every_log, every_slow = np.empty(len(at)), np.empty(len(at))
    for k in range(len(at)):
        every_log[k] = np.log(cents[k])
        if k > 0 and at[k] >= at[k - 1]:
            every_slow[k] = np.log1p((at[k] - at[k - 1]) / MINUTE_US)
    for q in range(len(first)):
        a, b = first[q], end[q]
        size = b - a
        row = result[q]
        row[0] = size
        if size < 2:
            continue
        gaps = np.empty(size - 1)
        slow = every_slow[a + 1 : b]
        logs = every_log[a:b]
        lags = np.empty(size)
        hours = np.zeros(24, np.int64)
        digits = np.zeros(10, np.int64)
        leading = np.zeros(9, np.int64)
        burst = followed = receipts = passed_on = passed = turns = new = 0
        run = longest = 1
        jump = 0.0
        for k in range(a, b):
            i = k - a
            new += is_new[k]
            hours[hour[k]] += 1
            digits[cents[k] // 100 % 10] += 1
            lead = cents[k]
            while lead >= 10:
                lead //= 10
            leading[lead - 1] += 1
            if i == 0:
                continue
            gap = at[k] - at[k - 1]
            gaps[i - 1] = gap / MINUTE_US
            burst += gap <= burst_us
            jump = max(jump, abs(logs[i] - logs[i - 1]))
            if is_credit[k] == is_credit[k - 1]:
                run += 1
                longest = max(longest, run)
            else:
                turns += 1
                run = 1
            if is_credit[k - 1]:
                receipts += 1
                passed += not is_credit[k]
        next_out = -1
        for k in range(b - 1, a - 1, -1):
            if not is_credit[k]:
                next_out = k
                continue
            if next_out < 0:
                continue
            lags[followed] = (at[next_out] - at[k]) / MINUTE_US
            followed += 1
            later = next_out
            while later < b and at[later] - at[k] <= pass_us:
                kept = cents[later] / cents[k]
                if not is_credit[later] and kept_low <= kept <= kept_high:
                    passed_on += 1
                    break
                later += 1
        amounts = run_lengths(np.sort(cents[a:b]))
        row[1] = (as_of[q] - at[a]) / DAY_US
        row[2] = (as_of[q] - at[b - 1]) / DAY_US
        row[3] = np.median(gaps)
        row[4] = gaps.max() / 1440
        row[5] = burst / (size - 1)
        spread, mean = gaps.std(), gaps.mean()
        if size > 2 and spread + mean > 0:
            row[6] = (spread - mean) / (spread + mean)
        row[7] = memory(slow)
        if receipts:
            row[8] = passed / receipts
        if followed:
            row[9] = np.median(lags[:followed])
            row[10] = passed_on / followed
        row[11] = turns / (size - 1)
        row[12] = longest / size
        row[13] = (size - len(amounts)) / size
        row[14] = amounts.max() / size
        row[15] = jump
        row[16] = new / size
        row[17] = entropy(run_lengths(np.sort(counterparty[a:b])), size)
        row[18] = entropy(hours, size)
        row[19] = entropy(digits, size)
        row[20] = np.abs(leading / size - BENFORD).mean()
        row[21] = shift(logs)
        row[22] = -shift(slow)
    return result
