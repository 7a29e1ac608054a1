"""T08: several pay several; market stalls and their wholesalers look alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def _sizes(scene: Scene) -> tuple[int, int, int, int]:
    """How many pay and are paid, 2 to 9 each, and how many of each side are customers."""
    rng = scene.rng
    payers, payees = rng.integers(2, 10, 2)
    own_payers, own_payees = rng.integers(1, min(payers, 3) + 1), rng.integers(1, min(payees, 3) + 1)
    return int(payers), int(payees), int(own_payers), int(own_payees)


def _edges(scene: Scene, payers: np.ndarray, payees: np.ndarray) -> Edges:
    """Payers, payees and yuan of a full or partial graph, as far as the bank sees it.

    The first account of each side is a customer and deals with everybody.
    """
    rng = scene.rng
    is_paid = rng.random((len(payers), len(payees))) < rng.uniform(0.5, 1.0)
    is_paid[0, :] = is_paid[:, 0] = True
    is_paid &= scene.is_inside(payers)[:, None] | scene.is_inside(payees)[None, :]
    source, target = np.nonzero(is_paid)
    yuan = rng.lognormal(8.7, 0.7, len(source)).clip(300, 49_900)
    shuffled = rng.permutation(len(source))
    return payers[source[shuffled]], payees[target[shuffled]], yuan


def wholesale_market(scene: Scene) -> None:
    """The stalls of a market pay in their takings and pay several wholesalers each."""
    rng = scene.rng
    payers, payees, own_payers, own_payees = _sizes(scene)
    # Not every stall holder has a business account.
    own = scene.insiders(own_payers + own_payees, "micro_business" if rng.random() < 0.6 else "person")
    stalls = np.append(own[:own_payers], scene.outsiders(payers - own_payers, "merchant"))
    wholesalers = np.append(own[own_payers:], scene.outsiders(payees - own_payees, "company"))
    source, target, yuan = _edges(scene, stalls, wholesalers)
    scene.join(own[:own_payers], "stall")
    scene.join(own[own_payers:], "wholesaler")
    for stall in own[:own_payers]:
        takings = float(scene.rounded(yuan[source == stall].sum() * rng.uniform(1.0, 1.3)) + 100)
        at, city = scene.start + scene.later(0.05, 1.5), scene.home(stall)
        if rng.random() < 0.5:
            scene.pay(
                at, scene.desk(city), stall, takings // 100 * 100 + 100, "cash_deposit", "takings", city
            )
        else:
            scene.pay(at, scene.outsiders(1), stall, takings, "transfer", scene.stated("goods"))
    at = scene.waking(scene.start, rng.uniform(1, 7), len(yuan))
    yuan = scene.rounded(yuan)
    scene.pay(at, source, target, yuan, "transfer", scene.stated("goods"))
    for wholesaler in own[own_payers:]:
        maker, sold = scene.outsiders(1, "company"), target == wholesaler
        paid = scene.rounded(yuan[sold].sum() * rng.uniform(0.6, 0.95))
        ordered = scene.by_day(at[sold].max() + scene.later(1, 60))
        scene.pay(ordered, wholesaler, maker, paid, "transfer", scene.stated("supplies"))


@typology("二部转账", family="network", source="T08; AMLworld bipartite", look_alike=wholesale_market)
def bipartite(scene: Scene) -> None:
    """Bipartite.

    2 to 9 payers, those at this bank funded from outside, pay 2 to 9 payees within 1 to 7
    days, every pair or most of them; the customers among the payees pass 70 to 95 % on.
    """
    rng = scene.rng
    scene.begin_within(10 * scene.pace())
    payer_count, payee_count, own_payers, own_payees = _sizes(scene)
    own = scene.recruits(own_payers + own_payees)
    outside = scene.outsiders(payer_count + payee_count - len(own) + 2)
    payers = np.append(own[:own_payers], outside[2 : 2 + payer_count - own_payers])
    payees = np.append(own[own_payers:], outside[2 + payer_count - own_payers :])
    funder, exit_account = outside[:2]
    for accounts, role in ((payers, "payer"), (payees, "payee"), (funder, "funder"), (exit_account, "exit")):
        scene.join(accounts, role)
    scene.warm_up(own)
    scene.control(own)
    source, target, yuan = _edges(scene, payers, payees)
    yuan = scene.rounded(yuan)
    for payer in own[:own_payers]:
        funds = yuan[source == payer].sum() * rng.uniform(1.02, 1.06)
        scene.pay(scene.start + scene.later(0.05, 1.5), funder, payer, scene.rounded(np.array(funds)) + 100)
    at = scene.waking(scene.start, rng.uniform(1, 7) * scene.pace(), len(yuan))
    for moment, payer, payee, paid in zip(at, source, target, yuan, strict=True):
        scene.pay(moment, payer, payee, paid, "transfer", scene.pretext("goods", "loan", "family"))
    for payee in own[own_payers:]:
        got = target == payee
        passed = scene.portions(yuan[got].sum() * rng.uniform(0.7, 0.95), 1, 1.0)
        gone = scene.by_day(at[got].max() + scene.later(1, 48 * scene.pace()))
        scene.pay(gone, payee, exit_account, passed)
