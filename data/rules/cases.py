"""Cases: alerts of one customer, or of customers tied to each other, close in time.

Two customers are tied when they used one device or when one paid the other, shortly
before the later of their alerts. What ties is known at that alert, never later: an alert
joins a case when it is raised and stays there, so that who reviews it sees what there was
by then, and no later alert changes an earlier one's case.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data.asof import pairs_within
from parameters import Count, Days


class CaseParams(pipeline.Parameters):
    """Section ``alert.cases`` of params.yaml."""

    days: Days
    most_tied: Count


def customer_payments(transactions: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Payments between two customers, once from each side: (customer_id, other_id, at)."""
    owner = accounts.set_index("account_id")["customer_id"]
    owner = owner.fillna(-1).astype("int64")
    payer = transactions["payer_account_id"].map(owner).to_numpy()
    payee = transactions["payee_account_id"].map(owner).to_numpy()
    inside = (payer >= 0) & (payee >= 0) & (payer != payee)
    at = transactions["at"][inside]
    sides = [
        pd.DataFrame({"customer_id": me[inside], "other_id": other[inside], "at": at})
        for me, other in ((payer, payee), (payee, payer))
    ]
    return pd.concat(sides, ignore_index=True)


def paid_ties(alerts: pd.DataFrame, payments: pd.DataFrame, params: CaseParams) -> pd.DataFrame:
    """Other alerted customers with whom an alert's customer exchanged money just before it.

    Columns alert_id, other_id. A customer who dealt with more than ``most_tied``
    customers in the days before the alert (an employer, a landlord) ties nobody.
    """
    alerted = alerts["customer_id"].unique()
    mine = payments[payments["customer_id"].isin(alerted)]

    def partners(asked: pd.DataFrame) -> pd.DataFrame:
        """Different customers with whom each (alert_id, customer_id, alerted_at) dealt."""
        pairs = pairs_within(mine, asked.rename(columns={"alerted_at": "as_of"}), params.days)
        pairs = pairs.rename(columns={"as_of": "alerted_at"})
        return pairs[["alert_id", "alerted_at", "customer_id", "other_id"]].drop_duplicates()

    def few(found: pd.DataFrame) -> pd.DataFrame:
        """Those of them whose customer dealt with few enough."""
        degree = found.groupby(["alert_id", "customer_id"])["other_id"].transform("size")
        return found[degree <= params.most_tied]

    ties = few(partners(alerts[["alert_id", "customer_id", "alerted_at"]]))
    ties = ties[ties["other_id"].isin(alerted)]
    turned = ties.rename(columns={"customer_id": "other_id", "other_id": "customer_id"})
    both_few = few(partners(turned[["alert_id", "customer_id", "alerted_at"]]))
    kept = both_few[["alert_id", "customer_id"]].drop_duplicates()
    kept = kept.rename(columns={"customer_id": "other_id"})
    return ties[["alert_id", "other_id"]].merge(kept, on=["alert_id", "other_id"])


def device_ties(alerts: pd.DataFrame, devices: pd.DataFrame, params: CaseParams) -> pd.DataFrame:
    """Other alerted customers with whom an alert's customer shared a device just before it.

    Columns alert_id, other_id. A device that more than ``most_tied`` customers used in
    the days before the alert (a kiosk) ties nobody.
    """
    near = pd.Timedelta(days=params.days)

    def in_use(rows: pd.DataFrame) -> pd.Series:
        ends = rows["valid_to"].isna() | (rows["valid_to"] >= rows["alerted_at"] - near)
        return (rows["valid_from"] < rows["alerted_at"]) & ends

    own = alerts[["alert_id", "customer_id", "alerted_at"]].merge(devices, on="customer_id")
    own = own[in_use(own)][["alert_id", "alerted_at", "customer_id", "device_id"]].drop_duplicates()
    shared = own.merge(devices.rename(columns={"customer_id": "other_id"}), on="device_id")
    shared = shared[in_use(shared)]
    users = shared.groupby(["alert_id", "device_id"])["other_id"].transform("nunique")
    is_tie = (users <= params.most_tied) & (shared["other_id"] != shared["customer_id"])
    is_tie &= shared["other_id"].isin(alerts["customer_id"].unique())
    return shared.loc[is_tie, ["alert_id", "other_id"]].drop_duplicates()


def case_ids(
    alerts: pd.DataFrame, payments: pd.DataFrame, devices: pd.DataFrame, params: CaseParams
) -> np.ndarray:
    """The case of each alert, numbered by their first alert; shape (alerts,).

    An alert joins what its customer, or a customer tied to theirs, was alerted for in
    the ``days`` before; one that is tied to several cases joins the oldest of them.

    Parameters
    ----------
    alerts : alert_id, customer_id, alerted_at, in order of alert_id and time
    payments : as of `customer_payments`
    devices : Devices
    """
    own = alerts[["alert_id", "customer_id"]].rename(columns={"customer_id": "other_id"})
    ties = pd.concat([own, paid_ties(alerts, payments, params), device_ties(alerts, devices, params)])
    place = pd.Series(np.arange(len(alerts)), index=alerts["alert_id"])
    ties = ties.drop_duplicates().merge(alerts[["alert_id", "alerted_at"]], on="alert_id")
    ties = ties.rename(columns={"other_id": "customer_id", "alerted_at": "as_of"})
    earlier = alerts[["alert_id", "customer_id", "alerted_at"]]
    earlier = earlier.rename(columns={"alert_id": "earlier_id", "alerted_at": "at"})
    at_once = ties.merge(earlier, left_on=["customer_id", "as_of"], right_on=["customer_id", "at"])
    pairs = pd.concat([pairs_within(earlier, ties, params.days), at_once])
    pairs = pairs[pairs["earlier_id"] != pairs["alert_id"]]
    ends = np.column_stack([place[pairs["earlier_id"]], place[pairs["alert_id"]]])
    ends.sort(axis=1, kind="stable")  # of two alerts of one moment the lower number is the earlier
    case = np.zeros(len(alerts), np.int64)
    tied = pd.Series(ends[:, 0]).groupby(ends[:, 1]).indices
    count = 0
    for alert in range(len(alerts)):
        if alert in tied:
            case[alert] = case[ends[tied[alert], 0]].min()
        else:
            count += 1
            case[alert] = count
    return case


def cases_table(alerts: pd.DataFrame) -> pd.DataFrame:
    """The Cases table: what each case holds."""
    return (
        alerts.groupby("case_id", sort=True)
        .agg(
            first_alert_at=("alerted_at", "min"),
            last_alert_at=("alerted_at", "max"),
            alert_count=("alert_id", "size"),
            customer_count=("customer_id", "nunique"),
        )
        .reset_index()
    )
