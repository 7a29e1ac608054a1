"""T16: a company's account feeds many persons who fetch cash; outsourced payroll looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.typologies import Scene, typology


def outsourced_payroll(scene: Scene) -> None:
    """A labour agency is paid for a project and pays the crews' leaders, some of whom want cash."""
    rng = scene.rng
    agency = scene.insiders(1, "company" if rng.random() < 0.7 else "micro_business")[0]
    workers = scene.insiders(int(rng.integers(4, 8)))
    staff = np.concatenate([workers, scene.outsiders(int(rng.integers(4, 10)))])
    clients = scene.outsiders(int(rng.integers(2, 6)), "company")
    scene.join(agency, "agency")
    scene.join(workers, "worker")
    for day in scene.workdays(scene.start, int(rng.integers(1, 5))):
        wages = scene.slices(rng.uniform(500_000, 890_000), len(staff), 12.0)
        fee = 1 + rng.uniform(0.005, 0.08)
        at = day + (rng.uniform(8.5, 11, len(clients)) * HOUR_US).astype(np.int64)
        bills = scene.portions(wages.sum() * fee, len(clients), 5.0)
        scene.pay(at, clients, agency, bills, "transfer", scene.stated("supplies", 0.6))
        paid = at.max() + scene.later(0.2, 3, len(staff))
        scene.pay(paid, agency, staff, wages, "transfer", scene.stated("payroll", 0.7))
        for worker, moment, wage in zip(workers, paid, wages, strict=False):
            if rng.random() < 0.9:
                # The leader pays the crew out of hand.
                visits = int(rng.integers(1, 4))
                notes = rng.dirichlet(np.full(visits, 6.0)) * wage * rng.uniform(0.85, 1)
                scene.fetch_cash(moment + scene.later(0.3, 30, visits), worker, notes)


@typology(
    "结算型地下钱庄",
    family="pass_through",
    source="T16; 银发〔2016〕261号",
    look_alike=outsourced_payroll,
)
def underground_bank_settlement(scene: Scene) -> None:
    """Settlement-type underground bank.

    On three to seven working days clients pay a company's account at least 500,000
    yuan in the morning; the company pays it on to 8 to 16 persons the same day, and
    those who bank here fetch it in cash within hours. All in business hours; a fee of
    0.1 to 1 % stays with the company.
    """
    rng = scene.rng
    pool = scene.insiders(1, "company")[0]
    runners = scene.recruits(int(rng.integers(3, 7)))
    crew = np.concatenate([runners, scene.outsiders(int(rng.integers(5, 11)))])
    clients = scene.outsiders(int(rng.integers(2, 6)), "company")
    scene.join(pool, "pool")
    scene.join(runners, "runner")
    scene.control(runners)
    scene.join(clients, "client")
    # A careful bank calls it wages and rests every other day.
    purpose = "payroll" if scene.sophistication == 2 else scene.stated("goods", 0.3)
    rest = 2 if scene.sophistication == 2 else 1
    for day in scene.workdays(scene.start, rest * int(rng.integers(3, 8)))[::rest]:
        at = day + (rng.uniform(8.5, 10.5, len(clients)) * HOUR_US).astype(np.int64)
        bills = scene.slices(rng.uniform(520_000, 900_000), len(clients), 5.0)
        scene.pay(at, clients, pool, bills, "transfer", scene.stated("supplies", 0.5))
        parts = scene.portions(bills.sum() * rng.uniform(0.991, 0.999), len(crew), 12.0)
        paid = at.max() + scene.later(0.2, 3, len(crew))
        scene.pay(paid, pool, crew, parts, "transfer", purpose)
        for runner, moment, yuan in zip(runners, paid, parts, strict=False):
            visits = int(rng.integers(1, 4))
            scene.fetch_cash(
                moment + scene.later(0.3, 4, visits), runner, rng.dirichlet(np.full(visits, 6.0)) * yuan
            )
