"""Areas under curves where one ranking meets many labels or weightings: sorted once, for all of them.

scikit-learn's functions sort anew for each; tests compare with them.
"""

from __future__ import annotations

import numpy as np

from models.intervals import ratio


def ranks(values: np.ndarray) -> np.ndarray:
    """Share of values that lie below, half of its ties included; missing values rank lowest.

    Shape (n,), in (0, 1); constant values rank 0.5 whatever their number.
    """
    from scipy.stats import rankdata  # here, for it loads slowly, and reading the parameters needs none

    known = np.where(np.isnan(values), -np.inf, values)
    return np.asarray((rankdata(known) - 0.5) / len(values))


def area_under_roc(rank: np.ndarray, is_positive: np.ndarray) -> float:
    """Chance that a positive outranks a negative, from `ranks`; NaN where one side is empty."""
    positive, size = int(is_positive.sum()), len(rank)
    above = float(rank[is_positive].sum()) * size - positive * positive / 2
    return ratio(above, positive * (size - positive))


class AreaUnderRoc:
    """Area under the ROC of one ranking under many weightings; ties count half."""

    def __init__(self, score: np.ndarray, is_positive: np.ndarray) -> None:
        _, place = np.unique(score, return_inverse=True)
        self.order = np.argsort(place, kind="stable")
        self.first_of_tie = np.flatnonzero(np.diff(place[self.order], prepend=-1))
        self.is_positive = is_positive[self.order]

    def __call__(self, weight: np.ndarray) -> float:
        """Chance that a positive outranks a negative, each drawn by weight of shape (n,)."""
        mass = weight[self.order]
        hits, misses = (
            np.add.reduceat(mass * side, self.first_of_tie) for side in (self.is_positive, ~self.is_positive)
        )
        below = np.cumsum(misses) - misses / 2
        return ratio(float((hits * below).sum()), float(hits.sum() * misses.sum()))


def average_precision(score: np.ndarray, is_positive: np.ndarray) -> float:
    """Average precision of a ranking, ties sharing one threshold; NaN without a positive.

    Only the positives' thresholds are looked at: many rankings are tried on few positives.
    """
    if not is_positive.any():
        return float("nan")
    positive = np.sort(score[is_positive])
    seen = len(score) - np.searchsorted(np.sort(score), positive)
    hits = len(positive) - np.searchsorted(positive, positive)
    return float(np.mean(hits / seen))
