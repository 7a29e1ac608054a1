"""The bank itself: interest on every account, and fees that are debited."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, every, lead, repeat
from data.world.population import OUTSIDE, Population

INTEREST_MONTHS, INTEREST_DAY = (3, 6, 9, 12), 21  # demand deposits of all banks (V2)
RATE_A_QUARTER = 0.00025  # a year 0.05 to 0.1 percent (assumption)
# By kind: share that pays a fee every so many months, yuan from and to; fees of single services a
# month, median yuan and log spread (assumptions).
FEES = {
    "person": (0.3, (1, 3), (2, 10), 0.015, 8, 0.9),
    "micro_business": (0.6, (1, 3), (5, 40), 0.3, 12, 1.0),
    "company": (0.9, (1, 3), (10, 200), 1.6, 30, 1.3),
}


@LIVELIHOODS.register("bank_itself")
def bank_itself(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Interest for everybody on the 21st of the last month of a quarter; fees for messages and services."""
    bank = int(world.outside("bank")[0])
    accounts = np.flatnonzero(world.owner != OUTSIDE)
    held = np.maximum(world.income[world.owner[accounts]] * 1.2, 500)
    payers = {kind: lead(rng, world.customers_of(kind), FEES[kind][0]) for kind in FEES}
    terms = {kind: rng.choice(FEES[kind][1], len(who)) for kind, who in payers.items()}
    fee = {kind: rng.uniform(*FEES[kind][2], len(who)).round() for kind, who in payers.items()}
    fee_day = {kind: rng.integers(1, 29, len(who)) for kind, who in payers.items()}

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        parts = []
        is_due = (stretch.day_of_month() == INTEREST_DAY) & np.isin(stretch.month(), INTEREST_MONTHS)
        for due in np.flatnonzero(is_due):
            # By night, in one run over all accounts.
            at = stretch.start_us + due * 24 * HOUR_US + rng.integers(0, 3 * HOUR_US, len(accounts))
            is_open = (world.opened_us[accounts] < at) & (world.closed_us[accounts] > at)
            mine = accounts[is_open]
            yuan = held[is_open] * RATE_A_QUARTER * rng.lognormal(-0.3, 0.9, len(mine))
            parts.append(Flow.of(at[is_open], np.array(bank), mine, yuan, "transfer", "interest"))
        for kind, who in payers.items():
            member, day = every(stretch, fee_day[kind], terms[kind])
            at, account = stretch.moments(rng, day, OFFICE), world.account[who[member]]
            parts.append(Flow.of(at, account, np.array(bank), fee[kind][member], "transfer", "fee"))
            _, _, _, rate, median, spread = FEES[kind]
            office = stretch.office_weight()
            client = repeat(rng, world.customers_of(kind), rate, office)
            at = stretch.moments(rng, stretch.draw_days(rng, len(client), office), OFFICE)
            yuan = median * rng.lognormal(0, spread, len(client))
            parts.append(Flow.of(at, world.account[client], np.array(bank), yuan, "transfer", "fee"))
        return Flow.concat(parts)

    return draw
