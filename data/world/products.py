"""Products that customers hold and channels that they use, with the time in which they do.

All shares are assumptions of this project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.schema import DAY_US, NEVER_US
from data.streams import stream
from data.world.calendar import Calendar

OLD = 60  # years of age from which people prefer the counter
WELL_OFF_CNY = 6_000  # income a month from which people invest
IN_RUN_SHARE = 0.15  # of holders who take a product up during the run
GIVEN_UP_SHARE = 0.06  # of holders who give it up during the run
# Products without which customers could not live as they do: held from the start, never given up.
LASTING = ("merchant_qr", "broker_link")


@dataclass(frozen=True)
class Held:
    """A product or channel: from when and before when each customer has it, shape (customers,).

    ``since_us`` is ``NEVER_US`` for who does not have it.
    """

    since_us: np.ndarray
    until_us: np.ndarray

    @property
    def is_held(self) -> np.ndarray:
        """True for who has it at some time of the run, shape (customers,)."""
        return self.since_us != NEVER_US


def _shares(
    kind: np.ndarray, occupation: np.ndarray, income: np.ndarray, age: np.ndarray
) -> dict[str, np.ndarray]:
    """Chance that each customer has a product or uses a channel, shape (customers,)."""
    is_person, is_stall = kind == "person", kind == "micro_business"
    is_well_off, is_old = is_person & (income >= WELL_OFF_CNY), is_person & (age >= OLD)
    is_own_boss = occupation == "self_employed"

    def chance(first: tuple[np.ndarray, float], second: tuple[np.ndarray, float], other: float) -> np.ndarray:
        return np.where(first[0], first[1], np.where(second[0], second[1], other))

    return {
        "product_broker_link": chance((is_well_off, 0.14), (is_person, 0.03), 0.04),
        "product_merchant_qr": chance((is_stall, 1.0), (is_own_boss, 0.4), 0.03),
        "product_wealth_fund": chance((is_well_off, 0.3), (is_person, 0.08), 0.12),
        "channel_mobile": chance((is_old, 0.5), (is_person, 0.96), 0.7),
        "channel_counter": chance((is_old, 0.75), (is_person, 0.25), 0.6),
        "channel_web": chance((is_person, 0.12), (is_stall, 0.35), 0.9),
    }


def draw_products(
    seed: int,
    calendar: Calendar,
    kind: np.ndarray,
    occupation: np.ndarray,
    income: np.ndarray,
    age: np.ndarray,
    joined_us: np.ndarray,
) -> dict[str, Held]:
    """Who holds what since when, by tag; arrays of customers have shape (customers,)."""
    size, end = len(kind), calendar.start_us + calendar.days * DAY_US
    found = {}
    for name, share in _shares(kind, occupation, income, age).items():
        rng = stream(seed, "products", name)
        is_held = rng.random(size) < share
        lasts = name.removeprefix("product_") in LASTING
        late = (rng.random(size) < IN_RUN_SHARE) & (not lasts)
        taken = np.where(late, rng.uniform(0, calendar.days, size) * DAY_US + calendar.start_us, joined_us)
        since = np.maximum(taken.astype(np.int64), joined_us)
        given_up = since + (rng.uniform(0.1, 1, size) * np.maximum(end - since, 0)).astype(np.int64)
        gives_up = (
            is_held & (rng.random(size) < GIVEN_UP_SHARE) & (given_up > calendar.start_us) & (not lasts)
        )
        found[name] = Held(np.where(is_held, since, NEVER_US), np.where(gives_up, given_up, NEVER_US))
    return found
