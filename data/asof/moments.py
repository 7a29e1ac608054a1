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


def happened_within(moments: pd.DataFrame, customer_id: pd.Series, as_of: pd.Series, days: int) -> np.ndarray:
    """Whether a customer has one of ``moments`` in ``[as_of - days, as_of)``.

    ``moments`` are (customer_id, at); the result has the shape of ``customer_id``.
    """
    owners, owner = np.unique(moments["customer_id"].to_numpy(), return_inverse=True)
    at = moments["at"].astype("int64").to_numpy()
    order = np.lexsort((at, owner))
    starts = np.searchsorted(owner[order], np.arange(len(owners) + 1))
    result = np.zeros(len(customer_id), bool)
    known = np.flatnonzero(np.isin(customer_id.to_numpy(), owners))
    who = np.searchsorted(owners, customer_id.to_numpy()[known])
    until = as_of.astype("int64").to_numpy()[known]
    first = first_at_or_after(starts, at[order], who, until - days * DAY_US)
    end = first_at_or_after(starts, at[order], who, until)
    result[known] = end > first
    return result
