"""Draws by weight: where numbers fall among ascending edges.

A search among edges guesses wrong at every second step. Here a table says for every part of the
range where to begin, and a step or two end the search: the places are those of a binary search.
"""

from __future__ import annotations

import numpy as np
from numba import njit

PARTS_AN_EDGE = 2  # of the range in the table
LEAST_DRAWS = 32  # fewer are not worth a table


@njit(cache=True, nogil=True)
def places(edges: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Place of the first edge that is no smaller than each draw: ``np.searchsorted(edges, draws)``.

    Parameters
    ----------
    edges : float64, ascending, shape (edges,)
    draws : float64, shape (n,)

    Returns
    -------
    Shape (n,), from 0 to the number of edges, which is the place of a draw above all of them.
    """
    count, size = len(edges), len(draws)
    found = np.empty(size, np.int64)
    if not count or size < LEAST_DRAWS or size < count // 2 or not edges[count - 1] > edges[0]:
        for i in range(size):
            found[i] = np.searchsorted(edges, draws[i])
        return found
    parts = PARTS_AN_EDGE * count
    low, scale = edges[0], parts / (edges[count - 1] - edges[0])
    begin = np.empty(parts + 1, np.int64)
    place = 0
    for part in range(parts + 1):
        while place < count and (edges[place] - low) * scale < part:
            place += 1
        begin[part] = place
    for i in range(size):
        part = (draws[i] - low) * scale
        place = begin[int(min(max(part, 0.0), float(parts)))]
        # The table is rounded: look back first.
        while place > 0 and edges[place - 1] >= draws[i]:
            place -= 1
        while place < count and edges[place] < draws[i]:
            place += 1
        found[i] = place
    return found


def by_weight(rng: np.random.Generator, pool: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    """``count`` members of a pool, each as often as its weight says."""
    edges = np.cumsum(weight)
    return pool[np.minimum(places(edges, rng.random(count) * edges[-1]), len(pool) - 1)]


def picked(rng: np.random.Generator, pool: np.ndarray, count: int) -> np.ndarray:
    """``count`` members of a pool, each as likely: ``rng.choice(pool, count)`` without its checks."""
    return pool[rng.integers(0, len(pool), count)] if count else pool[:0]
