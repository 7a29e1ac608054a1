"""Scores read as probabilities: as log-odds, by a line through them (Platt), by steps (isotonic)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from models.probability import logistic_line

Mapping = Callable[[np.ndarray], np.ndarray]  # scores to probabilities, shape (n,)
RAW = "raw"
LEAST = 1e-9  # no probability is surer: a log-loss would be infinite


def clipped(chance: np.ndarray) -> np.ndarray:
    """Probabilities that leave out 0 and 1."""
    return np.clip(chance, LEAST, 1 - LEAST)


def platt(score: np.ndarray, label: np.ndarray) -> Mapping:
    """A logistic line through the scores; the base rate where none fits. It keeps the order of scores."""
    middle, spread = float(score.mean()), float(score.std()) or 1.0
    line = logistic_line((score - middle) / spread, label)
    if line is None:
        rate = float(label.mean())
        return lambda other: np.full(len(other), rate)
    level, slope = line
    return lambda other: np.asarray(expit(level + slope * (other - middle) / spread))


def isotonic(score: np.ndarray, label: np.ndarray) -> Mapping:
    """Steps that never fall (pool adjacent violators). Few positives give few steps, and many ties."""
    from sklearn.isotonic import IsotonicRegression  # here, for it loads slowly

    fitted = IsotonicRegression(out_of_bounds="clip").fit(score, label)
    return lambda other: np.asarray(fitted.predict(other))


def mappings(score: np.ndarray, label: np.ndarray) -> dict[str, Mapping]:
    """Every reading, learnt from scores and beliefs of shape (n,); the one as log-odds learns nothing."""
    return {
        RAW: lambda other: np.asarray(expit(other)),
        "platt": platt(score, label),
        "isotonic": isotonic(score, label),
    }
