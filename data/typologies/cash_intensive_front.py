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
    """Sums of cash, 2 to 4 a week, that add 20 to 150 % to a shop's turnover."""
    rng = scene.rng
    total = scene.income(shop) * rng.uniform(0.2, 1.5) * days / 30
    # Sums as large as the ceiling are split in more deposits.
    count = int(max(days / 7 * rng.integers(2, 5), total / ceiling / 0.7))
    sums = total / count * rng.normal(1, spread, count).clip(0.3, 2)
    return np.asarray((sums / 100).round().clip(1, ceiling // 100) * 100)


def _settle(
    scene: Scene, at: np.ndarray, sums: np.ndarray, kept: tuple[float, float]
) -> list[tuple[int, float]]:
    """For each fortnight an office moment after it and the share of its cash to be paid out."""
    period = (at - at[0]) // (PERIOD_DAYS * DAY_US)
    due = []
    for number in np.unique(period):
        is_in = period == number
        moment = scene.office(int(at[is_in][-1]), 3, 1)[0]
        due.append((int(moment), float(sums[is_in].sum() * scene.rng.uniform(*kept))))
    return due


def _split(rng: np.random.Generator) -> np.ndarray:
    """Shares of a supplier and of the owner, shape (2,)."""
    share = rng.uniform(0.35, 0.85)
    return np.array([share, 1 - share])


def seasonal_shop(scene: Scene) -> None:
    """A shop in season takes more, in cash and by code, most at weekends, and buys more goods."""
    rng = scene.rng
    days = scene.length(40, 150)
    scene.begin_within(days + 5)
    shop = scene.firm("micro_business", SETTLED_YEARS)
    scene.join(shop, "shop")
    # Owners carry as much to the counter as they care to.
    ceiling = float(rng.choice([49_900, 45_000, 29_500]))
    sums = _extra(scene, shop, days, ceiling, rng.uniform(0.1, 0.35))
    first = (scene.start - scene.calendar.start_us) // DAY_US + 1
    season = (first + np.arange(int(days))) % scene.calendar.days
    bulge = np.array([sin(angle) for angle in np.linspace(0.3, pi - 0.3, len(season)).tolist()])
    weight = bulge * scene.calendar.leisure_weight()[season]
    day = rng.choice(season, len(sums), p=weight / weight.sum())
    at = np.sort(scene.calendar.moments(rng, day, OFFICE))
    city = scene.home(shop)
    scene.pay(at, scene.desk(city), shop, sums, "cash_deposit", "takings", city)
    scans = int(days * rng.uniform(0.3, 1.2))
    paid = scene.income(shop) / 32 * rng.lognormal(-0.3, 0.8, scans)
    at_till = scene.waking(scene.start, days, scans)
    scene.live(at_till, scene.outsiders(scans), shop, paid, "qr", "shopping", city)
    supplier, owner = scene.outsiders(1, "company"), scene.outsiders(1)
    for moment, yuan in _settle(scene, at, sums, (0.65, 0.96)):
        goods, drawn = scene.rounded(yuan * _split(rng))
        scene.pay(moment, shop, supplier, goods, "transfer", "supplies")
        scene.pay(moment + scene.later(0.1, 2), shop, owner, drawn)


@typology("现金密集型门店", family="cash", source="T13; AMLTRIX T0014", look_alike=seasonal_shop)
def cash_intensive_front(scene: Scene) -> None:
    """Cash-intensive front.

    For 2 to 6 months a shop pays in extra cash, 20 to 150 % of its turnover, in smooth
    sums that know no weekend; every fortnight 85 to 97 % goes to the owner and a supplier.
    """
    rng = scene.rng
    days = scene.length(60, 180)
    scene.begin_within(days + 5)
    shop = scene.firm("micro_business", SETTLED_YEARS)
    owner, supplier = scene.outsiders(1), scene.outsiders(1, "company")
    scene.join(shop, "front")
    scene.join(owner, "owner")
    scene.join(supplier, "supplier")
    scene.warm_up(shop)
    ceiling = (49_900, 45_000, 29_500)[scene.sophistication]
    sums = _extra(scene, shop, days, ceiling, (0.1, 0.2, 0.3)[scene.sophistication])
    first = (scene.start - scene.calendar.start_us) // DAY_US + 1
    day = first + np.linspace(0, days, len(sums)) + rng.uniform(0, 1, len(sums))
    at = np.sort(scene.calendar.moments(rng, day.astype(np.int64), OFFICE))
    city = scene.home(shop)
    scene.pay(at, scene.desk(city), shop, sums, "cash_deposit", "takings", city)
    for moment, yuan in _settle(scene, at, sums, (0.85, 0.97)):
        goods, drawn = scene.rounded(yuan * _split(rng))
        scene.pay(moment, shop, supplier, goods, "transfer", scene.pretext("supplies", "goods"))
        scene.pay(moment + scene.later(0.1, 2), shop, owner, drawn)
