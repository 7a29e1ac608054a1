"""The ledger: payments settle in order of time, and money is conserved to the cent."""

from __future__ import annotations

import numpy as np
from numba import njit

UNKNOWN = np.iinfo(np.int64).min
EVERYTHING = 0  # the amount of a payment that takes whatever the payer's account holds


@njit(cache=True)
def settle(
    payer: np.ndarray,
    payee: np.ndarray,
    amount: np.ndarray,
    is_inside: np.ndarray,
    limit: np.ndarray,
    balance: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Settle payments in the order given; those that would overdraw a credit line are declined.

    Parameters
    ----------
    payer, payee, amount : shape (n,), account positions and cents, in order of time; an amount
        of ``EVERYTHING`` becomes the payer's balance in place, and settles if there is one
    is_inside : shape (accounts,), true where the bank keeps the balance
    limit : shape (accounts,), cents by which an account may be overdrawn, mostly 0
    balance : shape (accounts,), balances in cents; changed in place, so that the next
        stretch of payments goes on from here

    Returns
    -------
    settled : shape (n,), false where the payment was declined
    payer_after, payee_after : shape (n,), balances in cents, ``UNKNOWN`` outside the bank
    """
    size = len(amount)
    settled = np.zeros(size, np.bool_)
    payer_after = np.full(size, UNKNOWN)
    payee_after = np.full(size, UNKNOWN)
    for i in range(size):
        source, target = payer[i], payee[i]
        if amount[i] == EVERYTHING:
            if balance[source] <= 0:
                continue
            amount[i] = balance[source]
        if is_inside[source]:
            if balance[source] + limit[source] < amount[i]:
                continue
            balance[source] -= amount[i]
        if is_inside[target]:
            balance[target] += amount[i]
        settled[i] = True
        if is_inside[source]:
            payer_after[i] = balance[source]
        if is_inside[target]:
            payee_after[i] = balance[target]
    return settled, payer_after, payee_after


@njit(cache=True)
def order_by_time(at: np.ndarray, start: int, end: int) -> np.ndarray:
    """Positions of payments in order of time; equal moments keep their order. Shape of ``at``.

    Moments lie in ``[start, end)``. Payments are dealt into as many buckets of time as
    there are payments, and each bucket is sorted by insertion: linear as long as buckets
    hold few.
    """
    buckets = max(len(at), 1)
    scale = buckets / (end - start)
    edge = np.zeros(buckets + 1, np.int64)
    bucket = np.empty(len(at), np.uint32)
    for i in range(len(at)):
        # Rounded, but never out of order: a later moment lies in no earlier bucket.
        bucket[i] = min(int((at[i] - start) * scale), buckets - 1)
        edge[bucket[i] + 1] += 1
    for b in range(buckets):
        edge[b + 1] += edge[b]
    # From here on ``edge`` says where the next payment of a bucket goes.
    order, moment = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    for i in range(len(at)):
        place = edge[bucket[i]]
        order[place], moment[place] = i, at[i]
        edge[bucket[i]] += 1
    for i in range(1, len(at)):
        current, now, j = order[i], moment[i], i - 1
        while j >= 0 and moment[j] > now:
            order[j + 1], moment[j + 1] = order[j], moment[j]
            j -= 1
        order[j + 1], moment[j + 1] = current, now
    return order


@njit(cache=True)
def move_on(at: np.ndarray, account: np.ndarray, successor: np.ndarray, moved: np.ndarray) -> None:
    """Let payments be of the account that took the place of ``account`` (shape (n,)), in place.

    ``at`` has shape (n,) or more; ``successor`` and ``moved`` have shape (accounts,): the new
    account or -1, and from when.
    """
    for i in range(len(account)):
        if successor[account[i]] >= 0 and at[i] >= moved[account[i]]:
            account[i] = successor[account[i]]


@njit(cache=True)
def in_business(
    at: np.ndarray, payer: np.ndarray, payee: np.ndarray, hours: np.ndarray, start: int, end: int
) -> np.ndarray:
    """Positions of the payments in ``[start, end)`` between two accounts that are open by then.

    ``hours`` has shape (accounts, 2): the moments from which and before which each is open.
    """
    keep = np.empty(len(at), np.int64)
    count = 0
    for i in range(len(at)):
        if not start <= at[i] < end or payer[i] == payee[i]:
            continue
        if (
            hours[payer[i], 0] <= at[i] < hours[payer[i], 1]
            and hours[payee[i], 0] <= at[i] < hours[payee[i], 1]
        ):
            keep[count] = i
            count += 1
    return keep[:count]
