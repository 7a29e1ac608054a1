"""T07: money that comes back to where it started; family lending looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

FIRM_SHARE = 0.1  # of the plans whose customers are small firms (assumption)
SUM = (8.6, 1.1)  # log of yuan: median and spread


def _ring(scene: Scene, own: np.ndarray, others: int) -> np.ndarray:
    """Accounts in the order in which money passes, the first of them a customer."""
    ring = np.append(own[1:], scene.outsiders(others))
    return np.append(own[:1], scene.rng.permutation(ring))


def family_loan(scene: Scene) -> None:
    """Savings are lent within a family, passed on and paid back, less what was spent or forgiven."""
    rng = scene.rng
    own = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    ring = _ring(scene, own, int(rng.integers(1, 4)))
    scene.same_phone(own)
    # The one who lends has the money: a fund or a bonus was paid out, or a parent gave it.
    source, purpose = ("broker", "investment") if rng.random() < 0.6 else ("person", "family")
    at, lender = scene.start, scene.outsiders(1, source)[0]
    meant = rng.lognormal(*SUM) * scene.scale(ring[0])
    yuan = float(scene.pay(at, lender, ring[0], meant, "transfer", purpose))
    kept = rng.choice([1.0, 0.99, 0.98])
    is_family = scene.world.holder[ring[0]] == "person"
    why = (
        scene.pretext("family", "loan", "loan_repayment")
        if is_family
        else scene.pretext("loan", "loan_repayment")
    )
    for payer, payee in zip(ring, np.roll(ring, -1), strict=True):
        at = int(scene.after(at, 8, 160))
        yuan = scene.hop(at, payer, payee, yuan * rng.uniform(kept - 0.05, kept), why)
        scene.join([payer, payee] if scene.is_seen(payer, payee) else [], "relative")


@typology(
    "回流",
    family="round_trip",
    source="T07; AMLworld cycle; AMLTRIX T0039",
    look_alike=family_loan,
    look_alike_label=("lending within a family", "亲友间借款往来"),
    roles={"ring": ("ring", "环上账户")},
)
def cycle(scene: Scene) -> None:
    """Round trip.

    A sum from outside runs once to three times round a ring of 3 to 6 accounts, one or two of
    which bank here, within 1 to 30 days times the scheme's pace; each hop costs 0.2 to
    3 %, and the last returns it to the first.
    """
    rng = scene.rng
    own = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    ring = _ring(scene, own, int(rng.integers(2, 5)))
    scene.control(own)
    funder = scene.outsiders(1)[0]
    scene.join(funder, "funder")
    purposes = ("goods", "loan", "family", "unstated")
    at, meant = scene.start, rng.lognormal(*SUM) * scene.scale(ring[0])
    yuan = float(scene.pay(at, funder, ring[0], meant, "transfer", scene.pretext(*purposes)))
    for _ in range(int(rng.integers(1, 4))):
        for payer, payee in zip(ring, np.roll(ring, -1), strict=True):
            at = int(scene.after(at, 6, 30 * scene.pace()))
            yuan = scene.hop(at, payer, payee, yuan * rng.uniform(0.97, 0.998), scene.pretext_of(payer))
            scene.join([payer, payee] if scene.is_seen(payer, payee) else [], "ring")
