"""Gold savers: grams bought and sold at the day's price through a licensed exchange, odd sums both ways."""

from __future__ import annotations

import numpy as np

from data.world.calendar import EVENING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, lead, repeat, strangers
from data.world.population import Population
from data.world.weights import picked

SAVER_SHARE = 0.03  # of main-bank persons who earn 4,000 yuan or more (assumption)
TRADES_A_MONTH = 3.0  # (assumption)
GRAM_CNY = (620, 960)  # price of a gram over the run (assumption)
GRAMS = (4, 1.2)  # median and log spread of a trade (assumption)
SELL_SHARE, PRIVATE_SHARE = 0.45, 0.12  # of trades; sold to or bought from a person (assumption)
SILENT_SHARE = 0.35  # of trades without a word (assumption)
AGAIN_SHARE = 0.4  # of sales whose money buys again within three days, or is needed (assumption)


@LIVELIHOODS.register("gold_saver")
def gold_saver(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Sales come from an exchange, a jeweller's customer or a friend; some of it is spent at once."""
    persons = world.regulars("person")
    leaders = lead(rng, persons[world.income[persons] >= 4_000], SAVER_SHARE)
    account = world.account[leaders]
    exchange = picked(rng, world.outside("exchange"), len(leaders))
    scale = GRAMS[0] * rng.lognormal(0, 0.6, len(leaders)) * world.income[leaders] / 9_000

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        leisure = stretch.leisure_weight()
        who = repeat(rng, np.arange(len(leaders)), TRADES_A_MONTH * world.activity[leaders], leisure)
        at = stretch.moments(rng, stretch.draw_days(rng, len(who), leisure), EVENING)
        yuan = (scale[who] * rng.lognormal(0, GRAMS[1], len(who))).round(2) * rng.uniform(*GRAM_CNY, len(who))
        is_sale = rng.random(len(who)) < SELL_SHARE
        other, is_silent = exchange[who], rng.random(len(who)) < SILENT_SHARE
        private = np.flatnonzero(rng.random(len(who)) < PRIVATE_SHARE)
        other[private] = strangers(world, rng, len(private))
        parts = []
        for chosen, payer, payee in ((is_sale, other, account[who]), (~is_sale, account[who], other)):
            for purpose, part in (("unstated", is_silent), ("investment", ~is_silent)):
                m = np.flatnonzero(chosen & part)
                parts.append(Flow.of(at[m], payer[m], payee[m], yuan[m] + 1, "transfer", purpose))
        again = np.flatnonzero(is_sale & (rng.random(len(who)) < AGAIN_SHARE))
        spent_at = at[again] + later(rng, len(again), 0.5, 70)
        spent = yuan[again] * rng.uniform(0.5, 1.0, len(again))
        payee = np.where(
            rng.random(len(again)) < 0.5, exchange[who[again]], strangers(world, rng, len(again))
        )
        parts.append(Flow.of(spent_at, account[who[again]], payee, spent + 1, "transfer", "investment"))
        return Flow.concat(parts)

    return draw
