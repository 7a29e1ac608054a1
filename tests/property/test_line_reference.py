"""The line's kernel against an obvious reading of each definition, equal on every statistic."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import line

MINUTE = 60_000_000
BURST, PASS, KEPT = 60 * MINUTE, 24 * 60 * MINUTE, (0.85, 1.02)

PAYMENTS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 30, 60, 61, 300, 1_440, 1_441, 20_000]),  # minutes since the last
        st.sampled_from([100, 990, 5_000, 5_000, 100_000, 95_000, 86_000, 123_456]),  # cents
        st.booleans(),  # received
        st.integers(0, 4),  # counterparty
        st.booleans(),  # new
    ),
    max_size=40,
)


def bits(values: list[Any]) -> float:
    return -sum(n / len(values) * math.log2(n / len(values)) for n in Counter(values).values())


def correlation(one: list[float], other: list[float]) -> float:
    if len(one) < 2 or np.std(one) < 1e-7 or np.std(other) < 1e-7:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def change(values: list[float]) -> float:
    """The largest distance of the cumulated sum from the straight line, signed, scaled."""
    spread = np.std(values)
    if len(values) < 3 or spread < 1e-12:
        return math.nan
    walks = [sum(values[:k]) - k * np.mean(values) for k in range(1, len(values) + 1)]
    return float(-max(walks, key=abs) / (spread * math.sqrt(len(values))))


def reference(
    at: list[int], cents: list[int], credit: list[bool], other: list[int], new: list[bool]
) -> dict[str, Any]:
    size = len(at)
    if size < 2:
        return {}
    gaps = [(b - a) / MINUTE for a, b in pairwise(at)]
    logs = [math.log(value) for value in cents]
    outs = {k: [j for j in range(k, size) if not credit[j]] for k in range(size) if credit[k]}
    lags = [(at[later[0]] - at[k]) / MINUTE for k, later in outs.items() if later]
    passed_on = [
        any(at[j] - at[k] <= PASS and KEPT[0] <= cents[j] / cents[k] <= KEPT[1] for j in later)
        for k, later in outs.items()
        if later
    ]
    receipts = [k for k in range(size - 1) if credit[k]]
    runs, start = [], 0
    for k in range(1, size + 1):
        if k == size or credit[k] != credit[start]:
            runs.append(k - start)
            start = k
    leading = Counter(int(str(value)[0]) for value in cents)
    spread = np.std(gaps) + np.mean(gaps)
    slow = [math.log1p(gap) for gap in gaps]
    return {
        "line_gap_minutes_median": median(gaps),
        "line_gap_days_longest": max(gaps) / 1_440,
        "line_burst_share": np.mean([gap <= 60 for gap in gaps]),
        "line_burstiness": (np.std(gaps) - np.mean(gaps)) / spread if size > 2 and spread > 0 else math.nan,
        "line_gap_memory": correlation(slow[:-1], slow[1:]),
        "line_in_then_out_share": np.mean([not credit[k + 1] for k in receipts]) if receipts else math.nan,
        "line_lag_minutes_median": median(lags) if lags else math.nan,
        "line_passed_on_share": np.mean(passed_on) if passed_on else math.nan,
        "line_alternation_share": (len(runs) - 1) / (size - 1),
        "line_longest_run_share": max(runs) / size,
        "line_repeated_amount_share": 1 - len(set(cents)) / size,
        "line_top_amount_share": max(Counter(cents).values()) / size,
        "line_largest_amount_jump": max(abs(a - b) for a, b in pairwise(logs)),
        "line_new_counterparty_share": np.mean(new),
        "line_counterparty_entropy": bits(other),
        "line_hour_entropy": bits([moment // (60 * MINUTE) % 24 for moment in at]),
        "line_digit_entropy": bits([value // 100 % 10 for value in cents]),
        "line_benford_distance": np.mean(
            [abs(leading[digit] / size - math.log10(1 + 1 / digit)) for digit in range(1, 10)]
        ),
        "line_amount_shift": change(logs),
        "line_tempo_shift": -change(slow),
    }


@given(payments=PAYMENTS, before=st.integers(0, 5), after=st.integers(0, 5))
def test_every_statistic_equals_its_plain_definition(payments, before, after) -> None:
    """Rows ``before`` and ``after`` the line belong to others and are not looked at."""
    at = np.cumsum([0, *(minutes * MINUTE for minutes, *_ in payments)], dtype=np.int64)[1:]
    cents = np.array([row[1] for row in payments], np.int64)
    credit = np.array([row[2] for row in payments], bool)
    other = np.array([row[3] for row in payments], np.int64)
    new = np.array([row[4] for row in payments], np.uint8)
    first, end = min(before, len(payments)), max(len(payments) - after, min(before, len(payments)))
    until = np.array([int(at[-1]) + 60 * MINUTE if len(at) else 0])
    hour = (at // (60 * MINUTE) % 24).astype(np.uint8)
    (row,) = line.statistics(
        np.array([first]), np.array([end]), until, at, cents, credit, other, new, hour, BURST, PASS, *KEPT
    )
    found = dict(zip(line.COLUMNS, row, strict=True))
    mine = slice(first, end)
    lists = [values[mine].tolist() for values in (at, cents, credit, other, new)]
    assert found["line_payment_count"] == end - first
    if end - first >= 2:
        assert found["line_span_days"] == pytest.approx((until[0] - at[first]) / 86_400_000_000)
        assert found["line_silent_days"] == pytest.approx((until[0] - at[end - 1]) / 86_400_000_000)
    for name, expected in reference(*lists).items():
        if name in ("line_amount_shift", "line_tempo_shift"):
            # Two equal excursions in opposite directions leave the sign to rounding.
            found[name], expected = abs(found[name]), abs(expected)
        assert found[name] == pytest.approx(expected, nan_ok=True, abs=1e-9), name


def test_a_line_of_one_payment_has_a_length_and_nothing_else() -> None:
    one = np.array([0]), np.array([1])
    column = np.array([5])
    (row,) = line.statistics(
        *one,
        np.array([9]),
        column,
        column,
        np.array([True]),
        column,
        column,
        np.array([5]),
        BURST,
        PASS,
        *KEPT,
    )
    assert row[0] == 1 and np.isnan(row[1:]).all()


def test_a_change_upwards_is_positive_and_one_downwards_negative() -> None:
    low_then_high = np.array([1.0, 1, 1, 1, 9, 9, 9, 9])
    assert line.shift(low_then_high) > 1
    assert line.shift(low_then_high[::-1].copy()) == pytest.approx(-line.shift(low_then_high))
    assert np.isnan(line.shift(np.ones(8)))
