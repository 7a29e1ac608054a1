"""Ways to learn from rare positives, each by the fixed model: weights, losses, samples, regularisation.

Every way is a function from training rows to margins of the judged rows, entered in
`HANDLINGS` with its labels. Those that change neither rows nor loss share one binning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field
from scipy.special import expit, logit

import pipeline
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.zoo import Examples
from models.zoo import lightgbm as zoo
from models.zoo.scaling import Scale
from parameters import Count, Part, Positive, PositiveRange

if TYPE_CHECKING:
    import lightgbm

LEAST_CURVATURE = 1e-6  # LightGBM divides by the second derivative, which focal loss lets go below zero


class Ways(pipeline.Parameters):
    """How strongly each way is applied: section ``audit_imbalance.ways``."""

    weights: PositiveRange
    focal_power: float = Field(ge=0, le=10)
    sampled_share: Part
    smote_neighbours: Count
    smote_multiple: Count
    loose_hessian: float = Field(ge=0, le=1e9)
    tight_hessian: Positive
    tight_l2: Positive


@dataclass(frozen=True)
class Task:
    """Rows to learn from, in bins as well, and rows to score, shape (judged, features)."""

    train: Examples
    data: lightgbm.Dataset
    values: np.ndarray
    trees: Trees
    ways: Ways
    seed: int

    def margins(self, **changes: Any) -> np.ndarray:
        """Margins of the fixed model with some of its parameters changed; shape (judged,)."""
        trees, train = self.trees.model_copy(update=changes), self.train
        booster = fixed_trees.fit_bins(self.data, train.label, train.weight, trees, self.seed)
        return fixed_trees.margins(booster, self.values)

    def margins_of(self, values: np.ndarray, label: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Margins of the fixed model that learnt from other rows, all of them of weight as given."""
        trees = self.trees.model_copy(update={"positive_weight": 1.0})
        return fixed_trees.margins(fixed_trees.fit(values, label, weight, trees, self.seed), self.values)

    @property
    def is_suspicious(self) -> np.ndarray:
        """Training rows believed suspicious."""
        return np.asarray(self.train.label >= 0.5)

    @property
    def balance(self) -> float:
        """Mass of the other rows over that of the suspicious ones."""
        mass = self.train.weight
        return float(mass[~self.is_suspicious].sum() / mass[self.is_suspicious].sum())


@dataclass(frozen=True)
class Handling:
    """One way with its labels."""

    label_en: str
    label_zh: str
    scores: Callable[[Task], np.ndarray]


def focal(task: Task) -> np.ndarray:
    """Margins under focal loss: rows that are told apart already count little (Lin et al. 2017).

    It starts at the base rate, as LightGBM's own losses do, for from even odds the many
    would drown the few. It is scaled to the curvature that the plain loss has there: the
    least curvature of a leaf and L2 would else mean something stronger.
    """
    label, mass, power = task.train.label, task.train.weight, task.ways.focal_power
    start = float(logit(np.average(label, weights=mass)))
    begin = np.full(len(label), start)
    plain, mine = (float((focal_derivatives(begin, label, by)[1] * mass).sum()) for by in (0.0, power))
    heavier = mass * plain / mine
    # Bins of its own: LightGBM keeps a start once given, whatever is set afterwards.
    data = fixed_trees.bins(task.train.features.to_numpy(), task.trees, task.seed)
    data.set_init_score(begin)

    def derivatives(margin: np.ndarray, _: lightgbm.Dataset) -> tuple[np.ndarray, np.ndarray]:
        first, second = focal_derivatives(margin, label, power)
        return first * heavier, second * heavier

    options = task.trees.options(task.seed) | {"objective": derivatives}
    booster = zoo.grown(data, label, None, options, task.trees.count)
    return start + fixed_trees.margins(booster, task.values)


