"""Shopping at merchants and stalls, and the bills of a household."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, monthly, repeat
from data.world.population import Population


@LIVELIHOODS.register("shopping")
def shopping(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Purchases by card and QR code; a person returns to a few shops."""
    persons = world.customers_of("person")
    stalls = world.account[world.customers_of("micro_business")]
    merchants = world.outside("merchant")
    # A merchant has three times the custom of a stall.
    shops = np.concatenate([merchants, merchants, merchants, stalls])
    favourites = rng.choice(shops, (len(world.kind), 6)).astype(np.int32)
    appetite = rng.lognormal(1.35, 0.5, len(persons))
    # Who earns more spends more, less than in proportion.
    usual = np.array([pow(income, 0.6) for income in world.income.tolist()]) * 0.55
    utilities = world.outside("utility")[1:]
    bill_payers = persons[rng.random(len(persons)) < 0.7]
    bill_day = rng.integers(8, 28, len(bill_payers))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        buyers = repeat(rng, persons, appetite, leisure)
        payee = favourites[buyers, rng.integers(0, 6, len(buyers))]
        elsewhere = np.flatnonzero(rng.random(len(buyers), np.float32) < 0.3)
        payee[elsewhere] = rng.choice(shops, len(elsewhere))
        yuan = usual[buyers] * rng.lognormal(-0.3, 1.0, len(buyers))
        whole = rng.random(len(buyers), np.float32) < 0.4
        yuan = np.where(whole, yuan.round() + 1, yuan)
        at = stretch.moments(rng, stretch.draw_days(rng, len(buyers), leisure), WAKING)
        is_card = rng.random(len(buyers), np.float32) < 0.45
        account, city = world.account[buyers], world.city[buyers]
        parts = [
            Flow.of(at[m], account[m], payee[m], yuan[m], channel, "shopping", city[m])
            for m, channel in ((is_card, "pos"), (~is_card, "qr"))
        ]
        member, day = monthly(stretch, bill_day)
        who = bill_payers[member]
        bills = Flow.of(
            stretch.moments(rng, day, OFFICE),
            world.account[who],
            rng.choice(utilities, len(who)),
            rng.lognormal(5.0, 0.5, len(who)),
            "transfer",
            "utility",
        )
        return Flow.concat([*parts, bills])

    return draw
