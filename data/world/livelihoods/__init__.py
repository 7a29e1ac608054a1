"""How customers earn and spend: one file a livelihood.

A livelihood is a function that draws lasting habits (employer, landlord, circle of
friends) and the days of rare occasions once, over the calendar of the whole run. It
returns a function that draws the payments that begin in one stretch of days; what
follows from them may fall after the stretch, the ledger keeps it until it is due.
So who takes part, and when, never depends on how the run is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.streams import log_uniform
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.population import Population
from pipeline import Registry, import_siblings

Draw = Callable[[Calendar, np.random.Generator], Flow]
Livelihood = Callable[[Population, Calendar, np.random.Generator], Draw]

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
    dates = calendar.dates()
    member, days = np.arange(len(payday)), [np.empty(0, np.int64)]
    members = [np.empty(0, np.int64)]
    for first in np.unique(dates.astype("datetime64[M]")):
        month = int(first.astype(int))
        last = int(((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int))
        late = (member * 7919 + month * 104_729) % 3
        before = int((first.astype("datetime64[D]") - dates[0]).astype(int)) - 1
        day = before + np.minimum(payday + late, last)
        chosen = np.flatnonzero((day >= 0) & (day < calendar.days))
        members.append(chosen)
        days.append(day[chosen])
    return np.concatenate(members), np.concatenate(days)


def weekly(calendar: Calendar, weekday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (member, day) of the stretch on a member's ``weekday`` (0 is Monday), as `monthly`."""
    # 1970-01-01 was a Thursday.
    today = (calendar.dates().astype("datetime64[D]").view("int64") + 3) % 7
    member, day = np.nonzero(weekday[:, None] == today)
    return member, day


def once(calendar: Calendar, stretch: Calendar, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (member, day) of the stretch on which a member's ``day`` of the whole run falls."""
    first = (stretch.start_us - calendar.start_us) // DAY_US
    member = np.flatnonzero((day >= first) & (day < first + stretch.days))
    return member, day[member] - first


def lead(rng: np.random.Generator, pool: np.ndarray, share: float) -> np.ndarray:
    """The customers of ``pool`` who lead a livelihood that a share of them leads; perhaps nobody."""
    return pool[rng.random(len(pool)) < share]


def somebody(
    world: Population,
    rng: np.random.Generator,
    count: int,
    inside_share: float = 0.15,
    least_income: float = 0.0,
) -> np.ndarray:
    """Accounts of ``count`` persons, some at this bank and there with an income (yuan) or more."""
    persons = world.customers_of("person")
    inside, outside = world.account[persons[world.income[persons] >= least_income]], world.outside("person")
    chosen = rng.choice(outside, count)
    is_inside = np.flatnonzero(rng.random(count, np.float32) < (inside_share if len(inside) else 0))
    chosen[is_inside] = rng.choice(inside, len(is_inside))
    return chosen


def later(rng: np.random.Generator, count: int, low_hours: float, high_hours: float) -> np.ndarray:
    """Delays in microseconds, log-uniform between two numbers of hours, shape (count,)."""
    return (log_uniform(rng, low_hours, high_hours, count) * HOUR_US).astype(np.int64)


@dataclass(frozen=True)
class Circles:
    """Lasting groups around leaders: a crew, tenants, neighbours. ``size`` has shape (leaders,).

    Arrays of members have shape (members,): the first leader's, then the second's, and so on.
    """

    size: np.ndarray

    @property
    def leader(self) -> np.ndarray:
        """Leader of each member, shape (members,)."""
        return np.repeat(np.arange(len(self.size)), self.size)

    def gather(self, leaders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Everybody's circle on many occasions: (occasion, place among the members) of each guest.

        ``leaders`` has shape (occasions,), both results shape (guests,).
        """
        count = self.size[leaders]
        occasion = np.repeat(np.arange(len(leaders)), count)
        before = np.cumsum(self.size)[leaders] - count
        within = np.arange(len(occasion)) - np.repeat(np.cumsum(count) - count, count)
        return occasion, before[occasion] + within


import_siblings(__name__, str(Path(__file__).parent))
