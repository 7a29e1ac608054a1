"""T18: collectors take stakes and pay winners of a gambling site; a lottery shop looks alike."""

from __future__ import annotations

from math import sqrt

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.typologies import Scene, typology
from data.world.calendar import EVENING, LATE

FIRM_SHARE = 0.1  # of collectors and shops, small firms (assumption)
FIRM_PAID_SHARE = 0.35  # of operators and suppliers, companies (assumption)
CENTS_SHARE = 0.35  # of sites and shops that tell payers apart by the cents (assumption)
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


def _odd(scene: Scene, yuan: np.ndarray) -> np.ndarray:
    """Sums a few cents lower, by which a site or a shop knows who has paid."""
    return np.asarray(yuan - scene.rng.integers(0, 100, len(yuan)) / 100)


def lottery_shop(scene: Scene) -> None:
    """A lottery shop or a seller of game credit: small round sales, a few prizes, a supplier."""
    rng = scene.rng
    # Two of a family may sell under one roof, each with a code of their own.
    shops = scene.participants(1 + int(rng.random() < 0.4), FIRM_SHARE)
    scene.join(shops, "shop")
    players = scene.public(int(rng.integers(15, 41)))
    supplier = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    scene.same_phone(shops)
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.2)), EVENING)
    buyer, shop = rng.choice(players, len(at)), rng.permutation(np.resize(shops, len(at)))
    meant = rng.choice(STAKES if rng.random() < 0.8 else PACKS, len(at), p=LIKELY).astype(float)
    meant = _odd(scene, meant) if rng.random() < CENTS_SHARE else meant
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
    collectors = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    scene.join(collectors, "collector")
    players = scene.public(int(rng.integers(15, 41)))
    operator = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    scene.control(collectors)
    scene.join(players[~scene.is_inside(players)], "player")
    scene.join(operator, "operator")
    at = _evenings(scene, int(len(players) * rng.uniform(1.3, 2.2)), LATE)
    # Every player and every collector comes up at least once.
    player = rng.permutation(np.resize(players, len(at)))
    collector = rng.permutation(np.resize(collectors, len(at)))
    yuan = rng.choice(STAKES, len(at), p=LIKELY).astype(float)
    yuan = _odd(scene, yuan) if rng.random() < CENTS_SHARE else yuan
    taken = scene.pay(at, player, collector, yuan, "qr", scene.pretext("goods", "unstated", "gift"))
    hours = (6, 8 * scene.pace())
    why = scene.pretext_of(int(collectors[0]))
    _settle(scene, at, player, collector, taken, operator, (0.5, 0.8), (0.97, 0.998), hours, why)
