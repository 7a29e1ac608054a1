"""What the bank knows of a customer beyond the customer's own payments, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numba import njit

from data.asof.events import Milestones
from data.asof.peers import Peers
from data.asof.windows import first_at_or_after
from data.schema import NEVER_US

NO_HOUSEHOLD = -1


@dataclass(frozen=True)
class Trace:
    """Moments that concern a customer, each with an amount; a payment of others may be one.

    Arrays of shape (n,), sorted by customer and moment; customer c owns
    ``starts[c]:starts[c + 1]``. ``running``, shape (n + 1,), sums the cents.
    """

    starts: np.ndarray
    at: np.ndarray
    running: np.ndarray

    @classmethod
    def of(cls, customer: np.ndarray, at: np.ndarray, cents: np.ndarray, customers: int) -> Trace:
        """Sort moments by customer; ``customers`` is the number of all."""
        order = np.lexsort((at, customer))
        starts = np.searchsorted(customer[order], np.arange(customers + 1))
        return cls(starts, at[order], np.concatenate([[0], np.cumsum(cents[order], dtype=np.int64)]))

    def cents(self, customer: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Sum of cents in ``[since, until)`` for each customer asked for."""
        first = first_at_or_after(self.starts, self.at, customer, since)
        return self.running[first_at_or_after(self.starts, self.at, customer, until)] - self.running[first]


@dataclass(frozen=True)
class Crowd:
    """Who dealt with each party, and when: sorted by party, moment and customer.

    Party p owns ``starts[p]:starts[p + 1]`` of ``at`` and ``customer``.
    """

    starts: np.ndarray
    at: np.ndarray
    customer: np.ndarray

    @classmethod
    def of(cls, party: np.ndarray, at: np.ndarray, customer: np.ndarray, parties: int) -> Crowd:
        """Sort dealings by party; ``parties`` is the number of all."""
        order = np.lexsort((customer, at, party))
        return cls(np.searchsorted(party[order], np.arange(parties + 1)), at[order], customer[order])


@njit(cache=True, nogil=True)
def largest_crowd(
    first: np.ndarray,
    end: np.ndarray,
    as_of: np.ndarray,
    selected: np.ndarray,
    event_at: np.ndarray,
    counterparty: np.ndarray,
    starts: np.ndarray,
    at: np.ndarray,
    customer: np.ndarray,
    within_us: int,
    most_steps: int,
    customers: int,
) -> np.ndarray:
    """Most customers who dealt with one counterparty of the window at about the same time.

    For each selected event of a window, the customers of the crowd (``starts``, ``at``,
    ``customer``) of its counterparty from ``within_us`` before the event to as much after
    it, and before ``as_of``, are counted; the largest count is the answer, 0 where nothing
    is selected. At most ``most_steps`` dealings are looked at for an event.
    """
    largest = np.zeros(len(first), np.int64)
    stamp = np.full(customers, -1)
    count_of_event = 0
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if not selected[k]:
                continue
            party = counterparty[k]
            low, high = starts[party], starts[party + 1]
            while low < high:
                middle = (low + high) // 2
                if at[middle] < event_at[k] - within_us:
                    low = middle + 1
                else:
                    high = middle
            count_of_event += 1
            count = 0
            for i in range(low, min(starts[party + 1], low + most_steps)):
                if at[i] >= as_of[q] or at[i] > event_at[k] + within_us:
                    break
                if stamp[customer[i]] != count_of_event:
                    stamp[customer[i]] = count_of_event
                    count += 1
            largest[q] = max(largest[q], count)
    return largest


