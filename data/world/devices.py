"""Devices: who signs in with which phone, tablet or kiosk, and when.

Most devices belong to one customer. People share them too: a household its tablet, a couple
or friends a phone, a stall and its helpers one at the till, a dormitory or a village a kiosk.
Members of schemes and of their look-alikes share by the same function, so that only who
shares can tell, never how. All shares and spans here are assumptions of this project.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US, HOUR_US, NEVER_US
from data.streams import log_uniform, stream
from data.world.accounts import new_device_id
from data.world.calendar import WAKING, Calendar
from data.world.population import Names, Population

LIFE_DAYS = 900  # between two phones, on average
SECOND_SHARE = 0.25  # of customers who use two devices
HOUSEHOLD_SHARE = 0.1  # of households of two or more that share one
CIRCLE_SHARE = 0.02  # of persons around whom a few share a phone, beside households
CIRCLE_SIZE = (2, 4)
TILL_SHARE = 0.35  # of micro-businesses whose till is used by helpers
HELPERS = (1, 5)  # customers who help, fewest and most
KIOSK_CUSTOMERS = 500  # persons for each dormitory or kiosk
KIOSK_USERS = (4, 25)
# Days for which each of a group goes on to sign in: households for years, others for some time.
LASTING_DAYS, PASSING_DAYS = (300.0, 6_000.0), (2.0, 500.0)
GATHER_DAYS = 25.0  # within which all of a group have signed in for the first time

# customer (position), device, from, to (UTC microseconds)
Use = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def signed_in(
    rng: np.random.Generator,
    world: Population,
    calendar: Calendar,
    member: np.ndarray,
    begins_us: np.ndarray | int,
    lasts: tuple[float, float] = PASSING_DAYS,
) -> tuple[np.ndarray, np.ndarray]:
    """From when and until when each member of groups signs in to the device of the group.

    Everybody begins at a waking moment of their own within some weeks of the beginning, as a
    customer, and stops some time later; who does not within the run has no end.

    Parameters
    ----------
    member : positions of customers, shape (members,)
    begins_us : when the group begins to share, UTC microseconds, shape (members,) or one
    lasts : fewest and most days for which one goes on

    Returns
    -------
    from, to : UTC microseconds, ``NEVER_US`` without an end, shape (members,)
    """
    size = len(member)
    first = np.asarray(begins_us) + (rng.uniform(0, GATHER_DAYS, size) * DAY_US).astype(np.int64)
    since_joining = world.joined_us[member] + (rng.uniform(1, GATHER_DAYS, size) * DAY_US).astype(np.int64)
    begun = at_a_waking_hour(rng, calendar, np.maximum(first, since_joining))
    until = begun + (log_uniform(rng, *lasts, size) * DAY_US).astype(np.int64)
    until = at_a_waking_hour(rng, calendar, until)  # two days later at least
    return begun, np.where(until < calendar.start_us + calendar.days * DAY_US, until, NEVER_US)


def at_a_waking_hour(rng: np.random.Generator, calendar: Calendar, at: np.ndarray) -> np.ndarray:
    """Moments on the local days of others, at hours of waking. Shape of ``at``."""
    day = (at - calendar.start_us) // DAY_US
    return calendar.moments(rng, day, WAKING)


def _own(rng: np.random.Generator, world: Population, calendar: Calendar) -> list[Use]:
    """Everybody's first device, the one that takes its place in the run, and perhaps a second."""
    size = len(world.kind)
    everyone = np.arange(size)
    age = (rng.exponential(LIFE_DAYS, size) * DAY_US).astype(np.int64)
    begun = at_a_waking_hour(rng, calendar, np.maximum(world.joined_us, calendar.start_us - age))
    replaced = begun + age + (rng.exponential(LIFE_DAYS, size) * DAY_US).astype(np.int64)
    end = calendar.start_us + calendar.days * DAY_US
    changes = np.flatnonzero((replaced < end) & (replaced > calendar.start_us) & ~world.is_dormant)
    until = np.full(size, NEVER_US)
    until[changes] = np.maximum(at_a_waking_hour(rng, calendar, replaced[changes]), begun[changes] + HOUR_US)
    never = np.full(size, NEVER_US)
    two = np.flatnonzero((rng.random(size) < SECOND_SHARE) & ~world.is_dormant)
    second_from = world.joined_us[two] + (rng.exponential(LIFE_DAYS / 2, len(two)) * DAY_US).astype(np.int64)
    two, second_from = two[second_from < end], second_from[second_from < end]
    return [
        (everyone, new_device_id(rng, size), begun, until),
        (changes, new_device_id(rng, len(changes)), until[changes], never[changes]),
        (two, new_device_id(rng, len(two)), at_a_waking_hour(rng, calendar, second_from), never[two]),
    ]


