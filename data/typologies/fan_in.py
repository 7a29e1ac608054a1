"""T03: many pay one, who passes it on; a group-buy leader looks alike."""

from __future__ import annotations

from data.typologies import Scene, typology


def group_buy(scene: Scene) -> None:
    """A group-buy leader gathers the price of some items each, less coupons, and pays the supplier."""
    rng = scene.rng
    leader = scene.insiders(1, "person" if rng.random() < 0.8 else "micro_business")[0]
    count = int(rng.integers(8, 35))
    payers = scene.outsiders(count)
    neighbours = scene.insiders(max(count // 4, 1))
    neighbours = neighbours[neighbours != leader]
    payers[: len(neighbours)] = neighbours
    scene.join(leader, "leader")
    items = rng.integers(2, 7, count) * rng.lognormal(6.15, 0.7)  # one price, several items
    amounts = scene.rounded((items * rng.uniform(0.9, 1.0, count)).clip(50, 30_000))
    at = scene.spread(scene.start, rng.uniform(1, 6), count)
    scene.pay(at, payers, leader, amounts, "transfer", scene.stated("goods"))
    suppliers = scene.outsiders(int(rng.integers(1, 3)), "company")
    costs = scene.slices(amounts.sum() * rng.uniform(0.82, 0.97), len(suppliers), 8.0)
    ordered = scene.by_day(at[-1] + scene.later(2, 72, len(suppliers)))
    scene.pay(ordered, leader, suppliers, costs, "transfer", scene.stated("supplies", 0.8))


@typology("归集", family="fan_in", source="T03; AMLworld fan-in", look_alike=group_buy)
def fan_in(scene: Scene) -> None:
    """Fan-in collector.

    8 to 30 payers send money to one account over 1 to 5 days; one or two payments take
    nearly all of it away within a day after. Times hold times the scheme's pace.
    """
    rng = scene.rng
    collector = scene.recruits(1, firm_share=0.2)[0]
    payers = scene.outsiders(int(rng.integers(8, 31)))
    boss = scene.outsiders(int(rng.integers(1, 3)))
    scene.join(collector, "collector")
    scene.join(payers, "payer")
    scene.join(boss, "beneficiary")
    amounts = scene.slices(rng.lognormal(10.7, 0.7), len(payers), 8.0)
    at = scene.spread(scene.start, rng.uniform(1, 4) * scene.pace(), len(payers))
    scene.pay(at, payers, collector, amounts, "transfer", scene.pretext("goods", "family"))
    purpose = scene.pretext("supplies", "goods", "loan_repayment")
    leaves = scene.slices(amounts.sum() * rng.uniform(0.9, 0.98), len(boss), 8.0)
    scene.pay(
        at[-1] + scene.later(0.5, 20 * scene.pace(), len(boss)), collector, boss, leaves, "transfer", purpose
    )