@dataclass(frozen=True)
class DeviceUses:
    """Who used which device when, sorted once by customer and once by device.

    Customer c owns ``starts[c]:starts[c + 1]`` of ``device``, ``since`` and ``until``;
    device d owns ``user_starts[d]:user_starts[d + 1]`` of ``user``, ``user_since`` and
    ``user_until``. ``household``, shape (customers,), is NO_HOUSEHOLD where none is known.
    """

    starts: np.ndarray
    device: np.ndarray
    since: np.ndarray
    until: np.ndarray
    user_starts: np.ndarray
    user: np.ndarray
    user_since: np.ndarray
    user_until: np.ndarray
    household: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame, customer_id: np.ndarray, household_id: pd.Series) -> DeviceUses:
        """From the Devices table; ``customer_id`` (sorted) and ``household_id`` are by node."""
        node = np.searchsorted(customer_id, table["customer_id"].to_numpy())
        _, device = np.unique(table["device_id"].to_numpy(), return_inverse=True)
        since = table["valid_from"].astype("int64").to_numpy()
        until = np.where(table["valid_to"].isna(), NEVER_US, table["valid_to"].astype("int64"))
        mine = np.lexsort((since, device, node))
        by_device = np.lexsort((since, node, device))
        devices = int(device.max()) + 1 if len(device) else 0
        return cls(
            np.searchsorted(node[mine], np.arange(len(customer_id) + 1)),
            device[mine],
            since[mine],
            until[mine],
            np.searchsorted(device[by_device], np.arange(devices + 1)),
            node[by_device],
            since[by_device],
            until[by_device],
            household_id.fillna(NO_HOUSEHOLD).to_numpy(np.int64),
        )

    def sharers(self) -> np.ndarray:
        """Which customers ever used a device that somebody else used too, shape (customers,)."""
        users = np.zeros(len(self.household), bool)
        for first, end in zip(self.user_starts[:-1], self.user_starts[1:], strict=True):
            if len(np.unique(self.user[first:end])) > 1:
                users[self.user[first:end]] = True
        return users


@njit(cache=True, nogil=True)
def count_companions(
    asked: np.ndarray,
    as_of: np.ndarray,
    window_us: int,
    starts: np.ndarray,
    device: np.ndarray,
    since: np.ndarray,
    until: np.ndarray,
    user_starts: np.ndarray,
    user: np.ndarray,
    user_since: np.ndarray,
    user_until: np.ndarray,
    household: np.ndarray,
    trace_starts: np.ndarray,
    trace_at: np.ndarray,
    trace_running: np.ndarray,
    trace_us: int,
    least_cents: int,
    most_users: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Others outside the household on the same devices in the window, and those with a trace.

    A stretch counts if it touches ``[as_of - window_us, as_of)``; that it ends later is
    not seen. Of each device at most ``most_users`` stretches are looked at. The second
    count is of those whose trace sums to ``least_cents`` in the ``trace_us`` before.
    """
    others = np.zeros(len(asked), np.int64)
    traced = np.zeros(len(asked), np.int64)
    stamp = np.full(len(household), -1)
    for q in range(len(asked)):
        me, opens = asked[q], as_of[q] - window_us
        stamp[me] = q
        for i in range(starts[me], starts[me + 1]):
            if since[i] >= as_of[q] or until[i] <= opens:
                continue
            first = user_starts[device[i]]
            for j in range(first, min(user_starts[device[i] + 1], first + most_users)):
                who = user[j]
                if stamp[who] == q or user_since[j] >= as_of[q] or user_until[j] <= opens:
                    continue
                if household[who] == household[me] and household[me] != -1:
                    continue
                stamp[who] = q
                others[q] += 1
                low, high = trace_starts[who], trace_starts[who + 1]
                total = 0
                for k in range(low, high):
                    if as_of[q] - trace_us <= trace_at[k] < as_of[q]:
                        total += trace_running[k + 1] - trace_running[k]
                traced[q] += total >= least_cents
    return others, traced


@dataclass(frozen=True)
class Surroundings:
    """Traces, crowds and milestones of accounts by name, devices, peers; what is lacking is left out."""

    traces: Mapping[str, Trace] = field(default_factory=dict)
    crowds: Mapping[str, Crowd] = field(default_factory=dict)
    devices: DeviceUses | None = None
    milestones: Mapping[str, Milestones] = field(default_factory=dict)
    peers: Peers | None = None
    least_fast_cents: int = 0
    most_users: int = 0
    most_dealings: int = 0
