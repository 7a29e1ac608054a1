"""T15: the domestic leg of an underground bank; purchasing agents and student families look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology

RATE = (6.9, 7.35)  # yuan a dollar over some years, the band of quotes


def _deals(scene: Scene, least: int, unit: float) -> np.ndarray:
    """Dollars, 1,000 to 30,000 a deal, in multiples of a unit."""
    rng = scene.rng
    count = int(rng.integers(least, 19))
    dollars = rng.lognormal(8.3, 0.7, count).clip(1_000, 30_000)
    return np.asarray((dollars / unit).round() * unit)


def _parts(scene: Scene, dollars: float, unit: float) -> np.ndarray:
    """A deal in one sum, or split in two multiples of the unit."""
    if dollars < 2 * unit or scene.rng.random() >= 0.4:
        return np.array([dollars])
    first = unit * int(scene.rng.integers(1, int(dollars // unit)))
    return np.array([first, dollars - first])


def overseas_buyer(scene: Scene) -> None:
    """A purchasing agent or a student's family collects yuan for dollar prices and wires them abroad."""
    rng = scene.rng
    days = rng.uniform(5, 30)
    scene.begin_within(days + 5)
    is_agent = rng.random() < 0.6
    payer = scene.insiders(1)[0]
    scene.join(payer, "agent" if is_agent else "parent")
    unit = float(rng.choice([1_000, 500, 500, 100]))
    dollars = _deals(scene, 6, unit)
    count = len(dollars)
    at = scene.waking(scene.start, days, count)
    quoted = round(rng.uniform(*RATE), 2)
    senders = scene.outsiders(count if is_agent else 4)
    sender = senders if is_agent else rng.choice(senders, count)
    scene.pay(
        at, sender, payer, dollars * quoted, "transfer", scene.stated("goods" if is_agent else "family")
    )
    abroad = scene.outsiders(int(rng.integers(1, 4)), "overseas")
    cost = quoted * rng.uniform(0.97, 0.998, count)
    purpose = scene.stated("goods" if is_agent else "tuition")
    for moment, usd, price in zip(at, dollars, cost, strict=True):
        parts = _parts(scene, usd, unit)
        sent = scene.by_day(moment + scene.later(0.5, 48, len(parts)))
        scene.pay(sent, payer, rng.choice(abroad, len(parts)), parts * price, "wire", purpose)


@typology(
    "地下钱庄对敲",
    family="pass_through",
    source="T15; AMLTRIX T0101, T0102",
    look_alike=overseas_buyer,
)
def underground_bank_mirror(scene: Scene) -> None:
    """Underground bank, domestic leg.

    Over 5 to 30 days 6 to 18 clients pay yuan to one to three bankers; 0.5 to 48 hours
    later the same dollars, 0.3 to 2 % cheaper, go to payees at home. Amounts are round in
    dollars at the day's rate, not in yuan; nothing crosses the border at this bank.
    """
    rng = scene.rng
    days = rng.uniform(5, 30)
    scene.begin_within(days + 4)
    unit = (1_000.0, 500.0, 100.0)[scene.sophistication]
    dollars = _deals(scene, 6, unit)
    bankers = scene.recruits(int(rng.integers(1, 4)))
    at = scene.waking(scene.start, days, len(dollars))
    scene.warm_up(bankers)
    quoted = rng.uniform(*RATE)
    day = (at - scene.calendar.start_us) // DAY_US
    # A naive banker keeps one price for weeks; others follow the market day by day.
    drift = np.zeros(int(days) + 3) if scene.sophistication == 0 else rng.normal(0, 0.003, int(days) + 3)
    price = np.round(quoted * (1 + drift[day - day[0]]), 2 if scene.sophistication == 0 else 4)
    parties = scene.outsiders(3 * len(dollars)).reshape(-1, 3)
    for number, (moment, usd) in enumerate(zip(at, dollars, strict=True)):
        banker = rng.choice(bankers)
        client, payees = parties[number, 0], parties[number, 1:]
        scene.join(banker, "banker")
        scene.join(client, "client")
        scene.pay(moment, client, banker, usd * price[number], "transfer", scene.pretext("goods", "loan"))
        parts = _parts(scene, usd, unit)
        bought = price[number] * (1 - rng.uniform(0.003, 0.02))
        paid = parts * np.round(bought, 2 if scene.sophistication == 0 else 4)
        payees = payees[: len(parts)]
        scene.join(payees, "payee")
        gone = scene.by_day(moment + scene.later(0.5, 12 * scene.pace(), len(parts)))
        scene.pay(gone, banker, payees, paid, "transfer", scene.pretext("goods", "loan"))
