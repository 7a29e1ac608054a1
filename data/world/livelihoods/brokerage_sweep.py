"""Securities and money-market sweeps (银证转账): money goes to a broker and back within days."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat
from data.world.population import Population
from data.world.weights import picked

INVESTOR_SHARE = 0.36  # of persons with an income of 6,000 yuan or more and a broker link (assumption)
TRIPS_A_MONTH = 4.0  # (assumption)
OUT_FIRST_SHARE = 0.4  # of trips that begin at the bank (assumption)


@LIVELIHOODS.register("brokerage_sweep")
def brokerage_sweep(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A perfect quick in and out, always with the same licensed broker, gains and losses apart."""
    persons = world.regulars("person")
    has_link = world.products["product_broker_link"].is_held[persons]
    leaders = lead(rng, persons[has_link & (world.income[persons] >= 6_000)], INVESTOR_SHARE)
    account = world.account[leaders]
    broker = picked(rng, world.outside("broker"), len(leaders))
    stake = world.income[leaders] * rng.lognormal(-0.2, 0.7, len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office = stretch.office_weight()
        trader = repeat(rng, np.arange(len(leaders)), TRIPS_A_MONTH, office)
        at = stretch.moments(rng, stretch.draw_days(rng, len(trader), office), OFFICE)
        is_out_first = rng.random(len(trader)) < OUT_FIRST_SHARE
        # What was sold at the broker's may be large; what goes there first must be at hand.
        yuan = stake[trader] * rng.lognormal(-0.2, 0.6, len(trader)) * np.where(is_out_first, 0.2, 1.0)
        first, second = account[trader], broker[trader]
        payer, payee = np.where(is_out_first, first, second), np.where(is_out_first, second, first)
        there = Flow.of(at, payer, payee, (yuan / 100).round() * 100, "transfer", "investment")
        change = np.where(
            is_out_first, rng.normal(1.001, 0.01, len(trader)), rng.uniform(0.9, 1.0, len(trader))
        )
        back_at = at + later(rng, len(trader), 18, 70)
        back = Flow.of(back_at, payee, payer, yuan * change, "transfer", "investment")
        return Flow.concat([there, back])

    return draw
