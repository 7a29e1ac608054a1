"""Does a file look like what the model learnt from? Each feature's distribution against training."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.stats import chi2

from features.catalogue import stability
from pipeline import Record
from serving.file_model import SCORE, FileModel
from serving.measure import every_feature
from serving.settings import DriftSettings


class FeatureDrift(Record):
    """One feature of the file against the training subjects kept beside the model."""

    feature: str = Field(description="its name, or score")
    label_en: str = Field(description="its label in English")
    label_zh: str = Field(description="its label in Chinese")
    psi: float = Field(
        description="population stability index over quantiles of training; values equal to an edge, "
        "between two edges, outside and missing have bins of their own"
    )
    limit: float = Field(
        description="from which it counts: the stated index, or what the file's size explains"
    )
    is_drifted: bool = Field(description="psi above the limit")
    median_in_training: float | None = Field(description="in its unit; null: none has a value")
    median_in_file: float | None = Field(description="in its unit; null: none has a value")


def by_chance(bins: int, before: int, after: int, chance: float) -> float:
    """The index that equal distributions exceed with a probability of ``chance`` (Yurdakul 2018).

    Its distribution is that of a chi square over the bins, times the sum of both samples' inverses.

    >>> round(by_chance(10, 1000, 1000, 0.05), 3)
    0.034
    """
    return float(chi2.ppf(1 - chance, bins - 1) * (1 / before + 1 / after))


def drift_of(
    model: FileModel, features: pd.DataFrame, score: np.ndarray, settings: DriftSettings
) -> list[FeatureDrift]:
    """The score and every feature, the most drifted first.

    ``features`` are one row a customer: the weeks of one customer are no independent observations.
    """
    known, bins = every_feature(), model.card.psi_bins
    # Values on an edge and between two have bins of their own.
    limit = max(settings.most_psi, by_chance(2 * bins, len(model.reference), len(features), settings.chance))
    columns = {SCORE: np.asarray(score, float)}
    columns |= {name: features[name].to_numpy(float) for name in model.card.features}
    found = []
    for name, after in columns.items():
        before = model.reference[name].to_numpy(float)
        entry = known.get(name)
        psi = stability(before, after, bins, entry is not None and entry.encoding != "number")
        found.append(
            FeatureDrift(
                feature=name,
                label_en=entry.label_en if entry else "Score",
                label_zh=entry.label_zh if entry else "得分",
                psi=round(psi, 4),
                limit=round(limit, 4),
                is_drifted=psi > limit,
                median_in_training=median_of(before),
                median_in_file=median_of(after),
            )
        )
    return sorted(found, key=lambda one: (-one.psi, one.feature))


def median_of(values: np.ndarray) -> float | None:
    """The median of the known values, None where there is none."""
    known = values[~np.isnan(values)]
    return round(float(np.median(known)), 4) if len(known) else None
