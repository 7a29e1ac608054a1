"""A model that learns from planted schemes beside the bank's own labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.zoo import FEATURES_ALONE, LIBRARY, MODELS, Examples, with_library

MODEL = MODELS["lightgbm_library"]
CHOICE = {
    "trees": 30,
    "learning_rate": 0.1,
    "num_leaves": 7,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 1.0,
    "feature_fraction": 1.0,
    "positive_weight": 1.0,
}


def some(seed: int, column: str, count: int = 600) -> Examples:
    """Examples whose suspicious ones are high in one column."""
    rng = np.random.default_rng(seed)
    label = (rng.random(count) < 0.1).astype(float)
    values = pd.DataFrame(rng.standard_normal((count, 3)).astype(np.float32), columns=list("abc"))
    values[column] += (3 * label).astype(np.float32)
    return Examples(
        features=values,
        customer_id=np.arange(count),
        as_of=pd.Series(pd.date_range("2025-04-07", periods=count, freq="h", tz="UTC")),
        label=label,
        weight=np.ones(count),
    )


def lift(examples: Examples, score: np.ndarray) -> float:
    return float(score[examples.label == 1].mean() - score[examples.label == 0].mean())


def settings() -> object:
    return pipeline.params("models.lightgbm_library", MODEL.settings)


def test_it_finds_what_only_the_library_teaches_and_what_only_the_bank_does() -> None:
    both = replace(some(1, "a"), library=some(2, "b"))
    alone = MODEL.fit(replace(both, library=None), CHOICE, settings(), 1)
    taught = MODEL.fit(both, CHOICE, settings(), 1)
    of_library, of_bank = some(3, "b"), some(3, "a")
    assert lift(of_library, alone.scores(of_library)) < 0.5
    assert lift(of_library, taught.scores(of_library)) > 1.5
    assert lift(of_bank, taught.scores(of_bank)) > 1


def test_a_library_of_no_weight_to_speak_of_teaches_nothing() -> None:
    both = replace(some(1, "a"), library=some(2, "b"))
    light = settings().model_copy(update={"library_weight": 1e-6})  # type: ignore[attr-defined]
    of_library = some(3, "b")
    assert lift(of_library, MODEL.fit(both, CHOICE, light, 1).scores(of_library)) < 0.5


def test_a_column_that_the_library_cannot_say_is_no_column_for_the_others() -> None:
    library = some(2, "b")
    both = replace(some(1, "a"), library=replace(library, features=library.features.assign(a=np.nan)))
    assert np.isnan(with_library(both, 1.0).features["a"]).all()
    fitted, scored = MODEL.fit(both, CHOICE, settings(), 1), some(4, "a")
    changed = replace(scored, features=scored.features.assign(a=np.float32(9)))
    np.testing.assert_array_equal(fitted.scores(scored), fitted.scores(changed))


def test_joined_examples_are_those_of_both_and_weigh_as_told() -> None:
    bank, library = some(1, "a", 50), some(2, "b", 20)
    found = with_library(replace(bank, library=library), 0.5)
    assert found.library is None
    np.testing.assert_array_equal(found.features.to_numpy()[:50], bank.features.to_numpy())
    np.testing.assert_array_equal(found.features.to_numpy()[50:], library.features.to_numpy())
    assert found.weight.tolist() == [1.0] * 50 + [0.5] * 20
    assert with_library(bank, 0.5) is bank


def test_other_labels_are_the_banks_and_the_library_keeps_its_own() -> None:
    both = replace(some(1, "a"), library=some(2, "b"))
    label, weight = np.roll(both.label, 7), both.weight * 2
    relabelled = MODEL.learner(both, settings(), 1).relabelled(label, weight).fit(CHOICE)
    anew = MODEL.fit(replace(both, label=label, weight=weight), CHOICE, settings(), 1)
    scored = some(5, "a")
    np.testing.assert_array_equal(relabelled.scores(scored), anew.scores(scored))


def test_a_saved_model_scores_the_same_and_equal_fits_are_equal_bytes(tmp_path: Path) -> None:
    both, scored = replace(some(1, "a"), library=some(2, "b")), some(6, "b")
    files = [tmp_path / "one.model", tmp_path / "other.model"]
    for file in files:
        MODEL.fit(both, CHOICE, settings(), 1).save(file)
    assert files[0].read_bytes() == files[1].read_bytes()
    fitted = MODEL.fit(both, CHOICE, settings(), 1)
    np.testing.assert_array_equal(MODEL.load(files[0]).scores(scored), fitted.scores(scored))


def test_a_library_label_that_is_none_is_refused() -> None:
    library = some(2, "b")
    library.label[3] = np.nan
    with pytest.raises(pipeline.BadInput, match="as label"):
        MODEL.fit(replace(some(1, "a"), library=library), CHOICE, settings(), 1)


def test_only_who_asks_for_the_library_is_given_it() -> None:
    assert MODEL.needs == {LIBRARY}
    assert MODELS["lightgbm"].needs == FEATURES_ALONE
