"""Rent and mortgage instalments."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, every, lead, monthly, somebody
from data.world.population import Population
from data.world.purse import gathered
from data.world.weights import picked

TENANT_SHARE, OWNER_SHARE = 0.22, 0.22  # of persons who are no students, and pay from here (assumption)
CYCLES = {1: 0.45, 3: 0.45, 6: 0.10}  # months paid at a time: share of leases (assumption)
AGENCY_SHARE = 0.15  # of landlords that are firms (assumption)
SHARE_OF_INCOME, MOST_CNY = (0.15, 0.35), 20_000  # of a month (assumption)


@LIVELIHOODS.register("rent")
def rent(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A round sum for one, three or six months to a landlord, or an odd one a month to a lender."""
    persons = world.regulars("person")
    adults = persons[world.occupation[persons] != "student"]
    tenants, owners = lead(rng, adults, TENANT_SHARE), lead(rng, adults, OWNER_SHARE)
    landlord = np.where(
        rng.random(len(tenants)) < AGENCY_SHARE,
        picked(rng, world.outside("company"), len(tenants)),
        somebody(world, rng, len(tenants), inside_share=0.2),
    )
    lender = picked(rng, world.outside("lender"), len(owners))
    months = rng.choice(list(CYCLES), len(tenants), p=list(CYCLES.values()))
    price, instalment = (
        np.minimum(world.income[who] * rng.uniform(*SHARE_OF_INCOME, len(who)), MOST_CNY)
        for who in (tenants, owners)
    )
    price = (price / 50).round() * 50 + 50
    lease_day, due_day = rng.integers(1, 29, len(tenants)), rng.integers(1, 26, len(owners))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        member, day = every(stretch, lease_day, months)
        at, yuan = stretch.moments(rng, day, WAKING), price[member] * months[member]
        account = world.account[tenants[member]]
        rents = Flow.of(at, account, landlord[member], yuan, "transfer", "rent")
        member, day = monthly(stretch, due_day)
        at, account = stretch.moments(rng, day, OFFICE), world.account[owners[member]]
        dues = Flow.of(at, account, lender[member], instalment[member], "transfer", "loan_repayment")
        return Flow.concat([gathered(world, rng, rents), dues])

    return draw
