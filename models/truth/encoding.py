"""Names as numbers: what a model may make of an occupation, an industry or a city.

Trees take codes as they are, or the mean label of a code; a network takes whole numbers
and looks up a vector for each. A mean label holds the label of the very row it is
computed from, unless that row is left out: so it is only ever computed from other
customers, and from earlier weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from parameters import Positive


class Encoder(pipeline.Parameters):
    """Section ``audit_ladder.encoder`` of params.yaml."""

    folds: int = Field(ge=2, le=1_000)
    prior_rows: Positive
    customers_per_name: int = Field(ge=2, le=1_000_000)


@dataclass(frozen=True)
class TargetEncoder:
    """The mean label of each code, drawn towards the mean of all by ``prior_rows`` rows.

    ``hits`` and ``rows`` are weighted sums by code, shape (levels,).
    """

    hits: np.ndarray
    rows: np.ndarray
    mean: float
    prior_rows: float

    @classmethod
    def fit(
        cls, code: np.ndarray, label: np.ndarray, weight: np.ndarray, levels: int, prior_rows: float
    ) -> TargetEncoder:
        """Learn from training rows; ``code`` is whole numbers below ``levels``, shape (n,)."""
        hits = np.bincount(code, label * weight, levels)
        rows = np.bincount(code, weight, levels)
        return cls(hits, rows, float(hits.sum() / max(rows.sum(), 1e-12)), prior_rows)

    def transform(self, code: np.ndarray) -> np.ndarray:
        """The encoded value of rows that were not trained on, shape of ``code``."""
        value = (self.hits + self.prior_rows * self.mean) / (self.rows + self.prior_rows)
        return np.asarray(value[code])


def encoded_in_fold(
    code: np.ndarray,
    label: np.ndarray,
    weight: np.ndarray,
    customer: np.ndarray,
    as_of_us: np.ndarray,
    levels: int,
    folds: int,
    prior_rows: float,
) -> np.ndarray:
    """Encoded values of the training rows themselves: each from other customers' earlier weeks.

    Customers are divided into ``folds``; a row sees the rows of the other folds whose
    as_of is earlier than its own. Its own label, its customer's labels in other weeks
    (one scheme labels many weeks) and all later labels are out of its sight. All arrays
    have shape (n,), ``code`` holds whole numbers below ``levels``.
    """
    _, number = np.unique(customer, return_inverse=True)
    fold = number % folds
    moments, week = np.unique(as_of_us, return_inverse=True)
    shape = (folds, len(moments), levels)
    place = np.ravel_multi_index((fold, week, code), shape)
    size = int(np.prod(shape))
    seen = []
    for mass in (label * weight, weight):
        by_fold = np.bincount(place, mass, size).reshape(shape)
        # Added up rather than taken away from a whole, so that not even a rounding is left.
        others = np.tensordot(1 - np.eye(folds), by_fold, axes=1)
        earlier = np.zeros(shape)
        earlier[:, 1:] = np.cumsum(others, axis=1)[:, :-1]
        seen.append(earlier)
    hits, rows = seen
    whole = rows.sum(axis=2)
    mean = np.divide(hits.sum(axis=2), whole, out=np.zeros_like(whole), where=whole > 0)
    value = (hits + prior_rows * mean[..., None]) / (rows + prior_rows)
    return np.asarray(value[fold, week, code])


def integer_codes(features: pd.DataFrame, levels: dict[str, int]) -> tuple[np.ndarray, list[int]]:
    """Codes for an embedding: 0 where the value is missing or unknown, else the code plus one.

    ``levels`` says how many codes each coded column has (``FeatureCatalogue.levels``).
    Returns whole numbers of shape (n, columns) and the size of each column's vocabulary.
    """
    names = list(levels)
    values = features[names].to_numpy(dtype=float)
    limits = np.array([levels[name] for name in names])
    known = ~np.isnan(values) & (values >= 0) & (values < limits)
    return np.where(known, np.nan_to_num(values) + 1, 0).astype(np.int64), [
        levels[name] + 1 for name in names
    ]
