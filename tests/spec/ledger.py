"""Draw a bank by hand: lines of a ledger become the tables that the stages read.

A line is (moment, payer, payee, yuan[, channel[, purpose]]), for example

    ("2025-03-03 10:00", "cash@3", "anna", 45_000, "cash_deposit")

Whoever is named as a customer is one; ``anna/savings`` is a second account of anna.
Every other name is an account outside the bank: ``cash@3`` the cash desk of city 3,
``firm ...`` a company, ``shop ...`` a merchant, ``utility ...``, ``lender ...``,
``broker ...``, ``insurer ...``, ``exchange ...`` and ``overseas ...`` what they say,
anything else a person. The bank's midnight is midnight UTC unless ``offset_hours`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data import observe
from data.alert import rule_hits
from data.rules.rulebook import Rulebook
from data.schema import CHANNELS, HOUR_US, OFFERS, PURPOSES
from data.world.accounts import HOME
from data.world.calendar import Span, periods

FIRST_DAY = "2024-07-01"  # a Monday; the weekly moments begin on 2025-02-24
SPAN = Span(warm_up_weeks=34, train_weeks=8, embargo_weeks=2, validation_weeks=4, test_weeks=4)
OPENING_YUAN = 10_000.0
OUTSIDE_KINDS = {"cash": "cash_desk", "firm": "company", "shop": "merchant"} | {
    name: name
    for name in (
        "utility",
        "lender",
        "broker",
        "insurer",
        "exchange",
        "overseas",
        "wallet",
        "bank",
        "state",
    )
}

Line = tuple[Any, ...]


@dataclass(frozen=True)
class Customer:
    """What the bank knows of a customer; income is declared yuan a month, capital yuan.

    ``employer`` names the account that pays the wages.
    """

    kind: str = "person"
    income: float | None = 8_000
    joined: str = "2020-01-01"
    household: int | None = None
    city: int | None = 1
    occupation: str = "clerk"
    industry: str = "trade"
    founded: str | None = None
    capital: float | None = None
    employer: str | None = None


@dataclass(frozen=True)
class Ledger:
    """The tables of a drawn bank, and the ids behind the names."""

    periods: pd.DataFrame
    customers: pd.DataFrame
    accounts: pd.DataFrame
    transactions: pd.DataFrame
    devices: pd.DataFrame
    customer_id: Mapping[str, int] = field(default_factory=dict)
    account_id: Mapping[str, int] = field(default_factory=dict)

    def with_transactions(self, transactions: pd.DataFrame) -> Ledger:
        return replace(self, transactions=transactions)


def bank(
    *lines: Line,
    offset_hours: int = 0,
    opening: float = OPENING_YUAN,
    span: Span = SPAN,
    also: Iterable[str] = (),
    opened: Mapping[str, str] = MappingProxyType({}),
    closed: Mapping[str, str] = MappingProxyType({}),
    country: Mapping[str, str] = MappingProxyType({}),
    devices: Iterable[Line] = (),
    **people: Customer | str,
) -> Ledger:
    """Tables of a bank with the given ledger; ``people`` are its customers by name.

    ``also`` names further accounts that exist whether or not a line names them. ``opened``
    and ``closed`` give the days of an account's life (it is opened with the customer),
    ``country`` where one is kept that is not at home. A line of ``devices`` is
    (customer, device[, from[, to]]).
    """
    known = {name: Customer(kind=who) if isinstance(who, str) else who for name, who in people.items()}
    customer_id = {name: 100 + number for number, name in enumerate(known)}
    named = [name for line in lines for name in line[1:3]]
    account_id = {name: 1_000 + number for number, name in enumerate(dict.fromkeys([*known, *also, *named]))}
    owner = {name: customer_id.get(name.split("/")[0]) for name in account_id}
    start_us = int(pd.Timestamp(FIRST_DAY, tz="UTC").as_unit("us").value // 1_000) - offset_hours * HOUR_US
    return Ledger(
        periods=periods(start_us, span),
        customers=_customers(known, customer_id, account_id),
        accounts=pd.DataFrame(
            {
                "account_id": list(account_id.values()),
                "customer_id": pd.array(list(owner.values()), dtype="Int64"),
                "holder": [_holder(name, known) for name in account_id],
                "opening_balance_cents": pd.array(
                    [None if owner[name] is None else round(opening * 100) for name in account_id], "Int64"
                ),
                "opened_at": _moments(
                    [
                        opened.get(name, known[name.split("/")[0]].joined) if owner[name] else None
                        for name in account_id
                    ]
                ),
                "closed_at": _moments([closed.get(name) for name in account_id]),
                "credit_limit_cents": pd.array(
                    [None if owner[name] is None else 0 for name in account_id], "Int64"
                ),
                "country": [country.get(name, HOME) for name in account_id],
            }
        ),
        transactions=_transactions(lines, account_id, owner, offset_hours, opening),
        devices=_devices(devices, customer_id),
        customer_id=customer_id,
        account_id=account_id,
    )


def _moments(days: Iterable[str | None]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.NaT if day is None else pd.Timestamp(day) for day in days], tz="UTC").as_unit(
        "us"
    )


def _devices(uses: Iterable[Line], customer_id: Mapping[str, int]) -> pd.DataFrame:
    rows = [(*use, *(None,) * (4 - len(use))) for use in uses]
    number = {name: 10_000 + place for place, name in enumerate(dict.fromkeys(row[1] for row in rows))}
    return pd.DataFrame(
        {
            "customer_id": np.array([customer_id[row[0]] for row in rows], np.int64),
            "device_id": np.array([number[row[1]] for row in rows], np.int64),
            "valid_from": _moments([row[2] or "2020-01-01" for row in rows]),
            "valid_to": _moments([row[3] for row in rows]),
        }
    )


def _holder(name: str, known: Mapping[str, Customer]) -> str:
    customer = known.get(name.split("/")[0])
    if customer is not None:
        return customer.kind
    return OUTSIDE_KINDS.get(name.replace("@", " ").split(" ")[0], "person")


def _customers(
    known: Mapping[str, Customer], customer_id: Mapping[str, int], account_id: Mapping[str, int]
) -> pd.DataFrame:
    people = list(known.values())
    income = [None if who.income is None else round(who.income * 100) for who in people]
    return pd.DataFrame(
        {
            "customer_id": list(customer_id.values()),
            "kind": [who.kind for who in people],
            "joined_at": pd.DatetimeIndex([who.joined for who in people], tz="UTC").as_unit("us"),
            "birth_year": pd.array([1990 if who.kind == "person" else None for who in people], "Int16"),
            "occupation": [who.occupation if who.kind == "person" else None for who in people],
            "industry": [None if who.kind == "person" else who.industry for who in people],
            "city": pd.array([who.city for who in people], "Int16"),
            "monthly_income_cents": pd.array(income, "Int64"),
            "household_id": pd.array([who.household for who in people], "Int64"),
            "founded_at": _moments([who.founded for who in people]),
            "registered_capital_cents": pd.array(
                [None if who.capital is None else round(who.capital * 100) for who in people], "Int64"
            ),
            "employer_account_id": pd.array(
                [None if who.employer is None else account_id[who.employer] for who in people], "Int64"
            ),
        }
    )


def _transactions(
    lines: Iterable[Line],
    account_id: Mapping[str, int],
    owner: Mapping[str, int | None],
    offset_hours: int,
    opening: float,
) -> pd.DataFrame:
    rows = []
    for moment, payer, payee, yuan, *how in lines:
        channel = how[0] if how else "transfer"
        purpose = how[1] if len(how) > 1 else "cash" if channel.startswith("cash") else "unstated"
        at = pd.Timestamp(moment, tz="UTC") - pd.Timedelta(hours=offset_hours)
        desk = next((name for name in (payer, payee) if "@" in name), None)
        place = int(desk.split("@")[1]) if desk else None
        rows.append((at, payer, payee, round(yuan * 100), channel, purpose, place))
    rows.sort(key=lambda row: row[0])
    balance = {name: round(opening * 100) for name in account_id if owner[name] is not None}
    after: dict[str, list[int | None]] = {"payer": [], "payee": []}
    for _, payer, payee, cents, *_ in rows:
        for name, change in ((payer, -cents), (payee, cents)):
            if name in balance:
                balance[name] += change
        after["payer"].append(balance.get(payer))
        after["payee"].append(balance.get(payee))
    at, payer, payee, cents, channel, purpose, city = zip(*rows, strict=True) if rows else [()] * 7
    return pd.DataFrame(
        {
            "transaction_id": np.arange(1, len(rows) + 1),
            "at": pd.DatetimeIndex(at, tz="UTC").as_unit("us"),
            "payer_account_id": np.array([account_id[name] for name in payer], np.int64),
            "payee_account_id": np.array([account_id[name] for name in payee], np.int64),
            "amount_cents": np.array(cents, np.int64),
            "channel": pd.Categorical(channel, categories=list(CHANNELS)),
            "purpose": pd.Categorical(purpose, categories=list(PURPOSES)),
            "city": pd.array(city, dtype="Int16"),
            "payer_balance_cents": pd.array(after["payer"], dtype="Int64"),
            "payee_balance_cents": pd.array(after["payee"], dtype="Int64"),
        }
    )


def observed(
    ledger: Ledger, params: observe.Params, offered: frozenset[str] = frozenset(OFFERS)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators of a drawn bank."""
    tables = (ledger.transactions, ledger.accounts, ledger.customers, ledger.devices, ledger.periods)
    return observe.observe(*tables, offered, params)


