"""Ways to learn from rare positives: the loss, the samples, and what a way is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.imbalance import HANDLINGS, Task, Ways, between, focal_derivatives
from models.zoo import Examples

TREES = Trees(
    objective="cross_entropy",
    count=10,
    learning_rate=0.2,
    num_leaves=4,
    min_data_in_leaf=5,
    min_sum_hessian_in_leaf=1.0,
    lambda_l2=1.0,
    feature_fraction=1.0,
    positive_weight=3.0,
    max_bin=63,
    threads=1,
)
WAYS = Ways(
    weights=(3, 10),
    focal_power=2,
    sampled_share=0.2,
    smote_neighbours=3,
    smote_multiple=2,
    loose_hessian=0.001,
    tight_hessian=5,
    tight_l2=20,
)


def task(count: int = 4_000) -> tuple[Task, np.ndarray]:
    """A task whose first column tells few rows apart, and which of the judged rows are positive."""
    rng = np.random.default_rng(3)

    def drawn() -> tuple[np.ndarray, np.ndarray]:
        values = rng.standard_normal((count, 4)).astype(np.float32)
        chance = expit(2.0 * values[:, 0] - 6.0)
        return values, (rng.random(count) < chance).astype(float)

    (values, label), (judged, is_positive) = drawn(), drawn()
    train = Examples(
        features=pd.DataFrame(values, columns=list("abcd")),
        customer_id=np.arange(count),
        as_of=pd.Series(pd.date_range("2025-01-06", periods=count, freq="h", tz="UTC")),
        label=label,
        weight=np.full(count, 0.5),
    )
    data = fixed_trees.bins(values, TREES, 1)
    return Task(train, data, judged, TREES, WAYS, 1), is_positive.astype(bool)


def loss(margin: np.ndarray, label: np.ndarray, power: float) -> np.ndarray:
    """The focal loss for beliefs, in words of its paper."""
    chance = expit(margin)
    entropy = -(label * np.log(chance) + (1 - label) * np.log(1 - chance))
    return np.abs(chance - label) ** power * entropy


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("label", [0.0, 0.3, 1.0])
def test_the_derivatives_of_the_focal_loss_are_its_slopes(power: float, label: float) -> None:
    margin, step = np.linspace(-5, 5, 41), 1e-4
    labels = np.full(len(margin), label)
    first, second = focal_derivatives(margin, labels, power)
    slope = (loss(margin + step, labels, power) - loss(margin - step, labels, power)) / (2 * step)
    assert np.allclose(first, slope, atol=1e-6)
    ahead, behind = (focal_derivatives(margin + move, labels, power)[0] for move in (step, -step))
    curvature = (ahead - behind) / (2 * step)
    assert np.allclose(second, np.maximum(curvature, 1e-6), atol=1e-5)


@pytest.mark.parametrize("belief", [0.04, 0.3])
def test_focal_loss_is_least_where_the_chance_is_the_belief(belief: float) -> None:
    margin = np.linspace(-6, 4, 4_001)
    least = margin[np.argmin(loss(margin, np.full(len(margin), belief), 2.0))]
    assert expit(least) == pytest.approx(belief, abs=0.002)
    first, _ = focal_derivatives(np.array([least - 1, least + 1]), np.full(2, belief), 2.0)
    assert first[0] < 0 < first[1]


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_for_true_and_false_it_is_the_focal_loss_of_the_first_paper(label: float) -> None:
    margin = np.linspace(-4, 4, 9)
    right = expit(margin if label else -margin)
    assert np.allclose(loss(margin, np.full(9, label), 2.0), -((1 - right) ** 2) * np.log(right))


def test_focal_loss_counts_a_row_little_that_is_told_apart_already() -> None:
    margin, label = np.array([6.0, 0.0]), np.ones(2)
    sure, unsure = np.abs(focal_derivatives(margin, label, 2.0)[0])
    plain_sure, plain_unsure = np.abs(focal_derivatives(margin, label, 0.0)[0])
    assert sure / unsure < 0.01 * plain_sure / plain_unsure


def test_made_rows_lie_between_like_rows_and_flags_and_gaps_stay_what_they_are() -> None:
    rng = np.random.default_rng(5)
    values = rng.standard_normal((60, 3)).astype(np.float32)
    values[:, 1] = rng.integers(2, size=60)
    values[4, 2] = np.nan
    rows = np.arange(10)
    scaled = np.nan_to_num(values)
    made, parent = between(values, scaled, rows, 3, 5, rng)
    assert made.shape == (50, 3)
    assert np.array_equal(np.sort(parent), np.repeat(rows, 5))
    assert np.array_equal(made[:, 1], values[parent, 1]), "a flag lies between 0 and 1"
    assert np.isnan(made[parent == 4, 2]).all()
    low, high = values[rows, 0].min(), values[rows, 0].max()
    assert ((made[:, 0] >= low) & (made[:, 0] <= high)).all()
    assert (made[:, 0] != values[parent, 0]).any()


def test_every_handling_finds_a_planted_signal_and_leaves_the_bins_to_the_next() -> None:
    mine, is_positive = task()
    plain = HANDLINGS["nothing"].scores(mine)
    for name, handling in HANDLINGS.items():
        score = handling.scores(mine)
        assert np.isfinite(score).all(), name
        assert score[is_positive].mean() > score[~is_positive].mean() + 0.5, name
    assert np.array_equal(HANDLINGS["nothing"].scores(mine), plain), "an earlier way changed the bins"


def test_sampling_is_set_right_and_even_weights_are_not() -> None:
    """Mean probability over the base rate: near 1 after the correction, far above it where weights lie."""
    mine, is_positive = task()
    rate = is_positive.mean()
    level = {name: expit(HANDLINGS[name].scores(mine)).mean() / rate for name in ("sampled", "weighted_even")}
    assert 0.6 < level["sampled"] < 1.6
    assert level["weighted_even"] > 5


def test_every_handling_has_words_in_both_languages() -> None:
    for handling in HANDLINGS.values():
        assert handling.label_en.isascii()
        assert not handling.label_zh.isascii()
