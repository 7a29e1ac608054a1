"""How customers earn and spend: one file a livelihood, each a function to a Flow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.population import Population
from pipeline import Registry, import_siblings

Livelihood = Callable[[Population, Calendar, np.random.Generator], Flow]

LIVELIHOODS: Registry[Livelihood] = Registry("livelihood")


def repeat(rng: np.random.Generator, who: np.ndarray, per_month: np.ndarray | float, days: int) -> np.ndarray:
    """Each of ``who`` as often as a Poisson number of events over ``days`` says."""
    counts = rng.poisson(np.broadcast_to(per_month, len(who)) * days / 30.4)
    return np.repeat(who, counts)


def monthly(
    rng: np.random.Generator, calendar: Calendar, payday: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Every (member, day) on which a member's day of the month falls.

    ``payday`` has shape (members,); both results have shape (payments,): the position
    in ``payday`` and the day number, up to two days late.
    """
    day_of_month = calendar.day_of_month()
    days = [np.flatnonzero(day_of_month == day) for day in range(1, 29)]
    member = np.concatenate(
        [np.full(len(days[p - 1]), m) for m, p in enumerate(payday)] or [np.empty(0, int)]
    )
    day = np.concatenate([days[p - 1] for p in payday] or [np.empty(0, int)])
    late = rng.integers(0, 3, len(day))
    return member.astype(int), np.minimum(day + late, calendar.days - 1)


import_siblings(__name__, str(Path(__file__).parent))
