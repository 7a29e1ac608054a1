"""Gradient-boosted trees by XGBoost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator, Field

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Anew,
    Choice,
    Examples,
    ModelSettings,
    Trial,
    by_row,
    draw_choice,
    emphasised,
    learnable,
    library,
)
from parameters import PartRange, PositiveRange, TreesRange, in_order

if TYPE_CHECKING:
    import xgboost


Depth = Annotated[int, Field(ge=1, le=20)]  # a tree of depth 20 may have a million leaves


class XgboostSettings(ModelSettings):
    """Section ``models.xgboost``: search ranges, low and high."""

    trees: TreesRange
    learning_rate: PartRange
    max_depth: Annotated[tuple[Depth, Depth], AfterValidator(in_order)]
    min_child_weight: PositiveRange
    reg_lambda: PositiveRange
    colsample_bytree: PartRange
    positive_weight: PositiveRange


class FittedXgboost:
    """An XGBoost booster; scores are raw margins (log-odds)."""

    def __init__(self, booster: xgboost.Booster) -> None:
        self.booster = booster

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, shape (n,)."""
        names, known = list(examples.features.columns), self.booster.feature_names
        if known is not None and names != known:
            raise ValueError("the features differ in name or order from those that the model learnt from")
        values = np.ascontiguousarray(examples.features.to_numpy())
        return np.asarray(self.booster.inplace_predict(values, predict_type="margin"))

    def save(self, path: Path) -> None:
        """Write XGBoost's JSON format."""
        path.write_bytes(self.booster.save_raw(raw_format="json"))


class XgboostModel:
    """Histogram trees with soft labels."""

    label_en = label_zh = "XGBoost"
    settings = XgboostSettings
    file = "fitted/xgboost.model"
    needs = FEATURES_ALONE
    is_trees = True
    is_supervised = True

    def suggest(self, trial: Trial, settings: XgboostSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("max_depth", "colsample_bytree"))

    def fit(self, examples: Examples, choice: Choice, settings: XgboostSettings, seed: int) -> FittedXgboost:
        """Fit a booster with fixed threads, so that equal inputs give equal bytes."""
        xgboost = library("xgboost")
        options = {key: value for key, value in choice.items() if key not in ("trees", "positive_weight")}
        # The bins are drawn by weight, so that other weights need other bins. By row they
        # are sorted in three quarters of the time that a matrix by column takes.
        data = xgboost.QuantileDMatrix(
            np.ascontiguousarray(learnable(examples).features.to_numpy()),
            label=examples.label,
            weight=emphasised(examples, choice["positive_weight"]),
            feature_names=list(examples.features.columns),
            nthread=settings.threads,
        )
        fixed = {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "nthread": settings.threads,
            "seed": seed,
        }
        return FittedXgboost(xgboost.train(fixed | options, data, num_boost_round=choice["trees"]))

    def learner(self, examples: Examples, settings: XgboostSettings, seed: int) -> Anew:
        """The examples by row, as XGBoost reads them."""
        return Anew(self, by_row(examples), settings, seed)

    def load(self, path: Path) -> FittedXgboost:
        """Read XGBoost's JSON format."""
        xgboost = library("xgboost")
        booster = xgboost.Booster()
        booster.load_model(bytearray(path.read_bytes()))
        return FittedXgboost(booster)


MODELS.register("xgboost")(XgboostModel())
