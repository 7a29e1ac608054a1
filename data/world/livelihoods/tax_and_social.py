"""Taxes and social insurance of firms: the state's accounts, mid-month, more in tax months."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, lead, monthly
from data.world.population import Population

TAXPAYER_SHARE = 0.9  # of firms (assumption)
TAX_MONTHS = (1, 4, 7, 10)  # income tax is due after each quarter
# turnover taxed (quarterly) and paid to the social funds (monthly), by kind (assumption)
RATES = {"micro_business": (0.02, 0.01), "company": (0.05, 0.03)}


@LIVELIHOODS.register("tax_and_social")
def tax_and_social(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A firm that never pays these is a shell; one that does has a regular, odd, dull outflow."""
    firms = [lead(rng, world.customers_of(kind), TAXPAYER_SHARE) for kind in RATES]
    leaders = np.concatenate(firms)
    tax_rate, social_rate = np.repeat(np.array(list(RATES.values())), [len(f) for f in firms], axis=0).T
    office, fund = world.outside("utility")[:2]
    tax_day, social_day = rng.integers(8, 14, len(leaders)), rng.integers(15, 23, len(leaders))
    effort = rng.uniform(0.5, 1.2, len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        parts = []
        for payday, rate, payee, is_quarterly in (
            (tax_day, tax_rate, office, True),
            (social_day, social_rate, fund, False),
        ):
            who, day = monthly(stretch, payday)
            if is_quarterly:
                is_due = np.isin(stretch.month()[day], TAX_MONTHS)
                who, day = who[is_due], day[is_due]
            yuan = world.income[leaders[who]] * (rate * effort)[who] * rng.normal(1, 0.1, len(who)).clip(0.5)
            at = stretch.moments(rng, day, OFFICE)
            parts.append(Flow.of(at, world.account[leaders[who]], payee, yuan, "transfer", "utility"))
        return Flow.concat(parts)

    return draw
