"""Further accounts: opened for a purpose or for a promotion, filled, used for a while, emptied."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, repeat
from data.world.population import Population

AGENCIES = 3  # companies that pay out welcome gifts (assumption)
GIFT_CNY = (20, 200)  # (assumption)
FIRST_SHARE = (0.05, 0.4)  # of a month's income, paid in first (assumption)
TRIPS_A_MONTH = 1.2  # sums that go in, and mostly out again (assumption)
BACK_SHARE = 0.7  # of the sums that go back to the main account (assumption)


@LIVELIHOODS.register("new_accounts")
def new_accounts(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A first sum and a welcome gift, then own money in and, within days, mostly out again."""
    account, size = world.further, len(world.further)
    owner = world.owner[account]
    opened, closed = world.opened_us[account], world.closed_us[account]
    agency = rng.choice(rng.choice(world.outside("company"), AGENCIES), size)
    usual = world.income[owner] * rng.uniform(*FIRST_SHARE, size)
    gift = rng.uniform(*GIFT_CNY, size).round()
    first_at, gift_at = opened + later(rng, size, 0.05, 30), opened + later(rng, size, 24, 400)

    def due(stretch: Calendar, at: np.ndarray) -> np.ndarray:
        return np.flatnonzero((at >= stretch.start_us) & (at < stretch.start_us + stretch.days * DAY_US))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        one, two = due(stretch, first_at), due(stretch, gift_at)
        first = (usual[one] / 100).round() * 100 + 100
        parts = [
            Flow.of(first_at[one], world.account[owner[one]], account[one], first, "transfer", "savings"),
            Flow.of(gift_at[two], agency[two], account[two], gift[two], "transfer", "gift"),
        ]
        leisure = stretch.leisure_weight()
        trip = repeat(rng, np.arange(size), TRIPS_A_MONTH, leisure)
        at = stretch.moments(rng, stretch.draw_days(rng, len(trip), leisure), WAKING)
        keep = (at >= first_at[trip]) & (at < closed[trip])
        trip, at = trip[keep], at[keep]
        yuan = (usual[trip] * rng.lognormal(-0.5, 0.6, len(trip)) / 100).round() * 100 + 100
        main, mine = world.account[owner[trip]], account[trip]
        parts.append(Flow.of(at, main, mine, yuan, "transfer", "savings"))
        goes = rng.random(len(trip)) < BACK_SHARE
        back_at = at + later(rng, len(trip), 1, 300)
        parts.append(Flow.of(back_at[goes], mine[goes], main[goes], yuan[goes], "transfer", "savings"))
        return Flow.concat(parts)

    return draw
