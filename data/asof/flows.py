"""What came in and what went out, over several windows at once, in one walk along each customer's line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

WAYS = ("debit", "credit")


@dataclass(frozen=True)
class Flows:
    """Answers of shape (windows, ways, queries), ways in the order of `WAYS`.

    ``count`` is the number of events, ``total`` their sum in yuan, ``distinct`` the number of
    different counterparties.
    """

    count: np.ndarray
    total: np.ndarray
    distinct: np.ndarray

    @classmethod
    def empty(cls, windows: int, queries: int) -> Flows:
        """Room for answers."""
        shape = windows, len(WAYS), queries
        return cls(np.empty(shape, np.int32), np.empty(shape), np.empty(shape, np.int32))

    def part(self, first: int, end: int) -> Flows:
        """The same room, for the queries ``first`` to ``end`` only."""
        return Flows(*(whole[:, :, first:end] for whole in (self.count, self.total, self.distinct)))


@njit(cache=True, nogil=True)
def answer_flows(
    starts: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    counterparty: np.ndarray,
    customer: np.ndarray,
    as_of: np.ndarray,
    spans: np.ndarray,
    last: np.ndarray,
    counts: np.ndarray,
    totals: np.ndarray,
    distincts: np.ndarray,
) -> None:
    """Fill in `Flows`: events in ``[as_of - span, as_of)`` of each query's customer.

    A counterparty counts in a window where it is met first, and no longer once the place
    where it was met last has left the window; so only the neighbours of each event with the same
    counterparty are needed, found once for all windows. Queries of one customer that follow
    each other in time are answered by sliding, others from the beginning.

    Parameters
    ----------
    starts, at, cents, is_credit, counterparty : events as in `data.asof.Events`;
        counterparties are small whole numbers
    customer, as_of : shape (queries,)
    spans : shape (windows,), microseconds
    last : shape (2 * (largest counterparty + 1),), all -1, and so again at the end
    """
    longest = 0
    for c in range(len(starts) - 1):
        longest = max(longest, starts[c + 1] - starts[c])
    # Of the events of one customer: the one before and after with the same key (counterparty
    # and way), and running sums of all and of what came in.
    before, after = np.empty(longest, np.int32), np.empty(longest, np.int32)
    moved, came = np.zeros(longest + 1, np.int64), np.zeros(longest + 1, np.int64)
    credits = np.zeros(longest + 1, np.int32)
    q = 0
    while q < len(customer):
        first_query, s = q, starts[customer[q]]
        n = starts[customer[q] + 1] - s
        q += 1
        while q < len(customer) and customer[q] == customer[q - 1] and as_of[q] >= as_of[q - 1]:
            q += 1
        for k in range(n):
            way = np.int64(is_credit[s + k])
            moved[k + 1] = moved[k] + cents[s + k]
            came[k + 1] = came[k] + way * cents[s + k]
            credits[k + 1] = credits[k] + way
            key = 2 * counterparty[s + k] + way
            before[k], after[k] = last[key], n
            if last[key] >= 0:
                after[last[key]] = k
            last[key] = k
        for k in range(n):
            last[2 * counterparty[s + k] + is_credit[s + k]] = -1
        for window in range(len(spans)):
            low = high = 0
            held = held_in = np.int64(0)  # different keys of the window, and those of them that paid
            for i in range(first_query, q):
                while high < n and at[s + high] < as_of[i]:
                    is_new = np.int64(before[high] < low)
                    held += is_new
                    held_in += is_new & np.int64(is_credit[s + high])
                    high += 1
                opens = as_of[i] - spans[window]
                while low < high and at[s + low] < opens:
                    is_gone = np.int64(after[low] >= high)
                    held -= is_gone
                    held_in -= is_gone & np.int64(is_credit[s + low])
                    low += 1
                count_in = credits[high] - credits[low]
                cents_in = came[high] - came[low]
                counts[window, 0, i] = high - low - count_in
                counts[window, 1, i] = count_in
                totals[window, 0, i] = (moved[high] - moved[low] - cents_in) / 100
                totals[window, 1, i] = cents_in / 100
                distincts[window, 0, i] = held - held_in
                distincts[window, 1, i] = held_in
