"""Kernels of the continuous line: statistics of a customer's last payments, in one pass each.

A line is the rows ``first:end`` of the customer's events, all strictly before the moment
asked about: nothing here can see a later payment. Every statistic is exact, none samples.
"""

from __future__ import annotations

from math import log10
from typing import NamedTuple

import numpy as np
from numba import njit

from data.asof.network.ahead import INNER
from data.schema import DAY_US, MINUTE_US
from features.catalogue import Feature


def _of_line(name: str, label_en: str, label_zh: str, unit: str, source: str, family: str) -> Feature:
    return Feature(name, label_en, label_zh, unit, family, "sequence", source, "line")


LINE = (
    _of_line("line_payment_count", "Payments in the line",
             "流水长度(笔数)", "count", "profile tags: sequence input", "sequence"),
    _of_line("line_span_days", "Days that the line spans",
             "流水跨越天数", "days", "profile tags: sequence input", "sequence"),
    _of_line("line_silent_days", "Days since the last payment",
             "距最近一笔交易天数", "days", "rule R08", "dormancy"),
    _of_line("line_gap_minutes_median", "Typical minutes between payments",
             "交易间隔中位数(分钟)", "minutes", "AMLGentex burstiness", "sequence"),
    _of_line("line_gap_days_longest", "Longest pause within the line",
             "流水中最长停顿天数", "days", "rule R08", "dormancy"),
    _of_line("line_burst_share", "Share of payments within an hour of the last",
             "一小时内连续交易占比", "share", "profile tags: burst index", "sequence"),
    _of_line("line_burstiness", "Burstiness of the gaps (-1 regular, 1 bursty)",
             "交易间隔的突发性(-1规律,1突发)", "ratio", "profile tags: burst index", "rhythm"),
    _of_line("line_gap_memory", "How alike neighbouring gaps are",
             "相邻间隔的相关性", "ratio", "profile tags: burst index", "rhythm"),
    _of_line("line_in_then_out_share", "Share of receipts followed at once by a payment out",
             "进账后立即出账占比", "share", "rule R06", "sequence"),
    _of_line("line_lag_minutes_median", "Typical minutes from a receipt to the next payment out",
             "进账到下一笔出账的分钟数中位数", "minutes", "rule R06", "pass_through"),
    _of_line("line_passed_on_share", "Share of receipts passed on in like amount",
             "进账后以相近金额转出的占比", "share", "rule R20", "pass_through"),
    _of_line("line_alternation_share", "How often in and out alternate",
             "进出交替占比", "share", "rule R06", "sequence"),
    _of_line("line_longest_run_share", "Longest run in one direction",
             "同方向连续交易最长占比", "share", "rule R04", "sequence"),
    _of_line("line_repeated_amount_share", "Share of payments with the amount of an earlier one",
             "重复金额占比", "share", "rule R17", "sequence"),
    _of_line("line_top_amount_share", "Share of the most common amount",
             "最常见金额占比", "share", "rule R17", "sequence"),
    _of_line("line_largest_amount_jump", "Largest jump of the amount between payments",
             "金额最大跳变", "ratio", "SAML-D behavioural change", "sequence"),
    _of_line("line_new_counterparty_share", "Share of payments with a counterparty new to the line",
             "新交易对手占比", "share", "rule R14", "sequence"),
    _of_line("line_counterparty_entropy", "Spread over counterparties (bits)",
             "交易对手分散度(比特)", "ratio", "rule R04", "sequence"),
    _of_line("line_hour_entropy", "Spread over the hours of the day (bits)",
             "交易时段分散度(比特)", "ratio", "profile tags: hour-of-day profile", "rhythm"),
    _of_line("line_digit_entropy", "Spread of the last digit of whole yuan (bits)",
             "金额个位数分散度(比特)", "ratio", "rule R17", "rhythm"),
    _of_line("line_benford_distance", "Distance of the leading digits from Benford's law",
             "首位数字与本福特定律的距离", "ratio", "assumption", "rhythm"),
    _of_line("line_amount_shift", "Change point of the amounts (positive: upwards)",
             "金额变点强度(正为上升)", "ratio", "rule R14", "behaviour_change"),
    _of_line("line_tempo_shift", "Change point of the tempo (positive: faster)",
             "节奏变点强度(正为加快)", "ratio", "rule R14", "behaviour_change"),
)  # fmt: skip
COLUMNS = tuple(feature.name for feature in LINE)
# Their places in a row of the result. They stand in the kernel's own file, and so do the functions it
# calls: numba compiles anew when this file was written, and does not see what changed in another.
(
    COUNT, SPAN, SILENT, GAP_MEDIAN, GAP_LONGEST, BURST, BURSTINESS, GAP_MEMORY, IN_THEN_OUT,
    LAG_MEDIAN, PASSED_ON_SHARE, ALTERNATION, LONGEST_RUN, REPEATED_AMOUNT, TOP_AMOUNT, AMOUNT_JUMP,
    NEW_COUNTERPARTY, COUNTERPARTY_ENTROPY, HOUR_ENTROPY, DIGIT_ENTROPY, BENFORD_DISTANCE,
    AMOUNT_SHIFT, TEMPO_SHIFT,
) = range(len(LINE))  # fmt: skip
BENFORD = np.array([log10(1 + 1 / digit) for digit in range(1, 10)])


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
def measure_lines(
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
        row[COUNT] = size
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
        row[SPAN] = (as_of[q] - at[a]) / DAY_US
        row[SILENT] = (as_of[q] - at[b - 1]) / DAY_US
        if followed:
            row[LAG_MEDIAN] = middle(room, followed)
            row[PASSED_ON_SHARE] = passed_on / followed
        for k in range(size - 1):
            room[k] = gap[a + 1 + k]
        row[GAP_MEDIAN] = middle(room, size - 1)
        row[GAP_LONGEST] = widest / 1440
        row[BURST] = burst / (size - 1)
        mean, spread = mean_and_spread(gap[a + 1 : b])
        if size > 2 and spread + mean > 0:
            row[BURSTINESS] = (spread - mean) / (spread + mean)
        row[GAP_MEMORY] = memory(slow[a + 1 : b])
        if receipts:
            row[IN_THEN_OUT] = passed / receipts
        row[ALTERNATION] = turns / (size - 1)
        row[LONGEST_RUN] = longest / size
        row[REPEATED_AMOUNT] = (size - amounts) / size
        row[TOP_AMOUNT] = top / size
        row[AMOUNT_JUMP] = jump
        row[NEW_COUNTERPARTY] = new / size
        bits = 0.0
        for k in range(a, b):
            met = once_more(other_before, k, a, times)
            if other_after[k] >= b:
                bits -= met / size * np.log2(met / size)
        row[COUNTERPARTY_ENTROPY] = bits
        row[HOUR_ENTROPY] = entropy(hours, size)
        row[DIGIT_ENTROPY] = entropy(digits, size)
        apart = 0.0
        for k in range(9):
            apart += abs(leading[k] / size - BENFORD[k])
        row[BENFORD_DISTANCE] = apart / 9
        row[AMOUNT_SHIFT] = shift(log[a:b])
        row[TEMPO_SHIFT] = -shift(slow[a + 1 : b])
