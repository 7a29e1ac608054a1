"""Time as people live it: an hour at noon is long, one before dawn is nothing.

A clock says how busy each local hour is. Waking time runs as fast as the clock says, so that
a delay drawn in it ends at the hours at which its owner is awake, however long it is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import WAKING, Calendar, hours_until

_HOURS = np.arange(25.0)


def _edges(clock: np.ndarray) -> np.ndarray:
    """Share of the day that has passed at each full hour, shape (25,)."""
    return _edges_of(np.asarray(clock, np.float64).tobytes())


@lru_cache(maxsize=64)
def _edges_of(clock: bytes) -> np.ndarray:
    edges = np.append(0.0, hours_until(np.frombuffer(clock)))
    edges.flags.writeable = False  # all who ask share it
    return edges


def awake_days(calendar: Calendar, at: np.ndarray | int, clock: np.ndarray = WAKING) -> np.ndarray:
    """Waking days from the start of the run to moments (UTC microseconds). Shape of ``at``."""
    day, within = np.divmod(np.asarray(at) - calendar.start_us, DAY_US)
    return np.asarray(day + np.interp(within / HOUR_US, _HOURS, _edges(clock)))


def moments_at(calendar: Calendar, days: np.ndarray, clock: np.ndarray = WAKING) -> np.ndarray:
    """The moments (UTC microseconds) at which so many waking days have passed. Shape of ``days``."""
    day = np.floor(days)
    hour = np.interp(days - day, _edges(clock), _HOURS)
    return np.asarray(calendar.start_us + day.astype(np.int64) * DAY_US + (hour * HOUR_US).astype(np.int64))
