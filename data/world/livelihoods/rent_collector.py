"""Rent collectors: many tenants pay one person, who pays a mortgage or the real landlord."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, monthly, somebody
from data.world.population import Population
from data.world.weights import picked

COLLECTOR_SHARE = 0.006  # of persons over 30 (assumption)
TENANTS = (4, 21)  # from the first to before the second (assumption)
RENT_CNY = 1_900  # median a month (assumption)
SUBLETTER_SHARE = 0.4  # of collectors who rent the rooms themselves (assumption)


@LIVELIHOODS.register("rent_collector")
def rent_collector(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Round sums early in the month; the larger part leaves in one payment some days later."""
    persons = world.regulars("person")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    leaders = lead(rng, persons[age > 30], COLLECTOR_SHARE)
    account, size = world.account[leaders], len(leaders)
    homes = Circles(rng.integers(*TENANTS, size))
    tenants = somebody(world, rng, homes.size.sum(), inside_share=0.2, least_income=6_000)
    rent = (RENT_CNY * rng.lognormal(0, 0.35, len(tenants)) / 100).round() * 100
    is_subletter = rng.random(size) < SUBLETTER_SHARE
    creditor = np.where(
        is_subletter, picked(rng, world.acquaintances, size), picked(rng, world.outside("lender"), size)
    )
    # One who sublets keeps a margin, an owner the part that the mortgage leaves.
    kept = np.where(is_subletter, rng.uniform(0.05, 0.2, size), rng.uniform(0.2, 0.6, size))
    due = np.bincount(homes.leader, rent, size) * (1 - kept)
    payday = rng.integers(1, 11, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leader, day = monthly(stretch, payday)
        month, tenant = homes.gather(leader)
        at = stretch.moments(rng, day[month] + rng.integers(0, 4, len(month)), WAKING)
        parts = [Flow.of(at, tenants[tenant], account[leader[month]], rent[tenant], "transfer", "rent")]
        at = stretch.moments(rng, day + rng.integers(4, 7, len(day)), WAKING)
        for chosen, purpose in (
            (is_subletter[leader], "rent"),
            (~is_subletter[leader], "loan_repayment"),
        ):
            who = leader[chosen]
            parts.append(Flow.of(at[chosen], account[who], creditor[who], due[who], "transfer", purpose))
        return Flow.concat(parts)

    return draw
