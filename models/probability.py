"""Whether the scores of a model can be read as probabilities."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from data.results import Interval
from models.intervals import UNMEASURED, interval

BINS = 1 << 16  # of the margins: finer than any digit that is printed
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
    chance = expit(found[0] + found[1] * margin)
    rest = label - chance
    pull = np.column_stack([np.bincount(number, rest), np.bincount(number, margin * rest)])
    inverse = np.linalg.inv(_curvature(np.ones(len(margin)), chance, margin))
    spread = inverse @ (pull.T @ pull) @ inverse
    return float(found[1]), float(np.sqrt(spread[1, 1]))


def logistic_line(margin: np.ndarray, label: np.ndarray) -> np.ndarray | None:
    """Level and slope of a logistic regression on one column, by Newton's method; shape (2,).

    None where no finite slope fits, as for labels that one threshold tells apart.
    """
    return _fitted(*_binned(margin, label)) if np.ptp(margin) > 0 else None


def _binned(margin: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, mean margin and sum of labels by bin: rows of nearly one margin say the same of the slope."""
    least, width = margin.min(), np.ptp(margin) / BINS
    place = ((margin - least) / width).astype(np.int64)
    rows = np.bincount(place)
    held = np.flatnonzero(rows)
    mean = np.bincount(place, margin)[held] / rows[held]
    return rows[held].astype(float), mean, np.bincount(place, label)[held]


def _fitted(rows: np.ndarray, margin: np.ndarray, label: np.ndarray) -> np.ndarray | None:
    """Level and slope by Newton's method; None where no finite slope fits."""
    share = label.sum() / rows.sum()
    found = np.array([np.log(share / (1 - share)), 0.0])
    loss, chance = _log_loss(found, rows, margin, label)
    for _ in range(100):
        slope = _curvature(rows, chance, margin)
        if np.linalg.cond(slope) > 1e14:
            return None
        rest = label - rows * chance
        step = np.linalg.solve(slope, np.array([rest.sum(), margin @ rest]))
        tried, chance_there = _log_loss(found + step, rows, margin, label)
        # A whole step may overshoot where few are positive.
        while tried > loss and np.abs(step).max() > 1e-9:
            step = step / 2
            tried, chance_there = _log_loss(found + step, rows, margin, label)
        found, loss, chance = found + step, tried, chance_there
        if np.abs(step).max() <= 1e-9:
            return found
    return None


def _curvature(rows: np.ndarray, chance: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """Second derivatives of the log-loss by level and slope; shape (2, 2)."""
    mass = rows * chance * (1 - chance)
    heavy = mass * margin
    across = heavy.sum()
    return np.array([[mass.sum(), across], [across, heavy @ margin]])


def _log_loss(
    found: np.ndarray, rows: np.ndarray, margin: np.ndarray, label: np.ndarray
) -> tuple[float, np.ndarray]:
    """Log-loss at a level and a slope, and the chance of a row of each margin."""
    value = found[0] + found[1] * margin
    return float(rows @ np.logaddexp(0, value) - label @ value), expit(value)
