"""Money between people: family, friends and, now and then, somebody met once."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import CHANNEL, PURPOSE, Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, monthly, strangers, tempered
from data.world.population import Population
from data.world.purse import gathered, put_by
from data.world.tempo import sessions
from data.world.weights import picked

TRANSFERS_A_MONTH = {"main": 3.4, "second": 0.7}  # mean, both ways (assumption)
CIRCLE = (6, 0.7, 30)  # people with whom one deals: median, log spread, most (assumption)
INSIDE_SHARE = 0.2  # of the circle, with an account here (assumption)
# Of the payments below a sum, with somebody met once: the larger, the more often (assumption).
STRANGER_SHARE = {100: 0.25, 1_000: 0.35, 10_000: 0.45, 10**9: 0.55}
MEDIAN_CNY, SPREAD, MOST_CNY = 380, 1.9, 3_000_000  # of a transfer (assumption)
IN_SHARE = 0.5
CODE_SHARE, CODE_MOST_CNY = 0.14, 5_000  # of the smaller sums, by the other's code (assumption)
# What it is for, in a hundred (assumption).
OCCASIONS = {
    "family": 40,
    "gift": 9,
    "loan": 8,
    "loan_repayment": 9,
    "goods": 10,
    "rent": 3,
    "shopping": 4,
    "payroll": 2,
    "other": 3,
    "unstated": 12,
}


@LIVELIHOODS.register("family")
def family(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Transfers with a small circle, both ways, of every size: gifts and loans, a car, a house."""
    who = np.concatenate([world.regulars("person"), world.seconds()])
    rate = np.where(world.standing[who] == 0, *TRANSFERS_A_MONTH.values()) * tempered(
        world.activity[who], 0.6
    )
    median, spread, most = CIRCLE
    circles = Circles(np.clip(median * rng.lognormal(0, spread, len(who)), 1, most).astype(np.int64))
    total = int(circles.size.sum())
    inside = world.account[world.regulars("person")]
    friends = np.where(
        rng.random(total) < INSIDE_SHARE, picked(rng, inside, total), picked(rng, world.acquaintances, total)
    )
    usual = MEDIAN_CNY * tempered(world.income[who] / 7_000, 0.5)
    savers = np.flatnonzero(world.savings >= 0)
    saving_day = rng.integers(1, 28, len(savers))
    stranger_shares = np.array(list(STRANGER_SHARE.values()))
    codes = np.array([PURPOSE[name] for name in OCCASIONS], np.int8)
    share = np.array(list(OCCASIONS.values())) / 100

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        place, at = sessions(world, stretch, rng, who, rate, stretch.leisure_weight(), EVENING)
        friend = friends[circles.one(rng, place)]
        yuan = np.clip(usual[place] * rng.lognormal(0, SPREAD, len(place)), 1, MOST_CNY)
        how_often = stranger_shares[np.searchsorted(list(STRANGER_SHARE), yuan)]
        is_strange = np.flatnonzero(rng.random(len(place)) < how_often)
        friend[is_strange] = strangers(world, rng, len(is_strange))
        by_code = (rng.random(len(place)) < CODE_SHARE) & (yuan < CODE_MOST_CNY)
        occasion = rng.choice(len(codes), len(place), p=share)
        comes_in, me = rng.random(len(place)) < IN_SHARE, world.account[who[place]]
        payer, payee = np.where(comes_in, friend, me), np.where(comes_in, me, friend)
        # By occasion, payments by code first.
        order = np.argsort((2 * occasion + ~by_code).astype(np.int8), kind="stable")
        between = Flow.of(
            at[order],
            payer[order],
            payee[order],
            yuan[order],
            np.where(by_code[order], np.int8(CHANNEL["qr"]), np.int8(CHANNEL["transfer"])),
            codes[occasion[order]],
        )
        member, day = monthly(stretch, saving_day)
        owner = savers[member]
        saved = Flow.of(
            stretch.moments(rng, day, WAKING),
            world.account[owner],
            world.savings[owner],
            (world.income[owner] * rng.uniform(0.02, 0.15, len(owner)) / 100).round() * 100 + 100,
            "transfer",
            "savings",
        )
        return Flow.concat([gathered(world, rng, between), put_by(world, rng, between), saved])

    return draw
