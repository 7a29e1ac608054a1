"""Accounts over time: when they are opened and closed, what they may overdraw, where they are kept.

All shares, medians and spreads here are assumptions of this project.
"""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.calendar import Calendar

NEVER = np.iinfo(np.int64).max
HOME = "CN"
LOWEST_DEVICE, HIGHEST_DEVICE = 10**14, 10**15  # ids drawn among so many are never the same twice
# Share of the customers of a kind who leave the bank in a year.
LEAVER_SHARE_A_YEAR = {"person": 0.035, "micro_business": 0.06, "company": 0.03}
SAVINGS_CLOSER_SHARE_A_YEAR = 0.05
FEWEST_DAYS_OPEN = 60
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
    """When each account is closed, UTC microseconds, ``NEVER`` for most. Shape of ``opened_us``.

    Accounts close in the days of the run, in office hours, none within its first weeks.
    """
    size = len(opened_us)
    years = calendar.days / 365
    hour = rng.uniform(9, 17, size) * 3_600_000_000
    day = np.floor(rng.uniform(0, calendar.days, size)).astype(np.int64)
    closed = calendar.start_us + day * DAY_US + hour.astype(np.int64)
    closes = rng.random(size) < share_a_year * years
    return np.where(closes & (closed >= opened_us + FEWEST_DAYS_OPEN * DAY_US), closed, NEVER)


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
