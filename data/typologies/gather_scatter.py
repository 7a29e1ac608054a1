"""T05: gathered from several, scattered to several; an online seller looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _parties(scene: Scene) -> int:
    """3 to 18 parties on one side of the hub."""
    return int(scene.rng.integers(3, 19))


def online_seller(scene: Scene) -> None:
    """A seller on a marketplace is paid for orders and pays the suppliers who ship them."""
    rng = scene.rng
    kind = "person" if rng.random() < 0.6 else "micro_business"
    seller = scene.insiders(1, kind)[0]
    scene.join(seller, "seller")
    orders_count, supplier_count = _parties(scene), _parties(scene)
    persons = scene.outsiders(orders_count + supplier_count)
    # Small makers are paid on a private account.
    is_small = rng.random() < 0.5
    buyers = persons[:orders_count]
    suppliers = persons[orders_count:] if is_small else scene.outsiders(supplier_count, "company")
    orders = scene.slices(rng.lognormal(10.9, 0.7), len(buyers), 6.0)
    at = scene.waking(scene.start, rng.uniform(0.6, 4), len(buyers))
    scene.pay(at, buyers, seller, orders, "transfer", scene.stated("goods"))
    costs = scene.portions(orders.sum() * rng.uniform(0.78, 0.97), len(suppliers), 6.0)
    shipped = scene.by_day(at[-1] + scene.later(0.5, 48) + scene.later(0.02, 14, len(suppliers)))
    scene.pay(shipped, seller, suppliers, costs, "transfer", scene.stated("goods"))


@typology(
    "归集后分散", family="pass_through", source="T05; AMLworld gather-scatter", look_alike=online_seller
)
def gather_scatter(scene: Scene) -> None:
    """Gather-scatter.

    3 to 18 payers send money to one hub within 4 days; it rests 0.5 to 48 hours and then
    goes to 3 to 18 payees, some of them mules at the same bank; 1 to 10 % stays behind.
    """
    rng = scene.rng
    scene.begin_within(5 * scene.pace() + 4)
    count = _parties(scene)
    own = scene.recruits(1 + int(rng.integers(0, 3)))
    hub, mules = own[0], own[1:]
    outside = scene.outsiders(_parties(scene) + count - len(mules))
    payees = np.append(mules, outside[: count - len(mules)])
    payers = outside[count - len(mules) :]
    scene.join(hub, "hub")
    scene.join(payers, "payer")
    scene.join(mules, "mule")
    scene.control(own)
    scene.join(payees[~np.isin(payees, mules)], "payee")
    scene.warm_up(hub)
    credits = scene.slices(rng.lognormal(10.9, 0.7), len(payers), 6.0)
    at = scene.waking(scene.start, rng.uniform(0.6, 4) * scene.pace(), len(payers))
    for moment, payer, yuan in zip(at, payers, credits, strict=True):
        scene.pay(moment, payer, hub, yuan, "transfer", scene.pretext("goods", "loan"))
    leaves = scene.portions(credits.sum() * rng.uniform(0.9, 0.99), len(payees), 6.0)
    between = scene.later(0.02, 8 * scene.pace(), len(payees))
    gone = scene.by_day(at[-1] + scene.later(0.5, 12 * scene.pace()) + between - between.min())
    scene.pay(gone, hub, payees, leaves, "transfer", scene.pretext("goods", "loan"))
