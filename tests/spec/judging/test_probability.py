"""Scores as probabilities: ratio and slope, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from data.results import Interval
from models.budget import Watch
from models.judgement import Params as JudgeParams
from models.judgement import judge
from models.metrics import METRICS
from models.positives import Positives
from models.probability import PROBABILITY, probability_calibration
from tests.spec.judging.rankings import budget


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
