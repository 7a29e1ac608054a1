"""Money between people: family, friends, red packets, own savings."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("family")
def family(world: Population, calendar: Calendar, rng: np.random.Generator) -> Flow:
    """Transfers within a small circle, both ways; amounts have a heavy tail."""
    persons = world.customers_of("person")
    inside, outside = world.account[persons], world.outside("person")
    circle = np.where(
        rng.random((len(world.kind), 5)) < 0.3,
        rng.choice(inside, (len(world.kind), 5)),
        rng.choice(outside, (len(world.kind), 5)),
    )
    who = repeat(rng, persons, rng.lognormal(0.0, 0.6, len(persons)), calendar.days)
    friend = circle[who, rng.integers(0, 5, len(who))]
    keep = friend != world.account[who]
    who, friend = who[keep], friend[keep]
    days = calendar.draw_days(rng, len(who), calendar.leisure_weight())
    yuan = np.minimum(world.income[who] * 0.06 * rng.lognormal(-0.3, 1.3, len(who)), 400_000)
    is_round = rng.random(len(who)) < 0.6
    yuan = np.where(is_round, (yuan / 100).round() * 100 + 100, yuan)
    # A red packet ends in 8 or 6.
    is_gift = rng.random(len(who)) < 0.12
    yuan = np.where(is_gift, rng.choice([6.66, 66, 88, 166, 188, 666, 888], len(who)), yuan)
    comes_in = rng.random(len(who)) < 0.5
    me = world.account[who]
    gifts = Flow.of(
        calendar.moments(rng, days, EVENING),
        np.where(comes_in, friend, me),
        np.where(comes_in, me, friend),
        yuan,
        "transfer",
        "family",
    )

    savers = np.flatnonzero(world.savings >= 0)
    member, day = monthly(rng, calendar, rng.integers(1, 28, len(savers)))
    owner = savers[member]
    saved = Flow.of(
        calendar.moments(rng, day, WAKING),
        world.account[owner],
        world.savings[owner],
        (world.income[owner] * rng.uniform(0.02, 0.15, len(owner)) / 100).round() * 100 + 100,
        "transfer",
        "savings",
    )
    return Flow.concat([gifts, saved])
