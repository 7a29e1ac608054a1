"""Wages, pensions, allowances and the irregular income of the self-employed."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("payroll")
def payroll(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Monthly income of persons from employers, the state or their parents."""
    persons = world.customers_of("person")
    occupation = world.occupation[persons]
    source = world.employer[persons]
    is_retired, is_student = occupation == "retired", occupation == "student"
    source[is_retired] = world.outside("utility")[0]
    source[is_student] = rng.choice(world.outside("person"), is_student.sum())
    is_regular = ~np.isin(occupation, ["self_employed", "unemployed"])
    payday = (source * 7) % 20 + 5
    regular, irregular = persons[is_regular], persons[~is_regular]
    source, is_student, payday = source[is_regular], is_student[is_regular], payday[is_regular]
    people, firms = world.outside("person"), world.outside("company")

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        member, day = monthly(stretch, payday)
        who = regular[member]
        at = stretch.moments(rng, day, OFFICE)
        yuan = world.income[who] * rng.normal(1, 0.03, len(who)).clip(0.8, 1.6)
        from_parents = is_student[member]
        income = [
            Flow.of(at[m], source[member[m]], world.account[who[m]], yuan[m], "transfer", purpose)
            for m, purpose in ((~from_parents, "payroll"), (from_parents, "family"))
        ]
        leisure = stretch.leisure_weight()
        gigs = repeat(rng, irregular, 5.0, leisure)
        clients = np.where(
            rng.random(len(gigs)) < 0.7, rng.choice(people, len(gigs)), rng.choice(firms, len(gigs))
        )
        jobs = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(gigs), leisure), WAKING),
            clients,
            world.account[gigs],
            world.income[gigs] / 5 * rng.lognormal(-0.32, 0.8, len(gigs)),
            "transfer",
            "unstated",
        )
        return Flow.concat([*income, jobs])

    return draw
