"""Patterns in the line of one customer's payments: acquaintance, repetition, tests, money passed on.

Each kernel gives one value an event that depends on it and on earlier events only, or
one value a window. Events are sorted as in `data.asof.Events`.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def acquainted_since(at: np.ndarray, previous: np.ndarray, memory_us: int) -> np.ndarray:
    """Moment of the first payment of the present acquaintance, shape (n,).

    ``previous`` is the event before with the same counterparty, or -1. An acquaintance
    ends when nothing is paid either way for longer than ``memory_us``.
    """
    since = at.copy()
    for k in range(len(at)):
        if previous[k] >= 0 and at[k] - at[previous[k]] <= memory_us:
            since[k] = since[previous[k]]
    return since


@njit(cache=True, nogil=True)
def after_test(
    starts: np.ndarray, at: np.ndarray, is_test: np.ndarray, counts: np.ndarray, within_us: int
) -> np.ndarray:
    """Which of the events that ``counts`` come after a test, within ``within_us``; shape (n,)."""
    found = np.zeros(len(at), np.bool_)
    for c in range(len(starts) - 1):
        last = starts[c] - 1  # last test strictly before the event's moment
        pending = last
        for k in range(starts[c], starts[c + 1]):
            if k > starts[c] and at[k] > at[k - 1]:
                last = pending
            found[k] = counts[k] and last >= starts[c] and at[k] - at[last] <= within_us
            if is_test[k]:
                pending = k
    return found


@njit(cache=True, nogil=True)
def days_in_a_row(day: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Days in a row, up to the event's, on which its pair paid; shape (n,).

    ``previous`` is the pair's event before, or -1, as `previous_of_key` finds it.
    """
    run = np.ones(len(day), np.int64)
    for k in range(len(day)):
        if previous[k] >= 0 and day[k] - day[previous[k]] <= 1:
            run[k] = run[previous[k]] + (day[k] - day[previous[k]])
    return run


@njit(cache=True, nogil=True)
def times_that_day(day: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """How many payments of its pair the event's day has seen, itself included; shape (n,)."""
    times = np.ones(len(day), np.int64)
    for k in range(len(day)):
        if previous[k] >= 0 and day[k] == day[previous[k]]:
            times[k] = times[previous[k]] + 1
    return times


@njit(cache=True, nogil=True)
def alike_before(
    at: np.ndarray, cents: np.ndarray, previous: np.ndarray, within_us: int, apart: float
) -> tuple[np.ndarray, np.ndarray]:
    """Payments of the event's pair like it within ``within_us`` up to its moment: (how many, cents).

    Itself included; alike are amounts that differ by at most the share ``apart`` of the larger.
    """
    following = np.full(len(at), -1)
    for k in range(len(at)):
        if previous[k] >= 0:
            following[previous[k]] = k
    count = np.zeros(len(at), np.int64)
    total = np.zeros(len(at), np.int64)
    for k in range(len(at)):
        # From the last payment of this very moment, so that the order of ties is nothing.
        i = k
        while following[i] >= 0 and at[following[i]] == at[k]:
            i = following[i]
        while i >= 0 and at[k] - at[i] <= within_us:
            if abs(cents[i] - cents[k]) <= apart * max(cents[i], cents[k]):
                count[k] += 1
                total[k] += cents[i]
            i = previous[i]
    return count, total


@njit(cache=True, nogil=True)
def passed_on_but_for_commission(
    starts: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    counts: np.ndarray,
    within_us: int,
    low: float,
    high: float,
    most: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Money that has come in and, with this debit, has gone out again but for a small part.

    Looked at are the stretches of events that ``counts``, from a credit at most
    ``within_us`` before the debit to the debit's moment, whose debits make ``low`` to
    ``high`` of their credits. The one with the most credits in money speaks for the debit.

    Parameters
    ----------
    starts, at, cents, is_credit : events as in `data.asof.Events`
    counts : shape (n,), false for events that take no part
    most : events of a stretch at most, a bound at hubs

    Returns
    -------
    came, credits : shape (n,), cents that came in, and in how many payments; 0 where there is no such stretch
    """
    came = np.zeros(len(at), np.int64)
    credits = np.zeros(len(at), np.int64)
    chosen = np.flatnonzero(counts)
    c, first = 0, 0
    for p in range(len(chosen)):
        k = chosen[p]
        while starts[c + 1] <= k:
            c, first = c + 1, p
        if is_credit[k]:
            continue
        # From the last payment of this very moment, and to a moment's first: the order of ties is nothing.
        last = p
        while last + 1 < len(chosen) and chosen[last + 1] < starts[c + 1] and at[chosen[last + 1]] == at[k]:
            last += 1
        into, out, number, opens = 0, 0, 0, False
        for r in range(last, max(first, last - most + 1) - 1, -1):
            i = chosen[r]
            if at[k] - at[i] > within_us:
                break
            if is_credit[i]:
                into, number, opens = into + cents[i], number + 1, True
            else:
                out += cents[i]
            if r == first or at[chosen[r - 1]] < at[i]:
                if opens and into > came[k] and low * into <= out <= high * into:
                    came[k], credits[k] = into, number
                opens = False
    return came, credits


@njit(cache=True, nogil=True)
def largest(values: np.ndarray, selected: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Largest selected value of each window, 0 where there is none."""
    found = np.zeros(len(first))
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if selected[k] and values[k] > found[q]:
                found[q] = values[k]
    return found


@njit(cache=True, nogil=True)
def variation(cents: np.ndarray, selected: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Standard deviation over mean of the selected amounts of each window; NaN below two of them."""
    found = np.full(len(first), np.nan)
    for q in range(len(first)):
        count, total = 0, 0
        for k in range(first[q], end[q]):
            if selected[k]:
                count += 1
                total += cents[k]
        if count < 2:
            continue
        mean = total / count
        squares = 0.0
        for k in range(first[q], end[q]):
            if selected[k]:
                squares += (cents[k] - mean) ** 2
        found[q] = np.sqrt(squares / count) / mean
    return found


@njit(cache=True, nogil=True)
def commonest_share(
    code: np.ndarray, codes: int, selected: np.ndarray, first: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Share of the commonest of the selected codes of each window; NaN if there is none.

    ``code`` lies in ``[0, codes)``.
    """
    found = np.full(len(first), np.nan)
    seen = np.zeros(codes, np.int64)
    for q in range(len(first)):
        count, most = 0, 0
        for k in range(first[q], end[q]):
            if selected[k]:
                count += 1
                seen[code[k]] += 1
                most = max(most, seen[code[k]])
        for k in range(first[q], end[q]):
            seen[code[k]] = 0
        if count > 0:
            found[q] = most / count
    return found
