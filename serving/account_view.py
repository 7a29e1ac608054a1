"""What an account did before an alert, in facts alone: a sentence, days, counterparties, payments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from data.asof import bank_time
from pipeline import Record
from serving.ledger import NarrowLedger

VIEW_DAYS = 28  # days before an alert that are told, as the budget's label window
LISTED_COUNTERPARTIES = 10


class MoneyDay(Record):
    """Money in and out on one day of the file's clock."""

    day: str = Field(description="date")
    money_in: float = Field(description="received, base currency")
    money_out: float = Field(description="paid, base currency")


class OtherParty(Record):
    """One of the counterparties with the most money."""

    name: str = Field(description="as the file names it")
    money_in: float = Field(description="received from it")
    money_out: float = Field(description="paid to it")
    payments: int = Field(description="payments both ways")
    is_new: bool = Field(description="first payment ever lies in these days")


class ListedPayment(Record):
    """A payment of the days before an alert."""

    at: str = Field(description="date and minute on the file's clock")
    is_in: bool = Field(description="true: received")
    other: str = Field(description="the other side, as the file names it")
    amount: float = Field(description="in the base currency")
    is_new: bool = Field(description="first payment ever with the other side lies in these days")


class AccountView(Record):
    """The days before an alert."""

    text_en: str = Field(description="the plain sentence in English")
    text_zh: str = Field(description="the plain sentence in Chinese")
    days: list[MoneyDay] = Field(description="days with payments, in order")
    counterparties: list[OtherParty] = Field(description="those with the most money, the most first")
    payments: list[ListedPayment] = Field(description="the largest payments, in order of time")
    payments_in_all: int = Field(description="payments of these days")


def account_lines(ledger: NarrowLedger, accounts: Sequence[int]) -> dict[int, pd.DataFrame]:
    """All payments of some accounts: at (file's clock), other (number), cents, is_in; in order of time."""
    asked = np.zeros(len(ledger.owner), bool)
    asked[list(accounts)] = True
    payer, payee = ledger.payments["payer"].to_numpy(), ledger.payments["payee"].to_numpy()
    near = np.flatnonzero((asked[payer] | asked[payee]) & (payer != payee))
    payer, payee = payer[near], payee[near]
    at = pd.Series(pd.to_datetime(ledger.payments["at_us"].to_numpy()[near], unit="us", utc=True))
    local = bank_time(at, pd.Timestamp(ledger.midnight_us * 1_000, tz="UTC"))
    cents = ledger.payments["cents"].to_numpy()[near]
    found = {}
    for account in accounts:
        rows = np.flatnonzero((payer == account) | (payee == account))
        is_in = payee[rows] == account
        found[account] = pd.DataFrame(
            {
                "at": local.iloc[rows].to_numpy(),
                "other": np.where(is_in, payer[rows], payee[rows]),
                "cents": cents[rows],
                "is_in": is_in,
            }
        )
    return found


def account_view(line: pd.DataFrame, as_of: pd.Timestamp, names: list[str], most: int) -> AccountView:
    """The view of one account; ``line`` is of `lines_of`, nothing at or after ``as_of`` is used."""
    past = line[line["at"] < as_of]
    start = as_of - pd.Timedelta(days=VIEW_DAYS)
    first = past.groupby("other")["at"].transform("min")
    recent = past.assign(is_new=first >= start)[past["at"] >= start]
    en, zh = sentence_of(recent, start, as_of)
    largest = recent.sort_values("cents", ascending=False, kind="stable").head(most)
    return AccountView(
        text_en=en,
        text_zh=zh,
        days=money_days(recent),
        counterparties=other_parties(recent, names),
        payments=[
            ListedPayment(
                at=f"{row.at:%Y-%m-%d %H:%M}",
                is_in=bool(row.is_in),
                other=names[row.other],
                amount=row.cents / 100,
                is_new=bool(row.is_new),
            )
            for row in largest.sort_values("at", kind="stable").itertuples(index=False)
        ],
        payments_in_all=len(recent),
    )


def sentence_of(recent: pd.DataFrame, start: pd.Timestamp, as_of: pd.Timestamp) -> tuple[str, str]:
    """Payers, payees, amounts and new parties of a stretch, in English and Chinese."""
    sides = [recent[recent["is_in"]], recent[~recent["is_in"]]]
    money_in, money_out = (side["cents"].sum() / 100 for side in sides)
    payers, payees = (side["other"].nunique() for side in sides)
    new = recent.loc[recent["is_new"], "other"].nunique()
    return (
        f"From {start:%Y-%m-%d} up to {as_of:%Y-%m-%d}, {payers} payers sent {money_in:,.2f} and "
        f"{money_out:,.2f} went to {payees} payees; {new} counterparties were new.",
        f"{start:%Y-%m-%d} 至 {as_of:%Y-%m-%d} 前，{payers} 个付款方转入 {money_in:,.2f}，"
        f"转出 {money_out:,.2f} 至 {payees} 个收款方；其中 {new} 个为新交易对手。",
    )


def money_days(recent: pd.DataFrame) -> list[MoneyDay]:
    """Money in and out by day."""
    cents = recent["cents"]
    daily = pd.DataFrame(
        {
            "day": recent["at"].dt.strftime("%Y-%m-%d"),
            "money_in": cents.where(recent["is_in"], 0),
            "money_out": cents.where(~recent["is_in"], 0),
        }
    )
    return [
        MoneyDay(day=day, money_in=row.money_in / 100, money_out=row.money_out / 100)
        for day, row in daily.groupby("day").sum().iterrows()
    ]


def other_parties(recent: pd.DataFrame, names: list[str]) -> list[OtherParty]:
    """The parties with whom most money went either way."""
    cents = recent["cents"]
    money = recent.assign(
        money_in=cents.where(recent["is_in"], 0), money_out=cents.where(~recent["is_in"], 0)
    )
    sums = money.groupby("other").agg(
        money_in=("money_in", "sum"),
        money_out=("money_out", "sum"),
        cents=("cents", "sum"),
        payments=("cents", "size"),
        is_new=("is_new", "max"),
    )
    most = sums.sort_values("cents", ascending=False, kind="stable").head(LISTED_COUNTERPARTIES)
    return [
        OtherParty(
            name=names[row.Index],
            money_in=row.money_in / 100,
            money_out=row.money_out / 100,
            payments=int(row.payments),
            is_new=bool(row.is_new),
        )
        for row in most.itertuples()
    ]
