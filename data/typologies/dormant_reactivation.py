"""T12: a sleeping account is tested and then used hard; a returning migrant looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

SILENT_DAYS = 180


def _try_out(scene: Scene, start: int, account: int, sender: int, share: float) -> None:
    """With a chance of ``share`` a few yuan show first that the account still works."""
    if scene.rng.random() < share:
        scene.pay(start, sender, account, float(scene.rng.choice([1, 5, 10])))


def returning_migrant(scene: Scene) -> None:
    """Somebody comes home, pays in savings and begins to live from the account."""
    rng = scene.rng
    start = scene.moment_between(min(SILENT_DAYS, scene.calendar.days // 2), scene.calendar.days - 12)
    account = scene.sleeper()
    scene.join(account, "migrant")
    _try_out(scene, start, account, scene.outsiders(1)[0], 0.75)
    senders = scene.outsiders(int(rng.integers(2, 7)))
    sums = scene.rounded(rng.lognormal(8.95, 0.75, len(senders)))
    at = start + np.sort(scene.later(1, 72, len(senders)))
    scene.pay(at, senders, account, sums, "transfer", scene.stated("family"))
    shops = scene.outsiders(8, "merchant")
    city = scene.home(account)
    bought = scene.spread(int(at[-1]), 9, 8)
    scene.live(bought, account, shops, rng.lognormal(4.6, 0.8, 8), "qr", "shopping", city)
    # A flat is done up, a car bought, a debt paid back.
    paid = scene.outsiders(int(rng.integers(1, 4)), "person" if rng.random() < 0.6 else "company")
    costs = scene.slices(sums.sum() * rng.uniform(0.7, 0.95), len(paid), 8.0)
    later = scene.by_day(at[-1] + scene.later(2, 120, len(paid)))
    scene.pay(later, account, paid, costs, "transfer", scene.stated("goods"))


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
    _try_out(scene, start, account, int(senders[0]), (1.0, 1.0, 0.0)[scene.sophistication])
    amounts = scene.rounded(rng.lognormal(8.9, 0.7, len(senders)))
    at = start + np.sort(scene.later(1, 48 * scene.pace(), len(senders)))
    scene.pay(at, senders, account, amounts, "transfer", scene.pretext("family", "goods"))
    if scene.sophistication:
        # It looks like a life again: a few purchases beside the scheme.
        shops, home = scene.outsiders(5, "merchant"), scene.home(account)
        scene.live(
            scene.spread(start, 6, 5), account, shops, rng.lognormal(4.2, 0.7, 5), "qr", "shopping", home
        )
    purpose = scene.pretext("goods", "loan_repayment")
    leaves = scene.slices(amounts.sum() * rng.uniform(0.9, 0.99), len(exits), 8.0)
    scene.pay(
        at[-1] + scene.later(0.2, 20 * scene.pace(), len(exits)), account, exits, leaves, "transfer", purpose
    )
    scene.give_up(account)
