"""Second-hand traders: phones, shoes and bags bought from one stranger, sold to the next."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat, strangers
from data.world.population import Population

TRADER_SHARE = 0.012  # of working persons (assumption)
FINDS_A_MONTH = 8.0  # (assumption)
PRICE_CNY = 450  # median (assumption)
ORDERED_SHARE = 0.3  # of finds that a buyer has paid before (assumption)


@LIVELIHOODS.register("second_hand_trader")
def second_hand_trader(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Every item is a pair of payments with new people, hours to a fortnight apart, at a margin."""
    leaders = lead(rng, world.earners, TRADER_SHARE)
    account = world.account[leaders]

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        who = repeat(rng, np.arange(len(leaders)), FINDS_A_MONTH, leisure)
        # Nobody risks more than a fifth of a month's income on one item.
        paid = np.minimum(PRICE_CNY * rng.lognormal(0, 1.0, len(who)), world.income[leaders[who]] * 0.2)
        price = np.maximum((paid * rng.uniform(1.05, 1.5, len(who)) / 5).round() * 5, 5)
        day = stretch.draw_days(rng, len(who), leisure)
        bought_at = stretch.moments(rng, day, EVENING)
        is_ordered = rng.random(len(who)) < ORDERED_SHARE
        sold_at = bought_at + later(rng, len(who), 5, 300)
        first, last = np.minimum(bought_at, sold_at), np.maximum(bought_at, sold_at)
        bought = Flow.of(
            np.where(is_ordered, last, first),
            account[who],
            strangers(world, rng, len(who)),
            paid,
            "transfer",
            "goods",
        )
        sold = Flow.of(
            np.where(is_ordered, first, last),
            strangers(world, rng, len(who)),
            account[who],
            price,
            "transfer",
            "goods",
        )
        return Flow.concat([bought, sold])

    return draw
