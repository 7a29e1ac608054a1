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
from data.world.flows import CHANNEL, PROCEEDS, PURPOSE, Flow
from data.world.intents import Spender
from data.world.ledger import EVERYTHING
from data.world.population import OUTSIDE, Population
from data.world.scene import Scene
from parameters import PartRange, PositiveRange, Share
from pipeline import Parameters

INCOME_DAYS = 30  # that a month's income stands for
LEAST_DAYS = 3  # with less of the run left nothing is spent any more
ROLE = "organiser"

# Own payments that are not made once more because there is money: those that the bank or the
# state asks for, and moves between own accounts.
NEVER_AGAIN = ("savings", "fee", "interest", "tax", "refund", "takings", "utility")
AGAIN_AFTER_DAYS = 13  # within which something is bought or paid again, at most
AGAIN_SPREAD = 0.35  # of the sums of the second time round those of the first
AGAIN_HOURS = 1.5  # by which the hour differs, at most
NOTE_CENTS = 10_000
_WIRE, _CASH = CHANNEL["wire"], CHANNEL["cash_withdrawal"]
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
# What a firm says that it pays for: small sums are no wages (assumption). The firm mostly is the same.
SMALL_CNY, SMALL_REASONS = 1_500, ("goods", "unstated", "refund")
SAME_FIRM_SHARE = 0.7


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
    means = income * days / INCOME_DAYS * growth + larger
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
    came, firm = 0.0, int(scene.outsiders(1, "company")[0])
    for moment, part in zip(at[~in_cash], sums[~in_cash], strict=True):
        if rng.random() < FROM_FIRMS_SHARE:
            firm = firm if rng.random() < SAME_FIRM_SHARE else int(scene.outsiders(1, "company")[0])
            payer, why = firm, "payroll" if part >= SMALL_CNY else scene.pretext(*SMALL_REASONS)
        else:
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
        numbered = [(one, number) for number, those in enumerate(spenders) for one in those]
        numbered.sort(key=lambda pair: pair[0].account)
        self._owner, self._seed = world.owner, np.uint64(seed)
        self._scheme = np.array([number for _, number in numbered], np.int32)
        # What spenders draw hangs on the numbers that follow those of the schemes.
        self._key = self._scheme + np.int32(len(spenders))
        self._from_until = np.array([(one.from_us, one.until_us) for one, _ in numbered], np.int64).reshape(
            -1, 2
        )
        self._growth = np.array([one.growth for one, _ in numbered], np.float64)
        self._left = np.array([one.left for one, _ in numbered], np.int64)
        account = np.array([one.account for one, _ in numbered], np.int64)
        # Spenders of each account stand together: the first of them, or -1.
        self._first = np.full(len(world.owner), -1, np.int32)
        self._first[account[::-1]] = np.arange(len(account), dtype=np.int32)[::-1]
        self._account = account
        self._again = ~np.isin(np.arange(len(PURPOSES)), [PURPOSE[name] for name in NEVER_AGAIN])
        self._again_by = ~np.isin(np.arange(len(CHANNEL)), [CHANNEL["cash_deposit"]])

    def of(self, flow: Flow) -> Flow:
        """What is paid once more with proceeds, beside the payments of a life that are drawn."""
        rows = _by_organisers(
            flow.payer,
            flow.payee,
            flow.amount,
            flow.channel,
            flow.purpose,
            self._first,
            self._owner,
            self._again,
            self._again_by,
        )
        rows = rows[np.lexsort((flow.at[rows], flow.payer[rows]))]
        mine = flow.take(rows)
        row, spender, at, cents = _paid_again(
            mine.at,
            mine.payer,
            mine.payee,
            mine.amount,
            mine.channel,
            self._first,
            self._account,
            self._from_until,
            self._growth,
            self._key,
            self._left,
            self._seed,
        )
        scheme, part = self._scheme[spender], np.full(len(row), PROCEEDS, np.int8)
        return replace(mine.take(row), at=at, amount=cents, scheme=scheme, part=part)


