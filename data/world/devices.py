"""Devices: who signs in with which phone, tablet or kiosk, and when.

Most devices belong to one customer. Innocent people share them too: a household its
tablet, a stall and its helpers one phone at the till, a dormitory or a village a kiosk.
All shares and spans here are assumptions of this project.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US
from data.streams import stream
from data.world.accounts import NEVER, new_device_id
from data.world.calendar import Calendar
from data.world.population import Names, Population

LIFE_DAYS = 900  # between two phones, on average
SECOND_SHARE = 0.25  # of customers who use two devices
HOUSEHOLD_SHARE = 0.2  # of households of two or more that share one
TILL_SHARE = 0.35  # of micro-businesses whose till is used by helpers
HELPERS = (1, 5)  # customers who help, fewest and most
HELP_DAYS = (20, 250)
KIOSK_CUSTOMERS = 150  # persons for each dormitory or kiosk
KIOSK_USERS = (4, 25)
KIOSK_DAYS = (1, 60)

# customer (position), device, from, to (UTC microseconds)
Use = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _own(rng: np.random.Generator, world: Population, calendar: Calendar) -> list[Use]:
    """Everybody's first device, the one that takes its place in the run, and perhaps a second."""
    size = len(world.kind)
    everyone = np.arange(size)
    age = (rng.exponential(LIFE_DAYS, size) * DAY_US).astype(np.int64)
    begun = np.maximum(world.joined_us, calendar.start_us - age)
    replaced = begun + age + (rng.exponential(LIFE_DAYS, size) * DAY_US).astype(np.int64)
    end = calendar.start_us + calendar.days * DAY_US
    changes = np.flatnonzero((replaced < end) & (replaced > calendar.start_us) & ~world.is_dormant)
    until = np.full(size, NEVER)
    until[changes] = replaced[changes]
    never = np.full(size, NEVER)
    two = np.flatnonzero((rng.random(size) < SECOND_SHARE) & ~world.is_dormant)
    second_from = world.joined_us[two] + (rng.exponential(LIFE_DAYS / 2, len(two)) * DAY_US).astype(np.int64)
    two, second_from = two[second_from < end], second_from[second_from < end]
    return [
        (everyone, new_device_id(rng, size), begun, until),
        (changes, new_device_id(rng, len(changes)), until[changes], never[changes]),
        (two, new_device_id(rng, len(two)), second_from, never[two]),
    ]


def _households(rng: np.random.Generator, world: Population, calendar: Calendar) -> Use:
    """Some households share a tablet: from long ago, or from a day of the run on."""
    members = np.flatnonzero((world.household >= 0) & ~world.is_dormant)
    home = world.household[members]
    count = int(home.max(initial=-1)) + 1
    shares = (rng.random(count) < HOUSEHOLD_SHARE) & (np.bincount(home, minlength=count) >= 2)
    device, day = new_device_id(rng, count), rng.integers(-calendar.days, calendar.days, count)
    members, home = members[shares[home]], home[shares[home]]
    begun = np.maximum(calendar.start_us + day[home] * DAY_US, world.joined_us[members])
    return members, device[home], begun, np.full(len(members), NEVER)


def _groups(
    rng: np.random.Generator,
    calendar: Calendar,
    pool: np.ndarray,
    groups: int,
    size: tuple[int, int],
    days: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Members of ``groups`` groups out of a pool: (group, member, from, to), one row a member."""
    group = np.repeat(np.arange(groups), rng.integers(size[0], size[1] + 1, groups))
    member = rng.choice(pool, len(group))
    day = rng.uniform(-days[1], calendar.days, len(group))
    begun = calendar.start_us + (day * DAY_US).astype(np.int64)
    return group, member, begun, begun + (rng.uniform(*days, len(group)) * DAY_US).astype(np.int64)


def _shared(rng: np.random.Generator, world: Population, calendar: Calendar) -> list[Use]:
    """Tills and their helpers, dormitories and kiosks and those who pass through."""
    stalls, persons = world.customers_of("micro_business"), world.customers_of("person")
    stalls = stalls[rng.random(len(stalls)) < TILL_SHARE]
    till = new_device_id(rng, len(stalls))
    owner_from = np.maximum(world.joined_us[stalls], calendar.start_us - 400 * DAY_US)
    uses = [(stalls, till, owner_from, np.full(len(stalls), NEVER))]
    kiosks = max(len(persons) // KIOSK_CUSTOMERS, 1)
    for device, size, days in (
        (till, HELPERS, HELP_DAYS),
        (new_device_id(rng, kiosks), KIOSK_USERS, KIOSK_DAYS),
    ):
        group, member, begun, until = _groups(rng, calendar, persons, len(device), size, days)
        begun = np.maximum(begun, world.joined_us[member])
        keep = until > begun
        uses.append((member[keep], device[group[keep]], begun[keep], until[keep]))
    return uses


def devices_table(
    seed: int,
    world: Population,
    calendar: Calendar,
    names: Names,
    shared: list[tuple[int, int, int, int]],
) -> pd.DataFrame:
    """The Devices table; ``shared`` are uses of schemes (customer position, device, from, to).

    A customer who used one device in two overlapping stretches has one row for both.
    """
    rng = stream(seed, "devices")
    of_schemes = np.array(shared, np.int64).reshape(-1, 4).T
    uses = [
        *_own(rng, world, calendar),
        _households(rng, world, calendar),
        *_shared(rng, world, calendar),
        tuple(of_schemes),
    ]
    customer, device, begun, until = (np.concatenate([use[place] for use in uses]) for place in range(4))
    frame = pd.DataFrame(
        {
            "customer_id": names.customer[customer.astype(np.int64)],
            "device_id": device.astype(np.int64),
            "valid_from": begun.astype(np.int64),
            "valid_to": until.astype(np.int64),
        }
    )
    key = ["customer_id", "device_id"]
    frame = frame.groupby(key, as_index=False).agg(
        valid_from=("valid_from", "min"), valid_to=("valid_to", "max")
    )
    for column in ("valid_from", "valid_to"):
        moments = pd.Series(pd.DatetimeIndex(frame[column].to_numpy().astype("datetime64[us]"), tz="UTC"))
        frame[column] = moments.mask(frame[column] == NEVER)
    return frame.sort_values(["customer_id", "valid_from", "device_id"], ignore_index=True)
