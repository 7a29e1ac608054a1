"""Integration: an organiser who banks here takes proceeds in and spends them as anybody spends money.

These payments are illicit and belong to the scheme, but they are no part of its shape:
rent and instalments, purchases, supplies and wages of a shop, in the amounts and at the
hours of ordinary life. Only the money's origin is wrong.
"""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.calendar import OFFICE, WAKING
from data.world.scene import Scene
from parameters import PositiveRange, Share
from pipeline import Parameters

MONTH_DAYS = 30
LEAST_DAYS = 14  # with less of the run left nothing is spent any more
ROLE = "organiser"

# What proceeds pay for: purpose, kind of payee, share of the money, payments a month, channel,
# clock. All are assumptions of this project.
Use = tuple[str, str, float, float, str, np.ndarray]
OF_A_PERSON: tuple[Use, ...] = (
    ("shopping", "merchant", 0.34, 14, "qr", WAKING),
    ("shopping", "merchant", 0.16, 5, "pos", WAKING),
    ("loan_repayment", "lender", 0.14, 1, "transfer", OFFICE),
    ("rent", "person", 0.10, 1, "transfer", WAKING),
    ("family", "person", 0.08, 2, "transfer", WAKING),
    ("tuition", "company", 0.07, 0.5, "transfer", OFFICE),
    ("investment", "broker", 0.07, 1, "transfer", OFFICE),
    ("utility", "utility", 0.04, 1, "transfer", OFFICE),
)
OF_A_FIRM: tuple[Use, ...] = (
    ("supplies", "company", 0.50, 9, "transfer", OFFICE),
    ("payroll", "person", 0.24, 5, "transfer", OFFICE),
    ("rent", "company", 0.12, 1, "transfer", OFFICE),
    ("utility", "utility", 0.04, 1, "transfer", OFFICE),
    ("shopping", "merchant", 0.10, 6, "qr", WAKING),
)


class Integration(Parameters):
    """Section ``simulate.integration`` of params.yaml."""

    organiser_share: Share
    firm_share: Share
    weeks: PositiveRange
    incomes_a_month: PositiveRange


def integrate(scene: Scene, params: Integration) -> None:
    """Let an organiser of a drawn scheme who banks here, if there is one, spend proceeds.

    Money comes from those outside whom the scheme paid, or in cash, in some instalments;
    it is spent for weeks from the second half of the scheme on. Nobody spends more than a
    part of what the scheme moved.
    """
    rng, calendar = scene.rng, scene.calendar
    if rng.random() >= params.organiser_share:
        return
    flow = scene.flow
    at = np.sort(flow.at)
    begins = int(at[int(rng.uniform(0.5, 1) * (len(at) - 1))])
    left_days = calendar.days - (begins - calendar.start_us) / DAY_US
    if left_days < LEAST_DAYS:
        return
    days = min(7 * rng.uniform(*params.weeks), left_days)
    is_firm = rng.random() < params.firm_share
    organiser = _somebody_else(scene, "micro_business" if is_firm else "person")
    moved = int(flow.amount.sum()) / 100
    means = scene.income(organiser) * days / MONTH_DAYS * rng.uniform(*params.incomes_a_month)
    proceeds = min(moved * rng.uniform(0.1, 0.3), means)
    scene.join(organiser, ROLE)
    first = _take_in(scene, organiser, proceeds * 1.02, begins, days)
    for purpose, kind, share, monthly, channel, clock in OF_A_FIRM if is_firm else OF_A_PERSON:
        count = int(rng.poisson(monthly * days / MONTH_DAYS))
        if count:
            # A landlord, a school, a few shops: one returns to those one knows.
            known = scene.outsiders(max(count // 4, 1), kind)
            sums = scene.slices(proceeds * share, count, 2.0 if kind == "merchant" else 12.0)
            paid = scene.during(first, max(int(days), 1), count, clock)
            city = scene.home(organiser) if channel in ("qr", "pos") else -1
            scene.spend(paid, organiser, rng.choice(known, count), sums, channel, purpose, city)


def _somebody_else(scene: Scene, kind: str) -> int:
    """A customer of a kind who takes no part in the scheme yet."""
    flow = scene.flow
    taking_part = np.unique(np.concatenate([flow.payer, flow.payee]))
    others = taking_part[scene.is_inside(taking_part) & (scene.world.holder[taking_part] == kind)]
    return next(int(one) for one in scene.insiders(len(others) + 1, kind) if one not in others)


def _take_in(scene: Scene, organiser: int, yuan: float, begins: int, days: float) -> int:
    """Bring proceeds to an organiser, by transfer or in cash; the first moment."""
    rng = scene.rng
    payees = np.unique(scene.flow.payee)
    private = np.isin(scene.world.holder[payees], ["person", "company"])
    sources = payees[private & ~scene.is_inside(payees)]
    count = 1 + int(rng.poisson(days / 14))
    at = scene.during(begins, max(int(days * 0.6), 1), count, WAKING)
    sums = scene.slices(yuan, count, 4.0)
    if len(sources) and rng.random() < 0.75:
        source = rng.choice(sources, min(len(sources), 2), replace=False)
        purpose = scene.pretext("payroll", "loan_repayment", "goods", "family")
        scene.spend(at, rng.choice(source, count), organiser, sums, "transfer", purpose)
    else:
        city, notes = scene.home(organiser), np.maximum(sums // 100 * 100, 100)
        office = scene.calendar.moments(rng, (at - scene.calendar.start_us) // DAY_US, OFFICE)
        scene.spend(office, scene.desk(city), organiser, notes, "cash_deposit", "cash", city)
        at = office
    return int(at.min())
