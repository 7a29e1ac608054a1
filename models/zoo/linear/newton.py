"""Newton's method for a penalised linear model: the whole solution in a dozen passes over the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.zoo.linear.losses import Loss

BLOCK = 8_192  # rows whose slopes are added in the precision of the values
CURVATURE_ROWS = 16_384  # from which the curvature of more rows is told
NEWTON_STEPS = 100
HALVINGS = 20
SWEEPS = 10_000
STANDING = 1e-10  # root of what one coordinate may still win when its descent ends
SETTLED = 1e-7  # share of the objective that a step must win to be followed by another
DAMPING = 1e-9  # added to the curvature, for columns without spread; moves no solution


@dataclass(frozen=True)
class Penalty:
    """The elastic net: its strength, and the share of it that is L1."""

    strength: float
    l1_share: float

    @property
    def l1(self) -> float:
        """What one unit of a coefficient costs."""
        return self.strength * self.l1_share

    @property
    def l2(self) -> float:
        """What half a squared unit of a coefficient costs."""
        return self.strength * (1 - self.l1_share)

    def __call__(self, solution: np.ndarray) -> float:
        """The penalty of a solution, whose last number is the free intercept."""
        coefficients = solution[:-1]
        return float(self.l1 * np.abs(coefficients).sum() + self.l2 / 2 * (coefficients**2).sum())


@dataclass(frozen=True)
class Problem:
    """Rows to draw a line through: ``values`` (n, features), ``label`` and ``weight`` (n,).

    Sums over rows are taken in the precision of the values, block by block.
    """

    values: np.ndarray
    label: np.ndarray
    weight: np.ndarray
    loss: Loss

    @property
    def mass(self) -> np.ndarray:
        """Weights that add up to one; shape (n,)."""
        return self.weight / self.weight.sum()

    def margins(self, solution: np.ndarray) -> np.ndarray:
        """Margin by row, shape (n,); ``solution`` holds the coefficients and then the intercept."""
        return self.values @ solution[:-1].astype(self.values.dtype) + solution[-1]

    def mean_loss(self, margin: np.ndarray) -> float:
        """Weighted mean of the loss."""
        return float(self.mass @ self.loss.value(margin, self.label))

    def gradient(self, margin: np.ndarray) -> np.ndarray:
        """First derivative of the mean loss by the solution; shape (features + 1,)."""
        slope = self.mass * self.loss.slope(margin, self.label)
        total = np.zeros(self.values.shape[1] + 1)
        for start in range(0, len(slope), BLOCK):
            part = slope[start : start + BLOCK]
            total[:-1] += part.astype(self.values.dtype) @ self.values[start : start + BLOCK]
            total[-1] += part.sum()
        return total

    def curvature(self, margin: np.ndarray) -> np.ndarray:
        """Second derivative, shape (features + 1, features + 1), that of many rows from some of them.

        Steps that follow an estimated curvature end at the same place, after a few more of
        them: the gradient is exact. A row is taken as often as its part of the whole says.
        """
        bend = self.mass * self.loss.curvature(margin, self.label)
        rows = np.flatnonzero(bend)
        if len(rows) > CURVATURE_ROWS:
            until = np.cumsum(bend)
            marks = (np.arange(CURVATURE_ROWS) + 0.5) * (until[-1] / CURVATURE_ROWS)
            rows = np.minimum(np.searchsorted(until, marks), len(bend) - 1)
            bend = np.full(len(bend), until[-1] / CURVATURE_ROWS)
        block = np.ones((len(rows), self.values.shape[1] + 1), self.values.dtype)
        block[:, :-1] = self.values[rows]
        block *= np.sqrt(bend[rows])[:, None].astype(self.values.dtype)
        total = (block.T @ block).astype(np.float64)
        total[np.diag_indices(len(total))] += DAMPING
        return total


def solved(
    problem: Problem, penalty: Penalty, start: np.ndarray | None = None, settled: float = SETTLED
) -> np.ndarray:
    """The coefficients and then the intercept for which loss and penalty are smallest.

    Each step goes to the smallest place of the quadratic that touches the loss, and only so
    far as the objective falls. ``start``, of shape (features + 1,), is a solution nearby.
    """
    place = np.zeros(problem.values.shape[1] + 1) if start is None else start
    margin = problem.margins(place)
    height = problem.mean_loss(margin) + penalty(place)
    for _ in range(NEWTON_STEPS):
        step = _aim(problem.gradient(margin), problem.curvature(margin), place, penalty) - place
        along = problem.margins(step)
        for halving in range(HALVINGS):
            part = 0.5**halving
            lower = problem.mean_loss(margin + part * along) + penalty(place + part * step)
            if lower < height:
                break
        else:
            break  # no part of the step is lower: the place is as low as numbers can tell
        won, height = height - lower, lower
        place, margin = place + part * step, margin + part * along
        if won <= settled * height:
            break
    return place


def _aim(gradient: np.ndarray, curvature: np.ndarray, place: np.ndarray, penalty: Penalty) -> np.ndarray:
    """Where the quadratic that touches the loss is smallest together with the penalty."""
    if penalty.l1 == 0:
        ridge = np.append(np.full(len(place) - 1, penalty.l2), 0)
        return place - np.linalg.solve(curvature + np.diag(ridge), gradient + ridge * place)
    from models.zoo.linear.descent import descended

    return descended(gradient, curvature, place, penalty.l1, penalty.l2, STANDING, SWEEPS)
