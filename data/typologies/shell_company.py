"""T14: sham invoices through a firm to private accounts; a young trading firm looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

# A shell is young and small, and so is an honest start-up (assumption).
YOUNG_YEARS = (0.0, 2.5)
MOST_CAPITAL = 3_000_000
# Share of shells that pay abroad too, and of start-ups that import; chance that it is to a
# jurisdiction of higher risk (assumption).
ABROAD_SHARE, HIGH_RISK_SHARE = 0.4, 0.7
IMPORTER_SHARE, IMPORTER_HIGH_RISK_SHARE = 0.25, 0.1


def _invoices(scene: Scene, unit: float) -> np.ndarray:
    """6 to 20 invoices of 50,000 to 2,000,000 yuan, rounded to a unit."""
    rng = scene.rng
    sums = rng.lognormal(11.9, 0.7, int(rng.integers(6, 21))).clip(50_000, 2_000_000)
    return np.asarray((sums / unit).round() * unit)


def trading_start_up(scene: Scene) -> None:
    """A young trading firm is paid by its first clients, pays makers, a small staff and its founder."""
    rng = scene.rng
    days = scene.length(30, 180)
    scene.begin_within(days + 12)
    firm = scene.firm("company", YOUNG_YEARS, MOST_CAPITAL)
    scene.join(firm, "start_up")
    invoices = _invoices(scene, float(rng.choice([10_000, 10_000, 1_000, 100])))
    at = scene.office(scene.start, days, len(invoices))
    clients = scene.outsiders(int(rng.integers(3, 9)), "company")
    persons = scene.outsiders(10)
    staff = persons[: int(rng.integers(2, 7))]
    # Farmers and small workshops are paid on private accounts.
    makers = persons[6:] if rng.random() < 0.35 else scene.outsiders(4, "company")
    if scene.aside.random() < IMPORTER_SHARE:
        makers[:2] = scene.abroad(2, IMPORTER_HIGH_RISK_SHARE)
    people = str(rng.choice(["payroll", "loan_repayment"]))
    for moment, yuan in zip(at, invoices, strict=True):
        scene.pay(moment, rng.choice(clients), firm, yuan, "transfer", scene.stated("goods"))
        bills = scene.portions(yuan * rng.uniform(0.8, 0.98), int(rng.integers(1, 4)), 6.0)
        paid = scene.office(moment, 9, len(bills))
        for number, (due, bill) in enumerate(zip(paid, bills, strict=True)):
            # Goods first; what is left pays people.
            payee, why = (rng.choice(makers), "goods") if number < 2 else (rng.choice(staff), people)
            scene.remit(due, firm, payee, bill, scene.stated(why))


@typology(
    "空壳公司虚开",
    family="profile_mismatch",
    source="T14; AMLTRIX T0001",
    look_alike=trading_start_up,
)
def shell_company(scene: Scene) -> None:
    """Shell company with sham invoices.

    A company of some months, with a capital of about a million, is paid 6 to 20 round
    invoices of 50,000 to 2,000,000 yuan in 1 to 6 months by 4 to 12 unrelated firms and
    persons; within days 95 to 99 % of each goes to private accounts, some of it abroad for
    goods that never come.
    """
    rng = scene.rng
    days = scene.length(30, 180)
    scene.begin_within(days + 3 * scene.pace() + 3)
    firm = scene.firm("company", YOUNG_YEARS, MOST_CAPITAL)
    invoices = _invoices(scene, (10_000.0, 1_000.0, 100.0)[scene.sophistication])
    third_parties = min(int(rng.integers(4, 13)), len(invoices))
    persons = scene.outsiders(third_parties // 3 + int(rng.integers(2, 7)))
    private = persons[third_parties // 3 :]
    if scene.aside.random() < ABROAD_SHARE:
        private = np.append(private, scene.abroad(1, HIGH_RISK_SHARE))
    payers = scene.outsiders(third_parties - third_parties // 3, "company")
    payers = rng.permutation(np.append(payers, persons[: third_parties // 3]))
    scene.join(firm, "shell")
    scene.join(payers, "third_party")
    scene.warm_up(firm)
    at = scene.office(scene.start, days, len(invoices))
    purpose = scene.pretext("goods", "supplies", "investment")
    for number, (moment, yuan) in enumerate(zip(at, invoices, strict=True)):
        scene.pay(moment, payers[number % len(payers)], firm, yuan, "transfer", purpose)
        count = int(rng.integers(1, min(len(private), 3) + 1))
        leaves = scene.portions(yuan * rng.uniform(0.95, 0.99), count, 6.0)
        payees = rng.choice(private, count, replace=False)
        is_abroad = scene.world.holder[payees] == "overseas"
        scene.join(payees[~is_abroad], "private_account")
        scene.join(payees[is_abroad], "exit")
        gone = scene.office(moment, 3 * scene.pace(), count)
        scene.remit(gone, firm, payees, leaves, scene.pretext("loan_repayment", "payroll"))
