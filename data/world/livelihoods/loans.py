"""Loans: money lent by banks and consumer lenders, repaid by instalments or early."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, monthly, once, repeat
from data.world.population import Population
from data.world.purse import gathered
from data.world.weights import picked

# Share with a running loan, its instalment in months of income; loans drawn a month, median of one
# in months of income and log spread, by kind (assumptions).
KINDS = {
    "person": (0.12, (0.03, 0.25), 0.02, 1.4, 1.3),
    "micro_business": (0.25, (0.02, 0.12), 0.08, 1.2, 1.0),
    "company": (0.4, (0.01, 0.1), 0.1, 0.8, 1.0),
}
EARLY_SHARE, EARLY_DAYS = 0.2, (20, 300)  # of loans that are repaid at once, after so many days (assumption)
SPENT_SHARE = 0.8  # of loans that buy something at once (assumption)


@LIVELIHOODS.register("loans")
def loans(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A loan is drawn for a car, a flat or stock; instalments are odd sums on a fixed day."""
    lenders, people, firms = (world.outside(kind) for kind in ("lender", "person", "company"))
    running = {kind: lead(rng, world.regulars(kind), KINDS[kind][0]) for kind in KINDS}
    debtor = np.concatenate(list(running.values()))
    part = np.concatenate([rng.uniform(*KINDS[kind][1], len(who)) for kind, who in running.items()])
    instalment, due_day = (world.income[debtor] * part).round(2), rng.integers(1, 29, len(debtor))
    creditor = picked(rng, lenders, len(debtor))
    who, yuan = [], []
    for kind, (_, _, rate, incomes, spread) in KINDS.items():
        one = repeat(rng, world.regulars(kind), rate, calendar.office_weight())
        who.append(one)
        yuan.append(world.income[one] * incomes * rng.lognormal(0, spread, len(one)))
    borrower, lent = np.concatenate(who), np.minimum(np.concatenate(yuan).round(-2) + 1_000, 6_000_000)
    lent_on, lender = (
        calendar.draw_days(rng, len(borrower), calendar.office_weight()),
        picked(rng, lenders, len(borrower)),
    )
    early = np.flatnonzero(rng.random(len(borrower)) < EARLY_SHARE)
    early_on = lent_on[early] + rng.integers(*EARLY_DAYS, len(early))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        member, day = monthly(stretch, due_day)
        at, account = stretch.moments(rng, day, OFFICE), world.account[debtor[member]]
        dues = Flow.of(at, account, creditor[member], instalment[member], "transfer", "loan_repayment")
        loan, day = once(calendar, stretch, lent_on)
        at, account = stretch.moments(rng, day, OFFICE), world.account[borrower[loan]]
        drawn = Flow.of(at, lender[loan], account, lent[loan], "transfer", "loan")
        spends = np.flatnonzero(rng.random(len(loan)) < SPENT_SHARE)
        seller = np.where(
            rng.random(len(spends)) < 0.6, picked(rng, firms, len(spends)), picked(rng, people, len(spends))
        )
        cost = lent[loan[spends]] * rng.uniform(0.5, 0.99, len(spends))
        bought_at = at[spends] + later(rng, len(spends), 1, 120)
        bought = Flow.of(bought_at, account[spends], seller, cost, "transfer", "goods")
        done, day = once(calendar, stretch, early_on)
        at, mine = stretch.moments(rng, day, WAKING), early[done]
        back = Flow.of(
            at,
            world.account[borrower[mine]],
            lender[mine],
            lent[mine] * rng.uniform(0.6, 1.02, len(mine)),
            "transfer",
            "loan_repayment",
        )
        return Flow.concat([dues, drawn, bought, gathered(world, rng, back)])

    return draw
