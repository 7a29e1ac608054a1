"""Who deals with each other in a plan has often done so before, as in any life."""

from __future__ import annotations

from math import log2

import numpy as np
from scipy.special import exp2

from data.schema import CHANNELS, DAY_US, PURPOSES
from data.world.calendar import EVENING, OFFICE
from data.world.flows import CHANNEL, Flow
from data.world.scene import Scene
from data.world.tempo import FOLLOWERS, activity_until, prolonged

# Share of the pairs of a plan that have dealt with each other before, by kinds of payer and payee;
# else OTHER_PAIRS. How often, fewest and most, within how many days, more than a run has (assumptions):
# who knows each other does so for as long as anybody can look back.
KNOWN_PAIRS = {
    ("person", "person"): 0.46,
    ("person", "company"): 0.1,
    ("company", "person"): 0.75,
    ("person", "micro_business"): 0.4,
    ("micro_business", "person"): 0.7,
    ("company", "company"): 0.75,
}
OTHER_PAIRS, ACQUAINTED = 0.5, {"person", "micro_business", "company"}
TIMES_BEFORE = {
    ("person", "micro_business"): (2, 200),
    ("company", "company"): (12, 240),
    ("company", "person"): (8, 24),
    ("person", "person"): (10, 120),
}
OTHER_TIMES, DAYS_BEFORE = (8, 90), 400
# Of earlier sums: mean and spread of the logarithm of their share of the plan's; of transfers
# between persons, how many went back (assumptions).
EARLIER_SUMS, BACK_SHARE = (-0.7, 1.0), 0.5
MOST_INCOMES = 0.5  # months of income or turnover of a customer in one earlier payment (assumption)


def acquaint(scene: Scene) -> None:
    """Let many of those who deal with each other in the plan have done so before, as in any life.

    These earlier payments have nothing to do with the plan. They are fewer for a plan that
    begins early, since nobody sees what was before the run.
    """
    flow, rng, holder = scene.flow, scene.aside, scene.world.holder
    row, at = _earlier(scene, flow, _dealt_before(scene, flow))
    payer, payee, channel, purpose = flow.payer[row], flow.payee[row], flow.channel[row], flow.purpose[row]
    yuan = flow.amount[row] / 100 * rng.lognormal(*EARLIER_SUMS, len(row))
    yuan = np.minimum(yuan, _most(scene, payer, payee))
    # Who lends and gives gets back as much; else a life's money would gather where plans are.
    both = (holder[payer] == "person") & (holder[payee] == "person")
    is_back = both & (channel == CHANNEL["transfer"]) & (rng.random(len(row)) < BACK_SHARE)
    payer, payee = np.where(is_back, payee, payer), np.where(is_back, payer, payee)
    for way, occasion in set(zip(channel.tolist(), purpose.tolist(), strict=True)):
        m = (channel == way) & (purpose == occasion)
        scene.live(at[m], payer[m], payee[m], yuan[m], CHANNELS[way], PURPOSES[occasion])


def _dealt_before(scene: Scene, flow: Flow) -> np.ndarray:
    """The first payment (row of the flow) of each pair that knows each other, as often as they dealt."""
    world, rng = scene.world, scene.aside
    _, first = np.unique(flow.payer.astype(np.int64) * len(world.owner) + flow.payee, return_index=True)
    kinds = list(zip(world.holder[flow.payer[first]], world.holder[flow.payee[first]], strict=True))
    known = np.array(
        [KNOWN_PAIRS.get(pair, OTHER_PAIRS) if set(pair) <= ACQUAINTED else 0.0 for pair in kinds]
    )
    # Who has slept has dealt with nobody.
    for side in (flow.payer[first], flow.payee[first]):
        known *= ~(scene.is_inside(side) & world.is_dormant[world.owner[side]])
    most = np.array([TIMES_BEFORE.get(pair, OTHER_TIMES) for pair in kinds]).reshape(-1, 2)
    chosen = rng.random(len(first)) < known
    first, (low, high) = first[chosen], most[chosen].T
    count = exp2(rng.uniform(*np.array([[log2(n) for n in ends] for ends in (low, high)])))
    # Who pays once soon pays again, as in any life: `prolonged` adds the followers.
    return np.repeat(first, np.ceil(count * (1 - FOLLOWERS)).astype(np.int64))


def _most(scene: Scene, *sides: np.ndarray) -> np.ndarray:
    """The most yuan that two parties paid each other at once before, by the incomes of those here.

    Without a bound the customers of plans would have gathered fortunes that nobody of their income has.
    """
    world, most = scene.world, np.full(len(sides[0]), np.inf)
    for account in sides:
        income = world.income[np.maximum(world.owner[account], 0)]
        most = np.where(scene.is_inside(account), np.minimum(most, income * MOST_INCOMES), most)
    return most


def _earlier(scene: Scene, flow: Flow, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows again, with followers, and their moments (UTC microseconds) before the plan and in the run."""
    rng, calendar = scene.aside, scene.calendar
    before = np.floor(rng.uniform(1, DAYS_BEFORE, len(row)))
    begins = (flow.at[row] - calendar.start_us) // DAY_US
    day = begins - before.astype(np.int64)
    row, begins, day = row[day >= 1], begins[day >= 1], day[day >= 1]
    day = _on_busy_days(scene, flow.take(row), day, begins)
    is_private = scene.world.holder[flow.payer[row]] == "person"
    at = np.where(is_private, *(calendar.moments(rng, day, clock) for clock in (EVENING, OFFICE)))
    return prolonged(rng, row, at)


def _on_busy_days(scene: Scene, dealt: Flow, day: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Days of the run moved to those on which the person who banks here is busy; shape of ``day``.

    ``begins`` are the days of the plan, before which all stay. Of two persons here the payer's
    days count; where there is none, nothing moves.
    """
    world, calendar = scene.world, scene.calendar
    party = np.where(_is_person_here(scene, dealt.payer), dealt.payer, dealt.payee)
    chosen = np.flatnonzero(_is_person_here(scene, party))
    if not len(chosen):
        return day
    who, number = np.unique(world.owner[party[chosen]], return_inverse=True)
    until = activity_until(world, calendar, who, np.ones(calendar.days))
    until = np.hstack([np.zeros((len(who), 1)), until])
    last = np.minimum(begins[chosen], calendar.days)
    # The share of the days before the plan becomes one of the activity before it.
    wanted = (day[chosen] + scene.aside.random(len(chosen))) / begins[chosen] * until[number, last]
    moved = day.copy()
    for person in range(len(who)):
        mine = number == person
        moved[chosen[mine]] = np.searchsorted(until[person], wanted[mine], side="right") - 1
    return np.clip(moved, 1, np.maximum(begins - 1, 1))


def _is_person_here(scene: Scene, account: np.ndarray) -> np.ndarray:
    """Whether a person holds an account at this bank, shape of ``account``."""
    return scene.world.is_of_person[account] & scene.is_inside(account)
