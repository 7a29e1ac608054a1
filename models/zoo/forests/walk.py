"""From the root of each tree to the leaf of a row: all that scoring with a forest is."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def summed_leaves(
    values: np.ndarray,
    roots: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    is_missing_left: np.ndarray,
    worth: np.ndarray,
) -> np.ndarray:
    """The worths of the leaves that a row reaches in all trees, added up; shape (n,).

    Trees are taken one after the other: the nodes of one stay in the processor's cache while
    all rows pass through it.

    Parameters
    ----------
    values : shape (n, features), float32 as the trees saw them; NaN goes the way of the node
    roots : shape (trees,), numbers of nodes
    feature, threshold, left, right, is_missing_left, worth : shape (nodes,); a leaf is its own ``left``
    """
    total = np.zeros(len(values))
    for root in roots:
        for row in range(len(values)):
            node = root
            while left[node] != node:
                value = values[row, feature[node]]
                is_left = is_missing_left[node] if np.isnan(value) else value <= threshold[node]
                node = left[node] if is_left else right[node]
            total[row] += worth[node]
    return total
