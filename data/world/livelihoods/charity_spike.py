"""Donation drives: within days hundreds of strangers help one family, which pays a hospital."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, once, strangers
from data.world.population import Population
from data.world.weights import picked

PATIENT_SHARE = 0.003  # of persons who ask for help during the run (assumption)
DONORS = 110  # median of a drive (assumption)
GIFTS_CNY = np.array([5, 10, 20, 50, 100, 200, 500, 1_000])
GIFTS_SHARE = np.array([0.04, 0.12, 0.18, 0.22, 0.24, 0.12, 0.06, 0.02])  # (assumption)


@LIVELIHOODS.register("charity_spike")
def charity_spike(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Many small round gifts that die away over a week; most of the sum leaves to a hospital."""
    leaders = lead(rng, world.regulars("person"), PATIENT_SHARE)
    account = world.account[leaders]
    day_asked = rng.integers(0, calendar.days, len(leaders))
    donors = (DONORS * rng.lognormal(0, 0.5, len(leaders))).astype(int) + 20
    hospital = picked(rng, world.outside("company"), len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leader, day = once(calendar, stretch, day_asked)
        asked_at = stretch.moments(rng, day, WAKING)
        drive = np.repeat(np.arange(len(leader)), donors[leader])
        yuan = rng.choice(GIFTS_CNY, len(drive), p=GIFTS_SHARE)
        wait = (np.minimum(rng.exponential(1.3, len(drive)), 7) * DAY_US).astype(int)
        giver = strangers(world, rng, len(drive), inside_share=0.2)
        gifts = Flow.of(asked_at[drive] + wait, giver, account[leader[drive]], yuan, "transfer", "donation")
        total = np.bincount(drive, yuan, len(leader)) * rng.uniform(0.7, 0.95, len(leader))
        bills = [
            Flow.of(
                stretch.moments(rng, day + 7, OFFICE) + later(rng, len(leader), 1, 140),
                account[leader],
                hospital[leader],
                total * share,
                "transfer",
                "unstated",
            )
            for share in (0.6, 0.4)
        ]
        return Flow.concat([gifts, *bills])

    return draw
