"""T07: money that comes back to where it started; family lending looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def family_loan(scene: Scene) -> None:
    """A loan within a family is passed on and paid back, without interest."""
    rng = scene.rng
    relatives = scene.insiders(int(rng.integers(2, 5)))
    scene.join(relatives, "relative")
    yuan = float(rng.choice([2_000, 5_000, 10_000, 20_000, 50_000]))
    at = scene.start
    for payer, payee in zip(relatives, np.roll(relatives, -1), strict=True):
        scene.pay(at, payer, payee, yuan, "transfer", "family")
        at += int(scene.later(10, 160))
        yuan *= rng.choice([1.0, 1.0, 0.9, 0.8])


@typology("回流", family="round_trip", source="T07; AMLworld cycle; AMLTRIX T0039", look_alike=family_loan)
def cycle(scene: Scene) -> None:
    """Round trip.

    A sum from outside runs once or twice round a ring of 3 to 6 accounts, one of them
    possibly at another bank, within 1 to 20 days times the scheme's pace; each hop keeps
    95 to 99 %, and the last returns it to the first.
    """
    rng = scene.rng
    ring = scene.recruits(int(rng.integers(3, 6)))
    scene.join(ring, "ring")
    if rng.random() < 0.35:
        stop = scene.outsiders(1)
        scene.join(stop, "ring")
        ring = np.insert(ring, int(rng.integers(1, len(ring))), stop)
    funder = scene.outsiders(1)
    scene.join(funder, "funder")
    yuan = float(scene.rounded(np.array(rng.lognormal(9.9, 0.8))))
    at = scene.start
    scene.pay(at, funder, ring[0], yuan)
    for _ in range(int(rng.integers(1, 3))):
        for payer, payee in zip(ring, np.roll(ring, -1), strict=True):
            at += int(scene.later(8, 30 * scene.pace()))
            yuan *= rng.uniform(0.95, 0.99)
            scene.pay(at, payer, payee, yuan)
