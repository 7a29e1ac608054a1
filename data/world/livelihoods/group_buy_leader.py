"""Leaders of a group buy (团长): neighbours pay one person, who pays the supplier."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, somebody, weekly
from data.world.population import Population
from data.world.weights import picked

LEADER_SHARE = 0.004  # of persons (assumption)
NEIGHBOURS = (12, 41)  # heads, from the first to before the second (assumption)
BUYS_SHARE = 0.65  # of the neighbours who buy in a week (assumption)
PRICES_CNY = np.array([19.9, 39, 69, 99, 128, 199, 388])  # (assumption)


@LIVELIHOODS.register("group_buy_leader")
def group_buy_leader(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Equal sums from 8 to 40 people within three evenings; one payment takes most of it away."""
    leaders = lead(rng, world.earners, LEADER_SHARE)
    account = world.account[leaders]
    circles = Circles(rng.integers(*NEIGHBOURS, len(leaders)))
    neighbours = somebody(world, rng, circles.size.sum(), inside_share=0.25)
    supplier = picked(rng, world.outside("company"), len(leaders))
    weekday = rng.integers(0, 7, len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leader, day = weekly(stretch, weekday)
        week, neighbour = circles.gather(leader)
        buys = rng.random(len(week)) < BUYS_SHARE
        week, neighbour = week[buys], neighbour[buys]
        price = rng.choice(PRICES_CNY, len(leader))
        yuan = price[week] * rng.integers(1, 4, len(week))
        paid_on = day[week] + rng.integers(0, 3, len(week))
        collected = Flow.of(
            stretch.moments(rng, paid_on, EVENING),
            neighbours[neighbour],
            account[leader[week]],
            yuan,
            "transfer",
            "unstated",
        )
        due = np.bincount(week, yuan, len(leader)) * rng.uniform(0.82, 0.95, len(leader))
        ordered_at = stretch.moments(rng, day + 3, OFFICE)
        ordered = Flow.of(ordered_at, account[leader], supplier[leader], due, "transfer", "supplies")
        return Flow.concat([collected, ordered])

    return draw
