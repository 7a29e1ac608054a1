"""T10: money runs through several accounts within hours; card repayment looks alike."""

from __future__ import annotations

import itertools

import numpy as np

from data.typologies import Scene, typology


def card_repayment(scene: Scene) -> None:
    """Two spouses move commissions and bonuses between them and repay a lender at once."""
    rng = scene.rng
    earner, spouse = scene.insiders(2)
    source, lender = scene.outsiders(1, "company"), scene.outsiders(1, "lender")
    scene.join(np.array([earner, spouse]), "spouse")
    scene.same_phone(np.array([earner, spouse]))
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        yuan = float(scene.rounded(max(scene.income(earner), 3_000) * rng.lognormal(0.2, 0.75)))
        scene.pay(at, source, earner, yuan, "transfer", scene.stated("payroll"))
        first = at + int(scene.later(0.3, 20))
        yuan = float(scene.rounded(yuan * rng.uniform(0.9, 1)))
        scene.pay(first, earner, spouse, yuan, "transfer", "family")
        yuan = float(scene.rounded(yuan * rng.uniform(0.85, 0.99)))
        scene.pay(first + int(scene.later(0.3, 20)), spouse, lender, yuan, "transfer", "loan_repayment")
        at += int(scene.later(48, 400))


@typology("快速过渡链", family="pass_through", source="T10; 银发〔2016〕261号", look_alike=card_repayment)
def pass_through_chain(scene: Scene) -> None:
    """Rapid pass-through chain.

    Each pulse of money enters a first account and runs through one to three more,
    3 minutes to 5 hours a hop times the scheme's pace; a small fee stays at each; the end
    is cash or outside.
    """
    rng = scene.rng
    cards = scene.recruits(int(rng.integers(2, 5)), firm_share=0.15)
    exit_account = scene.outsiders(1)
    scene.join(cards, "card")
    scene.control(cards)
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        victim = scene.outsiders(1)
        scene.join(victim[~np.isin(victim, [m for m, _ in scene.members])], "source")
        yuan = float(scene.rounded(rng.lognormal(9.2, 0.8)))
        scene.pay(at, victim, cards[0], yuan, "transfer", scene.pretext("goods", "loan"))
        hop = at
        for payer, payee in itertools.pairwise(cards):
            hop += int(scene.later(0.05, 4 * scene.pace()))
            yuan = float(np.maximum(scene.rounded(yuan * rng.uniform(0.95, 0.995)), yuan * 0.93))
            scene.pay(hop, payer, payee, yuan, "transfer", scene.pretext("goods", "family"))
        hop += int(scene.later(0.05, 5 * scene.pace()))
        yuan *= rng.uniform(0.93, 0.99)
        if rng.random() < 0.25:
            city, notes = scene.home(cards[-1]), max(round(yuan, -2) - 100, 100.0)
            scene.pay(hop, cards[-1], scene.desk(city), notes, "cash_withdrawal", "cash", city)
        else:
            scene.join(exit_account, "exit")
            scene.pay(hop, cards[-1], exit_account, yuan, "transfer", scene.pretext("goods", "loan"))
        at += int(scene.later(4, 40 * scene.pace()))
    scene.give_up(cards)
