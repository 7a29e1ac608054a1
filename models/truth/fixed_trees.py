"""The yardstick of the audit's experiments: one LightGBM with one choice of parameters, never tuned.

Ladder, label trials and probes compare what is learnt from (features, labels, payments),
so that what learns must stay the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

import pipeline
from models.zoo import lightgbm as zoo
from parameters import Count, Leaves, Part, Positive, Threads, TreeCount

if TYPE_CHECKING:
    import lightgbm


class Trees(pipeline.Parameters):
    """How the trees of one experiment are grown, in the names of LightGBM.

    ``objective`` is ``cross_entropy`` where labels are beliefs, ``binary`` where they are
    true or false.
    """

    objective: Literal["binary", "cross_entropy"]
    count: TreeCount
    learning_rate: Part
    num_leaves: Leaves
    min_data_in_leaf: Count
    min_sum_hessian_in_leaf: Positive
    lambda_l2: float = Field(ge=0, le=1e9)
    feature_fraction: Part
    positive_weight: Positive
    max_bin: int = Field(ge=3, le=65_535)
    threads: Threads

    def options(self, seed: int) -> dict[str, Any]:
        """What LightGBM is told: fixed threads and order, so that equal inputs give equal trees."""
        told = self.model_dump(exclude={"count", "positive_weight", "threads"})
        return told | {"num_threads": self.threads, "seed": seed}


def bins(values: np.ndarray, trees: Trees, seed: int, names: list[str] | None = None) -> lightgbm.Dataset:
    """Training rows sorted into bins, which costs as much as a fit and serves many; shape (n, columns)."""
    return zoo.binned(values, trees.options(seed), names)


def fit_bins(
    data: lightgbm.Dataset, label: np.ndarray, weight: np.ndarray | None, trees: Trees, seed: int
) -> lightgbm.Booster:
    """Trees on rows in `bins`; labels lie between 0 and 1, without ``weight`` every row weighs the same."""
    if trees.positive_weight != 1:
        mass = np.ones(len(label)) if weight is None else weight
        weight = mass * np.where(label >= 0.5, trees.positive_weight, 1.0)
    return zoo.grown(data, label, weight, trees.options(seed), trees.count)


def fit(
    values: np.ndarray, label: np.ndarray, weight: np.ndarray | None, trees: Trees, seed: int
) -> lightgbm.Booster:
    """Trees on rows of shape (n, columns); labels and weights of shape (n,)."""
    return fit_bins(bins(values, trees, seed), label, weight, trees, seed)


def margins(booster: lightgbm.Booster, values: np.ndarray) -> np.ndarray:
    """Raw margin by row, shape (n,)."""
    return np.asarray(booster.predict(values, raw_score=True))
