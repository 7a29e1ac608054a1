"""Features on one scale, for models that add them up: networks, linear models, distances."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.zoo import Choice, Examples, Fitted, believable, learnable

ROWS_AT_A_TIME = 16_384  # scaled and scored together: about 14 MB of 209 features


@dataclass(frozen=True)
class Scale:
    """Mean and spread of the compressed features over the training subjects; shape (features,)."""

    mean: np.ndarray
    spread: np.ndarray

    @staticmethod
    def compressed(values: np.ndarray) -> np.ndarray:
        """Signed logarithm: money and counts have long tails. NaN stays."""
        return np.copysign(np.log1p(np.abs(values)), values)

    @classmethod
    def of(cls, features: pd.DataFrame) -> Scale:
        """Learn from training subjects only; a column without values gets mean 0, spread 1."""
        moments = np.zeros((2, features.shape[1]))
        for number, name in enumerate(features):
            values = cls.compressed(features[name].to_numpy(np.float32))
            known = values[np.isfinite(values)]
            if len(known):
                moments[:, number] = known.mean(dtype=np.float64), known.std(dtype=np.float64)
        mean, spread = moments.astype(np.float32)
        return cls(mean, np.where(spread > 1e-6, spread, np.float32(1)))

    def __call__(self, features: pd.DataFrame | np.ndarray) -> np.ndarray:
        """Standardised features, NaN as 0 (the mean), cut at 5 spreads; shape as given."""
        values = self.compressed(np.asarray(features, np.float32))
        values -= self.mean
        values /= self.spread
        values[np.isnan(values)] = 0
        return np.clip(values, -5, 5, out=values)


@dataclass(frozen=True)
class Scaled:
    """Training subjects on one scale: ``values`` (n, features) are float32 without gaps."""

    examples: Examples
    scale: Scale
    values: np.ndarray

    @classmethod
    def of(cls, examples: Examples) -> Scaled:
        """Learn the scale of examples that can be learnt from, and put them on it."""
        scale = Scale.of(learnable(examples).features)
        return cls(examples, scale, scale(examples.features))

    @property
    def names(self) -> tuple[str, ...]:
        """The features in order."""
        return tuple(map(str, self.examples.features.columns))


@dataclass(frozen=True)
class ScaledLearner:
    """Examples put on their scale once, for many fits by ``fit_on``."""

    scaled: Scaled
    fit_on: Callable[[Scaled, Choice], Fitted]

    def fit(self, choice: Choice) -> Fitted:
        """Fit on the scaled examples."""
        return self.fit_on(self.scaled, choice)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> ScaledLearner:
        """The same scaled features under other labels and weights of shape (n,)."""
        examples = believable(replace(self.scaled.examples, label=label, weight=weight))
        return replace(self, scaled=replace(self.scaled, examples=examples))


def in_learnt_order(features: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """The features row by row, float32 of shape (n, features); other names or another order are an error."""
    if tuple(features.columns) != names:
        raise ValueError("the features differ in name or order from those that the model learnt from")
    return np.ascontiguousarray(features.to_numpy(np.float32))


def by_block(
    features: pd.DataFrame,
    names: tuple[str, ...],
    score: Callable[[np.ndarray], np.ndarray],
    threads: int = 1,
) -> np.ndarray:
    """Scores of shape (n,), some rows at a time, so that no second copy of all features is needed.

    ``score`` is given float32 features of shape (rows, features), as they are, and gives
    (rows,). With more ``threads`` than one it must let other ones run.
    """
    values = in_learnt_order(features, names)
    blocks = (values[start : start + ROWS_AT_A_TIME] for start in range(0, len(values), ROWS_AT_A_TIME))
    with ThreadPoolExecutor(threads) as side_by_side:
        return np.concatenate([np.zeros(0), *side_by_side.map(score, blocks)])


def save_tensors(path: Path, tensors: dict[str, np.ndarray], told: dict[str, Any]) -> None:
    """Write arrays as safetensors, and what else is ``told`` of a model as one entry of its metadata."""
    from safetensors.numpy import save_file

    # Others than contiguous arrays are scrambled, and two entries have no order of their own.
    whole = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    save_file(whole, path, metadata={"told": json.dumps(told)})


def load_tensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What `save_tensors` wrote."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        told = json.loads(file.metadata()["told"])
        return {name: file.get_tensor(name) for name in file.keys()}, told  # noqa: SIM118
