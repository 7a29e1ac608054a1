"""Cash: withdrawals of persons, takings of stalls, the odd deposit of savings."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, repeat
from data.world.population import Population


@LIVELIHOODS.register("cash")
def cash(world: Population, calendar: Calendar, rng: np.random.Generator) -> Flow:
    """Cash over the counter and at machines, in whole notes of 100 yuan."""
    persons, stalls = world.customers_of("person"), world.customers_of("micro_business")
    leisure, office = calendar.leisure_weight(), calendar.office_weight()

    takers = repeat(rng, persons, 0.5, calendar.days)
    taken = np.clip(world.income[takers] * rng.lognormal(-2.0, 0.8, len(takers)), 100, 20_000)
    savers = repeat(rng, persons, 0.06, calendar.days)
    saved = np.clip(world.income[savers] * rng.lognormal(-0.3, 0.9, len(savers)), 100, 200_000)
    # Only some trades still live on cash.
    keepers = repeat(rng, stalls[rng.random(len(stalls)) < 0.45], 4.0, calendar.days)
    takings = np.clip(world.income[keepers] * 0.09 * rng.lognormal(-0.2, 0.6, len(keepers)), 100, 150_000)

    def notes(yuan: np.ndarray) -> np.ndarray:
        return np.maximum((yuan / 100).round() * 100, 100)

    def place(who: np.ndarray) -> np.ndarray:
        return np.where(rng.random(len(who)) < 0.95, world.city[who], rng.choice(world.city, len(who)))

    parts = []
    for who, yuan, weight, clock, is_in, purpose in (
        (takers, taken, leisure, WAKING, False, "cash"),
        (savers, saved, office, OFFICE, True, "cash"),
        (keepers, takings, office, OFFICE, True, "takings"),
    ):
        at = calendar.moments(rng, calendar.draw_days(rng, len(who), weight), clock)
        where = place(who)
        desk, account = world.cash_desk(where), world.account[who]
        payer, payee = (desk, account) if is_in else (account, desk)
        channel = "cash_deposit" if is_in else "cash_withdrawal"
        parts.append(Flow.of(at, payer, payee, notes(yuan), channel, purpose, where))
    return Flow.concat(parts)
