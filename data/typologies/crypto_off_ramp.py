"""T20: coins become money that leaves at once; a private person who trades coins looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

# Share of schemes, and of innocent traders, that take turns at several new accounts of one person;
# share that pays abroad too, and the chance that it is to jurisdictions of higher risk (assumption).
CARDS_SHARE, INNOCENT_CARDS_SHARE = 0.7, 0.1
ABROAD_SHARE, HIGH_RISK_SHARE = 0.5, 0.7
INNOCENT_ABROAD_SHARE, INNOCENT_HIGH_RISK_SHARE = 0.15, 0.2


def _sales(scene: Scene, count: int) -> np.ndarray:
    """Yuan of sales of coins: a rate of the day times a round quantity, so an odd sum."""
    rng = scene.rng
    rates = rng.uniform(6.95, 7.35) + rng.normal(0, 0.02, count)
    quantities = (rng.lognormal(7.6, 0.8, count).clip(200, 20_000) / 100).round() * 100
    return np.asarray(rates * quantities).round(2)


def _buyers(scene: Scene) -> np.ndarray:
    """An exchange or two, or three to six persons who deal over the counter."""
    if scene.rng.random() < 0.5:
        return scene.outsiders(int(scene.rng.integers(1, 3)), "exchange")
    return scene.outsiders(int(scene.rng.integers(3, 7)))


def coin_trader(scene: Scene) -> None:
    """A private person sells coins, buys others again with much of the money and spends some."""
    rng = scene.rng
    traders = scene.several_accounts(INNOCENT_CARDS_SHARE, scene.insiders(1))
    buyers, sellers = _buyers(scene), _buyers(scene)
    if scene.aside.random() < INNOCENT_ABROAD_SHARE:
        sellers[:1] = scene.abroad(1, INNOCENT_HIGH_RISK_SHARE)
    at = scene.start
    for turn in range(int(rng.integers(2, 6))):
        trader = traders[turn % len(traders)]
        scene.join(trader, "trader")
        yuan = _sales(scene, int(rng.integers(1, 4)))
        sold = at + np.sort(scene.later(0.1, 12, len(yuan)))
        scene.pay(
            sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", scene.stated("investment", 0.4)
        )
        count = int(rng.integers(1, 9))
        again = scene.slices(yuan.sum() * rng.uniform(0.6, 0.99), count, 6.0)
        bought = sold[-1] + scene.later(0.2, 30, count)
        purpose = scene.stated("investment", 0.4)
        scene.remit(bought, trader, rng.choice(sellers, count), again, purpose)
        at += int(scene.later(12, 80))
    if rng.random() < 0.5:
        friends = scene.outsiders(int(rng.integers(1, 4)))
        lent = scene.slices(yuan.sum() * rng.uniform(0.05, 0.2), len(friends), 6.0)
        scene.live(at + scene.later(1, 40, len(friends)), trader, friends, lent)


@typology(
    "虚拟币出金",
    family="pass_through",
    source="T20; AMLTRIX T0114; FATF VA red flags 2020",
    look_alike=coin_trader,
)
def crypto_off_ramp(scene: Scene) -> None:
    """Crypto off-ramp.

    An exchange, or three to six persons over the counter, pay a person odd sums (a
    rate near 7 yuan times a quantity) two to five times; each time 95 to 99 % goes to
    3 to 10 others within minutes to a day, some of them abroad. Some take turns at several
    accounts that one person opened to sell, and close them when they are used up.
    """
    rng = scene.rng
    traders = scene.several_accounts(CARDS_SHARE, scene.recruits(1))
    buyers = _buyers(scene)
    others = scene.outsiders(int(rng.integers(3, 11)))
    if rng.random() < 0.4:
        own = scene.recruits(3)
        own = own[~np.isin(own, scene.main_accounts(traders))][:2]
        others[: len(own)] = own
        scene.join(own, "mule")
    if scene.aside.random() < ABROAD_SHARE:
        far = others[len(others) // 2 + 1 :]
        far[:] = scene.abroad(len(far), HIGH_RISK_SHARE)
    scene.join(others[scene.world.owner[others] < 0], "payee")
    at = scene.warm_up(traders)
    for pulse in range(int(rng.integers(2, 6))):
        trader = traders[pulse % len(traders)]
        scene.join(trader, "trader")
        # A careful one sells less at a time.
        yuan = _sales(scene, int(rng.integers(1, 5 - scene.sophistication)))
        sold = at + np.sort(scene.later(0.1, 8, len(yuan)))
        scene.pay(
            sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", scene.stated("investment", 0.15)
        )
        payees = others if pulse == 0 else rng.permutation(others)[: int(rng.integers(3, len(others) + 1))]
        leaves = scene.portions(yuan.sum() * rng.uniform(0.955, 0.99), len(payees), 6.0)
        left = sold[-1] + scene.later(0.1, 23, len(payees))
        scene.remit(left, trader, payees, leaves)
        at += int(scene.later(12, 40 * scene.pace()))
    if len(traders) > 1:
        scene.give_up(traders)
