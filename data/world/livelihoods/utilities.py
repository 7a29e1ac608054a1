"""Bills: electricity, water, telephone, property fees, in odd sums once a month."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, every, lead
from data.world.population import Population
from data.world.purse import gathered
from data.world.weights import picked

# By kind: share that pays bills from here, bills a payer, median yuan and log spread (assumption).
BILLS = {
    "person": (0.6, 2, 110, 0.7),
    "micro_business": (0.85, 2, 900, 0.9),
    "company": (0.9, 2, 6_000, 1.3),
}
MONTHS = {1: 0.7, 2: 0.15, 3: 0.1, 12: 0.05}  # paid at a time: share of bills (assumption)


@LIVELIHOODS.register("utilities")
def utilities(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Every bill has a day and a usual sum; longer terms are larger."""
    works = world.outside("utility")
    payer, usual = [], []
    for kind, (share, bills, median, spread) in BILLS.items():
        who = np.repeat(lead(rng, world.regulars(kind), share), bills)
        payer.append(who)
        usual.append(median * rng.lognormal(0, spread, len(who)))
    who, yuan = np.concatenate(payer), np.concatenate(usual)
    payee, day_due = picked(rng, works, len(who)), rng.integers(3, 28, len(who))
    months = rng.choice(list(MONTHS), len(who), p=list(MONTHS.values()))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        bill, day = every(stretch, day_due, months)
        at = stretch.moments(rng, day, WAKING)
        due = yuan[bill] * months[bill] * rng.lognormal(-0.02, 0.2, len(bill))
        bills = Flow.of(at, world.account[who[bill]], payee[bill], due, "transfer", "utility")
        return gathered(world, rng, bills)

    return draw