@njit(cache=True, nogil=True)
def _by_organisers(
    payer: np.ndarray,
    payee: np.ndarray,
    amount: np.ndarray,
    channel: np.ndarray,
    purpose: np.ndarray,
    first: np.ndarray,
    owner: np.ndarray,
    again: np.ndarray,
    again_by: np.ndarray,
) -> np.ndarray:
    """Positions of the payments of organisers to others that one may make once more, in order."""
    rows = np.empty(len(payer), np.int64)
    count = 0
    for i in range(len(payer)):
        if first[payer[i]] < 0 or not (again[purpose[i]] and again_by[channel[i]]):
            continue
        to = owner[payee[i]]
        if amount[i] != EVERYTHING and (to == OUTSIDE or to != owner[payer[i]]):
            rows[count] = i
            count += 1
    return rows[:count].copy()


@njit(cache=True, nogil=True)
def _paid_again(
    at: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    amount: np.ndarray,
    channel: np.ndarray,
    first: np.ndarray,
    account: np.ndarray,
    from_until: np.ndarray,
    growth: np.ndarray,
    key: np.ndarray,
    left: np.ndarray,
    seed: np.uint64,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What organisers pay once more, as far as their proceeds (``left``, changed in place) reach.

    Payments come by payer, and each one's in order of time; so do the results, by spender
    within a payer: position of the payment, position of the spender, moment and cents.
    """
    most = 0
    for i in range(len(at)):
        spender = first[payer[i]]
        while spender < len(account) and account[spender] == payer[i]:
            most, spender = most + 1, spender + 1
    row, by = np.empty(most, np.int64), np.empty(most, np.int64)
    moment, sums = np.empty(most, np.int64), np.empty(most, np.int64)
    count = begin = 0
    while begin < len(at):
        end = begin
        while end < len(at) and payer[end] == payer[begin]:
            end += 1
        spender = first[payer[begin]]
        while spender < len(account) and account[spender] == payer[begin]:
            spent = 0
            for i in range(begin, end):
                chance, wait, hour, size = _draws(at[i], payee[i], key[spender], seed)
                if chance >= growth[spender]:
                    continue
                days = 7 if channel[i] == _WIRE else 1 + np.int64(np.floor(wait * AGAIN_AFTER_DAYS))
                later = at[i] + days * DAY_US + np.int64((2 * hour - 1) * AGAIN_HOURS * HOUR_US)
                if not from_until[spender, 0] <= later < from_until[spender, 1]:
                    continue
                cents = max(int(amount[i] * (1 + (2 * size - 1) * AGAIN_SPREAD)), 1)
                if channel[i] == _CASH:
                    cents = max(cents // NOTE_CENTS, 1) * NOTE_CENTS
                spent += cents
                if spent > left[spender]:
                    spent -= cents
                    break
                row[count], by[count], moment[count], sums[count] = i, spender, later, cents
                count += 1
            left[spender] -= spent
            spender += 1
        begin = end
    return row[:count], by[:count], moment[:count], sums[:count]


@njit(cache=True, nogil=True)
def _draws(at: int, payee: int, key: int, seed: np.uint64) -> tuple[float, float, float, float]:
    """Four numbers in [0, 1) that hang on a payment, a spender's key and the seed alone."""
    state = mixed(seed ^ np.uint64(at) ^ (np.uint64(payee) << np.uint64(32)))
    step = np.uint64(key) + np.uint64(1)
    first = mixed(state + step)
    second = mixed(first + step)
    third = mixed(second + step)
    fourth = mixed(third + step)
    return _unit(first), _unit(second), _unit(third), _unit(fourth)


@njit(cache=True, nogil=True)
def _unit(state: np.uint64) -> float:
    return float(np.float64(state >> np.uint64(11)) / 2.0**53)
