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
from math import log
from pathlib import Path

import numpy as np
from scipy.special import exp2, xlogy

from data.schema import DAY_US, HOUR_US, MONTH_DAYS
from data.streams import log_uniform
from data.world.calendar import Calendar
from data.world.flows import CHANNEL, PURPOSE, Flow
from data.world.population import Population
from data.world.weights import picked
from pipeline import Registry, import_siblings

Draw = Callable[[Calendar, np.random.Generator], Flow]
Livelihood = Callable[[Population, Calendar, np.random.Generator], Draw]

LN2 = log(2)
NEW_TO_ALL_SHARE = 0.25  # of strangers whom no customer of the bank need know (assumption)
FONDNESS = 1.3  # of the first of a circle; 1 would be the harmonic law of Zipf (assumption)

LIVELIHOODS: Registry[Livelihood] = Registry("livelihood")


def repeat(
    rng: np.random.Generator, who: np.ndarray, per_month: np.ndarray | float, weight: np.ndarray
) -> np.ndarray:
    """Each of ``who`` as often as a Poisson number of events over the weighted days says.

    ``weight`` has shape (days,), 1 for an ordinary day.
    """
    often = np.multiply(per_month, weight.sum() / MONTH_DAYS)
    return np.repeat(who, rng.poisson(often, len(who)))


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
    """Accounts of ``count`` persons whom one deals with again.

    Some are at this bank, and there with an income (yuan) or more.
    """
    persons = world.regulars("person")
    inside, outside = world.account[persons[world.income[persons] >= least_income]], world.acquaintances
    chosen = picked(rng, outside, count)
    is_inside = np.flatnonzero(rng.random(count, np.float32) < (inside_share if len(inside) else 0))
    chosen[is_inside] = picked(rng, inside, len(is_inside))
    return chosen


def strangers(
    world: Population, rng: np.random.Generator, count: int, inside_share: float = 0.08
) -> np.ndarray:
    """Accounts of ``count`` persons whom one does not know, some at this bank.

    Most of those elsewhere are others' acquaintances: the country is large, a town is small.
    """
    inside = world.account[world.regulars("person")]
    chosen = picked(rng, world.acquaintances, count)
    is_new = np.flatnonzero(rng.random(count, np.float32) < NEW_TO_ALL_SHARE)
    chosen[is_new] = picked(rng, world.strangers, len(is_new))
    is_inside = np.flatnonzero(rng.random(count, np.float32) < (inside_share if len(inside) else 0))
    chosen[is_inside] = picked(rng, inside, len(is_inside))
    return chosen


def tempered(values: np.ndarray, exponent: float) -> np.ndarray:
    """Positive values to a power, digits independent of the processor; same shape."""
    return np.asarray(exp2(xlogy(exponent / LN2, values)))


def paydays(calendar: Calendar, payday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `monthly`, but on the day agreed or, on a day off, the working day before it.

    ``payday`` is 1 to 31, the last day of a shorter month. (Wages: 工资支付暂行规定, Art. 7.)
    """
    members, days = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    month = calendar.first_day().astype("datetime64[M]")
    while month.astype("datetime64[D]") <= calendar.dates()[-1] + 10:
        first = month.astype("datetime64[D]")
        around = first + np.arange(-10, 31)
        works = np.flatnonzero(calendar.works_on(around))
        length = int(((month + 1).astype("datetime64[D]") - first).astype(int))
        agreed = np.minimum(payday, length) + 9
        day = around[works[np.searchsorted(works, agreed, side="right") - 1]] - calendar.dates()[0]
        day = day.astype(np.int64)
        chosen = np.flatnonzero((day >= 0) & (day < calendar.days))
        members.append(chosen)
        days.append(day[chosen])
        month = month + 1
    return np.concatenate(members), np.concatenate(days)


def every(calendar: Calendar, payday: np.ndarray, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `monthly`, for members who pay only every so many ``months`` (shape of ``payday``)."""
    member, day = monthly(calendar, payday)
    month = calendar.dates().astype("datetime64[M]").astype(np.int64)[day]
    is_due = (month + member) % months[member] == 0
    return member[is_due], day[is_due]


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

    def one(self, rng: np.random.Generator, leaders: np.ndarray) -> np.ndarray:
        """One of the circle on each occasion: place among the members, shape of ``leaders``.

        The first of a circle is met most: in a circle of five about every second time.
        """
        size = self.size[leaders]
        fond = tempered(rng.random(len(leaders)), FONDNESS)
        rank = np.asarray(exp2(fond * xlogy(1 / LN2, size + 1.0))).astype(np.int64) - 1
        return (np.cumsum(self.size) - self.size)[leaders] + np.minimum(rank, size - 1)


def circles_of(
    world: Population, rng: np.random.Generator, firms: np.ndarray, median: float = 3.0, spread: float = 1.0
) -> tuple[Circles, np.ndarray]:
    """Persons with whom firms deal again and again: the circles, and the accounts of all members."""
    size = (
        median * tempered(np.maximum(world.activity[firms], 0.05), 0.7) * rng.lognormal(0, spread, len(firms))
    )
    circles = Circles(np.clip(size, 1, 2_000).astype(np.int64))
    return circles, somebody(world, rng, int(circles.size.sum()), inside_share=0.15)


def known_or_new(
    world: Population, rng: np.random.Generator, known: np.ndarray, stranger_share: float
) -> np.ndarray:
    """The persons given, but for a share whose place strangers take, shape of ``known``."""
    is_new = np.flatnonzero(rng.random(len(known)) < stranger_share)
    chosen = known.copy()
    chosen[is_new] = strangers(world, rng, len(is_new))
    return chosen


class Entries:
    """Collects payments by transfer or wire, of one occasion each time, and makes one Flow of all."""

    def __init__(self) -> None:
        self._columns: list[tuple[np.ndarray, ...]] = []
        self._occasions: list[int] = []

    def add(
        self,
        at: np.ndarray,
        payer: np.ndarray,
        payee: np.ndarray,
        yuan: np.ndarray,
        is_wire: np.ndarray,
        occasion: str,
    ) -> None:
        """Add payments (arrays of one shape) of at least a yuan each."""
        self._columns.append((at, payer, payee, yuan, is_wire))
        self._occasions.append(PURPOSE[occasion])

    def flow(self) -> Flow:
        """All of them in the order in which they were added, wires before transfers each time."""
        sizes = [len(columns[0]) for columns in self._columns]
        at, payer, payee, yuan, is_wire = map(np.concatenate, zip(*self._columns, strict=True))
        time_added = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
        order = np.argsort(2 * time_added + ~is_wire, kind="stable")
        return Flow.of(
            at[order],
            payer[order],
            payee[order],
            np.maximum(yuan[order], 1),
            np.where(is_wire[order], np.int8(CHANNEL["wire"]), np.int8(CHANNEL["transfer"])),
            np.array(self._occasions, np.int8)[time_added],
        )


import_siblings(__name__, str(Path(__file__).parent))
