"""Gradient-boosted trees by LightGBM, and what every LightGBM of the project is told.

Probes and the feature ladder fit small models of their own; they bin and grow here too, so
that none of them can forget `FIXED`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from models.zoo import (
    FEATURES_ALONE,
    LIBRARY,
    MODELS,
    Choice,
    Examples,
    Learner,
    ModelSettings,
    Trial,
    WithLibrary,
    believable,
    draw_choice,
    emphasised,
    learnable,
    library,
    with_library,
)
from parameters import LeavesRange, PartRange, Positive, PositiveRange, TreesRange

if TYPE_CHECKING:
    import lightgbm


FIXED: dict[str, Any] = {
    # Sums by column are the same for every number of threads, sums by row are not.
    "deterministic": True,
    "force_col_wise": True,
    # Bundling puts a flag of few rows into one column with a dense one and loses it there.
    "enable_bundle": False,
    "verbosity": -1,
}


def binned(values: np.ndarray, options: dict[str, Any], names: list[str] | None = None) -> lightgbm.Dataset:
    """Rows sorted into bins, which costs as much as a short fit; they serve many.

    ``values`` has shape (n, columns); float32 by column is read as it lies, all else is
    copied. ``options`` are those of the fits.
    """
    lightgbm = library("lightgbm")
    data = lightgbm.Dataset(values, params=options | FIXED, feature_name=names or "auto", free_raw_data=True)
    return data.construct()


def grown(
    data: lightgbm.Dataset, label: np.ndarray, weight: np.ndarray | None, options: dict[str, Any], trees: int
) -> lightgbm.Booster:
    """Trees grown on binned rows with labels and weights of shape (n,)."""
    lightgbm = library("lightgbm")
    data.set_label(label)
    data.set_weight(weight)
    return lightgbm.train(options | FIXED, data, num_boost_round=trees)


class LightgbmSettings(ModelSettings):
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


@dataclass(frozen=True)
class LightgbmLearner:
    """Binned examples; a fit brings labels, weights and its choice to them."""

    examples: Examples
    data: lightgbm.Dataset
    told: dict[str, Any]

    def fit(self, choice: Choice) -> FittedLightgbm:
        """Grow a booster with fixed threads and order, so that equal inputs give equal bytes."""
        options = {key: value for key, value in choice.items() if key not in ("trees", "positive_weight")}
        weight = emphasised(self.examples, choice["positive_weight"])
        grew = grown(self.data, self.examples.label, weight, self.told | options, choice["trees"])
        return FittedLightgbm(grew)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> LightgbmLearner:
        """The same bins under other labels and weights."""
        return replace(self, examples=believable(replace(self.examples, label=label, weight=weight)))


class LightgbmModel:
    """Soft labels are learnt with the cross-entropy objective.

    The defaults (no L2, tiny leaves) fail at rare positives, so the search starts at 1.
    """

    label_en = label_zh = "LightGBM"
    settings: type[LightgbmSettings] = LightgbmSettings
    file = "fitted/lightgbm.model"
    needs = FEATURES_ALONE
    is_trees = True
    is_supervised = True

    def suggest(self, trial: Trial, settings: LightgbmSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("feature_fraction",))

    def fit(
        self, examples: Examples, choice: Choice, settings: LightgbmSettings, seed: int
    ) -> FittedLightgbm:
        """Fit one booster."""
        return cast(FittedLightgbm, self.learner(examples, settings, seed).fit(choice))

    def learner(self, examples: Examples, settings: LightgbmSettings, seed: int) -> Learner:
        """Bin the examples."""
        told = {"objective": "cross_entropy", "num_threads": settings.threads, "seed": seed}
        names = list(examples.features.columns)
        data = binned(learnable(examples).features.to_numpy(), told, names)
        return LightgbmLearner(examples, data, told)

    def load(self, path: Path) -> FittedLightgbm:
        """Read LightGBM's text format."""
        lightgbm = library("lightgbm")
        return FittedLightgbm(lightgbm.Booster(model_file=path))


class LightgbmLibrarySettings(LightgbmSettings):
    """Section ``models.lightgbm_library``: the same ranges, and what a row of the library weighs.

    The weight is not searched: validation is judged by labels of the rules, which cannot see
    what the library adds.
    """

    library_weight: Positive


class LightgbmLibraryModel(LightgbmModel):
    """The same trees, taught by the bank's labels and by the schemes that it knows to describe."""

    label_en, label_zh = "LightGBM with typology library", "LightGBM（加类型库）"
    settings = LightgbmLibrarySettings
    file = "fitted/lightgbm_library.model"
    needs = frozenset({LIBRARY})

    def learner(self, examples: Examples, settings: LightgbmSettings, seed: int) -> Learner:
        """Bin the examples and the library's after them."""
        weight = cast(LightgbmLibrarySettings, settings).library_weight
        own = super().learner(with_library(examples, weight), settings, seed)
        return WithLibrary.of(own, examples, weight)


MODELS.register("lightgbm")(LightgbmModel())
MODELS.register("lightgbm_library")(LightgbmLibraryModel())
