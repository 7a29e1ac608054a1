"""Coordinate descent on a quadratic with an L1 and an L2 penalty: Newton's step of the elastic net."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def descended(
    gradient: np.ndarray,
    curvature: np.ndarray,
    start: np.ndarray,
    l1: float,
    l2: float,
    tolerance: float,
    sweeps: int,
) -> np.ndarray:
    """Where a penalised quadratic is smallest; shape (coordinates,).

    Smallest is ``gradient·(b - start) + ½ (b - start)'·curvature·(b - start) + l1 |b| + l2 ½ b²``,
    whose last coordinate carries no penalty. Coordinates are taken in turn, each to its own best
    place, until none moves the quadratic by more than ``tolerance`` squared (Friedman, Hastie and
    Tibshirani 2010, "covariance updates").

    Parameters
    ----------
    gradient, start : shape (coordinates,)
    curvature : shape (coordinates, coordinates), symmetric, with a diagonal above zero
    sweeps : rounds at most
    """
    place = start.copy()
    slope = gradient.copy()  # of the quadratic without penalties, at ``place``
    last = len(place) - 1
    for _ in range(sweeps):
        largest = 0.0
        for j in range(len(place)):
            bend = curvature[j, j]
            best = bend * place[j] - slope[j]
            if j < last:
                best = np.sign(best) * max(abs(best) - l1, 0.0) / (bend + l2)
            else:
                best /= bend
            step = best - place[j]
            if step != 0.0:
                place[j] = best
                for k in range(len(place)):
                    slope[k] += step * curvature[j, k]
                largest = max(largest, abs(step) * np.sqrt(bend))
        if largest <= tolerance:
            break
    return place
