"""Sellers on market places and in chat groups (微商): many small sums in, stock and refunds out."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, OFFICE, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat, strangers
from data.world.population import Population
from data.world.weights import picked

PERSON_SHARE = 0.012  # of working persons (assumption)
STALL_SHARE = 0.06  # of micro-businesses (assumption)
ORDERS_A_MONTH = 28  # median (assumption)
PRICE_CNY = 85  # median of a seller's usual price (assumption)
STOCK_SHARE = 0.72  # of takings that goes to suppliers (assumption)
WALLET_SHARE = 0.5  # of the orders (assumption)
PROMOTION_DAYS, PROMOTION_LIFT = 4, 1.5  # up to a great sale, beside what all shops sell more (assumption)
REFUND_SHARE = 0.04  # of orders (assumption)


@LIVELIHOODS.register("marketplace_seller")
def marketplace_seller(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Goods sold to strangers from all over the country, with peaks at the great sales."""
    leaders = np.concatenate(
        [
            lead(rng, world.earners, PERSON_SHARE),
            lead(rng, world.customers_of("micro_business"), STALL_SHARE),
        ]
    )
    account, size = world.account[leaders], len(leaders)
    orders = ORDERS_A_MONTH * rng.lognormal(0, 0.6, size)
    price = PRICE_CNY * rng.lognormal(0, 0.6, size)
    # Small sellers buy from a person further up the chain.
    supplier = np.where(
        rng.random(size) < 0.4,
        picked(rng, world.acquaintances, size),
        picked(rng, world.outside("company"), size),
    )

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure, office = stretch.leisure_weight(), stretch.office_weight()
        for promotion in stretch.promotion:
            ahead = stretch.days_until(promotion)
            leisure[(ahead >= 0) & (ahead < PROMOTION_DAYS)] *= PROMOTION_LIFT
        seller = rng.permutation(repeat(rng, np.arange(size), orders, leisure))
        at = stretch.moments(rng, stretch.draw_days(rng, len(seller), leisure), EVENING)
        buyer = strangers(world, rng, len(seller))
        # Most buyers pay through a wallet, which hides them.
        by_wallet = np.flatnonzero(rng.random(len(seller)) < WALLET_SHARE)
        buyer[by_wallet] = picked(rng, world.outside("wallet"), len(by_wallet))
        yuan = price[seller] * rng.lognormal(-0.18, 0.6, len(seller))
        chats, refunded = int(len(seller) * 0.5), np.flatnonzero(rng.random(len(seller)) < REFUND_SHARE)
        parts = [
            Flow.of(at[m], buyer[m], account[seller[m]], yuan[m], channel, "goods")
            for m, channel in ((slice(chats), "transfer"), (slice(chats, None), "qr"))
        ]
        back_at = at[refunded] + later(rng, len(refunded), 12, 200)
        refunds = Flow.of(
            back_at, account[seller[refunded]], buyer[refunded], yuan[refunded], "transfer", "goods"
        )
        buying = repeat(rng, np.arange(size), 4.0, office)
        stock = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(buying), office), OFFICE),
            account[buying],
            supplier[buying],
            (orders * price * STOCK_SHARE / 4.0)[buying] * rng.lognormal(-0.05, 0.3, len(buying)),
            "transfer",
            "supplies",
        )
        return Flow.concat([*parts, refunds, stock])

    return draw
