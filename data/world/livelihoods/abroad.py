"""Persons with somebody abroad: remittances of families, wages from there, fees, rooms, shopping."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, repeat, tempered
from data.world.population import Population
from data.world.purse import gathered, put_by

PERSON_SHARE = 0.06  # of main-bank persons (assumption)
PAYMENTS_A_MONTH = 0.9  # mean, either way (assumption)
QUOTA_CNY = 50_000 * 7.2  # a resident's yearly quota of currency; nobody wires more at once
IN_SHARE = 0.4  # (assumption)
MEDIAN_CNY, SPREAD = 9_000, 1.4  # (assumption)
OUT = {
    "tuition": 0.3,
    "family": 0.28,
    "rent": 0.06,
    "goods": 0.2,
    "other": 0.05,
    "unstated": 0.08,
    "gift": 0.03,
}
IN = {"payroll": 0.4, "family": 0.3, "goods": 0.1, "other": 0.08, "unstated": 0.12}


@LIVELIHOODS.register("abroad")
def abroad(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Wires both ways with one to three people or schools abroad, up to the yearly quota."""
    persons = lead(rng, world.regulars("person"), PERSON_SHARE)
    circles = Circles(rng.integers(1, 4, len(persons)))
    parties = rng.choice(world.outside("overseas"), int(circles.size.sum()))
    usual = MEDIAN_CNY * tempered(world.income[persons] / 7_000, 0.7)
    leans_in = rng.random(len(persons)) < IN_SHARE

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office = stretch.office_weight()
        who = repeat(rng, np.arange(len(persons)), PAYMENTS_A_MONTH * world.activity[persons], office)
        party, me = parties[circles.one(rng, who)], world.account[persons[who]]
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), office), OFFICE)
        yuan = np.minimum(
            usual[who] * rng.lognormal(0, SPREAD, len(who)), QUOTA_CNY * rng.uniform(0.7, 1, len(who))
        )
        is_in = leans_in[who] ^ (rng.random(len(who)) < 0.1)
        directions = []
        for table, chosen, payer, payee in ((OUT, ~is_in, me, party), (IN, is_in, party, me)):
            occasion = rng.choice(len(table), len(who), p=list(table.values()))
            directions.append(
                Flow.concat(
                    [
                        Flow.of(at[m], payer[m], payee[m], yuan[m], "wire", name)
                        for number, name in enumerate(table)
                        for m in [np.flatnonzero(chosen & (occasion == number))]
                    ]
                )
            )
        gone, came = directions
        return Flow.concat([gathered(world, rng, gone), came, put_by(world, rng, came)])

    return draw
