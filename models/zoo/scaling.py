"""Features on one scale, for models that add them up: networks, linear models, distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


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

    def __call__(self, features: pd.DataFrame) -> np.ndarray:
        """Standardised features, NaN as 0 (the mean), cut at 5 spreads; shape as given."""
        values = self.compressed(features.to_numpy(np.float32))
        values -= self.mean
        values /= self.spread
        values[np.isnan(values)] = 0
        return np.clip(values, -5, 5, out=values)
