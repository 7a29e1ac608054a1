"""Delivery riders: many small credits at night, most of a week's money sent home."""

from __future__ import annotations

import numpy as np

from data.schema import MONTH_DAYS
from data.world.calendar import NIGHT, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, lead, repeat, somebody, weekly
from data.world.population import Population
from data.world.weights import picked

RIDER_SHARE = 0.035  # of workers, the self-employed and the unemployed (assumption)
CREDITS_A_MONTH = 26.0  # payouts and tips (assumption)
PLATFORMS = 3  # companies that pay riders out (assumption)
TIP_SHARE = 0.25  # of the credits (assumption)


@LIVELIHOODS.register("delivery_rider")
def delivery_rider(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Payouts after the evening's last round, tips of strangers, one transfer home a week."""
    persons = world.regulars("person")
    jobs = ["worker", "self_employed", "unemployed"]
    leaders = lead(rng, persons[np.isin(world.occupation[persons], jobs)], RIDER_SHARE)
    account, size = world.account[leaders], len(leaders)
    platforms = rng.choice(world.outside("company"), PLATFORMS)
    platform, home = rng.choice(platforms, size), somebody(world, rng, size)
    evening = 75 * rng.lognormal(0, 0.3, size)
    weekday, kept = rng.integers(0, 7, size), rng.uniform(0.2, 0.5, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        # It rains on any day.
        every_day = np.ones(stretch.days)
        who = repeat(rng, np.arange(size), CREDITS_A_MONTH, every_day)
        is_tip = rng.random(len(who)) < TIP_SHARE
        yuan = np.where(
            is_tip, rng.choice([2, 5, 6, 10, 20], len(who)), evening[who] * rng.lognormal(0, 0.4, len(who))
        )
        payer = np.where(is_tip, picked(rng, world.outside("wallet"), len(who)), platform[who])
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), every_day), NIGHT)
        credits = Flow.of(at, payer, account[who], yuan, "transfer", "unstated")
        rider, day = weekly(stretch, weekday)
        week = evening * CREDITS_A_MONTH * (1 - TIP_SHARE) * 7 / MONTH_DAYS * (1 - kept)
        at = stretch.moments(rng, day, WAKING)
        yuan = (week[rider] / 10).round() * 10
        sent = Flow.of(at, account[rider], home[rider], yuan, "transfer", "family")
        return Flow.concat([credits, sent])

    return draw
