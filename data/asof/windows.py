"""Kernels over the sorted events of a customer: exact at the edges of a window and at ties."""

from __future__ import annotations

import numpy as np
from numba import njit

UNMET_US, UNASKED_US = np.iinfo(np.int64).min, np.iinfo(np.int64).max
LONGEST_TABLE = 1 << 20  # keys; at four bytes a key it still lies in a processor's cache


@njit(cache=True, nogil=True)
def first_at_or_after(
    starts: np.ndarray, at: np.ndarray, customer: np.ndarray, moment: np.ndarray
) -> np.ndarray:
    """For each query the first event of its customer at or after a moment; shape (queries,).

    A query that follows one of the same customer at an earlier moment is searched for from
    its answer on, near steps first.
    """
    found = np.empty(len(customer), np.int64)
    for q in range(len(customer)):
        low, high = starts[customer[q]], starts[customer[q] + 1]
        if q > 0 and customer[q] == customer[q - 1] and moment[q] >= moment[q - 1]:
            low, step = found[q - 1], 1
            while low + step < high and at[low + step] < moment[q]:
                low += step
                step *= 2
            high = min(high, low + step)
        while low < high:
            middle = (low + high) // 2
            if at[middle] < moment[q]:
                low = middle + 1
            else:
                high = middle
        found[q] = low
    return found


@njit(cache=True, nogil=True)
def sums_between(running: np.ndarray, first: np.ndarray, end: np.ndarray, unit: float) -> np.ndarray:
    """What running sums gained over each window, in units; shape (queries,)."""
    gained = np.empty(len(first))
    for q in range(len(first)):
        gained[q] = (running[end[q]] - running[first[q]]) / unit
    return gained


