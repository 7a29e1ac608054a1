"""Customers alike: what is usual among them, by weekly snapshot.

A snapshot at a moment knows only what came before it. A question as of a later moment
is answered by the latest snapshot at or before it, as a bank recomputes its peer groups
overnight once a week and compares every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A median absolute deviation, or a mean one, times this is the standard deviation of a normal.
OF_MEDIAN_DEVIATION = 1.4826
OF_MEAN_DEVIATION = 1.2533


@dataclass(frozen=True)
class Usual:
    """Centre, spread and 95th percentile of one quantity; shape (snapshots, customer groups) each.

    NaN where too few were measured, or where nobody strays from the centre.
    """

    centre: np.ndarray
    spread: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True)
class Peers:
    """What is usual in each group of customers at each snapshot.

    ``moments`` has shape (snapshots,), in order; ``group`` is the group of each customer,
    shape (customers,); ``usual`` holds each quantity by name.
    """

    moments: np.ndarray
    group: np.ndarray
    usual: Mapping[str, Usual]

    @classmethod
    def of(
        cls,
        moments: np.ndarray,
        values: Mapping[str, np.ndarray],
        group: np.ndarray,
        kind: np.ndarray,
        least: int,
    ) -> Peers:
        """Measure the groups.

        Parameters
        ----------
        moments : shape (snapshots,), in order
        values : by name, shape (snapshots, customers); NaN where not measurable
        group, kind : shape (customers,), codes; every group lies in one kind
        least : a group with fewer measured members is judged by its whole kind,
            a kind with fewer not at all
        """
        size = int(group.max(initial=-1)) + 1
        members = [np.flatnonzero(group == code) for code in range(size)]
        whole = [np.flatnonzero(kind == kind[mine[0]]) if len(mine) else mine for mine in members]
        usual = {}
        for name, matrix in values.items():
            near = [_usual(matrix[:, mine], least) for mine in members]
            firsts = {tuple(all_of[:1]): all_of for all_of in whole}
            far = {first: _usual(matrix[:, all_of], least) for first, all_of in firsts.items()}
            columns = [
                np.where(np.isnan(mine[0]), far[tuple(all_of[:1])], mine)
                for mine, all_of in zip(near, whole, strict=True)
            ]
            centre, spread, upper = (
                np.stack([column[part] for column in columns], axis=1)
                if size
                else np.empty((len(moments), 0))
                for part in range(3)
            )
            usual[name] = Usual(centre, spread, upper)
        return cls(moments, group, usual)

    def place(self, customer: np.ndarray, as_of: np.ndarray) -> np.ndarray:
        """Where a query finds its peers: the latest snapshot at or before its moment, and its group.

        Shape (queries,), for `deviation` and `upper`; the last place of all is that of
        queries before the first snapshot.
        """
        latest = np.searchsorted(self.moments, as_of, side="right") - 1
        groups = int(self.group.max(initial=-1)) + 1
        return np.where(latest < 0, len(self.moments) * groups, latest * groups + self.group[customer])

    def deviation(self, name: str, values: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Robust standard deviations between each value and the centre of its peers."""
        usual = self.usual[name]
        return (values - _by_place(usual.centre)[place]) / _by_place(usual.spread)[place]

    def upper(self, name: str, place: np.ndarray) -> np.ndarray:
        """The value that 95 % of the peers stay below."""
        return _by_place(self.usual[name].upper)[place]


def _by_place(values: np.ndarray) -> np.ndarray:
    """Values by snapshot and group in one row, and NaN at its end."""
    return np.append(values.ravel(), np.nan)


def _usual(matrix: np.ndarray, least: int) -> np.ndarray:
    """Centre, spread and 95th percentile of each row, shape (3, rows)."""
    result = np.full((3, len(matrix)), np.nan)
    for row, line in enumerate(matrix):
        found = line[~np.isnan(line)].astype(np.float64)  # a mean of float32 would add in float32
        if len(found) >= max(least, 1):
            result[:, row] = *centre_and_spread(found), np.percentile(found, 95)
    return result


def centre_and_spread(values: np.ndarray, mean_factor: float = OF_MEAN_DEVIATION) -> tuple[float, float]:
    """Median of a sample without gaps, and its robust standard deviation.

    That is 1.4826 median absolute deviations. Where half of the sample agrees, these are nought
    and ``mean_factor`` mean absolute deviations stand in (Iglewicz and Hoaglin 1993); NaN
    where all agree.

    >>> centre_and_spread(np.array([1.0, 2, 3, 4, 100]))
    (3.0, 1.4826)
    """
    centre = np.median(values)
    strays = np.abs(values - centre)
    spread = OF_MEDIAN_DEVIATION * np.median(strays)
    if spread == 0:
        spread = mean_factor * strays.mean()
    return float(centre), float(spread) if spread > 0 else np.nan


def deviation_within(values: np.ndarray, group: np.ndarray, mean_factor: float) -> np.ndarray:
    """Robust standard deviations between each value and the centre of its own group; shape of ``values``.

    ``group`` numbers them as `groups_alike` does. NaN where the value is missing, has no
    group or where all of the group agree. ``mean_factor`` as in `centre_and_spread`.
    """
    result = np.full(len(values), np.nan)
    measured = np.flatnonzero((group >= 0) & ~np.isnan(values))
    order = measured[np.argsort(group[measured], kind="stable")]
    for mine in np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []:
        centre, spread = centre_and_spread(values[mine], mean_factor)
        result[mine] = (values[mine] - centre) / spread
    return result


def groups_alike(as_of: pd.Series, kind: np.ndarray, likeness: list[np.ndarray], least: int) -> np.ndarray:
    """Number of the group of customers alike that each row (a customer as of a moment) is in.

    The group is the moment, the kind and every likeness (codes, shape (n,); NaN is a code of its
    own). Where fewer than ``least`` share it, it is the moment and the kind; -1 where those are
    too few as well. Shape (n,).
    """
    codes = [pd.factorize(column, use_na_sentinel=False)[0] for column in (kind, *likeness)]
    week = pd.factorize(as_of)[0]
    wide, narrow = _numbered([week, codes[0]]), _numbered([week, *codes])
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
