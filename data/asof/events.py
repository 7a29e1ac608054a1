"""Who pays whom, and every payment as its customers see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from data.schema import CHANNELS, HOLDER_KINDS, PURPOSES


def codes_of(values: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Position of each value in ``names``, whatever order a category brings; shape of ``values``."""
    return pd.Categorical(values, categories=list(names)).codes


@dataclass(frozen=True)
class Parties:
    """Nodes of the payment graph: each customer is one, each outside account another.

    ``customer_id`` has shape (customers,); nodes 0 to customers-1 are the customers in
    that order. ``account_id`` (sorted) and ``node`` map accounts to nodes; ``holder``
    is a code of HOLDER_KINDS by node.
    """

    customer_id: np.ndarray
    account_id: np.ndarray
    node: np.ndarray
    holder: np.ndarray

    @classmethod
    def of(cls, customer_id: pd.Series, accounts: pd.DataFrame) -> Parties:
        """Number the parties: customers by id, then outside accounts by id."""
        customers = np.sort(customer_id.to_numpy())
        accounts = accounts.sort_values("account_id", kind="stable")
        owner = accounts["customer_id"]
        is_inside = owner.notna().to_numpy()
        node = np.empty(len(accounts), np.int64)
        node[is_inside] = np.searchsorted(customers, owner[is_inside].to_numpy().astype(np.int64))
        node[~is_inside] = len(customers) + np.arange((~is_inside).sum())
        code = pd.Categorical(accounts["holder"], categories=list(HOLDER_KINDS)).codes
        holder = np.zeros(len(customers) + int((~is_inside).sum()), np.int8)
        holder[node] = code
        return cls(customers, accounts["account_id"].to_numpy(), node, holder)

    def customers(self, chosen: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Which nodes are customers, all or those chosen among them; shape (nodes,)."""
        is_chosen = np.zeros(len(self.holder), bool)
        is_chosen[: len(self.customer_id)][chosen] = True
        return is_chosen

    def nodes_of(self, account_id: pd.Series) -> np.ndarray:
        """Nodes of accounts, shape of ``account_id``."""
        return self.node[np.searchsorted(self.account_id, account_id.to_numpy())]


@njit(cache=True, nogil=True)
def ends_in_order(
    payer: np.ndarray, payee: np.ndarray, at: np.ndarray, ids: np.ndarray, whose: np.ndarray, customers: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both ends of every payment, by customer, moment, credits first and id.

    Payments are in order of time but for ties, so dealing them out to the customers one
    after the other leaves little to sort.

    Parameters
    ----------
    payer, payee : shape (payments,), nodes; a payment between accounts of one is left out
    at, ids : shape (payments,), in order of time
    whose : shape (nodes,), the customers of interest

    Returns
    -------
    starts, payment, is_credit : see `Events`; ``payment`` is a position
    """
    starts = np.zeros(customers + 1, np.int64)
    for p in range(len(at)):
        if payer[p] != payee[p]:
            if whose[payer[p]]:
                starts[payer[p] + 1] += 1
            if whose[payee[p]]:
                starts[payee[p] + 1] += 1
    starts = np.cumsum(starts)
    fill = starts.copy()
    newest = np.full(customers, np.iinfo(np.int64).min)  # spares a look at the payment before
    payment, is_credit = np.empty(starts[-1], np.int64), np.empty(starts[-1], np.bool_)
    for p in range(len(at)):
        if payer[p] == payee[p]:
            continue
        for end in range(2):
            me = payer[p] if end == 0 else payee[p]
            if not whose[me]:
                continue
            place = fill[me]
            fill[me] += 1
            is_in_order = newest[me] < at[p]
            newest[me] = max(newest[me], at[p])
            while not is_in_order and place > starts[me]:
                before = payment[place - 1]
                if at[before] < at[p]:
                    break
                if at[before] == at[p]:
                    if is_credit[place - 1] and end == 0:
                        break
                    if is_credit[place - 1] == (end == 1) and ids[before] < ids[p]:
                        break
                payment[place], is_credit[place] = before, is_credit[place - 1]
                place -= 1
            payment[place], is_credit[place] = p, end == 1
    return starts, payment, is_credit


@dataclass(frozen=True)
class Events:
    """Payments as the customers see them: one event a customer's end of a payment.

    Arrays of shape (n,), sorted by customer, moment, credits first, transaction id.
    ``starts`` has shape (customers + 1,): customer c owns ``starts[c]:starts[c + 1]``.
    Payments between accounts of one customer are left out: they are neither income
    nor spending. ``balance`` is yuan after the payment, NaN where unknown. ``payment``
    is the index of the payment in the table that the events were made of.
    """

    starts: np.ndarray
    customer: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    balance: np.ndarray
    is_credit: np.ndarray
    counterparty: np.ndarray
    holder: np.ndarray
    channel: np.ndarray
    purpose: np.ndarray
    city: np.ndarray
    payment: np.ndarray

    @classmethod
    def of(cls, transactions: pd.DataFrame, parties: Parties, whose: np.ndarray | None = None) -> Events:
        """Split payments into the ends that belong to customers; ``whose`` as in `Parties.customers`."""
        payer = parties.nodes_of(transactions["payer_account_id"])
        payee = parties.nodes_of(transactions["payee_account_id"])
        whose = parties.customers() if whose is None else whose
        at = transactions["at"].astype("int64").to_numpy()
        cents = transactions["amount_cents"].to_numpy()
        channel = codes_of(transactions["channel"], CHANNELS)
        purpose = codes_of(transactions["purpose"], PURPOSES)
        city = transactions["city"].fillna(-1).to_numpy().astype(np.int16)
        ids = transactions["transaction_id"].to_numpy()

        starts, index, is_credit = ends_in_order(payer, payee, at, ids, whose, len(parties.customer_id))
        me, other = (
            np.where(is_credit, payee[index], payer[index]),
            np.where(is_credit, payer[index], payee[index]),
        )
        balance = [
            transactions[name].to_numpy(dtype=float, na_value=np.nan)[index]
            for name in ("payee_balance_cents", "payer_balance_cents")
        ]
        return cls(
            starts=starts,
            customer=me,
            at=at[index],
            cents=cents[index],
            balance=np.where(is_credit, *balance) / 100,
            is_credit=is_credit,
            counterparty=other,
            holder=parties.holder[other],
            channel=channel[index],
            purpose=purpose[index],
            city=city[index],
            payment=transactions.index.to_numpy()[index],
        )

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Milestones:
    """Moments in the life of customers' accounts, such as openings.

    ``at`` is sorted by customer and moment; customer c owns ``starts[c]:starts[c + 1]``.
    """

    starts: np.ndarray
    at: np.ndarray

    @classmethod
    def of(cls, owner: pd.Series, moment: pd.Series, customer_id: np.ndarray) -> Milestones:
        """Milestones of customers, ``customer_id`` in order; rows without owner or moment are none."""
        known = (owner.notna() & moment.notna()).to_numpy()
        node = np.searchsorted(customer_id, owner[known].to_numpy().astype(np.int64))
        at = moment[known].astype("int64").to_numpy()
        order = np.lexsort((at, node))
        return cls(np.searchsorted(node[order], np.arange(len(customer_id) + 1)), at[order])

    @property
    def customer(self) -> np.ndarray:
        """Node of the customer of each milestone."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
