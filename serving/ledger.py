"""Payments in the narrow form that any file has: who paid whom, when, how much, and perhaps cash.

Two worlds are brought into it: a file of somebody else's, and the bank itself as such a file
would show it. What is measured of both is then the same, and a model that learnt from the one
may judge the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.schema import CHANNELS, DAY_US, PURPOSES
from features.network.graph import POOLED
from pipeline import BadInput

CASH, HOUR = "cash", "hour"  # what a file may say beside payer, payee, amount and day
FACTS = (CASH, HOUR)
MOST_CENTS = 2.0**62
CASH_DESK, PARTY = "cash_desk", "person"  # what an end of a payment may be


@dataclass(frozen=True)
class NarrowLedger:
    """Payments in order of time, and whose accounts are looked at.

    Parameters
    ----------
    payments : at_us (UTC microseconds), payer, payee (numbers of accounts), cents, is_cash; none from
        an account to itself, which is neither income nor spending
    owner : shape (accounts,), the customer of each account, -1 for an account that is not looked at
    is_desk : shape (accounts,), cash desks
    facts : which of `FACTS` the data say
    midnight_us : a midnight of the data's clock
    """

    payments: pd.DataFrame
    owner: np.ndarray
    is_desk: np.ndarray
    facts: frozenset[str]
    midnight_us: int

    def __post_init__(self) -> None:
        """Refuse a ledger without payments or without anybody to look at.

        Raises
        ------
        BadInput
            in one sentence
        """
        if not len(self.payments):
            raise BadInput("no payment is left to be measured")
        if self.payments["cents"].to_numpy().sum(dtype=float) > MOST_CENTS:
            raise BadInput("the amounts add up to more than 64 bits hold in cents")
        if not self.touches_customers:
            raise BadInput("no payment touches an account that is to be looked at")

    @property
    def touches_customers(self) -> bool:
        """Whether any payment has a customer at an end."""
        is_customer = self.owner >= 0
        return bool(is_customer[self.payments[["payer", "payee"]].to_numpy()].any())

    def recent(self, days: int) -> NarrowLedger:
        """The payments of the last ``days`` before the last one."""
        at_us = self.payments["at_us"].to_numpy()
        keep = at_us > at_us[-1] - days * DAY_US
        return self if keep.all() else replace(self, payments=self.payments[keep].reset_index(drop=True))

    def without(self, facts: frozenset[str]) -> NarrowLedger:
        """The same payments as a ledger shows them that does not say ``facts``; without cash it has none."""
        left = self.facts - facts
        keep = np.ones(len(self.payments), bool)
        if CASH not in left:
            keep = ~self.payments["is_cash"].to_numpy()
        return replace(self, payments=self.payments[keep].reset_index(drop=True), facts=left)

    def midnight_after(self) -> int:
        """The first midnight of the data's clock after the last payment, UTC microseconds."""
        last = int(self.payments["at_us"].iloc[-1])
        return last + DAY_US - (last - self.midnight_us) % DAY_US

    def first_midnight(self) -> int:
        """The midnight that begins the day of the first payment."""
        first = int(self.payments["at_us"].iloc[0])
        return first - (first - self.midnight_us) % DAY_US

    def transactions(self) -> pd.DataFrame:
        """The payments as the Transactions table has them; what the form does not say is empty."""
        size, cash = len(self.payments), self.payments["is_cash"].to_numpy()
        payer, payee = self.payments["payer"].to_numpy(), self.payments["payee"].to_numpy()
        is_in = cash & self.is_desk[payer]
        code = np.select([is_in, cash], [CHANNELS.index("cash_deposit"), CHANNELS.index("cash_withdrawal")])
        stated = np.where(cash, PURPOSES.index("cash"), PURPOSES.index("unstated"))

        def unknown(kind: type[np.integer]) -> pd.arrays.IntegerArray:
            return pd.arrays.IntegerArray(np.zeros(size, kind), np.ones(size, bool))

        return pd.DataFrame(
            {
                "transaction_id": np.arange(1, size + 1),
                "at": at_moments(self.payments["at_us"].to_numpy()),
                "payer_account_id": payer,
                "payee_account_id": payee,
                "amount_cents": self.payments["cents"].to_numpy(),
                "channel": pd.Categorical.from_codes(code, list(CHANNELS)),
                "purpose": pd.Categorical.from_codes(stated, list(PURPOSES)),
                "city": unknown(np.int16),
                "payer_balance_cents": unknown(np.int64),
                "payee_balance_cents": unknown(np.int64),
            }
        )

    def accounts(self) -> pd.DataFrame:
        """The Accounts table: number, owner and kind of party; nothing else is known."""
        size = len(self.owner)
        never = pd.Series(pd.NaT, index=range(size), dtype="datetime64[us, UTC]")
        return pd.DataFrame(
            {
                "account_id": np.arange(size),
                "customer_id": pd.arrays.IntegerArray(self.owner.astype(np.int64), self.owner < 0),
                "holder": np.where(self.is_desk, CASH_DESK, PARTY),
                "opened_at": never,
                "opening_balance_cents": pd.arrays.IntegerArray(
                    np.zeros(size, np.int64), np.ones(size, bool)
                ),
                "closed_at": never,
                "credit_limit_cents": pd.arrays.IntegerArray(np.zeros(size, np.int64), np.ones(size, bool)),
                "country": pd.Series(None, index=range(size), dtype="str"),
            }
        )

    def customers(self, since_us: int) -> pd.DataFrame:
        """The Customers table: numbers alone, all known to the bank since ``since_us``."""
        ids = np.unique(self.owner[self.owner >= 0])
        nothing = dict.fromkeys(("birth_year", "gender", "occupation", "industry", "city"))
        return pd.DataFrame(
            {
                "customer_id": ids,
                "kind": PARTY,
                "joined_at": at_moments(np.full(len(ids), since_us)),
                **nothing,
                "monthly_income_cents": pd.array([None] * len(ids), dtype="Int64"),
                "household_id": pd.array([None] * len(ids), dtype="Int64"),
                "founded_at": pd.Series(pd.NaT, index=range(len(ids)), dtype="datetime64[us, UTC]"),
                "registered_capital_cents": pd.array([None] * len(ids), dtype="Int64"),
                "employer_account_id": pd.array([None] * len(ids), dtype="Int64"),
            }
        )


