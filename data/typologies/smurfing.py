"""T02: many carry like sums to one collector; a collector of fees looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology


def _like_sums(scene: Scene, least_spread: float = 0.05) -> np.ndarray:
    """4 to 16 sums of 2,000 to 20,000 yuan, as smurfs carry and as families pay fees."""
    rng = scene.rng
    alike = rng.normal(1, rng.uniform(least_spread, 0.3), int(rng.integers(4, 17)))
    return np.asarray((rng.uniform(2_500, 12_000) * alike).clip(2_100, 20_000))


def fee_collector(scene: Scene) -> None:
    """A class parent or owners' committee collects fees for a trip or a repair and pays them on."""
    rng = scene.rng
    fees = _like_sums(scene)
    collector = (scene.insiders(1) if rng.random() < 0.7 else scene.insiders(1, "micro_business"))[0]
    payers = scene.outsiders(len(fees))
    scene.join(collector, "collector")
    is_school = rng.random() < 0.5
    at = scene.waking(scene.start, rng.uniform(1, 5), len(fees))
    got = scene.pay(at, payers, collector, fees, "transfer", "tuition" if is_school else "goods")
    payee = scene.outsiders(1, "company" if rng.random() < 0.5 else "person")
    dues = scene.slices(got.sum() * rng.uniform(0.9, 1.0), int(rng.integers(1, 3)), 8.0)
    gone = scene.after(at[-1], 0.5, 48, len(dues))
    scene.pay(gone, collector, payee, dues, "transfer", "tuition" if is_school else "goods")


@typology("多人分拆", family="fan_in", source="T02; AMLTRIX T0016.005", look_alike=fee_collector)
def smurfing(scene: Scene) -> None:
    """Smurfing.

    4 to 16 smurfs, one of them perhaps a customer who first pays in the cash, send one
    collector 2,000 to 20,000 yuan each (coefficient of variation 0.05 to 0.3) within 1 to
    5 days; soon after, one or two payments take 97 to 99.8 % of it away.
    """
    rng = scene.rng
    sums = _like_sums(scene, (0.05, 0.05, 0.2)[scene.sophistication])
    crew = scene.recruits(1 + int(rng.random() < 0.5))
    collector, carriers = crew[0], crew[1:]
    smurfs = rng.permutation(np.append(carriers, scene.outsiders(len(sums) - len(carriers))))
    boss = scene.outsiders(int(rng.integers(1, 3)))
    scene.join(collector, "collector")
    scene.join(smurfs, "smurf")
    scene.control(crew)
    scene.join(boss, "beneficiary")
    at = scene.waking(scene.start, rng.uniform(1, 5) * scene.pace(), len(sums))
    is_own = np.isin(smurfs, carriers)
    for smurf, moment, yuan in zip(smurfs[is_own], at[is_own], sums[is_own], strict=True):
        # The smurf's fee stays behind, and a counter takes whole notes.
        scene.bring_cash(moment - scene.later(0.2, 2), smurf, yuan * rng.uniform(1.02, 1.1))
    got = scene.pay(at, smurfs, collector, sums, "transfer", scene.pretext("tuition", "family", "goods"))
    leaves = scene.portions(got.sum() * rng.uniform(0.97, 0.998), len(boss), 8.0)
    gone = scene.after(at[-1], 0.5, 14 * scene.pace(), len(boss))
    scene.pay(gone, collector, boss, leaves, "transfer", scene.pretext("goods", "family", "loan_repayment"))
