"""Accounts over time: when they are opened and closed, what they may overdraw, where they are kept.

All shares, medians and spreads here are assumptions of this project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.schema import DAY_US, HOUR_US, NEVER_US
from data.streams import log_uniform
from data.world.calendar import WAKING, Calendar

HOME = "CN"
LOWEST_DEVICE, HIGHEST_DEVICE = 10**14, 10**15  # ids drawn among so many are never the same twice
# Share of the customers of a kind who leave the bank in a year.
LEAVER_SHARE_A_YEAR = {"person": 0.035, "micro_business": 0.06, "company": 0.03}
SAVINGS_CLOSER_SHARE_A_YEAR = 0.05
FEWEST_DAYS_OPEN = 60
# Share of persons and micro-businesses who move to a new account in a year, and close the old one.
SWITCHER_SHARE_A_YEAR = 0.02
MOVE_DAYS, CLOSE_SHARE = (3, 30), 0.8
# Days after the last use within which an account without any more use is closed, if it is.
CLOSE_DAYS = (1, 60)
COUNTER_HOURS = (9, 17)  # local hours at which accounts are opened and closed
# Share of persons who open further accounts in a year; how many, within so many days. Those who
# open several hunt for promotions and close them again.
OPENER_SHARE_A_YEAR = 0.05
OPENED_COUNT = {1: 0.78, 2: 0.1, 3: 0.05, 4: 0.04, 5: 0.03}
OPENED_WITHIN_DAYS = 90
ONE_CLOSES, SEVERAL_CLOSE = (0.3, 60, 250), (0.8, 30, 150)  # share, days open
# kind: (share with a credit line, months of income it covers: lowest and highest)
CREDIT_LINE = {"person": (0.12, 0.5, 2.5), "micro_business": (0.2, 0.3, 1.2), "company": (0.35, 0.2, 1.0)}
CREDIT_LINE_STEP_CNY = 1_000
# Countries of accounts abroad with their weight. XA, XB and XC are neutral codes (ISO 3166 leaves
# them to users) of jurisdictions that a bank would rate as of higher risk.
COUNTRIES = {
    "HK": 0.27,
    "US": 0.14,
    "SG": 0.1,
    "JP": 0.09,
    "KR": 0.07,
    "AU": 0.07,
    "GB": 0.06,
    "CA": 0.05,
    "MY": 0.05,
    "DE": 0.04,
    "XA": 0.03,
    "XB": 0.02,
    "XC": 0.01,
}
HIGHER_RISK_COUNTRIES = ("XA", "XB", "XC")


def draw_closings(
    rng: np.random.Generator, calendar: Calendar, opened_us: np.ndarray, share_a_year: np.ndarray
) -> np.ndarray:
    """When each account is closed, UTC microseconds, ``NEVER_US`` for most. Shape of ``opened_us``.

    Accounts close in the days of the run, in office hours, none within its first weeks.
    """
    size = len(opened_us)
    years = calendar.days / 365
    closed = at_the_counter(rng, calendar, rng.uniform(0, calendar.days, size))
    closes = rng.random(size) < share_a_year * years
    return np.where(closes & (closed >= opened_us + FEWEST_DAYS_OPEN * DAY_US), closed, NEVER_US)


@dataclass(frozen=True)
class Further:
    """Accounts that are opened during the run; arrays of shape (further,).

    ``replaces`` is the customer whose everyday payments go to the new account from
    ``moved_us`` on and leave the main one, or -1.
    """

    owner: np.ndarray
    opened_us: np.ndarray
    closed_us: np.ndarray
    replaces: np.ndarray
    moved_us: np.ndarray


def draw_further(
    rng: np.random.Generator,
    calendar: Calendar,
    kind: np.ndarray,
    joined_us: np.ndarray,
    stays: np.ndarray,
) -> Further:
    """Accounts of customers who move to a new one, then of those who open more.

    ``stays`` is true for customers who close no account otherwise. Who came less than a
    month before opens none.
    """
    size, years = len(kind), calendar.days / 365

    def ready(opened: np.ndarray, who: np.ndarray) -> np.ndarray:
        return opened >= joined_us[who] + 30 * DAY_US

    moves = stays & np.isin(kind, ["person", "micro_business"])
    movers = np.flatnonzero(moves & (rng.random(size) < SWITCHER_SHARE_A_YEAR * years))
    opened = at_the_counter(rng, calendar, rng.uniform(0, calendar.days - 30, len(movers)))
    movers, opened = movers[ready(opened, movers)], opened[ready(opened, movers)]
    moved_day = (opened - calendar.start_us) // DAY_US + rng.integers(*MOVE_DAYS, len(movers))
    moved = calendar.moments(rng, moved_day, WAKING)

    openers = np.flatnonzero(stays & (kind == "person") & (rng.random(size) < OPENER_SHARE_A_YEAR * years))
    counts = rng.choice(list(OPENED_COUNT), len(openers), p=list(OPENED_COUNT.values()))
    first = np.repeat(rng.uniform(0, calendar.days - 30, len(openers)), counts)
    openers, counts = np.repeat(openers, counts), np.repeat(counts, counts)
    begun = at_the_counter(rng, calendar, first + rng.uniform(0, OPENED_WITHIN_DAYS, len(openers)))
    end = calendar.start_us + calendar.days * DAY_US
    keep = ready(begun, openers) & (begun < end)
    openers, counts, begun = openers[keep], counts[keep], begun[keep]
    (share, low, high), (share_of_several, low_of_several, high_of_several) = ONE_CLOSES, SEVERAL_CLOSE
    is_one = counts == 1
    days = np.where(
        is_one, rng.uniform(low, high, len(begun)), rng.uniform(low_of_several, high_of_several, len(begun))
    )
    closed = closed_after(rng, calendar, begun + (days * DAY_US).astype(np.int64))
    closes = rng.random(len(begun)) < np.where(is_one, share, share_of_several)
    never = np.full(len(movers), NEVER_US)
    return Further(
        owner=np.concatenate([movers, openers]),
        opened_us=np.concatenate([opened, begun]),
        closed_us=np.concatenate([never, np.where(closes, closed, NEVER_US)]),
        replaces=np.concatenate([movers, np.full(len(begun), -1)]),
        moved_us=np.concatenate([moved, np.full(len(begun), NEVER_US)]),
    )


def close_behind(rng: np.random.Generator, calendar: Calendar, moved_us: np.ndarray) -> np.ndarray:
    """When those who moved to a new account close the old one, ``NEVER_US`` for some; same shape."""
    closed = closed_after(rng, calendar, moved_us)
    return np.where(rng.random(len(moved_us)) < CLOSE_SHARE, closed, NEVER_US)


def closed_after(rng: np.random.Generator, calendar: Calendar, last_us: np.ndarray) -> np.ndarray:
    """When accounts without any more use are closed, in office hours of a later day. Shape of ``last_us``.

    ``last_us`` is the last use of each (UTC microseconds), whatever it was used for.
    """
    days = (last_us - calendar.start_us) / DAY_US + log_uniform(rng, *CLOSE_DAYS, len(last_us))
    return at_the_counter(rng, calendar, days)


def within_the_run(calendar: Calendar, closed_us: np.ndarray) -> np.ndarray:
    """Closings after the end of the run become ``NEVER_US``: nobody knows of them. Shape of ``closed_us``."""
    return np.where(closed_us < calendar.start_us + calendar.days * DAY_US, closed_us, NEVER_US)


def at_the_counter(rng: np.random.Generator, calendar: Calendar, day: np.ndarray) -> np.ndarray:
    """Moments in office hours on days of the run, shape of ``day``."""
    hour = rng.uniform(*COUNTER_HOURS, len(day)) * HOUR_US
    return calendar.start_us + np.floor(day).astype(np.int64) * DAY_US + hour.astype(np.int64)


def draw_credit_lines(
    rng: np.random.Generator, kind: np.ndarray, income: np.ndarray, may_have: np.ndarray
) -> np.ndarray:
    """How far each customer's main account may be overdrawn, cents, 0 for most. Shape of ``kind``."""
    size = len(kind)
    chance, months = np.zeros(size), np.zeros(size)
    for name, (share, low, high) in CREDIT_LINE.items():
        members = np.flatnonzero(kind == name)
        chance[members] = share
        months[members] = rng.uniform(low, high, len(members))
    steps = np.ceil(income * months / CREDIT_LINE_STEP_CNY) * CREDIT_LINE_STEP_CNY
    return np.where(may_have & (rng.random(size) < chance), steps * 100, 0).astype(np.int64)


def new_device_id(rng: np.random.Generator, count: int | None = None) -> np.ndarray:
    """Public ids of devices: drawn at random, so that they say nothing."""
    return np.asarray(rng.integers(LOWEST_DEVICE, HIGHEST_DEVICE, count))


def draw_countries(rng: np.random.Generator, holder: np.ndarray) -> np.ndarray:
    """Country code of each account: at home, unless the holder is overseas. Shape of ``holder``."""
    weight = np.array(list(COUNTRIES.values()))
    abroad = rng.choice(np.array(list(COUNTRIES)), len(holder), p=weight / weight.sum())
    return np.where(holder == "overseas", abroad, HOME)
