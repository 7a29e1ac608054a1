"""T03: many pay one, who passes it on; a group-buy leader looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology

FIRM_SHARE = 0.1  # of collectors and leaders, small firms (assumption)
FIRM_PAID_SHARE = 0.3  # of those who get the money in the end, companies (assumption)
SUM = (8.9, 1.0)  # log of the yuan of a round: median and spread, before the scale of the collector
DEAREST = 6  # items of one price that a buyer takes, at most


def _total(scene: Scene, collector: int) -> float:
    return float(scene.rng.lognormal(*SUM)) * scene.scale(collector)


def group_buy(scene: Scene) -> None:
    """A group-buy leader gathers the price of some items each, less coupons, and pays the supplier."""
    rng = scene.rng
    leader = scene.participants(1, FIRM_SHARE)[0]
    scene.join(leader, "leader")
    payers = scene.public(int(rng.integers(8, 31)))
    suppliers = scene.elsewhere(int(rng.integers(1, 3)), FIRM_PAID_SHARE)
    for begins in scene.rounds():
        payers = scene.next_round(payers)
        items = np.minimum(rng.geometric(0.5, len(payers)), DEAREST)  # one price, several items
        prices = _total(scene, leader) * items / items.sum()
        meant = (prices * rng.uniform(0.9, 1.0, len(payers))).clip(20, 30_000)
        at = scene.spread(begins, rng.uniform(1, 6), len(payers))
        amounts = scene.pay(at, payers, leader, meant, "transfer", scene.pretext("goods", "unstated"))
        suppliers = scene.others_like(suppliers)
        costs = scene.slices(amounts.sum() * rng.uniform(0.82, 0.99), len(suppliers), 2.0)
        ordered = scene.after(at[-1], 1, 72, len(suppliers), scene.clock(leader, suppliers[0]))
        scene.pay(ordered, leader, suppliers, costs, "transfer", "supplies")


@typology(
    "归集",
    family="fan_in",
    source="T03; AMLworld fan-in",
    look_alike=group_buy,
    look_alike_label=("a group-buy leader who collects", "团购团长代收货款"),
    roles={"leader": ("leader", "团长")},
)
def fan_in(scene: Scene) -> None:
    """Fan-in collector.

    Up to ten times, days or weeks apart, 8 to 30 payers send money to one account over 1 to
    5 days; one or two payments take 97 to 99.8 % of it away within a day after. Times hold
    times the scheme's pace.
    """
    rng = scene.rng
    collector = scene.participants(1, FIRM_SHARE)[0]
    scene.join(collector, "collector")
    payers = scene.public(int(rng.integers(8, 31)))
    boss = scene.elsewhere(int(rng.integers(1, 3)), FIRM_PAID_SHARE)
    for begins in scene.rounds(*ROUNDS):
        payers = scene.next_round(payers)
        scene.join(payers[~scene.is_inside(payers)], "payer")
        boss = scene.others_like(boss)
        scene.join(boss, "beneficiary")
        meant = scene.slices(_total(scene, collector), len(payers), 1.0)
        at = scene.spread(begins, rng.uniform(1, 4) * scene.pace(), len(payers))
        amounts = scene.pay(
            at, payers, collector, meant, "transfer", scene.pretext("goods", "family", "unstated")
        )
        leaves = scene.slices(amounts.sum() * rng.uniform(0.97, 0.998), len(boss), 2.0)
        gone = scene.after(at[-1], 0.5, 20 * scene.pace(), len(boss), scene.clock(collector, boss[0]))
        why = scene.pretext_of(collector)
        scene.pay(gone, collector, boss, leaves, "transfer", why)