def between_two(payments: pd.DataFrame) -> pd.DataFrame:
    """Payments without those from an account to itself."""
    keep = payments["payer"].to_numpy() != payments["payee"].to_numpy()
    return payments if keep.all() else payments[keep].reset_index(drop=True)


def at_moments(us: np.ndarray) -> pd.DatetimeIndex:
    """Microseconds as moments in UTC."""
    return pd.DatetimeIndex(np.asarray(us, np.int64).astype("datetime64[us]"), tz="UTC")


def narrowed(
    transactions: pd.DataFrame, accounts: pd.DataFrame, facts: frozenset[str], midnight_us: int
) -> NarrowLedger:
    """The bank itself as a file would show it that says ``facts`` and no more.

    Payments with shops, utilities, wallets, lenders and the like are left out: a file of transfers
    between accounts has none, and could not mark them. Cash stays where the file tells cash apart.

    Parameters
    ----------
    transactions : at, payer_account_id, payee_account_id, amount_cents, in order of time
    accounts : account_id (sorted), customer_id, holder
    midnight_us : a midnight of the bank's clock, UTC microseconds
    """
    ids = accounts["account_id"].to_numpy()
    holder = accounts["holder"].astype(str).to_numpy()
    is_desk = holder == CASH_DESK
    is_out = np.isin(holder, [kind for kind in POOLED if kind != CASH_DESK or CASH not in facts])
    payer, payee = (
        np.searchsorted(ids, transactions[name].to_numpy())
        for name in ("payer_account_id", "payee_account_id")
    )
    keep = ~is_out[payer] & ~is_out[payee] & (payer != payee)
    at_us = transactions["at"].astype("int64").to_numpy()[keep]
    payer, payee = payer[keep], payee[keep]
    owner = accounts["customer_id"].fillna(-1).to_numpy().astype(np.int64)
    return NarrowLedger(
        payments=pd.DataFrame(
            {
                "at_us": at_us,
                "payer": payer,
                "payee": payee,
                "cents": transactions["amount_cents"].to_numpy()[keep],
                "is_cash": is_desk[payer] | is_desk[payee],
            }
        ),
        owner=owner,
        is_desk=is_desk,
        facts=facts,
        midnight_us=midnight_us,
    )
