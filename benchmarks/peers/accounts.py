"""What an account did in a window of days: payments it made and got, their partners, one step further.

Only payments inside the window are seen, and no label, pattern or profile of the simulator. Columns
of spending (payments out of the world) and of balances stand apart by their prefix, so that a model
can be judged without them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

PASSED_ON = (0, 1, 3, 7)  # days within which money that came has left again
NEAR = 0.1  # amounts that differ by less may be one sum passed on
SPENDING, BALANCE = "spending_", "balance_"
ENDS = {"made": ("payer", "payee"), "got": ("payee", "payer")}


def _grouped(rows: pd.DataFrame, by: str, name: str, days: int) -> pd.DataFrame:
    """Counts, sums and shapes of payments by the account of column ``by``."""
    amount, groups = rows["amount"], rows.groupby(by)
    of = groups["amount"].agg(["count", "sum", "mean", "std", "min", "max", "median", "skew"])
    of["count"] /= days
    of["sum"] /= days
    of["days"] = groups["day"].nunique() / days
    a_day = rows.groupby([by, "day"])["amount"].agg(["count", "sum"])
    of["most_a_day"] = a_day["count"].groupby(level=0).max()
    of["largest_day"] = a_day["sum"].groupby(level=0).max()
    of["distinct"] = rows.assign(cents=np.round(amount * 100)).groupby(by)["cents"].nunique() / groups.size()
    gap = rows.sort_values([by, "day"], kind="stable").groupby(by)["day"].diff()
    of["gap"] = gap.groupby(rows[by]).mean()
    of["gap_spread"] = gap.groupby(rows[by]).std()
    return of.add_prefix(f"{name}_")


def _partners(rows: pd.DataFrame, by: str, other: str, name: str, days: int) -> pd.DataFrame:
    """How an account's payments spread over its partners, and how large they were for the partners."""
    pairs = rows.groupby([by, other])["amount"].agg(["count", "sum", "max"]).reset_index()
    of_by = pairs.groupby(by)
    of = pd.DataFrame(
        {
            "partners": of_by.size() / days,
            "a_partner": of_by["count"].mean(),
            "most_with_one": of_by["count"].max(),
            "largest_share": of_by["sum"].max() / of_by["sum"].sum(),
            "once_only": of_by["count"].agg(lambda count: (count == 1).mean()),
        }
    )
    most = rows.groupby([by, "day"])[other].nunique()
    of["most_partners_a_day"] = most.groupby(level=0).max()
    # How unusual each payment is among the partner's own, in spreads.
    group = rows.groupby(other)["amount"]
    unusual = (rows["amount"] - group.transform("mean")) / (group.transform("std").fillna(0) + 1)
    of["unusual_for_partner"] = unusual.groupby(rows[by]).max()
    of["unusual_mean"] = unusual.groupby(rows[by]).mean()
    return of.add_prefix(f"{name}_")


def _passed_on(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums that came and left again within days, alike in amount or not."""
    came = rows[["payee", "day", "amount"]].rename(columns={"payee": "account"})
    left = rows[["payer", "day", "amount"]].rename(columns={"payer": "account"})
    both = came.merge(left, on="account", suffixes=("", "_left"))
    both = both[(both["day_left"] >= both["day"]) & (both["day_left"] <= both["day"] + PASSED_ON[-1])]
    lag = both["day_left"] - both["day"]
    ratio = both["amount_left"] / both["amount"]
    alike = (ratio - 1).abs() < NEAR
    columns = {}
    for days in PASSED_ON:
        columns[f"within_{days}"] = (lag <= days).groupby(both["account"]).sum()
        columns[f"alike_within_{days}"] = (alike & (lag <= days)).groupby(both["account"]).sum()
    columns["largest_alike"] = both["amount"].where(alike).groupby(both["account"]).max()
    columns["closest"] = (ratio - 1).abs().groupby(both["account"]).min()
    return pd.DataFrame(columns).add_prefix("passed_")


def _one_step(own: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Means and maxima of the partners' own columns, payers and payees apart."""
    parts = []
    for name, (by, other) in ENDS.items():
        pairs = rows[[by, other]].drop_duplicates()
        theirs = own.reindex(pairs[other]).set_index(pairs[by])
        grouped = theirs.groupby(level=0)
        parts += [grouped.mean().add_prefix(f"{name}_mean_"), grouped.max().add_prefix(f"{name}_max_")]
    return pd.concat(parts, axis=1)


def _beyond(log: pd.DataFrame, days: int) -> pd.DataFrame:
    """Income from outside, cash, spending and balances."""
    income, spent = log[log["payer"] < 0], log[(log["payee"] < 0) & (log["type"] != "CASH")]
    cash = log[(log["payee"] < 0) & (log["type"] == "CASH")]
    made, got = log[log["payer"] >= 0], log[log["payee"] >= 0]
    balance = pd.concat(
        [
            made[["payer", "day", "balance_payer"]].set_axis(["account", "day", "balance"], axis=1),
            got[["payee", "day", "balance_payee"]].set_axis(["account", "day", "balance"], axis=1),
        ]
    ).sort_values(["account", "day"], kind="stable")
    of = balance.groupby("account")["balance"]
    levels = of.agg(["mean", "std", "min", "max", "first", "last"])
    levels["change"] = (levels["last"] - levels["first"]) / days
    return pd.concat(
        [
            _grouped(income, "payee", "income", days),
            (cash.groupby("payer")["amount"].agg(["count", "sum"]) / days).add_prefix("cash_"),
            _grouped(spent, "payer", SPENDING.rstrip("_"), days),
            levels.add_prefix(BALANCE),
        ],
        axis=1,
    )


def window_features(log: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """One row for each account that appears in days ``first`` to ``last``, both included.

    Parameters
    ----------
    log : columns day, type, amount, payer, payee (below 0 outside the world), balance_payer,
        balance_payee (after the payment)

    Columns by prefix: ``made_``, ``got_``, ``passed_``, ``income_``, ``cash_``, ``spending_``,
    ``balance_``, and the same of partners after ``hop_``.
    """
    log = log[(log["day"] >= first) & (log["day"] <= last)]
    days = last - first + 1
    rows = log[(log["payer"] >= 0) & (log["payee"] >= 0)]
    flows = [
        part
        for name, (by, other) in ENDS.items()
        for part in (_grouped(rows, by, name, days), _partners(rows, by, other, name, days))
    ]
    own = pd.concat([*flows, _passed_on(rows), _beyond(log, days)], axis=1)
    pairs = pd.MultiIndex.from_frame(rows[["payer", "payee"]])
    back = pd.MultiIndex.from_frame(rows[["payee", "payer"]])
    own["made_back"] = pd.Series(pairs.isin(back), rows["payer"]).groupby(level=0).mean()
    own["through"] = own["got_sum"] / (own["made_sum"] + own["got_sum"])
    own["largest_through"] = own["made_max"] / own["got_max"]
    own.index.name = "account"
    return pd.concat([own, _one_step(own, rows).add_prefix("hop_")], axis=1)


def without_spending_and_balance(features: pd.DataFrame) -> pd.DataFrame:
    """The columns that neither spending nor balances, own or a partner's, enter."""
    apart = [name for name in features if SPENDING in name or BALANCE in name]
    return features.drop(columns=apart)
