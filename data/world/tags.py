"""Profile tags (用户画像): facts that the bank knows of a customer, each with its time.

The money-laundering risk rating comes from what the customer stated and holds, in four
factors (客户特性, 地域, 业务, 职业或行业), never from what the customer does or
from the truth: a rating raised after a report would be a leaked label. All points are
assumptions of this project; the lines of 60 and 80 points are a published sheet's [V2].
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US, NEVER_US, YEAR_US
from data.streams import stream
from data.world.calendar import Calendar
from data.world.population import Names, Population
from data.world.register import times

CHANGE_SHARE = 0.04  # of persons who change their occupation during the run
OPEN_END = np.iinfo(np.int64).min  # becomes an empty moment
RISK_LINES, RISK_LEVELS = (60.0, 80.0), ("low", "medium", "high")
WEIGHT = {"customer": 0.3, "region": 0.2, "business": 0.25, "work": 0.25}
HIGHEST_POINTS = 5.0
# Points of 1 to 5 for what somebody does; whoever is missing has 2.
WORK_POINTS = {
    "unemployed": 4.5,
    "self_employed": 4.5,
    "student": 3.5,
    "professional": 1.5,
    "wholesale": 5.0,
    "trade": 5.0,
    "retail": 3.5,
    "catering": 3.5,
    "construction": 4.0,
    "software": 1.5,
}
BUSINESS_POINTS = {
    "product_merchant_qr": 1.5,
    "product_broker_link": 0.5,
    "product_credit_line": 0.5,
    "channel_mobile": 0.5,
    "channel_counter": -0.5,
    "channel_web": 0.5,
}
BORDER_CITIES, BORDER_POINTS, OTHER_POINTS = (3, 11, 17, 23, 29), 5.0, 2.0
REVIEW_DAYS = (300, 430)  # between two looks at a rating

# customer (position), tag, value, from, to (microseconds; NEVER_US: still valid)
Stretch = tuple[np.ndarray, str, np.ndarray, np.ndarray, np.ndarray]


def occupations(seed: int, world: Population, calendar: Calendar) -> tuple[np.ndarray, np.ndarray]:
    """Occupation stated at first, and when the bank learns the present one (``NEVER_US``: it knew).

    About 4 % of the persons change their occupation during the run (assumption); the bank
    learns it on a later day, when they update their details. Both have shape (customers,).
    """
    rng = stream(seed, "tags")
    persons = np.flatnonzero(world.kind == "person")
    changes = rng.random(len(persons)) < CHANGE_SHARE
    old = rng.choice(["student", "worker", "clerk"], len(persons))
    updated = calendar.start_us + rng.integers(20, max(calendar.days, 21), len(persons)) * DAY_US
    updated = np.maximum(updated, world.joined_us[persons] + DAY_US)
    first, learnt = world.occupation.astype(object), np.full(len(world.kind), NEVER_US)
    first[persons[changes]], learnt[persons[changes]] = old[changes], updated[changes]
    return first, learnt


def holdings(world: Population) -> list[Stretch]:
    """Products and channels: "yes" while held, "no" once given up; without a row never held."""
    has = world.savings >= 0
    savings = np.where(has, world.savings, 0)
    credit = world.limit[world.account] > 0
    held = {
        "product_savings_account": (
            np.where(has, world.opened_us[savings], NEVER_US),
            np.where(has, world.closed_us[savings], NEVER_US),
        ),
        "product_credit_line": (
            np.where(credit, world.joined_us, NEVER_US),
            np.full(len(world.kind), NEVER_US),
        ),
        **{name: (product.since_us, product.until_us) for name, product in world.products.items()},
    }
    parts: list[Stretch] = []
    for tag, (since, until) in held.items():
        who = np.flatnonzero(since != NEVER_US)
        over = who[until[who] != NEVER_US]
        parts.append((who, tag, np.full(len(who), "yes"), since[who], until[who]))
        parts.append((over, tag, np.full(len(over), "no"), until[over], np.full(len(over), NEVER_US)))
    return parts


def _points(world: Population, at: np.ndarray, work: np.ndarray, held: list[Stretch]) -> np.ndarray:
    """Points (0 to 100) of every customer as of ``at``, from stated facts. All of shape (customers,)."""
    is_firm = world.kind != "person"
    age = np.where(is_firm, (at - world.founded_us.clip(min=0)) / YEAR_US, (at - world.joined_us) / YEAR_US)
    young = np.where(is_firm, np.array([5.0, 4.0])[(age > 1).astype(int)], 3.5)
    customer = np.where(age < np.where(is_firm, 3, 1), young, np.where(is_firm, 3.0, 2.0))
    region = np.where(np.isin(world.city, BORDER_CITIES), BORDER_POINTS, OTHER_POINTS)
    business = np.full(len(at), 2.0)
    for who, tag, value, since, until in held:
        is_now = (since <= at[who]) & (at[who] < until) & (value == "yes")
        np.add.at(business, who[is_now], BUSINESS_POINTS.get(tag, 0.0))
    points = pd.Series(work).map(WORK_POINTS).fillna(2.0).to_numpy(dtype=float)
    parts = {"customer": customer, "region": region, "business": business, "work": points}
    total = sum(WEIGHT[name] * np.clip(value, 1, HIGHEST_POINTS) for name, value in parts.items())
    return np.asarray(100 * total / HIGHEST_POINTS)


def risk_ratings(
    seed: int,
    world: Population,
    calendar: Calendar,
    first: np.ndarray,
    learnt: np.ndarray,
    held: list[Stretch],
) -> list[Stretch]:
    """The risk rating: set on joining, looked at about once a year and when the occupation changes."""
    rng, size = stream(seed, "risk reviews"), len(world.kind)
    end = calendar.start_us + calendar.days * DAY_US
    every = (rng.uniform(*REVIEW_DAYS, size) * DAY_US).astype(np.int64)
    # The last look before the run, then those in the run.
    since_start = np.maximum(calendar.start_us - world.joined_us, 0)
    looked = [world.joined_us, world.joined_us + since_start // every * every]
    looked += [looked[-1] + turn * every for turn in range(1, calendar.days // REVIEW_DAYS[0] + 2)]
    looked += [np.where(learnt == NEVER_US, world.joined_us, learnt)]
    looks = []
    for moment in looked:
        present = np.where(world.kind == "person", world.occupation, world.industry)
        work = np.where((world.kind == "person") & (moment < learnt), first, present)
        level = np.digitize(_points(world, moment, work, held), RISK_LINES)
        kept = np.flatnonzero(moment < end)
        looks.append(pd.DataFrame({"who": kept, "at": moment[kept], "level": level[kept]}))
    frame = pd.concat(looks, ignore_index=True)
    frame = frame.sort_values(["who", "at"], kind="stable").drop_duplicates(["who", "at"])
    same = (frame["who"] == frame["who"].shift()) & (frame["level"] == frame["level"].shift())
    frame = frame[~same]
    follows = frame["who"] == frame["who"].shift(-1)
    until = frame["at"].shift(-1, fill_value=NEVER_US).where(follows, NEVER_US)
    value = np.array(RISK_LEVELS)[frame["level"]]
    return [(frame["who"].to_numpy(), "risk_rating", value, frame["at"].to_numpy(), until.to_numpy(np.int64))]


def profile_tags_table(seed: int, world: Population, names: Names, calendar: Calendar) -> pd.DataFrame:
    """The ProfileTags table: occupation, income band, products, channels and the risk rating."""
    first, learnt = occupations(seed, world, calendar)
    persons = np.flatnonzero(world.kind == "person")
    changed = np.flatnonzero(learnt != NEVER_US)
    band = np.digitize(world.income, [3_000, 8_000, 20_000, 100_000, 1_000_000]).astype(str)
    everyone, never = np.arange(len(world.kind)), np.full(len(world.kind), NEVER_US)
    held = holdings(world)
    parts: list[Stretch] = [
        (persons, "occupation", first[persons], world.joined_us[persons], learnt[persons]),
        (changed, "occupation", world.occupation[changed], learnt[changed], never[changed]),
        (everyone, "income_band", band, world.joined_us, never),
        *held,
        *risk_ratings(seed, world, calendar, first, learnt, held),
    ]
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "customer_id": names.customer[who],
                    "tag": tag,
                    "value": pd.Series(value, dtype="str"),
                    "valid_from": times(since),
                    "valid_to": times(np.where(until == NEVER_US, OPEN_END, until)),
                }
            )
            for who, tag, value, since, until in parts
        ]
    )
    return frame.sort_values(["customer_id", "tag", "valid_from"])
