"""The only door to the past: questions about customers as of a moment.

An indicator's author asks a `Past` for totals, counts and distinct counterparties of
named selections of events over windows of days. The window of ``days`` before
``as_of`` is ``[as_of - days, as_of)``: an event at ``as_of`` itself is not part of
the past. Events of one customer at one moment are ordered credits first, then by
transaction id; no answer of a `Past` depends on the order in which rows arrived.

Sums are taken in whole cents, so that they are exact in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numba import njit

from data.schema import CHANNELS, DAY_US, HOLDER_KINDS, PURPOSES


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
        accounts = accounts.sort_values("account_id")
        owner = accounts["customer_id"]
        is_inside = owner.notna().to_numpy()
        node = np.empty(len(accounts), np.int64)
        node[is_inside] = np.searchsorted(customers, owner[is_inside].to_numpy().astype(np.int64))
        node[~is_inside] = len(customers) + np.arange((~is_inside).sum())
        code = pd.Categorical(accounts["holder"], categories=list(HOLDER_KINDS)).codes
        holder = np.zeros(len(customers) + int((~is_inside).sum()), np.int8)
        holder[node] = code
        return cls(customers, accounts["account_id"].to_numpy(), node, holder)

    def nodes_of(self, account_id: pd.Series) -> np.ndarray:
        """Nodes of accounts, shape of ``account_id``."""
        return self.node[np.searchsorted(self.account_id, account_id.to_numpy())]


@dataclass(frozen=True)
class Events:
    """Payments as the customers see them: one event a customer's end of a payment.

    Arrays of shape (n,), sorted by customer, moment, credits first, transaction id.
    ``starts`` has shape (customers + 1,): customer c owns ``starts[c]:starts[c + 1]``.
    Payments between accounts of one customer are left out: they are neither income
    nor spending. ``balance`` is yuan after the payment, NaN where unknown.
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
    def of(cls, transactions: pd.DataFrame, parties: Parties) -> Events:
        """Split payments into the ends that belong to customers."""
        payer = parties.nodes_of(transactions["payer_account_id"])
        payee = parties.nodes_of(transactions["payee_account_id"])
        at = transactions["at"].astype("int64").to_numpy()
        cents = transactions["amount_cents"].to_numpy()
        channel = codes_of(transactions["channel"], CHANNELS)
        purpose = codes_of(transactions["purpose"], PURPOSES)
        city = transactions["city"].fillna(-1).to_numpy().astype(np.int16)
        customers = len(parties.customer_id)
        ids = transactions["transaction_id"].to_numpy()

        ends = []
        for me, other, column, is_credit in (
            (payer, payee, "payer_balance_cents", False),
            (payee, payer, "payee_balance_cents", True),
        ):
            mine = np.flatnonzero((me < customers) & (me != other))
            balance = transactions[column].to_numpy(dtype=float, na_value=np.nan)[mine] / 100
            ends.append((mine, me[mine], other[mine], balance, np.full(len(mine), is_credit)))
        index, me, other, balance, credited = (np.concatenate(parts) for parts in zip(*ends, strict=True))
        order = np.lexsort((ids[index], ~credited, at[index], me))
        index, me, other = index[order], me[order], other[order]
        return cls(
            starts=np.searchsorted(me, np.arange(customers + 1)),
            customer=me,
            at=at[index],
            cents=cents[index],
            balance=balance[order],
            is_credit=credited[order],
            counterparty=other,
            holder=parties.holder[other],
            channel=channel[index],
            purpose=purpose[index],
            city=city[index],
            payment=index,
        )

    def __len__(self) -> int:
        return len(self.at)


