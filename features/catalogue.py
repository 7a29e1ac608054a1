"""What a feature is called, in words that a business person uses."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.indicators import INDICATORS


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix."""

    name: str
    label_en: str
    label_zh: str
    unit: str
    family: str
    group: str
    source: str


def window_features() -> list[Feature]:
    """The indicators, which are model inputs under the same names."""
    return [
        Feature(e.name, e.label_en, e.label_zh, e.unit, e.family, "windows", e.source)
        for e in INDICATORS.values()
    ]


def catalogue_table(features: list[Feature], matrix: pd.DataFrame) -> pd.DataFrame:
    """The FeatureCatalogue table with the share of missing values."""
    rows = [
        {
            "feature": f.name,
            "label_en": f.label_en,
            "label_zh": f.label_zh,
            "unit": f.unit,
            "family": f.family,
            "group": f.group,
            "source": f.source,
            "missing_share": float(matrix[f.name].isna().mean()),
        }
        for f in features
    ]
    return pd.DataFrame(rows)
