"""The bank's calendar: local days, the weight of a day, the clock of a habit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numba import njit
from pydantic import Field

from data.schema import DAY_US, HOUR_US
from data.world.weights import places
from parameters import Weeks
from pipeline import Parameters

# Relative activity of the 24 local hours; shapes, not thresholds (assumption).
OFFICE = np.array([0] * 8 + [4, 9, 10, 7, 4, 7, 10, 9, 7, 3] + [1, 0, 0, 0, 0, 0], dtype=float)
WAKING = np.array([1, 0, 0, 0, 0, 0, 1, 3, 5, 5, 6, 7, 8, 6, 5, 5, 6, 7, 8, 8, 7, 6, 4, 2], dtype=float)
NIGHT = np.array([6, 3, 1] + [0] * 15 + [2, 4, 7, 9, 10, 9], dtype=float)
EVENING = np.array([6, 4, 2, 1, 1, 0, 0, 1, 2, 3, 3, 4, 4, 4, 4, 4, 5, 6, 7, 9, 10, 10, 9, 8], dtype=float)
LATE = np.array([8, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 10, 9], dtype=float)

# Purchases on a day off, office payments on a weekend and on a holiday, to those of a working day
# (assumption).
REST_DAY_LEISURE, REST_DAY_OFFICE, HOLIDAY_OFFICE = 1.35, 0.06, 0.03
# Days up to that of a sales promotion, and purchases on them to those of other days: the season
# begins weeks before (assumption); on the days of Double Eleven 2019 UnionPay counted 20 percent
# more payments [V2].
SALES = ((28, 1.04), (4, 1.2))


class Span(Parameters):
    """How many weeks of the run have each role, in this order."""

    warm_up_weeks: Weeks
    train_weeks: Weeks
    embargo_weeks: int = Field(ge=0, le=1_000)
    validation_weeks: Weeks
    test_weeks: Weeks

    def weeks(self) -> dict[str, int]:
        """Role to number of weeks, in order of time."""
        return {name.removesuffix("_weeks"): value for name, value in self.model_dump().items()}


@dataclass(frozen=True)
class Calendar:
    """Local days of the run.

    ``start_us`` is the first local midnight as UTC microseconds, ``days`` the length.
    """

    start_us: int
    days: int
    offset_hours: int
    festival: tuple[date, ...] = ()
    promotion: tuple[date, ...] = ()
    off_days: tuple[date, ...] = ()
    make_up_days: tuple[date, ...] = ()

    @classmethod
    def of(
        cls,
        start: date,
        weeks: int,
        offset_hours: int,
        festivals: Sequence[date],
        promotions: Sequence[date] = (),
        off_days: Sequence[date] = (),
        make_up_days: Sequence[date] = (),
    ) -> Calendar:
        """A calendar of whole weeks from a local date."""
        midnight = np.datetime64(start, "us").astype(np.int64) - offset_hours * HOUR_US
        return cls(
            int(midnight),
            weeks * 7,
            offset_hours,
            *map(tuple, (festivals, promotions, off_days, make_up_days)),
        )

    def first_day(self) -> np.datetime64:
        """Local date of day 0."""
        return np.datetime64(self.start_us + self.offset_hours * HOUR_US, "us").astype("datetime64[D]")

    def dates(self) -> np.ndarray:
        """Local dates of all days, shape (days,)."""
        return self.first_day() + np.arange(self.days)

    def is_weekend(self) -> np.ndarray:
        """Shape (days,), true on Saturday and Sunday."""
        return (self.dates().astype("datetime64[D]").view("int64") + 3) % 7 >= 5

    def works_on(self, dates: np.ndarray) -> np.ndarray:
        """Whether offices work on local dates (of the run or not), same shape."""
        days = dates.astype("datetime64[D]")
        off, made_up = self._exceptions
        is_weekend = (days.view("int64") + 3) % 7 >= 5
        # A handful of days: comparing all is much faster than np.isin.
        is_off, is_made_up = ((days[..., None] == some).any(axis=-1) for some in (off, made_up))
        return (~is_weekend & ~is_off) | is_made_up

    @cached_property
    def _exceptions(self) -> tuple[np.ndarray, np.ndarray]:
        """Days off of the notice on holidays, and weekends that are worked for them."""
        off, made_up = (np.array(list(days), "datetime64[D]") for days in (self.off_days, self.make_up_days))
        return off, made_up

    def is_working_day(self) -> np.ndarray:
        """Shape (days,), true on weekdays that are no holiday, and on weekends made up for one."""
        return self.works_on(self.dates())

    def is_holiday(self) -> np.ndarray:
        """Shape (days,), true on the days off of the notice on holidays."""
        return np.isin(self.dates(), np.array(list(self.off_days), "datetime64[D]"))

    def day_of_month(self) -> np.ndarray:
        """Shape (days,), 1 to 31."""
        days = self.dates()
        return (days - days.astype("datetime64[M]")).astype(int) + 1

    def month(self) -> np.ndarray:
        """Shape (days,), 1 to 12."""
        return self.dates().astype("datetime64[M]").astype(int) % 12 + 1

    def days_until(self, date: date) -> np.ndarray:
        """Days from each day to a local date, negative after it, shape (days,)."""
        return (np.datetime64(date) - self.dates()).astype(int)

    def leisure_weight(self) -> np.ndarray:
        """Relative number of purchases and gifts a day, shape (days,); an ordinary week has mean 1.

        Days off are busier; the fortnight before a festival busier still, and so are the
        weeks of a sales promotion, most of all its day and the three days before it (assumption).
        """
        return self._leisure_weight.copy()

    @cached_property
    def _leisure_weight(self) -> np.ndarray:
        weight = np.where(self.is_working_day(), 1.0, REST_DAY_LEISURE) * 7 / (5 + 2 * REST_DAY_LEISURE)
        occasions = [(day, 14, 1.3) for day in self.festival]
        occasions += [(day, days, lift) for day in self.promotion for days, lift in SALES]
        for occasion, days, lift in occasions:
            ahead = self.days_until(occasion)
            weight = weight * np.where((ahead >= 0) & (ahead < days), lift, 1.0)
        return weight

    def office_weight(self) -> np.ndarray:
        """Relative number of office payments a day, shape (days,); an ordinary week has mean 1.

        Firms clear their books in the last three days of a month, and hardly pay on days
        off (assumption).
        """
        return self._office_weight.copy()

    @cached_property
    def _office_weight(self) -> np.ndarray:
        dates = self.dates()
        is_month_end = (dates + 3).astype("datetime64[M]") != dates.astype("datetime64[M]")
        by_day = np.where(
            self.is_working_day(), 1.0, np.where(self.is_holiday(), HOLIDAY_OFFICE, REST_DAY_OFFICE)
        )
        return by_day * np.where(is_month_end, 1.4, 1.0) * 7 / (5 + 2 * REST_DAY_OFFICE)

    def stretches(self, days: int) -> list[Calendar]:
        """The run cut into stretches of at most so many days, in order."""
        return [
            replace(self, start_us=self.start_us + first * DAY_US, days=min(days, self.days - first))
            for first in range(0, self.days, days)
        ]

    def draw_days(self, rng: np.random.Generator, count: int, weight: np.ndarray) -> np.ndarray:
        """Day numbers drawn by weight, shape (count,); nothing is drawn from a stretch without weight."""
        edges = np.cumsum(weight) / max(weight.sum(), np.finfo(float).tiny)
        return np.minimum(places(edges, rng.random(count)), self.days - 1)

    def moments(self, rng: np.random.Generator, days: np.ndarray, clock: np.ndarray) -> np.ndarray:
        """UTC microseconds on the given days at hours drawn from a clock, shape of ``days``."""
        hours = places(hours_until(clock), rng.random(len(days)))
        within = rng.integers(0, HOUR_US, len(days))
        return _moments(self.start_us, days, hours, within)


@njit(cache=True, nogil=True)
def _moments(start: int, day: np.ndarray, hour: np.ndarray, within: np.ndarray) -> np.ndarray:
    """UTC microseconds of a place within an hour of a day, counted from ``start``. Shape (n,)."""
    at = np.empty(len(day), np.int64)
    for i in range(len(day)):
        at[i] = start + np.int64(day[i]) * DAY_US + hour[i] * HOUR_US + within[i]
    return at


def hours_until(clock: np.ndarray) -> np.ndarray:
    """Share of a day's activity up to the end of each hour of a clock, shape (24,)."""
    return _hours_until(np.asarray(clock, np.float64).tobytes())


@lru_cache(maxsize=64)
def _hours_until(clock: bytes) -> np.ndarray:
    hours = np.frombuffer(clock)
    until = np.cumsum(hours) / hours.sum()
    until.flags.writeable = False  # all who ask share it
    return until


def periods(start_us: int, span: Span) -> pd.DataFrame:
    """The Periods table: roles one after the other from a first local midnight."""
    weeks = span.weeks()
    edges = start_us + np.concatenate([[0], np.cumsum(list(weeks.values()))]) * 7 * DAY_US
    times = pd.DatetimeIndex(edges.astype("datetime64[us]"), tz="UTC")
    frame = pd.DataFrame({"name": list(weeks), "starts_at": times[:-1], "ends_at": times[1:]})
    return frame[frame["starts_at"] < frame["ends_at"]]
