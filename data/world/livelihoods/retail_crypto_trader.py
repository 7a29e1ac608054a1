"""Retail crypto traders: odd sums from strangers and exchanges, gone again within hours."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat, somebody
from data.world.population import Population

TRADER_SHARE = 0.012  # of persons between 20 and 45 (assumption)
TRADES_A_MONTH = 5.0  # (assumption)
BUY_FIRST_SHARE = 0.3  # of trades paid from own money (assumption)


@LIVELIHOODS.register("retail_crypto_trader")
def retail_crypto_trader(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Coins sold to one to four people or an exchange; the money buys new coins the same day."""
    persons = world.customers_of("person")
    age = calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - world.birth_year[persons]
    leaders = lead(rng, persons[(age >= 20) & (age <= 45)], TRADER_SHARE)
    account = world.account[leaders]
    exchange = rng.choice(world.outside("exchange"), len(leaders))
    stake = world.income[leaders] * rng.lognormal(-0.5, 0.6, len(leaders))

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        who = repeat(rng, np.arange(len(leaders)), TRADES_A_MONTH, leisure)
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), leisure), EVENING)
        is_buy = rng.random(len(who)) < BUY_FIRST_SHARE
        yuan = stake[who] * rng.lognormal(-0.2, 0.7, len(who))
        buyers = rng.integers(1, 5, len(who))
        sale = np.repeat(np.arange(len(who)), np.where(is_buy, 0, buyers))
        payer = somebody(world, rng, len(sale), inside_share=0.05)
        is_exchange = rng.random(len(sale)) < 0.3
        payer = np.where(is_exchange, exchange[who[sale]], payer)
        odd = yuan[sale] / buyers[sale]
        sold_at = at[sale] + later(rng, len(sale), 0.05, 2)
        sold = Flow.of(sold_at, payer, account[who[sale]], odd, "transfer", "unstated")
        # A purchase out of own money is small: it must be at hand.
        spent = yuan * np.where(is_buy, 0.15, rng.uniform(0.85, 1.0, len(who)))
        bought_at = at + later(rng, len(who), 2, 20)
        bought = Flow.of(bought_at, account[who], exchange[who], spent, "transfer", "investment")
        cashed = np.flatnonzero(is_buy)
        back_at = bought_at[cashed] + later(rng, len(cashed), 3, 60)
        back_yuan = spent[cashed] * rng.normal(1.0, 0.08, len(cashed)).clip(0.5, 1.5)
        back = Flow.of(
            back_at, exchange[who[cashed]], account[who[cashed]], back_yuan, "transfer", "investment"
        )
        return Flow.concat([sold, bought, back])

    return draw
