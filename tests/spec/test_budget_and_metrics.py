"""The alert budget spent by hand, and what a ranking is worth, worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from data.results import Interval
from data.schema import DAY_US
from models.budget import Budget, Watch, alerts_within_budget
from models.intervals import drawn, wilson
from models.judgement import Params as JudgeParams
from models.judgement import judge
from models.metrics import METRICS, AveragePrecision, Catches, Ranking, headline_metrics, recall_at_budget
from models.positives import Positives
from models.probability import PROBABILITY, probability_calibration
from models.score import rule_scores

WEEK = 7 * DAY_US


def budget(per_thousand: float, suppress_days: int = 0) -> Budget:
    return Budget(
        alerts_per_thousand_customers_week=per_thousand, suppress_days=suppress_days, label_window_days=28
    )


def ranking_of(customer, as_of_us, score, positive, spent: Budget, group=None) -> Ranking:
    """A ranking of weeks that are all judged and all count."""
    watch = Watch(np.asarray(customer), np.asarray(as_of_us), np.ones(len(score), bool))
    return Ranking.of(watch.queue(score), Positives.of(watch.customer, positive, positive, group), spent)


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


# ------------------------------------------------------------------- budget


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


# ------------------------------------------- validation and test, one budget


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


# ------------------------------------------------------------------ metrics

# Six customers in one week; 0, 2 and 4 are suspicious. The budget takes the best three.
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
POSITIVE = np.array([True, False, True, False, True, False])


def by_hand() -> dict[str, float]:
    ranking = ranking_of(np.arange(6), np.zeros(6, np.int64), SCORE, POSITIVE, budget(500))
    return {name: row.value for name, row in headline_metrics(ranking, 100, 1).items()}


def test_metrics_are_as_worked_out_by_hand() -> None:
    expected = {
        "recall_at_budget": 2 / 3,  # 0 and 2 of 0, 2, 4
        "precision_at_budget": 2 / 3,  # 0 and 2 of 0, 1, 2
        "precision_ceiling": 1.0,  # three places for three suspicious customers
        "average_precision": (1 / 1 + 2 / 3 + 3 / 5) / 3,
        "base_rate": 1 / 2,
    }
    assert set(expected) == set(METRICS)
    assert by_hand() == {name: pytest.approx(value, abs=5e-5) for name, value in expected.items()}


def test_the_recall_counts_a_customer_once_however_many_weeks_they_are_suspicious() -> None:
    """Customer 0 is suspicious and alerted in three weeks, customer 1 suspicious in one."""
    customer, week = np.tile([0, 1], 3), np.repeat([0, 1, 2], 2)
    positive = np.array([True, True, True, False, True, False])
    ranking = ranking_of(customer, week * WEEK, np.tile([0.9, 0.1], 3), positive, budget(500))
    result = headline_metrics(ranking, 50, 1)
    assert result["recall_at_budget"].value == 0.5
    assert result["precision_at_budget"].value == 1
    assert result["base_rate"].value == pytest.approx(4 / 6, abs=5e-5)


def test_the_ceiling_of_the_precision_is_what_perfect_scores_would_reach() -> None:
    one = np.array([True, *[False] * 5])
    ranking = ranking_of(np.arange(6), np.zeros(6, np.int64), SCORE, one, budget(500))
    assert headline_metrics(ranking, 50, 1)["precision_ceiling"].value == pytest.approx(1 / 3, abs=5e-5)


def test_recall_counts_customers_who_are_alerted_while_suspicious() -> None:
    customer = np.array([1, 1, 2, 2, 3])
    positive = np.array([True, False, True, True, False])
    assert recall_at_budget(customer, positive, np.array([False, True, False, False, True])) == 0
    assert recall_at_budget(customer, positive, np.array([True, False, True, True, False])) == 1
    assert recall_at_budget(customer, positive, np.array([False, False, False, True, False])) == 0.5
    assert math.isnan(recall_at_budget(customer, np.zeros(5, bool), positive))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [3, 1_000])
@pytest.mark.parametrize("weighted", [False, True])
def test_average_precision_is_that_of_scikit_learn(seed: int, levels: int, weighted: bool) -> None:
    """With many ties, with hardly any, and with weights of which some are zero."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, levels, 80) / 7
    positive = rng.random(80) < 0.2
    positive[0] = True
    weight = rng.integers(0, 4, 80).astype(float) if weighted else np.ones(80)
    weight[0] = 1
    expected = average_precision_score(positive, score, sample_weight=weight)
    assert AveragePrecision(score, positive)(weight) == pytest.approx(expected, abs=1e-12)


