"""What firms pay for room and hands: rent by the lease, wages on working days."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, every, lead, paydays, somebody
from data.world.population import Population
from data.world.weights import picked

RENT_SHARE, RENT_OF_TURNOVER = (0.7, 0.5), ((0.04, 0.15), (0.005, 0.03))  # of stalls and companies
LANDLORD_IS_PERSON = (0.55, 0.15)
CYCLES = {1: 0.4, 3: 0.45, 6: 0.15}  # months paid at a time: share of leases
# Share of stalls and companies with staff beside the payroll of persons here; heads: median, log spread.
STAFF = ((0.55, 1.6, 0.5), (0.8, 8.0, 1.2))
MOST_WAGES = 0.2  # of turnover
WAGE_CNY = (4_600, 0.35)  # median, log spread; everything here is an assumption


@LIVELIHOODS.register("firm_costs")
def firm_costs(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A stall has a landlord and one or two hands; a company the same in large."""
    lessees = [world.regulars("micro_business"), world.regulars("company")]
    tenants = [lead(rng, who, share) for who, share in zip(lessees, RENT_SHARE, strict=True)]
    tenant = np.concatenate(tenants)
    price = np.concatenate(
        [
            world.income[who] * rng.uniform(*part, len(who))
            for who, part in zip(tenants, RENT_OF_TURNOVER, strict=True)
        ]
    )
    by_person = rng.random(len(tenant)) < np.repeat(LANDLORD_IS_PERSON, [len(who) for who in tenants])
    landlord = np.where(
        by_person, somebody(world, rng, len(tenant), 0.3), picked(rng, world.outside("company"), len(tenant))
    )
    months = rng.choice(list(CYCLES), len(tenant), p=list(CYCLES.values()))
    lease_day = rng.integers(1, 29, len(tenant))
    masters = [lead(rng, who, share) for who, (share, _, _) in zip(lessees, STAFF, strict=True)]
    heads = [
        (median * rng.lognormal(0, spread, len(who))).astype(np.int64) + 1
        for who, (_, median, spread) in zip(masters, STAFF, strict=True)
    ]
    masters_of_all = np.concatenate(masters)
    # No more than the turnover can pay.
    most = (world.income[masters_of_all] * MOST_WAGES / WAGE_CNY[0]).astype(np.int64) + 1
    crew = Circles(np.minimum(np.concatenate(heads), most))
    master = masters_of_all[crew.leader]
    hand = somebody(world, rng, len(master), inside_share=0.25)
    wage = WAGE_CNY[0] * rng.lognormal(0, WAGE_CNY[1], len(master))
    payday = rng.choice([5, 10, 15, 20, 25, 31], len(crew.size))[crew.leader]

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        lease, day = every(stretch, lease_day, months)
        at, yuan = stretch.moments(rng, day, OFFICE), (price[lease] / 100).round() * 100 * months[lease]
        parts = [Flow.of(at, world.account[tenant[lease]], landlord[lease], yuan, "transfer", "rent")]
        one, day = paydays(stretch, payday)
        yuan = wage[one] * rng.normal(1, 0.06, len(one)).clip(0.5, 1.5)
        at = stretch.moments(rng, day, OFFICE)
        parts.append(Flow.of(at, world.account[master[one]], hand[one], yuan, "transfer", "payroll"))
        return Flow.concat(parts)

    return draw
