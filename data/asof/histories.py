"""Histories: values with the moment from which each was known, asked as of moments.

Whatever begins at ``as_of`` itself is not known then: only what began strictly before counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof.moments import microseconds
from data.schema import DAY_US


def value_as_of(
    owner: pd.Series,
    valid_from: pd.Series,
    value: np.ndarray,
    who: pd.Series,
    as_of: pd.Series,
    valid_to: pd.Series | None = None,
) -> np.ndarray:
    """The value of each one asked about that was valid as of a moment.

    Parameters
    ----------
    owner, valid_from, value : rows of the history, numbers; of two of one moment the later row counts
    who, as_of : what is asked, shape (queries,)
    valid_to : when each row ended, empty while it goes on; a row that ended before ``as_of`` is
        no longer valid, one that ends at it still is. Without it each row lasts until the next.

    Returns
    -------
    Shape (queries,), NaN where there was none.
    """
    moments = microseconds(as_of)
    order, first, end = _rows_before(owner.to_numpy(), microseconds(valid_from), who.to_numpy(), moments)
    result = np.full(len(who), np.nan)
    had = np.flatnonzero(end > first)
    row = order[end[had] - 1]
    if valid_to is not None:
        is_valid = valid_to.isna().to_numpy()[row] | (microseconds(valid_to)[row] >= moments[had])
        had, row = had[is_valid], row[is_valid]
    result[had] = value[row]
    return result


def count_so_far(owner: pd.Series, at: pd.Series, who: pd.Series, as_of: pd.Series) -> np.ndarray:
    """How many rows each one asked about has strictly before as_of; shape of ``who``."""
    return sum_so_far(owner, at, np.ones(len(owner)), who, as_of)


def sum_so_far(
    owner: pd.Series, at: pd.Series, amount: np.ndarray, who: pd.Series, as_of: pd.Series
) -> np.ndarray:
    """Sum of ``amount`` over the rows that each one asked about has strictly before as_of.

    A row without an owner or without a moment has not happened. Shape of ``who``.
    """
    order, first, end, kept = _happened(owner, at, who, as_of)
    running = np.concatenate([[0.0], np.cumsum(amount[kept][order])])
    return running[end] - running[first]


def days_since_last(owner: pd.Series, at: pd.Series, who: pd.Series, as_of: pd.Series) -> np.ndarray:
    """Days since the latest row that each one asked about has strictly before as_of; NaN without one."""
    order, first, end, kept = _happened(owner, at, who, as_of)
    happened = end > first
    days = np.full(len(who), np.nan)
    latest = microseconds(at[kept])[order[end[happened] - 1]]
    days[happened] = (microseconds(as_of)[happened] - latest) / DAY_US
    return days


def _happened(
    owner: pd.Series, at: pd.Series, who: pd.Series, as_of: pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`_rows_before` of the rows that have an owner and a moment, and which those are."""
    kept = (at.notna() & owner.notna()).to_numpy()
    owners = owner[kept].to_numpy(dtype=np.int64)
    return *_rows_before(owners, microseconds(at[kept]), who.to_numpy(), microseconds(as_of)), kept


def _rows_before(
    owner: np.ndarray, at: np.ndarray, who: np.ndarray, as_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order of rows by owner and moment, and the range of places there before each ``as_of``."""
    order = np.lexsort((at, owner))
    moments, asked = np.unique(as_of, return_inverse=True)
    size = len(moments) + 1
    known_from = np.searchsorted(moments, at[order], side="right")  # the first moment after a row
    end = np.searchsorted(owner[order] * size + known_from, who * size + asked, side="right")
    return order, np.searchsorted(owner[order], who, side="left"), end
