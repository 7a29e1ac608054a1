"""Credit cards: the month's bill is settled from here, often with money of the spouse or of a fund."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, monthly, somebody
from data.world.population import Population
from data.world.weights import picked

HOLDER_SHARE = 0.3  # of main-bank persons who are no students (assumption)
BILL = (0.16, 0.8)  # of a month's income: median, log spread (assumption)
HELPED_SHARE = 0.3  # of bills for which money comes in before, within a day (assumption)
HELPERS = (0.5, 0.3)  # of these: the spouse, own account elsewhere; the others are funds (assumption)


@LIVELIHOODS.register("card_bills")
def card_bills(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """The bill is due on a fixed day; who is short calls money in first."""
    persons = world.regulars("person")
    leaders = lead(rng, persons[world.occupation[persons] != "student"], HOLDER_SHARE)
    account, size = world.account[leaders], len(leaders)
    card, spouse = picked(rng, world.outside("lender"), size), somebody(world, rng, size, 0.4)
    fund = picked(rng, world.outside("broker"), size)
    usual = np.minimum(world.income[leaders] * BILL[0] * rng.lognormal(0, BILL[1], size), 80_000)
    due_day = rng.integers(1, 29, size)

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        who, day = monthly(stretch, due_day)
        at = stretch.moments(rng, day, WAKING)
        yuan = (usual[who] * rng.lognormal(-0.05, 0.35, len(who))).round(2)
        is_helped = rng.random(len(who)) < HELPED_SHARE
        parts, draws = [], rng.random(len(who))
        edges = (0.0, HELPERS[0], sum(HELPERS), 1.0)
        sources = ((spouse, "family"), (world.elsewhere[leaders], "transfer"), (fund, "investment"))
        for (payer, purpose), low, high in zip(sources, edges, edges[1:], strict=False):
            m = np.flatnonzero(is_helped & (draws >= low) & (draws < high))
            sums = yuan[m] * rng.uniform(0.8, 1.4, len(m))
            parts.append(Flow.of(at[m], payer[who[m]], account[who[m]], sums, "transfer", purpose))
        paid_at = at + np.where(is_helped, later(rng, len(who), 0.05, 20), 0)
        parts.append(Flow.of(paid_at, account[who], card[who], yuan, "transfer", "loan_repayment"))
        return Flow.concat(parts)

    return draw
