"""Histories: rows with the moment at which each began, asked as of later moments.

Whatever begins at ``as_of`` itself is not known then: only what began strictly before counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof.moments import microseconds
from data.schema import DAY_US, NEVER_US


@dataclass(frozen=True)
class RowsBefore:
    """The rows of a history that each query's owner had strictly before its moment.

    Those of query q are ``order[first[q]:end[q]]``, in order of time, rows of one moment as they
    came. ``at`` (rows,) are the moments of the rows and ``as_of`` (queries,) those of the
    queries, in microseconds.
    """

    order: np.ndarray
    first: np.ndarray
    end: np.ndarray
    at: np.ndarray
    as_of: np.ndarray

    @classmethod
    def of(cls, owner: pd.Series, at: pd.Series, who: pd.Series, as_of: pd.Series) -> RowsBefore:
        """Find the rows.

        Parameters
        ----------
        owner, at : of each row; a row without an owner or without a moment has not happened
        who, as_of : owner and moment of each query
        """
        happened = np.flatnonzero((at.notna() & owner.notna()).to_numpy())
        by = owner.iloc[happened].to_numpy(dtype=np.int64)
        moments, asked = np.unique(microseconds(as_of), return_inverse=True)
        when = np.zeros(len(at), np.int64)
        when[happened] = microseconds(at.iloc[happened])
        order = np.lexsort((when[happened], by))
        by, order = by[order], happened[order]
        size = len(moments) + 1
        known_from = np.searchsorted(moments, when[order], side="right")  # the first moment after a row
        whose = who.to_numpy(dtype=np.int64)
        end = np.searchsorted(by * size + known_from, whose * size + asked, side="right")
        return cls(order, np.searchsorted(by, whose, side="left"), end, when, moments[asked])

    def count(self) -> np.ndarray:
        """Rows of each query, shape (queries,)."""
        return (self.end - self.first).astype(float)

    def total(self, amount: np.ndarray) -> np.ndarray:
        """Sum of ``amount`` (rows,) over the rows of each query, shape (queries,)."""
        running = np.concatenate([[0.0], np.cumsum(amount[self.order])])
        return running[self.end] - running[self.first]

    def latest(self) -> np.ndarray:
        """The last row of each query, -1 without one; shape (queries,)."""
        latest = np.full(len(self.end), -1)
        some = self.end > self.first
        latest[some] = self.order[self.end[some] - 1]
        return latest

    def days_since_latest(self) -> np.ndarray:
        """Days from the last row to the query's moment, NaN without one; shape (queries,)."""
        row = self.latest()
        had = np.flatnonzero(row >= 0)
        days = np.full(len(row), np.nan)
        days[had] = (self.as_of[had] - self.at[row[had]]) / DAY_US
        return days


def count_so_far(owner: pd.Series, at: pd.Series, who: pd.Series, as_of: pd.Series) -> np.ndarray:
    """How many rows ``who`` has strictly before ``as_of``; shape (queries,), see `RowsBefore`."""
    return RowsBefore.of(owner, at, who, as_of).count()


def value_as_of(
    owner: pd.Series,
    valid_from: pd.Series,
    value: np.ndarray,
    who: pd.Series,
    as_of: pd.Series,
    valid_to: pd.Series | None = None,
) -> np.ndarray:
    """The value that was valid as of a moment, shape (queries,); NaN where there was none.

    Parameters
    ----------
    owner, valid_from, value : of each row, a number; of two of one moment the later row counts
    who, as_of : owner and moment of each query
    valid_to : when each row ended, empty while it goes on; a row that ended before ``as_of`` is
        no longer valid, one that ends at it still is. Without it a row lasts until the next.
    """
    row = RowsBefore.of(owner, valid_from, who, as_of).latest()
    had = np.flatnonzero(row >= 0)
    if valid_to is not None:
        until = np.where(valid_to.isna(), NEVER_US, microseconds(valid_to))
        had = had[until[row[had]] >= microseconds(as_of)[had]]
    result = np.full(len(row), np.nan)
    result[had] = value[row[had]]
    return result
