"""Integration: an organiser who banks here takes proceeds in and spends them as they live anyway.

These payments are illicit and belong to the scheme, but they are no part of its shape. Proceeds
come in several ways and small sums, and go where the organiser's own money goes: for some weeks
they buy, pay, give and lend more than else, at the same places and the same hours, a firm orders
more and pays more helpers. Now and then there is a larger thing of the kind that others with
such an income buy. Only the money's origin is wrong.

How much more is bounded by ``growth`` in params.yaml: the share of an organiser's own payments
that is made once more. Payments grow by no more than that, where those of one customer in a
hundred grow more from one month to the next without any reason.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit

from data.schema import DAY_US, HOUR_US, PURPOSES
from data.world.calendar import OFFICE, WAKING
from data.world.expression import mixed
from data.world.flows import CHANNEL, PURPOSE, Flow
from data.world.intents import Spender
from data.world.ledger import EVERYTHING
from data.world.population import OUTSIDE, Population
from data.world.scene import Scene
from parameters import PartRange, PositiveRange, Share
from pipeline import Parameters

MONTH_DAYS = 30
LEAST_DAYS = 3  # with less of the run left nothing is spent any more
ROLE = "organiser"

# Own payments that are not made once more because there is money: those that the bank or the
# state asks for, and moves between own accounts.
NEVER_AGAIN = ("savings", "fee", "interest", "tax", "refund", "takings", "utility")
AGAIN_AFTER_DAYS = 13  # within which something is bought or paid again, at most
AGAIN_SPREAD = 0.35  # of the sums of the second time round those of the first
AGAIN_HOURS = 1.5  # by which the hour differs, at most
NOTE_CENTS = 10_000
# The larger thing: what it is for, kind of payee, clock; share of a month's income that it takes.
LARGER = (
    ("loan", "person", WAKING),
    ("gift", "person", WAKING),
    ("goods", "company", OFFICE),
    ("goods", "person", WAKING),
    ("family", "person", WAKING),
)
LARGER_OF_A_FIRM = (
    ("supplies", "company", OFFICE),
    ("goods", "company", OFFICE),
    ("rent", "company", OFFICE),
)
LARGER_INCOMES, LARGER_SHARE = (0.2, 1.0), 0.5
# How a part of the proceeds comes in: share of the ways (assumption). Persons hardly pay cash in any
# more, while a shop has takings to pay in.
IN_CASH_SHARE, FROM_FIRMS_SHARE = {"person": 0.08, "micro_business": 0.3}, 0.3


class Integration(Parameters):
    """Section ``simulate.integration`` of params.yaml."""

    organiser_share: Share
    firm_share: Share
    weeks: PositiveRange
    growth: PartRange


def integrate(scene: Scene, params: Integration) -> None:
    """Let an organiser of a drawn scheme who banks here, if there is one, take proceeds in.

    Money comes from the second half of the scheme on, in some instalments, as much as the
    organiser means to spend in some weeks; nobody gets more than a part of what the scheme
    moved. What is spent is drawn with the organiser's own life (`Proceeds`).
    """
    rng, calendar = scene.rng, scene.calendar
    if rng.random() >= params.organiser_share:
        return
    flow = scene.flow
    at = np.sort(flow.at)
    begins = int(at[int(rng.uniform(0.5, 1) * (len(at) - 1))])
    days = 7 * rng.uniform(*params.weeks)
    if calendar.days - (begins - calendar.start_us) / DAY_US < LEAST_DAYS:
        return
    is_firm = rng.random() < params.firm_share
    organiser = _somebody_else(scene, "micro_business" if is_firm else "person")
    growth = float(rng.uniform(*params.growth))
    income = scene.income(organiser)
    larger = income * rng.uniform(*LARGER_INCOMES) if rng.random() < LARGER_SHARE else 0.0
    means = income * days / MONTH_DAYS * growth + larger
    proceeds = min(int(flow.amount.sum()) / 100 * rng.uniform(0.1, 0.5), means)
    scene.join(organiser, ROLE)
    first, came = _take_in(scene, organiser, proceeds, begins, days)
    spent = min(larger, came)
    if spent >= 1:
        _buy(scene, organiser, spent, first, days, is_firm)
    until = first + int(days * DAY_US)
    scene.spenders.append(Spender(organiser, first, until, growth, int((came - spent) * 100)))


def _somebody_else(scene: Scene, kind: str) -> int:
    """A customer of a kind who takes no part in the scheme yet."""
    flow = scene.flow
    taking_part = np.unique(np.concatenate([flow.payer, flow.payee]))
    others = taking_part[scene.is_inside(taking_part) & (scene.world.holder[taking_part] == kind)]
    return next(int(one) for one in scene.insiders(len(others) + 1, kind) if one not in others)


def _take_in(scene: Scene, organiser: int, yuan: float, begins: int, days: float) -> tuple[int, float]:
    """Bring proceeds to an organiser in several ways; the first moment, and the yuan that came."""
    rng = scene.rng
    count = 1 + int(rng.poisson(days / 10))
    at = scene.during(begins, max(int(days * 0.6), 1), count, WAKING)
    sums = scene.slices(yuan, count, 2.0)
    in_cash = rng.random(count) < IN_CASH_SHARE[str(scene.world.holder[organiser])]
    payees = np.unique(scene.flow.payee)
    known = payees[(scene.world.holder[payees] == "person") & ~scene.is_inside(payees)]
    came = 0.0
    for moment, part in zip(at[~in_cash], sums[~in_cash], strict=True):
        payer, why = scene.outsiders(1, "company")[0], "payroll"
        if rng.random() >= FROM_FIRMS_SHARE:
            payer = rng.choice(known) if len(known) and rng.random() < 0.5 else scene.outsiders(1)[0]
            why = scene.pretext("loan_repayment", "goods", "family", "unstated")
        came += float(scene.spend(moment, payer, organiser, part, "transfer", why))
    desk, city = scene.desk(scene.home(organiser)), scene.home(organiser)
    day = (at[in_cash] - scene.calendar.start_us) // DAY_US
    office = scene.calendar.moments(rng, day, OFFICE)
    stated = "takings" if scene.world.holder[organiser] == "micro_business" else "cash"
    for moment, part in zip(office, sums[in_cash], strict=True):
        notes = max(part // 100 * 100, 100.0)
        came += float(scene.spend(moment, desk, organiser, notes, "cash_deposit", stated, city))
    return int(min(at[~in_cash].min(initial=at.max() + DAY_US), office.min(initial=at.max() + DAY_US))), came


def _buy(scene: Scene, organiser: int, yuan: float, first: int, days: float, is_firm: bool) -> None:
    """One larger thing, paid at once or in a few parts."""
    rng = scene.rng
    uses = LARGER_OF_A_FIRM if is_firm else LARGER
    why, kind, clock = uses[int(rng.integers(len(uses)))]
    parts = scene.slices(yuan, int(rng.integers(1, 3)), 6.0)
    at = scene.during(first, max(int(days), 1), len(parts), clock)
    scene.spend(at, organiser, scene.outsiders(1, kind)[0], parts, "transfer", why)


class Proceeds:
    """Spends proceeds with each organiser's own life, payment by payment as it is drawn.

    What is chosen, and how it differs from the first time, hangs on the payment and the seed
    alone. An organiser's money is spent in the order in which their life is drawn.

    Parameters
    ----------
    world : who there is
    spenders : those of each scheme, in the order of schemes
    seed : of the world
    """

    def __init__(self, world: Population, spenders: list[list[Spender]], seed: int) -> None:
        self._of: dict[int, list[tuple[int, Spender]]] = {}
        for number, those in enumerate(spenders):
            for one in those:
                self._of.setdefault(one.account, []).append((len(spenders) + number, replace(one)))
        self._owner, self._seed = world.owner, np.uint64(seed)
        self._is_spender = np.zeros(len(world.owner), bool)
        self._is_spender[list(self._of)] = True
        self._again = ~np.isin(np.arange(len(PURPOSES)), [PURPOSE[name] for name in NEVER_AGAIN])
        self._again_by = ~np.isin(np.arange(len(CHANNEL)), [CHANNEL["cash_deposit"]])

    def of(self, flow: Flow) -> Flow:
        """What is paid once more with proceeds, beside the payments of a life that are drawn."""
        rows = np.flatnonzero(self._is_spender[flow.payer])
        rows = rows[self._again[flow.purpose[rows]] & self._again_by[flow.channel[rows]]]
        rows = rows[flow.amount[rows] != EVERYTHING]
        payee_owner = self._owner[flow.payee[rows]]
        rows = rows[(payee_owner != self._owner[flow.payer[rows]]) | (payee_owner == OUTSIDE)]
        rows = rows[np.argsort(flow.at[rows], kind="stable")]
        parts = [flow.take(rows[:0])]
        for account in np.unique(flow.payer[rows]).tolist():
            mine = flow.take(rows[flow.payer[rows] == account])
            parts += [self._again_of(mine, number, spender) for number, spender in self._of[account]]
        return Flow.concat(parts)

    def _again_of(self, flow: Flow, number: int, spender: Spender) -> Flow:
        """What one organiser pays once more, as far as their proceeds reach."""
        chance, wait, hour, size = _draws(flow.at, flow.payee, number, self._seed).T
        is_wire, is_cash = flow.channel == CHANNEL["wire"], flow.channel == CHANNEL["cash_withdrawal"]
        days = np.where(is_wire, 7, 1 + np.floor(wait * AGAIN_AFTER_DAYS)).astype(np.int64)
        at = flow.at + days * DAY_US + ((2 * hour - 1) * AGAIN_HOURS * HOUR_US).astype(np.int64)
        cents = np.maximum((flow.amount * (1 + (2 * size - 1) * AGAIN_SPREAD)).astype(np.int64), 1)
        cents = np.where(is_cash, np.maximum(cents // NOTE_CENTS, 1) * NOTE_CENTS, cents)
        chosen = (chance < spender.growth) & (spender.from_us <= at) & (at < spender.until_us)
        chosen[chosen] = np.cumsum(cents[chosen]) <= spender.left
        spender.left -= int(cents[chosen].sum())
        again = replace(flow, at=at, amount=cents, scheme=np.full(len(flow), number, np.int32))
        return again.take(chosen)


@njit(cache=True)
def _draws(at: np.ndarray, payee: np.ndarray, number: int, seed: np.uint64) -> np.ndarray:
    """Numbers in [0, 1) that hang on a payment, the scheme and the seed alone, shape (n, 4)."""
    drawn = np.empty((len(at), 4))
    for i in range(len(at)):
        state = mixed(seed ^ np.uint64(at[i]) ^ (np.uint64(payee[i]) << np.uint64(32)))
        for place in range(4):
            state = mixed(state + np.uint64(number) + np.uint64(1))
            drawn[i, place] = np.float64(state >> np.uint64(11)) / 2.0**53
    return drawn
