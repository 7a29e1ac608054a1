"""Insurance: premiums of cars and lives, and what insurers pay, from a dented door to a savings policy."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, every, lead, monthly, repeat, tempered
from data.world.population import Population
from data.world.purse import gathered, put_by
from data.world.weights import picked

# Regular premiums: share of main-bank persons, months between two, yuan from and to (assumption,
# after a density of 4,046 yuan a head in 2024 [V2]).
PREMIUMS = ((0.12, 12, 2_500, 5_000), (0.07, 12, 3_000, 15_000), (0.08, 1, 150, 900))
ANNUITY_SHARE, ANNUITY_CNY = 0.012, (300, 6_000)  # of persons, a month (assumption)
FIRM_SHARE, FIRM_CNY = 0.5, (1_200, 60_000)  # of firms, a year (assumption)
# Once in a while, a month and main-bank person: rate, median yuan, log spread, whether the insurer pays.
EVENTS = {
    "claim": (0.012, 1_800, 1.3, True),
    "matured": (0.0035, 45_000, 1.2, True),
    "surrendered": (0.002, 18_000, 1.3, True),
    "single_premium": (0.004, 50_000, 1.2, False),
}


@LIVELIHOODS.register("insurance")
def insurance(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Premiums by the year or month, claims, annuities, matured and surrendered savings policies."""
    persons, firms = (
        world.regulars("person"),
        np.concatenate([world.regulars(k) for k in ("micro_business", "company")]),
    )
    adults = persons[world.occupation[persons] != "student"]
    insurers = world.outside("insurer")
    groups = [(lead(rng, adults, share), months, low, high) for share, months, low, high in PREMIUMS]
    groups.append((lead(rng, firms, FIRM_SHARE), 12, *FIRM_CNY))
    holder = np.concatenate([group[0] for group in groups])
    months = np.concatenate([np.full(len(group[0]), group[1]) for group in groups])
    premium = np.concatenate([rng.uniform(group[2], group[3], len(group[0])) for group in groups]).round(2)
    premium = np.where(months == 1, premium, np.minimum(premium, world.income[holder] * 1.5))
    insurer, due_day = picked(rng, insurers, len(holder)), rng.integers(1, 29, len(holder))
    annuitant = lead(rng, adults, ANNUITY_SHARE)
    annuity, annuity_day = (
        rng.uniform(*ANNUITY_CNY, len(annuitant)).round(2),
        rng.integers(1, 29, len(annuitant)),
    )
    payer_of_annuity = picked(rng, insurers, len(annuitant))
    means = tempered(world.income / 7_000, 0.6)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        policy, day = every(stretch, due_day, months)
        at, account = stretch.moments(rng, day, OFFICE), world.account[holder[policy]]
        paid = [Flow.of(at, account, insurer[policy], premium[policy], "transfer", "insurance")]
        who, day = monthly(stretch, annuity_day)
        at, account = stretch.moments(rng, day, OFFICE), world.account[annuitant[who]]
        received = [Flow.of(at, payer_of_annuity[who], account, annuity[who], "transfer", "insurance")]
        office = stretch.office_weight()
        for rate, median, spread, is_paid_out in EVENTS.values():
            one = repeat(rng, adults, rate, office)
            at = stretch.moments(
                rng, stretch.draw_days(rng, len(one), office), OFFICE if is_paid_out else WAKING
            )
            yuan = median * means[one] * rng.lognormal(0, spread, len(one))
            ends = picked(rng, insurers, len(one)), world.account[one]
            payer, payee = ends if is_paid_out else ends[::-1]
            (received if is_paid_out else paid).append(
                Flow.of(at, payer, payee, yuan, "transfer", "insurance")
            )
        benefits = Flow.concat(received)
        return Flow.concat([gathered(world, rng, Flow.concat(paid)), benefits, put_by(world, rng, benefits)])

    return draw
