"""Time as people live it: an hour at noon is long, one before dawn is nothing.

A clock says how busy each local hour is. Waking time runs as fast as the clock says, so that
a delay drawn in it ends at the hours at which its owner is awake, however long it is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

from data.schema import DAY_US, HOUR_US
from data.world.calendar import WAKING, Calendar, hours_until


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
    moments = np.asarray(at)
    return _awake_days(moments.ravel(), calendar.start_us, _edges(clock)).reshape(moments.shape)


def moments_at(calendar: Calendar, days: np.ndarray, clock: np.ndarray = WAKING) -> np.ndarray:
    """The moments (UTC microseconds) at which so many waking days have passed. Shape of ``days``."""
    passed = np.asarray(days)
    return _moments_at(passed.ravel(), calendar.start_us, _edges(clock)).reshape(passed.shape)


@njit(cache=True, nogil=True)
def _awake_days(at: np.ndarray, start: int, edges: np.ndarray) -> np.ndarray:
    passed = np.empty(len(at))
    for i in range(len(at)):
        day, within = divmod(at[i] - start, DAY_US)
        hours = within / HOUR_US
        hour = int(hours)
        passed[i] = day + ((edges[hour + 1] - edges[hour]) * (hours - hour) + edges[hour])
    return passed


@njit(cache=True, nogil=True)
def _moments_at(days: np.ndarray, start: int, edges: np.ndarray) -> np.ndarray:
    at = np.empty(len(days), np.int64)
    for i in range(len(days)):
        day = np.floor(days[i])
        within = days[i] - day
        hour = np.searchsorted(edges, within, side="right") - 1
        passed = float(hour)
        if hour < len(edges) - 1 and within > edges[hour]:
            passed = (1.0 / (edges[hour + 1] - edges[hour])) * (within - edges[hour]) + hour
        at[i] = start + np.int64(day) * DAY_US + np.int64(passed * HOUR_US)
    return at
