"""T20: coins become money that leaves at once; a dealer in second-hand phones looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

# Share of schemes, and of dealers, that take turns at several new accounts of one person; share
# that pays abroad too, and the chance that it is to jurisdictions of higher risk (assumption).
CARDS_SHARE, INNOCENT_CARDS_SHARE = 0.3, 0.1
ABROAD_SHARE, HIGH_RISK_SHARE = 0.2, 0.7
INNOCENT_ABROAD_SHARE, INNOCENT_HIGH_RISK_SHARE = 0.15, 0.2


def _lots(scene: Scene, count: int) -> np.ndarray:
    """Yuan of a price of the day times a quantity: coins near 7 yuan, or phones by the dozen."""
    rng = scene.rng
    prices = rng.uniform(6.95, 7.35) + rng.normal(0, 0.02, count)
    quantities = (rng.lognormal(6.2, 1.1, count).clip(30, 20_000) / 10).round() * 10
    return np.asarray(prices * quantities).round(2)


def phone_dealer(scene: Scene) -> None:
    """A dealer sells lots of used phones at the price of the day, and buys the next from others."""
    rng = scene.rng
    traders = scene.several_accounts(INNOCENT_CARDS_SHARE, scene.traders(1))
    buyers, sellers = scene.outsiders(int(rng.integers(3, 7))), scene.outsiders(int(rng.integers(3, 11)))
    if scene.aside.random() < INNOCENT_ABROAD_SHARE:
        sellers[:1] = scene.abroad(1, INNOCENT_HIGH_RISK_SHARE)
    at, why = scene.start, scene.pretext("goods", "unstated")
    for turn in range(int(rng.integers(2, 5))):
        trader = traders[turn % len(traders)]
        scene.join(trader, "trader")
        yuan = _lots(scene, int(rng.integers(1, 4)))
        sold = np.sort(scene.after(at, 0.1, 12, len(yuan)))
        got = scene.pay(sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", why)
        count = int(rng.integers(1, 9))
        again = scene.slices(got.sum() * rng.uniform(0.6, 0.99), count, 6.0)
        bought = scene.after(sold[-1], 0.2, 30, count)
        scene.remit(bought, trader, rng.choice(sellers, count), again, why)
        at = int(scene.after(sold[-1], 12, 400))


@typology(
    "虚拟币出金",
    family="pass_through",
    source="T20; AMLTRIX T0114; FATF VA red flags 2020",
    look_alike=phone_dealer,
    look_alike_label=("a dealer in second-hand phones", "二手手机商收款进货"),
    roles={"trader": ("trader", "商贩")},
)
def crypto_off_ramp(scene: Scene) -> None:
    """Crypto off-ramp.

    Three to six persons, strangers who buy over the counter, pay a person odd sums (a
    rate near 7 yuan times a quantity) two to four times; each time 97 to 99.8 % goes to
    3 to 10 others within minutes to a day, some of them abroad. Some take turns at several
    accounts that one person opened to sell.
    """
    rng = scene.rng
    traders = scene.several_accounts(CARDS_SHARE, scene.participants(1))
    buyers = scene.outsiders(int(rng.integers(3, 7)))
    others = scene.outsiders(int(rng.integers(3, 11)))
    if rng.random() < 0.3:
        own = scene.participants(2)
        own = own[~np.isin(own, scene.main_accounts(traders))][:1]
        others[: len(own)] = own
        scene.join(own, "mule")
    if scene.aside.random() < ABROAD_SHARE:
        others[-1:] = scene.abroad(1, HIGH_RISK_SHARE)
    scene.join(others[scene.world.owner[others] < 0], "payee")
    at = scene.start
    why = scene.pretext("goods", "loan", "unstated")
    for pulse in range(int(rng.integers(2, 5))):
        trader = traders[pulse % len(traders)]
        scene.join(trader, "trader")
        # A careful one sells less at a time.
        yuan = _lots(scene, int(rng.integers(1, 5 - scene.sophistication)))
        sold = np.sort(scene.after(at, 0.1, 8, len(yuan)))
        got = scene.pay(sold, rng.choice(buyers, len(yuan)), trader, yuan, "transfer", why)
        payees = others if pulse == 0 else rng.permutation(others)[: int(rng.integers(3, len(others) + 1))]
        leaves = scene.portions(got.sum() * rng.uniform(0.97, 0.998), len(payees), 6.0)
        scene.remit(scene.after(sold[-1], 0.1, 23, len(payees)), trader, payees, leaves, why)
        at = int(scene.after(sold[-1], 12, 300 * scene.pace()))
