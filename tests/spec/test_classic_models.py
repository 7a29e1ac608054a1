"""What linear models, forests and anomaly scores of the zoo have in common."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.zoo import MODELS
from models.zoo.scaling import ROWS_AT_A_TIME
from tests.spec.classic import CHOICE, SUPERVISED, UNSUPERVISED, crowd, fit, order, settings_for, table

EVERY = sorted([*SUPERVISED, *UNSUPERVISED])


@pytest.mark.parametrize("name", SUPERVISED)
def test_a_signal_is_found_in_subjects_never_seen(name: str) -> None:
    later = table(seed=2)
    assert order(fit(name, table()).scores(later), later.label > 0) > 0.93


@pytest.mark.parametrize("name", SUPERVISED)
def test_labels_dealt_anew_teach_nothing(name: str) -> None:
    examples, later = table(), table(seed=2)
    rng = np.random.default_rng(5)
    found = [
        order(
            fit(name, replace(examples, label=rng.permutation(examples.label))).scores(later), later.label > 0
        )
        for _ in range(8)
    ]
    assert 0.3 < np.mean(found) < 0.7


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_who_is_unlike_all_others_has_the_highest_score(name: str) -> None:
    examples = crowd()
    is_lonely = np.arange(510) >= 500
    assert order(fit(name, examples).scores(examples), is_lonely) > 0.85


@pytest.mark.parametrize("name", EVERY)
def test_a_model_says_whether_it_learns_from_labels(name: str) -> None:
    examples = table()
    turned = replace(examples, label=1 - examples.label)
    is_same = np.array_equal(fit(name, examples).scores(examples), fit(name, turned).scores(examples))
    assert is_same == (not MODELS[name].is_supervised)


@pytest.mark.parametrize("name", EVERY)
def test_a_model_read_back_gives_the_same_scores(name: str, tmp_path: Path) -> None:
    examples = table()
    fitted = fit(name, examples)
    fitted.save(tmp_path / "model")
    again = MODELS[name].load(tmp_path / "model")
    np.testing.assert_array_equal(again.scores(examples), fitted.scores(examples))


@pytest.mark.parametrize("name", EVERY)
def test_equal_parameters_give_equal_bytes(name: str, tmp_path: Path) -> None:
    for file in ("one", "two"):
        fit(name, table()).save(tmp_path / file)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("name", ["isolation_forest", "k_means", "random_forest", "svm_rbf"])
def test_what_is_drawn_hangs_on_the_seed(name: str) -> None:
    examples = table()
    assert not np.array_equal(fit(name, examples).scores(examples), fit(name, examples, 2).scores(examples))


@pytest.mark.parametrize("name", EVERY)
def test_other_columns_or_another_order_are_refused(name: str) -> None:
    examples = table()
    fitted = fit(name, examples)
    for columns in (list("edcba"), list("abcd")):
        with pytest.raises(ValueError, match="name or order"):
            fitted.scores(replace(examples, features=examples.features[columns]))


@pytest.mark.parametrize("name", EVERY)
def test_the_score_of_a_subject_does_not_hang_on_its_neighbours_in_memory(name: str) -> None:
    examples = table()
    fitted = fit(name, examples)
    many = examples.features.loc[np.arange(ROWS_AT_A_TIME + 700) % 600].reset_index(drop=True)
    whole = fitted.scores(replace(examples, features=many))
    assert whole.shape == (ROWS_AT_A_TIME + 700,)
    np.testing.assert_allclose(whole, np.resize(fitted.scores(examples), len(whole)), rtol=1e-4, atol=1e-4)
    by_column = np.asfortranarray(examples.features.to_numpy())
    turned = pd.DataFrame(by_column, columns=examples.features.columns, copy=False)
    np.testing.assert_array_equal(fitted.scores(replace(examples, features=turned)), fitted.scores(examples))


@pytest.mark.parametrize("name", EVERY)
def test_nobody_to_score_is_no_score(name: str) -> None:
    examples = table()
    nobody = replace(examples, features=examples.features.iloc[:0])
    assert fit(name, examples).scores(nobody).shape == (0,)


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"random_forest"}))
def test_a_gap_is_read_as_the_mean_and_a_giant_as_the_end_of_the_scale(name: str) -> None:
    examples = table()
    fitted = fit(name, examples)
    scale = fitted.scale  # type: ignore[attr-defined]
    rows = examples.features.iloc[[0] * 4].reset_index(drop=True)
    rows.loc[:, "a"] = np.float32([np.nan, np.expm1(scale.mean[0]), 1e20, 1e25])
    assert scale.mean[0] > 0  # the inverse of the signed logarithm above is that of its upper half
    score = fitted.scores(replace(examples, features=rows))
    np.testing.assert_allclose(score[0], score[1], rtol=1e-4, atol=1e-5)
    assert score[2] == score[3]


@pytest.mark.parametrize("name", EVERY)
def test_a_column_without_any_value_and_one_without_spread_harm_nothing(name: str) -> None:
    examples, later = table(), table(seed=2)
    empty = {"f": np.float32(np.nan), "g": np.float32(7)}
    score = fit(name, replace(examples, features=examples.features.assign(**empty))).scores(
        replace(later, features=later.features.assign(**empty))
    )
    assert np.isfinite(score).all()
    assert len(np.unique(score)) > 100


@pytest.mark.parametrize("name", SUPERVISED)
def test_the_weight_of_a_row_decides_between_two_opinions(name: str) -> None:
    """The same subjects with two labels: the heavier one is believed."""
    one = table()
    both = pd.concat([one.features, one.features], ignore_index=True)
    label = np.concatenate([one.label, 1 - one.label])
    doubled = replace(
        one,
        features=both,
        customer_id=np.arange(1_200),
        as_of=pd.concat([one.as_of, one.as_of], ignore_index=True),
        label=label,
    )
    later = table(seed=2)
    for first, second, is_right in ((9.0, 0.1, True), (0.1, 9.0, False)):
        weight = np.repeat([first, second], 600)
        score = fit(name, replace(doubled, weight=weight), positive_weight=1.0).scores(later)
        assert (order(score, later.label > 0) > 0.9) is is_right
        assert (order(score, later.label > 0) < 0.1) is not is_right


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_who_is_heavy_is_ordinary(name: str) -> None:
    """Those without habits are unusual where they weigh little, and no more so where they weigh much."""
    examples = crowd(lonely=100)
    is_lonely = np.arange(600) >= 500
    light, heavy = (
        fit(name, replace(examples, weight=np.where(is_lonely, weight, 1.0))).scores(examples)
        for weight in (0.01, 100.0)
    )
    assert order(heavy, is_lonely) < order(light, is_lonely) - 0.05


@pytest.mark.parametrize("name", SUPERVISED)
def test_a_belief_between_nothing_and_certainty_is_learnt_as_such(name: str) -> None:
    """Those of belief one half come between those of none and of certainty."""
    examples = table(1_500)
    third = examples.features["c"].rank(pct=True).to_numpy()
    label = np.where(third > 2 / 3, 1.0, np.where(third > 1 / 3, 0.5, 0.0))
    score = fit(name, replace(examples, label=label), positive_weight=1.0).scores(examples)
    low, middle, high = (score[label == value].mean() for value in (0, 0.5, 1))
    assert low + 0.2 * (high - low) < middle < high - 0.2 * (high - low)


@pytest.mark.parametrize("name", SUPERVISED)
def test_what_is_counted_many_times_is_ranked_higher(name: str) -> None:
    examples = table()
    light, heavy = (fit(name, examples, positive_weight=many).scores(examples).mean() for many in (1.0, 9.0))
    assert heavy > light


@pytest.mark.parametrize("name", EVERY)
def test_a_learner_under_other_labels_and_weights_fits_as_a_model_does_alone(name: str) -> None:
    examples = table()
    other = replace(examples, label=examples.label[::-1].copy(), weight=np.arange(1.0, 601.0))
    learner = MODELS[name].learner(examples, settings_for(name), 1)
    turned = learner.relabelled(other.label, other.weight)
    for given, ready in ((examples, learner), (other, turned)):
        np.testing.assert_array_equal(
            ready.fit(CHOICE[name]).scores(examples), fit(name, given).scores(examples)
        )


@pytest.mark.parametrize("name", EVERY)
def test_a_learner_refuses_labels_that_are_none(name: str) -> None:
    examples = table()
    learner = MODELS[name].learner(examples, settings_for(name), 1)
    label = examples.label.copy()
    label[3] = np.nan
    with pytest.raises(pipeline.BadInput, match=r"row 3 .*: expected a number from 0 to 1 as label"):
        learner.relabelled(label, examples.weight).fit(CHOICE[name])
