"""T23: several people's currency quotas move one person's money abroad; families of one school look alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

QUOTA_USD = 50_000  # a resident's quota of a year
RATE = (7.0, 7.3)  # yuan a dollar


def _wires(scene: Scene, buyers: np.ndarray, usd: np.ndarray, got: np.ndarray, days: int, why: str) -> None:
    """Each buyer wires dollars, of what they got, to one payee abroad in office hours of some days."""
    payee = scene.outsiders(1, "overseas")
    scene.join(payee, "payee")
    at = scene.rng.permutation(scene.office(int(scene.flow.at.max()), days, len(buyers)))
    yuan = np.minimum(usd // 100 * 100 * scene.rng.uniform(*RATE), got)
    scene.pay(at, buyers, payee, yuan, "wire", why)


def classmates(scene: Scene) -> None:
    """Families with children at one school abroad pay its fees in the same days, with their own money."""
    rng = scene.rng
    families = scene.participants(int(rng.integers(1, 4)))
    scene.join(families, "parent")
    scene.same_phone(families)
    # Dear schools use the quotas up, others do not (assumption).
    usd = QUOTA_USD * rng.uniform(rng.choice([0.95, 0.8, 0.6]), 0.998, len(families))
    # A grandparent helps, or funds are sold.
    is_helped = rng.random() < 0.8
    helpers = scene.outsiders(len(families)) if is_helped else scene.outsiders(len(families), "broker")
    came = scene.after(scene.start, 0.5, 40, len(families))
    got = scene.pay(
        came,
        helpers,
        families,
        usd * 7.3 * rng.uniform(1.0, 1.15, len(families)),
        "transfer",
        "family" if is_helped else "investment",
    )
    _wires(scene, families, usd, got, int(rng.integers(2, 6)), "tuition")


@typology(
    "分拆购汇",
    family="network",
    source="T23; 汇发〔2009〕56号",
    look_alike=classmates,
    look_alike_label=("families who pay one school abroad", "同校家庭各自汇付留学费用"),
    roles={"parent": ("parent", "家长"), "buyer": ("buyer", "购汇人")},
)
def ant_moving_fx(scene: Scene) -> None:
    """Ant-moving of foreign exchange.

    One person funds buyers, one to three of whom bank here; within days each wires just
    under their quota of USD 50,000 (at about 7 yuan) to one payee abroad and keeps 0.2
    to 3 % of what came.
    """
    rng = scene.rng
    buyers = scene.participants(int(rng.integers(1, 4)))
    funder = scene.outsiders(1)
    scene.join(buyers, "buyer")
    scene.control(buyers)
    scene.join(funder, "funder")
    # A careful one stays well away from the quota.
    usd = QUOTA_USD * rng.uniform((0.95, 0.8, 0.6)[scene.sophistication], 0.998, len(buyers))
    came = scene.after(scene.start, 0.5, 24 * scene.pace(), len(buyers))
    sums = usd * 7.3 * rng.uniform(1.002, 1.03, len(buyers))
    got = scene.pay(came, funder, buyers, sums, "transfer", scene.pretext("family", "loan"))
    kept = rng.uniform(0.97, 0.998, len(buyers))
    _wires(
        scene, buyers, usd, got * kept, (2, 3, 4)[scene.sophistication], scene.pretext("tuition", "family")
    )
