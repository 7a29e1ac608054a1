"""Collectors of dues: class parents, owners' committees and clubs gather fees and pay them on."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, every, later, lead, somebody
from data.world.population import Population

COLLECTOR_SHARE = 0.012  # of main-bank persons over 28 (assumption)
PAYERS = (6, 30)  # from the first to before the second (assumption)
DUE_CNY, SPREAD = 1_400, 1.1  # median of a due among circles (assumption)
MONTHS = (1, 3, 6)  # between two collections (assumption)
PASSED_ON = (0.85, 1.0)


@LIVELIHOODS.register("dues_collector")
def dues_collector(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Like sums from all within some evenings; a school, a utility or a manager is paid most of it."""
    persons = world.regulars("person")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    leaders = lead(rng, persons[age > 28], COLLECTOR_SHARE)
    account, size = world.account[leaders], len(leaders)
    circles = Circles(rng.integers(*PAYERS, size))
    payers = somebody(world, rng, int(circles.size.sum()), inside_share=0.25, least_income=5_000)
    due = np.clip(DUE_CNY * rng.lognormal(0, SPREAD, size), 30, 18_000).round()
    kind = rng.choice(3, size, p=(0.4, 0.3, 0.3))
    payee = np.choose(
        kind, [rng.choice(world.outside(one), size) for one in ("utility", "company", "merchant")]
    )
    occasion = ("utility", "tuition", "goods")
    months, day_due = rng.choice(MONTHS, size), rng.integers(1, 25, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leader, day = every(stretch, day_due, months)
        round_, payer = circles.gather(leader)
        at = stretch.moments(rng, day[round_] + rng.integers(0, 5, len(round_)), EVENING)
        yuan = due[leader[round_]] * rng.choice([0.5, 1, 1, 1, 1, 2], len(round_))
        gone_at = stretch.moments(rng, day + 5, OFFICE) + later(rng, len(leader), 0.5, 60)
        total = np.bincount(round_, yuan, len(leader)) * rng.uniform(*PASSED_ON, len(leader))
        parts = []
        for number, purpose in enumerate(occasion):
            m = np.flatnonzero(kind[leader[round_]] == number)
            to = account[leader[round_[m]]]
            parts.append(Flow.of(at[m], payers[payer[m]], to, yuan[m], "transfer", purpose))
            m = np.flatnonzero(kind[leader] == number)
            parts.append(
                Flow.of(gone_at[m], account[leader[m]], payee[leader[m]], total[m], "transfer", purpose)
            )
        return Flow.concat(parts)

    return draw
