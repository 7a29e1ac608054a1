"""T05: gathered from several, scattered to several; an online seller looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology

FIRM_SHARE = 0.12  # of hubs and sellers, small firms (assumption)
FIRMS_PAID_SHARE = 0.25  # of the plans in which those paid are companies (assumption)
SUM = (9.1, 1.0)  # log of the yuan of a round: median and spread, before the scale of the hub


def _total(scene: Scene, hub: int) -> float:
    return float(scene.rng.lognormal(*SUM)) * scene.scale(hub)


def _parties(scene: Scene) -> int:
    """3 to 18 parties on one side of the hub."""
    return int(scene.rng.integers(3, 19))


def online_seller(scene: Scene) -> None:
    """A seller on a marketplace is paid for orders and pays the suppliers who ship them."""
    rng = scene.rng
    seller = scene.traders(1, FIRM_SHARE)[0]
    scene.join(seller, "seller")
    orders_count, supplier_count = _parties(scene), _parties(scene)
    persons = scene.public(orders_count + supplier_count)
    # Small makers are paid on a private account.
    is_small = rng.random() >= FIRMS_PAID_SHARE
    buyers = persons[:orders_count]
    suppliers = persons[orders_count:] if is_small else scene.outsiders(supplier_count, "company")
    clock = scene.clock(seller, suppliers[0])
    why = scene.pretext("goods", "unstated")
    for begins in scene.rounds():
        buyers = scene.next_round(buyers, but=suppliers)
        suppliers = scene.next_round(suppliers, but=buyers) if is_small else scene.others_like(suppliers)
        meant = scene.slices(_total(scene, seller), len(buyers), 1.0)
        at = scene.meeting(begins, rng.uniform(0.6, 4), len(buyers), buyers[0], seller)
        orders = scene.pay(at, buyers, seller, meant, "transfer", why)
        costs = scene.portions(orders.sum() * rng.uniform(0.78, 0.99), len(suppliers), 1.0)
        ready = int(scene.after(at[-1], 0.5, 48))
        shipped = scene.after(ready, 0.02, 14, len(suppliers), clock)
        scene.pay(shipped, seller, suppliers, costs, "transfer", "goods")


@typology(
    "归集后分散",
    family="pass_through",
    source="T05; AMLworld gather-scatter",
    look_alike=online_seller,
    look_alike_label=("an online seller who pays suppliers", "网店收款后支付供货商"),
    roles={"hub": ("hub", "中转账户")},
)
def gather_scatter(scene: Scene) -> None:
    """Gather-scatter.

    Up to ten times, days or weeks apart, 3 to 18 payers send money to one hub within 4 days;
    it rests 0.5 to 48 hours and then goes to 3 to 18 payees, one of them perhaps a mule at
    the same bank; 0.2 to 3 % stays behind.
    """
    rng = scene.rng
    own = scene.participants(1 + int(rng.random() < 0.4), FIRM_SHARE)
    hub, mules = own[0], own[1:]
    payer_count, payee_count = _parties(scene), _parties(scene)
    scene.join(hub, "hub")
    scene.join(mules, "mule")
    is_firms = rng.random() < FIRMS_PAID_SHARE
    persons = scene.public(payer_count + payee_count)
    payers, payees = np.split(persons, [payer_count])
    if is_firms:
        payees = scene.outsiders(payee_count, "company")
    scene.control(own)
    for begins in scene.rounds(*ROUNDS):
        payers = scene.next_round(payers, but=payees)
        payees = scene.others_like(payees) if is_firms else scene.next_round(payees, but=payers)
        payees[: len(mules)] = mules
        scene.join(payers[~scene.is_inside(payers)], "payer")
        scene.join(payees[~scene.is_inside(payees)], "payee")
        meant = scene.slices(_total(scene, hub), len(payers), 1.0)
        at = scene.meeting(begins, rng.uniform(0.6, 4) * scene.pace(), len(payers), payers[0], hub)
        credits = scene.pay(
            at, payers, hub, meant, "transfer", scene.pretext("goods", "loan", "family", "unstated")
        )
        leaves = scene.portions(credits.sum() * rng.uniform(0.97, 0.998), len(payees), 1.0)
        ready = int(scene.after(at[-1], 0.5, 12 * scene.pace()))
        gone = scene.after(ready, 0.02, 8 * scene.pace(), len(payees), scene.clock(hub, payees[-1]))
        why = scene.pretext_of(hub)
        scene.pay(gone, hub, payees, leaves, "transfer", why)
