"""Card repayment by app: borrowed money comes in and leaves to another lender within a day."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, monthly
from data.world.population import Population

BORROWER_SHARE = 0.025  # of persons who are not students (assumption)
LOAN_SHARE = (0.1, 0.45)  # of a month's income (assumption)
FEE = 0.012  # of the loan, for three weeks (assumption)


@LIVELIHOODS.register("card_repayment")
def card_repayment(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """The app pays, the card is settled the same day; after the next wage the app is repaid."""
    persons = world.customers_of("person")
    leaders = lead(rng, persons[world.occupation[persons] != "student"], BORROWER_SHARE)
    account, size = world.account[leaders], len(leaders)
    card = rng.integers(0, len(world.outside("lender")), size)
    # The app is another lender than the card's bank.
    app = (card + rng.integers(1, len(world.outside("lender")), size)) % len(world.outside("lender"))
    lenders = world.outside("lender")
    usual = world.income[leaders] * rng.uniform(*LOAN_SHARE, size)
    due_day = rng.integers(1, 26, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        who, day = monthly(stretch, due_day)
        at = stretch.moments(rng, day, WAKING)
        yuan = (usual[who] * rng.uniform(0.8, 1.2, len(who)) / 10).round() * 10
        lent = Flow.of(at, lenders[app[who]], account[who], yuan, "transfer", "loan")
        settled_at = at + later(rng, len(who), 0.1, 20)
        settled_yuan = yuan * rng.uniform(0.93, 1.0, len(who))
        settled = Flow.of(
            settled_at, account[who], lenders[card[who]], settled_yuan, "transfer", "loan_repayment"
        )
        repaid_at = stretch.moments(rng, day + rng.integers(18, 26, len(who)), WAKING)
        repaid = Flow.of(
            repaid_at, account[who], lenders[app[who]], yuan * (1 + FEE), "transfer", "loan_repayment"
        )
        return Flow.concat([lent, settled, repaid])

    return draw
