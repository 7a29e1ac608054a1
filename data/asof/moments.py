"""When something was: the bank's clock, and what happened to whom within days before a moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof.windows import first_at_or_after
from data.schema import DAY_US


def bank_time(moments: pd.Series, midnight: pd.Timestamp) -> pd.Series:
    """Moments as the bank's clock shows them; ``midnight`` is one of its midnights in UTC.

    Examples
    --------
    >>> seen = pd.Series(pd.to_datetime(["2025-03-03 01:30"], utc=True))
    >>> bank_time(seen, pd.Timestamp("2025-03-02 16:00", tz="UTC"))[0]
    Timestamp('2025-03-03 09:30:00')
    """
    ahead = (-midnight.value // 1_000) % DAY_US
    offset = pd.Timedelta(microseconds=ahead - DAY_US if ahead > DAY_US * 14 // 24 else ahead)
    return (moments + offset).dt.tz_localize(None)


def period_of(moments: pd.Series, periods: pd.DataFrame) -> pd.Series:
    """Name of the period that holds each moment, empty where none does; index of ``moments``.

    ``periods`` are rows of Periods: a period begins at ``starts_at`` and ends before ``ends_at``.
    """
    names = pd.Series("", index=moments.index)
    for row in periods.itertuples(index=False):
        names[(moments >= row.starts_at) & (moments < row.ends_at)] = row.name
    return names


def moments_of(
    transactions: pd.DataFrame, accounts: pd.DataFrame, truth: pd.DataFrame, schemes: pd.DataFrame
) -> pd.DataFrame:
    """When each member took part in a scheme: Schemes rows by payment, with (customer_id, at).

    Proceeds that a member places or spends outside the scheme's shape count as taking part:
    integration is laundering, too. ``is_patterned`` tells them apart for those who can only
    recognise a shape. A customer who is an end of a scheme's payment without being a
    member (a victim, a passer-by) took no part. Sorted by customer and moment.
    """
    owner = accounts.set_index("account_id")["customer_id"]
    named = truth[["transaction_id", "scheme_id", "is_patterned"]].merge(transactions, on="transaction_id")
    ends = [
        pd.DataFrame(
            {
                "scheme_id": named["scheme_id"],
                "customer_id": named[end].map(owner),
                "at": named["at"],
                "is_patterned": named["is_patterned"],
            }
        )
        for end in ("payer_account_id", "payee_account_id")
    ]
    took_part = pd.concat(ends).dropna().astype({"customer_id": "int64"})
    members = schemes[["scheme_id", "customer_id", "typology", "is_illicit", "sophistication"]].dropna()
    members = members.astype({"customer_id": "int64"}).drop_duplicates(["scheme_id", "customer_id"])
    moments = took_part.merge(members, on=["scheme_id", "customer_id"])
    return moments.sort_values(["customer_id", "at", "scheme_id"], ignore_index=True)


def pairs_within(
    moments: pd.DataFrame, queries: pd.DataFrame, days: int, at_now: bool = False
) -> pd.DataFrame:
    """Every query beside each moment of its customer in the ``days`` before it, by query and time.

    Parameters
    ----------
    moments : customer_id, at and what else is to be known of each
    queries : customer_id, as_of and what else names a query
    at_now : whether what happens at ``as_of`` itself counts. The window is as long either way:
        ``[as_of - days, as_of)``, or ``(as_of - days, as_of]``.

    Returns
    -------
    One row a pair: the columns of ``queries``, then those of ``moments`` but the customer.
    Moments of one time stay in the order in which they came.
    """
    order, first, end = _windows(moments, queries["customer_id"], queries["as_of"], days, at_now)
    size = end - first
    query = np.repeat(np.arange(len(queries)), size)
    place = np.arange(len(query)) + np.repeat(first - (np.cumsum(size) - size), size)
    found = moments.drop(columns="customer_id").iloc[order[place]]
    return pd.concat([queries.iloc[query].reset_index(drop=True), found.reset_index(drop=True)], axis=1)


def happened_within(
    moments: pd.DataFrame, customer_id: pd.Series, as_of: pd.Series, days: int, at_now: bool = False
) -> np.ndarray:
    """Whether a customer has one of ``moments`` in the window that `pairs_within` looks at.

    ``moments`` are (customer_id, at); the result has the shape of ``customer_id``.
    """
    _, first, end = _windows(moments, customer_id, as_of, days, at_now)
    return end > first


def _windows(
    moments: pd.DataFrame, customer_id: pd.Series, as_of: pd.Series, days: int, at_now: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order of the moments by customer and time, and the range of places there that lie in each window."""
    owners, owner = np.unique(moments["customer_id"].to_numpy(), return_inverse=True)
    at = microseconds(moments["at"])
    order = np.lexsort((at, owner))
    starts = np.searchsorted(owner[order], np.arange(len(owners) + 1))
    first, end = np.zeros((2, len(customer_id)), np.int64)
    known = np.flatnonzero(np.isin(customer_id.to_numpy(), owners))
    who = np.searchsorted(owners, customer_id.to_numpy()[known])
    until = microseconds(as_of)[known] + at_now
    first[known] = first_at_or_after(starts, at[order], who, until - days * DAY_US)
    end[known] = first_at_or_after(starts, at[order], who, until)
    return order, first, end


def microseconds(at: pd.Series) -> np.ndarray:
    """Moments in UTC microseconds, of whatever resolution they are; whole numbers stay. Shape of ``at``."""
    if at.dtype.kind == "M":
        at = at.dt.as_unit("us")
    return at.to_numpy(np.int64) if at.dtype.kind in "iu" else at.astype("int64").to_numpy()
