"""T17: strangers pay rotating codes by night for a gambling site; a stall at a fair looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.typologies import Scene, typology
from data.words import Words
from data.world.calendar import EVENING, LATE

FIRM_SHARE = 0.1  # of runners and sellers, small firms (assumption)
FIRM_PAID_SHARE = 0.4  # of pools and suppliers, companies (assumption)
LATE_SHARE = 0.6  # of stalls and shops, those that sell late at night (assumption)
MIDDLE = (4.0, 6.0)  # log of the median yuan of a payment, of an evening at a stall or of a site


def fair_stall(scene: Scene) -> None:
    """A stall at a fair or a live-stream shop sells to strangers in rushes, then pays its supplier."""
    rng = scene.rng
    seller = scene.traders(1, FIRM_SHARE)[0]
    rushes = int(rng.integers(3, 8))
    scene.join(seller, "seller")
    buyers = scene.public(int(rng.integers(24, 81)))
    supplier = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    why = scene.pretext("goods", "unstated", "gift")
    clock = LATE if rng.random() < LATE_SHARE else EVENING
    middle = rng.uniform(*MIDDLE)
    moments = scene.during(
        scene.start, rushes * int(rng.integers(1, 6)), rushes, clock, scene.calendar.leisure_weight()
    )
    for moment, group in zip(moments, np.array_split(buyers, rushes), strict=True):
        at = np.sort(moment + (rng.uniform(0, rng.uniform(0.3, 2), len(group)) * HOUR_US).astype(np.int64))
        prices = rng.lognormal(middle, 1.0, len(group)).clip(5, 5_000)
        taken = scene.pay(at, group, seller, prices, "qr", why).sum()
        cost = taken * rng.uniform(0.7, 0.99)
        supplier = int(scene.others_like(np.array([supplier]))[0])
        paid = scene.after(at[-1], 0.3, 40, clock=scene.clock(seller, supplier))
        scene.pay(paid, seller, supplier, cost, "transfer", "supplies")


@typology(
    "跑分平台",
    family="rhythm",
    source=Words('T17; UNODC 2024 "points running"', "T17；UNODC 2024 跑分"),
    look_alike=fair_stall,
    look_alike_label=("a stall at a fair or a live-stream sale", "展销摊位或直播带货收款"),
)
def run_score(scene: Scene) -> None:
    """Run-score platform.

    24 to 80 payers, none of whom comes twice, pay 5 to 5,000 yuan each to the codes of
    one or two persons in turn, in bursts of 10 to 60 minutes by night (22:00 to 05:00);
    after each burst the takings go to the pool within hours, and 0.2 to 2 % stays as
    commission.
    """
    rng = scene.rng
    bursts = int(rng.integers(3, 7))
    runners = scene.participants(1 + int(rng.random() < 0.6), FIRM_SHARE)
    pool = scene.elsewhere(1, FIRM_PAID_SHARE)
    scene.join(runners, "runner")
    payers = scene.public(int(rng.integers(24, 81)))
    scene.control(runners)
    scene.join(payers[~scene.is_inside(payers)], "payer")
    middle, why = rng.uniform(*MIDDLE), scene.pretext("goods", "unstated", "gift")
    nights = scene.night(scene.start, bursts, bursts * scene.pace() * rng.uniform(1, 5))
    for number, (moment, group) in enumerate(zip(nights, np.array_split(payers, bursts), strict=True)):
        at = np.sort(moment + (rng.uniform(0, rng.uniform(1 / 6, 1), len(group)) * HOUR_US).astype(np.int64))
        meant = rng.lognormal(middle, 1.0, len(group)).clip(5, 5_000)
        # The next code takes over each time; a big burst needs two.
        code = (number + np.arange(len(group)) % rng.integers(1, 3)) % len(runners)
        yuan = scene.pay(at, group, runners[code], meant, "qr", why)
        pool = scene.others_like(pool)
        scene.join(pool, "pool")
        for used in np.unique(code):
            swept = yuan[code == used].sum() * rng.uniform(0.98, 0.998)
            scene.pay(
                at[-1] + scene.later(0.1, 3 * scene.pace()), runners[used], pool, swept, "transfer", why
            )
    scene.give_up(runners)
