"""Two checks of a feed beside the alarms: values that are lacking, and rows that came before."""

from __future__ import annotations

import numpy as np

from models.truth.drift_plants import Site, came_before


def missing_rise(
    values: list[np.ndarray], groups: list[np.ndarray], sampled: list[np.ndarray]
) -> list[float]:
    """By stretch, the largest rise of a group's missing share over that in the first stretch.

    ``groups`` are places of columns, ``sampled`` by stretch places of the rows that are asked.
    """
    asked = [each[rows] for each, rows in zip(values, sampled, strict=True)]
    shares = np.array([[float(np.isnan(each[:, mine]).mean()) for mine in groups] for each in asked])
    return [float(rise) for rise in (shares - shares[0]).max(axis=1)]


def repeated_share(
    values: list[np.ndarray], site: Site, most_weeks: int, sampled: list[np.ndarray], of: np.ndarray
) -> list[float]:
    """By stretch, the largest share of busy rows that repeat, in every column, those of some weeks before.

    Parameters
    ----------
    most_weeks : how many weeks back are tried, from one on
    sampled : by stretch, places of the rows that are asked
    of : places of the columns that are compared; a row with values in fewer than half of them says
        nothing, for idle customers repeat themselves
    """
    found = []
    for place, chosen in enumerate(sampled):
        now = np.nan_to_num(values[place][np.ix_(chosen, of)], nan=-1.0)
        is_busy = (now > 0).sum(axis=1) * 2 > len(of)
        shares = [0.0]
        for weeks in range(1, most_weeks + 1):
            earlier, has = came_before(site, values, place, weeks, chosen, of)
            asked = is_busy[has]
            if asked.any():
                before = np.nan_to_num(earlier[asked], nan=-1.0)
                shares.append(float((before == now[has][asked]).all(axis=1).mean()))
        found.append(max(shares))
    return found
