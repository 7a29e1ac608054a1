"""T13: a shop pays in more cash than it earns, for months; a seasonal shop looks alike."""

from __future__ import annotations

from math import pi, sin

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology
from data.world.calendar import OFFICE

SETTLED_YEARS = (1.0, 40.0)  # its turnover is known by then, to owner and bank
PERIOD_DAYS = 14  # a shop settles with owner and supplier about every fortnight


def _extra(scene: Scene, shop: int, days: float, ceiling: float, spread: float) -> np.ndarray:
    """Sums of cash, 1 to 3 a week, that add 20 to 100 % to a shop's turnover."""
    rng = scene.rng
    total = scene.income(shop) * rng.uniform(0.2, 1.0) * days / 30
    # Sums as large as the ceiling are split in more deposits.
    count = int(max(days / 7 * rng.integers(1, 4), total / ceiling / 0.7)) + 1
    sums = total / count * rng.normal(1, spread, count).clip(0.3, 2)
    return np.asarray((sums / 100).round().clip(1, ceiling // 100) * 100)


def _settle(scene: Scene, shop: int, at: np.ndarray, sums: np.ndarray, kept: tuple[float, float]) -> None:
    """After each fortnight its cash pays a supplier and the owner."""
    rng = scene.rng
    owner, supplier = scene.outsiders(1), scene.outsiders(1, "company")
    scene.join(owner, "owner")
    scene.join(supplier, "supplier")
    period = (at - at[0]) // (PERIOD_DAYS * DAY_US)
    for number in np.unique(period):
        is_in = period == number
        due = sums[is_in].sum() * rng.uniform(*kept)
        goods = due * rng.uniform(0.35, 0.85)
        moment = scene.office(int(at[is_in][-1]), 3, 1)[0]
        scene.pay(moment, shop, supplier, goods, "transfer", "supplies")
        drawn = scene.after(moment, 0.1, 2)
        scene.pay(drawn, shop, owner, due - goods, "transfer", scene.pretext("unstated", "family"))


def seasonal_shop(scene: Scene) -> None:
    """A shop in season takes more, in cash and by code, most at weekends, and buys more goods."""
    rng = scene.rng
    days = int(rng.uniform(30, 90))
    shop = scene.firm("micro_business", SETTLED_YEARS)
    scene.join(shop, "shop")
    # Owners carry as much to the counter as they care to.
    sums = _extra(scene, shop, days, float(rng.choice([49_900, 45_000, 29_500])), rng.uniform(0.1, 0.35))
    bulge = np.array([sin(angle) for angle in np.linspace(0.3, pi - 0.3, days).tolist()])
    at = scene.during(scene.start, days, len(sums), OFFICE, scene.calendar.leisure_weight(), bulge)
    scene.bring_cash(at, shop, sums, "takings")
    scans = int(days * rng.uniform(0.3, 1.2))
    paid = scene.income(shop) / 32 * rng.lognormal(-0.3, 0.8, scans)
    at_till = scene.waking(scene.start, days, scans)
    scene.live(at_till, scene.outsiders(scans), shop, paid, "qr", "shopping", scene.home(shop))
    _settle(scene, shop, at, sums, (0.65, 0.98))


@typology(
    "现金密集型门店",
    family="cash",
    source="T13; AMLTRIX T0014",
    look_alike=seasonal_shop,
    look_alike_label=("a seasonal shop’s takings", "旺季门店营业款"),
    roles={"owner": ("owner", "店主"), "supplier": ("supplier", "供货商"), "front": ("front", "掩护门店")},
)
def cash_intensive_front(scene: Scene) -> None:
    """Cash-intensive front.

    For 1 to 3 months a shop pays in extra cash, 20 to 100 % of its turnover, in smooth
    sums that know no weekend; every fortnight 97 to 99.8 % goes to the owner and a supplier.
    """
    rng = scene.rng
    days = rng.uniform(30, 90)
    shop = scene.firm("micro_business", SETTLED_YEARS)
    scene.join(shop, "front")
    ceiling = (49_900, 45_000, 29_500)[scene.sophistication]
    sums = _extra(scene, shop, days, ceiling, (0.1, 0.2, 0.3)[scene.sophistication])
    first = (scene.start - scene.calendar.start_us) // DAY_US + 1
    day = first + np.linspace(0, days, len(sums)) + rng.uniform(0, 1, len(sums))
    at = np.sort(scene.calendar.moments(rng, day.astype(np.int64), OFFICE))
    scene.bring_cash(at, shop, sums, "takings")
    _settle(scene, shop, at, sums, (0.97, 0.998))
