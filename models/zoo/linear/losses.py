"""Losses of a margin and a belief, with what Newton's method asks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

OfMargin = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Loss:
    """A convex loss: functions of margins (n,) and labels from 0 to 1 (n,), each giving (n,).

    ``slope`` and ``curvature`` are the first and second derivative by the margin.
    """

    value: OfMargin
    slope: OfMargin
    curvature: OfMargin


def _logistic_curvature(margin: np.ndarray, label: np.ndarray) -> np.ndarray:  # noqa: ARG001
    chance = expit(margin)
    return chance * (1 - chance)


LOGISTIC = Loss(
    value=lambda margin, label: np.logaddexp(0, margin) - label * margin,
    slope=lambda margin, label: expit(margin) - label,
    curvature=_logistic_curvature,
)

# A suspicious subject costs nothing from a margin of 1 on, another one from -1 down.
SQUARED_HINGE = Loss(
    value=lambda margin, label: (
        label * np.maximum(1 - margin, 0) ** 2 + (1 - label) * np.maximum(1 + margin, 0) ** 2
    ),
    slope=lambda margin, label: (
        2 * (1 - label) * np.maximum(1 + margin, 0) - 2 * label * np.maximum(1 - margin, 0)
    ),
    curvature=lambda margin, label: 2 * label * (margin < 1) + 2 * (1 - label) * (margin > -1),
)
