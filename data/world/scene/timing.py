"""The time of a scene: when its rounds begin, and at which moments its people pay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.streams import log_uniform
from data.world.awake import awake_days, moments_at
from data.world.calendar import EVENING, LATE, OFFICE, WAKING
from data.world.scene.stage import Stage

PACES = (1.0, 1.5, 3.0)  # how much slower than a naive one, by sophistication (assumption)
NIGHT_HOURS = np.arange(22, 28)  # local hours from midnight on, those after 23 of the next day
NIGHT_SHARES = LATE[NIGHT_HOURS % 24] / LATE[NIGHT_HOURS % 24].sum()


class Timing(Stage):
    """Draws moments (UTC microseconds) as people and firms pay, after one moment or over some days."""

    def rounds(self, most: int = 8, gap_days: tuple[float, float] = (4, 60)) -> Iterator[int]:
        """When each round of a plan begins: the start, then perhaps again after some days or weeks."""
        at = self.start
        for _ in range(int(self.rng.integers(1, most + 1))):
            yield at
            at = int(self.after(at, gap_days[0] * 24, gap_days[1] * 24))

    def pace(self) -> float:
        """How much slower than a naive one the scheme proceeds: promised times hold times this."""
        return PACES[self.sophistication]

    def clock(self, payer: int, payee: int) -> np.ndarray:
        """The hours at which a payer pays a payee: persons at private ones, firms at those of offices."""
        if self.world.holder[payer] != "person":
            return OFFICE
        return WAKING if self.world.holder[payee] == "company" else EVENING

    def later(self, low_hours: float, high_hours: float, count: int | None = None) -> np.ndarray:
        """Delays in microseconds, log-uniform between two numbers of hours, by day or night."""
        return np.asarray(log_uniform(self.rng, low_hours, high_hours, count) * HOUR_US).astype(np.int64)

    def after(
        self,
        at: np.ndarray | int,
        low_hours: float,
        high_hours: float,
        count: int | None = None,
        clock: np.ndarray = EVENING,
    ) -> np.ndarray:
        """Moments after others, by delays that are log-uniform in hours of people's waking time.

        They fall on the hours of a clock, which for money between persons is that of the
        evening. Shape of ``at``, or (count,) after a single one.
        """
        size = np.shape(at)[0] if np.ndim(at) else count
        passed = (
            awake_days(self.calendar, at, clock) + log_uniform(self.rng, low_hours, high_hours, size) / 24
        )
        return np.maximum(moments_at(self.calendar, passed, clock), np.asarray(at) + 1)

    def spread(self, start: int, days: float, count: int, clock: np.ndarray = EVENING) -> np.ndarray:
        """``count`` moments at the hours of a clock over ``days`` days from ``start``, in order."""
        passed = awake_days(self.calendar, start, clock) + np.sort(self.rng.uniform(0, days, count))
        return np.maximum(moments_at(self.calendar, passed, clock), start)

    def night(self, start: int, count: int, days: float) -> np.ndarray:
        """``count`` moments between 22:00 and 04:00 local time on nights after ``start``, in order.

        They thin out towards morning, as whatever people do late.
        """
        origin = self.calendar.start_us
        day = (start - origin) // DAY_US + np.floor(self.rng.uniform(0, max(days, 1), count)).astype(np.int64)
        begun = self.rng.choice(NIGHT_HOURS, count, p=NIGHT_SHARES)
        within = (begun + self.rng.random(count)) * HOUR_US
        return np.sort(origin + day * DAY_US + within.astype(np.int64))

    def during(
        self,
        start: int,
        days: int,
        count: int,
        clock: np.ndarray,
        weight: np.ndarray | None = None,
        season: np.ndarray | None = None,
    ) -> np.ndarray:
        """``count`` moments, in order, on the ``days`` local days after that of ``start``.

        Hours are drawn from a clock of the calendar; ``weight``, shape (calendar.days,),
        makes some days busier, and so does ``season``, shape (days,).
        """
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(days)
        chance = np.ones(days) if weight is None else weight[self._in_run(day)]
        chance = chance if season is None else chance * season
        # As Generator.choice draws, without its checks: this is called for every few payments.
        edges = np.cumsum(chance / chance.sum())
        chosen = day[np.searchsorted(edges / edges[-1], self.rng.random(count), side="right")]
        return np.sort(self.calendar.moments(self.rng, chosen, clock))

    def waking(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order at the hours of private life, on the days after that of ``start``."""
        return self.during(start, max(round(days), 1), count, EVENING, self.calendar.leisure_weight())

    def office(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order in office hours on the days after that of ``start``; few at weekends."""
        return self.during(start, max(round(days), 1), count, OFFICE, self.calendar.office_weight())

    def meeting(self, start: int, days: float, count: int, payer: int, payee: int) -> np.ndarray:
        """``count`` moments in order at hours when two such pay each other, on the days after ``start``."""
        moments = self.office if self.clock(payer, payee) is OFFICE else self.waking
        return moments(start, days, count)

    def workdays(self, start: int, count: int) -> np.ndarray:
        """Local midnights (UTC microseconds) of the first ``count`` working days after that of ``start``."""
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(2 * count + 3)
        day = day[~self.calendar.is_weekend()[self._in_run(day)]]
        return self.calendar.start_us + day[:count] * DAY_US

    def _in_run(self, day: np.ndarray) -> np.ndarray:
        """A day of the run for each day number: before it one of the first week, after it one of the last."""
        end = self.calendar.days
        return np.where(day < 0, day % 7, np.where(day < end, day, end - 7 + (day - end) % 7))