def indicators(
    ledger: Ledger,
    who: str,
    as_of: str,
    params: observe.Params,
    offered: frozenset[str] = frozenset(OFFERS),
) -> pd.Series:
    """Indicators of a customer at a weekly moment (a midnight of the bank from Monday to Monday)."""
    _, weekly = observed(ledger, params, offered)
    moment = pd.Timestamp(as_of, tz="UTC")
    row = weekly[(weekly["customer_id"] == ledger.customer_id[who]) & (weekly["as_of"] == moment)]
    assert len(row) == 1, f"{as_of} is no weekly moment of {who}"
    return row.iloc[0].drop(["customer_id", "as_of"]).astype(float)


def fires(ledger: Ledger, rule_id: str, who: str, params: observe.Params, book: Rulebook) -> bool:
    """Whether a rule hits a customer; a rule that stepped aside proves nothing and is an error."""
    daily, _ = observed(ledger, params)
    only = book.model_copy(
        update={"rules": [r for r in book.every_rule if r.id == rule_id], "negative_rules": []}
    )
    hits, aside = rule_hits(daily, ledger.customers[["customer_id", "kind"]], only)
    assert rule_id not in aside, f"{rule_id} stepped aside"
    return bool((hits["customer_id"] == ledger.customer_id[who]).any())
