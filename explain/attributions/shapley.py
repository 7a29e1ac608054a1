"""Shapley values of a few groups of inputs for any score, by drawn orders.

Libraries explain one kind of model each, and a network that reads payments is none of theirs.
Asked group by group (a family of features, the line of payments, the ties of the graph) any
score falls apart the same way: groups enter one after the other, and each is given what the
score gains as it enters. The gains of one order telescope, so that they add up exactly however
few orders are drawn; what few orders cost is noise, which a second seed shows.

Source: Castro, Gómez, Tejada, Polynomial calculation of the Shapley value based on sampling,
Computers & Operations Research 36(5), 2009; each order is followed by its reverse (antithetic).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Masked = Callable[[np.ndarray], np.ndarray]  # which groups are there, (n, groups), to scores, (n,)


def sampled_shapley(
    masked: Masked, rows: int, groups: int, pairs: int, rng: np.random.Generator
) -> np.ndarray:
    """Value of each group for each row, shape (rows, groups).

    Parameters
    ----------
    masked : score of every row where only the marked groups are there
    pairs : orders drawn for each row, each followed by its reverse

    Returns
    -------
    Values that add up to the score with all groups less the score without any.
    """
    none, every = (masked(np.full((rows, groups), there)) for there in (False, True))
    total = np.zeros((rows, groups))
    row = np.arange(rows)
    for _ in range(pairs):
        drawn = rng.permuted(np.tile(np.arange(groups), (rows, 1)), axis=1)
        for order in (drawn, drawn[:, ::-1]):
            present, before = np.zeros((rows, groups), bool), none
            for step in range(groups):
                present[row, order[:, step]] = True
                after = masked(present) if step < groups - 1 else every
                total[row, order[:, step]] += after - before
                before = after
    return total / (2 * pairs)
