"""The payments around some customers, by the bank's clock, and one customer's line of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import bank_time
from explain.results.cases import CaseCounterparty, CasePayment, ChannelSum, DayOfMoney, MonthOfMoney

LEDGER_COLUMNS = [
    "at",
    "payer_account_id",
    "payee_account_id",
    "amount_cents",
    "channel",
    "purpose",
    "city",
    "payer_balance_cents",
    "payee_balance_cents",
]
COUNTERPARTIES = 10  # that a case page lists
PURCHASES = ("pos", "qr")  # channels of everyday buying, which no picture of flows shows
CASH = ("cash_deposit", "cash_withdrawal")
MONTH_DAYS, MONTHS = 30, 12
OUTSIDE = -1  # in place of a customer

Names = Mapping[int, str]  # what a foreign data set calls an account, and so its only customer
NO_NAMES: Names = {}


def party_names(account_id: pd.Series, accounts: pd.DataFrame, names: Names = NO_NAMES) -> pd.Series:
    """``customer 7`` for an account of a customer, ``person 12`` and the like outside.

    A party of a foreign data set has the name that its file gives it.
    """
    known = accounts.set_index("account_id")
    owner = account_id.map(known["customer_id"]).astype("Int64")
    number, customer = (
        ids.astype(str).where(~ids.isin(list(names)), ids.map(names)) for ids in (account_id, owner)
    )
    outside = account_id.map(known["holder"]).str.replace("_", " ") + " " + number
    return ("customer " + customer).where(owner.notna(), outside)


def near(
    pages: Iterable[pd.DataFrame], accounts: pd.DataFrame, around: Iterable[int], since: pd.Timestamp
) -> pd.DataFrame:
    """Rows of Transactions that a case may speak of, a page of the table at a time.

    All payments of the customers ``around``, and from ``since`` on what any customer paid other
    than for everyday buying: it may be where the money went next.
    """
    own = accounts.loc[accounts["customer_id"].isin(list(around)), "account_id"].to_numpy()
    kept = accounts.loc[accounts["customer_id"].notna(), "account_id"].to_numpy()
    chosen = []
    for page in pages:
        is_next = (page["at"] >= since) & ~page["channel"].isin(PURCHASES)
        is_next &= page["payer_account_id"].isin(kept)
        is_own = page["payer_account_id"].isin(own) | page["payee_account_id"].isin(own)
        rows = page.loc[is_own | is_next, LEDGER_COLUMNS]
        chosen.append(rows.astype({"channel": "str", "purpose": "str"}))
    return pd.concat(chosen) if chosen else pd.DataFrame(columns=LEDGER_COLUMNS)


@dataclass(frozen=True)
class CaseLedger:
    """Payments by the bank's clock.

    ``rows`` are rows of Transactions with ``payer`` and ``payee``, the customers at their ends
    (`OUTSIDE` for none); ``places`` are the rows of each customer, ``accounts`` the table, ``words`` what
    each account in the rows is called.
    """

    rows: pd.DataFrame
    places: dict[int, np.ndarray]
    accounts: pd.DataFrame
    names: Names
    words: pd.Series

    @classmethod
    def of(
        cls, transactions: pd.DataFrame, accounts: pd.DataFrame, midnight: pd.Timestamp, names: Names
    ) -> CaseLedger:
        """From rows of Transactions; ``midnight`` is a midnight of the bank's clock in UTC."""
        owner = accounts.set_index("account_id")["customer_id"].astype("Int64").fillna(OUTSIDE).astype(int)
        rows = transactions.reset_index(drop=True)
        rows = rows.assign(
            at=bank_time(rows["at"], midnight),
            payer=rows["payer_account_id"].map(owner).astype(int),
            payee=rows["payee_account_id"].map(owner).astype(int),
        )
        ends = np.concatenate([rows["payer"].to_numpy(), rows["payee"].to_numpy()])
        place = np.tile(np.arange(len(rows)), 2)
        found = pd.Series(place).groupby(ends).agg(lambda part: np.unique(part.to_numpy()))
        used = pd.Series(np.unique(rows[["payer_account_id", "payee_account_id"]].to_numpy()))
        words = party_names(used, accounts, names).set_axis(used)
        return cls(rows, found.to_dict(), accounts, names, words)

    def called(self, customer: int) -> str:
        """What a customer is called: its number, or name in a foreign data set."""
        return self.names.get(customer, str(customer))

    def of_customers(self, customers: Iterable[int]) -> pd.DataFrame:
        """All rows of some customers, in order of time."""
        empty = np.zeros(0, np.int64)
        parts = [self.places.get(customer, empty) for customer in customers]
        return self.rows.iloc[np.unique(np.concatenate([empty, *parts]))]

    def named(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows as a reader sees them: (at, payer, payee, yuan, channel, purpose, city)."""
        return pd.DataFrame(
            {
                "at": rows["at"],
                "payer": rows["payer_account_id"].map(self.words),
                "payee": rows["payee_account_id"].map(self.words),
                "yuan": rows["amount_cents"] / 100,
                "channel": rows["channel"],
                "purpose": rows["purpose"],
                "city": rows["city"],
            }
        )

    def line(self, customer: int, as_of: pd.Timestamp) -> pd.DataFrame:
        """A customer's payments before a moment, as `named`, with the other side and the balance.

        Payments between two accounts of the customer are left out. ``first`` is the first
        payment with the other party.
        """
        rows = self.of_customers([customer])
        rows = rows[(rows["at"] < as_of) & (rows["payer"] != rows["payee"])]
        named, is_in = self.named(rows), rows["payee"] == customer
        balance = rows["payee_balance_cents"].where(is_in, rows["payer_balance_cents"])
        line = named.assign(
            is_in=is_in,
            other=named["payer"].where(is_in, named["payee"]),
            balance=balance.astype("Float64") / 100,
        )
        return line.assign(first=line.groupby("other")["at"].transform("min"))


def last_days(line: pd.DataFrame, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """What of a line lies in the days before a moment; ``is_new`` where the party was never met before."""
    start = as_of - pd.Timedelta(days=days)
    return line.assign(is_new=line["first"] >= start)[line["at"] >= start]


def sides(line: pd.DataFrame) -> tuple[float, float]:
    """Money in and out of a line, yuan."""
    into = line["yuan"].where(line["is_in"], 0.0).sum()
    return round(float(into), 2), round(float(line["yuan"].sum() - into), 2)


def days_of_money(line: pd.DataFrame) -> list[DayOfMoney]:
    """Money in and out by day, of days with a payment."""
    return [
        DayOfMoney(day=f"{day:%Y-%m-%d}", money_in=into, money_out=out)
        for day, part in line.groupby(line["at"].dt.floor("D"))
        for into, out in [sides(part)]
    ]


def months_of_money(line: pd.DataFrame, as_of: pd.Timestamp) -> list[MonthOfMoney]:
    """The months of thirty days before a moment, the oldest first."""
    ago = ((as_of - line["at"]).dt.total_seconds() / 86_400 // MONTH_DAYS).to_numpy()
    months = []
    for month in reversed(range(MONTHS)):
        part = line[ago == month]
        into, out = sides(part)
        ends = as_of - pd.Timedelta(days=month * MONTH_DAYS)
        months.append(MonthOfMoney(ends=f"{ends:%Y-%m-%d}", money_in=into, money_out=out, payments=len(part)))
    return months


def channel_sums(line: pd.DataFrame) -> list[ChannelSum]:
    """Money by channel and direction, the most first."""
    sums = line.groupby(["channel", "is_in"])["yuan"].agg(["count", "sum"]).reset_index()
    sums = sums.sort_values(["sum", "channel"], ascending=[False, True], kind="stable")
    return [
        ChannelSum(channel=str(channel), is_in=bool(is_in), payments=int(count), yuan=round(total, 2))
        for channel, is_in, count, total in sums.itertuples(index=False)
    ]


def cash_cities(line: pd.DataFrame) -> list[int]:
    """City codes of the counters at which cash was paid in or out, in order."""
    at_counter = line.loc[line["channel"].isin(CASH), "city"].dropna()
    return sorted(int(city) for city in at_counter.unique())


def largest_counterparties(line: pd.DataFrame) -> list[CaseCounterparty]:
    """The parties with whom most money went either way, the most first."""
    total = line.groupby("other")["yuan"].sum().nlargest(COUNTERPARTIES)
    return [
        CaseCounterparty(
            name=name, money_in=into, money_out=out, payments=len(part), is_new=bool(part["is_new"].any())
        )
        for name in total.index
        for part in [line[line["other"] == name]]
        for into, out in [sides(part)]
    ]


def largest_payments(line: pd.DataFrame, most: int) -> list[CasePayment]:
    """The largest payments, in order of time."""
    chosen = line.nlargest(most, "yuan").sort_values("at", kind="stable")
    return [
        CasePayment(
            at=f"{row.at:%Y-%m-%d %H:%M}",
            is_in=bool(row.is_in),
            other=row.other,
            yuan=round(row.yuan, 2),
            channel=row.channel,
            purpose=row.purpose,
            balance=None if pd.isna(row.balance) else round(float(row.balance), 2),
            city=None if pd.isna(row.city) else int(row.city),
        )
        for row in chosen.itertuples(index=False)
    ]


def own_line(payments: pd.DataFrame, who: str, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """A customer's named payments in the days before a moment with the other side and the direction.

    ``payments`` are as `CaseLedger.named` makes them, of any source.
    """
    me = f"customer {who}"
    mine = payments[(payments["payer"] == me) | (payments["payee"] == me)]
    mine = mine[(mine["at"] < as_of) & (mine["payer"] != mine["payee"])]
    is_in = mine["payee"] == me
    line = mine.assign(is_in=is_in, other=mine["payer"].where(is_in, mine["payee"]))
    return last_days(line.assign(first=line.groupby("other")["at"].transform("min")), as_of, days)
