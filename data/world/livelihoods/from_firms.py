"""What firms pay to persons beside wages: jobs, goods, dividends, expenses, damages, prices of homes."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, circles_of, known_or_new, repeat, tempered
from data.world.population import Population, by_weight
from data.world.purse import put_by

# A month: from a firm outside to a main-bank person; from a micro-business and from a company here
# to a person anywhere. Median yuan and log spread (all assumptions).
KINDS = (
    # occasion, to a person here, of a stall, of a company, median, spread
    ("unstated", 0.11, 0.1, 0.99, 900, 1.5),  # expenses paid back, prizes, commissions
    ("goods", 0.056, 0.35, 0.88, 1_500, 1.7),  # bought of a private person
    ("payroll", 0.056, 0.21, 1.3, 4_500, 1.2),  # contractors, bonuses, single jobs
    ("investment", 0.0067, 0.021, 0.088, 30_000, 1.4),  # dividends, shares sold
    ("loan_repayment", 0.0067, 0.035, 0.13, 20_000, 1.5),  # the owner's loan paid back
    ("loan", 0.0034, 0.014, 0.033, 12_000, 1.2),
    ("rent", 0.011, 0.035, 0.17, 5_000, 1.0),  # a flat let to a firm
    ("other", 0.013, 0.014, 0.11, 40_000, 1.5),  # the price of a home or land, damages, severance
    ("payroll", 0.0048, 0.02, 0.55, 45_000, 0.8),  # a crew's leader, a salesman's year
    ("gift", 0.034, 0.021, 0.11, 120, 1.0),  # welcome gifts, lucky draws
    ("refund", 0.045, 0.07, 0.22, 300, 1.4),
)
WIRE_SHARE, WIRE_FROM_CNY = 0.15, 20_000  # of large sums, paid at a counter (assumption)
FAME_SPREAD = 1.6
STALL_MULTIPLE = 0.5
STRANGER_SHARE = 0.3  # of payees of a firm here (assumption)
OF_SHOPS, SHOP_RATE = ("goods", "refund", "unstated", "payroll"), 0.03  # a month and person (assumption)


@LIVELIHOODS.register("from_firms")
def from_firms(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Sums of every size from firms to persons; what is large does not stay for long."""
    persons, outside = world.regulars("person"), world.outside("company")
    fame = rng.lognormal(0, FAME_SPREAD, len(outside))
    stalls, companies = world.customers_of("micro_business"), world.customers_of("company")
    groups = [(firms, *circles_of(world, rng, firms)) for firms in (stalls, companies)]
    means = tempered(world.income / 7_000, 0.5)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office, parts = stretch.office_weight(), []

        def enter(payer: np.ndarray, payee: np.ndarray, yuan: np.ndarray, occasion: str) -> None:
            # Wages are paid on working days, other things mostly.
            weight = office * stretch.is_working_day() if occasion == "payroll" else office
            at = stretch.moments(rng, stretch.draw_days(rng, len(yuan), weight), OFFICE)
            is_wire = (yuan > WIRE_FROM_CNY) & (rng.random(len(yuan)) < WIRE_SHARE)
            for channel, m in (("wire", np.flatnonzero(is_wire)), ("transfer", np.flatnonzero(~is_wire))):
                parts.append(Flow.of(at[m], payer[m], payee[m], np.maximum(yuan[m], 1), channel, occasion))

        for occasion, here, of_stall, of_company, median, spread in KINDS:
            who = repeat(rng, persons, here * tempered(world.activity[persons], 0.5), office)
            yuan = median * means[who] * rng.lognormal(0, spread, len(who))
            enter(by_weight(rng, outside, fame, len(who)), world.account[who], yuan, occasion)
            for (firms, circle, people), rate, times in zip(
                groups, (of_stall, of_company), (STALL_MULTIPLE, 1.0), strict=True
            ):
                one = repeat(rng, np.arange(len(firms)), rate * world.activity[firms], office)
                payee = known_or_new(world, rng, people[circle.one(rng, one)], STRANGER_SHARE)
                yuan = median * times * rng.lognormal(0, spread, len(one))
                enter(world.account[firms[one]], payee, yuan, occasion)
            # Shops pay persons who sold them something, or bring goods back.
            if occasion in OF_SHOPS:
                who = repeat(rng, persons, SHOP_RATE, office)
                yuan = median * rng.lognormal(0, spread, len(who))
                enter(rng.choice(world.outside("merchant"), len(who)), world.account[who], yuan, occasion)
        flow = Flow.concat(parts)
        return Flow.concat([flow, put_by(world, rng, flow)])

    return draw
