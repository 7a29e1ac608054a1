"""How customers earn and spend: one file a livelihood.

A livelihood is a function that draws lasting habits (employer, landlord, circle of
friends) once and returns a function that draws the payments of one stretch of days.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.population import Population
from pipeline import Registry, import_siblings

Draw = Callable[[Calendar, np.random.Generator], Flow]
Livelihood = Callable[[Population, np.random.Generator], Draw]

LIVELIHOODS: Registry[Livelihood] = Registry("livelihood")


def repeat(
    rng: np.random.Generator, who: np.ndarray, per_month: np.ndarray | float, weight: np.ndarray
) -> np.ndarray:
    """Each of ``who`` as often as a Poisson number of events over the weighted days says.

    ``weight`` has shape (days,), 1 for an ordinary day.
    """
    counts = rng.poisson(np.broadcast_to(per_month, len(who)) * (weight.sum() / 30.4))
    return np.repeat(who, counts)


def monthly(calendar: Calendar, payday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (member, day) of the stretch on which a member's monthly payment falls.

    ``payday`` has shape (members,), 1 to 28; a payment is up to two days late, by member
    and month. Both results have shape (payments,): position in ``payday`` and day number.
    """
    members, days = [], []
    order = np.argsort(payday, kind="stable")
    edges = np.searchsorted(payday[order], np.arange(1, 30))
    for day, date in enumerate(calendar.dates()):
        month = int(date.astype("datetime64[M]").astype(int))
        of_month = int((date - date.astype("datetime64[M]")).astype(int)) + 1
        for late in range(3):
            due = of_month - late
            if 1 <= due <= 28:
                group = order[edges[due - 1] : edges[due]]
                paid = group[(group * 7919 + month * 104_729) % 3 == late]
                members.append(paid)
                days.append(np.full(len(paid), day))
    return np.concatenate(members), np.concatenate(days)


import_siblings(__name__, str(Path(__file__).parent))
