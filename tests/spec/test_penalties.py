"""The penalty's paths: what they keep, which features are alike, and what becomes of these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pipeline
from models import penalties
from models.budget import Budget
from models.penalise import Params, penalty_paths
from models.results.penalties import PathPoint, PenaltyPaths
from models.zoo import Examples
from models.zoo.linear.losses import LOGISTIC
from models.zoo.linear.newton import Penalty, Problem, solved
from tests.spec.classic import table

BUDGET = Budget(alerts_per_thousand_customers_week=100, suppress_days=0, label_window_days=28)


def with_twins(seed: int = 1) -> Examples:
    """The little table; feature f is nearly c, which tells the suspicious."""
    examples = table(seed=seed)
    noise = np.random.default_rng(seed).standard_normal(600).astype(np.float32)
    return replace(examples, features=examples.features.assign(f=examples.features["c"] + 0.05 * noise))


@pytest.fixture(scope="module")
def found() -> PenaltyPaths:
    params = pipeline.params("penalise", Params).model_copy(
        update={"points": 5, "penalty": (0.001, 1.0), "compared_at": 0.01, "drawn_features": 3, "draws": 12}
    )
    return penalty_paths(with_twins(), with_twins(2), BUDGET, params)


def of_kind(found: PenaltyPaths, l1_share: float) -> list[PathPoint]:
    return [point for point in found.points if point.l1_share == l1_share]


def test_l1_keeps_more_features_the_weaker_it_is_and_l2_keeps_all(found: PenaltyPaths) -> None:
    lasso = [point.kept for point in of_kind(found, 1.0)]
    assert lasso[0] == 0
    assert lasso == sorted(lasso)
    assert lasso[-1] >= 3
    assert {point.kept for point in of_kind(found, 0.0)} == {6}


def test_a_weaker_penalty_fits_the_training_subjects_no_worse(found: PenaltyPaths) -> None:
    for share in (0.0, 0.5, 1.0):
        losses = [point.train_loss for point in of_kind(found, share)]
        assert losses == sorted(losses, reverse=True)
        strengths = [point.penalty for point in of_kind(found, share)]
        assert strengths == sorted(strengths, reverse=True)


def test_without_any_coefficient_nobody_is_ranked_and_with_them_the_suspicious_are(
    found: PenaltyPaths,
) -> None:
    nothing, weakest = of_kind(found, 1.0)[0], of_kind(found, 1.0)[-1]
    later = with_twins(2)
    assert nothing.average_precision == pytest.approx((later.label > 0).mean(), abs=1e-6)
    assert weakest.average_precision > 0.8
    assert found.customers == (later.label > 0).sum()


def test_the_features_of_most_weight_are_drawn(found: PenaltyPaths) -> None:
    assert all(len(point.coefficients) == 3 for point in found.points)
    assert {"c", "f"} <= set(found.points[0].coefficients)


def test_of_twins_l1_drops_one_more_often_than_l2(found: PenaltyPaths) -> None:
    by_kind = {pair.l1_share: pair for pair in found.pairs}
    assert found.alike_features == 2
    assert by_kind.keys() == {0.0, 0.5, 1.0}
    for pair in by_kind.values():
        assert [member.feature for member in pair.members] == ["c", "f"]
        assert pair.correlation > 0.99
        # What one of them gives away the other one takes.
        assert pair.sum_spread < sum(member.spread for member in pair.members)
    assert all(member.kept_share == 1 for member in by_kind[0.0].members)
    assert min(member.kept_share for member in by_kind[1.0].members) < 1
    gaps = {
        share: abs(pair.members[0].coefficient - pair.members[1].coefficient)
        for share, pair in by_kind.items()
    }
    assert gaps[1.0] > gaps[0.0]


def test_the_readings_say_what_was_counted(found: PenaltyPaths) -> None:
    assert "L2 drops a feature in 0 of 1 collinear pairs" in found.alike_reading_en
    assert f"{found.customers} suspicious customers" in found.path_reading_en
    assert f"{found.customers} 名可疑客户" in found.path_reading_zh


def test_a_path_ends_where_a_fit_without_it_does() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_normal((400, 4))
    label = (values[:, 0] + rng.standard_normal(400) > 1).astype(float)
    problem = Problem(values, label, np.ones(400), LOGISTIC)
    for share in (0.0, 1.0):
        *_, last = penalties.path(problem, share, penalties.strengths(0.1, 0.001, 6))
        np.testing.assert_allclose(last, solved(problem, Penalty(0.001, share)), atol=1e-3)


def test_pairs_are_taken_from_the_most_alike_on_and_no_feature_twice() -> None:
    correlation = np.zeros((5, 5))
    for one, other, value in ((0, 1, 0.99), (1, 2, -0.98), (2, 3, 0.95), (3, 4, 0.92)):
        correlation[one, other] = correlation[other, one] = value
    assert penalties.alike_pairs(correlation, 0.9, 10) == [(0, 1), (2, 3)]
    assert penalties.alike_pairs(correlation, 0.97, 10) == [(0, 1)]
    assert penalties.alike_pairs(correlation, 0.9, 1) == [(0, 1)]


def test_correlations_are_those_of_the_textbook_and_none_of_a_constant() -> None:
    values = np.random.default_rng(1).standard_normal((200, 3)).astype(np.float32)
    values[:, 2] = 7
    found = penalties.correlations(values)
    assert found[0, 1] == pytest.approx(np.corrcoef(values[:, 0], values[:, 1])[0, 1], abs=1e-6)
    assert found[2].tolist() == [0, 0, 0]


def test_a_sample_takes_all_weeks_of_a_customer_or_none() -> None:
    customer = np.repeat([5, 3, 9, 7], [4, 2, 3, 1])
    for seed in range(20):
        times = penalties.resampled(customer, np.random.default_rng(seed))
        assert all(len(set(times[customer == who])) == 1 for who in (5, 3, 9, 7))
        assert sum(times[customer == who][0] for who in (5, 3, 9, 7)) == 4
