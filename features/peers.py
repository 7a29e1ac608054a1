"""Peer groups: customers alike in kind, work, age and tenure, at the same moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROBUST = 1.4826  # median absolute deviations in a standard deviation of a normal spread


def groups(as_of: pd.Series, kind: np.ndarray, likeness: list[np.ndarray], least: int) -> np.ndarray:
    """Number of each subject's peer group; -1 where there are too few peers at all.

    The group is the moment, the kind and every likeness (codes, shape (n,); NaN is a code
    of its own). Where fewer than ``least`` share it, it is the moment and the kind.
    """
    codes = [pd.factorize(column, use_na_sentinel=False)[0] for column in (kind, *likeness)]
    week = pd.factorize(as_of)[0]
    wide = np.unique(np.stack([week, codes[0]]), axis=1, return_inverse=True)[1].ravel()
    narrow = _numbered([week, *codes])
    wide_size, narrow_size = np.bincount(wide), np.bincount(narrow)
    number = np.where(narrow_size[narrow] >= least, narrow, len(narrow_size) + wide)
    few = (narrow_size[narrow] < least) & (wide_size[wide] < least)
    return np.where(few, -1, number)


def _numbered(codes: list[np.ndarray]) -> np.ndarray:
    """One number for each combination of codes."""
    number = np.zeros(len(codes[0]), np.int64)
    for column in codes:
        number = pd.factorize(number * (int(column.max(initial=0)) + 1) + column)[0].astype(np.int64)
    return number


def deviation(value: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Robust z-score among peers: distance from the median in robust standard deviations.

    Where more than half of the peers are alike, the mean absolute deviation stands in for
    the median one; NaN where all are, where the value is missing or has no peers.
    """
    has_peers = group >= 0
    table = pd.Series(value).where(has_peers)
    by = table.groupby(group)
    from_median = table - by.transform("median")
    away = from_median.abs()
    spread = away.groupby(group).transform("median") * ROBUST
    spread = spread.where(spread > 0, away.groupby(group).transform("mean"))
    result = from_median / spread.where(spread > 0)
    return result.to_numpy(dtype=float)
