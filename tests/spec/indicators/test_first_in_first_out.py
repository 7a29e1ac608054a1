"""What left against what came: the oldest money leaves first."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.asof.money_trail import match_first_in_first_out
from data.schema import DAY_US, HOUR_US


def matched(*events: tuple[float, int], fast: int = 24, memory_days: int = 30) -> list[tuple[Any, ...]]:
    """(matched, fast, cent-hours) by debit; an event is (hour, cents), below zero for a debit."""
    at = np.array([round(hour * HOUR_US) for hour, _ in events])
    cents = np.array([cents for _, cents in events])
    result = match_first_in_first_out(
        np.array([0, len(events)]),
        at,
        np.abs(cents),
        cents > 0,
        np.ones(len(events), bool),
        fast * HOUR_US,
        memory_days * DAY_US,
    )
    return [tuple(int(part[i]) for part in result) for i in np.flatnonzero(cents < 0)]


def test_the_oldest_money_leaves_first() -> None:
    assert matched((0, 100), (10, 100), (30, -150)) == [(150, 50, 100 * 30 + 50 * 20)]


def test_a_credit_is_used_up_once() -> None:
    assert matched((0, 100), (1, -60), (2, -60)) == [(60, 60, 60), (40, 40, 80)]


def test_a_debit_without_money_before_it_matches_nothing() -> None:
    assert matched((0, -70), (1, 100)) == [(0, 0, 0)]


def test_money_that_leaves_after_exactly_the_allowed_time_left_fast() -> None:
    assert matched((0, 100), (24, -100)) == [(100, 100, 2_400)]
    assert matched((0, 100), (24 + 1 / 60, -100))[0][1] == 0


def test_older_credits_than_the_memory_count_as_savings() -> None:
    assert matched((0, 100), (48, -100), memory_days=2) == [(100, 0, 4_800)]
    assert matched((0, 100), (48.01, -100), memory_days=2) == [(0, 0, 0)]


def test_customers_do_not_spend_the_money_of_others() -> None:
    result = match_first_in_first_out(
        np.array([0, 1, 2]),
        np.array([0, HOUR_US]),
        np.array([100, 100]),
        np.array([True, False]),
        np.ones(2, bool),
        DAY_US,
        30 * DAY_US,
    )
    assert [int(part.sum()) for part in result] == [False, False, False]
