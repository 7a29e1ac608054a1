"""T10: money runs through several accounts within hours; card repayment looks alike."""

from __future__ import annotations

import itertools

import numpy as np

from data.typologies import Scene, typology

FIRM_SHARE = 0.1  # of the plans whose customers are small firms (assumption)
FIRM_PAYS_SHARE = 0.35  # of those whose money it was, companies (assumption)
FIRM_PAID_SHARE = 0.25  # of those who get it in the end, companies (assumption)
SUM = (8.1, 1.1)  # log of the yuan of a pulse: median and spread, before the scale of the first customer


def _sum(scene: Scene, first: int) -> float:
    return float(scene.rng.lognormal(*SUM)) * scene.scale(first)


def card_repayment(scene: Scene) -> None:
    """Two spouses move commissions and bonuses between them and repay the lender of their house."""
    rng = scene.rng
    own = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    earner, spouse = own if len(own) == 2 else rng.permutation(np.append(own, scene.outsiders(1)))
    source = scene.elsewhere(1, FIRM_PAYS_SHARE)[0]
    lender = scene.outsiders(1, "lender")[0] if rng.random() < 0.3 else scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    if lender == source or lender in (earner, spouse):
        lender = scene.outsiders(1, "lender")[0]
    between = "family" if scene.world.holder[own[0]] == "person" else "loan"
    came = "payroll" if scene.world.holder[source] == "company" and rng.random() < 0.5 else "goods"
    scene.join(np.array([earner, spouse]), "spouse")
    scene.same_phone(own)
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        yuan = scene.hop(at, source, earner, _sum(scene, int(own[0])), came)
        first = int(scene.after(at, 0.3, 20))
        yuan = scene.hop(first, earner, spouse, yuan * rng.uniform(0.9, 1), between)
        second = int(scene.after(first, 0.3, 20))
        scene.hop(second, spouse, lender, yuan * rng.uniform(0.85, 0.99), "loan_repayment")
        at = int(scene.after(second, 48, 400))


@typology(
    "快速过渡链",
    family="pass_through",
    source="T10; 银发〔2016〕261号",
    look_alike=card_repayment,
    look_alike_label=("spouses who repay a loan", "夫妻转账归还房贷"),
)
def pass_through_chain(scene: Scene) -> None:
    """Rapid pass-through chain.

    Each pulse of money runs through two to four accounts, one or two of which bank here, 3
    minutes to 5 hours a hop times the scheme's pace; a fee of 0.2 to 3 % stays at each; the
    end is cash or another bank.
    """
    rng = scene.rng
    own = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    elsewhere = scene.outsiders(int(rng.integers(1, 3)))
    # Cards of this bank follow each other, somewhere in the chain.
    cards = np.insert(elsewhere, int(rng.integers(len(elsewhere) + 1)), own)
    exit_account = scene.elsewhere(1, FIRM_PAID_SHARE)[0]
    scene.control(own)
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        is_firm = rng.random() < FIRM_PAYS_SHARE
        victim = int(scene.outsiders(1, "company")[0] if is_firm else scene.public(2)[0])
        chain = [victim, *cards.tolist(), exit_account]
        hop, yuan = at, _sum(scene, int(own[0]))
        is_cash = scene.is_inside(cards[-1]) and rng.random() < 0.25
        for payer, payee in itertools.pairwise(chain[:-1] if is_cash else chain):
            yuan = scene.hop(hop, payer, payee, yuan, scene.pretext_of(payer))
            if scene.is_seen(payer, payee):
                scene.join([a for a in (payer, payee) if a in cards], "card")
                scene.join([a for a in (payer,) if a == victim and a not in scene.bystanders], "source")
                scene.join([a for a in (payee,) if a == exit_account], "exit")
            yuan *= rng.uniform(0.97, 0.998)
            hop = int(scene.after(hop, 0.05, 5 * scene.pace()))
        if is_cash and yuan >= 100:
            scene.fetch_cash(hop, int(cards[-1]), yuan)
        at = int(scene.after(hop, 4, 240 * scene.pace()))
    scene.give_up(own)
