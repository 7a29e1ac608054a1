"""T21: somebody borrows their own money; lending in a family and refinancing look alike."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.typologies import Scene, typology

FIRM_SHARE = 0.12  # of borrowers, small firms (assumption)


def _dwell(scene: Scene) -> int:
    """Microseconds until the money is back, one to six months."""
    return int(scene.rng.uniform(30, 180) * DAY_US)


def _yuan(scene: Scene) -> float:
    return float(np.clip(scene.rng.lognormal(10.7, 1.0), 15_000, 2_000_000))


def _spend(scene: Scene, at: int, account: int, yuan: float) -> None:
    """A house, a car or machines."""
    seller = scene.outsiders(1, "company" if scene.rng.random() < 0.6 else "person")
    paid = scene.slices(yuan, int(scene.rng.integers(1, 4)), 5.0)
    scene.pay(scene.after(at, 4, 96, len(paid)), account, seller, paid, "transfer", "goods")


def lending(scene: Scene) -> None:
    """A relative lends for a house and is paid back, or a new lender's money repays the old one early."""
    rng = scene.rng
    dwell, yuan = _dwell(scene), _yuan(scene)
    borrower = scene.participants(1, FIRM_SHARE)[0]
    scene.join(borrower, "borrower")
    if rng.random() < 0.5:
        payee = scene.insiders(1)[0] if rng.random() < 0.5 else scene.outsiders(1)[0]
        at = scene.start
        if scene.is_inside(payee) and payee != borrower:
            fund = scene.outsiders(1, "broker")
            sold = scene.slices(yuan * rng.uniform(1.01, 1.1), int(rng.integers(1, 4)), 5.0)
            yuan = min(
                yuan, float(scene.pay(np.full(len(sold), at), fund, payee, sold, purpose="investment").sum())
            )
            at = int(scene.after(at, 3, 90))
        else:
            payee = scene.outsiders(1)[0]
        lent = float(scene.pay(at, payee, borrower, yuan, "transfer", "loan"))
        scene.join(payee, "relative")
        payers, why = scene.outsiders(int(rng.integers(2, 5))), scene.pretext("family", "loan")
    else:
        payee, second = scene.outsiders(2, "lender")
        at = scene.start
        lent = float(scene.pay(at, payee, borrower, yuan, "transfer", "loan"))
        # Another lender takes the debt over, or a house is sold.
        payers, why = np.array([second]), "loan"
        if rng.random() < 0.8:
            payers, why = scene.outsiders(int(rng.integers(2, 5))), "goods"
    _spend(scene, at, borrower, lent * rng.uniform(0.8, 0.98))
    parts = scene.slices(lent * rng.uniform(1.01, 1.06), len(payers), 5.0)
    came = np.sort(scene.after(at + dwell, 1, 90, len(payers)))
    got = float(scene.pay(came, payers, borrower, parts, "transfer", why).sum())
    repaid = scene.after(came[-1], 1, 90)
    scene.pay(repaid, borrower, payee, min(lent * rng.uniform(0.92, 1.0), got), "transfer", "loan_repayment")


@typology(
    "回贷",
    family="round_trip",
    source="T21; AMLTRIX T0098; FFIEC lending",
    look_alike=lending,
    look_alike_label=("a family loan or an early repayment", "亲属借款或提前还贷"),
    roles={"borrower": ("borrower", "借款人")},
)
def loan_back(scene: Scene) -> None:
    """Loan-back.

    15,000 to 2,000,000 yuan of a person's own hidden money goes to a shell company
    and returns one to six months later, 92 to 99 % of it, as a "loan" that is soon
    spent; or a true loan of that size is repaid in full one to six months later,
    long before its term, from the money of third parties.
    """
    rng = scene.rng
    dwell, yuan = _dwell(scene), _yuan(scene)
    borrower = scene.participants(1, FIRM_SHARE)[0]
    scene.join(borrower, "borrower")
    helpers = scene.outsiders(int(rng.integers(2, 5)), "person" if rng.random() < 0.6 else "company")
    scene.join(helpers, "source")
    why = scene.pretext("goods", "loan_repayment", "family")
    if rng.random() < 0.6:
        firms = scene.outsiders(len(helpers) + 1, "company")
        shell = firms[~np.isin(firms, helpers)][0]
        if rng.random() < 0.25:
            shell = scene.insiders(1, "company")[0]
        scene.join(shell, "shell")
        came = np.sort(scene.after(scene.start, 1, 48 * scene.pace(), len(helpers)))
        parts = scene.slices(yuan, len(helpers), 5.0)
        got = float(scene.pay(came, helpers, borrower, parts, "transfer", why).sum())
        sent = int(scene.after(came[-1], 1, 48))
        put = float(scene.pay(sent, borrower, shell, got * rng.uniform(0.97, 0.99), "transfer", "goods"))
        at = int(scene.after(sent + dwell, 0.1, 24))
        lent = float(scene.pay(at, shell, borrower, put * rng.uniform(0.95, 0.99), "transfer", "loan"))
        _spend(scene, at, borrower, lent * rng.uniform(0.7, 0.95))
    else:
        lender = scene.outsiders(1, "lender")[0]
        lent = float(scene.pay(scene.start, lender, borrower, yuan, "transfer", "loan"))
        _spend(scene, scene.start, borrower, lent * rng.uniform(0.8, 0.98))
        came = np.sort(scene.after(scene.start + dwell, 1, 48 * scene.pace(), len(helpers)))
        parts = scene.slices(lent * rng.uniform(1.05, 1.2), len(helpers), 5.0)
        got = float(scene.pay(came, helpers, borrower, parts, "transfer", why).sum())
        repaid = scene.after(came[-1], 1, 72)
        scene.pay(repaid, borrower, lender, min(lent, got), "transfer", "loan_repayment")
