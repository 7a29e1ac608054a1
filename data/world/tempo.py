"""The tempo of private life: payments come in sessions, on days of different activity.

Nobody pays at even chances: a person has busy days and quiet ones, and who pays once soon
pays again. Purchases modelled as a Poisson process miss this (self-exciting processes fit
card data better: arXiv 2005.06542, abstract only). All values here are assumptions of this
project; with them the burstiness of a person's gaps lies between 0.2 and 0.3.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.special import gammaincinv

from data.schema import DAY_US, MINUTE_US, MONTH_DAYS
from data.world.calendar import Calendar
from data.world.population import Population

FOLLOWERS = 0.4  # further payments that one payment draws after it
PAUSE_MINUTES = 20.0  # mean time until the next payment of a session
# Standard deviation of a day's activity and of a week's, both of mean 1.
MOOD_SPREAD, WEEK_SPREAD = 0.95, 0.75

_LEVELS = 1024


def _quantiles(spread: float) -> np.ndarray:
    """Gamma quantiles of mean 1, shape (_LEVELS,)."""
    return np.asarray(gammaincinv(1 / spread**2, (np.arange(_LEVELS) + 0.5) / _LEVELS) * spread**2)


_MOODS, _WEEK_MOODS = _quantiles(MOOD_SPREAD), _quantiles(WEEK_SPREAD)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@njit(cache=True, nogil=True)
def _level(number: np.uint64) -> np.uint64:
    """A quantile that hangs on a number and tells nothing of it, 0 to 1,023."""
    mixed = (number * _MULTIPLIER) ^ (number >> np.uint64(32))
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    return mixed >> np.uint64(54)


@njit(cache=True, nogil=True)
def _activity_until(
    mood: np.ndarray, today: int, weight: np.ndarray, by_day: np.ndarray, by_week: np.ndarray
) -> np.ndarray:
    """Activity of each person up to the end of each day, shape (persons, days)."""
    until = np.empty((len(mood), len(weight)))
    for i in range(len(mood)):
        total, week = 0.0, 0.0
        for day in range(len(weight)):
            date = np.uint64(today + day)
            if day == 0 or (today + day) % 7 == 0:
                week = by_week[_level(mood[i] - date // np.uint64(7))]
            total += week * by_day[_level(mood[i] + date)] * weight[day]
            until[i, day] = total
    return until


@njit(cache=True, nogil=True)
def _days_of(until: np.ndarray, begun: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who begins each session (place in ``until``), and on which day: as often as activity says.

    ``until`` has shape (persons, days), ``begun`` (persons,) counts sessions and ``draws``
    (sessions,) lie in [0, 1); both results have shape (sessions,).
    """
    starter, day = np.empty(len(draws), np.int64), np.empty(len(draws), np.int64)
    last, session = until.shape[1] - 1, 0
    share = np.empty(last + 1)
    for i in range(len(begun)):
        if not begun[i]:
            continue
        for d in range(last + 1):
            share[d] = until[i, d] / until[i, last] + i
        for _ in range(begun[i]):
            low, high = 0, last
            while low < high:
                middle = (low + high) // 2
                if share[middle] < i + draws[session]:
                    low = middle + 1
                else:
                    high = middle
            starter[session], day[session] = i, low
            session += 1
    return starter, day


def activity_until(world: Population, stretch: Calendar, who: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How active each of ``who`` (customers) was from the first day up to each one, shape (who, days).

    A day, or a week, is busy or quiet for everything that a person does, whichever
    livelihood asks; without weights its mean is 1.
    """
    today = stretch.start_us // DAY_US
    return np.asarray(_activity_until(world.mood[who], today, weight.astype(float), _MOODS, _WEEK_MOODS))


def sessions(
    world: Population,
    stretch: Calendar,
    rng: np.random.Generator,
    who: np.ndarray,
    per_month: np.ndarray | float,
    weight: np.ndarray,
    clock: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Payments of customers in a stretch of days: (place in ``who``, moment) of each.

    Parameters
    ----------
    who : customers, shape (who,)
    per_month : payments a month of each, in the mean
    weight : relative number of payments a day, shape (days,), 1 for an ordinary day
    clock : relative number of payments in each local hour, shape (24,)

    Returns
    -------
    Positions in ``who`` and UTC microseconds, both of shape (payments,); those of one
    person stand together, sessions in no order. The last of a session may fall after the
    stretch.
    """
    until = activity_until(world, stretch, who, weight)
    begun = rng.poisson(
        np.broadcast_to(per_month, len(who)) * (1 - FOLLOWERS) / MONTH_DAYS * until[:, -1],
    )
    starter, day = _days_of(until, begun, rng.random(int(begun.sum())))
    return prolonged(rng, starter, stretch.moments(rng, day, clock))


def prolonged(rng: np.random.Generator, who: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Let payments draw others of the same person after them: (who, moment) of all, as `sessions`."""
    size = rng.geometric(1 - FOLLOWERS, len(at))
    first = np.cumsum(size) - size
    wait = (rng.standard_exponential(int(size.sum())) * (PAUSE_MINUTES * MINUTE_US)).astype(np.int64)
    wait[first] = 0
    passed = np.cumsum(wait)
    return np.repeat(who, size), np.repeat(at - passed[first], size) + passed
