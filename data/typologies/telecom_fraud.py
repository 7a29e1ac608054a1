"""T19: a victim's payment is torn apart within the hour; a house deposit or an emergency looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.world.calendar import WAKING


def _payments(scene: Scene) -> np.ndarray:
    """One to four payments of together 10,000 to 500,000 yuan."""
    total = np.clip(scene.rng.lognormal(11.2, 0.9), 11_000, 490_000)
    return scene.slices(float(total), int(scene.rng.integers(1, 5)), 5.0)


def _elder(scene: Scene, yuan: float, others: np.ndarray) -> int:
    """The oldest of eight customers, none of ``others``.

    A fund or a lender pays out ``yuan`` for them at the start.
    """
    eight = scene.insiders(8 + len(others))
    eight = eight[~np.isin(eight, others)][:8]
    elder = int(eight[np.argmin(scene.world.birth_year[scene.world.owner[eight]])])
    source, purpose = ("broker", "investment") if scene.rng.random() < 0.75 else ("lender", "loan")
    paid_out = yuan * scene.rng.uniform(1.0, 1.1)
    scene.pay(scene.start, scene.outsiders(1, source), elder, paid_out, "transfer", purpose)
    return elder


def deposit_or_emergency(scene: Scene) -> None:
    """A buyer, often an older one, pays for a house, or a family pays a hospital; it moves on at once."""
    rng = scene.rng
    parts = _payments(scene)
    middle = scene.insiders(1)[0]
    is_own = rng.random() < 0.5
    payer = _elder(scene, parts.sum(), middle[None]) if is_own else int(scene.outsiders(1)[0])
    is_house = rng.random() < 0.6
    scene.join(middle, "seller" if is_house else "relative")
    if scene.world.owner[payer] >= 0:
        scene.join(payer, "payer")
    purpose = scene.stated("goods", 0.3) if is_house else scene.stated("family", 0.6)
    at = scene.during(scene.start, int(rng.integers(1, 4)), len(parts), WAKING)
    scene.pay(at, payer, middle, parts, "transfer", purpose)
    owed = scene.outsiders(1, "lender" if is_house else "company")
    owed_purpose = "loan_repayment" if is_house else scene.stated("goods", 0.3)
    for moment, yuan in zip(at, parts, strict=True):
        others = scene.outsiders(int(rng.integers(1, 5)))
        leaves = scene.portions(yuan * rng.uniform(0.75, 0.99), 1 + len(others), 8.0)
        left = moment + scene.later(0.05, 4, len(leaves))
        if 1_000 <= leaves[0] < 40_000 and rng.random() < 0.4:
            scene.fetch_cash(left[0], middle, leaves[0])
        else:
            scene.pay(left[0], middle, owed, leaves[0], "transfer", owed_purpose)
        scene.pay(left[1:], middle, others, leaves[1:])


@typology(
    "电诈资金拆解",
    family="pass_through",
    source="T19; 银发〔2016〕261号",
    look_alike=deposit_or_emergency,
)
def telecom_fraud(scene: Scene) -> None:
    """Telecom-fraud dispersal.

    A victim, often an older one whose savings are broken for it, makes one to four
    payments of together 10,000 to 500,000 yuan to somebody never paid before. Within
    the golden hour of each the level-1 card splits it over two to five level-2 cards,
    and those who bank here pay on to level 3 or fetch cash; 0.5 to 3 % stays a level.
    """
    rng = scene.rng
    mules = scene.recruits(int(rng.integers(2, 5)))
    card, seconds = mules[0], np.concatenate([mules[1:], scene.outsiders(int(rng.integers(1, 3)))])
    thirds = scene.outsiders(int(rng.integers(2, 6)))
    scene.join(card, "level_1")
    scene.join(seconds, "level_2")
    scene.control(mules)
    scene.start = scene.warm_up(mules[:1])
    parts = _payments(scene)
    # A customer of this bank who pays is a victim, so no member.
    is_own = rng.random() < 0.5
    victim = _elder(scene, parts.sum(), mules) if is_own else int(scene.outsiders(1)[0])
    at = scene.during(scene.start, int(rng.integers(1, 4)), len(parts), WAKING)
    scene.pay(at, victim, card, parts, "transfer", scene.stated("investment", 0.3))
    hop = 0.48 * scene.pace()  # hours; two hops are over within the golden one
    for moment, yuan in zip(at, parts, strict=True):
        splits = scene.portions(yuan * rng.uniform(0.972, 0.995), len(seconds), 8.0)
        arrives = moment + scene.later(0.03, hop, len(seconds))
        scene.pay(arrives, card, seconds, splits)
        for second, reached, share in zip(mules[1:], arrives, splits, strict=False):
            left = reached + scene.later(0.03, hop)
            yuan = share * rng.uniform(0.97, 0.995)
            yuan = float(np.maximum(scene.rounded(yuan), share * 0.965))
            if 1_000 <= share < 40_000 and rng.random() < 0.4:
                scene.fetch_cash(left, second, yuan)
            else:
                scene.pay(left, second, rng.choice(thirds), yuan)
    scene.give_up(mules)
