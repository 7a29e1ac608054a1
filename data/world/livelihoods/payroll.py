"""Wages, pensions, allowances and the irregular income of the self-employed."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("payroll")
def payroll(world: Population, calendar: Calendar, rng: np.random.Generator) -> Flow:
    """Monthly income of persons from employers, the state or their parents."""
    persons = world.customers_of("person")
    occupation = world.occupation[persons]
    companies = world.account[world.customers_of("company")]
    size = len(persons)

    source = rng.choice(world.outside("company"), size)
    is_insider = rng.random(size) < 0.35
    if len(companies):
        source[is_insider] = rng.choice(companies, is_insider.sum())
    is_retired, is_student = occupation == "retired", occupation == "student"
    source[is_retired] = world.outside("utility")[0]
    source[is_student] = rng.choice(world.outside("person"), is_student.sum())
    is_regular = ~np.isin(occupation, ["self_employed", "unemployed"])
    payday = (source * 7) % 20 + 5

    member, day = monthly(rng, calendar, payday[is_regular])
    who = persons[is_regular][member]
    at = calendar.moments(rng, day, OFFICE)
    yuan = world.income[who] * rng.normal(1, 0.03, len(who)).clip(0.8, 1.6)
    from_parents = is_student[is_regular][member]
    income = [
        Flow.of(at[m], source[is_regular][member[m]], world.account[who[m]], yuan[m], "transfer", purpose)
        for m, purpose in ((~from_parents, "payroll"), (from_parents, "family"))
    ]

    gigs = repeat(rng, persons[~is_regular], 5.0, calendar.days)
    clients = np.where(
        rng.random(len(gigs)) < 0.7,
        rng.choice(world.outside("person"), len(gigs)),
        rng.choice(world.outside("company"), len(gigs)),
    )
    days = calendar.draw_days(rng, len(gigs), calendar.leisure_weight())
    jobs = Flow.of(
        calendar.moments(rng, days, WAKING),
        clients,
        world.account[gigs],
        world.income[gigs] / 5 * rng.lognormal(-0.32, 0.8, len(gigs)),
        "transfer",
        "unstated",
    )
    return Flow.concat([*income, jobs])
