"""Takings of shops: by the bank's own code from each payer, by others' codes in one credit a day."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US, MONTH_DAYS
from data.world.calendar import EVENING, WAKING, Calendar
from data.world.flows import NOWHERE, Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, lead, repeat, strangers
from data.world.population import Population
from data.world.weights import picked

SALES_A_MONTH = 32.0  # of a stall with the bank's own code, mean, beside its customers here (assumption)
REGULARS = (40, 0.8)  # passers-by who come again: median and log spread (assumption)
STRANGER_SHARE = 0.22  # of the sales (assumption)
PLACELESS_SHARE = 0.6  # of the sales by the own code (assumption)
ROUND_SHARE, ROUNDS_CNY = 0.15, np.array([10, 20, 50, 100, 200, 300, 500, 1_000, 2_000])  # (assumption)
LATE_SHARE = 0.3  # of sales, in the evening and at night (assumption)
ACQUIRER_FEE = 0.0038  # of a payment by code (V2, weak)
SECOND_ACQUIRER_SHARE, OPEN_SHARE = 0.25, 0.65  # of stalls; of days (assumption)
ONLINE_SELLER_SHARE = 0.03  # of main-bank persons who are paid by a wallet every week or so (assumption)


@LIVELIHOODS.register("takings")
def takings(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Sales of stalls; the payers of those whom an acquirer serves are unknown to the bank."""
    stalls = world.regulars("micro_business")
    coded = world.own_code
    others = stalls[~np.isin(stalls, coded)]
    median, spread = REGULARS
    circles = Circles((median * rng.lognormal(0, spread, len(coded))).astype(np.int64) + 5)
    regulars = rng.choice(world.acquaintances, int(circles.size.sum()))
    twice = others[rng.random(len(others)) < SECOND_ACQUIRER_SHARE]
    served = np.concatenate([others, twice])
    part = np.append(np.where(np.isin(others, twice), 0.6, 1.0), np.full(len(twice), 0.4))
    wallet = rng.choice(world.outside("wallet"), len(served), p=[0.42, 0.38, 0.12, 0.08])
    sellers = lead(rng, world.regulars("person"), ONLINE_SELLER_SHARE)
    market = picked(rng, world.outside("wallet"), len(sellers))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        sale = repeat(rng, np.arange(len(coded)), SALES_A_MONTH * world.activity[coded], leisure)
        payer = regulars[circles.one(rng, sale)]
        is_new = np.flatnonzero(rng.random(len(sale)) < STRANGER_SHARE)
        payer[is_new] = strangers(world, rng, len(is_new))
        owner = coded[sale]
        typical = world.income[owner] / (world.activity[owner] + 0.3) / SALES_A_MONTH
        yuan = np.maximum(typical * 0.35 * rng.lognormal(-0.5, 1.2, len(sale)), 1)
        # Cards are charged, tickets and lots bought in round sums.
        is_round = np.flatnonzero(rng.random(len(sale)) < ROUND_SHARE)
        place = np.searchsorted(ROUNDS_CNY, yuan[is_round])
        yuan[is_round] = ROUNDS_CNY[np.minimum(place, len(ROUNDS_CNY) - 1)]
        clock = np.where(rng.random(len(sale)) < LATE_SHARE, 1, 0)
        day = stretch.draw_days(rng, len(sale), leisure)
        at = np.where(clock, *(stretch.moments(rng, day, hours) for hours in (EVENING, WAKING)))
        # A printed code has no terminal: mostly nobody knows where it was scanned.
        city = np.where(rng.random(len(sale)) < PLACELESS_SHARE, NOWHERE, world.city[owner])
        own = Flow.of(at, payer, world.account[owner], yuan, "qr", "shopping", city)
        is_open = rng.random((len(served), stretch.days)) < OPEN_SHARE
        shop, day = np.nonzero(is_open)
        # The takings of a day are credited the next morning, net of the fee.
        at = (
            stretch.start_us + day * 24 * HOUR_US + (rng.uniform(5, 11, len(shop)) * HOUR_US).astype(np.int64)
        )
        yuan = (
            world.income[served[shop]]
            / MONTH_DAYS
            * part[shop]
            * leisure[day]
            * rng.lognormal(-0.2, 0.55, len(shop))
        )
        net = np.maximum(yuan * (1 - ACQUIRER_FEE), 1)
        daily = Flow.of(at, wallet[shop], world.account[served[shop]], net, "transfer", "takings")
        paid_out = repeat(rng, np.arange(len(sellers)), 4.0, leisure)
        at = stretch.moments(rng, stretch.draw_days(rng, len(paid_out), leisure), WAKING)
        who = sellers[paid_out]
        yuan = world.income[who] * 0.12 * rng.lognormal(-0.3, 1.0, len(who))
        online = Flow.of(at, market[paid_out], world.account[who], yuan, "transfer", "takings")
        return Flow.concat([own, daily, online])

    return draw
