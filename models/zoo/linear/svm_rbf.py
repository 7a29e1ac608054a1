"""A support vector machine with a Gaussian kernel, made linear by Nyström's method.

The kernel of all subjects with each other would have as many cells as their square. It is told
from its columns at some of them, the landmarks: distances to these are new features, turned so
that their products are the kernel's, and a linear machine is fitted to them (Williams and Seeger
2001). On features without a scale all distances are so long that every kernel is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Choice,
    Examples,
    Fitted,
    ModelSettings,
    Trial,
    draw_choice,
    emphasised,
)
from models.zoo.scaling import (
    ROWS_AT_A_TIME,
    Scale,
    Scaled,
    ScaledLearner,
    by_block,
    load_tensors,
    save_tensors,
)
from parameters import Count, PositiveRange

FAINTEST = 1e-6  # share of the largest; directions of the kernel below it are rounding errors


class RbfSvmSettings(ModelSettings):
    """Section ``models.svm_rbf``: how many landmarks, and search ranges, low and high."""

    landmarks: Count
    gamma: PositiveRange
    penalty: PositiveRange
    positive_weight: PositiveRange


def gaussian_kernel(values: np.ndarray, landmarks: np.ndarray, gamma: float) -> np.ndarray:
    """``exp(-gamma · distance²)`` of rows (n, features) and landmarks (m, features); shape (n, m)."""
    squares = (values**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1)
    squares -= 2 * (values @ landmarks.T)
    return np.exp(-gamma * np.maximum(squares, 0, out=squares))


def turned(landmarks: np.ndarray, gamma: float) -> np.ndarray:
    """What turns kernels with the landmarks (n, m) into features whose products are kernels; shape (m, k)."""
    strength, direction = np.linalg.eigh(gaussian_kernel(landmarks.astype(np.float64), landmarks, gamma))
    is_heard = strength > FAINTEST * strength[-1]
    return direction[:, is_heard] / np.sqrt(strength[is_heard])


@dataclass(frozen=True)
class FittedKernel:
    """A sum of kernels with landmarks (m, features), ``pull`` (m,) being that of each; scores are margins."""

    names: tuple[str, ...]
    scale: Scale
    landmarks: np.ndarray
    pull: np.ndarray
    intercept: float
    gamma: float

    def scores(self, examples: Examples) -> np.ndarray:
        """Margin by subject, shape (n,)."""
        return by_block(examples.features, self.names, self._margins)

    def _margins(self, features: np.ndarray) -> np.ndarray:
        kernel = gaussian_kernel(self.scale(features), self.landmarks, self.gamma)
        return kernel.astype(np.float64) @ self.pull + self.intercept

    def save(self, path: Path) -> None:
        """Write safetensors."""
        tensors = {
            "mean": self.scale.mean,
            "spread": self.scale.spread,
            "landmarks": self.landmarks,
            "pull": self.pull,
        }
        told = {"names": self.names, "intercept": self.intercept, "gamma": self.gamma}
        save_tensors(path, tensors, told)


def _fit_on(scaled: Scaled, choice: Choice, landmarks: int, seed: int) -> Fitted:
    from models.zoo.linear.losses import SQUARED_HINGE
    from models.zoo.linear.newton import Penalty, Problem, solved

    given, values, gamma = scaled.examples, scaled.values, choice["gamma"]
    weight = emphasised(given, choice["positive_weight"])
    # Drawn by weight, suspicious ones as often as they count: a kernel far from all of them is blind.
    many = min(landmarks, len(values))
    rng = np.random.default_rng(seed)
    chosen = values[rng.choice(len(values), many, replace=False, p=weight / weight.sum())]
    turn = turned(chosen, gamma)
    starts = range(0, len(values), ROWS_AT_A_TIME)
    narrow = turn.astype(np.float32)
    seen = [gaussian_kernel(values[at : at + ROWS_AT_A_TIME], chosen, gamma) @ narrow for at in starts]
    problem = Problem(np.concatenate(seen), given.label, weight, SQUARED_HINGE)
    solution = solved(problem, Penalty(choice["penalty"], l1_share=0.0))
    pull = turn @ solution[:-1]
    return FittedKernel(scaled.names, scaled.scale, chosen, pull, float(solution[-1]), gamma)


class RbfSvm:
    """Near a suspicious landmark is suspicious; how near, ``gamma`` says."""

    label_en = "SVM, Gaussian kernel"
    label_zh = "高斯核支持向量机"
    settings = RbfSvmSettings
    file = "fitted/svm_rbf.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = True

    def suggest(self, trial: Trial, settings: RbfSvmSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings)

    def learner(self, examples: Examples, settings: RbfSvmSettings, seed: int) -> ScaledLearner:
        """The examples on their scale."""
        return ScaledLearner(Scaled.of(examples), partial(_fit_on, landmarks=settings.landmarks, seed=seed))

    def fit(self, examples: Examples, choice: Choice, settings: RbfSvmSettings, seed: int) -> Fitted:
        """Fit on the scaled examples."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedKernel:
        """Read landmarks and their pull."""
        tensors, told = load_tensors(path)
        scale = Scale(tensors["mean"], tensors["spread"])
        names = tuple(told["names"])
        return FittedKernel(
            names, scale, tensors["landmarks"], tensors["pull"], told["intercept"], told["gamma"]
        )


MODELS.register("svm_rbf")(RbfSvm())
