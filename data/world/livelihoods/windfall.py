"""Windfalls: a bonus, an inheritance or an insurance claim, once in the run."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, once
from data.world.population import Population
from data.world.weights import picked

LUCKY_SHARE = 0.04  # of persons during the run (assumption)
BONUS_SHARE, CLAIM_SHARE = 0.6, 0.2  # of windfalls, the others are inheritances (assumption)
BONUS_MONTHS = (1, 2)  # bonuses come before the lunar new year
MONTHS_OF_INCOME = (3, 15)  # (assumption)
MOVED_SHARE = 0.6  # of windfalls that do not stay (assumption)


@LIVELIHOODS.register("windfall")
def windfall(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A single credit of many months' income; more often than not a good part is invested."""
    leaders = lead(rng, world.regulars("person"), LUCKY_SHARE)
    account, size = world.account[leaders], len(leaders)
    luck = rng.choice(3, size, p=[BONUS_SHARE, CLAIM_SHARE, 1 - BONUS_SHARE - CLAIM_SHARE])
    office = calendar.office_weight()
    bonus_day = calendar.draw_days(rng, size, office * np.isin(calendar.month(), BONUS_MONTHS))
    paid_on = np.where(luck == 0, bonus_day, calendar.draw_days(rng, size, office))
    # Wages are the bonus of a good year; claims are odd, estates round.
    kinds = (("company", "payroll"), ("insurer", "insurance"), ("person", "family"))
    payer = np.choose(luck, [rng.choice(world.outside(holder), size) for holder, _ in kinds])
    yuan = world.income[leaders] * rng.uniform(*MONTHS_OF_INCOME, size)
    yuan = np.where(luck == 1, yuan, (yuan / 1000).round() * 1000 + 1000)
    is_moved = rng.random(size) < MOVED_SHARE
    broker = picked(rng, world.outside("broker"), size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        who, day = once(calendar, stretch, paid_on)
        at = stretch.moments(rng, day, OFFICE)
        parts = []
        for number, (_, purpose) in enumerate(kinds):
            chosen = luck[who] == number
            one = who[chosen]
            parts.append(Flow.of(at[chosen], payer[one], account[one], yuan[one], "transfer", purpose))
        mover, moved_at = who[is_moved[who]], at[is_moved[who]] + later(rng, is_moved[who].sum(), 20, 400)
        moved = yuan[mover] * rng.uniform(0.4, 0.9, len(mover))
        parts.append(Flow.of(moved_at, account[mover], broker[mover], moved, "transfer", "investment"))
        return Flow.concat(parts)

    return draw
