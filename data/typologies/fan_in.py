"""T03: many pay one, who passes it on; a group-buy leader looks alike."""

from __future__ import annotations

from data.typologies import Scene, typology


def group_buy(scene: Scene) -> None:
    """A group-buy leader gathers the price of some items each, less coupons, and pays the supplier."""
    rng = scene.rng
    leader = (scene.insiders(1) if rng.random() < 0.8 else scene.insiders(1, "micro_business"))[0]
    scene.join(leader, "leader")
    payers = scene.public(int(rng.integers(8, 31)))
    suppliers = scene.outsiders(int(rng.integers(1, 3)), "company" if rng.random() < 0.5 else "person")
    for begins in scene.rounds():
        items = rng.integers(1, 7, len(payers)) * rng.lognormal(4.6, 1.1)  # one price, several items
        meant = (items * rng.uniform(0.9, 1.0, len(payers))).clip(20, 30_000)
        at = scene.spread(begins, rng.uniform(1, 6), len(payers))
        amounts = scene.pay(at, payers, leader, meant, "transfer", scene.pretext("goods", "unstated"))
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

    One to four times, some weeks apart, 8 to 30 payers send money to one account over 1 to
    5 days; one or two payments take 97 to 99.8 % of it away within a day after. Times hold
    times the scheme's pace.
    """
    rng = scene.rng
    collector = scene.recruits(1, firm_share=0.2)[0]
    scene.join(collector, "collector")
    payers = scene.public(int(rng.integers(8, 31)))
    boss = scene.outsiders(int(rng.integers(1, 3)))
    scene.join(payers[~scene.is_inside(payers)], "payer")
    scene.join(boss, "beneficiary")
    for begins in scene.rounds(10, (1, 8)):
        total = rng.lognormal(9.2, 1.0) * scene.scale(collector)
        meant = scene.slices(total, len(payers), 1.0)
        at = scene.spread(begins, rng.uniform(1, 4) * scene.pace(), len(payers))
        amounts = scene.pay(
            at, payers, collector, meant, "transfer", scene.pretext("goods", "family", "unstated")
        )
        leaves = scene.slices(amounts.sum() * rng.uniform(0.97, 0.998), len(boss), 2.0)
        gone = scene.after(at[-1], 0.5, 20 * scene.pace(), len(boss), scene.clock(collector, boss[0]))
        why = scene.pretext_of(collector)
        scene.pay(gone, collector, boss, leaves, "transfer", why)
