"""Numbers with their intervals: rounding, shares of counts, and whole groups drawn together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from data.results import Interval
from models.intervals import (
    UNMEASURED,
    bootstrap_by,
    drawn,
    group_share,
    interval,
    mean_by_group,
    middle_part,
    quantile,
    ratio,
    rounded,
    wilson,
)


def weighted_mean(value: np.ndarray, weight: np.ndarray) -> float:
    return float((value * weight).sum() / weight.sum())


def test_numbers_are_rounded_to_four_digits_and_nan_is_none() -> None:
    assert interval(0.123449, float("nan"), 1) == Interval(value=0.1234, low=None, high=1.0)
    assert rounded(0.123449, 2) == 0.12
    assert rounded(float("nan")) is None


def test_nothing_over_nothing_and_a_quantile_of_nothing_are_unknown() -> None:
    assert np.isnan(ratio(0, 0)) and np.isnan(quantile(np.zeros(0), 0.5))
    assert (ratio(1, 4), quantile(np.array([1.0, 3.0]), 0.5)) == (0.25, 2.0)


def test_the_middle_of_a_sample_leaves_out_what_is_no_number() -> None:
    sample = np.append(np.arange(101.0), [np.nan, np.inf])
    assert middle_part(sample) == (2.5, 97.5)
    assert np.isnan(middle_part(np.array([np.nan]))).all()


@pytest.mark.parametrize("size", [1, 5, 40, 979])
def test_a_share_agrees_with_scipy_as_far_as_1_96_is_the_quantile(size: int) -> None:
    for hits in {0, 1, size // 3, size}:
        mine, other = wilson(hits, size), binomtest(hits, size).proportion_ci(method="wilson")
        assert mine.low == pytest.approx(other.low, abs=1.1e-4)
        assert mine.high == pytest.approx(other.high, abs=1.1e-4)


def test_a_small_group_has_no_share() -> None:
    assert group_share(1, 4, least=5) == UNMEASURED
    assert group_share(1, 5, least=5) == wilson(1, 5)


def test_the_first_weighting_has_every_group_once_and_the_others_as_many_in_all() -> None:
    weight = drawn(7, 50, 1)
    assert weight.shape == (51, 7)
    assert weight[0].tolist() == [1] * 7
    assert (weight.sum(axis=1) == 7).all()
    assert drawn(0, 5, 1).shape == (6, 0)


def test_rows_of_one_group_are_one_observation() -> None:
    """Ten copies of each row say no more than one, if they are drawn together."""
    value, group = np.random.default_rng(1).random(30), np.arange(30)
    once = bootstrap_by(group, lambda weight: weighted_mean(value, weight), 200, 7)
    many = np.repeat(value, 10)
    together = bootstrap_by(np.repeat(group, 10), lambda weight: weighted_mean(many, weight), 200, 7)
    apart = bootstrap_by(np.arange(300), lambda weight: weighted_mean(many, weight), 200, 7)
    assert together == once
    assert once.low < apart.low < apart.high < once.high


def test_a_bootstrap_of_one_group_says_nothing_of_its_spread() -> None:
    value = np.array([0.0, 1.0])
    found = bootstrap_by(np.zeros(2), lambda weight: weighted_mean(value, weight), 20, 1)
    assert found == Interval(value=0.5, low=0.5, high=0.5)


def test_a_generator_goes_on_where_a_seed_begins_anew() -> None:
    value, group = np.arange(20.0), np.arange(20)
    rng = np.random.default_rng(3)
    first, second, seeded = (
        bootstrap_by(group, lambda weight: weighted_mean(value, weight), 50, seed) for seed in (rng, rng, 3)
    )
    assert first == seeded != second


def test_a_mean_by_group_is_that_of_the_rows_and_its_draws_are_those_of_bootstrap_by() -> None:
    value, group = np.array([0.0, 1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 1, 2, 2])
    found = mean_by_group(value, group, drawn(3, 100, 5))
    assert found.value == 0.6
    assert found == bootstrap_by(group, lambda weight: weighted_mean(value, weight), 100, 5)
    assert mean_by_group(np.zeros(0), np.zeros(0, int), drawn(0, 10, 1)) == UNMEASURED
