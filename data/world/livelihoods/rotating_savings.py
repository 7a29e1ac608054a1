"""Rotating savings clubs (标会): every month all members pay the one whose turn it is."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, monthly, somebody
from data.world.population import Population

CLUBS_PER_PERSON = 0.002  # (assumption)
MEMBERS = (8, 21)  # of a club, from the first to before the second (assumption)
CONTRIBUTIONS_CNY = np.array([500, 1_000, 1_000, 2_000, 3_000])  # a month (assumption)


@LIVELIHOODS.register("rotating_savings")
def rotating_savings(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Money goes round a circle: who pays a dozen times receives a dozen payments once.

    The winner bids a discount: members who have not won yet pay less, the others in full.
    """
    clubs = round(len(world.regulars("person")) * CLUBS_PER_PERSON)
    circles = Circles(rng.integers(*MEMBERS, clubs))
    members = somebody(world, rng, circles.size.sum(), inside_share=0.5, least_income=6_000)
    turn = np.arange(len(members)) - (np.cumsum(circles.size) - circles.size)[circles.leader]
    contribution = rng.choice(CONTRIBUTIONS_CNY, clubs)
    payday = rng.integers(1, 26, clubs)
    founded = rng.integers(0, 24, clubs)  # months before the run

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        club, day = monthly(stretch, payday)
        months = stretch.dates().astype("datetime64[M]") - calendar.first_day().astype("datetime64[M]")
        now = (months.astype(int)[day] + founded[club]) % circles.size[club]
        meeting, member = circles.gather(club)
        winner = members[member[turn[member] == now[meeting]]]
        discount = rng.uniform(0.05, 0.15, len(club))[meeting]
        still_to_win = turn[member] > now[meeting]
        yuan = contribution[club[meeting]] * np.where(still_to_win, 1 - discount, 1.0)
        at = stretch.moments(rng, day[meeting] + rng.integers(0, 2, len(meeting)), EVENING)
        # The winner does not pay; nobody's payment to themselves settles.
        return Flow.of(at, members[member], winner[meeting], yuan.round(-1), "transfer", "unstated")

    return draw
