"""Following the money of one customer: what left against what came, and sums that come back.

Each gives one value an event that depends on earlier ones only. What runs over several
parties, `data.asof.network` finds.
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
