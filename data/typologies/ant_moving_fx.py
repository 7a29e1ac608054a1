"""T23: several people's currency quotas move one person's money abroad; school fees look alike."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.typologies import Scene, typology

QUOTA_USD = 50_000  # a resident's quota of a year


def family_tuition(scene: Scene) -> None:
    """Parents, grandparents and aunts wire a child's fees and living abroad to one payee."""
    rng = scene.rng
    family = scene.insiders(int(rng.integers(3, 8)))
    scene.join(family, "relative")
    scene.same_phone(family)
    payee = scene.outsiders(1, "overseas")
    rate = rng.uniform(7.0, 7.3)
    # Dear schools use the quotas up, others do not (assumption).
    usd = QUOTA_USD * rng.uniform(rng.choice([0.955, 0.955, 0.9, 0.8, 0.6]), 0.998, len(family)) // 100 * 100
    yuan = usd * rate
    # A parent sells funds for all, or everybody finds the money.
    has_parent = rng.random() < 0.5
    brokers = rng.choice(scene.outsiders(3, "broker"), len(family))
    funders = scene.outsiders(1) if has_parent else brokers
    purpose = scene.stated("family", 0.7) if has_parent else scene.stated("investment", 0.7)
    came = scene.start + scene.later(0.5, 20, len(family))
    scene.pay(
        came, funders, family, scene.rounded(yuan * rng.uniform(1.0, 1.04, len(family))), "transfer", purpose
    )
    days = scene.workdays(int(came.max()), int(rng.integers(1, 4)))
    at = rng.choice(days, len(family)) + (rng.uniform(9, 17, len(family)) * HOUR_US).astype(np.int64)
    scene.pay(at, family, payee, yuan, "wire", scene.stated("tuition", 0.8))


@typology(
    "分拆购汇",
    family="network",
    source="T23; 汇发〔2009〕56号",
    look_alike=family_tuition,
)
def ant_moving_fx(scene: Scene) -> None:
    """Ant-moving of foreign exchange.

    One person funds five to nine buyers, who on the same or the next working days
    (three at most) each wire just under their quota of USD 50,000 (at about 7 yuan)
    to one payee abroad.
    """
    rng = scene.rng
    buyers = scene.recruits(int(rng.integers(5, 10)))
    funder, payee = scene.outsiders(1), scene.outsiders(1, "overseas")
    scene.join(buyers, "buyer")
    scene.control(buyers)
    scene.join(funder, "funder")
    scene.join(payee, "payee")
    rate = rng.uniform(7.0, 7.3)
    # A careful one stays well away from the quota.
    low = (0.955, 0.85, 0.7)[scene.sophistication]
    usd = QUOTA_USD * rng.uniform(low, 0.998, len(buyers))
    yuan = usd // 100 * 100 * rate
    came = scene.start + np.sort(scene.later(0.5, 12 * scene.pace(), len(buyers)))
    scene.pay(
        came,
        funder,
        buyers,
        scene.rounded(yuan * rng.uniform(1.005, 1.04, len(buyers))),
        "transfer",
        scene.stated("family", 0.4),
    )
    days = scene.workdays(int(came[-1]), (1, 2, 3)[scene.sophistication])
    at = rng.choice(days, len(buyers)) + (rng.uniform(9, 17, len(buyers)) * HOUR_US).astype(np.int64)
    scene.pay(at, buyers, payee, yuan, "wire", scene.stated("tuition", 0.6))
