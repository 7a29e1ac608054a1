"""Gradient-boosted trees by LightGBM."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.zoo import MODELS, Choice, Examples, ModelSettings, Trial, draw_choice, emphasised
from parameters import LeavesRange, PartRange, PositiveRange, TreesRange

if TYPE_CHECKING:
    import lightgbm


class Settings(ModelSettings):
    """Section ``models.lightgbm``: search ranges, low and high."""

    trees: TreesRange
    learning_rate: PartRange
    num_leaves: LeavesRange
    min_sum_hessian_in_leaf: PositiveRange
    lambda_l2: PositiveRange
    feature_fraction: PartRange
    positive_weight: PositiveRange


class FittedLightgbm:
    """A LightGBM booster; scores are raw margins (log-odds)."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self.booster = booster

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, shape (n,)."""
        return np.asarray(self.booster.predict(examples.features.to_numpy(), raw_score=True))

    def save(self, path: Path) -> None:
        """Write LightGBM's text format."""
        self.booster.save_model(path)


class LightgbmModel:
    """Soft labels are learnt with the cross-entropy objective.

    The defaults (no L2, tiny leaves) fail at rare positives, so the search starts at 1.
    """

    settings = Settings
    file = "lightgbm.model"
    needs_graph = False
    is_trees = True

    def suggest(self, trial: Trial, settings: Settings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("feature_fraction",))

    def fit(self, examples: Examples, choice: Choice, settings: Settings, seed: int) -> FittedLightgbm:
        """Fit a booster with fixed threads and order, so that equal inputs give equal bytes."""
        import lightgbm

        options = {key: value for key, value in choice.items() if key not in ("trees", "positive_weight")}
        data = lightgbm.Dataset(
            examples.features.to_numpy(),
            label=examples.label,
            weight=emphasised(examples, choice["positive_weight"]),
            feature_name=list(examples.features.columns),
        )
        fixed = {
            "objective": "cross_entropy",
            "num_threads": settings.threads,
            "deterministic": True,
            "force_row_wise": True,
            "seed": seed,
            "verbosity": -1,
        }
        return FittedLightgbm(lightgbm.train(fixed | options, data, num_boost_round=choice["trees"]))

    def load(self, path: Path) -> FittedLightgbm:
        """Read LightGBM's text format."""
        import lightgbm

        return FittedLightgbm(lightgbm.Booster(model_file=path))


MODELS.register("lightgbm")(LightgbmModel())
