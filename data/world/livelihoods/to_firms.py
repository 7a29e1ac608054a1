"""What persons pay to firms by transfer: deposits, schools, decorators, a car, a home."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, Entries, circles_of, known_or_new, repeat, tempered
from data.world.population import Population
from data.world.purse import gathered
from data.world.weights import by_weight, picked

# A month: of a main-bank person to a firm or stall; of anybody outside to a stall and to a company
# here. Median yuan and log spread (all assumptions).
KINDS = (
    # occasion, of a person here, to a stall here, to a company here, median, spread
    ("goods", 0.27, 1.3, 0.88, 900, 1.7),
    ("tuition", 0.081, 0.24, 0.1, 2_200, 1.3),  # courses, camps, drivers' schools
    ("rent", 0.041, 0.12, 0.14, 3_500, 1.0),  # agencies
    ("other", 0.027, 0.16, 0.17, 12_000, 1.5),  # decorators, doctors, lawyers
    ("unstated", 0.14, 0.8, 0.42, 1_200, 1.6),
    ("investment", 0.0081, 0.024, 0.07, 20_000, 1.4),  # capital paid in
    ("loan", 0.0054, 0.048, 0.042, 25_000, 1.3),  # the owner lends to the firm
    ("loan_repayment", 0.027, 0.064, 0.035, 3_000, 1.2),
    ("utility", 0.027, 0, 0.07, 1_500, 1.0),  # property fees
    ("donation", 0.013, 0, 0.035, 150, 1.2),
    ("supplies", 0.041, 0.32, 0.17, 2_500, 1.4),
)
LARGE = ("goods", 0.012, 90_000, 1.2)  # cars and homes: a month, median, log spread (assumption)
WIRE_SHARE, WIRE_FROM_CNY, STALL_SHARE = 0.12, 30_000, 0.2
FAME_SPREAD = 1.6
STRANGER_SHARE = 0.3  # of payers of a firm here (assumption)


@LIVELIHOODS.register("to_firms")
def to_firms(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Sums of every size from persons to firms; large ones are gathered first."""
    persons, outside = world.regulars("person"), world.outside("company")
    fame = rng.lognormal(0, FAME_SPREAD, len(outside))
    stalls, companies = world.customers_of("micro_business"), world.customers_of("company")
    groups = [(firms, *circles_of(world, rng, firms)) for firms in (stalls, companies)]
    means = tempered(world.income / 7_000, 0.5)
    liveliness = tempered(world.activity[persons], 0.5)
    others = world.account[stalls]

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office, entries = stretch.leisure_weight(), Entries()

        def enter(
            payer: np.ndarray, payee: np.ndarray, yuan: np.ndarray, occasion: str, clock: np.ndarray
        ) -> None:
            at = stretch.moments(rng, stretch.draw_days(rng, len(yuan), office), clock)
            is_wire = (yuan > WIRE_FROM_CNY) & (rng.random(len(yuan)) < WIRE_SHARE)
            entries.add(at, payer, payee, yuan, is_wire, occasion)

        kinds = (*KINDS, (LARGE[0], LARGE[1], 0.01, 0.05, *LARGE[2:]))
        for occasion, of_person, to_stall, to_company, median, spread in kinds:
            who = repeat(rng, persons, of_person * liveliness, office)
            payee = by_weight(rng, outside, fame, len(who))
            to_shop = np.flatnonzero(rng.random(len(who)) < STALL_SHARE)
            payee[to_shop] = picked(rng, others, len(to_shop))
            yuan = median * means[who] * rng.lognormal(0, spread, len(who))
            enter(world.account[who], payee, yuan, occasion, WAKING)
            for (firms, circle, people), rate in zip(groups, (to_stall, to_company), strict=True):
                one = repeat(rng, np.arange(len(firms)), rate * world.activity[firms], office)
                yuan = median * rng.lognormal(0, spread, len(one))
                payer = known_or_new(world, rng, people[circle.one(rng, one)], STRANGER_SHARE)
                clock = EVENING if firms is stalls else OFFICE
                enter(payer, world.account[firms[one]], yuan, occasion, clock)
        return gathered(world, rng, entries.flow())

    return draw
