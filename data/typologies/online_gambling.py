"""T18: collectors take stakes and pay winners of a gambling site; a lottery shop looks alike."""

from __future__ import annotations

from math import sqrt

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.typologies import Scene, typology
from data.world.calendar import LATE

STAKES = np.array([50, 100, 200, 300, 500, 1_000, 2_000])
PACKS = np.array([50, 98, 198, 328, 648, 1_000, 2_000])
LIKELY = np.array([0.2, 0.25, 0.2, 0.12, 0.13, 0.07, 0.03])


def _evenings(scene: Scene, count: int) -> np.ndarray:
    """Moments on late evenings and nights, more of them on weekends, in order."""
    days = int(scene.rng.integers(3, 9) * sqrt(scene.pace()))
    weight = np.where(scene.calendar.is_weekend(), 2.5, 1.0)
    return scene.during(scene.start, days, count, LATE, weight)


def _night_of(scene: Scene, at: np.ndarray) -> np.ndarray:
    """Number of the night of each moment; a night ends at noon."""
    return (at - scene.calendar.start_us - 12 * HOUR_US) // DAY_US


def _prizes(scene: Scene, total: float, players: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Prizes that add up to a sum, and who of those that played wins them: one in seven."""
    winners = scene.rng.choice(np.unique(players), max(len(players) // 7, 1), replace=False)
    return scene.slices(total, len(winners), 6.0), winners


def lottery_shop(scene: Scene) -> None:
    """A lottery shop or a seller of game credit: small round sales, a few prizes, a supplier."""
    rng = scene.rng
    # Two or three of a family sell under one roof, each with a code of their own.
    shops = scene.insiders(int(rng.integers(1, 4)), "micro_business" if rng.random() < 0.4 else "person")
    players = scene.outsiders(int(rng.integers(25, 61)))
    supplier = scene.outsiders(1, "company" if rng.random() < 0.6 else "person")
    scene.join(shops, "shop")
    scene.same_phone(shops)
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.1)))
    buyer = rng.choice(players, len(at))
    shop = rng.permutation(np.resize(shops, len(at)))
    yuan = rng.choice(STAKES if rng.random() < 0.9 else PACKS, len(at), p=LIKELY).astype(float)
    if rng.random() < 0.35:  # coupons take some cents off
        yuan -= rng.integers(0, 100, len(at)) / 100
    scene.pay(at, buyer, shop, yuan, "qr", scene.stated("shopping", 0.6))
    night = _night_of(scene, at)
    for one, seller in sorted(set(zip(night.tolist(), shop.tolist(), strict=True))):
        mine = (night == one) & (shop == seller)
        taken, close = yuan[mine].sum(), at[mine].max()
        won = 0.0
        if taken >= 600:
            prizes, winners = _prizes(scene, taken * rng.uniform(0.35, 0.7), buyer[mine])
            scene.pay(close + scene.later(0.2, 12, len(winners)), seller, winners, prizes)
            won = prizes.sum()
        rest = scene.rounded((taken - won) * rng.uniform(0.75, 0.97))
        paid = close + scene.later(1, 24)
        scene.pay(paid, seller, supplier, rest, "transfer", scene.stated("supplies", 0.5))


@typology("网络赌博", family="fan_in", source="T18; AMLTRIX T0017", look_alike=lottery_shop)
def online_gambling(scene: Scene) -> None:
    """Online gambling.

    25 to 60 players pay small round stakes of 50 to 2,000 yuan to two to four
    collectors, many to many, in the evening and at night, most of all on weekends.
    After each night the collectors pay fewer and larger winnings and pass nearly all
    of the rest to the operator, so that little stays.
    """
    rng = scene.rng
    collectors = scene.recruits(int(rng.integers(2, 5)))
    players = scene.outsiders(int(rng.integers(25, 61)))
    operator = scene.outsiders(1, "company" if rng.random() < 0.3 else "person")
    scene.join(collectors, "collector")
    scene.control(collectors)
    scene.join(players, "player")
    scene.join(operator, "operator")
    scene.start = scene.warm_up(collectors)
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.2)))
    # Every player and every collector comes up at least once.
    player = rng.permutation(np.resize(players, len(at)))
    collector = rng.permutation(np.resize(collectors, len(at)))
    yuan = rng.choice(STAKES, len(at), p=LIKELY).astype(float)
    if scene.sophistication and rng.random() < 0.8:  # such a site tells players apart by the cents
        yuan -= rng.integers(0, 100, len(at)) / 100
    scene.pay(at, player, collector, yuan, "qr", scene.stated("shopping", 0.3))
    night = _night_of(scene, at)
    for one, taker in sorted(set(zip(night.tolist(), collector.tolist(), strict=True))):
        mine = (night == one) & (collector == taker)
        taken, close = yuan[mine].sum(), at[mine].max()
        won = 0.0
        if taken >= 600:  # a poor night has no winner to speak of
            prizes, winners = _prizes(scene, taken * rng.uniform(0.5, 0.8), player[mine])
            scene.pay(close + scene.later(0.2, 6, len(winners)), taker, winners, prizes)
            won = prizes.sum()
        rest = scene.rounded((taken - won) * rng.uniform(0.9, 0.99))
        scene.pay(close + scene.later(0.5, 8 * scene.pace()), taker, operator, rest)
