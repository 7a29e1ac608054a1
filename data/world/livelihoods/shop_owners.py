"""Owners and their shops: takings carried between tills, private money put in and taken out."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, repeat
from data.world.population import Population
from data.world.weights import picked

TWIN_SHARE = 0.3  # of stalls whose owner has another one (assumption)
# From, to, occasion: payments a month of a main-bank stall, share of its turnover (assumptions).
MOVES = (
    ("owner", "shop", "takings", 0.5, 0.06),
    ("owner", "shop", "unstated", 0.5, 0.1),
    ("owner", "shop", "loan", 0.1, 0.2),
    ("owner", "shop", "goods", 0.2, 0.05),
    ("owner", "shop", "loan_repayment", 0.08, 0.08),
    ("shop", "owner", "takings", 0.4, 0.08),
    ("shop", "twin", "takings", 0.35, 0.08),
    ("twin", "shop", "takings", 0.35, 0.08),
    ("shop", "twin", "unstated", 0.25, 0.1),
    ("twin", "shop", "goods", 0.25, 0.08),
    ("shop", "twin", "loan", 0.1, 0.12),
)
SPREAD = 1.0


@LIVELIHOODS.register("shop_owners")
def shop_owners(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """A shop, its owner's private account, and the other till of the same owner."""
    stalls = world.regulars("micro_business")
    persons = world.account[world.earners]
    is_here = rng.random(len(stalls)) < 0.45
    owner = np.where(
        is_here, picked(rng, persons, len(stalls)), picked(rng, world.acquaintances, len(stalls))
    )
    twin = np.where(rng.random(len(stalls)) < TWIN_SHARE, rng.permutation(stalls), stalls)
    ends = {"owner": owner, "shop": world.account[stalls], "twin": world.account[twin]}

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        weight, parts = stretch.leisure_weight(), []
        for source, target, occasion, rate, share in MOVES:
            one = repeat(rng, np.arange(len(stalls)), rate * world.activity[stalls], weight)
            yuan = world.income[stalls[one]] * share * rng.lognormal(-0.4, SPREAD, len(one)) + 1
            at = stretch.moments(rng, stretch.draw_days(rng, len(one), weight), EVENING)
            parts.append(Flow.of(at, ends[source][one], ends[target][one], yuan, "transfer", occasion))
        return Flow.concat(parts)

    return draw