def test_those_of_minus_infinity_are_one_tie_at_the_end() -> None:
    score = np.array([0.5, -math.inf, -math.inf, 0.7, -math.inf])
    positive = np.array([True, True, False, False, False])
    expected = average_precision_score(positive, np.where(np.isinf(score), -9.0, score))
    assert AveragePrecision(score, positive)(np.ones(5)) == pytest.approx(expected)


def test_a_ranking_without_any_positive_has_no_average_precision() -> None:
    assert math.isnan(AveragePrecision(SCORE, np.zeros(6, bool))(np.ones(6)))


def test_metrics_without_any_positive_are_empty_and_not_zero() -> None:
    ranking = ranking_of(np.arange(6), np.zeros(6, np.int64), SCORE, np.zeros(6, bool), budget(500))
    result = headline_metrics(ranking, 50, 1)
    assert result["recall_at_budget"] == Interval()
    assert result["average_precision"].value is None
    assert result["precision_at_budget"].value == 0


def test_an_interval_holds_its_value_and_shrinks_with_more_customers() -> None:
    rng = np.random.default_rng(2)
    width = {}
    for size in (100, 1_600):
        positive = rng.random(size) < 0.3
        score = positive + rng.normal(0, 1, size)
        ranking = ranking_of(np.arange(size), np.zeros(size, np.int64), score, positive, budget(200))
        result = headline_metrics(ranking, 200, 1)
        assert all(row.low <= row.value <= row.high for row in result.values())
        width[size] = result["recall_at_budget"].high - result["recall_at_budget"].low
    assert width[1_600] < width[100] / 2


def test_the_bootstrap_draws_customers_with_all_their_weeks() -> None:
    """Copies of the same weeks add no information, so the interval stays as wide as it was."""
    rng = np.random.default_rng(4)
    positive, score = rng.random(60) < 0.4, rng.random(60)
    widths = []
    for weeks in (1, 10):
        customer = np.tile(np.arange(60), weeks)
        moment = np.repeat(np.arange(weeks) * WEEK, 60)
        ranking = ranking_of(customer, moment, np.tile(score, weeks), np.tile(positive, weeks), budget(300))
        row = headline_metrics(ranking, 300, 1)["base_rate"]
        widths.append(row.high - row.low)
    assert widths[1] == pytest.approx(widths[0])


def test_members_of_one_scheme_widen_the_interval_as_one_draw() -> None:
    """Eighty illicit customers caught or missed scheme by scheme are twenty observations."""
    scheme = np.concatenate([np.repeat(np.arange(20), 4), np.arange(20, 340)])
    positive = np.arange(400) < 80
    score = np.where(positive, np.where(scheme % 2 == 0, 9.0, -9.0), 0.0)
    widths = {}
    for name, group in (("customer", None), ("scheme", scheme)):
        ranking = ranking_of(np.arange(400), np.zeros(400, np.int64), score, positive, budget(100), group)
        row = headline_metrics(ranking, 600, 1)["recall_at_budget"]
        assert row.value == 0.5
        widths[name] = row.high - row.low
    assert widths["scheme"] == pytest.approx(2 * widths["customer"], rel=0.2)  # the root of four


def test_a_difference_is_paired_and_that_of_one_ranking_with_its_twin_is_nothing() -> None:
    rng = np.random.default_rng(5)
    watch = Watch(np.arange(500), np.zeros(500, np.int64), np.ones(500, bool))
    label = (rng.random(500) < 0.2).astype(float)
    score = label + rng.normal(0, 1, 500)
    positives = Positives.of(watch.customer, label > 0, label > 0)
    params = JudgeParams(bootstrap_draws=200, seed=1)
    rankers = {"rules": score, "twin": score, "better": score + 0.5 * label}
    found = judge(watch, rankers, label, positives, budget(200), params)
    gaps = found.differences
    assert gaps["rules"]["twin"].recall_at_budget == Interval(value=0, low=0, high=0)
    gap, back = gaps["better"]["rules"].average_precision, gaps["rules"]["better"].average_precision
    own = [found.metrics[name].average_precision for name in ("better", "rules")]
    assert gap.value == pytest.approx(own[0].value - own[1].value, abs=2e-4)
    assert (gap.low, gap.high) == pytest.approx((-back.high, -back.low), abs=2e-4)
    assert gap.low > 0 and own[0].low < own[1].high  # the two intervals overlap


