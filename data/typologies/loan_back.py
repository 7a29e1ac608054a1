"""T21: somebody borrows their own money; lending in a family and refinancing look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology


def _begin(scene: Scene) -> int:
    """Set the start so that one to nine months fit into the run; the delay in microseconds."""
    room = scene.calendar.days - 25 - scene.first_day
    days = float(scene.rng.uniform(30, max(min(270, 0.6 * scene.calendar.days, room), 31)))
    scene.start = scene.moment_between(scene.first_day, int(scene.calendar.days - 25 - days))
    return int(days * DAY_US)


def _yuan(scene: Scene) -> float:
    return float(scene.rounded(np.clip(scene.rng.lognormal(12.9, 0.7), 200_000, 5_000_000)))


def _spend(scene: Scene, at: int, account: int, yuan: float) -> None:
    """A house, a car or machines."""
    seller = scene.outsiders(1, "company" if scene.rng.random() < 0.6 else "person")
    paid = scene.slices(yuan, int(scene.rng.integers(1, 4)), 5.0)
    scene.pay(
        at + scene.later(4, 96, len(paid)), account, seller, paid, "transfer", scene.stated("goods", 0.5)
    )


def lending(scene: Scene) -> None:
    """A relative lends for a house and is paid back, or a new lender's money repays the old one early."""
    rng = scene.rng
    dwell, yuan = _begin(scene), _yuan(scene)
    borrower, relative = scene.insiders(2)
    scene.join(borrower, "borrower")
    at, back = scene.start, scene.start + dwell
    if rng.random() < 0.5:
        scene.join(relative, "relative")
        fund = scene.outsiders(1, "broker")
        sold = scene.slices(yuan * rng.uniform(1.01, 1.1), int(rng.integers(1, 4)), 5.0)
        scene.pay(at + scene.later(0.2, 2, len(sold)), fund, relative, sold, "transfer", "investment")
        at += int(scene.later(3, 90))
        scene.pay(at, relative, borrower, yuan, "transfer", scene.stated("loan", 0.5))
        payers, payee, why = scene.outsiders(int(rng.integers(2, 5))), relative, "unstated"
    else:
        first, second = scene.outsiders(2, "lender")
        scene.pay(at, first, borrower, yuan, "transfer", "loan")
        # Another lender takes the debt over, or a house is sold.
        payers, payee, why = np.array([second]), first, "loan"
        if rng.random() < 0.8:
            payers, why = scene.outsiders(int(rng.integers(2, 5))), scene.stated("goods", 0.4)
    _spend(scene, at, borrower, yuan * rng.uniform(0.8, 0.98))
    parts = scene.slices(yuan * rng.uniform(1.01, 1.06), len(payers), 5.0)
    came = back + np.sort(scene.later(1, 90, len(payers)))
    scene.pay(came, payers, borrower, parts, "transfer", why)
    repaid, purpose = came[-1] + scene.later(1, 90), scene.stated("loan_repayment", 0.8)
    scene.pay(repaid, borrower, payee, scene.rounded(yuan * rng.uniform(0.92, 1.0)), "transfer", purpose)


@typology("回贷", family="round_trip", source="T21; AMLTRIX T0098; FFIEC lending", look_alike=lending)
def loan_back(scene: Scene) -> None:
    """Loan-back.

    200,000 to 5,000,000 yuan of a person's own hidden money goes to a shell company
    and returns one to nine months later, 92 to 99 % of it, as a "loan" that is soon
    spent; or a true loan of that size is repaid in full one to nine months later,
    long before its term, from the money of third parties.
    """
    rng = scene.rng
    dwell, yuan = _begin(scene), _yuan(scene)
    borrower = scene.recruits(1)[0] if rng.random() < 0.7 else scene.insiders(1, "micro_business")[0]
    scene.join(borrower, "borrower")
    helpers = scene.outsiders(int(rng.integers(2, 5)), "person" if rng.random() < 0.6 else "company")
    scene.join(helpers, "source")
    firms = scene.outsiders(len(helpers) + 1, "company")
    firms = firms[~np.isin(firms, helpers)]
    at, back = scene.start, scene.start + dwell
    parts = scene.slices(yuan, len(helpers), 5.0)
    if rng.random() < 0.6:
        shell = scene.insiders(1, "company")[0] if rng.random() < 0.4 else firms[0]
        scene.join(shell, "shell")
        came = at + np.sort(scene.later(1, 48 * scene.pace(), len(helpers)))
        scene.pay(came, helpers, borrower, parts)
        put = float(scene.rounded(parts.sum() * rng.uniform(0.96, 0.99)))
        sent = came[-1] + int(scene.later(1, 48))
        scene.pay(sent, borrower, shell, put, "transfer", scene.stated("goods", 0.4))
        lent = float(scene.rounded(put * rng.uniform(0.93, 0.99)))
        at = int(sent + dwell)
        scene.pay(at, shell, borrower, lent, "transfer", scene.stated("loan", 0.8))
        _spend(scene, at, borrower, lent * rng.uniform(0.7, 0.95))
    else:
        lender = scene.outsiders(1, "lender")
        lent = yuan
        scene.pay(at, lender, borrower, lent, "transfer", "loan")
        _spend(scene, at, borrower, lent * rng.uniform(0.8, 0.98))
        came = back + np.sort(scene.later(1, 48 * scene.pace(), len(helpers)))
        scene.pay(came, helpers, borrower, parts * max(1.0, lent / parts.sum()) * rng.uniform(1.005, 1.04))
        scene.pay(came[-1] + scene.later(1, 72), borrower, lender, lent, "transfer", "loan_repayment")
