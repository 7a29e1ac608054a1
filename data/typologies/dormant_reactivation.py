"""T12: a sleeping account is tested and then used hard; a returning migrant looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology

SILENT_DAYS = 180


def returning_migrant(scene: Scene) -> None:
    """Somebody comes home, pays in savings and begins to live from the account."""
    rng = scene.rng
    start = scene.moment_between(min(SILENT_DAYS, scene.calendar.days // 2), scene.calendar.days - 12)
    account = scene.sleeper()
    scene.join(account, "migrant")
    senders = scene.outsiders(int(rng.integers(1, 5)))
    scene.pay(
        start + scene.later(0.1, 72, len(senders)), senders, account, rng.lognormal(9.8, 0.8, len(senders))
    )
    if rng.random() < 0.5:
        city = scene.home(account)
        scene.pay(
            start + DAY_US,
            scene.desk(city),
            account,
            round(rng.lognormal(9.6, 0.7), -2) + 100,
            "cash_deposit",
            "cash",
            city,
        )
    shops = scene.outsiders(8, "merchant")
    scene.pay(
        scene.spread(start + 2 * DAY_US, 9, 8), account, shops, rng.lognormal(4.6, 0.8, 8), "qr", "shopping"
    )
    if rng.random() < 0.5:
        builder = scene.outsiders(1)
        scene.pay(start + 4 * DAY_US + scene.later(1, 60), account, builder, rng.lognormal(9.6, 0.5))


@typology("休眠激活", family="dormancy", source="T12; 2006办法 Art.11(4)", look_alike=returning_migrant)
def dormant_reactivation(scene: Scene) -> None:
    """Dormant reactivation.

    After at least 180 silent days (half of a run shorter than a year) a transfer of a few
    yuan tests the account, unless the scheme is a careful one; within 72 hours times the
    scheme's pace money comes from 3 to 7 payers and leaves.
    """
    rng = scene.rng
    start = scene.moment_between(min(SILENT_DAYS, scene.calendar.days // 2), scene.calendar.days - 12)
    account = scene.sleeper()
    senders = scene.outsiders(int(rng.integers(3, 8)))
    exits = scene.outsiders(int(rng.integers(1, 4)))
    scene.join(account, "card")
    scene.join(senders, "source")
    scene.join(exits, "exit")
    if scene.sophistication < 2:
        scene.pay(start, senders[:1], account, float(rng.choice([1, 5, 10])))
    amounts = scene.rounded(rng.lognormal(8.9, 0.7, len(senders)))
    at = start + np.sort(scene.later(1, 48 * scene.pace(), len(senders)))
    scene.pay(at, senders, account, amounts)
    leaves = scene.slices(amounts.sum() * rng.uniform(0.9, 0.99), len(exits), 8.0)
    scene.pay(at[-1] + scene.later(0.2, 20 * scene.pace(), len(exits)), account, exits, leaves)
