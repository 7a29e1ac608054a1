"""T08: several pay several; market stalls and their wholesalers look alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.world.calendar import OFFICE

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def _edges(scene: Scene, payers: np.ndarray, payees: np.ndarray) -> Edges:
    """Payers, payees and yuan of a full or partial graph, as far as the bank sees it.

    The first account of each side is a customer and deals with everybody.
    """
    rng = scene.rng
    is_paid = rng.random((len(payers), len(payees))) < rng.uniform(0.5, 1.0)
    is_paid[0, :] = is_paid[:, 0] = True
    is_paid &= scene.is_inside(payers)[:, None] | scene.is_inside(payees)[None, :]
    source, target = np.nonzero(is_paid)
    yuan = rng.lognormal(7.3, 1.2, len(source)).clip(50, 49_900) * scene.scale(int(payers[0]))
    shuffled = rng.permutation(len(source))
    return payers[source[shuffled]], payees[target[shuffled]], yuan


def wholesale_market(scene: Scene) -> None:
    """A stall of a market pays in its takings and pays several wholesalers, one of whom banks here too."""
    rng = scene.rng
    payers, payees = rng.integers(2, 10, 2)
    # Not every stall holder has a business account.
    own = scene.insiders(2, "micro_business") if rng.random() < 0.6 else scene.traders(2)
    stalls = np.append(own[:1], scene.outsiders(payers - 1))
    wholesalers = np.append(own[1:], scene.outsiders(payees - 1, "company"))
    source, target, yuan = _edges(scene, stalls, wholesalers)
    stall, wholesaler = own
    scene.join(stall, "stall")
    scene.join(wholesaler, "wholesaler")
    takings = yuan[source == stall].sum() * rng.uniform(1.0, 1.3)
    opens = scene.after(scene.start, 0.05, 1.5)
    if rng.random() < 0.5:
        scene.bring_cash(opens, stall, takings, "takings")
    else:
        scene.pay(opens, scene.outsiders(1), stall, takings * 1.2, "transfer", "goods")
    at = scene.office(scene.start, rng.uniform(1, 7), len(yuan))
    sold = scene.pay(at, source, target, yuan, "transfer", "goods")[target == wholesaler].sum()
    ordered = scene.after(at[target == wholesaler].max(), 1, 60, clock=OFFICE)
    maker = scene.outsiders(1, "company")
    scene.pay(ordered, wholesaler, maker, sold * rng.uniform(0.6, 0.97), "transfer", "supplies")


@typology(
    "二部转账",
    family="network",
    source="T08; AMLworld bipartite",
    look_alike=wholesale_market,
    look_alike_label=("market stalls and their wholesalers", "市场摊主向批发商付款"),
    roles={"stall": ("stall", "摊主")},
)
def bipartite(scene: Scene) -> None:
    """Bipartite.

    2 to 9 payers, one of them a customer funded from outside, pay 2 to 9 payees, one of
    them a customer, within 1 to 7 days, every pair or most of them; the customer who is
    paid passes 70 to 99 % on.
    """
    rng = scene.rng
    payer_count, payee_count = rng.integers(2, 10, 2)
    own = scene.recruits(2)
    outside = scene.outsiders(payer_count + payee_count)
    payers = np.append(own[:1], outside[2 : 1 + payer_count])
    payees = np.append(own[1:], outside[1 + payer_count :])
    (payer, payee), (funder, exit_account) = own, outside[:2]
    for accounts, role in ((payers, "payer"), (payees, "payee"), (funder, "funder"), (exit_account, "exit")):
        scene.join(accounts, role)
    scene.control(own)
    source, target, yuan = _edges(scene, payers, payees)
    purposes = ("goods", "loan", "family", "unstated")
    funds = yuan[source == payer].sum() * rng.uniform(1.02, 1.1)
    opens = scene.after(scene.start, 0.05, 1.5)
    came = float(scene.pay(opens, funder, payer, funds, "transfer", scene.pretext(*purposes)))
    # What the funder rounded away is not there to be paid out.
    yuan = np.where(source == payer, yuan * min(came / funds, 1.0), yuan)
    at = scene.waking(scene.start, rng.uniform(1, 7) * scene.pace(), len(yuan))
    got = scene.pay(at, source, target, yuan, "transfer", scene.pretext(*purposes))[target == payee].sum()
    gone = scene.after(at[target == payee].max(), 1, 48 * scene.pace())
    passed = got * rng.uniform(0.7, 0.99)
    scene.pay(gone, payee, exit_account, passed, "transfer", scene.pretext(*purposes))
