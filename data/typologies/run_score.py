"""T17: strangers pay rotating codes by night for a gambling site; a stall at a fair looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.typologies import Scene, typology
from data.world.calendar import EVENING, LATE

MIDDLE = (6.1, 6.9)  # log of the median yuan of a payment, of an evening at a stall or of a site


def fair_stall(scene: Scene) -> None:
    """A stall at a fair or a live-stream shop sells to strangers in rushes, then pays its supplier."""
    rng = scene.rng
    seller = scene.insiders(1, "person" if rng.random() < 0.7 else "micro_business")[0]
    rushes = int(rng.integers(3, 8))
    buyers = scene.outsiders(int(rng.integers(36, 121)))
    supplier = scene.outsiders(1, "company" if rng.random() < 0.6 else "person")
    scene.join(seller, "seller")
    clock = LATE if rng.random() < 0.6 else EVENING
    purpose = scene.stated("shopping", 0.7)
    middle = rng.uniform(*MIDDLE)
    moments = scene.during(scene.start, rushes, rushes, clock, scene.calendar.leisure_weight())
    for moment, group in zip(moments, np.array_split(buyers, rushes), strict=True):
        at = np.sort(moment + (rng.uniform(0, rng.uniform(0.3, 2), len(group)) * HOUR_US).astype(np.int64))
        prices = scene.rounded(rng.lognormal(middle, 0.8, len(group)).clip(105, 5_000))
        scene.pay(at, group, seller, prices, "qr", purpose)
        cost = scene.rounded(prices.sum() * rng.uniform(0.7, 0.98))
        paid = at[-1] + scene.later(0.3, 40)
        scene.pay(paid, seller, supplier, cost, "transfer", scene.stated("supplies", 0.5))


@typology(
    "跑分平台",
    family="rhythm",
    source='T17; UNODC 2024 "points running"',
    look_alike=fair_stall,
)
def run_score(scene: Scene) -> None:
    """Run-score platform.

    36 to 120 payers, none of whom comes twice, pay 100 to 5,000 yuan each to the codes
    of two to five persons in turn, in bursts of 10 to 60 minutes by night (22:00 to
    05:00); after each burst the takings go to the pool within hours, and 0.8 to 2 %
    stays as commission.
    """
    rng = scene.rng
    bursts = int(rng.integers(3, 7))
    runners = scene.recruits(int(rng.integers(2, min(bursts, 5) + 1)))
    pool = scene.outsiders(1, "company" if rng.random() < 0.4 else "person")
    payers = scene.outsiders(int(rng.integers(36, 121)))
    scene.join(runners, "runner")
    scene.control(runners)
    scene.join(pool, "pool")
    scene.join(payers, "payer")
    begin = scene.warm_up(runners)
    purpose, middle = scene.stated("shopping", 0.4), rng.uniform(*MIDDLE)
    nights = scene.night(begin, bursts, min(bursts * scene.pace(), 10))
    for number, (moment, group) in enumerate(zip(nights, np.array_split(payers, bursts), strict=True)):
        minutes = rng.uniform(10, 60)
        at = np.sort(moment + (rng.uniform(0, minutes / 60, len(group)) * HOUR_US).astype(np.int64))
        yuan = scene.rounded(rng.lognormal(middle, 0.8, len(group)).clip(105, 5_000))
        # The next code takes over each time; a big burst needs two.
        code = (number + np.arange(len(group)) % rng.integers(1, 3)) % len(runners)
        scene.pay(at, group, runners[code], yuan, "qr", purpose)
        for used in np.unique(code):
            taken = float(yuan[code == used].sum())
            swept = float(np.maximum(scene.rounded(taken * rng.uniform(0.98, 0.992)), taken * 0.98))
            scene.pay(at[-1] + scene.later(0.1, 3 * scene.pace()), runners[used], pool, swept)
    scene.give_up(runners)
