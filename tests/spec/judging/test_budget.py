"""The alert budget, spent by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from data.results import Interval
from models.budget import Watch, alerts_within_budget
from models.metrics import headline_metrics
from tests.spec.judging.rankings import POSITIVE, SCORE, WEEK, budget, ranking_of


def ranks(score, customer=None, week=None, per_thousand=500, suppress_days=0, scale=1.0) -> list[int]:
    """Places within the week; half of the customers of a week fit in the budget unless said."""
    size = len(score)
    return alerts_within_budget(
        np.asarray(score, float),
        np.arange(size) if customer is None else np.asarray(customer),
        np.zeros(size, np.int64) if week is None else np.asarray(week) * WEEK,
        budget(per_thousand, suppress_days),
        scale,
    ).tolist()


def test_the_highest_scores_of_a_week_fit_in_the_budget() -> None:
    assert ranks([0.1, 0.9, 0.5, 0.7]) == [0, 1, 0, 2]


def test_the_budget_is_spent_week_by_week() -> None:
    assert ranks([9, 8, 7, 1, 2, 3], [1, 2, 3, 1, 2, 3], [0, 0, 0, 1, 1, 1], per_thousand=334) == [
        1, 0, 0, 0, 0, 1
    ]  # fmt: skip


def test_a_week_with_more_customers_has_more_alerts() -> None:
    week = [0] * 2 + [1] * 4
    assert sum(rank > 0 for rank in ranks([1] * 6, week=week)[:2]) == 1
    assert sum(rank > 0 for rank in ranks([1] * 6, week=week)[2:]) == 2


def test_a_customer_alerted_lately_is_passed_over_and_the_next_one_moves_up() -> None:
    customer, week = [1, 2, 1, 2, 1, 2], [0, 0, 1, 1, 4, 4]
    score = [9, 1, 9, 1, 9, 1]
    assert ranks(score, customer, week, suppress_days=28) == [1, 0, 0, 1, 1, 0]
    assert ranks(score, customer, week, suppress_days=29) == [1, 0, 0, 1, 0, 0]
    assert ranks(score, customer, week, suppress_days=0) == [1, 0, 1, 0, 1, 0]


def test_only_an_alert_suppresses_and_not_a_high_score() -> None:
    assert ranks([9, 8, 1, 8], [1, 2, 1, 2], [0, 0, 1, 1], suppress_days=28) == [1, 0, 0, 1]


def test_equal_scores_are_taken_in_order_of_the_customers_number() -> None:
    assert ranks([5, 5, 5, 5], [4, 2, 3, 1]) == [0, 2, 0, 1]


def test_the_order_of_the_rows_changes_no_alert() -> None:
    rng = np.random.default_rng(0)
    size = 60
    score, customer, week = rng.integers(0, 5, size), np.arange(size) % 20, np.arange(size) // 20
    expected = ranks(score, customer, week, per_thousand=200, suppress_days=10)
    order = rng.permutation(size)
    shuffled = ranks(score[order], customer[order], week[order], per_thousand=200, suppress_days=10)
    assert shuffled == [expected[i] for i in order]


def test_one_of_minus_infinity_is_never_alerted_though_budget_is_left() -> None:
    """Rules alert nobody whom they did not hit."""
    assert ranks([-math.inf, 0.2, -math.inf, -math.inf]) == [0, 1, 0, 0]


def test_a_scale_multiplies_the_budget() -> None:
    assert ranks([4, 3, 2, 1], scale=0.5) == [1, 0, 0, 0]
    assert ranks([4, 3, 2, 1], scale=2.0) == [1, 2, 3, 4]


@pytest.mark.parametrize(("customers", "per_thousand"), [(150, 2.1), (700, 2.1), (1_000, 1.4), (40, 0.5)])
def test_the_weeks_together_hold_the_budget_however_small_the_bank(
    customers: int, per_thousand: float
) -> None:
    """Rounded week by week, a bank of 150 customers at 2.1 per thousand would never raise an alert."""
    weeks = 12
    found = ranks(
        np.tile(np.arange(customers)[::-1], weeks),
        np.tile(np.arange(customers), weeks),
        np.repeat(np.arange(weeks), customers),
        per_thousand=per_thousand,
    )
    by_week = (np.array(found).reshape(weeks, customers) > 0).sum(axis=1)
    due = customers * per_thousand / 1_000
    assert abs(by_week.sum() - weeks * due) <= 0.5
    assert set(by_week) <= {math.floor(due), math.ceil(due)}


def test_what_a_week_rounds_away_comes_with_a_later_one() -> None:
    customer, week = np.tile(np.arange(3), 4), np.repeat(np.arange(4), 3)
    found = ranks(np.tile([3, 2, 1], 4), customer, week, per_thousand=100)  # 0.3 alerts a week
    assert [sum(found[first : first + 3]) for first in (0, 3, 6, 9)] == [0, 1, 0, 0]


def test_alerts_that_a_week_did_not_use_are_not_carried() -> None:
    score = [-math.inf, -math.inf, 0.3, 0.2]
    assert ranks(score, [1, 2, 1, 2], [0, 0, 1, 1], per_thousand=500) == [0, 0, 1, 0]


def test_a_budget_below_half_an_alert_for_all_weeks_together_alerts_nobody() -> None:
    assert ranks([3, 2, 1], per_thousand=100) == [0, 0, 0]


def test_a_ranking_without_a_single_alert_is_measured_all_the_same() -> None:
    ranking = ranking_of(np.arange(6), np.zeros(6, np.int64), SCORE, POSITIVE, budget(1))
    result = headline_metrics(ranking, 50, 1)
    assert result["recall_at_budget"].value == 0
    assert result["precision_at_budget"] == Interval()
    assert result["average_precision"].value == pytest.approx((1 + 2 / 3 + 3 / 5) / 3, abs=5e-5)


def test_nobody_is_alerted_where_there_is_nobody() -> None:
    assert ranks([]) == []


def watch_of(customers: int, before: int, judged: int) -> Watch:
    """All customers in ``before`` weeks of validation and ``judged`` weeks of the test."""
    weeks = before + judged
    week = np.repeat(np.arange(weeks), customers)
    return Watch(np.tile(np.arange(customers), weeks), week * WEEK, week >= before)


def test_whom_a_ranker_alerted_in_validation_is_silent_for_the_rest_of_the_days() -> None:
    """Customer 2 leads in every week: alerted in the last week of validation, then in the fifth after."""
    watch = watch_of(3, before=1, judged=5)
    score = np.tile([0.1, 0.2, 0.9], 6)
    one_a_week = budget(334, suppress_days=35)
    found = watch.queue(score).ranks(one_a_week).reshape(5, 3) > 0
    assert found[:, 2].tolist() == [False, False, False, False, True]
    alone = watch.judged.queue(score[watch.is_judged]).ranks(one_a_week).reshape(5, 3) > 0
    assert alone[0].tolist() == [False, False, True]


def test_a_silent_customer_leaves_the_place_to_the_next_one_and_not_empty() -> None:
    watch = watch_of(10, before=1, judged=3)
    score = np.tile(np.arange(10.0), 4)
    found = watch.alerted(score, budget(200, suppress_days=28)).reshape(3, 10)
    assert [np.flatnonzero(week).tolist() for week in found] == [[6, 7], [4, 5], [2, 3]]


def test_who_is_silent_at_first_is_told_and_who_was_alerted_long_ago_is_not() -> None:
    watch = watch_of(10, before=3, judged=2)
    score = np.tile(np.arange(10.0), 5)
    assert watch.queue(score).silent(budget(200, suppress_days=28)).tolist() == [4, 5, 6, 7, 8, 9]
    assert watch.queue(score).silent(budget(200, suppress_days=8)).tolist() == [8, 9]
    assert watch.queue(score).silent(budget(200, suppress_days=7)).tolist() == []


def test_budgets_are_spent_in_one_place() -> None:
    """Whoever called the plain function would forget whom validation has silenced."""
    callers = [
        file.name for file in Path("models").rglob("*.py") if "alerts_within_budget" in file.read_text()
    ]
    assert callers == ["budget.py"]


def test_without_a_week_before_the_judged_ones_nobody_is_silent() -> None:
    watch = watch_of(5, before=0, judged=2)
    score = np.random.default_rng(1).random(10)
    spent = budget(200, suppress_days=28)
    assert watch.queue(score).silent(spent).tolist() == []
    assert watch.queue(score).ranks(spent).tolist() == watch.judged.queue(score).ranks(spent).tolist()


@pytest.mark.parametrize("before", [0, 3, 7])
def test_every_ranker_spends_the_same_number_of_alerts_where_candidates_are_enough(before: int) -> None:
    """A ranking by chance, one of ties, and rules that vote for a fifth of the customers."""
    watch = watch_of(400, before, 11)
    rng = np.random.default_rng(3)
    size = len(watch.customer)
    rules = np.where(rng.random(size) < 0.2, rng.integers(1, 4, size), -np.inf)
    rankers = [rng.random(size), np.zeros(size), np.round(rng.random(size), 1), rules]
    spent = {int(watch.alerted(score, budget(7, suppress_days=28)).sum()) for score in rankers}
    assert len(spent) == 1
    assert abs(spent.pop() - 400 * 11 * 7 / 1_000) <= 1
