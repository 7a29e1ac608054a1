"""How far numbers have moved from a reference: the population stability index."""

from __future__ import annotations

import numpy as np
import pandas as pd


def shift_index(reference: np.ndarray, now: np.ndarray, bins: int) -> float:
    """Population stability index between two samples, 0 where they are alike; NaN where one is empty.

    Values are counted between the inner quantiles of the reference (``bins`` of equal size),
    on each of them, and as missing: where most values are one, a bin that joined it with its
    neighbours would hold everything. A bin that is empty on one side counts as half a case
    there; one that is empty on both is none.

    Parameters
    ----------
    reference, now : shapes (n,) and (m,); NaN is missing, minus infinity a value below all
    """
    if not len(reference) or not len(now):
        return float("nan")
    known = reference[~np.isnan(reference)]
    edges = np.zeros(1)
    if len(known):  # places of order, for infinite values cannot be averaged
        edges = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="lower"))
    counts = np.array([_counts(values, edges) for values in (reference, now)], float)
    filled = np.maximum(counts[:, counts.any(axis=0)], 0.5)
    one, other = filled / filled.sum(axis=1, keepdims=True)
    return float(((other - one) * np.log(other / one)).sum())


def _counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many lie below the first edge, on it, between it and the next, and so on; the missing last."""
    is_missing = np.isnan(values)
    known = values[~is_missing]
    between, on = (np.searchsorted(edges, known, side=side) for side in ("left", "right"))
    place = between + on  # even between two edges, odd on one
    return np.append(np.bincount(place, minlength=2 * len(edges) + 1), is_missing.sum())


def shift_indices(reference: pd.DataFrame, now: pd.DataFrame, bins: int) -> dict[str, float]:
    """`shift_index` of every column; those without a value to compare are left out."""
    found = {
        str(name): shift_index(reference[name].to_numpy(), now[name].to_numpy(), bins) for name in reference
    }
    return {name: round(value, 4) for name, value in found.items() if not np.isnan(value)}


def sampled_rows(mask: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """At most so many of the marked rows, drawn without replacement, in order."""
    rows = np.flatnonzero(mask)
    return np.sort(rng.permutation(rows)[:most])
