"""T07: money that comes back to where it started; family lending looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def family_loan(scene: Scene) -> None:
    """Savings are lent within a family, passed on and paid back, less what was spent or forgiven."""
    rng = scene.rng
    relatives = scene.insiders(int(rng.integers(2, 6)))
    scene.join(relatives, "relative")
    scene.same_phone(relatives[:3])
    yuan = float(scene.rounded(rng.lognormal(9.9, 0.8)))
    # The one who lends has the money: a fund or a bonus was paid out, or a parent gave it.
    source, purpose = ("broker", "investment") if rng.random() < 0.6 else ("person", "family")
    at = scene.start
    scene.pay(at, scene.outsiders(1, source), relatives[0], yuan, "transfer", scene.stated(purpose))
    kept = rng.choice([1.0, 0.99, 0.98, 0.97])
    for payer, payee in zip(relatives, np.roll(relatives, -1), strict=True):
        at += int(scene.later(10, 160))
        yuan = float(scene.rounded(yuan * rng.uniform(kept - 0.05, kept)))
        scene.pay(at, payer, payee, yuan, "transfer", scene.stated("family", 0.7))


@typology("回流", family="round_trip", source="T07; AMLworld cycle; AMLTRIX T0039", look_alike=family_loan)
def cycle(scene: Scene) -> None:
    """Round trip.

    A sum from outside runs once or twice round a ring of 3 to 6 accounts, one of them
    possibly at another bank, within 1 to 20 days times the scheme's pace; each hop keeps
    93 to 99 %, and the last returns it to the first.
    """
    rng = scene.rng
    ring = scene.recruits(int(rng.integers(3, 6)), firm_share=0.15)
    scene.join(ring, "ring")
    scene.control(ring)
    if rng.random() < 0.35:
        stop = scene.outsiders(1)
        scene.join(stop, "ring")
        ring = np.insert(ring, int(rng.integers(1, len(ring))), stop)
    funder = scene.outsiders(1)
    scene.join(funder, "funder")
    purposes = ("goods", "loan", "family")
    yuan = float(scene.rounded(rng.lognormal(9.9, 0.8)))
    at = scene.start
    scene.pay(at, funder, ring[0], yuan, "transfer", scene.pretext(*purposes))
    for _ in range(int(rng.integers(1, 3))):
        for payer, payee in zip(ring, np.roll(ring, -1), strict=True):
            at += int(scene.later(8, 30 * scene.pace()))
            passed = yuan * rng.uniform(0.95, 0.99)
            # A round sum that would cost more than a few percent is not worth it.
            yuan = float(np.maximum(scene.rounded(passed), yuan * 0.93))
            scene.pay(at, payer, payee, yuan, "transfer", scene.pretext(*purposes))
