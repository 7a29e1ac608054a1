"""Tuition: families pay twice a year, and small training schools collect it."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, monthly, paydays, somebody
from data.world.population import Population
from data.world.weights import picked

FAMILY_SHARE = 0.22  # of persons between 28 and 55 (assumption)
SCHOOL_SHARE = 0.05  # of micro-businesses (assumption)
TERM_MONTHS = (2, 9)  # fees are due at the start of a term
PUPILS = (25, 90)  # a school, from the first to before the second (assumption)
FEE_CNY = 2_600  # median a term (assumption)
TEACHERS = (2, 5)  # a school, from the first to before the second (assumption)


@LIVELIHOODS.register("tuition")
def tuition(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Like sums from many families in February and September; teachers live on them all year."""
    persons, stalls = world.regulars("person"), world.customers_of("micro_business")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    families = lead(rng, persons[(age >= 28) & (age <= 55)], FAMILY_SHARE)
    own_school = picked(rng, world.outside("company"), len(families))
    fee = np.minimum(FEE_CNY * rng.lognormal(0, 0.6, len(families)), world.income[families] * 0.8)
    fee_day = rng.integers(1, 26, len(families))
    leaders = lead(rng, stalls, SCHOOL_SHARE)
    school = world.account[leaders]
    classes = Circles(rng.integers(*PUPILS, len(leaders)))
    pupils = somebody(world, rng, classes.size.sum(), inside_share=0.2, least_income=6_000)
    price = (FEE_CNY * rng.lognormal(0, 0.4, len(leaders)) / 100).round() * 100
    staff = Circles(rng.integers(*TEACHERS, len(leaders)))
    teachers = somebody(world, rng, staff.size.sum())
    # A term's fees pay five months of teaching.
    wage = (price * classes.size * 0.75 / 5 / staff.size)[staff.leader]
    opens, wage_day = rng.integers(1, 13, len(leaders)), rng.integers(5, 26, len(staff.leader))

    def of_term(stretch: Calendar, payday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        member, day = monthly(stretch, payday)
        is_term = np.isin(stretch.month()[day], TERM_MONTHS)
        return member[is_term], day[is_term]

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        family, day = of_term(stretch, fee_day)
        at = stretch.moments(rng, day, WAKING)
        payer = world.account[families[family]]
        fees = Flow.of(at, payer, own_school[family], fee[family], "transfer", "tuition")
        leader, day = of_term(stretch, opens)
        term, pupil = classes.gather(leader)
        at = stretch.moments(rng, day[term] + rng.integers(0, 14, len(term)), WAKING)
        who = leader[term]
        collected = Flow.of(at, pupils[pupil], school[who], price[who], "transfer", "tuition")
        teacher, day = paydays(stretch, wage_day)
        at, payer = stretch.moments(rng, day, OFFICE), school[staff.leader[teacher]]
        wages = Flow.of(at, payer, teachers[teacher], wage[teacher], "transfer", "payroll")
        return Flow.concat([fees, collected, wages])

    return draw
