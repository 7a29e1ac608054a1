"""What the catalogue says of a feature: its window, how it is spread, how stable it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.words import Words
from features.catalogue import Feature, catalogue_table, differences, stability


def feature(name: str, **more) -> Feature:
    return Feature(name, "Words", "文字", "count", "sequence", "sequence", "Nowhere", **more)


@pytest.mark.parametrize(
    ("name", "window"),
    [("in_amount_7d", "7d"), ("fast_out_24h", "24h"), ("degree_7d_mean", "7d"), ("age_years", "day")],
)
def test_the_window_is_read_off_the_name(name: str, window: str) -> None:
    assert feature(name).look_back() == window
    assert feature(name, window="line").look_back() == "line"


def test_an_owner_who_is_not_named_in_both_languages_is_refused() -> None:
    assert feature("tenure").owner == Words("computed from payments", "由流水计算")
    with pytest.raises(ValueError, match="feature tenure: expected Chinese under 'zh', found 'Registry'"):
        feature("tenure", owner=Words("Registry", "Registry"))


def test_a_sample_is_stable_against_itself_and_not_against_a_moved_one() -> None:
    values = np.random.default_rng(1).normal(size=5_000)
    assert stability(values, values, 10, is_coded=False) == 0
    assert stability(values, values + 0.02, 10, is_coded=False) < 0.1
    assert stability(values, values + 1, 10, is_coded=False) > 0.25


def test_the_index_of_two_codes_is_the_textbook_sum() -> None:
    before, after = np.array([0.0] * 6 + [1.0] * 4), np.array([0.0] * 3 + [1.0] * 7)
    found = stability(before, after, 10, is_coded=True)
    one, other = np.array([0.6, 0.4]), np.array([0.3, 0.7])
    assert found == pytest.approx(((other - one) * np.log(other / one)).sum())


def sparse(size: int, share: float, seed: int) -> np.ndarray:
    """Zeros but for a share of the values, which are amounts."""
    rng = np.random.default_rng(seed)
    values = np.zeros(size)
    values[: round(share * size)] = rng.lognormal(5, 1, round(share * size))
    return values


def test_a_sparse_amount_that_becomes_common_has_moved() -> None:
    """From 5 % to 100 % of the values: every decile of the first sample is zero."""
    assert stability(sparse(20_000, 0.05, 1), sparse(20_000, 1.0, 2), 10, is_coded=False) > 5


@pytest.mark.parametrize("is_coded", [True, False])
def test_a_flag_that_was_never_set_in_training_and_is_later_has_moved(is_coded: bool) -> None:
    never, later = np.zeros(10_000), np.repeat([0.0, 1.0], [7_000, 3_000])
    assert stability(never, later, 10, is_coded) > 1


def test_a_sparse_count_twice_as_common_as_in_training_has_its_textbook_index() -> None:
    """8.5 % of the values and 18.9 % later, in two bins: none, some."""
    one, other = np.array([0.915, 0.085]), np.array([0.811, 0.189])
    by_hand = ((other - one) * np.log(other / one)).sum()
    assert by_hand == pytest.approx(0.0957, abs=1e-4)
    found = stability(sparse(100_000, 0.085, 1), sparse(100_000, 0.189, 2), 10, is_coded=False)
    assert found == pytest.approx(by_hand)


def test_a_code_that_training_lacks_is_a_bin_of_its_own() -> None:
    before, after = np.repeat([1.0, 3.0], 500), np.repeat([1.0, 2.0, 3.0], [300, 200, 500])
    one, other = np.array([500, 0.5, 500]) / 1_000.5, np.array([300, 200, 500]) / 1_000
    found = stability(before, after, 10, is_coded=True)
    assert found == pytest.approx(((other - one) * np.log(other / one)).sum())


def test_a_continuous_sample_has_the_index_of_its_deciles() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.normal(size=5_000), rng.normal(0.3, 1, 5_000)
    edges = np.quantile(before, np.arange(1, 10) / 10)
    one, other = (np.bincount(np.searchsorted(edges, v), minlength=10) / 5_000 for v in (before, after))
    found = stability(before, after, 10, is_coded=False)
    assert found == pytest.approx(((other - one) * np.log(other / one)).sum())


def test_values_that_go_missing_are_a_shift() -> None:
    values = np.arange(1_000.0)
    assert stability(values, np.where(values < 400, np.nan, values), 10, is_coded=False) > 0.25


def test_nothing_to_compare_has_no_index() -> None:
    assert np.isnan(stability(np.empty(0), np.ones(3), 10, is_coded=False))
    assert stability(np.full(4, np.nan), np.full(4, np.nan), 10, is_coded=False) == 0


def test_differences_count_what_differs_and_take_missing_as_equal() -> None:
    one = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, 2.0, 3.0]}, dtype=np.float32)
    other = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [1.0, 2.0, 3.0]}, dtype=np.float32)
    found = differences(one, other)
    assert found["masked_values"].tolist() == [3, 3]
    assert found["masked_differences"].tolist() == [1, 0]


def test_coverage_counts_only_those_to_whom_a_feature_applies() -> None:
    matrix = pd.DataFrame({"capital": np.array([np.nan, np.nan, 5.0, np.nan], np.float32)})
    kind = np.array(["person", "person", "company", "micro_business"])
    role = np.array(["train", "test", "train", "test"])
    masked = differences(matrix.iloc[:0], matrix.iloc[:0])
    (row,) = catalogue_table(
        [feature("capital", applies_to="firm")], matrix, kind, role, masked, 10
    ).itertuples()
    assert (row.missing_share, row.coverage, row.window) == (0.75, 0.5, "day")