def focal_derivatives(margin: np.ndarray, label: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of the focal loss by the margin, for beliefs from 0 to 1; shape (n,) each.

    The cross-entropy times a power of the distance between chance and belief, which for
    true and false is the focal loss and for beliefs in between is least at the belief (Li
    et al. 2020). The plain one would not be: it drives a belief of 4 % to a chance of 24 %.
    With a power of 0 it is the cross-entropy.
    """
    chance = np.clip(expit(margin), 1e-12, 1 - 1e-12)
    spread = chance * (1 - chance)
    entropy = -(label * np.log(chance) + (1 - label) * np.log(1 - chance))
    gap, far = chance - label, np.maximum(np.abs(chance - label), 1e-12)
    mass = far**power
    mass_first = power * far ** (power - 1) * np.sign(gap) * spread
    mass_second = power * (power - 1) * far ** (power - 2) * spread**2
    mass_second += power * far ** (power - 1) * np.sign(gap) * spread * (1 - 2 * chance)
    first = mass_first * entropy + mass * gap
    second = mass_second * entropy + 2 * mass_first * gap + mass * spread
    return first, np.maximum(second, LEAST_CURVATURE)


def undersampled(task: Task) -> np.ndarray:
    """Margins learnt from few of the unsuspected, none made heavier, and set right afterwards.

    Dropping all but a share of one side multiplies the odds by one over the share; the
    logarithm of the share takes it back.
    """
    train, share = task.train, task.ways.sampled_share
    is_suspected = train.label > 0
    keep = is_suspected | (np.random.default_rng(task.seed).random(len(is_suspected)) < share)
    values = train.features.to_numpy()[keep]
    return task.margins_of(values, train.label[keep], train.weight[keep]) + float(np.log(share))


def oversampled(task: Task) -> np.ndarray:
    """Margins learnt from rows between suspicious ones as well."""
    train, ways = task.train, task.ways
    made, parent = between(
        train.features.to_numpy(),
        Scale.of(train.features)(train.features),
        np.flatnonzero(task.is_suspicious),
        ways.smote_neighbours,
        ways.smote_multiple,
        np.random.default_rng(task.seed),
    )
    values = np.vstack([train.features.to_numpy(), made])
    label = np.concatenate([train.label, train.label[parent]])
    return task.margins_of(values, label, np.concatenate([train.weight, train.weight[parent]]))


def between(
    values: np.ndarray,
    scaled: np.ndarray,
    rows: np.ndarray,
    neighbours: int,
    multiple: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic rows on lines between each row and its nearest like ones (SMOTE, Chawla et al. 2002).

    Own lines of it, for the library's refuses gaps and puts flags between 0 and 1: a flag,
    and whatever one of the two rows lacks, is the first row's.

    Parameters
    ----------
    values, scaled : all rows, as measured and on one scale for distances; shape (n, features)
    rows : places of the rows to multiply
    multiple : made rows for each of them

    Returns
    -------
    The made rows, and the place in ``values`` of the row that each began with.
    """
    near = scaled[rows]
    square = (near**2).sum(axis=1)
    distance = square[:, None] + square[None, :] - 2 * near @ near.T
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(neighbours, max(len(rows) - 1, 1))]
    parent = np.repeat(np.arange(len(rows)), multiple)
    other = order[parent, rng.integers(order.shape[1], size=len(parent))]
    one, two = values[rows][parent], values[rows][other]
    made = one + rng.random((len(parent), 1), dtype=np.float32) * (two - one)
    is_flag = ~np.any((values != 0) & (values != 1) & ~np.isnan(values), axis=0)
    made = np.where(np.isnan(made) | is_flag, one, made)
    return made.astype(np.float32), rows[parent]


# The fixed model of params.yaml is the one with moderate weights and both regularisations.
HANDLINGS: dict[str, Handling] = {
    "nothing": Handling(
        "nothing done: no weight, the library's own loose leaves, no L2",
        "不作处理：不加权，叶子约束宽松，无 L2",
        lambda task: task.margins(
            positive_weight=1.0, min_sum_hessian_in_leaf=task.ways.loose_hessian, lambda_l2=0.0
        ),
    ),
    "regularised": Handling(
        "leaves with a least curvature, and L2; no weight",
        "叶子最小二阶导数与 L2；不加权",
        lambda task: task.margins(positive_weight=1.0),
    ),
    "hessian_alone": Handling(
        "leaves with a least curvature; no L2, no weight",
        "仅叶子最小二阶导数；无 L2，不加权",
        lambda task: task.margins(positive_weight=1.0, lambda_l2=0.0),
    ),
    "l2_alone": Handling(
        "L2; loose leaves, no weight",
        "仅 L2；叶子约束宽松，不加权",
        lambda task: task.margins(positive_weight=1.0, min_sum_hessian_in_leaf=task.ways.loose_hessian),
    ),
    "tight": Handling(
        "stronger leaves and L2, moderate weight",
        "更强的叶子约束与 L2，适度加权",
        lambda task: task.margins(
            min_sum_hessian_in_leaf=task.ways.tight_hessian, lambda_l2=task.ways.tight_l2
        ),
    ),
    "weighted_low": Handling(
        "regularised, the suspicious weigh a little more",
        "正则化，可疑样本小幅加权",
        lambda task: task.margins(positive_weight=task.ways.weights[0]),
    ),
    "weighted_high": Handling(
        "regularised, the suspicious weigh much more",
        "正则化，可疑样本大幅加权",
        lambda task: task.margins(positive_weight=task.ways.weights[1]),
    ),
    "weighted_even": Handling(
        "regularised, both sides weigh the same (negatives over positives)",
        "正则化，两类总权重相等（负正样本比）",
        lambda task: task.margins(positive_weight=task.balance),
    ),
    "even_alone": Handling(
        "both sides weigh the same, without regularisation: the known trap",
        "两类总权重相等且无正则化：已知陷阱",
        lambda task: task.margins(
            positive_weight=task.balance, min_sum_hessian_in_leaf=task.ways.loose_hessian, lambda_l2=0.0
        ),
    ),
    "focal": Handling("focal loss, regularised", "焦点损失，正则化", focal),
    "sampled": Handling(
        "few of the unsuspected, regularised, odds set right afterwards",
        "对未被怀疑者降采样，正则化，事后校正几率",
        undersampled,
    ),
    "smote": Handling(
        "synthetic rows between suspicious ones (SMOTE), regularised",
        "在可疑样本之间合成样本（SMOTE），正则化",
        oversampled,
    ),
}
