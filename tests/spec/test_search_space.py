"""What a model's search draws, and which of the training weeks it learns from."""

from __future__ import annotations

import numpy as np
import optuna
import pandas as pd
import pytest

import pipeline
from models.examples import thinned
from models.zoo import MODELS


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_range_is_searched_within_its_ends(name: str) -> None:
    model = MODELS[name]
    settings = pipeline.params(f"models.{name}", model.settings)
    ranges = {key: value for key, value in settings if isinstance(value, tuple)}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
    for _ in range(50):
        choice = model.suggest(study.ask(), settings)
        assert choice.keys() == ranges.keys()
        for key, (low, high) in ranges.items():
            assert low <= choice[key] <= high
            assert isinstance(choice[key], type(low))


def test_a_logarithmic_range_is_searched_evenly_by_order_of_magnitude() -> None:
    settings = pipeline.params("models.lightgbm", MODELS["lightgbm"].settings).model_copy(
        update={"lambda_l2": (1.0, 100.0), "feature_fraction": (0.0, 1.0)}
    )
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
    drawn = [MODELS["lightgbm"].suggest(study.ask(), settings) for _ in range(400)]
    assert 0.4 < sum(choice["lambda_l2"] < 10 for choice in drawn) / 400 < 0.6
    assert 0.4 < sum(choice["feature_fraction"] < 0.5 for choice in drawn) / 400 < 0.6


def test_a_search_keeps_whoever_is_suspected_and_the_weight_of_all_others() -> None:
    rng = np.random.default_rng(4)
    count = 20_000
    label = np.where(rng.random(count) < 0.01, 0.4, 0.0)
    every = pd.DataFrame(
        {
            "number": np.arange(count),
            "customer_id": np.arange(count),
            "as_of": pd.Series(pd.date_range("2025-01-06", periods=count, freq="h", tz="UTC")),
            "label": label,
            "weight": np.full(count, 0.3),
        }
    )
    few = thinned(every, 0.25, rng)
    assert 0.23 < (few.label == 0).mean() * len(few.label) / (label == 0).sum() < 0.27
    assert (few.label > 0).sum() == (label > 0).sum()
    assert np.allclose(few.weight[few.label > 0], 0.3)
    assert np.isclose(few.weight.sum(), every.weight.sum(), rtol=0.05)
    assert (few["number"] == few["customer_id"]).all()
    assert (few["as_of"].to_numpy() == every["as_of"].to_numpy()[few["customer_id"]]).all()
