"""What firms pay to persons beside wages: jobs, goods, dividends, expenses, damages, prices of homes."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, Entries, circles_of, known_or_new, repeat, tempered
from data.world.people import TURNOVER
from data.world.population import Population
from data.world.purse import put_by
from data.world.weights import by_weight, picked

# A month: from a firm outside to a main-bank person; from a micro-business and from a company here
# to a person anywhere. Median yuan and log spread (all assumptions).
KINDS = (
    # occasion, to a person here, of a stall, of a company, median, spread
    ("unstated", 0.077, 0.1, 1.8, 900, 1.5),  # expenses paid back, prizes, commissions
    ("goods", 0.039, 0.35, 1.6, 1_500, 1.7),  # bought of a private person
    ("payroll", 0.056, 0.21, 1.3, 4_500, 1.2),  # contractors, bonuses, single jobs
    ("investment", 0.0047, 0.021, 0.16, 30_000, 1.4),  # dividends, shares sold
    ("loan_repayment", 0.0047, 0.035, 0.23, 20_000, 1.5),  # the owner's loan paid back
    ("loan", 0.0024, 0.014, 0.059, 12_000, 1.2),
    ("rent", 0.0077, 0.035, 0.31, 5_000, 1.0),  # a flat let to a firm
    ("other", 0.0091, 0.014, 0.2, 40_000, 1.5),  # the price of a home or land, damages, severance
    ("payroll", 0.0048, 0.02, 0.55, 45_000, 0.8),  # a crew's leader, a salesman's year
    ("goods", 0.0028, 0.05, 1.8, 22_000, 1.0),  # workshops, farmers and drivers without a firm
    ("unstated", 0.0028, 0.05, 1.4, 25_000, 1.0),
    ("gift", 0.024, 0.021, 0.2, 120, 1.0),  # welcome gifts, lucky draws
    ("refund", 0.032, 0.07, 0.4, 300, 1.4),
)
WIRE_SHARE, WIRE_FROM_CNY = 0.15, 20_000  # of large sums, paid at a counter (assumption)
FAME_SPREAD = 1.6
STALL_MULTIPLE = 0.5
PLATFORM_SHARE = 0.35  # of payments but wages, at any hour (assumption)
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
    liveliness = tempered(world.activity[persons], 0.5)
    usual = np.where(world.kind == "company", TURNOVER["company"][0], TURNOVER["micro_business"][0])
    size_of = tempered(world.income / usual, 0.7)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office, leisure = stretch.office_weight(), stretch.leisure_weight()
        at_work, entries = office * stretch.is_working_day(), Entries()

        def enter(payer: np.ndarray, payee: np.ndarray, yuan: np.ndarray, occasion: str) -> None:
            # Wages are paid on working days; platforms pay out whenever somebody has earned it.
            weight = at_work if occasion == "payroll" else leisure
            day, later_day = (stretch.draw_days(rng, len(yuan), w) for w in (office, weight))
            at = stretch.moments(rng, later_day if occasion == "payroll" else day, OFFICE)
            is_platform = (rng.random(len(yuan)) < PLATFORM_SHARE) & (occasion != "payroll")
            at = np.where(is_platform, stretch.moments(rng, later_day, EVENING), at)
            is_wire = (yuan > WIRE_FROM_CNY) & (rng.random(len(yuan)) < WIRE_SHARE)
            entries.add(at, payer, payee, yuan, is_wire, occasion)

        for occasion, here, of_stall, of_company, median, spread in KINDS:
            who = repeat(rng, persons, here * liveliness, office)
            yuan = median * means[who] * rng.lognormal(0, spread, len(who))
            enter(by_weight(rng, outside, fame, len(who)), world.account[who], yuan, occasion)
            for (firms, circle, people), rate, times in zip(
                groups, (of_stall, of_company), (STALL_MULTIPLE, 1.0), strict=True
            ):
                one = repeat(rng, np.arange(len(firms)), rate * world.activity[firms], office)
                payee = known_or_new(world, rng, people[circle.one(rng, one)], STRANGER_SHARE)
                yuan = median * times * rng.lognormal(0, spread, len(one)) * size_of[firms[one]]
                enter(world.account[firms[one]], payee, yuan, occasion)
            # Shops pay persons who sold them something, or bring goods back.
            if occasion in OF_SHOPS:
                who = repeat(rng, persons, SHOP_RATE, office)
                yuan = median * rng.lognormal(0, spread, len(who))
                enter(picked(rng, world.outside("merchant"), len(who)), world.account[who], yuan, occasion)
        flow = entries.flow()
        return Flow.concat([flow, put_by(world, rng, flow)])

    return draw
