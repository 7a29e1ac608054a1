"""What every probe learns with: one small LightGBM, ranks of held-out rows, a bootstrap of groups."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

import pipeline
from data.results import Interval
from models.intervals import bootstrap_by
from models.truth import fixed_trees
from models.truth.areas import AreaUnderRoc, ranks
from models.truth.fixed_trees import Trees
from parameters import Count, Part, in_order

Range = Annotated[
    tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]], AfterValidator(in_order)
]
WORST = 12  # strata, cells and columns that a list names


class Probe(pipeline.Parameters):
    """Section ``audit.probe`` of params.yaml: a small LightGBM for few rows, a larger one for payments."""

    few_rows: Trees
    own_payments: int = Field(ge=2, le=1_000_000)
    licit_per_illicit: int = Field(ge=1, le=1_000_000)
    folds: int = Field(ge=2, le=1_000)
    repeats: int = Field(ge=1, le=1_000)
    round_to_cny: Count
    exploratory_below: Count
    payments: Trees
    life_per_planned: Count
    life_least: Count
    life_share: Part
    ordinary_least: Count
    cell_least: Count
    cell_planned_share: Part
    others_learnt: Count
    wanted: dict[str, Range]


def held_out_ranks(
    columns: pd.DataFrame,
    is_positive: np.ndarray,
    fold: np.ndarray,
    trees: Trees,
    seed: int,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Rank of each row within its fold by a model that saw the other folds only. Shape (n,)."""
    values, result = columns.to_numpy(dtype=float), np.full(len(columns), np.nan)
    for number in np.unique(fold):
        held = fold == number
        mass = None if weight is None else weight[~held]
        booster = fixed_trees.fit(values[~held], is_positive[~held].astype(float), mass, trees, seed)
        # Models of two folds share no scale, their ranks do.
        result[held] = ranks(fixed_trees.margins(booster, values[held]))
    return result


def auc_interval(
    rank: np.ndarray,
    is_positive: np.ndarray,
    group: np.ndarray,
    draws: int,
    rng: np.random.Generator,
    weight: np.ndarray | None = None,
) -> Interval:
    """Area under the ROC with a 95 % interval from a bootstrap of whole groups."""
    area = AreaUnderRoc(rank, is_positive)
    mass = np.ones(len(rank)) if weight is None else weight
    return bootstrap_by(group, lambda drawn: area(drawn * mass), draws, rng)


def halves(group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 or 1 by row so that a group lies in one half. Shape (n,)."""
    names, number = np.unique(group, return_inverse=True)
    return np.asarray((rng.permutation(len(names)) % 2)[number])


def stratified_folds(is_positive: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """A fold by row, each with its share of the positives. Shape (n,)."""
    fold = np.empty(len(is_positive), np.int64)
    for side in (is_positive, ~is_positive):
        fold[side] = rng.permutation(int(side.sum())) % folds
    return fold
