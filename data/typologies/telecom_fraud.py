"""T19: a victim's payment is torn apart within the hour; a house deposit or an emergency looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology
from data.world.calendar import EVENING

LENDER_SHARE = 0.3  # of what is paid on after a house was sold or somebody fell ill (assumption)


def _payments(scene: Scene) -> np.ndarray:
    """One to four payments of together 2,000 to 300,000 yuan."""
    total = np.clip(scene.rng.lognormal(9.7, 1.2), 2_500, 290_000)
    return scene.slices(float(total), int(scene.rng.integers(1, 5)), 5.0)


def _elder(scene: Scene, at: int, yuan: float, others: np.ndarray) -> tuple[int, float]:
    """The oldest of eight customers, none of ``others``, and the yuan paid out by a fund or a lender."""
    eight = scene.insiders(8 + len(others))
    eight = eight[~np.isin(eight, others)][:8]
    elder = int(eight[np.argmin(scene.world.birth_year[scene.world.owner[eight]])])
    source, purpose = ("broker", "investment") if scene.rng.random() < 0.75 else ("lender", "loan")
    paid_out, payer = yuan * scene.rng.uniform(1.0, 1.2), scene.outsiders(1, source)[0]
    return elder, float(scene.pay(at, payer, elder, paid_out, "transfer", purpose))


def deposit_or_emergency(scene: Scene) -> None:
    """A buyer, often an older one, pays for a house, or a family pays a hospital; it moves on at once."""
    rng = scene.rng
    parts = _payments(scene)
    middle = scene.participants(1)[0]
    is_house = rng.random() < 0.6
    scene.join(middle, "seller" if is_house else "relative")
    payer = int(scene.outsiders(1)[0])
    if rng.random() < 0.3:
        payer, got = _elder(scene, scene.start, parts.sum(), middle[None])
        scene.join(payer, "payer")
        parts *= min(got / parts.sum(), 1.0)
    at = scene.during(scene.start, int(rng.integers(1, 4)), len(parts), EVENING)
    why = scene.pretext("goods", "rent") if is_house else scene.pretext("family", "loan")
    parts = scene.pay(at, payer, middle, parts, "transfer", why)
    # A lender is paid back in one sum, everybody else on private accounts.
    is_lender = rng.random() < LENDER_SHARE
    owed = scene.outsiders(1, "lender" if is_lender else "person")
    owed_for = "loan_repayment" if is_house or is_lender else "goods"
    known = scene.outsiders(int(rng.integers(2, 5)))
    for moment, yuan in zip(at, parts, strict=True):
        others = known[: int(rng.integers(1, len(known) + 1))]
        leaves = scene.portions(yuan * rng.uniform(0.75, 0.99), 1 + len(others), 8.0)
        left = scene.after(moment, 0.05, 4, len(leaves))
        if 1_000 <= leaves[0] < 20_000 and rng.random() < 0.4:
            scene.fetch_cash(left[0], middle, leaves[0])
        else:
            scene.pay(left[0], middle, owed, leaves[0], "transfer", owed_for)
        scene.pay(left[1:], middle, others, leaves[1:], "transfer", scene.pretext("goods", "family", "loan"))


@typology(
    "电诈资金拆解",
    family="pass_through",
    source="T19; 银发〔2016〕261号",
    look_alike=deposit_or_emergency,
    look_alike_label=("a house deposit or an emergency", "购房定金或急用钱"),
    roles={"level_1": ("level-1 card", "一级卡"), "level_2": ("level-2 card", "二级卡")},
)
def telecom_fraud(scene: Scene) -> None:
    """Telecom-fraud dispersal.

    Each of one to ten victims, often an older one whose savings are broken for it, makes
    one to four payments of together 2,000 to 300,000 yuan to the same mule. Within the
    golden hour of each the level-1 card splits it over two to four level-2 cards,
    and one who banks here pays on to level 3 or fetches cash; 0.2 to 3 % stays a level.
    """
    rng = scene.rng
    mules = scene.participants(1 + int(rng.random() < 0.5))
    card, others = mules[0], scene.outsiders(int(rng.integers(2, 4)))
    thirds = scene.outsiders(int(rng.integers(2, 6)))
    scene.join(card, "level_1")
    scene.join(mules[1:], "level_2")
    scene.control(mules)
    reasons = ("goods", "loan", "family", "unstated")
    for begins in scene.rounds(*ROUNDS):
        others = scene.next_round(others, scene.outsiders, thirds)
        scene.join(others, "level_2")
        _defraud(scene, begins, mules, np.append(mules[1:], others), thirds, reasons)
    scene.give_up(mules)


def _defraud(
    scene: Scene,
    begins: int,
    mules: np.ndarray,
    seconds: np.ndarray,
    thirds: np.ndarray,
    reasons: tuple[str, ...],
) -> None:
    """One victim pays the first mule; a customer of this bank who does is no member."""
    rng, card = scene.rng, mules[0]
    parts = _payments(scene)
    victim = int(scene.outsiders(1)[0])
    if rng.random() < 0.3:
        victim, got = _elder(scene, begins, parts.sum(), mules)
        scene.bystanders.add(victim)
        parts *= min(got / parts.sum(), 1.0)
    at = scene.during(begins, int(rng.integers(1, 4)), len(parts), EVENING)
    parts = scene.pay(at, victim, card, parts, "transfer", scene.pretext(*reasons))
    hop = 0.48 * scene.pace()  # hours; two hops are over within the golden one
    for moment, yuan in zip(at, parts, strict=True):
        splits = scene.portions(yuan * rng.uniform(0.97, 0.998), len(seconds), 8.0)
        arrives = moment + scene.later(0.03, hop, len(seconds))
        splits = scene.pay(arrives, card, seconds, splits, "transfer", scene.pretext(*reasons))
        for second, reached, share in zip(mules[1:], arrives, splits, strict=False):
            left, passed = reached + scene.later(0.03, hop), share * rng.uniform(0.97, 0.998)
            if 1_000 <= share < 20_000 and rng.random() < 0.4:
                scene.fetch_cash(left, second, passed)
            else:
                scene.pay(left, second, rng.choice(thirds), passed, "transfer", scene.pretext(*reasons))
