"""A value that training always had and a scored row lacks: said, counted, filled; models agree on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.examples import examples_of, filled, of_role
from models.zoo import MODELS, Examples
from models.zoo.gaps import Gap, without_new_gaps

WEEK = pd.Timestamp("2025-11-03", tz="UTC")


def matrix(**columns: list[float]) -> pd.DataFrame:
    table = pd.DataFrame(columns).astype(np.float32)
    table.insert(0, "subject_id", np.arange(len(table)) * 10)
    return table


def split(*roles: str) -> pd.DataFrame:
    size = len(roles)
    return pd.DataFrame(
        {
            "subject_id": np.arange(size) * 10,
            "customer_id": np.arange(size),
            "as_of": WEEK,
            "role": roles,
            "label": 0.0,
            "weight": 1.0,
        }
    )


def scored(roles: pd.DataFrame, table: pd.DataFrame, role: str) -> Examples:
    """The subjects of a role as they are scored."""
    features = table.drop(columns="subject_id")
    given = examples_of(of_role(roles, role), features[(roles["role"] == role).to_numpy()], None)
    return filled(given, features[(roles["role"] == "train").to_numpy()])


def test_a_gap_that_training_never_had_is_filled_with_its_median_and_counted() -> None:
    table = matrix(known=[1, 2, 9, np.nan, 4], gappy=[np.nan, 2, 3, np.nan, 5])
    roles = split("train", "train", "train", "test", "test")
    found = scored(roles, table, "test")
    assert found.features["known"].tolist() == [2, 4]
    assert np.isnan(found.features["gappy"].iloc[0]), "a gap that training had is learnt from, not filled"
    assert found.gaps == (Gap("known", 1, 2, 2.0),)
    assert found.features["known"].dtype == np.float32
    assert str(found.gaps[0]) == (
        "known is missing in 1 of 2 scored rows and never was in training: filled with the training median, 2"
    )


def test_the_median_is_of_the_training_rows_alone() -> None:
    table = matrix(known=[1, 1, 1_000, 1_000, 1_000, np.nan])
    found = scored(split("train", "train", *["validation"] * 3, "test"), table, "test")
    assert found.features["known"].tolist() == [1]


def test_training_rows_are_never_filled() -> None:
    table = matrix(known=[np.nan, 2], other=[1, 2])
    found = scored(split("train", "test"), table, "train")
    assert np.isnan(found.features["known"].iloc[0]) and found.gaps == ()


def test_without_gaps_the_features_are_the_same_object() -> None:
    table = matrix(known=[1, 2, 3])
    features = table[["known"]]
    assert without_new_gaps(features, table.iloc[:2])[0] is features
    empty = features.assign(known=np.nan)
    assert without_new_gaps(empty, table.iloc[:0]) == (empty, ())


def fitted(name: str, features: pd.DataFrame, label: np.ndarray):
    model = MODELS[name]
    settings = pipeline.params(f"models.{name}", model.settings)
    choice = {key: value[0] for key, value in settings if isinstance(value, tuple)}
    choice |= {"trees": 40, "learning_rate": 0.3, "max_depth": 3} if name == "xgboost" else {"trees": 40}
    return model.fit(examples(features, label), choice, settings, 1)


def examples(features: pd.DataFrame, label: np.ndarray) -> Examples:
    size = len(features)
    return Examples(features, np.arange(size), pd.Series([WEEK] * size), label, np.ones(size))


def test_the_libraries_disagree_on_such_a_gap_and_after_the_filling_agree() -> None:
    """LightGBM 4.7 takes it as 0 and XGBoost 3.2 as larger than all; filled, both see an ordinary row."""
    rng = np.random.default_rng(1)
    amount = rng.uniform(10, 1_000, 4_000).astype(np.float32)
    training = pd.DataFrame({"amount": amount, "noise": rng.normal(size=4_000).astype(np.float32)})
    label = (amount > 505).astype(float)  # beside the median, which is below
    gap = pd.DataFrame({"amount": [np.nan], "noise": [0.0]}, dtype=np.float32)
    filled, (said,) = without_new_gaps(gap, training)
    assert said.feature == "amount" and said.fill == pytest.approx(np.median(amount))
    scores = {}
    for name in ("lightgbm", "xgboost"):
        model = fitted(name, training, label)
        scores[name] = [model.scores(examples(row, np.zeros(1)))[0] for row in (gap, filled)]
        at_zero, at_top = (
            model.scores(examples(gap.assign(amount=np.float32(end)), np.zeros(1)))[0] for end in (0, 1e9)
        )
        assert scores[name][0] == (at_zero if name == "lightgbm" else at_top)
    assert scores["lightgbm"][0] < 0 < scores["xgboost"][0]
    assert np.sign(scores["lightgbm"][1]) == np.sign(scores["xgboost"][1])
