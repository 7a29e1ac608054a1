"""T15: the domestic leg of an underground bank; small importers and student families look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology
from data.world.calendar import OFFICE

RATE = (6.9, 7.35)  # yuan a dollar over some years, the band of quotes


def _deals(scene: Scene, unit: float) -> np.ndarray:
    """Dollars of 5 to 14 deals, 100 to 20,000 each, in multiples of a unit."""
    rng = scene.rng
    dollars = rng.lognormal(6.8, 1.1, int(rng.integers(5, 15))).clip(100, 20_000)
    return np.asarray(np.maximum((dollars / unit).round(), 1) * unit)


def _parts(scene: Scene, dollars: float, unit: float) -> np.ndarray:
    """A deal in one sum, or split in two multiples of the unit."""
    if dollars < 2 * unit or scene.rng.random() >= 0.4:
        return np.array([dollars])
    first = unit * int(scene.rng.integers(1, int(dollars // unit)))
    return np.array([first, dollars - first])


def importer(scene: Scene) -> None:
    """A small importer of goods priced in dollars is paid by buyers and wires what the makers abroad ask."""
    rng = scene.rng
    days = rng.uniform(8, 50)
    trader = scene.insiders(1, "micro_business" if rng.random() < 0.85 else "company")[0]
    scene.join(trader, "wholesaler")
    dollars = _deals(scene, float(rng.choice([1_000, 500, 100])))
    at = scene.waking(scene.start, days, len(dollars))
    quoted = round(rng.uniform(*RATE), 2)
    buyers = scene.outsiders(len(dollars), "person" if rng.random() < 0.5 else "company")
    got = scene.pay(at, buyers, trader, dollars * quoted, "transfer", "goods")
    abroad = scene.outsiders(int(rng.integers(1, 4)), "overseas")
    # Some orders are wired together, and makers at home are paid as well.
    for orders in np.array_split(np.arange(len(at)), int(rng.integers(1, 4))):
        due, when = got[orders].sum() * rng.uniform(0.75, 0.97), at[orders].max()
        share = rng.uniform(0.3, 0.8)
        wired = scene.after(when, 2, 72, clock=OFFICE)
        scene.pay(wired, trader, rng.choice(abroad), due * share, "wire", scene.pretext("supplies", "goods"))
        maker = scene.outsiders(1, "company" if rng.random() < 0.6 else "person")
        bought = scene.after(when, 0.5, 48, clock=OFFICE)
        scene.pay(bought, trader, maker, due * (1 - share), "transfer", "supplies")


@typology(
    "地下钱庄对敲",
    family="pass_through",
    source="T15; AMLTRIX T0101, T0102",
    look_alike=importer,
    look_alike_label=("a small importer", "小型进口商收款付汇"),
    roles={"banker": ("banker", "钱庄账户")},
)
def underground_bank_mirror(scene: Scene) -> None:
    """Underground bank, domestic leg.

    Over 8 to 50 days 5 to 14 clients mean to pay dollars at the day's rate in yuan to one
    or two bankers; 0.5 to 48 hours later the same dollars, 0.3 to 2 % cheaper, go to
    payees at home. Nothing crosses the border at this bank.
    """
    rng = scene.rng
    days = rng.uniform(8, 50)
    unit = (1_000.0, 500.0, 100.0)[scene.sophistication]
    dollars = _deals(scene, unit)
    bankers = scene.recruits(1 + int(rng.random() < 0.3))
    at = scene.waking(scene.start, days, len(dollars))
    quoted = rng.uniform(*RATE)
    day = (at - scene.calendar.start_us) // DAY_US
    # A naive banker keeps one price for weeks; others follow the market day by day.
    drift = np.zeros(int(days) + 3) if scene.sophistication == 0 else rng.normal(0, 0.003, int(days) + 3)
    price = np.round(quoted * (1 + drift[day - day[0]]), 2 if scene.sophistication == 0 else 4)
    parties = scene.outsiders(3 * len(dollars)).reshape(-1, 3)
    banker = rng.choice(bankers, len(dollars))
    scene.join(np.unique(banker), "banker")
    scene.join(parties[:, 0], "client")
    reasons = ("goods", "loan", "family", "loan_repayment")
    sums = dollars * price
    got = scene.pay(at, parties[:, 0], banker, sums, "transfer", scene.pretext(*reasons))
    for number, (moment, usd) in enumerate(zip(at, dollars, strict=True)):
        parts = _parts(scene, usd, unit)
        cheaper = price[number] * (1 - rng.uniform(0.003, 0.02)) * min(got[number] / sums[number], 1.0)
        payees = parties[number, 1:][: len(parts)]
        scene.join(payees, "payee")
        gone = scene.after(moment, 0.5, 12 * scene.pace(), len(parts))
        scene.pay(gone, banker[number], payees, parts * cheaper, "transfer", scene.pretext(*reasons))
