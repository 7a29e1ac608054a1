"""Areas under curves agree with scikit-learn's, ties and weights included."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from models.truth.areas import AreaUnderRoc, area_under_roc, average_precision, ranks


@pytest.fixture(params=[1, 2, 3])
def scored(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with many ties, who is positive, and a weight of each row."""
    rng = np.random.default_rng(request.param)
    return rng.integers(12, size=200).astype(float), rng.random(200) < 0.15, rng.integers(4, size=200) + 0.5


def test_the_area_of_a_ranking_is_that_of_scikit_learn(scored) -> None:
    score, is_positive, _ = scored
    expected = roc_auc_score(is_positive, score)
    assert area_under_roc(ranks(score), is_positive) == pytest.approx(expected)
    assert AreaUnderRoc(score, is_positive)(np.ones(len(score))) == pytest.approx(expected)


def test_the_area_under_a_weighting_is_that_of_scikit_learn(scored) -> None:
    score, is_positive, weight = scored
    expected = roc_auc_score(is_positive, score, sample_weight=weight)
    assert AreaUnderRoc(score, is_positive)(weight) == pytest.approx(expected)


def test_average_precision_is_that_of_scikit_learn(scored) -> None:
    score, is_positive, _ = scored
    assert average_precision(score, is_positive) == pytest.approx(average_precision_score(is_positive, score))


def test_ranks_are_shares_below_with_half_of_the_ties_and_missing_values_lowest() -> None:
    assert ranks(np.array([3.0, np.nan, 7.0, 3.0])).tolist() == [0.5, 0.125, 0.875, 0.5]


def test_without_one_side_there_is_no_area() -> None:
    nobody = np.zeros(3, bool)
    assert np.isnan(area_under_roc(ranks(np.arange(3.0)), nobody))
    assert np.isnan(average_precision(np.arange(3.0), nobody))
