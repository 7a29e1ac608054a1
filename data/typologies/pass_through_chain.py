"""T10: money runs through several accounts within hours; card repayment looks alike."""

from __future__ import annotations

import itertools

import numpy as np

from data.typologies import Scene, typology


def card_repayment(scene: Scene) -> None:
    """Two spouses move commissions and bonuses between them and repay the lender of their house."""
    rng = scene.rng
    own = scene.insiders(1 + int(rng.random() < 0.6))
    earner, spouse = own if len(own) == 2 else rng.permutation(np.append(own, scene.outsiders(1)))
    source, lender = scene.outsiders(1, "company")[0], scene.outsiders(1, "lender")[0]
    scene.join(np.array([earner, spouse]), "spouse")
    scene.same_phone(own)
    at, income = scene.start, max(scene.income(own[0]), 3_000)
    for _ in range(int(rng.integers(2, 5))):
        yuan = scene.hop(at, source, earner, income * rng.lognormal(0.0, 0.7), "payroll")
        first = int(scene.after(at, 0.3, 20))
        yuan = scene.hop(first, earner, spouse, yuan * rng.uniform(0.9, 1), "family")
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
    own = scene.recruits(1 + int(rng.random() < 0.5), firm_share=0.15)
    elsewhere = scene.outsiders(int(rng.integers(1, 3)))
    # Cards of this bank follow each other, somewhere in the chain.
    cards = np.insert(elsewhere, int(rng.integers(len(elsewhere) + 1)), own)
    exit_account = scene.outsiders(1)[0]
    scene.control(own)
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        victim = int(scene.public(2)[0])
        chain = [victim, *cards.tolist(), exit_account]
        hop, yuan = at, float(rng.lognormal(8.3, 1.1)) * scene.scale(int(own[0]))
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
