"""What a feature is called, in words that a business person uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import xlogy

from data.indicators import INDICATORS
from data.words import FAMILIES, UNITS, Words, complete
from data.words.citations import Source, check_source, cited
from features.schema import APPLIES_TO, ENCODINGS

FIRMS = ("micro_business", "company")
COMPUTED = Words("computed from payments", "由流水计算")  # in place of an owner


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix.

    ``window`` is read off the name (``_7d``) where it is not said; ``levels`` counts the
    codes of an order or a name; ``owner`` is who answers for a tag that somebody keeps.
    """

    name: str
    label_en: str
    label_zh: str
    unit: str
    family: str
    group: str
    source: Source
    window: str = ""
    encoding: str = "number"
    levels: int = 0
    applies_to: str = "all"
    owner: Words = COMPUTED

    def __post_init__(self) -> None:
        """Refuse a feature that a page could not put in words.

        Raises
        ------
        ValueError
            where a word is missing or not one of its vocabulary
        """
        try:
            complete(Words(self.label_en, self.label_zh))
            complete(self.owner)
            check_source(self.source)
        except ValueError as error:
            raise ValueError(f"feature {self.name}: {error}") from None
        if self.family not in FAMILIES:
            raise ValueError(f"feature {self.name}: unknown family {self.family!r}")
        if self.unit not in UNITS:
            raise ValueError(
                f"feature {self.name}: unknown unit {self.unit!r}, expected one of: {', '.join(UNITS)}"
            )
        if self.encoding not in ENCODINGS or self.applies_to not in APPLIES_TO:
            raise ValueError(f"feature {self.name}: expected an encoding and customers of features/schema")

    def look_back(self) -> str:
        """Days or hours, ``line``, or ``day`` where the value is that of the day."""
        named = re.search(r"_(\d+[dh])(_|$)", self.name)
        return self.window or (named[1] if named else "day")


def window_features() -> list[Feature]:
    """The indicators, which are model inputs under the same names."""
    return [
        Feature(e.name, e.label_en, e.label_zh, e.unit, e.family, "windows", e.source)
        for e in INDICATORS.values()
    ]


def stability(before: np.ndarray, after: np.ndarray, bins: int, is_coded: bool) -> float:
    """Population stability index between two samples of one feature; NaN where one is empty.

    The edges are quantiles of the first sample, or every code of a coded feature. Values
    equal to an edge, those between two edges, those outside and the missing are bins of
    their own: where most values are one (no payment, no flag), every quantile is that
    value, and a bin that joined it with what lies above would hold everything. A code that
    the first sample lacks lies between edges. A bin that is empty on one side counts as
    half a case there; one that is empty on both is none.
    """
    if not len(before) or not len(after):
        return float("nan")
    before, after = np.sort(before), np.sort(after)  # the missing come last
    known = before[: np.searchsorted(before, np.nan)]
    edges = np.zeros(1)
    if len(known):
        edges = np.unique(known if is_coded else np.quantile(known, np.arange(1, bins) / bins))

    def counts(values: np.ndarray) -> np.ndarray:
        # Between the edges and on them by turns, and the missing.
        low, high = (np.searchsorted(values, edges, side=side) for side in ("left", "right"))
        ends = np.stack([low, high], axis=1).ravel()
        return np.diff(np.concatenate([[0], ends, [np.searchsorted(values, np.nan), len(values)]]))

    sizes = np.array([counts(before), counts(after)])
    filled = np.maximum(sizes[:, sizes.any(axis=0)], 0.5)
    one, other = filled / filled.sum(axis=1, keepdims=True)
    return float(xlogy(other - one, other / one).sum())


def differences(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """By column: values compared, and how many differ; two missing values are equal."""
    alike = (one.to_numpy() == other.to_numpy()) | (one.isna().to_numpy() & other.isna().to_numpy())
    return pd.DataFrame(
        {"masked_values": len(one), "masked_differences": (~alike).sum(axis=0)}, index=one.columns
    )


def catalogue_table(
    features: list[Feature],
    matrix: pd.DataFrame,
    kind: np.ndarray,
    role: np.ndarray,
    masked: pd.DataFrame,
    bins: int,
) -> pd.DataFrame:
    """The FeatureCatalogue table.

    Parameters
    ----------
    features : what the columns are
    matrix : one row a subject
    kind : kind of the subject's customer, shape (subjects,)
    role : period of the subject, shape (subjects,)
    masked : `differences` by feature, for the features that were computed again
    bins : of the stability index
    """
    applies = {"all": np.ones(len(matrix), bool), "person": kind == "person", "firm": np.isin(kind, FIRMS)}
    before, after = role == "train", role == "test"  # names are slow to compare: once for all features
    rows = []
    for f in features:
        values = matrix[f.name].to_numpy(dtype=float)
        is_missing = np.isnan(values)
        mine = applies[f.applies_to]
        psi = stability(values[before], values[after], bins, f.encoding != "number")
        rows.append(
            {
                "feature": f.name,
                "label_en": f.label_en,
                "label_zh": f.label_zh,
                "unit": f.unit,
                "family": f.family,
                "group": f.group,
                "source_en": cited(f.source).en,
                "source_zh": cited(f.source).zh,
                "window": f.look_back(),
                "encoding": f.encoding,
                "levels": f.levels,
                "applies_to": f.applies_to,
                "owner_en": f.owner.en,
                "owner_zh": f.owner.zh,
                "missing_share": float(is_missing.mean()) if len(matrix) else 0.0,
                "coverage": float(1 - is_missing[mine].mean()) if mine.any() else np.nan,
                "psi": psi,
                "masked_values": int(masked["masked_values"].get(f.name, 0)),
                "masked_differences": int(masked["masked_differences"].get(f.name, 0)),
            }
        )
    return pd.DataFrame(rows)
