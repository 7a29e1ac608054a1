"""Shopping at merchants and stalls, and the bills of a household."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("shopping")
def shopping(world: Population, calendar: Calendar, rng: np.random.Generator) -> Flow:
    """Purchases by card and QR code; a person returns to a few shops."""
    persons = world.customers_of("person")
    stalls = world.account[world.customers_of("micro_business")]
    merchants = world.outside("merchant")
    shops = np.concatenate([merchants, stalls])
    weight = np.concatenate([np.full(len(merchants), 3.0), np.ones(len(stalls))])
    favourites = rng.choice(shops, (len(world.kind), 6), p=weight / weight.sum())

    appetite = rng.lognormal(1.35, 0.5, len(persons))
    buyers = repeat(rng, persons, appetite, calendar.days)
    payee = np.where(
        rng.random(len(buyers)) < 0.7,
        favourites[buyers, rng.integers(0, 6, len(buyers))],
        rng.choice(shops, len(buyers), p=weight / weight.sum()),
    )
    days = calendar.draw_days(rng, len(buyers), calendar.leisure_weight())
    yuan = world.income[buyers] ** 0.6 * 0.55 * rng.lognormal(-0.3, 1.0, len(buyers))
    whole = rng.random(len(buyers)) < 0.4
    yuan = np.where(whole, yuan.round() + 1, yuan)
    at = calendar.moments(rng, days, WAKING)
    is_card = rng.random(len(buyers)) < 0.45
    city = world.city[buyers]
    parts = [
        Flow.of(at[m], world.account[buyers[m]], payee[m], yuan[m], channel, "shopping", city[m])
        for m, channel in ((is_card, "pos"), (~is_card, "qr"))
    ]

    payers = persons[rng.random(len(persons)) < 0.7]
    member, day = monthly(rng, calendar, rng.integers(8, 28, len(payers)))
    who = payers[member]
    bills = Flow.of(
        calendar.moments(rng, day, OFFICE),
        world.account[who],
        rng.choice(world.outside("utility")[1:], len(who)),
        rng.lognormal(5.0, 0.5, len(who)),
        "transfer",
        "utility",
    )
    return Flow.concat([*parts, bills])
