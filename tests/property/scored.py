"""A small model of the entangled bank, and what stage score says by it of all subjects in one process."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from features import build
from features import schema as feature_schema
from models import score
from models.budget import Budget
from models.examples import of_role, read_inputs
from models.schema import Split
from models.zoo import MODELS
from tests.property.dealt import KEYS

TREES: dict[str, Any] = {"trees": 20, "learning_rate": 0.1, "positive_weight": 1.0}
CHOICES = {
    "lightgbm": TREES | {"num_leaves": 15},
    "lightgbm_library": TREES | {"num_leaves": 15},
    "xgboost": TREES | {"max_depth": 4},
}
RANKER = "lightgbm"
LEARNT_FROM = "age_years"  # that firms lack, of whom nobody learns here


def split_of(built: build.ModelInputs) -> pd.DataFrame:
    """Drawn labels, and roles such that scored subjects have gaps which no training subject has."""
    age, as_of = built.matrix[LEARNT_FROM].to_numpy(), built.subjects["as_of"]
    chance = np.where(age > np.nanmedian(age), 0.3, 0.05)
    is_training = (as_of < as_of.median()).to_numpy() & ~np.isnan(age)
    return built.subjects[["subject_id", *KEYS]].assign(
        role=np.where(is_training, "train", "test"),
        label=(np.random.default_rng(3).random(len(age)) < chance).astype(float),
        weight=1.0,
        label_source="unreviewed",
        label_event_at=pd.NaT,
    )


def fit_chosen_model(built: build.ModelInputs, ranker: str = RANKER) -> None:
    """Write what stages build, split and train leave of a small model."""
    pipeline.write(feature_schema.FeatureMatrix, built.matrix.copy())
    pipeline.write(Split, split_of(built))
    (training,) = read_inputs([of_role(pipeline.read(Split), "train")], frozenset())
    model = MODELS[ranker]
    fitted = model.fit(training, CHOICES[ranker], pipeline.params(f"models.{ranker}", model.settings), seed=1)
    pipeline.save("models", model.file, fitted.save)


def scored_in_one(ranker: str = RANKER) -> pd.DataFrame:
    """What stage score says of all subjects, by customer and moment."""
    split = pipeline.read(Split)
    training = of_role(split, "train")
    everyone, nobody = read_inputs([split, split.iloc[:0]], frozenset(), training)
    assert everyone.gaps
    models = {ranker: MODELS[ranker].load(pipeline.existing("models", MODELS[ranker].file))}
    labels, budget = data_schema.Labels.empty(), pipeline.params("budget", Budget)
    inputs = score.ScoreInputs({"test": split}, {"test": everyone}, labels, models, split.iloc[:0], nobody)
    found = split[KEYS].assign(score=score.scored(inputs, budget)[ranker].astype(float))
    return found.sort_values(KEYS, ignore_index=True)
