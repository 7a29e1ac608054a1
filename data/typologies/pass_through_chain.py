"""T10: money runs through several accounts within hours; card repayment looks alike."""

from __future__ import annotations

import itertools

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology


def card_repayment(scene: Scene) -> None:
    """Two spouses move a bonus or a short loan between them and repay a lender at once."""
    rng = scene.rng
    earner, spouse = scene.insiders(2)
    source, lender = scene.outsiders(1, "company"), scene.outsiders(1, "lender")
    scene.join(np.array([earner, spouse]), "spouse")
    for month in range(int(rng.integers(1, 4))):
        at = scene.start + month * 30 * DAY_US
        if at > scene.calendar.start_us + (scene.calendar.days - 3) * DAY_US:
            break
        yuan = round(scene.income(earner) * rng.uniform(0.8, 4), -2)
        scene.pay(at, source, earner, yuan)
        first = at + int(scene.later(0.3, 20))
        scene.pay(first, earner, spouse, yuan * rng.uniform(0.7, 1), "transfer", "family")
        repaid = yuan * rng.uniform(0.5, 0.7)
        scene.pay(first + int(scene.later(0.3, 20)), spouse, lender, repaid, "transfer", "loan_repayment")


@typology("快速过渡链", family="pass_through", source="T10; 银发〔2016〕261号", look_alike=card_repayment)
def pass_through_chain(scene: Scene) -> None:
    """Rapid pass-through chain.

    Each pulse of money enters a first account and runs through one to three more,
    3 minutes to 5 hours a hop times the scheme's pace; a small fee stays at each; the end
    is cash or outside.
    """
    rng = scene.rng
    cards = scene.recruits(int(rng.integers(2, 5)))
    exit_account = scene.outsiders(1)
    scene.join(cards, "card")
    at = scene.start
    for _ in range(int(rng.integers(2, 6))):
        victim = scene.outsiders(1)
        scene.join(victim[~np.isin(victim, [m for m, _ in scene.members])], "source")
        yuan = float(scene.rounded(np.array(rng.lognormal(9.2, 0.8))))
        scene.pay(at, victim, cards[0], yuan)
        hop = at
        for payer, payee in itertools.pairwise(cards):
            hop += int(scene.later(0.05, 4 * scene.pace()))
            yuan *= rng.uniform(0.95, 0.995)
            scene.pay(hop, payer, payee, yuan)
        hop += int(scene.later(0.05, 5 * scene.pace()))
        yuan *= rng.uniform(0.93, 0.99)
        if rng.random() < 0.25:
            city, notes = scene.home(cards[-1]), max(round(yuan, -2) - 100, 100.0)
            scene.pay(hop, cards[-1], scene.desk(city), notes, "cash_withdrawal", "cash", city)
        else:
            scene.join(exit_account, "exit")
            scene.pay(hop, cards[-1], exit_account, yuan)
        at += int(scene.later(4, 40 * scene.pace()))
