"""Kernels over the sorted events of a customer: exact at the edges of a window and at ties."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def first_at_or_after(
    starts: np.ndarray, at: np.ndarray, customer: np.ndarray, moment: np.ndarray
) -> np.ndarray:
    """For each query the first event of its customer at or after a moment; shape (queries,)."""
    found = np.empty(len(customer), np.int64)
    for q in range(len(customer)):
        low, high = starts[customer[q]], starts[customer[q] + 1]
        while low < high:
            middle = (low + high) // 2
            if at[middle] < moment[q]:
                low = middle + 1
            else:
                high = middle
        found[q] = low
    return found


@njit(cache=True)
def previous_of_key(starts: np.ndarray, key: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """For each selected event the previous selected one of its customer and key, or -1."""
    previous = np.full(len(key), -1)
    for c in range(len(starts) - 1):
        first, end = starts[c], starts[c + 1]
        rows = first + np.flatnonzero(selected[first:end])
        order = np.argsort(key[rows], kind="mergesort")
        for i in range(1, len(order)):
            if key[rows[order[i]]] == key[rows[order[i - 1]]]:
                previous[rows[order[i]]] = rows[order[i - 1]]
    return previous


@njit(cache=True)
def count_first_seen(
    first: np.ndarray,
    end: np.ndarray,
    selected: np.ndarray,
    previous: np.ndarray,
    at: np.ndarray,
    known_since: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct keys in each window, and those of them not seen since ``known_since``."""
    distinct = np.zeros(len(first), np.int64)
    new = np.zeros(len(first), np.int64)
    for q in range(len(first)):
        for k in range(first[q], end[q]):
            if selected[k] and previous[k] < first[q]:
                distinct[q] += 1
                if previous[k] < 0 or at[previous[k]] < known_since[q]:
                    new[q] += 1
    return distinct, new


@njit(cache=True)
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