def test_a_customer_is_caught_by_an_alert_while_positive_only() -> None:
    customer = np.array([1, 2, 1, 2])
    positive = np.array([False, False, True, True])
    catches = Catches.of(customer, Positives.of(customer, positive, positive))
    assert catches.caught(np.array([True, False, False, True])).tolist() == [0, 1]
    assert catches.caught(np.array([True, True, True, False])).tolist() == [1, 0]


def test_a_mean_over_nobody_is_empty() -> None:
    customer = np.arange(3)
    catches = Catches.of(customer, Positives.of(customer, np.zeros(3, bool), np.zeros(3, bool)))
    found = catches.mean(catches.caught(np.ones(3, bool)), drawn(catches.groups, 50, 1))
    assert found == Interval()


# -------------------------------------------------------------- calibration


def drawn_scores(size: int = 40_000, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds and labels that were drawn with exactly these odds."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(-3, 1.5, size)
    return margin, (rng.random(size) < 1 / (1 + np.exp(-margin))).astype(float)


def test_scores_that_are_probabilities_have_a_ratio_and_a_slope_of_one() -> None:
    margin, label = drawn_scores()
    found = probability_calibration(np.arange(len(margin)), margin, label)
    assert set(found) == set(PROBABILITY)
    for row in found.values():
        assert row.low < 1 < row.high
        assert row.value == pytest.approx(1, abs=0.05)


def test_the_ratio_is_the_mean_score_over_the_mean_label() -> None:
    margin, label = np.log([0.2 / 0.8, 0.6 / 0.4, 0.4 / 0.6]), np.array([0.0, 1.0, 0.0])
    found = probability_calibration(np.arange(3), margin, label)
    assert found["calibration_ratio"].value == pytest.approx(1.2)


def test_scores_spread_twice_too_far_have_a_slope_of_a_half() -> None:
    margin, label = drawn_scores()
    found = probability_calibration(np.arange(len(margin)), 2 * margin, label)
    assert found["calibration_slope"].value == pytest.approx(0.5, abs=0.03)


def test_the_slope_is_that_of_scikit_learn() -> None:
    margin, label = drawn_scores(3_000)
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(margin[:, None], label)
    found = probability_calibration(np.arange(3_000), margin, label)
    assert found["calibration_slope"].value == pytest.approx(model.coef_[0, 0], abs=2e-4)


def test_the_weeks_of_a_customer_are_one_observation_in_the_interval_of_a_slope() -> None:
    """Ten copies of the same weeks add no information."""
    margin, label = drawn_scores(2_000)
    once = probability_calibration(np.arange(2_000), margin, label)
    copied = probability_calibration(np.tile(np.arange(2_000), 10), np.tile(margin, 10), np.tile(label, 10))
    for name in PROBABILITY:
        assert copied[name] == pytest.approx(once[name], abs=2e-4)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_without_both_kinds_nothing_is_said_of_probabilities(label: float) -> None:
    found = probability_calibration(np.arange(5), np.arange(5.0), np.full(5, label))
    assert all(row == Interval() for row in found.values())


def test_labels_that_one_threshold_tells_apart_have_a_ratio_and_no_slope() -> None:
    found = probability_calibration(np.arange(6), np.arange(-3.0, 3.0), np.array([0, 0, 0, 1.0, 1.0, 1.0]))
    assert found["calibration_ratio"].value is not None
    assert found["calibration_slope"].value is None


def test_models_are_measured_as_probabilities_and_the_rules_are_not() -> None:
    margin, label = drawn_scores(300)
    watch = Watch(np.arange(300), np.zeros(300, np.int64), np.ones(300, bool))
    positives = Positives.of(watch.customer, label >= 0.5, label >= 0.5)
    params = JudgeParams(bootstrap_draws=50, seed=1)
    found = judge(watch, {"rules": margin, "gnn": margin}, label, positives, budget(50), params).metrics
    for name, expected in (("rules", set(METRICS)), ("gnn", {*METRICS, *PROBABILITY})):
        assert {metric for metric, figure in found[name] if figure is not None} == expected


# ------------------------------------------------------------------- wilson


def test_the_wilson_interval_is_as_worked_out_by_hand() -> None:
    """8 of 10: centre (0.8 + 1.92 / 10) / (1 + 3.84 / 10), Wilson 1927."""
    z2 = 1.96**2
    centre = (0.8 + z2 / 20) / (1 + z2 / 10)
    half = 1.96 * math.sqrt(0.8 * 0.2 / 10 + z2 / 400) / (1 + z2 / 10)
    assert wilson(8, 10) == Interval(value=0.8, low=round(centre - half, 4), high=round(centre + half, 4))
    assert wilson(8, 10) == Interval(value=0.8, low=0.4902, high=0.9433)


@pytest.mark.parametrize("size", [1, 2, 7, 40, 1_000])
def test_the_wilson_interval_holds_its_value_and_stays_a_share(size: int) -> None:
    for hits in {0, 1, size // 2, size - 1, size}:
        row = wilson(hits, size)
        assert 0 <= row.low <= row.value <= row.high <= 1
    assert wilson(0, size).high > 0
    assert wilson(size, size).low < 1


def test_a_share_of_nothing_is_empty() -> None:
    assert wilson(0, 0) == Interval()


# --------------------------------------------------- the rulebook as a ranker


def test_the_rulebook_scores_a_subject_by_the_strongest_vote_of_the_label_window() -> None:
    """A ranker that forgets sooner than a label looks back cannot find what counts as a catch."""
    as_of = pd.Timestamp("2025-03-10", tz="UTC")
    window = pd.Timedelta(days=28)
    micro = pd.Timedelta(microseconds=1)
    votes = pd.DataFrame(
        [
            (1, as_of, "rule_vote", 0.2),
            (1, as_of - window + micro, "rule_vote", 0.6),
            (1, as_of - window, "rule_vote", 0.9),
            (1, as_of + micro, "rule_vote", 0.8),
            (2, as_of - window, "rule_vote", 0.9),
            (3, as_of - micro, "disposition", 1.0),
        ],
        columns=["customer_id", "event_at", "source", "value"],
    )
    subjects = pd.DataFrame({"customer_id": [3, 2, 1], "as_of": as_of})
    assert rule_scores(subjects, votes, 28).tolist() == [-math.inf, -math.inf, 0.6]


def test_votes_below_the_line_come_after_all_of_those_above_it() -> None:
    as_of = pd.Timestamp("2025-03-10", tz="UTC")
    votes = pd.DataFrame(
        [(1, "rule_vote", 0.1), (2, "below_line_vote", 0.9), (3, "below_line_vote", 0.4)],
        columns=["customer_id", "source", "value"],
    ).assign(event_at=as_of)
    subjects = pd.DataFrame({"customer_id": [3, 4, 2, 1], "as_of": as_of})
    score = rule_scores(subjects, votes, 28)
    assert subjects["customer_id"].to_numpy()[np.argsort(-score)].tolist() == [1, 2, 3, 4]
    assert np.isneginf(score).sum() == 1


@pytest.mark.parametrize("levels", [3, 40, 1_000])
def test_many_weightings_at_once_give_what_each_gives_alone(levels: int) -> None:
    rng = np.random.default_rng(levels)
    count, groups = 600, 50
    score = rng.integers(0, levels, count).astype(float)
    score[:20] = -np.inf
    positive = rng.random(count) < 0.05
    group = rng.integers(0, groups, count)
    weight = rng.multinomial(groups, np.full(groups, 1 / groups), 30).astype(float)
    weight[0] = 1
    weight[1] = np.isin(np.arange(groups), group[~positive])  # a positive may weigh nothing
    weight[2] = ~np.isin(np.arange(groups), group[positive])  # no positive weighs anything
    weigh = AveragePrecision(score, positive)
    alone = [weigh(row[group]) for row in weight]
    np.testing.assert_allclose(weigh.by_group(weight, group), alone, rtol=1e-12)
    assert np.isnan(alone[2])
    nobody = AveragePrecision(score, np.zeros(count, bool))
    assert np.isnan(nobody.by_group(weight, group)).all()
