"""A share of customers who belong to a few schemes, with an interval that knows how few they are."""

from __future__ import annotations

import numpy as np

from data.results import Interval, Z
from models.intervals import UNMEASURED, interval
from models.truth.unseen import effective_groups


def share_of_schemes(is_hit: np.ndarray, group: np.ndarray) -> Interval:
    """A share of customers, with Wilson's interval for as many schemes of equal size as say as much.

    A few schemes are too few to be drawn: of three that nobody caught every draw catches nobody.
    Members count here as if they were always caught together, so that the interval is rather too
    wide than too narrow. Where each customer is a group of his own it is `wilson`'s.

    Parameters
    ----------
    is_hit : shape (n,)
    group : shape (n,), whole numbers, what a customer is caught with

    >>> share_of_schemes(np.array([True, True, False, False]), np.array([0, 0, 1, 1])).low
    0.0945
    """
    if not len(group):
        return UNMEASURED
    size, share = effective_groups(np.unique(group, return_inverse=True)[1]), float(np.mean(is_hit))
    centre, spread = share + Z * Z / (2 * size), share * (1 - share) / size + Z * Z / (4 * size * size)
    low, high = ((centre + side * Z * np.sqrt(spread)) / (1 + Z * Z / size) for side in (-1, 1))
    return interval(share, max(low, 0.0), min(high, 1.0))
