"""T02: many carry like sums to one collector; a collector of fees looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import ROUNDS, Scene, typology
from data.world.calendar import OFFICE

FIRM_SHARE = 0.12  # of collectors, small firms (assumption)
FIRM_PAID_SHARE = 0.35  # of those who get the money in the end, companies (assumption)


def _like_sums(scene: Scene, least_spread: float = 0.05) -> np.ndarray:
    """4 to 16 sums of 300 to 20,000 yuan, as smurfs carry and as families pay fees."""
    rng = scene.rng
    alike = rng.normal(1, rng.uniform(least_spread, 0.3), int(rng.integers(4, 17)))
    return np.asarray((np.clip(rng.lognormal(7.3, 0.9), 500, 15_000) * alike).clip(310, 20_000))


def fee_collector(scene: Scene) -> None:
    """A class parent or owners' committee collects fees for a trip or a repair and pays them on."""
    rng = scene.rng
    fees = _like_sums(scene)
    collector = scene.participants(1, FIRM_SHARE)[0]
    scene.join(collector, "collector")
    payers = scene.public(len(fees))
    is_school = scene.world.holder[collector] == "person" and rng.random() < 0.5
    payee, why = scene.elsewhere(1, FIRM_PAID_SHARE)[0], scene.pretext("goods", "unstated")
    if is_school:
        why = "tuition"
    for begins in scene.rounds():
        payers = scene.next_round(payers)
        at = scene.waking(begins, rng.uniform(1, 5), len(fees))
        got = scene.pay(at, payers, collector, fees * rng.uniform(0.8, 1.0), "transfer", why)
        dues = scene.slices(got.sum() * rng.uniform(0.9, 1.0), int(rng.integers(1, 3)), 8.0)
        paid = scene.after(at[-1], 0.5, 48, len(dues), scene.clock(collector, payee))
        scene.pay(paid, collector, payee, dues, "transfer", why)


@typology(
    "多人分拆",
    family="fan_in",
    source="T02; AMLTRIX T0016.005",
    look_alike=fee_collector,
    look_alike_label=("a class parent who collects fees", "家委会代收学费"),
    roles={"smurf": ("smurf", "分拆人")},
)
def smurfing(scene: Scene) -> None:
    """Smurfing.

    Up to ten times, days or weeks apart, 4 to 16 smurfs, one of them perhaps a customer who
    first pays in the cash, send one collector 300 to 20,000 yuan each (coefficient of
    variation 0.05 to 0.3) within 1 to 5 days; soon after, one or two payments take 97 to
    99.8 % of it away.
    """
    rng = scene.rng
    sums = _like_sums(scene, (0.05, 0.05, 0.2)[scene.sophistication])
    crew = scene.participants(1 + int(rng.random() < 0.5), FIRM_SHARE)
    collector, carriers = crew[0], crew[1:]
    smurfs = rng.permutation(np.append(carriers, scene.outsiders(len(sums) - len(carriers))))
    boss = scene.elsewhere(int(rng.integers(1, 3)), FIRM_PAID_SHARE)
    scene.join(collector, "collector")
    scene.control(crew)
    is_own = np.isin(smurfs, carriers)
    for begins in scene.rounds(*ROUNDS):
        smurfs[~is_own] = scene.next_round(smurfs[~is_own], scene.outsiders)
        scene.join(smurfs, "smurf")
        carried = sums * rng.uniform(0.8, 1.0)
        at = scene.waking(begins, rng.uniform(1, 5) * scene.pace(), len(sums))
        # A counter has hours of its own, and the smurf's fee stays behind.
        at[is_own] = scene.after(at[is_own], 0.5, 20, clock=OFFICE)
        for smurf, moment, yuan in zip(smurfs[is_own], at[is_own], carried[is_own], strict=True):
            scene.bring_cash(moment - scene.later(0.1, 1), smurf, yuan * rng.uniform(1.02, 1.1))
        why = scene.pretext("tuition", "family", "goods", "unstated")
        got = scene.pay(at, smurfs, collector, carried, "transfer", why)
        boss = scene.others_like(boss)
        scene.join(boss, "beneficiary")
        leaves = scene.portions(got.sum() * rng.uniform(0.97, 0.998), len(boss), 2.0)
        gone = scene.after(int(at.max()), 0.5, 14 * scene.pace(), len(boss), scene.clock(collector, boss[0]))
        why = scene.pretext_of(collector)
        scene.pay(gone, collector, boss, leaves, "transfer", why)
