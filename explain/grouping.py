"""Alerts that hang together: which case an alert of the model belongs to, and who is tied to whom.

An alert of the model belongs to the bank's own case where rules alerted its customer in the days
before; otherwise to the case of an alerted customer to whom its customer is tied, by a device that
both used or by money that one paid the other; otherwise it opens one. What ties is known at the
alert, never later, and an alert stays in the case that it joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from explain.ledger import OUTSIDE, PURCHASES, CaseLedger
from explain.results.cases import CaseLink

OWN_KINDS = ("person", "company", "micro_business", "overseas")  # outside parties that several may pay


@dataclass(frozen=True)
class CaseTies:
    """Who used a device, dealt with whom and was alerted, by the bank's clock.

    ``devices`` are rows of Devices of all customers; ``alerted`` holds (customer_id, at, case_id) of
    alerts of rules. ``days`` are looked back; who dealt with more than ``most`` others ties nobody, and
    payments of less than ``least`` yuan in all tie none.
    """

    ledger: CaseLedger
    devices: pd.DataFrame
    alerted: pd.DataFrame
    days: int
    most: int
    least: float

    def since(self, as_of: pd.Timestamp) -> pd.Timestamp:
        """The first moment that is looked at."""
        return as_of - pd.Timedelta(days=self.days)

    def in_use(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Rows of Devices that were in use in the days before a moment."""
        seen = self.devices
        ends = seen["valid_to"].isna() | (seen["valid_to"] >= self.since(as_of))
        return seen[(seen["valid_from"] < as_of) & ends]

    def sharers(self, customer: int, as_of: pd.Timestamp) -> dict[int, list[int]]:
        """Other customers on each device of a customer; none on one that serves too many."""
        used = self.in_use(as_of)
        own = used.loc[used["customer_id"] == customer, "device_id"].unique()
        users = used[used["device_id"].isin(own)].groupby("device_id")["customer_id"].unique()
        return {
            int(device): sorted(int(other) for other in found if other != customer)
            if len(found) <= self.most
            else []
            for device, found in users.items()
        }

    def dealings(self, customer: int, as_of: pd.Timestamp) -> pd.DataFrame:
        """Payments with other customers in the days before, no purchases: ledger rows with ``other``."""
        rows = self.ledger.of_customers([customer])
        rows = rows[(rows["at"] < as_of) & (rows["at"] >= self.since(as_of))]
        rows = rows[
            (rows["payer"] != rows["payee"]) & (rows["payer"] != OUTSIDE) & (rows["payee"] != OUTSIDE)
        ]
        rows = rows[~rows["channel"].isin(PURCHASES)]
        return rows.assign(other=rows["payee"].where(rows["payer"] == customer, rows["payer"]))

    def tied(self, customer: int, as_of: pd.Timestamp) -> set[int]:
        """Customers to whom one is tied in the days before a moment."""
        sums = self.dealings(customer, as_of).groupby("other")["amount_cents"].sum()
        partners = set(sums.index[sums >= self.least * 100])
        found = partners if len(partners) <= self.most else set()
        return found.union(*self.sharers(customer, as_of).values())

    def bank_case(self, customer: int, as_of: pd.Timestamp) -> int | None:
        """The bank's case of the customer's latest alert of a rule in the days before, or on the day."""
        mine = self.alerted[self.alerted["customer_id"] == customer]
        mine = mine[(mine["at"] <= as_of) & (mine["at"] > self.since(as_of))]
        return None if mine.empty else int(mine["case_id"].iloc[-1])

    def members(self, case_id: str, as_of: pd.Timestamp) -> list[int]:
        """Customers whom rules had alerted in the bank's case by then, in the days before."""
        if not case_id.startswith("C"):
            return []
        mine = self.alerted[self.alerted["case_id"] == int(case_id[1:])]
        mine = mine[(mine["at"] <= as_of) & (mine["at"] > self.since(as_of))]
        return sorted(int(customer) for customer in mine["customer_id"].unique())


