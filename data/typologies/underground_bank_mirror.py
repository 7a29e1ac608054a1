"""T15: the domestic leg of an underground bank; small importers and student families look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology
from data.world.calendar import OFFICE

FIRM_SHARE = 0.2  # of the plans whose customers are small firms (assumption)
FIRM_CLIENTS_SHARE = 0.35  # of the plans whose clients are companies (assumption)
FIRM_PAID_SHARE = 0.25  # of the plans in which companies are paid in the end (assumption)
WIRE_SHARE = 0.35  # of importers who pay abroad themselves and not through an agent at home (assumption)
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
    """A small importer of goods priced in dollars is paid by buyers and pays what makers or agents ask."""
    rng = scene.rng
    days = rng.uniform(8, 50)
    trader = scene.traders(1, FIRM_SHARE)[0]
    scene.join(trader, "wholesaler")
    dollars = _deals(scene, float(rng.choice([1_000, 500, 100])))
    buyers = scene.elsewhere(len(dollars), FIRM_CLIENTS_SHARE)
    at = scene.meeting(scene.start, days, len(dollars), buyers[0], trader)
    quoted = round(rng.uniform(*RATE), 2)
    got = scene.pay(at, buyers, trader, dollars * quoted, "transfer", scene.pretext("goods", "unstated"))
    is_wired = rng.random() < WIRE_SHARE
    # Makers are few; who pays agents at home has one for each shipment.
    agents = scene.elsewhere(2 * len(dollars), FIRM_PAID_SHARE).reshape(-1, 2)
    abroad = scene.outsiders(int(rng.integers(1, 4)), "overseas")
    for order, (moment, usd) in enumerate(zip(at, dollars, strict=True)):
        parts = (
            _parts(scene, usd, 100.0) * quoted * rng.uniform(0.75, 0.97) * min(got[order] / (usd * quoted), 1)
        )
        if is_wired and order % 3 == 0:
            paid = scene.after(moment, 2, 72, len(parts), OFFICE)
            why = scene.pretext("supplies", "goods")
            scene.pay(paid, trader, rng.choice(abroad), parts, "wire", why)
        else:
            paid = scene.after(moment, 0.5, 48, len(parts), scene.clock(trader, agents[0, 0]))
            scene.pay(paid, trader, agents[order][: len(parts)], parts, "transfer", "supplies")


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
    bankers = scene.participants(1 + int(rng.random() < 0.3), FIRM_SHARE)
    clients = scene.elsewhere(len(dollars), FIRM_CLIENTS_SHARE)
    at = scene.meeting(scene.start, days, len(dollars), clients[0], bankers[0])
    quoted = rng.uniform(*RATE)
    day = (at - scene.calendar.start_us) // DAY_US
    # A naive banker keeps one price for weeks; others follow the market day by day.
    drift = np.zeros(int(days) + 3) if scene.sophistication == 0 else rng.normal(0, 0.003, int(days) + 3)
    price = np.round(quoted * (1 + drift[day - day[0]]), 2 if scene.sophistication == 0 else 4)
    paid_out = scene.elsewhere(3 * len(dollars), FIRM_PAID_SHARE)
    paid_out = paid_out[~np.isin(paid_out, clients)][: 2 * len(dollars)].reshape(-1, 2)
    banker = rng.choice(bankers, len(dollars))
    scene.join(np.unique(banker), "banker")
    scene.join(clients, "client")
    sums = dollars * price
    got = scene.pay(at, clients, banker, sums, "transfer", scene.pretext_of(int(clients[0])))
    for number, (moment, usd) in enumerate(zip(at, dollars, strict=True)):
        parts = _parts(scene, usd, unit)
        cheaper = price[number] * (1 - rng.uniform(0.003, 0.02)) * min(got[number] / sums[number], 1.0)
        payees = paid_out[number][: len(parts)]
        scene.join(payees, "payee")
        hours = scene.clock(banker[number], payees[0])
        gone = scene.after(moment, 0.5, 12 * scene.pace(), len(parts), hours)
        why = scene.pretext_of(int(banker[number]))
        scene.pay(gone, banker[number], payees, parts * cheaper, "transfer", why)
