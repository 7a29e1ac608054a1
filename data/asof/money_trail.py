"""Following money: what left against what came, sums that come back, round trips, chains.

Each gives one value an event or payment that depends on earlier ones only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from data.schema import MINUTE_US


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _arrived_before(by_payee: np.ndarray, at: np.ndarray, first: int, end: int, moment: int) -> int:
    """First of the positions ``first`` to ``end`` in ``by_payee`` that did not arrive before a moment."""
    while first < end:
        middle = (first + end) // 2
        if at[by_payee[middle]] < moment:
            first = middle + 1
        else:
            end = middle
    return first


@njit(cache=True, nogil=True)
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
            arrived = _arrived_before(by_payee, at, first[node], first[node + 1], at[edge])
            for position in range(arrived - 1, first[node] - 1, -1):
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


@njit(cache=True, nogil=True)
def answers(
    at: np.ndarray,
    cents: np.ndarray,
    previous: np.ndarray,
    opens: np.ndarray,
    closes: np.ndarray,
    after_us: int,
    within_us: int,
    low: float,
    high: float,
) -> np.ndarray:
    """Which closing events answer an opening one of the same customer and counterparty.

    A closing event answers one that happened more than ``after_us`` and at most
    ``within_us`` before it, if it is ``low`` to ``high`` times as large.

    Parameters
    ----------
    at, cents : events as in `data.asof.Events`
    previous : shape (n,), the event before of the same customer and counterparty, or -1
    opens, closes : shape (n,), the events that may open and that may close

    Returns
    -------
    Shape (n,), true for a closing event with an opening one
    """
    answered = np.zeros(len(at), np.bool_)
    for k in range(len(at)):
        if not closes[k]:
            continue
        j = previous[k]
        while j >= 0 and at[j] >= at[k] - within_us:
            if opens[j] and at[j] < at[k] - after_us and low * cents[j] <= cents[k] <= high * cents[j]:
                answered[k] = True
                break
            j = previous[j]
    return answered


@njit(cache=True, nogil=True)
def layered_chains(
    payer: np.ndarray,
    payee: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    nodes: int,
    customers: int,
    within_us: int,
    kept_low: float,
    most_steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Customers on a chain of three hops in a short time, at the moment that its last hop ends it.

    A chain passes four different parties by payments that are each strictly later than
    the one before and keep ``kept_low`` to all of its amount; from the first to the last
    no more than ``within_us`` pass. A longer chain is several of three hops. The search
    goes back in time and gives up after ``most_steps`` payments looked at.

    Parameters
    ----------
    payer, payee, at, cents : shape (n,), payments in order of time, parties as nodes
    nodes, customers : number of nodes; the first ``customers`` are customers

    Returns
    -------
    customer, hop : each customer on a chain, and the payment that is its third hop
    """
    first, by_payee = _arrivals(payee, nodes)
    found_customer, found_hop = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    stamp = np.full(nodes, -1)
    for e in range(len(at)):
        last, end, opens, steps = payer[e], payee[e], at[e] - within_us, 0
        arrived = _arrived_before(by_payee, at, first[last], first[last + 1], at[e])
        for i in range(arrived - 1, first[last] - 1, -1):
            f = by_payee[i]
            steps += 1
            if at[f] < opens or steps >= most_steps:
                break
            if payer[f] == end or cents[e] < kept_low * cents[f] or cents[e] > cents[f]:
                continue
            before = payer[f]
            arrived_f = _arrived_before(by_payee, at, first[before], first[before + 1], at[f])
            for j in range(arrived_f - 1, first[before] - 1, -1):
                g = by_payee[j]
                steps += 1
                if at[g] < opens or steps >= most_steps:
                    break
                start = payer[g]
                if start in (end, last):
                    continue
                if cents[f] < kept_low * cents[g] or cents[f] > cents[g]:
                    continue
                for who in (start, before, last, end):
                    if stamp[who] != e and who < customers:
                        found_customer.append(np.int64(who))
                        found_hop.append(np.int64(e))
                    stamp[who] = e
    return np.array(found_customer, np.int64), np.array(found_hop, np.int64)
