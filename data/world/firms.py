"""What firms are: founded when, with how much capital, in which trade, and whom they employ.

All shares, medians and spreads here are assumptions of this project.
"""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.weights import by_weight

INDUSTRIES = {
    "micro_business": ("catering", "retail", "repair", "wholesale", "services"),
    "company": ("manufacturing", "construction", "trade", "software", "logistics"),
}
# Persons on a payroll, and the share of them whose employer banks here.
EMPLOYED = ("worker", "clerk", "professional")
INSIDE_EMPLOYER_SHARE = 0.35
EMPLOYER_SPREAD = 1.4  # log spread of how many persons a firm employs
UNKNOWN_US = np.iinfo(np.int64).min
# Days between founding and the first account here: median, log spread, fewest.
DAYS_BEFORE_JOINING = (420, 1.4, 3)
# Registered capital of companies in yuan: many state exactly one million, the others round sums.
ONE_MILLION, ONE_MILLION_SHARE = 1_000_000, 0.3
CAPITAL = (2_000_000, 1.2)  # median, log spread
ROUND_STEPS = np.array([1, 1.5, 2, 3, 5, 8])
MAGNITUDES = np.array([1e4, 1e5, 1e6, 1e7, 1e8])
CAPITAL_BETWEEN = (30_000, 500_000_000)


def draw_founded(rng: np.random.Generator, kind: np.ndarray, joined_us: np.ndarray) -> np.ndarray:
    """When each firm was founded, UTC microseconds; ``UNKNOWN_US`` for persons. Shape of ``kind``.

    Most firms are years old, some were founded in the months before they came to the bank.
    """
    median, spread, fewest = DAYS_BEFORE_JOINING
    days = np.clip(median * rng.lognormal(0, spread, len(kind)), fewest, 30 * 365).astype(np.int64)
    return np.where(kind == "person", UNKNOWN_US, joined_us - days * DAY_US)


def draw_capital(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Registered capital in yuan, a round sum; 0 for whoever is no company. Shape of ``kind``."""
    size = len(kind)
    median, spread = CAPITAL
    raw = np.clip(median * rng.lognormal(0, spread, size), *CAPITAL_BETWEEN)
    magnitude = MAGNITUDES[np.searchsorted(MAGNITUDES, raw, side="right") - 1]
    step = ROUND_STEPS[np.searchsorted(ROUND_STEPS, raw / magnitude, side="right") - 1]
    is_plain = rng.random(size) < ONE_MILLION_SHARE
    return np.where(kind == "company", np.where(is_plain, ONE_MILLION, step * magnitude), 0.0)


def draw_industries(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """What each firm does, nothing for persons. Shape of ``kind``."""
    industry = np.full(len(kind), "", dtype="<U16")
    for name, choices in INDUSTRIES.items():
        members = np.flatnonzero(kind == name)
        industry[members] = rng.choice(np.array(choices), len(members))
    return industry


def draw_employers(
    rng: np.random.Generator,
    kind: np.ndarray,
    occupation: np.ndarray,
    is_paid_here: np.ndarray,
    income: np.ndarray,
    is_outside: np.ndarray,
    holder: np.ndarray,
) -> np.ndarray:
    """The company's account that pays each person's wages, -1 without one. Shape of ``kind``.

    Firms are of very different size: a few employ many.
    """
    size = len(kind)
    companies = np.flatnonzero(kind == "company")
    outside = np.flatnonzero((holder == "company") & (is_outside))
    employer = by_weight(rng, outside, rng.lognormal(0, EMPLOYER_SPREAD, len(outside)), size)
    is_insider = (rng.random(size) < INSIDE_EMPLOYER_SHARE) & (len(companies) > 0)
    if len(companies):
        staff = income[companies] * rng.lognormal(0, EMPLOYER_SPREAD / 4, len(companies))
        employer[is_insider] = by_weight(rng, companies, staff, is_insider.sum())
    return np.where(np.isin(occupation, EMPLOYED) & is_paid_here, employer, -1)
