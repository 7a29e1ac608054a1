"""How unusual a value is among peers, and beside the customer's own past."""

from __future__ import annotations

import numpy as np
import pandas as pd

UNORDERED = ("name", "flag")  # encodings whose numbers are no order


def rarities(
    features: pd.DataFrame, groups: pd.Series, place: np.ndarray, encoding: np.ndarray
) -> np.ndarray:
    """How far values lie from the middle of their peers', shape (asked, features), 0 to 1.

    0: half of the peers lie on either side; 1: beyond all of them, high or low. Of a name or a
    flag: the share of peers who have another one. A value that is missing is never rare, for
    it may say no more than that the feature does not apply.

    Parameters
    ----------
    features : all peers, shape (n, features)
    groups : peer group of each, shape (n,)
    place : rows that are asked about
    encoding : what the numbers of each feature mean, shape (features,)
    """
    found = np.zeros((len(place), features.shape[1]))
    group = groups.to_numpy()
    is_name = np.isin(encoding, UNORDERED)
    for name in pd.unique(group[place]):
        asked = np.flatnonzero(group[place] == name)
        peers = features.iloc[np.flatnonzero(group == name)]
        for column in range(features.shape[1]):
            values = np.sort(peers.iloc[:, column].to_numpy(), kind="stable")
            size = int(np.count_nonzero(~np.isnan(values)))  # missing ones are sorted last
            own = features.iloc[place[asked], column].to_numpy()
            low, high = (np.searchsorted(values[:size], own, side) for side in ("left", "right"))
            if is_name[column]:
                rare = 1 - (high - low) / max(size, 1)
            else:
                rare = np.abs(low + high - size) / max(size, 1)
            found[asked, column] = np.where(np.isnan(own), 0.0, rare)
    return found


def own_medians(
    alerts: pd.DataFrame, split: pd.DataFrame, features: pd.DataFrame, days: int, weeks: int
) -> np.ndarray:
    """Median of every feature over the customer's earlier weeks, shape (alerts, features).

    Those are the last ``weeks`` rows of ``split`` that end ``days`` before the alert, so that they
    share no payment with it; missing where there is none.

    Parameters
    ----------
    alerts : customer_id and as_of
    split, features : rows of the alerted customers, aligned
    """
    apart = pd.Timedelta(days=days)
    by_customer = split.groupby("customer_id").indices
    as_of = pd.DatetimeIndex(split["as_of"]).as_unit("us").asi8
    values = features.to_numpy()
    found = np.full((len(alerts), features.shape[1]), np.nan)
    for number, alert in enumerate(alerts.itertuples(index=False)):
        rows = by_customer.get(alert.customer_id, np.zeros(0, int))
        earlier = rows[as_of[rows] <= (alert.as_of - apart).as_unit("us").value]
        chosen = earlier[np.argsort(as_of[earlier], kind="stable")][-weeks:]
        known = values[chosen]
        has_any = ~np.isnan(known).all(axis=0) if len(known) else np.zeros(features.shape[1], bool)
        found[number, has_any] = np.nanmedian(known[:, has_any], axis=0)
    return found
