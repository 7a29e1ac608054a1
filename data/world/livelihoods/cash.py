"""Cash: withdrawals of persons, takings of stalls, the odd deposit of savings."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, repeat
from data.world.population import Population


@LIVELIHOODS.register("cash")
def cash(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Cash over the counter and at machines, in whole notes of 100 yuan."""
    persons, stalls = world.customers_of("person"), world.customers_of("micro_business")
    # Only some trades still live on cash.
    cash_trades = stalls[rng.random(len(stalls)) < 0.45]

    def notes(yuan: np.ndarray) -> np.ndarray:
        return np.maximum((yuan / 100).round() * 100, 100)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure, office = stretch.leisure_weight(), stretch.office_weight()
        takers = repeat(rng, persons, 0.5, leisure)
        taken = np.clip(world.income[takers] * rng.lognormal(-2.0, 0.8, len(takers)), 100, 20_000)
        savers = repeat(rng, persons, 0.06, office)
        saved = np.clip(world.income[savers] * rng.lognormal(-0.3, 0.9, len(savers)), 100, 200_000)
        keepers = repeat(rng, cash_trades, 4.0, office)
        takings = np.clip(world.income[keepers] * 0.09 * rng.lognormal(-0.2, 0.6, len(keepers)), 100, 150_000)
        parts = []
        for who, yuan, weight, clock, is_in, purpose in (
            (takers, taken, leisure, WAKING, False, "cash"),
            (savers, saved, office, OFFICE, True, "cash"),
            (keepers, takings, office, OFFICE, True, "takings"),
        ):
            at = stretch.moments(rng, stretch.draw_days(rng, len(who), weight), clock)
            where = np.where(rng.random(len(who)) < 0.95, world.city[who], rng.choice(world.city, len(who)))
            desk, account = world.cash_desk(where), world.account[who]
            payer, payee = (desk, account) if is_in else (account, desk)
            channel = "cash_deposit" if is_in else "cash_withdrawal"
            parts.append(Flow.of(at, payer, payee, notes(yuan), channel, purpose, where))
        return Flow.concat(parts)

    return draw
