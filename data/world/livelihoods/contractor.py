"""Labour contractors: a builder pays one person, who pays the crew."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, later, lead, paydays, somebody
from data.world.population import Population
from data.world.weights import picked

CONTRACTOR_SHARE = 0.008  # of workers and the self-employed (assumption)
CREW = (8, 26)  # heads, from the first to before the second (assumption)
CASH_SHARE, MOST_NOTES_CNY = 0.5, 49_900  # of months in which notes are fetched, most at once (assumption)
WAGE_CNY = 5_400  # median monthly wage of a hand (assumption)


@LIVELIHOODS.register("contractor")
def contractor(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Wages outside a payroll: once a month one large credit leaves to many people within days."""
    persons = world.regulars("person")
    leaders = lead(
        rng, persons[np.isin(world.occupation[persons], ["worker", "self_employed"])], CONTRACTOR_SHARE
    )
    account = world.account[leaders]
    crews = Circles(rng.integers(*CREW, len(leaders)))
    hands = somebody(world, rng, crews.size.sum(), inside_share=0.3)
    wage = WAGE_CNY * rng.lognormal(0, 0.25, len(hands))
    builder = picked(rng, world.outside("company"), len(leaders))
    payday, margin = rng.integers(1, 26, len(leaders)), rng.uniform(1.02, 1.12, len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leader, day = paydays(stretch, payday)
        at = stretch.moments(rng, day, OFFICE)
        month, hand = crews.gather(leader)
        # Days worked differ; most contractors round to the next hundred.
        yuan = (wage[hand] * rng.normal(1, 0.12, len(hand)).clip(0.4, 1.4) / 100).round() * 100
        by_transfer = np.bincount(month, yuan, len(leader))
        # Some hands want notes.
        is_noted = rng.random(len(leader)) < CASH_SHARE
        notes = by_transfer * np.where(is_noted, rng.uniform(0.05, 0.35, len(leader)), 0)
        notes = np.minimum((notes / 100).round() * 100, MOST_NOTES_CNY)
        bill = (by_transfer + notes) * margin[leader]
        paid_by_builder = Flow.of(at, builder[leader], account[leader], bill, "transfer", "goods")
        wages_at = at[month] + later(rng, len(month), 1, 60)
        wages = Flow.of(wages_at, account[leader[month]], hands[hand], yuan, "transfer", "payroll")
        paid = np.flatnonzero(notes > 0)
        city, fetched_at = world.city[leaders[leader[paid]]], at[paid] + later(rng, len(paid), 1, 40)
        desk, who = world.cash_desk(city), account[leader[paid]]
        fetched = Flow.of(fetched_at, who, desk, notes[paid], "cash_withdrawal", "cash", city)
        return Flow.concat([paid_by_builder, wages, fetched])

    return draw
