"""What every probe learns with: one small LightGBM, ranks of held-out rows, a bootstrap of groups."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

import pipeline
from models.metrics import Interval, interval
from models.truth.difficulty import AreaUnderRoc, ranks
from models.zoo.lightgbm import binned, grown
from parameters import Count, Leaves, Part, Positive, Threads, TreeCount, in_order

Range = Annotated[
    tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]], AfterValidator(in_order)
]
NOTHING: Interval = {"value": None, "low": None, "high": None}


class Trees(pipeline.Parameters):
    """One LightGBM, never tuned."""

    trees: TreeCount
    learning_rate: Part
    num_leaves: Leaves
    min_data_in_leaf: Count
    min_sum_hessian_in_leaf: Positive
    lambda_l2: float = Field(ge=0, le=1e9)
    threads: Threads

    def options(self, seed: int) -> dict[str, Any]:
        """What LightGBM is told of it."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_data_in_leaf,
            "min_sum_hessian_in_leaf": self.min_sum_hessian_in_leaf,
            "lambda_l2": self.lambda_l2,
            "num_threads": self.threads,
            "seed": seed,
        }


class Probe(Trees):
    """Section ``audit.probe`` of params.yaml: a small LightGBM for few rows, a larger one for payments."""

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
    options = trees.options(seed)
    for number in np.unique(fold):
        held = fold == number
        data = binned(values[~held], options)
        mass = None if weight is None else weight[~held]
        booster = grown(data, is_positive[~held].astype(float), mass, options, trees.trees)
        # Models of two folds share no scale, their ranks do.
        result[held] = ranks(np.asarray(booster.predict(values[held], raw_score=True)))
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
    _, number = np.unique(group, return_inverse=True)
    groups = int(number.max()) + 1
    area = AreaUnderRoc(rank, is_positive)
    even = np.full(groups, 1 / groups)
    mass = np.ones(len(rank)) if weight is None else weight
    sample = [area(rng.multinomial(groups, even).astype(float)[number] * mass) for _ in range(draws)]
    low, high = np.nanquantile(sample, [0.025, 0.975])
    return interval(area(mass), float(low), float(high))


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
