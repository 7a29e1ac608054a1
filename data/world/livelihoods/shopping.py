"""Shopping: most purchases run through a wallet, whose name is all that the ledger shows."""

from __future__ import annotations

import numpy as np

from data.world.calendar import WAKING, Calendar
from data.world.flows import NOWHERE, Flow
from data.world.livelihoods import LIVELIHOODS, Draw, later, tempered
from data.world.population import Population
from data.world.tempo import sessions
from data.world.weights import by_weight, picked

PURCHASES_A_MONTH = {"main": 10.0, "second": 1.6}  # mean by standing (assumption)
WALLET_SHARE, CARD_SHARE = 0.60, 0.12  # of purchases; the others scan a shop's own code (assumption)
TYPICAL_CNY, SPREAD = 27, 1.4  # median of a purchase and its log spread (assumption)
CARD_MULTIPLE = 2.5  # purchases by card are larger (assumption)
# Shops differ in size as a log-normal of this spread: a Gini of about 0.8 (assumption).
FAME_SPREAD, STALL_FAME = 1.7, 0.5
FAVOURITES = 20  # shops to which one returns, the k-th as often as 1 / (k + 1) (assumption)
NEW_SHOP_SHARE = 0.14  # of purchases in shops that one finds by chance (assumption)
REFUND_SHARE, REFUND_FROM_CNY = 0.02, 15  # of purchases, and of no smaller ones (assumption)
AWAY_SHARE, PLACELESS_SHARE = 0.06, 0.35  # in another city; by a printed code, place unknown (assumption)


@LIVELIHOODS.register("shopping")
def shopping(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Purchases in sessions; a person explores and returns, and some goods go back."""
    who = np.concatenate([world.regulars("person"), world.seconds()])
    rate = np.where(world.standing[who] == 0, *PURCHASES_A_MONTH.values()) * world.activity[who]
    stalls = world.own_code
    shops = np.concatenate([world.outside("merchant"), world.account[stalls]])
    fame = rng.lognormal(0, FAME_SPREAD, len(shops))
    fame[len(shops) - len(stalls) :] *= STALL_FAME
    favourites = by_weight(rng, shops, fame, len(who) * FAVOURITES).reshape(-1, FAVOURITES).astype(np.int32)
    fondness = np.cumsum(1 / np.arange(2, FAVOURITES + 2))
    usual = TYPICAL_CNY * tempered(world.income[who] / 6_000, 0.35)
    wallet = rng.choice(world.outside("wallet"), (len(who), 2), p=[0.5, 0.4, 0.06, 0.04])

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        buyer, at = sessions(world, stretch, rng, who, rate, stretch.leisure_weight(), WAKING)
        how, size = rng.random(len(buyer), np.float32), len(buyer)
        payee = wallet[buyer, (rng.random(size, np.float32) < 0.3).astype(np.int8)]
        in_shop = np.flatnonzero(how >= WALLET_SHARE)
        place = np.searchsorted(fondness, rng.random(len(in_shop)) * fondness[-1])
        payee[in_shop] = favourites[buyer[in_shop], place]
        by_chance = in_shop[rng.random(len(in_shop), np.float32) < NEW_SHOP_SHARE]
        payee[by_chance] = by_weight(rng, shops, fame, len(by_chance))
        yuan = (
            usual[buyer]
            * rng.lognormal(0, SPREAD, size)
            * np.where(how >= 1 - CARD_SHARE, CARD_MULTIPLE, 1.0)
        )
        yuan = np.maximum(yuan, 0.5)
        city = world.city[who[buyer]]
        away = in_shop[rng.random(len(in_shop), np.float32) < AWAY_SHARE]
        city[away] = picked(rng, world.city, len(away))
        is_card = how >= 1 - CARD_SHARE
        city[(how < WALLET_SHARE) | (~is_card & (rng.random(size, np.float32) < PLACELESS_SHARE))] = NOWHERE
        account = world.account[who[buyer]]
        back = (yuan >= REFUND_FROM_CNY) & (rng.random(size, np.float32) < REFUND_SHARE)
        parts = []
        for mine, channel in ((is_card, "pos"), (~is_card, "qr")):
            m, r = np.flatnonzero(mine), np.flatnonzero(mine & back)
            parts.append(Flow.of(at[m], account[m], payee[m], yuan[m], channel, "shopping", city[m]))
            back_at = at[r] + later(rng, len(r), 1, 300)
            parts.append(Flow.of(back_at, payee[r], account[r], yuan[r], channel, "refund", city[r]))
        return Flow.concat(parts)

    return draw
