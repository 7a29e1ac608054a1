"""Following money: first-in-first-out matching, and payments that close a round trip.

Both give one value an event or payment that depends on earlier ones only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from data.asof import Parties

MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Transfers:
    """The payments that money can be followed over: transfers from party to party.

    Arrays of shape (transfers,), in order of time: ``payer`` and ``payee`` are nodes,
    ``at`` UTC microseconds, ``cents`` the amount, ``payment`` the number of the payment
    among all. A payment between a customer's own accounts is none of them. ``ends``,
    shape (customers,), counts the ends of all payments, of whatever channel.
    """

    payer: np.ndarray
    payee: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    payment: np.ndarray
    payments: int
    ends: np.ndarray

    @classmethod
    def of(cls, pages: Iterable[pd.DataFrame], parties: Parties) -> Transfers:
        """Look once at the whole ledger, page by page."""
        customers = len(parties.customer_id)
        ends = np.zeros(customers, np.int64)
        columns: list[tuple[np.ndarray, ...]] = []
        payments = 0
        for page in pages:
            payer = parties.nodes_of(page["payer_account_id"]).astype(np.int32)
            payee = parties.nodes_of(page["payee_account_id"]).astype(np.int32)
            differs = payer != payee
            for node in (payer, payee):
                ends += np.bincount(node[differs & (node < customers)], minlength=customers)
            is_hop = differs & (page["channel"] == "transfer").to_numpy()
            columns.append(
                (
                    payer[is_hop],
                    payee[is_hop],
                    page["at"].astype("int64").to_numpy()[is_hop],
                    page["amount_cents"].to_numpy()[is_hop],
                    payments + np.flatnonzero(is_hop),
                )
            )
            payments += len(page)
        payer, payee, at, cents, payment = (np.concatenate(parts) for parts in zip(*columns, strict=True))
        return cls(payer, payee, at, cents, payment, payments, ends)


@njit(cache=True)
def match_first_in_first_out(
    starts: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    counts: np.ndarray,
    fast_us: int,
    memory_us: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match what leaves a customer with what came in, oldest first.

    Parameters
    ----------
    starts, at, cents, is_credit : events as in `data.asof.Events`
    counts : shape (n,), false for events that take no part
    fast_us : money that leaves within this time of its arrival left fast
    memory_us : older credits are forgotten; they count as savings

    Returns
    -------
    matched, fast : shape (n,), cents of a debit matched to any, and to a fresh, credit
    residence : shape (n,), cent-hours that the matched money had stayed
    """
    size = len(at)
    matched = np.zeros(size, np.int64)
    fast = np.zeros(size, np.int64)
    residence = np.zeros(size, np.int64)
    left = cents.copy()
    for c in range(len(starts) - 1):
        head = starts[c]
        for k in range(starts[c], starts[c + 1]):
            if is_credit[k] or not counts[k]:
                continue
            need = cents[k]
            while need > 0 and head < k:
                usable = is_credit[head] and counts[head] and at[k] - at[head] <= memory_us
                if not usable or left[head] == 0:
                    head += 1
                    continue
                taken = min(need, left[head])
                left[head] -= taken
                need -= taken
                matched[k] += taken
                stayed = at[k] - at[head]
                residence[k] += taken * (stayed // MINUTE_US) // 60
                if stayed <= fast_us:
                    fast[k] += taken
    return matched, fast, residence


@njit(cache=True)
def _arrivals(payee: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Payments by payee in order of time: (first position by node, payments)."""
    first = np.zeros(nodes + 1, np.int64)
    for e in range(len(payee)):
        first[payee[e] + 1] += 1
    first = np.cumsum(first)
    fill = first.copy()
    by_payee = np.empty(len(payee), np.int64)
    for e in range(len(payee)):
        by_payee[fill[payee[e]]] = e
        fill[payee[e]] += 1
    return first, by_payee


@njit(cache=True)
def round_trip_hops(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    nodes: int,
    customers: int,
    within_us: int,
    kept_low: float,
    kept_high: float,
    most_hops: int,
    most_steps: int,
) -> np.ndarray:
    """Number of payments of the shortest round trip that each payment closes, else 0.

    A round trip leaves a customer, passes payments that are each strictly later than
    the one before and keep ``kept_low`` to ``kept_high`` of its amount, and returns to
    the customer within ``within_us``. The search goes back in time, so it never uses a
    later payment; it gives up after ``most_steps`` payments looked at.

    Parameters
    ----------
    payer, payee, at, cents : shape (n,), payments in order of time, parties as nodes
    nodes, customers : number of nodes; the first ``customers`` are customers
    """
    first, by_payee = _arrivals(payee, nodes)
    hops = np.zeros(len(at), np.int64)
    stack_edge = np.empty(most_steps + 1, np.int64)
    stack_depth = np.empty(most_steps + 1, np.int64)
    for e in range(len(at)):
        home = payee[e]
        if home >= customers:
            continue
        stack_edge[0], stack_depth[0] = e, 1
        height, steps, best = 1, 0, 0
        while height > 0 and steps < most_steps:
            height -= 1
            edge, depth = stack_edge[height], stack_depth[height]
            if depth >= most_hops or (best > 0 and depth + 1 >= best):
                continue
            node = payer[edge]
            # Latest arrival strictly before this payment, by bisection.
            low, high = first[node], first[node + 1]
            while low < high:
                middle = (low + high) // 2
                if at[by_payee[middle]] < at[edge]:
                    low = middle + 1
                else:
                    high = middle
            for position in range(low - 1, first[node] - 1, -1):
                before = by_payee[position]
                steps += 1
                if at[before] < at[e] - within_us or steps >= most_steps:
                    break
                kept = cents[edge] / cents[before]
                if kept < kept_low or kept > kept_high:
                    continue
                if payer[before] == home:
                    if best == 0 or depth + 1 < best:
                        best = depth + 1
                elif height < most_steps:
                    stack_edge[height], stack_depth[height] = before, depth + 1
                    height += 1
        hops[e] = best
    return hops
