"""From the root of each tree to the leaf of a row: all that scoring with a forest is."""

from __future__ import annotations

import numpy as np
from numba import njit

ROWS_IN_CACHE = 512  # that pass through all trees before the next ones do


@njit(cache=True, nogil=True)
def summed_leaves(
    values: np.ndarray, roots: np.ndarray, nodes: np.ndarray, is_missing_left: np.ndarray, worth: np.ndarray
) -> np.ndarray:
    """The worths of the leaves that a row reaches in all trees, added up; shape (n,).

    Parameters
    ----------
    values : shape (n, features), float32 as the trees saw them; NaN goes the way of the node
    roots : shape (trees,), numbers of nodes
    nodes : shape (nodes,), records of threshold, feature, left and right, which lie side by side
        in memory as they are asked together; a leaf is its own left
    is_missing_left, worth : shape (nodes,)
    """
    total = np.zeros(len(values))
    for first in range(0, len(values), ROWS_IN_CACHE):
        end = min(first + ROWS_IN_CACHE, len(values))
        for root in roots:
            for row in range(first, end):
                node = root
                while nodes[node].left != node:
                    value = values[row, nodes[node].feature]
                    is_left = is_missing_left[node] if np.isnan(value) else value <= nodes[node].threshold
                    node = nodes[node].left if is_left else nodes[node].right
                total[row] += worth[node]
    return total
