"""Whether the scores of a model can be read as probabilities."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from data.results import Interval
from models.intervals import UNMEASURED, interval

PROBABILITY = ("calibration_ratio", "calibration_slope")


def probability_calibration(group: np.ndarray, margin: np.ndarray, label: np.ndarray) -> dict[str, Interval]:
    """Whether scores can be read as probabilities: their level, and their spread.

    Parameters
    ----------
    group : what counts as one observation, a customer or a scheme; shape (n,)
    margin : raw scores, whose sigmoid would be the probability; shape (n,)
    label : belief or truth, 0 to 1, shape (n,)

    Returns
    -------
    ``calibration_ratio``, the mean of the sigmoid over the mean label, and
    ``calibration_slope``, that of a logistic regression of the label on the margin; 1 and 1
    are calibrated, a slope below 1 says that scores are spread too far. Intervals of 95 %
    count the weeks of a group as one observation. None where all labels are 0 or all 1.
    """
    _, number = np.unique(group, return_inverse=True)
    chance, total = expit(margin), float(label.sum())
    if not 0 < total < len(label) or np.ptp(margin) == 0:
        return dict.fromkeys(PROBABILITY, UNMEASURED)
    ratio_ = float(chance.sum()) / total
    error = np.sqrt((np.bincount(number, chance - ratio_ * label) ** 2).sum()) / total
    slope, slope_error = _slope(number, margin, label)
    return {
        name: interval(value, value - 1.96 * spread, value + 1.96 * spread)
        for name, value, spread in zip(PROBABILITY, (ratio_, slope), (error, slope_error), strict=True)
    }


def _slope(number: np.ndarray, margin: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Slope of a logistic regression on one column, and its error by group; NaN where none fits."""
    found = logistic_line(margin, label)
    if found is None:
        return float("nan"), float("nan")
    columns = np.column_stack([np.ones(len(margin)), margin])
    chance = expit(columns @ found)
    pull = np.column_stack([np.bincount(number, column * (label - chance)) for column in columns.T])
    inverse = np.linalg.inv(columns.T @ (columns * (chance * (1 - chance))[:, None]))
    spread = inverse @ (pull.T @ pull) @ inverse
    return float(found[1]), float(np.sqrt(spread[1, 1]))


def logistic_line(margin: np.ndarray, label: np.ndarray) -> np.ndarray | None:
    """Level and slope of a logistic regression on one column, by Newton's method; shape (2,).

    None where no finite slope fits, as for labels that one threshold tells apart.
    """
    columns = np.column_stack([np.ones(len(margin)), margin])
    found = np.array([np.log(label.mean() / (1 - label.mean())), 0.0])
    loss = _log_loss(columns @ found, label)
    for _ in range(100):
        chance = expit(columns @ found)
        slope = columns.T @ (columns * (chance * (1 - chance))[:, None])
        if np.linalg.cond(slope) > 1e14:
            return None
        step = np.linalg.solve(slope, columns.T @ (label - chance))
        # A whole step may overshoot where few are positive.
        while _log_loss(columns @ (found + step), label) > loss and np.abs(step).max() > 1e-9:
            step = step / 2
        found = found + step
        loss = _log_loss(columns @ found, label)
        if np.abs(step).max() <= 1e-9:
            return found
    return None


def _log_loss(margin: np.ndarray, label: np.ndarray) -> float:
    return float(np.sum(np.logaddexp(0, margin) - label * margin))