@njit(cache=True, nogil=True)
def dense_keys(starts: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Keys of each customer numbered from 0 on in their order, so that they count in a short array."""
    dense = np.empty(len(key), np.int32)
    for c in range(len(starts) - 1):
        first, end = starts[c], starts[c + 1]
        order = np.argsort(key[first:end], kind="mergesort")
        number = -1
        for i in range(len(order)):
            if i == 0 or key[first + order[i]] != key[first + order[i - 1]]:
                number += 1
            dense[first + order[i]] = number
    return dense


@njit(cache=True, nogil=True)
def number_keys(starts: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Keys of each customer numbered from 0 on in some order, without sorting where that is possible.

    Keys that lie close together, such as codes and nodes, are looked up in a table of all
    of them; the others are sorted.
    """
    if len(key) == 0 or key.max() >= key.min() + LONGEST_TABLE:
        return dense_keys(starts, key)
    low, given = key.min(), 0
    number = np.full(key.max() - low + 1, -1, np.int32)  # counted through all customers
    numbered = np.empty(len(key), np.int32)
    for c in range(len(starts) - 1):
        given_before = given
        for k in range(starts[c], starts[c + 1]):
            if number[key[k] - low] < given_before:
                number[key[k] - low] = given
                given += 1
            numbered[k] = number[key[k] - low] - given_before
    return numbered


@njit(cache=True, nogil=True)
def table_size(numbered: np.ndarray) -> int:
    """Length of a table with a place for each of the numbered keys."""
    return numbered.max() + 1 if len(numbered) else 0


@njit(cache=True, nogil=True)
def previous_of_key(starts: np.ndarray, key: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """For each selected event the previous selected one of its customer and key, or -1."""
    numbered = number_keys(starts, key)
    last = np.full(table_size(numbered), -1)
    previous = np.full(len(key), -1)
    for c in range(len(starts) - 1):
        for k in range(starts[c], starts[c + 1]):
            if selected[k]:
                if last[numbered[k]] >= starts[c]:
                    previous[k] = last[numbered[k]]
                last[numbered[k]] = k
    return previous


@njit(cache=True, nogil=True)
def count_distinct(
    first: np.ndarray, end: np.ndarray, selected: np.ndarray, numbered: np.ndarray
) -> np.ndarray:
    """Distinct keys among the selected events of each window; shape (queries,).

    ``numbered`` is the key of each event, see `number_keys`. A window that begins and ends no
    earlier than the one before it is slid, so that windows in order of customer and moment
    cost each event twice, however long they are.
    """
    distinct = np.empty(len(first))
    held = np.zeros(table_size(numbered), np.int32)  # selected events of the window by key
    low = high = count = 0
    for q in range(len(first)):
        opens, closes = first[q], end[q]
        if opens < low or closes < high or opens > high:
            for k in range(low, high):
                held[numbered[k]] = 0
            low = high = opens
            count = 0
        # Added rather than branched on: what is selected cannot be foreseen.
        while high < closes:
            key, is_counted = numbered[high], selected[high]
            others = held[key]
            count += is_counted & (others == 0)
            held[key] = others + is_counted
            high += 1
        while low < opens:
            key, is_counted = numbered[low], selected[low]
            others = held[key] - is_counted
            count -= is_counted & (others == 0)
            held[key] = others
            low += 1
        distinct[q] = count
    return distinct


@njit(cache=True, nogil=True)
def moment_met_before(at: np.ndarray, previous: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """Moment of the event before with the same key, of each selected event; shape (n,).

    UNMET_US where there is none, UNASKED_US where the event is not selected.
    """
    met = np.empty(len(at), np.int64)
    for k in range(len(at)):
        if not selected[k]:
            met[k] = UNASKED_US
        else:
            met[k] = at[previous[k]] if previous[k] >= 0 else UNMET_US
    return met


@njit(cache=True, nogil=True)
def count_new(first: np.ndarray, end: np.ndarray, met: np.ndarray, known_since: np.ndarray) -> np.ndarray:
    """Distinct keys of each window that were not met before it since ``known_since``.

    ``met`` is made by `moment_met_before`. As ``known_since`` lies before the window, an event whose
    key was met before that is the first of its key in the window.
    """
    new = np.empty(len(first))
    for q in range(len(first)):
        count = 0
        for k in range(first[q], end[q]):
            count += met[k] < known_since[q]
        new[q] = count
    return new


@njit(cache=True, nogil=True)
def spread_over_keys(
    first: np.ndarray,
    end: np.ndarray,
    wanted: np.ndarray,
    selected: np.ndarray,
    numbered: np.ndarray,
    weight: np.ndarray,
    top: int,
    with_entropy: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How each window's events spread over their keys; shape (queries,) each.

    Windows that begin and end no earlier than the one before are slid, as in `count_distinct`.

    Parameters
    ----------
    wanted : queries to answer; all others, and empty windows, give NaN
    numbered : key of each event, see `number_keys`; for the entropy by `dense_keys`, so that
        floats are added in one order, whatever came first
    weight : what an event counts for in the share of the top keys, e.g. cents

    Returns
    -------
    top_share, repeated_share, entropy : share of the weight that the ``top`` heaviest keys
        hold (NaN if ``top`` is 0), share of keys with two events or more, Shannon entropy in
        bits of the events (NaN unless asked for)
    """
    top_share = np.full(len(first), np.nan)
    repeated_share = np.full(len(first), np.nan)
    entropy = np.full(len(first), np.nan)
    most = table_size(numbered)
    counts, weights = np.zeros(most, np.int64), np.zeros(most, np.int64)
    held, place = np.empty(most, np.int64), np.empty(most, np.int64)  # the window's keys, and where each is
    heaviest = np.empty(top, np.int64)
    low = high = keys = repeated = events = total = highest = 0
    for q in range(len(first)):
        if not wanted[q]:
            continue
        if first[q] < low or end[q] < high or first[q] > high:
            for i in range(keys):
                counts[held[i]] = 0
                weights[held[i]] = 0
            low = high = first[q]
            keys = repeated = events = total = highest = 0
        while high < end[q]:
            if selected[high]:
                key = numbered[high]
                if counts[key] == 0:
                    held[keys], place[key] = key, keys
                    keys += 1
                    highest = max(highest, key)
                counts[key] += 1
                repeated += counts[key] == 2
                weights[key] += weight[high]
                events += 1
                total += weight[high]
            high += 1
        while low < first[q]:
            if selected[low]:
                key = numbered[low]
                counts[key] -= 1
                repeated -= counts[key] == 1
                weights[key] -= weight[low]
                events -= 1
                total -= weight[low]
                if counts[key] == 0:
                    keys -= 1
                    moved = held[keys]
                    held[place[key]], place[moved] = moved, place[key]
            low += 1
        if events == 0:
            continue
        repeated_share[q] = repeated / keys
        if top > 0:
            heaviest[:] = 0
            for i in range(keys):
                w = weights[held[i]]
                if w > heaviest[top - 1]:
                    for rank in range(top):
                        if w > heaviest[rank]:
                            w, heaviest[rank] = heaviest[rank], w
            top_share[q] = heaviest.sum() / total
        if with_entropy:
            bits = 0.0
            for key in range(highest + 1):
                if counts[key] > 0:
                    part = counts[key] / events
                    bits -= part * np.log2(part)
            entropy[q] = bits
    return top_share, repeated_share, entropy


@njit(cache=True, nogil=True)
def largest_selected(
    values: np.ndarray, selected: np.ndarray, first: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Largest selected value of each window, NaN where there is none."""
    largest = np.full(len(first), np.nan)
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if selected[k] and not values[k] <= largest[q]:
                largest[q] = values[k]
    return largest


@njit(cache=True, nogil=True)
def smallest(values: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
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
