"""Live-stream sellers: bursts of receipts on show nights, then the platform settles."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat, strangers
from data.world.population import Population
from data.world.weights import picked

PERSON_SHARE = 0.003  # of working persons (assumption)
STALL_SHARE = 0.015  # of micro-businesses (assumption)
SHOWS_A_MONTH = 8.0  # (assumption)
VIEWERS_WHO_PAY = 12  # median a show (assumption)
PRICES_CNY = np.array([9.9, 19.9, 29.9, 50, 59.9, 99, 100, 199, 200, 500])  # (assumption)
PLATFORMS = 3  # companies that settle for the sellers (assumption)


@LIVELIHOODS.register("live_stream_seller")
def live_stream_seller(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Many strangers pay within three hours of a night; days later the makers are paid."""
    leaders = np.concatenate(
        [
            lead(rng, world.earners, PERSON_SHARE),
            lead(rng, world.customers_of("micro_business"), STALL_SHARE),
        ]
    )
    account, size = world.account[leaders], len(leaders)
    viewers = VIEWERS_WHO_PAY * rng.lognormal(0, 0.5, size)
    platforms = rng.choice(world.outside("company"), PLATFORMS)
    platform, maker = rng.choice(platforms, size), picked(rng, world.outside("company"), size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        shows = repeat(rng, np.arange(size), SHOWS_A_MONTH, leisure)
        day = stretch.draw_days(rng, len(shows), leisure)
        starts_at = stretch.start_us + day * DAY_US + (rng.uniform(20, 24, len(shows)) * HOUR_US).astype(int)
        show = np.repeat(np.arange(len(shows)), rng.poisson(viewers[shows]))
        at = starts_at[show] + rng.integers(0, 3 * HOUR_US, len(show))
        yuan = rng.choice(PRICES_CNY, len(show))
        receipts = Flow.of(
            at, strangers(world, rng, len(show), 0.1), account[shows[show]], yuan, "qr", "goods"
        )
        takings = np.bincount(show, yuan, len(shows))
        # Most buyers pay the platform, which keeps its commission and settles in one sum.
        settled = (takings + 50) * rng.uniform(0.5, 4, len(shows))
        settled_at = starts_at + later(rng, len(shows), 24, 96)
        settlement = Flow.of(settled_at, platform[shows], account[shows], settled * 0.95, "transfer", "goods")
        owed = (takings + settled * 0.95) * rng.uniform(0.55, 0.85, len(shows))
        owed_at = settled_at + later(rng, len(shows), 1, 60)
        makers = Flow.of(owed_at, account[shows], maker[shows], owed, "transfer", "supplies")
        return Flow.concat([receipts, settlement, makers])

    return draw