@njit(cache=True)
def _first_at_or_after(
    starts: np.ndarray, at: np.ndarray, customer: np.ndarray, moment: np.ndarray
) -> np.ndarray:
    """For each query the first event of its customer at or after a moment; shape (queries,)."""
    found = np.empty(len(customer), np.int64)
    for q in range(len(customer)):
        low, high = starts[customer[q]], starts[customer[q] + 1]
        while low < high:
            middle = (low + high) // 2
            if at[middle] < moment[q]:
                low = middle + 1
            else:
                high = middle
        found[q] = low
    return found


@njit(cache=True)
def _previous_of_key(starts: np.ndarray, key: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """For each selected event the previous selected one of its customer and key, or -1."""
    previous = np.full(len(key), -1)
    for c in range(len(starts) - 1):
        first, end = starts[c], starts[c + 1]
        rows = first + np.flatnonzero(selected[first:end])
        order = np.argsort(key[rows], kind="mergesort")
        for i in range(1, len(order)):
            if key[rows[order[i]]] == key[rows[order[i - 1]]]:
                previous[rows[order[i]]] = rows[order[i - 1]]
    return previous


@njit(cache=True)
def _count_first_seen(
    first: np.ndarray,
    end: np.ndarray,
    selected: np.ndarray,
    previous: np.ndarray,
    at: np.ndarray,
    known_since: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct keys in each window, and those of them not seen since ``known_since``."""
    distinct = np.zeros(len(first), np.int64)
    new = np.zeros(len(first), np.int64)
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if selected[k] and previous[k] < first[q]:
                distinct[q] += 1
                if previous[k] < 0 or at[previous[k]] < known_since[q]:
                    new[q] += 1
    return distinct, new


@njit(cache=True)
def _smallest(values: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Smallest value of each window, NaN where the window is empty or a value unknown."""
    smallest = np.full(len(first), np.nan)
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if np.isnan(values[k]):
                smallest[q] = np.nan
                break
            if k == first[q] or values[k] < smallest[q]:
                smallest[q] = values[k]
    return smallest


class Past:
    """Answers about customers as of moments, from strictly earlier events.

    Parameters
    ----------
    events : the whole history; a `Past` never lets its later part be seen
    customer, as_of : shape (queries,), node of the customer and UTC microseconds
    selections : named row-wise choices of events, shape (n,) each
    columns : named event-wise quantities in whole units, shape (n,) each
    profile : named facts by customer, shape (customers,) each, fixed over time
    """

    def __init__(
        self,
        events: Events,
        customer: np.ndarray,
        as_of: np.ndarray,
        selections: Mapping[str, np.ndarray],
        columns: Mapping[str, np.ndarray],
        profile: Mapping[str, np.ndarray],
    ) -> None:
        self._events = events
        self._customer = customer
        self._as_of = as_of
        self._selections = selections
        self._columns = columns
        self._profile = profile
        self._starts_of_window: dict[int, np.ndarray] = {}
        self._sums: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}
        self._previous: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}

    @cached_property
    def _end(self) -> np.ndarray:
        return _first_at_or_after(self._events.starts, self._events.at, self._customer, self._as_of)

    def _first(self, days: int) -> np.ndarray:
        if days not in self._starts_of_window:
            self._starts_of_window[days] = _first_at_or_after(
                self._events.starts, self._events.at, self._customer, self._as_of - days * DAY_US
            )
        return self._starts_of_window[days]

    def _mask(self, select: tuple[str, ...]) -> np.ndarray:
        mask = np.ones(len(self._events), bool)
        for name in select:
            mask &= self._selections[name]
        return mask

    def _running(self, column: str, select: tuple[str, ...]) -> np.ndarray:
        if (column, select) not in self._sums:
            mask = self._mask(select)
            values = mask if column == "count" else np.where(mask, self._columns[column], 0)
            self._sums[column, select] = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        return self._sums[column, select]

    def _window(self, column: str, select: tuple[str, ...], days: int, gap_days: int = 0) -> np.ndarray:
        running = self._running(column, select)
        end = self._first(gap_days) if gap_days else self._end
        return (running[end] - running[self._first(days)]).astype(float)

    def total(self, *select: str, days: int, gap_days: int = 0, column: str = "cents") -> np.ndarray:
        """Sum in yuan of the selected events in ``[as_of - days, as_of - gap_days)``."""
        return self._window(column, select, days, gap_days) / 100

    def count(self, *select: str, days: int) -> np.ndarray:
        """Number of the selected events in the window."""
        return self._window("count", select, days)

    def distinct(self, *select: str, days: int, key: str = "counterparty") -> np.ndarray:
        """Number of different values of ``key`` among the selected events in the window."""
        return self._distinct(select, days, 0, key)[0].astype(float)

    def new_share(self, *select: str, days: int, known_days: int) -> np.ndarray:
        """Share of the window's counterparties not seen in ``known_days`` before it; NaN if none."""
        distinct, new = self._distinct(select, days, known_days, "counterparty")
        return share(new.astype(float), distinct.astype(float))

    def _distinct(
        self, select: tuple[str, ...], days: int, known_days: int, key: str
    ) -> tuple[np.ndarray, np.ndarray]:
        mask = self._mask(select)
        if (key, select) not in self._previous:
            keys = getattr(self._events, key).astype(np.int64)
            self._previous[key, select] = _previous_of_key(self._events.starts, keys, mask)
        known_since = self._as_of - (days + known_days) * DAY_US
        return _count_first_seen(
            self._first(days), self._end, mask, self._previous[key, select], self._events.at, known_since
        )

    def lowest_balance(self, days: int) -> np.ndarray:
        """Lowest balance in yuan after any event in the window; NaN where unknown."""
        return _smallest(self._events.balance, self._first(days), self._end)

    def silent_days(self, before_days: int) -> np.ndarray:
        """Days without an event before the window, counted back from its start.

        A customer never seen before the window was silent since they joined. NaN where
        the window itself is empty.
        """
        first, end = self._first(before_days), self._end
        opens = self._as_of - before_days * DAY_US
        last = np.maximum(first - 1, 0)
        seen = first > self._events.starts[self._customer]
        since = np.where(seen, self._events.at[last] if len(self._events) else 0, self.fact("joined_us"))
        return np.where(end > first, np.maximum(opens - since, 0) / DAY_US, np.nan)

    def tenure_days(self) -> np.ndarray:
        """Days since the customer joined."""
        return (self._as_of - self.fact("joined_us")) / DAY_US

    def fact(self, name: str) -> np.ndarray:
        """A fact of the query's customer; NaN where unknown."""
        return self._profile[name][self._customer]


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole``, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def bank_time(moments: pd.Series, midnight: pd.Timestamp) -> pd.Series:
    """Moments as the bank's clock shows them; ``midnight`` is one of its midnights in UTC."""
    ahead = (-midnight.value // 1_000) % DAY_US
    offset = pd.Timedelta(microseconds=ahead - DAY_US if ahead > DAY_US * 14 // 24 else ahead)
    return (moments + offset).dt.tz_localize(None)


def moments_of(
    transactions: pd.DataFrame, accounts: pd.DataFrame, truth: pd.DataFrame, schemes: pd.DataFrame
) -> pd.DataFrame:
    """When each member took part in a scheme: Schemes rows by payment, with (customer_id, at).

    A customer who is an end of a scheme's payment without being a member (a victim, a
    passer-by) took no part. Sorted by customer and moment.
    """
    owner = accounts.set_index("account_id")["customer_id"]
    named = truth[["transaction_id", "scheme_id"]].merge(transactions, on="transaction_id")
    ends = [
        pd.DataFrame(
            {"scheme_id": named["scheme_id"], "customer_id": named[end].map(owner), "at": named["at"]}
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
    first = _first_at_or_after(starts, at[order], who, until - days * DAY_US)
    end = _first_at_or_after(starts, at[order], who, until)
    result[known] = end > first
    return result
