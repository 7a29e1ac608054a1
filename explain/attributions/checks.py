"""Whether an explanation is worth its name, by what can be seen without the truth.

Each check returns one number a row, so that intervals can be drawn over customers.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from explain.attributions.explainers import Asked, Explainer

TOP = 3  # groups that an investigator reads


def rank_correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Spearman's correlation of two sets of values, row by row; (n, groups) to (n,).

    NaN where one of them gives every group the same.
    """
    ranks = [rankdata(values, axis=1) for values in (one, other)]
    a, b = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    whole = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.divide((a * b).sum(axis=1), whole, out=np.full(len(one), np.nan), where=whole > 0)


def top_overlap(one: np.ndarray, other: np.ndarray, top: int = TOP) -> np.ndarray:
    """Groups that two sets of values both have among their largest, as a share of all that one has; (n,)."""
    chosen = []
    for values in (one, other):
        is_top = np.zeros(values.shape, bool)
        np.put_along_axis(is_top, np.argsort(-values, axis=1, kind="stable")[:, :top], True, axis=1)
        chosen.append(is_top)
    both, either = chosen[0] & chosen[1], chosen[0] | chosen[1]
    return np.asarray(both.sum(axis=1) / np.maximum(either.sum(axis=1), 1))


def removed_in_order(explainer: Explainer, asked: Asked, order: np.ndarray, steps: int) -> np.ndarray:
    """Mean fall of the margin as the first groups of ``order`` (n, groups) go one by one; (n,)."""
    size = len(order)
    whole = explainer.masked(asked, np.ones(order.shape, bool))
    present, falls = np.ones(order.shape, bool), np.zeros(size)
    for step in range(steps):
        present[np.arange(size), order[:, step]] = False
        falls += whole - explainer.masked(asked, present)
    return falls / steps


def added_in_order(explainer: Explainer, asked: Asked, order: np.ndarray, steps: int) -> np.ndarray:
    """Mean rise of the margin as the first groups of ``order`` enter a customer like the baseline; (n,)."""
    size = len(order)
    none = explainer.masked(asked, np.zeros(order.shape, bool))
    present, rises = np.zeros(order.shape, bool), np.zeros(size)
    for step in range(steps):
        present[np.arange(size), order[:, step]] = True
        rises += explainer.masked(asked, present) - none
    return rises / steps


def against_chance(
    explainer: Explainer, asked: Asked, values: np.ndarray, steps: int, orders: int, seed: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Deletion and insertion in order of ``values``, each beside the mean of drawn orders; both (n,)."""
    rng = np.random.default_rng(seed)
    steps = min(steps, values.shape[1])
    largest_first = np.argsort(-values, axis=1, kind="stable")
    drawn = [
        rng.permuted(np.tile(np.arange(values.shape[1]), (len(values), 1)), axis=1) for _ in range(orders)
    ]
    return {
        name: (
            moved(explainer, asked, largest_first, steps),
            np.mean([moved(explainer, asked, order, steps) for order in drawn], axis=0),
        )
        for name, moved in (("deletion", removed_in_order), ("insertion", added_in_order))
    }


def with_noise(asked: Asked, share: float, seed: int) -> Asked:
    """The same rows, every feature a little larger or smaller; whole numbers and gaps stay what they are.

    ``share`` is the spread of the factor. A count of 3 with noise would be a customer that
    cannot be.
    """
    rng = np.random.default_rng(seed)
    is_whole = np.isnan(asked.features) | (asked.features == np.rint(asked.features))
    noisy = asked.features * (1 + share * rng.standard_normal(asked.features.shape))
    return Asked(np.where(is_whole, asked.features, noisy).astype(np.float32), asked.baseline)
