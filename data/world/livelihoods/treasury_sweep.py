"""Cash pooling (资金归集): a company's balance goes up to the parent and comes back."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead
from data.world.population import Population
from data.world.weights import picked

POOLED_SHARE = 0.2  # of companies (assumption)
DAILY_SHARE = 0.35  # of pooled companies that sweep every working day, the others on Fridays (assumption)


@LIVELIHOODS.register("treasury_sweep")
def treasury_sweep(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A sweep in the late afternoon, funding the next working morning: in and out within a night."""
    leaders = lead(rng, world.customers_of("company"), POOLED_SHARE)
    account, size = world.account[leaders], len(leaders)
    parent = picked(rng, world.outside("company"), size)
    is_daily = rng.random(size) < DAILY_SHARE
    usual = world.income[leaders] * np.where(
        is_daily, rng.uniform(0.01, 0.04, size), rng.uniform(0.03, 0.12, size)
    )

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        # 1970-01-01 was a Thursday; Friday is 4.
        today = (stretch.dates().astype("datetime64[D]").view("int64") + 3) % 7
        sweeps = np.where(is_daily[:, None], today < 5, today == 4)
        who, day = np.nonzero(sweeps)
        at = stretch.start_us + day * DAY_US + (rng.uniform(16.5, 18, len(who)) * HOUR_US).astype(int)
        yuan = usual[who] * rng.lognormal(0, 0.25, len(who))
        up = Flow.of(at, account[who], parent[who], yuan, "transfer", "unstated")
        # What is swept on a Friday comes back on Monday.
        weekend = np.where(today[day] == 4, 2 * DAY_US, 0)
        down_at = at + weekend + later(rng, len(who), 14.5, 17)
        down = Flow.of(
            down_at,
            parent[who],
            account[who],
            yuan * rng.uniform(0.97, 1.0, len(who)),
            "transfer",
            "unstated",
        )
        return Flow.concat([up, down])

    return draw
