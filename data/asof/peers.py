"""Customers alike: what is usual among them, by weekly snapshot.

A snapshot at a moment knows only what came before it. A question as of a later moment
is answered by the latest snapshot at or before it, as a bank recomputes its peer groups
overnight once a week and compares every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

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
    """Centre, spread and 95th percentile of each row, shape (3, rows).

    Where half of the members agree, the median deviation is nought and the mean one
    stands in (Iglewicz and Hoaglin 1993).
    """
    result = np.full((3, len(matrix)), np.nan)
    for row, line in enumerate(matrix):
        found = line[~np.isnan(line)].astype(np.float64)  # a mean of float32 would add in float32
        if len(found) < max(least, 1):
            continue
        centre, upper = np.percentile(found, [50, 95])
        strays = np.abs(found - centre)
        spread = OF_MEDIAN_DEVIATION * np.median(strays)
        if spread == 0:
            spread = OF_MEAN_DEVIATION * strays.mean()
        result[:, row] = centre, spread if spread > 0 else np.nan, upper
    return result
