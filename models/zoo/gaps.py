"""A value that training always had and a scored row lacks: no model has learnt what that means.

Trees that never saw a gap send it somewhere all the same, each library to another side:
LightGBM takes it as 0, XGBoost as larger than every threshold. So such a gap is filled
with the feature's median in training, the same for every model, counted and said. A
feature that had gaps in training keeps them: there they were learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Gap:
    """One feature's new gaps: in how many of the scored rows, and what was put in their place."""

    feature: str
    rows: int
    of: int
    fill: float

    def __str__(self) -> str:
        return (
            f"{self.feature} is missing in {self.rows} of {self.of} scored rows and never was in "
            f"training: filled with the training median, {self.fill:g}"
        )


def gappy(features: pd.DataFrame) -> list[str]:
    """Features that some row lacks, in order of the columns."""
    return [str(name) for name, values in features.items() if np.isnan(values.to_numpy()).any()]


def without_new_gaps(features: pd.DataFrame, training: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Gap, ...]]:
    """Features to score, with the gaps filled that no training row has.

    Parameters
    ----------
    features : one row a scored subject
    training : one row a training subject, with at least the columns that `gappy` names; with
        no row nothing is known, and nothing filled

    Returns
    -------
    The features, and what was filled, in order of the columns.
    """
    gaps = []
    for name in gappy(features) if len(training) else ():
        known = training[name].to_numpy()
        if not np.isnan(known).any():
            rows = int(np.isnan(features[name].to_numpy()).sum())
            gaps.append(Gap(name, rows, len(features), float(np.median(known))))
    if gaps:
        features = features.fillna({gap.feature: np.float32(gap.fill) for gap in gaps})
    return features, tuple(gaps)
