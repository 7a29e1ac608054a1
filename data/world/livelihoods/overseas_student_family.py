"""Families with a child abroad: living costs every month, fees twice a year, by wire."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, lead, monthly, somebody
from data.world.population import Population

FAMILY_SHARE = 0.03  # of persons between 40 and 60 who earn 9,000 yuan or more (assumption)
FEE_MONTHS = (2, 8)
FEE_CNY = 65_000  # median of half a year's fees (assumption)
LIVING_SHARE = (0.15, 0.4)  # of a month's income (assumption)


@LIVELIHOODS.register("overseas_student_family")
def overseas_student_family(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Relatives chip in within days, then one wire takes the fees abroad."""
    persons = world.regulars("person")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    parents = persons[(age >= 40) & (age <= 60) & (world.income[persons] >= 9_000)]
    leaders = lead(rng, parents, FAMILY_SHARE)
    account, size = world.account[leaders], len(leaders)
    child, school = rng.choice(world.outside("overseas"), (2, size))
    relatives = somebody(world, rng, size * 4, inside_share=0.0).reshape(size, 4)
    living = world.income[leaders] * rng.uniform(*LIVING_SHARE, size)
    fee = FEE_CNY * rng.lognormal(0, 0.4, size)
    living_day, fee_day = rng.integers(1, 26, (2, size))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        who, day = monthly(stretch, living_day)
        at = stretch.moments(rng, day, OFFICE)
        parts = [Flow.of(at, account[who], child[who], living[who].round(-2), "wire", "family")]
        who, day = monthly(stretch, fee_day)
        is_due = np.isin(stretch.month()[day], FEE_MONTHS)
        who, day = who[is_due], day[is_due]
        for relative, part in enumerate((0.4, 0.3, 0.2, 0.1)):
            at = stretch.moments(rng, day + rng.integers(0, 4, len(who)), EVENING)
            gift = (fee[who] * part / 1000).round() * 1000 + 1000
            parts.append(Flow.of(at, relatives[who, relative], account[who], gift, "transfer", "family"))
        at = stretch.moments(rng, day + rng.integers(4, 7, len(who)), OFFICE)
        parts.append(Flow.of(at, account[who], school[who], fee[who], "wire", "tuition"))
        return Flow.concat(parts)

    return draw
