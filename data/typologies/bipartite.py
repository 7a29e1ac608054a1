"""T08: several pay several; market stalls and their wholesalers look alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

FIRM_SHARE = 0.15  # of the plans, between business accounts; the others between private ones (assumption)
FIRMS_PAID_SHARE = 0.4  # of the plans in which those paid elsewhere are companies (assumption)
CASH_SHARE = 0.3  # of the plans that are paid for in cash (assumption)
Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def _sides(scene: Scene, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that pay and accounts that are paid, 2 to 9 each; the first of each is a customer."""
    payers, payees = scene.rng.integers(2, 10, 2)
    elsewhere = scene.elsewhere(payees - 1, FIRMS_PAID_SHARE)
    others = scene.outsiders(payers + payees - 1)
    return np.append(own[:1], others[~np.isin(others, elsewhere)][: payers - 1]), np.append(
        own[1:], elsewhere
    )


def _fund(scene: Scene, opens: int, account: int, yuan: float, why: str, role: str | None) -> float:
    """Money comes in cash, or from somebody who joins in a role if there is one; the yuan."""
    if scene.rng.random() < CASH_SHARE:
        stated = "takings" if scene.world.holder[account] == "micro_business" else "cash"
        return float(scene.bring_cash(opens, account, yuan, stated).sum())
    funder = scene.outsiders(1)[0]
    scene.join([] if role is None else funder, role or "")
    return float(scene.pay(opens, funder, account, yuan, "transfer", why))


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
    # Not every stall holder has a business account.
    own = scene.traders(2, FIRM_SHARE)
    stalls, wholesalers = _sides(scene, own)
    source, target, yuan = _edges(scene, stalls, wholesalers)
    stall, wholesaler = own
    scene.join(stall, "stall")
    scene.join(wholesaler, "wholesaler")
    takings = yuan[source == stall].sum() * rng.uniform(1.0, 1.3)
    opens = int(scene.after(scene.start, 0.05, 1.5))
    maker = scene.elsewhere(1, FIRMS_PAID_SHARE)[0]
    came = _fund(scene, opens, int(stall), takings, "goods", None)
    yuan = np.where(source == stall, yuan * min(came / takings, 1.0), yuan)
    at = scene.meeting(scene.start, rng.uniform(1, 7), len(yuan), stall, wholesaler)
    why = scene.pretext("goods", "unstated")
    sold = scene.pay(at, source, target, yuan, "transfer", why)[target == wholesaler].sum()
    ordered = scene.after(at[target == wholesaler].max(), 1, 60, clock=scene.clock(wholesaler, maker))
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
    own = scene.participants(2, FIRM_SHARE)
    payers, payees = _sides(scene, own)
    payer, payee = own
    exit_account = scene.elsewhere(1, FIRMS_PAID_SHARE)[0]
    for accounts, role in ((payers, "payer"), (payees, "payee"), (exit_account, "exit")):
        scene.join(accounts, role)
    scene.control(own)
    source, target, yuan = _edges(scene, payers, payees)
    funds = yuan[source == payer].sum() * rng.uniform(1.02, 1.1)
    opens = int(scene.after(scene.start, 0.05, 1.5))
    came = _fund(
        scene, opens, int(payer), funds, scene.pretext("goods", "loan", "family", "unstated"), "funder"
    )
    # What the funder rounded away is not there to be paid out.
    yuan = np.where(source == payer, yuan * min(came / funds, 1.0), yuan)
    at = scene.meeting(scene.start, rng.uniform(1, 7) * scene.pace(), len(yuan), payer, payee)
    why = scene.pretext_of(int(payer))
    got = scene.pay(at, source, target, yuan, "transfer", why)[target == payee].sum()
    gone = scene.after(
        at[target == payee].max(), 1, 48 * scene.pace(), clock=scene.clock(payee, exit_account)
    )
    passed = got * rng.uniform(0.7, 0.99)
    scene.pay(gone, payee, exit_account, passed, "transfer", scene.pretext_of(int(payee)))
