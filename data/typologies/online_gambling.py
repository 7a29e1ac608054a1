"""T18: collectors take stakes and pay winners of a gambling site; a lottery shop looks alike."""

from __future__ import annotations

from math import sqrt

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.typologies import Scene, typology
from data.world.calendar import EVENING, LATE

STAKES = np.array([10, 20, 50, 100, 200, 300, 500, 1_000, 2_000])
PACKS = np.array([6, 18, 48, 98, 198, 328, 648, 1_000, 2_000])
LIKELY = np.array([0.14, 0.16, 0.2, 0.2, 0.13, 0.08, 0.06, 0.02, 0.01])


def _evenings(scene: Scene, count: int, clock: np.ndarray) -> np.ndarray:
    """Moments on late evenings and nights, more of them on weekends, in order."""
    days = int(scene.rng.integers(5, 30) * sqrt(scene.pace()))
    weight = np.where(scene.calendar.is_weekend(), 1.8, 1.0)
    return scene.during(scene.start, days, count, clock, weight)


def _settle(
    scene: Scene,
    at: np.ndarray,
    player: np.ndarray,
    taker: np.ndarray,
    yuan: np.ndarray,
    operator: int,
    won: tuple[float, float],
    kept: tuple[float, float],
    hours: tuple[float, float],
    why: str,
) -> None:
    """After each night every taker pays prizes to a few of who played, and the rest to the operator."""
    rng = scene.rng
    night = (at - scene.calendar.start_us - 12 * HOUR_US) // DAY_US  # a night ends at noon
    for one, who in sorted(set(zip(night.tolist(), taker.tolist(), strict=True))):
        mine = (night == one) & (taker == who)
        taken, close, paid_out = yuan[mine].sum(), int(at[mine].max()), 0.0
        if taken >= 300:  # a poor night has no winner to speak of
            winners = rng.choice(np.unique(player[mine]), max(mine.sum() // 7, 1), replace=False)
            prizes = scene.slices(taken * rng.uniform(*won), len(winners), 6.0)
            when = scene.after(close, 0.2, hours[0], len(winners), scene.clock(who, winners[0]))
            paid_out = scene.pay(when, who, winners, prizes, "transfer", why).sum()
        rest = (taken - paid_out) * rng.uniform(*kept)
        due = scene.after(close, 0.5, hours[1], clock=scene.clock(who, operator))
        scene.pay(due, who, operator, rest, "transfer", why)


def lottery_shop(scene: Scene) -> None:
    """A lottery shop or a seller of game credit: small round sales, a few prizes, a supplier."""
    rng = scene.rng
    # Two of a family may sell under one roof, each with a code of their own.
    kind = "micro_business" if rng.random() < 0.2 else "person"
    shops = scene.insiders(1 + int(rng.random() < 0.4), kind)
    scene.join(shops, "shop")
    players = scene.public(int(rng.integers(15, 41)))
    supplier = scene.outsiders(1, "company" if rng.random() < 0.4 else "person")[0]
    scene.same_phone(shops)
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.1)), EVENING)
    buyer, shop = rng.choice(players, len(at)), rng.permutation(np.resize(shops, len(at)))
    meant = rng.choice(STAKES if rng.random() < 0.8 else PACKS, len(at), p=LIKELY).astype(float)
    yuan = scene.pay(at, buyer, shop, meant, "qr", scene.pretext("goods", "unstated"))
    _settle(scene, at, buyer, shop, yuan, supplier, (0.35, 0.7), (0.75, 0.99), (12, 24), "goods")


@typology(
    "网络赌博",
    family="fan_in",
    source="T18; AMLTRIX T0017",
    look_alike=lottery_shop,
    look_alike_label=("a lottery shop", "彩票店收款兑奖"),
    roles={"player": ("player", "玩家"), "operator": ("operator", "平台方")},
)
def online_gambling(scene: Scene) -> None:
    """Online gambling.

    15 to 40 players pay small stakes of 10 to 2,000 yuan to one or two collectors who bank
    here, in the evening and at night, most of all on weekends. After each night the
    collectors pay fewer and larger winnings and pass 97 to 99.8 % of the rest to the
    operator, so that little stays.
    """
    rng = scene.rng
    collectors = scene.recruits(1 + int(rng.random() < 0.5))
    scene.join(collectors, "collector")
    players = scene.public(int(rng.integers(15, 41)))
    operator = scene.outsiders(1, "company" if rng.random() < 0.3 else "person")[0]
    scene.control(collectors)
    scene.join(players[~scene.is_inside(players)], "player")
    scene.join(operator, "operator")
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.2)), LATE)
    # Every player and every collector comes up at least once.
    player = rng.permutation(np.resize(players, len(at)))
    collector = rng.permutation(np.resize(collectors, len(at)))
    yuan = rng.choice(STAKES, len(at), p=LIKELY).astype(float)
    if scene.sophistication and rng.random() < 0.8:  # such a site tells players apart by the cents
        yuan -= rng.integers(0, 100, len(at)) / 100
    taken = scene.pay(at, player, collector, yuan, "qr", scene.pretext("goods", "unstated", "gift"))
    hours = (6, 8 * scene.pace())
    why = scene.pretext_of(int(collectors[0]))
    _settle(scene, at, player, collector, taken, operator, (0.5, 0.8), (0.97, 0.998), hours, why)
