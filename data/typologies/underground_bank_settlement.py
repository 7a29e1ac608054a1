"""T16: a company's account feeds many persons who fetch cash; outsourced payroll looks alike."""

from __future__ import annotations

import numpy as np

from data.schema import HOUR_US
from data.typologies import Scene, typology
from data.world.calendar import OFFICE


def outsourced_payroll(scene: Scene) -> None:
    """A labour agency is paid for a project and pays the crews' leaders, some of whom want cash."""
    rng = scene.rng
    agency = scene.insiders(1, "company")[0]
    workers = scene.participants(int(rng.integers(1, 3)))
    staff = np.concatenate([workers, scene.outsiders(int(rng.integers(5, 10)))])
    clients = scene.outsiders(int(rng.integers(2, 5)), "company")
    scene.join(agency, "agency")
    scene.join(workers, "worker")
    why = "payroll" if rng.random() < 0.6 else "goods"  # wages, or the bills of the leaders
    for day in scene.workdays(scene.start, 20)[:: int(rng.integers(7, 12))]:
        wages = scene.slices(rng.lognormal(11.1, 0.7), len(staff), 8.0)
        at = day + (rng.uniform(8.5, 12.5, len(clients)) * HOUR_US).astype(np.int64)
        bills = scene.portions(wages.sum() * (1.02 + rng.uniform(0.005, 0.1)), len(clients), 5.0)
        got = scene.pay(at, clients, agency, bills, "transfer", "supplies").sum()
        paid = scene.after(at.max(), 0.2, 5, len(staff), OFFICE)
        wages = scene.pay(paid, agency, staff, wages * min(got / wages.sum(), 1.0), "transfer", why)
        for worker, moment, wage in zip(workers, paid, wages, strict=False):
            if rng.random() < 0.7:
                # The leader pays the crew out of hand.
                visits = int(rng.integers(1, 4))
                notes = rng.dirichlet(np.full(visits, 6.0)) * wage * rng.uniform(0.7, 1)
                scene.fetch_cash(scene.after(moment, 0.3, 30, visits), worker, notes)


@typology(
    "结算型地下钱庄",
    family="pass_through",
    source="T16; 银发〔2016〕261号",
    look_alike=outsourced_payroll,
    look_alike_label=("outsourced payroll", "劳务公司代发工资"),
    roles={"worker": ("worker", "工人")},
)
def underground_bank_settlement(scene: Scene) -> None:
    """Settlement-type underground bank.

    On two or three working days, a week or two apart, clients pay a company's account 20,000
    to 500,000 yuan; the company pays it on to 6 to 11 persons the same day, and one or two
    who bank here fetch it in cash within hours. All in business hours; a fee of 0.2 to
    2 % stays with the company.
    """
    rng = scene.rng
    pool = scene.insiders(1, "company")[0]
    runners = scene.participants(int(rng.integers(1, 3)))
    crew = np.concatenate([runners, scene.outsiders(int(rng.integers(5, 10)))])
    clients = scene.outsiders(int(rng.integers(2, 5)), "company")
    scene.join(pool, "pool")
    scene.join(runners, "runner")
    scene.control(runners)
    scene.join(clients, "client")
    # A careful bank calls it wages and rests longer.
    why = "payroll" if scene.sophistication == 2 else scene.pretext_of(pool)
    rest = (5, 7, 10)[scene.sophistication]
    for day in scene.workdays(scene.start, rest * int(rng.integers(2, 4)))[::rest]:
        at = day + (rng.uniform(8.5, 12.5, len(clients)) * HOUR_US).astype(np.int64)
        bills = scene.slices(float(np.clip(rng.lognormal(11.1, 0.7), 22_000, 495_000)), len(clients), 5.0)
        got = scene.pay(at, clients, pool, bills, "transfer", "supplies").sum()
        parts = scene.portions(got * rng.uniform(0.98, 0.998), len(crew), 8.0)
        paid = at.max() + scene.later(0.2, 3.5, len(crew))
        parts = scene.pay(paid, pool, crew, parts, "transfer", why)
        for runner, moment, yuan in zip(runners, paid, parts, strict=False):
            visits = int(rng.integers(1, 4))
            notes = rng.dirichlet(np.full(visits, 6.0)) * yuan
            scene.fetch_cash(moment + scene.later(0.3, 2.2, visits), runner, notes)
