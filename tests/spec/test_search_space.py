"""What a model's search draws: one value within each range of its section."""

from __future__ import annotations

import optuna
import pytest

import pipeline
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
