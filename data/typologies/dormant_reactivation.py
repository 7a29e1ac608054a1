"""T12: a sleeping account is tested and then used hard; a returning migrant looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

SILENT_DAYS = 180  # every sleeper has been silent since longer before the run


def _try_out(scene: Scene, start: int, account: int, sender: int, share: float) -> None:
    """With a chance of ``share`` a few yuan show first that the account still works."""
    if scene.rng.random() < share:
        yuan = float(scene.rng.choice([1, 5, 10]))
        scene.pay(start, sender, account, yuan, "transfer", "unstated")


def _shop(scene: Scene, account: int, start: int, count: int, middle: float) -> None:
    """Some purchases of an account that lives again."""
    shops, city = scene.outsiders(count, "merchant"), scene.home(account)
    bought = scene.spread(start, 9, count)
    yuan = scene.rng.lognormal(middle, 0.8, count)
    scene.live(bought, account, shops, yuan, "qr", "shopping", city)


def returning_migrant(scene: Scene) -> None:
    """Somebody comes home, pays in savings and begins to live from the account."""
    rng = scene.rng
    start, account = scene.start, scene.sleeper()
    scene.join(account, "migrant")
    _try_out(scene, start, account, scene.outsiders(1)[0], 0.6)
    senders = scene.outsiders(int(rng.integers(2, 7)))
    at = np.sort(scene.after(start, 1, 72, len(senders)))
    sums = scene.pay(at, senders, account, rng.lognormal(7.8, 1.1, len(senders)), "transfer", "family")
    _shop(scene, account, int(at[-1]), 8, 3.8)
    # A flat is done up, a car bought, a debt paid back.
    is_person = rng.random() < 0.6
    paid = scene.outsiders(int(rng.integers(1, 4)), "person" if is_person else "company")
    costs = scene.slices(sums.sum() * rng.uniform(0.7, 0.97), len(paid), 8.0)
    why = scene.pretext("goods", "loan_repayment", "family") if is_person else "goods"
    scene.pay(scene.after(at[-1], 2, 120, len(paid)), account, paid, costs, "transfer", why)


@typology(
    "休眠激活",
    family="dormancy",
    source="T12; 2006办法 Art.11(4)",
    look_alike=returning_migrant,
    look_alike_label=("a migrant who comes home", "返乡人员重新用卡"),
    roles={"migrant": ("migrant", "返乡人员")},
)
def dormant_reactivation(scene: Scene) -> None:
    """Dormant reactivation.

    An account that has slept since at least 180 days before is tested with a transfer of a
    few yuan, unless the scheme is a careful one; within 72 hours times the scheme's pace
    money comes from 3 to 7 payers and 97 to 99.8 % of it leaves.
    """
    rng = scene.rng
    start, account = scene.start, scene.sleeper()
    senders = scene.outsiders(int(rng.integers(3, 8)))
    exits = scene.outsiders(int(rng.integers(1, 4)))
    scene.join(account, "card")
    scene.join(senders, "source")
    scene.join(exits, "exit")
    _try_out(scene, start, account, int(senders[0]), (1.0, 0.6, 0.0)[scene.sophistication])
    at = np.sort(scene.after(start, 1, 48 * scene.pace(), len(senders)))
    meant = rng.lognormal(7.8, 1.1, len(senders))
    sums = scene.pay(at, senders, account, meant, "transfer", scene.pretext("family", "goods"))
    if rng.random() < (0.3, 0.7, 1.0)[scene.sophistication]:
        _shop(scene, account, int(at[0]), 6, 3.8)
    leaves = scene.slices(sums.sum() * rng.uniform(0.97, 0.998), len(exits), 8.0)
    gone = scene.after(at[-1], 0.2, 20 * scene.pace(), len(exits))
    scene.pay(gone, account, exits, leaves, "transfer", scene.pretext("goods", "loan_repayment", "family"))
    scene.give_up(account)
