"""Catches of customers who are each alone, for tests of what is told from them."""

from __future__ import annotations

import numpy as np

from models.metrics import Catches


def catches_of(customers: int) -> Catches:
    """So many positive customers with one week each, every one a group."""
    place = np.arange(customers)
    return Catches(place, place, place)
