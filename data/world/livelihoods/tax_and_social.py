"""Taxes and social insurance: what firms and persons owe the state, and what it gives back."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, lead, monthly, repeat
from data.world.population import Population

# Last day for taxes by month (税总办征科函〔2024〕71号 [V2]; January 2026 by the same rule, assumption).
DEADLINES = (
    *("2025-01-15", "2025-02-20", "2025-03-17", "2025-04-18", "2025-05-22", "2025-06-16", "2025-07-15"),
    *("2025-08-15", "2025-09-15", "2025-10-27", "2025-11-17", "2025-12-15", "2026-01-20"),
)
TAX_MONTHS = (1, 4, 7, 10)  # income tax is due after each quarter
TAXPAYER_SHARE = 0.9  # of firms (assumption)
# Turnover taxed each month and, beside it, each quarter; paid to the social funds (assumption).
RATES = {"micro_business": (0.004, 0.012, 0.008), "company": (0.012, 0.03, 0.03)}
SELF_INSURED_SHARE, SELF_CNY = 0.25, (350, 1_500)  # of persons without an employer, a month (assumption)
# A month: given back to persons and to firms: rate, median yuan, log spread (assumption).
BACK = {"person": (0.03, 420, 1.2), "micro_business": (0.08, 1_500, 1.3), "company": (0.25, 9_000, 1.5)}
OWED_BY_PERSONS = (0.03, 600, 1.5)  # income tax of the year, fines, fees, tax on a home (assumption)


@LIVELIHOODS.register("tax_and_social")
def tax_and_social(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A firm that never pays these is a shell; one that does has a regular, odd, dull outflow."""
    firms = [lead(rng, world.regulars(kind), TAXPAYER_SHARE) for kind in RATES]
    leaders = np.concatenate(firms)
    usual, quarterly, social = np.repeat(np.array(list(RATES.values())), [len(f) for f in firms], axis=0).T
    office, fund = world.outside("state")
    days_before, social_day = rng.integers(0, 6, len(leaders)), rng.integers(10, 26, len(leaders))
    effort = rng.uniform(0.5, 1.2, len(leaders))
    persons = world.regulars("person")
    alone = lead(rng, persons[world.employer[persons] < 0], SELF_INSURED_SHARE)
    due, own_day = rng.uniform(*SELF_CNY, len(alone)).round(2), rng.integers(10, 26, len(alone))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        parts = []
        last = np.flatnonzero(np.isin(stretch.dates(), np.array(DEADLINES, "datetime64[D]")))
        for deadline in last:
            works = np.append(0, np.flatnonzero(stretch.is_working_day()[: deadline + 1]))
            paid_on = works[np.maximum(len(works) - 1 - days_before, 0)]
            rate = usual + np.where(stretch.month()[deadline] in TAX_MONTHS, quarterly, 0)
            yuan = world.income[leaders] * rate * effort * rng.normal(1, 0.1, len(leaders)).clip(0.5)
            at = stretch.moments(rng, paid_on, OFFICE)
            parts.append(Flow.of(at, world.account[leaders], office, yuan, "transfer", "tax"))
        for who, payday, sums in (
            (leaders, social_day, world.income[leaders] * social * effort),
            (alone, own_day, due),
        ):
            one, day = monthly(stretch, payday)
            at = stretch.moments(rng, day, OFFICE)
            parts.append(Flow.of(at, world.account[who[one]], fund, sums[one], "transfer", "tax"))
        weight = stretch.office_weight()
        rows = [(kind, *terms, True) for kind, terms in BACK.items()] + [("person", *OWED_BY_PERSONS, False)]
        for kind, rate, median, spread, is_back in rows:
            who = repeat(rng, world.regulars(kind), rate, weight)
            at = stretch.moments(rng, stretch.draw_days(rng, len(who), weight), OFFICE)
            ends = np.full(len(who), office), world.account[who]
            payer, payee = ends if is_back else ends[::-1]
            yuan = median * rng.lognormal(0, spread, len(who))
            parts.append(Flow.of(at, payer, payee, yuan, "transfer", "tax"))
        return Flow.concat(parts)

    return draw
