"""Rent and mortgage instalments."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, monthly
from data.world.population import Population


@LIVELIHOODS.register("rent")
def rent(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A fixed, often round sum a month to a landlord, or an odd one to a lender."""
    persons = world.customers_of("person")
    payers = persons[(rng.random(len(persons)) < 0.45) & (world.occupation[persons] != "student")]
    is_loan = rng.random(len(payers)) < 0.4
    landlords = np.where(
        rng.random(len(payers)) < 0.85,
        rng.choice(world.outside("person"), len(payers)),
        rng.choice(world.account[persons], len(payers)),
    )
    payee = np.where(is_loan, rng.choice(world.outside("lender"), len(payers)), landlords)
    monthly_sum = np.minimum(world.income[payers] * rng.uniform(0.18, 0.35, len(payers)), 20_000)
    yuan = np.where(is_loan, monthly_sum.round(2), (monthly_sum / 100).round() * 100 + 100)
    # Lenders debit on a day of their own, landlords early in the month.
    payday = np.where(is_loan, rng.integers(10, 26, len(payers)), rng.integers(1, 9, len(payers)))
    # Nobody is their own landlord.
    keep = payee != world.account[payers]
    payers, is_loan, payee, yuan, payday = (a[keep] for a in (payers, is_loan, payee, yuan, payday))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        member, day = monthly(stretch, payday)
        at = stretch.moments(rng, day, WAKING)
        loans = is_loan[member]
        parts = []
        for chosen, purpose in ((loans, "loan_repayment"), (~loans, "rent")):
            who = member[chosen]
            parts.append(
                Flow.of(at[chosen], world.account[payers[who]], payee[who], yuan[who], "transfer", purpose)
            )
        return Flow.concat(parts)

    return draw
