"""Street vendors and private sellers: paid by a personal code, in rushes, by neighbours and passers-by."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, LATE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Circles, Draw, known_or_new, later, lead, repeat
from data.world.population import Population
from data.world.tempo import prolonged
from data.world.weights import picked

VENDOR_SHARE = 0.035  # of working main-bank persons (assumption)
RUSHES_A_MONTH = 6.0  # evenings at a market, days of a fair, hours in a chat group (assumption)
SALES = (2.6, 0.7)  # drawn in a rush: median and log spread; each draws others after it (assumption)
PRICE_CNY, PRICE_SPREAD, SALE_SPREAD = 60, 1.1, 0.9  # of a vendor, of a sale (assumption)
ROUND_SHARE, ROUNDS_CNY = 0.2, np.array([5, 10, 20, 50, 100, 200, 300, 500, 1_000, 2_000])
# Prices on labels: many end in 8 or 9.
LABEL_SHARE = 0.6  # of sales, with the round ones (assumption)
LABELS_CNY = np.array(
    [9.9, 19.9, 30, 39, 49, 68, 88, 98, 128, 168, 198, 268, 328, 388, 648, 998, 1_298, 3_288]
)
OCCASIONS = ("shopping", "goods", "unstated")  # what a vendor's customers would write, if they wrote
NIGHT_SHARE, REGULARS, STRANGER_SHARE = 0.3, (12, 60), 0.5  # (assumption)
STOCK_SHARE, STOCK_FROM_PERSON = (0.4, 0.95), 0.5  # of a rush's takings; of suppliers (assumption)


@LIVELIHOODS.register("street_vendor")
def street_vendor(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Many small payments by code within hours, then the stock of the next day is paid."""
    vendors = lead(rng, world.earners, VENDOR_SHARE)
    account, size = world.account[vendors], len(vendors)
    circles = Circles(rng.integers(*REGULARS, size))
    regulars = rng.choice(world.acquaintances, int(circles.size.sum()))
    price = PRICE_CNY * rng.lognormal(0, PRICE_SPREAD, size)
    sales = SALES[0] * rng.lognormal(0, SALES[1], size)
    by_night, trade = rng.random(size) < NIGHT_SHARE, rng.integers(0, len(OCCASIONS), size)
    maker = np.where(
        rng.random(size) < STOCK_FROM_PERSON,
        picked(rng, world.acquaintances, size),
        picked(rng, world.outside("company"), size),
    )

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        rush = repeat(rng, np.arange(size), RUSHES_A_MONTH * world.activity[vendors], leisure)
        day = stretch.draw_days(rng, len(rush), leisure)
        begun = np.where(by_night[rush], *(stretch.moments(rng, day, hours) for hours in (LATE, EVENING)))
        each = np.repeat(np.arange(len(rush)), rng.poisson(sales[rush]) + 1)
        each, at = prolonged(rng, each, begun[each] + later(rng, len(each), 0.02, 2))
        who = rush[each]
        yuan = np.maximum(price[who] * rng.lognormal(-0.2, SALE_SPREAD, len(who)), 1)
        how = rng.random(len(who))
        for points, low, high in ((ROUNDS_CNY, 0, ROUND_SHARE), (LABELS_CNY, ROUND_SHARE, LABEL_SHARE)):
            m = np.flatnonzero((how >= low) & (how < high))
            yuan[m] = points[np.minimum(np.searchsorted(points, yuan[m]), len(points) - 1)]
        buyer = known_or_new(world, rng, regulars[circles.one(rng, who)], STRANGER_SHARE)
        sold = [
            Flow.of(at[m], buyer[m], account[who[m]], yuan[m], "qr", occasion)
            for number, occasion in enumerate(OCCASIONS)
            for m in [np.flatnonzero(trade[who] == number)]
        ]
        cost = np.bincount(each, yuan, len(rush)) * rng.uniform(*STOCK_SHARE, len(rush))
        paid = rng.random(len(rush)) < 0.5
        paid_at = begun[paid] + later(rng, paid.sum(), 2, 60)
        goods = Flow.of(
            paid_at, account[rush[paid]], maker[rush[paid]], cost[paid] + 1, "transfer", "supplies"
        )
        return Flow.concat([*sold, goods])

    return draw
