"""Money between people: family, friends, red packets, own savings."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("family")
def family(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Transfers within a small circle, both ways; amounts have a heavy tail."""
    persons = world.customers_of("person")
    inside, outside, size = world.account[persons], world.outside("person"), len(world.kind)
    circle = np.where(
        rng.random((size, 5)) < 0.3, rng.choice(inside, (size, 5)), rng.choice(outside, (size, 5))
    )
    warmth = rng.lognormal(0.0, 0.6, len(persons))
    savers = np.flatnonzero(world.savings >= 0)
    saving_day = rng.integers(1, 28, len(savers))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        who = repeat(rng, persons, warmth, leisure)
        friend = circle[who, rng.integers(0, 5, len(who))]
        keep = friend != world.account[who]
        who, friend = who[keep], friend[keep]
        yuan = np.minimum(world.income[who] * 0.06 * rng.lognormal(-0.3, 1.3, len(who)), 400_000)
        is_round = rng.random(len(who)) < 0.6
        yuan = np.where(is_round, (yuan / 100).round() * 100 + 100, yuan)
        # A red packet ends in 8 or 6.
        is_gift = rng.random(len(who)) < 0.12
        yuan = np.where(is_gift, rng.choice([6.66, 66, 88, 166, 188, 666, 888], len(who)), yuan)
        comes_in = rng.random(len(who)) < 0.5
        me = world.account[who]
        between = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(who), leisure), EVENING),
            np.where(comes_in, friend, me),
            np.where(comes_in, me, friend),
            yuan,
            "transfer",
            "family",
        )
        member, day = monthly(stretch, saving_day)
        owner = savers[member]
        saved = Flow.of(
            stretch.moments(rng, day, WAKING),
            world.account[owner],
            world.savings[owner],
            (world.income[owner] * rng.uniform(0.02, 0.15, len(owner)) / 100).round() * 100 + 100,
            "transfer",
            "savings",
        )
        return Flow.concat([between, saved])

    return draw
