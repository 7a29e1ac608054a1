"""T02: many carry like sums to one collector; a collector of fees looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _like_sums(scene: Scene, least_spread: float = 0.05) -> np.ndarray:
    """4 to 20 sums of 3,000 to 20,000 yuan, as smurfs carry and as families pay fees."""
    rng = scene.rng
    alike = rng.normal(1, rng.uniform(least_spread, 0.3), int(rng.integers(4, 21)))
    return np.asarray((rng.uniform(4_000, 16_000) * alike).clip(3_100, 20_000))


def fee_collector(scene: Scene) -> None:
    """A class parent or owners' committee collects tuition or property fees and pays them on."""
    rng = scene.rng
    fees = scene.rounded(_like_sums(scene))
    inside = scene.insiders(1 + len(fees) // 4)
    collector = inside[0] if rng.random() < 0.7 else scene.insiders(1, "micro_business")[0]
    # Some of the families bank here: those who can afford the fee.
    families = np.array([payer for payer in inside[1:] if scene.income(payer) > fees.max()], np.int64)
    payers = np.append(families, scene.outsiders(len(fees) - len(families)))
    scene.join(collector, "collector")
    is_school = rng.random() < 0.5
    purpose = scene.stated("tuition" if is_school else "utility")
    at = scene.waking(scene.start, rng.uniform(1, 5), len(fees))
    scene.pay(at, rng.permutation(payers), collector, fees, "transfer", purpose)
    passed = fees.sum() * rng.uniform(0.9, 0.99)
    payee = scene.outsiders(1, "company" if is_school else "utility")
    dues = scene.slices(passed, int(rng.integers(1, 3)), 8.0)
    gone = scene.by_day(at[-1] + scene.later(0.5, 48, len(dues)))
    scene.pay(gone, collector, payee, dues, "transfer", purpose)


@typology("多人分拆", family="fan_in", source="T02; AMLTRIX T0016.005", look_alike=fee_collector)
def smurfing(scene: Scene) -> None:
    """Smurfing.

    4 to 20 smurfs, a few of them customers who first pay in the cash, send one collector
    3,000 to 20,000 yuan each (coefficient of variation 0.05 to 0.3) within 1 to 5 days;
    soon after, one or two payments take 90 to 97 % of it away.
    """
    rng = scene.rng
    sums = scene.rounded(_like_sums(scene, (0.05, 0.05, 0.2)[scene.sophistication]))
    scene.begin_within(6 * scene.pace() + 3)
    crew = scene.recruits(1 + int(rng.integers(1, 4)))
    collector, carriers = crew[0], crew[1:]
    smurfs = rng.permutation(np.append(carriers, scene.outsiders(len(sums) - len(carriers))))
    boss = scene.outsiders(int(rng.integers(1, 3)))
    scene.join(collector, "collector")
    scene.join(smurfs, "smurf")
    scene.control(crew)
    scene.join(boss, "beneficiary")
    scene.warm_up(crew)
    at = scene.waking(scene.start, rng.uniform(1, 5) * scene.pace(), len(sums))
    for smurf, moment, yuan in zip(smurfs, at, sums, strict=True):
        if smurf in carriers:
            # The smurf's fee stays behind, and a counter takes whole notes.
            notes, city = np.ceil(yuan * rng.uniform(1.02, 1.1) / 100) * 100, scene.home(smurf)
            paid_in = moment - scene.later(0.2, 2)
            scene.pay(paid_in, scene.desk(city), smurf, notes, "cash_deposit", "cash", city)
        scene.pay(moment, smurf, collector, yuan, "transfer", scene.pretext("tuition", "family", "goods"))
    leaves = scene.portions(sums.sum() * rng.uniform(0.9, 0.97), len(boss), 8.0)
    gone = scene.by_day(at[-1] + scene.later(0.5, 14 * scene.pace(), len(boss)))
    scene.pay(gone, collector, boss, leaves)