def _households(rng: np.random.Generator, world: Population, calendar: Calendar) -> Use:
    """Some households share a tablet: from long ago, or from a day of the run on."""
    members = np.flatnonzero((world.household >= 0) & ~world.is_dormant)
    home = world.household[members]
    count = int(home.max(initial=-1)) + 1
    shares = (rng.random(count) < HOUSEHOLD_SHARE) & (np.bincount(home, minlength=count) >= 2)
    device = new_device_id(rng, count)
    begins = calendar.start_us + (rng.uniform(-calendar.days, calendar.days, count) * DAY_US).astype(np.int64)
    members, home = members[shares[home]], home[shares[home]]
    return members, device[home], *signed_in(rng, world, calendar, members, begins[home], LASTING_DAYS)


def _groups(
    rng: np.random.Generator,
    world: Population,
    calendar: Calendar,
    pool: np.ndarray,
    device: np.ndarray,
    size: tuple[int, int],
) -> Use:
    """Who signs in to each of some devices out of a pool, drawn by chance."""
    group = np.repeat(np.arange(len(device)), rng.integers(size[0], size[1] + 1, len(device)))
    member = rng.choice(pool, len(group))
    day = rng.uniform(-PASSING_DAYS[1] / 3, calendar.days, len(device))
    begins = calendar.start_us + (day * DAY_US).astype(np.int64)
    return member, device[group], *signed_in(rng, world, calendar, member, begins[group])


def _shared(rng: np.random.Generator, world: Population, calendar: Calendar) -> list[Use]:
    """Phones among a few, tills and their helpers, kiosks and those who pass through."""
    stalls, persons = world.customers_of("micro_business"), world.customers_of("person")
    stalls = stalls[rng.random(len(stalls)) < TILL_SHARE]
    till = new_device_id(rng, len(stalls))
    long_ago = calendar.start_us + (rng.uniform(-400, 0, len(stalls)) * DAY_US).astype(np.int64)
    circles = rng.binomial(len(persons), CIRCLE_SHARE)
    kiosks = max(len(persons) // KIOSK_CUSTOMERS, 1)
    return [
        (stalls, till, *signed_in(rng, world, calendar, stalls, long_ago, LASTING_DAYS)),
        _groups(rng, world, calendar, persons, till, HELPERS),
        _groups(rng, world, calendar, persons, new_device_id(rng, circles), CIRCLE_SIZE),
        _groups(rng, world, calendar, persons, new_device_id(rng, kiosks), KIOSK_USERS),
    ]


def devices_table(
    seed: int,
    world: Population,
    calendar: Calendar,
    names: Names,
    shared: list[tuple[int, int, int, int]],
) -> pd.DataFrame:
    """The Devices table; ``shared`` are uses of schemes (customer position, device, from, to).

    A customer who used one device in two overlapping stretches has one row for both. What
    begins after the run is not known in it.
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
    frame = frame[frame["valid_from"] < calendar.start_us + calendar.days * DAY_US]
    key = ["customer_id", "device_id"]
    frame = frame.groupby(key, as_index=False).agg(
        valid_from=("valid_from", "min"), valid_to=("valid_to", "max")
    )
    for column in ("valid_from", "valid_to"):
        moments = pd.Series(pd.DatetimeIndex(frame[column].to_numpy().astype("datetime64[us]"), tz="UTC"))
        frame[column] = moments.mask(frame[column] == NEVER_US)
    return frame.sort_values(["customer_id", "valid_from", "device_id"], ignore_index=True)
