"""T14: sham invoices through a firm to private accounts; a young trading firm looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology

# A shell is young and small, and so is an honest start-up (assumption).
YOUNG_YEARS = (0.0, 2.5)
MOST_CAPITAL = 3_000_000
# Share of shells that pay abroad too, and of start-ups that import; chance that it is to a
# jurisdiction of higher risk (assumption).
ABROAD_SHARE, HIGH_RISK_SHARE = 0.25, 0.7
IMPORTER_SHARE, IMPORTER_HIGH_RISK_SHARE = 0.12, 0.1


FIRMS_PAID_SHARE = 0.3  # of the bills that firms send, not persons (assumption)


def _invoices(scene: Scene) -> np.ndarray:
    """5 to 14 invoices of 5,000 to 1,000,000 yuan."""
    return np.asarray(scene.rng.lognormal(10.3, 1.0, int(scene.rng.integers(5, 15))).clip(5_000, 1_000_000))


def trading_start_up(scene: Scene) -> None:
    """A young trading firm is paid by its first clients, pays makers, a small staff and its founder."""
    rng = scene.rng
    firm = scene.firm("company", YOUNG_YEARS, MOST_CAPITAL)
    scene.join(firm, "start_up")
    invoices = _invoices(scene)
    at = scene.office(scene.start, rng.uniform(30, 120), len(invoices))
    clients = scene.outsiders(int(rng.integers(3, 9)), "company")
    persons = scene.outsiders(10)
    staff = persons[: int(rng.integers(2, 7))]
    # Farmers and small workshops are paid on private accounts.
    makers = np.append(persons[6:], scene.outsiders(2, "company"))
    if scene.aside.random() < IMPORTER_SHARE:
        makers[:2] = scene.abroad(2, IMPORTER_HIGH_RISK_SHARE)
    got = scene.pay(at, rng.choice(clients, len(at)), firm, invoices, "transfer", "goods")
    why = scene.pretext("supplies", "goods")
    for moment, yuan in zip(at, got, strict=True):
        bills = scene.portions(yuan * rng.uniform(0.8, 0.99), int(rng.integers(1, 4)), 6.0)
        paid = scene.office(moment, 9, len(bills))
        # Goods first; what is left pays people.
        scene.remit(paid[:2], firm, rng.choice(makers, len(bills[:2])), bills[:2], why)
        for due, bill in zip(paid[2:], bills[2:], strict=True):
            owed = scene.pretext("payroll", "loan_repayment")
            scene.pay(due, firm, rng.choice(staff), bill, "transfer", owed)


@typology(
    "空壳公司虚开",
    family="profile_mismatch",
    source="T14; AMLTRIX T0001",
    look_alike=trading_start_up,
    look_alike_label=("a young trading firm", "初创贸易公司"),
    roles={"start_up": ("start-up", "初创公司"), "private_account": ("private account", "个人账户")},
)
def shell_company(scene: Scene) -> None:
    """Shell company with sham invoices.

    A company of some months, with a capital of about a million, is paid 5 to 14 invoices
    of 5,000 to 1,000,000 yuan in 1 to 4 months by 4 to 9 unrelated firms and persons;
    within days 97 to 99.8 % of each goes to private accounts, some of it abroad for goods
    that never come.
    """
    rng = scene.rng
    firm = scene.firm("company", YOUNG_YEARS, MOST_CAPITAL)
    invoices = _invoices(scene)
    third_parties = min(int(rng.integers(4, 10)), len(invoices))
    persons = scene.outsiders(third_parties // 3 + int(rng.integers(2, 7)))
    private = persons[third_parties // 3 :]
    further = scene.outsiders(2, "company")
    if scene.aside.random() < ABROAD_SHARE:
        private = np.append(private, scene.abroad(1, HIGH_RISK_SHARE))
    payers = scene.outsiders(third_parties - third_parties // 3, "company")
    payers = rng.permutation(np.append(payers, persons[: third_parties // 3]))
    scene.join(firm, "shell")
    scene.join(payers, "third_party")
    at = scene.office(scene.start, rng.uniform(30, 120), len(invoices))
    payer = payers[np.arange(len(at)) % len(payers)]
    got = scene.pay(at, payer, firm, invoices, "transfer", scene.pretext("goods", "supplies"))
    for moment, yuan in zip(at, got, strict=True):
        count = int(rng.integers(1, min(len(private), 3) + 1))
        leaves = scene.portions(yuan * rng.uniform(0.97, 0.998), count, 6.0)
        payees = rng.choice(private, count, replace=False)
        if rng.random() < FIRMS_PAID_SHARE:
            payees[0] = rng.choice(further)
        is_abroad = scene.world.holder[payees] == "overseas"
        scene.join(payees[~is_abroad], "private_account")
        scene.join(payees[is_abroad], "exit")
        gone = scene.office(moment, 3 * scene.pace(), count)
        scene.remit(gone, firm, payees, leaves, scene.pretext_of(firm))
