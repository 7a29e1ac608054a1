"""Kernels over the sorted events of a customer: exact at the edges of a window and at ties."""

from __future__ import annotations

import numpy as np
from numba import njit

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
def count_new(
    first: np.ndarray,
    end: np.ndarray,
    selected: np.ndarray,
    previous: np.ndarray,
    at: np.ndarray,
    known_since: np.ndarray,
) -> np.ndarray:
    """Distinct keys of each window that were not seen before it since ``known_since``."""
    new = np.zeros(len(first))
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if selected[k] and previous[k] < first[q]:
                new[q] += previous[k] < 0 or at[previous[k]] < known_since[q]
    return new


@njit(cache=True, nogil=True)
def spread_over_keys(
    first: np.ndarray,
    end: np.ndarray,
    wanted: np.ndarray,
    selected: np.ndarray,
    dense: np.ndarray,
    weight: np.ndarray,
    top: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How each window's events spread over their keys; shape (queries,) each.

    Parameters
    ----------
    wanted : queries to answer; all others, and empty windows, give NaN
    dense : key of each event, see `dense_keys`
    weight : what an event counts for in the share of the top keys, e.g. cents

    Returns
    -------
    top_share, repeated_share, entropy : share of the weight that the ``top`` heaviest keys
        hold, share of keys with two events or more, Shannon entropy in bits of the events
    """
    top_share = np.full(len(first), np.nan)
    repeated_share = np.full(len(first), np.nan)
    entropy = np.full(len(first), np.nan)
    most = table_size(dense)
    counts, weights = np.zeros(most, np.int64), np.zeros(most, np.int64)
    seen = np.empty(most, np.int64)
    heaviest = np.empty(top, np.int64)
    for q in range(len(first)):
        if not wanted[q]:
            continue
        keys = events = total = 0
        for k in range(first[q], end[q]):
            if selected[k]:
                if counts[dense[k]] == 0:
                    seen[keys] = dense[k]
                    keys += 1
                counts[dense[k]] += 1
                weights[dense[k]] += weight[k]
                events += 1
                total += weight[k]
        if events == 0:
            continue
        repeated, bits = 0, 0.0
        heaviest[:] = 0
        seen[:keys].sort()  # floats are added in one order, whatever came first
        for i in range(keys):
            n, w = counts[seen[i]], weights[seen[i]]
            repeated += n > 1
            bits -= n / events * np.log2(n / events)
            for place in range(top):
                if w > heaviest[place]:
                    w, heaviest[place] = heaviest[place], w
            counts[seen[i]] = 0
            weights[seen[i]] = 0
        top_share[q] = heaviest.sum() / total
        repeated_share[q] = repeated / keys
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