def joined_cases(alerts: pd.DataFrame, ties: CaseTies) -> pd.Series:
    """The case of each alert, index as that of ``alerts``.

    Of several cases that an alert could join it takes the one that was opened first.

    Parameters
    ----------
    alerts : subject_id, customer_id, as_of by the bank's clock, in order of time
    """
    opened: list[str] = []
    latest: dict[int, tuple[pd.Timestamp, str]] = {}  # of each customer: last alert and its case
    found = []
    for alert in alerts.itertuples(index=False):
        own = ties.bank_case(alert.customer_id, alert.as_of)
        near = {alert.customer_id, *ties.tied(alert.customer_id, alert.as_of)} & set(latest)
        met = [latest[customer] for customer in near]
        open_cases = {case for at, case in met if at > ties.since(alert.as_of)}
        wanted = open_cases | ({f"C{own}"} if own is not None else set())
        known = [case for case in opened if case in wanted]
        case = known[0] if known else min(wanted, default=f"M{alert.subject_id}")
        if case not in opened:
            opened.append(case)
        latest[alert.customer_id] = (alert.as_of, case)
        found.append(case)
    return pd.Series(found, alerts.index, dtype="str")


def case_links(
    customer: int, together: Iterable[int], alerted: Iterable[int], as_of: pd.Timestamp, ties: CaseTies
) -> list[CaseLink]:
    """Customers tied to one, and how: first those of the case, then by device, money and payee.

    ``together`` are the customers of the case, ``alerted`` those whom anybody alerted in the days.
    """
    called, known = ties.ledger.called, set(alerted)
    links = [
        CaseLink(
            name=called(other), how="same_case", payments=0, yuan=0, through="", is_alerted=other in known
        )
        for other in together
        if other != customer
    ]
    links += [
        CaseLink(
            name=called(other),
            how="device",
            payments=0,
            yuan=0,
            through=str(device),
            is_alerted=other in known,
        )
        for device, others in ties.sharers(customer, as_of).items()
        for other in others
    ]
    dealt = ties.dealings(customer, as_of)
    dealt = dealt.assign(how=(dealt["payer"] == customer).map({True: "paid", False: "paid_by"}))
    sums = dealt.groupby(["how", "other"])["amount_cents"].agg(["count", "sum"]).reset_index()
    sums = sums.sort_values(["sum", "other"], ascending=[False, True], kind="stable").head(ties.most)
    links += [
        CaseLink(
            name=called(int(other)),
            how=how,
            payments=int(count),
            yuan=round(cents / 100, 2),
            through="",
            is_alerted=other in known,
        )
        for how, other, count, cents in sums.itertuples(index=False)
    ]
    return links + shared_payees(customer, known, as_of, ties)


def shared_payees(customer: int, alerted: set[int], as_of: pd.Timestamp, ties: CaseTies) -> list[CaseLink]:
    """Other alerted customers who paid the same outside parties in the days, and how much."""

    def recent(customers: Iterable[int]) -> pd.DataFrame:
        rows = ties.ledger.of_customers(customers)
        rows = rows[(rows["at"] < as_of) & (rows["at"] >= ties.since(as_of)) & (rows["payee"] == OUTSIDE)]
        return rows[rows["payee_account_id"].map(holder).isin(OWN_KINDS)]

    holder = ties.ledger.accounts.set_index("account_id")["holder"]
    own = set(recent([customer])["payee_account_id"])
    others = recent(alerted - {customer})
    others = others[others["payee_account_id"].isin(own)]
    named = ties.ledger.named(others)["payee"]
    sums = others.assign(through=named).groupby(["payer", "through"])["amount_cents"].agg(["count", "sum"])
    return [
        CaseLink(
            name=ties.ledger.called(int(other)),
            how="shared_payee",
            payments=int(count),
            yuan=round(cents / 100, 2),
            through=str(through),
            is_alerted=True,
        )
        for (other, through), (count, cents) in zip(sums.index, sums.to_numpy(), strict=True)
        if other != OUTSIDE
    ]
