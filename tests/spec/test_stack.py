"""The ranker above the models: places instead of scores, weights that are never negative."""

from __future__ import annotations

import numpy as np
import pytest

from models.stack import Params, ValidationLabels, fit_stack, stacked, weekly_places

PARTS = ["first", "second"]
PARAMS = Params(parts=PARTS, folds=4, ridge=1.0, seed=1)
ONES = np.ones(400)


def known(label: np.ndarray) -> ValidationLabels:
    return ValidationLabels(np.arange(len(label)), label.astype(float), np.ones(len(label)))


def test_a_place_depends_on_the_order_within_the_week_alone() -> None:
    week = np.array([0, 0, 0, 7, 7])
    score = np.array([3.0, 1.0, 2.0, -5.0, -4.0])
    expected = np.log([3 / 1, 3 / 3, 3 / 2, 2 / 2, 2 / 1])
    assert weekly_places(score, week) == pytest.approx(expected)
    assert weekly_places(np.exp(score) * 1_000, week) == pytest.approx(expected)


def test_equal_scores_share_their_mean_place_and_minus_infinity_is_the_last() -> None:
    week = np.zeros(4, np.int64)
    assert weekly_places(np.array([1.0, 1.0, -np.inf, -np.inf]), week) == pytest.approx(
        np.log([4 / 1.5, 4 / 1.5, 4 / 3.5, 4 / 3.5])
    )


def drawn() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two parts that each see another half of the suspicious, and a test of as many."""
    rng = np.random.default_rng(3)
    suspicious = rng.random(800) < 0.1
    half = rng.random(800) < 0.5
    return {
        "first": rng.normal(0, 1, 800) + 3 * (suspicious & half),
        "second": 100 * (rng.normal(0, 1, 800) + 3 * (suspicious & ~half)),
    }, suspicious


def test_two_parts_that_see_other_customers_are_better_together() -> None:
    scores, suspicious = drawn()
    is_validation = np.arange(800) < 400
    week = np.where(is_validation, 0, 1)
    score, made_of = stacked(scores, week, is_validation, known(suspicious[:400]), PARAMS)
    assert made_of.fitted is not None and min(made_of.fitted.weights.values()) > 0.3
    found = {}
    for name, mine in {**scores, "stack": score}.items():
        top = np.argsort(-mine[400:], kind="stable")[:40]
        found[name] = int(suspicious[400:][top].sum())
    assert found["stack"] > max(found["first"], found["second"])


def test_a_part_that_knows_the_opposite_counts_for_nothing() -> None:
    suspicious = np.arange(400) % 10 == 0
    rng = np.random.default_rng(1)
    good = weekly_places(suspicious + rng.normal(0, 0.5, 400), np.zeros(400))
    weights = fit_stack(np.column_stack([good, -good]), suspicious.astype(float), ONES, PARTS, 1.0)
    assert weights is not None and weights.weights["second"] == 0 and weights.weights["first"] > 1


def test_the_weight_of_a_label_counts() -> None:
    suspicious = (np.arange(400) % 10 == 0).astype(float)
    rng = np.random.default_rng(1)
    columns = np.column_stack([weekly_places(suspicious + rng.normal(0, 1, 400), np.zeros(400))] * 2)
    doubled = np.concatenate([columns, columns[suspicious > 0]])
    label = np.concatenate([suspicious, np.ones(40)])
    heavy = fit_stack(columns, suspicious, np.where(suspicious > 0, 2.0, 1.0), PARTS, 1e-6)
    twice = fit_stack(doubled, label, np.ones(440), PARTS, 1e-6)
    assert heavy is not None and twice is not None
    assert heavy.intercept == pytest.approx(twice.intercept, abs=1e-3)


def test_validation_is_scored_by_weights_that_other_customers_taught() -> None:
    """A customer whose label is turned changes nothing of its own score in validation."""
    scores, suspicious = drawn()
    is_validation, week = np.arange(800) < 400, np.zeros(800, np.int64)
    label = suspicious[:400].copy()
    before, _ = stacked(scores, week, is_validation, known(label), PARAMS)
    label[7] = not label[7]
    after, _ = stacked(scores, week, is_validation, known(label), PARAMS)
    assert after[7] == before[7]
    assert (after[:400] != before[:400]).any()


def test_where_nobody_is_suspicious_all_parts_count_alike() -> None:
    scores, _ = drawn()
    is_validation, week = np.arange(800) < 400, np.zeros(800, np.int64)
    score, made_of = stacked(scores, week, is_validation, known(np.zeros(400)), PARAMS)
    assert (made_of.fitted, made_of.customers, made_of.crossed) == (None, 0, [])
    alike = (weekly_places(scores["first"], week) + weekly_places(scores["second"], week)) / 2
    assert score == pytest.approx(alike)
