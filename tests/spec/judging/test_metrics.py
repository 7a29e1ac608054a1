"""What a ranking is worth, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from data.results import Interval
from models.budget import Watch
from models.intervals import drawn, wilson
from models.judgement import Params as JudgeParams
from models.judgement import judge, watched_scores
from models.metrics import METRICS, AveragePrecision, Catches, headline_metrics, recall_at_budget
from models.positives import Positives
from pipeline import BadInput
from tests.spec.judging.rankings import POSITIVE, SCORE, WEEK, budget, ranking_of


def by_hand() -> dict[str, float | None]:
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


def test_scores_of_another_split_are_refused_and_never_taken_for_others() -> None:
    as_of = pd.Timestamp("2025-06-02", tz="UTC")
    split = pd.DataFrame({"subject_id": [5, 6], "customer_id": [1, 2], "as_of": as_of, "role": "test"})
    scores = pd.DataFrame({"ranker": "m", "subject_id": [6, 5], "score": [0.6, 0.5]})
    assert watched_scores(split, scores)[1]["m"].tolist() == [0.5, 0.6]
    with pytest.raises(BadInput, match="m lacks subjects of the split"):
        watched_scores(split, scores.assign(subject_id=[7, 5]))
