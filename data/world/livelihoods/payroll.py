"""Wages, pensions, allowances and the irregular income of the self-employed."""

from __future__ import annotations

import numpy as np

from data.schema import MINUTE_US
from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, monthly, paydays, repeat, somebody, strangers
from data.world.population import Population
from data.world.weights import picked

# Day of the month to the share of employers who pay on it; 31 is the last one (assumption).
PAYDAYS = {5: 0.10, 8: 0.04, 10: 0.22, 12: 0.04, 15: 0.30, 20: 0.08, 25: 0.10, 31: 0.12}
PENSION_DAYS = (8, 21)  # (assumption)
BONUS_MONTHS, BONUS_SHARE, BONUS_INCOMES = (12, 1, 2), 0.24, (0.3, 2.5)  # Zhaopin 2023, 2021 [V2]
JOBS_A_MONTH = 5.0  # of who has no wage (assumption)
FROM_WALLET_SHARE, FROM_FIRM_SHARE = 0.35, 0.3  # of these jobs (assumption)


@LIVELIHOODS.register("payroll")
def payroll(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Monthly income of persons from employers, the state or their parents, on working days."""
    persons = world.regulars("person")
    occupation, source = world.occupation[persons], world.employer[persons].copy()
    is_retired, is_student = occupation == "retired", occupation == "student"
    source[is_retired] = world.outside("state")[1]
    source[is_student] = somebody(world, rng, is_student.sum())
    pool = rng.choice(list(PAYDAYS), len(world.owner), p=list(PAYDAYS.values()))
    payday = np.where(is_retired, rng.integers(*PENSION_DAYS, len(persons)), pool[source])
    is_waged, is_irregular = source >= 0, np.isin(occupation, ["self_employed", "unemployed"])
    waged, pupils = persons[is_waged & ~is_student], persons[is_student]
    payer, payday = source[is_waged & ~is_student], payday[is_waged & ~is_student]
    parents, allowance_day = source[is_student], rng.integers(1, 28, len(pupils))
    bonus_month = rng.choice(
        np.append(BONUS_MONTHS, 0), len(waged), p=[*[BONUS_SHARE / 3] * 3, 1 - BONUS_SHARE]
    )
    bonus = rng.uniform(*BONUS_INCOMES, len(waged))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        member, day = paydays(stretch, payday)
        who = waged[member]
        yuan = world.income[who] * rng.normal(1, 0.04, len(who)).clip(0.8, 1.6)
        at = stretch.moments(rng, day, OFFICE)
        parts = [Flow.of(at, payer[member], world.account[who], yuan, "transfer", "payroll")]
        lucky = np.flatnonzero(stretch.month()[day] == bonus_month[member])
        extra = world.income[who[lucky]] * bonus[member[lucky]]
        parts.append(
            Flow.of(
                at[lucky] + MINUTE_US * rng.integers(1, 90, len(lucky)),
                payer[member[lucky]],
                world.account[who[lucky]],
                extra,
                "transfer",
                "payroll",
            )
        )
        member, day = monthly(stretch, allowance_day)
        who, at = pupils[member], stretch.moments(rng, day, WAKING)
        allowance = world.income[who] * rng.normal(1, 0.1, len(who)).clip(0.5)
        parts.append(Flow.of(at, parents[member], world.account[who], allowance, "transfer", "family"))
        leisure = stretch.leisure_weight()
        jobs = repeat(rng, persons[is_irregular], JOBS_A_MONTH, leisure)
        at = stretch.moments(rng, stretch.draw_days(rng, len(jobs), leisure), WAKING)
        yuan = world.income[jobs] / JOBS_A_MONTH * rng.lognormal(-0.32, 0.8, len(jobs))
        how = rng.random(len(jobs))
        for low, high, clients, occasion in (
            (0, FROM_WALLET_SHARE, picked(rng, world.outside("wallet"), len(jobs)), "transfer"),
            (FROM_WALLET_SHARE, FROM_WALLET_SHARE + FROM_FIRM_SHARE, _firms(world, rng, len(jobs)), "goods"),
            (FROM_WALLET_SHARE + FROM_FIRM_SHARE, 1, strangers(world, rng, len(jobs)), "goods"),
        ):
            m = np.flatnonzero((how >= low) & (how < high))
            parts.append(Flow.of(at[m], clients[m], world.account[jobs[m]], yuan[m], "transfer", occasion))
        return Flow.concat(parts)

    return draw


def _firms(world: Population, rng: np.random.Generator, count: int) -> np.ndarray:
    return np.asarray(picked(rng, world.outside("company"), count))
