"""Who pays whom, and every payment as its customers see it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numba import njit

from data.schema import CHANNELS, HOLDER_KINDS, PURPOSES

WIDEST_IDS = 4  # times their number; accounts whose ids spread wider are looked up in a sorted list


def codes_of(values: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Position of each value in ``names``, whatever order a category brings; shape of ``values``.

    Examples
    --------
    >>> codes_of(pd.Series(["wire", "qr", "wire"]), ("qr", "wire"))
    array([1, 0, 1], dtype=int8)
    """
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
        low, table = self._node_by_id
        if table is not None:
            return table[account_id.to_numpy() - low]
        return self.node[np.searchsorted(self.account_id, account_id.to_numpy())]

    @cached_property
    def _node_by_id(self) -> tuple[int, np.ndarray | None]:
        """The smallest account id and the node of each from it on, where ids lie close together."""
        if not len(self.account_id):
            return 0, None
        low, high = int(self.account_id[0]), int(self.account_id[-1])
        if high - low >= WIDEST_IDS * len(self.account_id):
            return low, None
        table = np.full(high - low + 1, -1, np.int64)
        table[self.account_id - low] = self.node
        return low, table


@dataclass(frozen=True)
class Ends:
    """Ends of payments by customer, moment, credits first and id; arrays of shape (ends,).

    ``starts`` has shape (customers + 1,): customer c owns ``starts[c]:starts[c + 1]``.
    ``payment`` is a position in the payments.
    """

    starts: np.ndarray
    payment: np.ndarray
    is_credit: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    counterparty: np.ndarray

    @classmethod
    def empty(cls, starts: np.ndarray) -> Ends:
        """Room for the ends of customers who own ``starts``."""
        payment, at, cents, counterparty = (np.empty(starts[-1], np.int64) for _ in range(4))
        return cls(starts, payment, np.empty(starts[-1], np.bool_), at, cents, counterparty)


def ends_in_order(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    ids: np.ndarray,
    cents: np.ndarray,
    whose: np.ndarray,
    customers: int,
    cores: int = 1,
) -> Ends:
    """Both ends of every payment, by customer, moment, credits first and id.

    Payments that are in order are dealt out to their customers one after the other, which
    leaves nothing to sort; those that are not are sorted once, before.

    Parameters
    ----------
    payer, payee : shape (payments,), nodes; a payment between accounts of one is left out
    at, ids, cents : shape (payments,)
    whose : shape (nodes,), the customers of interest
    cores : how many stretches of time are dealt out at once
    """
    order = None
    if not _is_in_order(at, ids):
        order = np.lexsort((ids, at))
        payer, payee, at, cents = payer[order], payee[order], at[order], cents[order]
    cuts = [_next_moment(at, len(at) * part // cores) for part in range(cores + 1)]
    counted = np.zeros((cores, customers), np.int64)

    def count(part: int) -> None:
        _count_ends(payer, payee, whose, cuts[part], cuts[part + 1], counted[part])

    on_cores(count, cores)
    starts = np.zeros(customers + 1, np.int64)
    np.cumsum(counted.sum(axis=0), out=starts[1:])
    fill = starts[:-1] + np.cumsum(counted, axis=0) - counted
    ends = Ends.empty(starts)

    def deal(part: int) -> None:
        columns = ends.payment, ends.is_credit, ends.at, ends.cents, ends.counterparty
        _deal_ends(payer, payee, at, cents, whose, cuts[part], cuts[part + 1], fill[part], *columns)

    on_cores(deal, cores)
    return ends if order is None else replace(ends, payment=order[ends.payment])


def on_cores(work: Callable[[int], None], cores: int) -> None:
    """Do parts 0 to ``cores`` - 1 of a work at once, one a core."""
    if cores == 1:
        work(0)
        return
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, range(cores)))


def _next_moment(at: np.ndarray, place: int) -> int:
    """First place from ``place`` on at which a moment begins."""
    while 0 < place < len(at) and at[place] == at[place - 1]:
        place += 1
    return place


@njit(cache=True, nogil=True)
def _is_in_order(at: np.ndarray, ids: np.ndarray) -> bool:
    """Whether payments are sorted by moment and id."""
    for p in range(1, len(at)):
        if at[p] < at[p - 1] or (at[p] == at[p - 1] and ids[p] < ids[p - 1]):
            return False
    return True


@njit(cache=True, nogil=True)
def _count_ends(
    payer: np.ndarray, payee: np.ndarray, whose: np.ndarray, first: int, end: int, counted: np.ndarray
) -> None:
    """Count the ends of the payments ``first`` to ``end`` by customer."""
    for p in range(first, end):
        if payer[p] != payee[p]:
            if whose[payer[p]]:
                counted[payer[p]] += 1
            if whose[payee[p]]:
                counted[payee[p]] += 1


@njit(cache=True, nogil=True)
def _deal_ends(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    whose: np.ndarray,
    first: int,
    end: int,
    fill: np.ndarray,
    to_payment: np.ndarray,
    to_is_credit: np.ndarray,
    to_at: np.ndarray,
    to_cents: np.ndarray,
    to_counterparty: np.ndarray,
) -> None:
    """Write the ends of the payments ``first`` to ``end`` where ``fill`` says, customer by customer.

    The payments of one moment are gone through twice: what they bring, then what they take.
    """
    since = first
    while since < end:
        until = since + 1
        while until < end and at[until] == at[since]:
            until += 1
        for way in range(2):
            is_credit = way == 0
            for p in range(since, until):
                me, other = (payee[p], payer[p]) if is_credit else (payer[p], payee[p])
                if me == other or not whose[me]:
                    continue
                place = fill[me]
                fill[me] = place + 1
                to_payment[place] = p
                to_is_credit[place] = is_credit
                to_at[place] = at[p]
                to_cents[place] = cents[p]
                to_counterparty[place] = other
        since = until


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

        ends = ends_in_order(payer, payee, at, ids, cents, whose, len(parties.customer_id))
        index, is_credit = ends.payment, ends.is_credit
        balance = [
            transactions[name].to_numpy(dtype=float, na_value=np.nan)[index]
            for name in ("payee_balance_cents", "payer_balance_cents")
        ]
        return cls(
            starts=ends.starts,
            customer=np.repeat(np.arange(len(ends.starts) - 1), np.diff(ends.starts)),
            at=ends.at,
            cents=ends.cents,
            balance=np.where(is_credit, *balance) / 100,
            is_credit=is_credit,
            counterparty=ends.counterparty,
            holder=parties.holder[ends.counterparty],
            channel=channel[index],
            purpose=purpose[index],
            city=city[index],
            payment=transactions.index.to_numpy()[index],
        )

    def of_customers(self, whose: range) -> Events:
        """The events of a range of customers, on the same memory; others have none."""
        first, end = self.starts[whose.start], self.starts[whose.stop]
        columns = {column.name: getattr(self, column.name)[first:end] for column in fields(self)}
        return Events(**columns | {"starts": np.clip(self.starts - first, 0, end - first)})

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
