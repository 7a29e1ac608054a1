"""T20: coins become money that leaves at once; a private person who trades coins looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


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
    trader = scene.insiders(1)[0]
    scene.join(trader, "trader")
    buyers, sellers = _buyers(scene), _buyers(scene)
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        yuan = _sales(scene, int(rng.integers(1, 4)))
        sold = at + np.sort(scene.later(0.1, 12, len(yuan)))
        scene.pay(
            sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", scene.stated("investment", 0.4)
        )
        count = int(rng.integers(1, 9))
        again = scene.slices(yuan.sum() * rng.uniform(0.6, 0.99), count, 6.0)
        bought = sold[-1] + scene.later(0.2, 30, count)
        purpose = scene.stated("investment", 0.4)
        scene.pay(bought, trader, rng.choice(sellers, count), again, "transfer", purpose)
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
    3 to 10 others within minutes to a day.
    """
    rng = scene.rng
    trader = scene.recruits(1)[0]
    buyers = _buyers(scene)
    others = scene.outsiders(int(rng.integers(3, 11)))
    if rng.random() < 0.4:
        own = scene.recruits(3)
        own = own[own != trader][:2]
        others[: len(own)] = own
        scene.join(own, "mule")
    scene.join(trader, "trader")
    scene.join(others[scene.world.owner[others] < 0], "payee")
    at = scene.warm_up(np.array([trader]))
    for pulse in range(int(rng.integers(2, 6))):
        # A careful one sells less at a time.
        yuan = _sales(scene, int(rng.integers(1, 5 - scene.sophistication)))
        sold = at + np.sort(scene.later(0.1, 8, len(yuan)))
        scene.pay(
            sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", scene.stated("investment", 0.15)
        )
        payees = others if pulse == 0 else rng.permutation(others)[: int(rng.integers(3, len(others) + 1))]
        leaves = scene.portions(yuan.sum() * rng.uniform(0.955, 0.99), len(payees), 6.0)
        left = sold[-1] + scene.later(0.1, 23, len(payees))
        scene.pay(left, trader, payees, leaves)
        at += int(scene.later(12, 40 * scene.pace()))
