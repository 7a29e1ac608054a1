"""The ledger: payments settle in order of time, and money is conserved to the cent."""

from __future__ import annotations

import numpy as np
from numba import njit

UNKNOWN = np.iinfo(np.int64).min


@njit(cache=True)
def settle(
    payer: np.ndarray,
    payee: np.ndarray,
    amount: np.ndarray,
    is_inside: np.ndarray,
    opening: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Settle payments in the order given; one that would overdraw an account is declined.

    Parameters
    ----------
    payer, payee, amount : shape (n,), account positions and cents, in order of time
    is_inside : shape (accounts,), true where the bank keeps the balance
    opening : shape (accounts,), opening balances in cents

    Returns
    -------
    settled : shape (n,), false where the payment was declined
    payer_after, payee_after : shape (n,), balances in cents, ``UNKNOWN`` outside the bank
    """
    balance = opening.copy()
    size = len(amount)
    settled = np.zeros(size, np.bool_)
    payer_after = np.full(size, UNKNOWN)
    payee_after = np.full(size, UNKNOWN)
    for i in range(size):
        source, target = payer[i], payee[i]
        if is_inside[source]:
            if balance[source] < amount[i]:
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
