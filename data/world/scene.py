"""The stage on which one scheme is drawn: who may play, when it starts, what is paid.

A plan says what is paid when, how much and what for, really or as a pretext; words and digits
are those of everybody (`data.world.expression`). Its people are ordinary customers whose own
lives go on beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log2

import numpy as np
from scipy.special import exp2

from data.schema import CHANNELS, DAY_US, HOUR_US, PURPOSES
from data.streams import log_uniform
from data.world.accounts import HIGHER_RISK_COUNTRIES, closed_after, new_device_id
from data.world.awake import awake_days, moments_at
from data.world.calendar import EVENING, OFFICE, WAKING, Calendar
from data.world.devices import signed_in
from data.world.expression import Hand
from data.world.flows import CHANNEL, LIFE, NO_SCHEME, NOWHERE, PROCEEDS, PURPOSE, SHAPE, Flow
from data.world.intents import Intent, Spender, as_flow, in_cents
from data.world.population import OUTSIDE, Population
from data.world.tempo import FOLLOWERS, prolonged
from pipeline import PARAMS_FILE, BadInput

FIRST_DAY = 10  # by then everybody's ordinary life is under way
UNDER_WAY_DAY = -60  # before the run, by which the first plans that it sees have begun
LAST_DAYS = 2  # of the run, in which no plan begins any more
STAY_DAYS = 60  # whose account closes sooner takes no part where others are found
MOST_TRIES = 100
NEW_DAYS = 120  # who joined within so many days is a newcomer

# Of those who take part: share of customers since less than 30 days, since less than
# a year, since longer (assumption: most are older and alive).
JOINED_SHARES, JOINED_DAYS = (0.15, 0.25, 0.60), (30, 365)
# Chance that one organiser signs in to all mules from one device, by sophistication; that
# innocent relatives or partners do; that a used-up account is closed (all assumptions).
CONTROL_SHARES = (0.2, 0.1, 0.05)
HELPER_SHARE = 0.15
SHARED_BEFORE_DAYS = (0, 60)  # days before the start from which the device is shared
GIVEN_UP_SHARE = 0.1
# How readily customers take part, whose main bank this is, whose second, whose hardly used one: most
# accounts of plans are highly active ones (assumption, after a vendor's 79 %), and so are others'.
TAKES_PART = np.array([1.0, 0.25, 0.15])
RETURN_SHARE = 0.25  # of those who deal with a plan, who do so again in its next round (assumption)
PUBLIC_SHARE = 0.22  # of persons who deal with a plan unknowingly, with an account here (assumption)
# Income or turnover a month of a kind for which the sums of plans are meant; others' grow with its power.
USUAL_CNY = {"person": 7_000, "micro_business": 45_000, "company": 700_000}
SUMS_GROW = 0.7  # the power (assumption)
SIZE = 2.5  # times the sums that a typology names: a mule's payment is some 10,000 yuan in published cases
# Share of the pairs of a plan that have dealt with each other before, by kinds of payer and payee;
# else OTHER_PAIRS. How often, fewest and most, and within how many days (assumptions).
KNOWN_PAIRS = {
    ("person", "person"): 0.38,
    ("person", "company"): 0.1,
    ("company", "person"): 0.75,
    ("person", "micro_business"): 0.4,
    ("micro_business", "person"): 0.7,
    ("company", "company"): 0.75,
}
# How often persons and firms pay others for something, else OTHER_REASON (assumption).
REASONS = {
    "person": {
        "unstated": 30,
        "family": 20,
        "goods": 14,
        "loan_repayment": 9,
        "loan": 9,
        "gift": 7,
        "rent": 6,
    },
    "firm": {"payroll": 30, "goods": 22, "supplies": 12, "unstated": 12, "other": 8, "loan_repayment": 5},
}
OTHER_REASON = 8
OTHER_PAIRS, ACQUAINTED = 0.5, {"person", "micro_business", "company"}
TIMES_BEFORE = {
    ("person", "micro_business"): (1, 100),
    ("company", "company"): (6, 120),
    ("company", "person"): (4, 24),
    ("person", "person"): (5, 60),
}
OTHER_TIMES, DAYS_BEFORE = (4, 45), 200
# Days for which an account that was opened beside the main one, and a plan begins with, must last.
CARD_DAYS = 30

Numbers = np.ndarray | int
Sums = np.ndarray | float


class Scene:
    """Collects the payments and members of one scheme.

    Parameters
    ----------
    world, calendar : who there is, and when
    rng : the scheme's own stream, so that schemes do not disturb each other
    sophistication : 0 naive, 1 jittered, 2 aware of thresholds and slower
    wake : hands out the account of a sleeping customer, each one once in a run
    hand : writes the payments of this world
    first_day : day of the run before which the scheme does not begin
    place : how far between that day and the end of the run it begins, in [0, 1); drawn without one
    """

    def __init__(
        self,
        world: Population,
        calendar: Calendar,
        rng: np.random.Generator,
        sophistication: int,
        wake: Callable[[], int],
        hand: Hand,
        first_day: int = FIRST_DAY,
        place: float | None = None,
    ) -> None:
        self.world = world
        self.calendar = calendar
        self.rng = rng
        # For what only some plans of a kind do, so that the others draw as if it were not there.
        self.aside = rng.spawn(1)[0]
        self.sophistication = sophistication
        self.wake = wake
        self.hand = hand
        self.first_day = first_day
        self.start = self.moment(place)
        self.intents: list[Intent] = []
        self.spenders: list[Spender] = []
        self.members: list[tuple[int, str]] = []
        self.bystanders: set[int] = set()
        self.devices: list[tuple[int, int, int, int]] = []
        self.closings: list[tuple[int, int]] = []

    # -- time

    def moment(self, place: float | None = None) -> int:
        """A moment (UTC microseconds) on any day from the scene's first day on to the end of the run.

        ``place``, in [0, 1), says how far between the two; without one it is drawn.
        A plan that begins late goes on after the run, and one of before is under way when it
        begins, where nobody sees the rest: so as many are at work in one week as in another.
        """
        last = max(self.calendar.days - LAST_DAYS, self.first_day + 1)
        share = self.rng.random() if place is None else place
        day = np.array([self.first_day + int((last - self.first_day) * share)])
        return int(self.calendar.moments(self.rng, day, EVENING)[0])

    def rounds(self, most: int = 8, gap_days: tuple[float, float] = (4, 60)) -> Iterator[int]:
        """When each round of a plan begins: the start, then perhaps again after some days or weeks."""
        at = self.start
        for _ in range(int(self.rng.integers(1, most + 1))):
            yield at
            at = int(self.after(at, gap_days[0] * 24, gap_days[1] * 24))

    def later(self, low_hours: float, high_hours: float, count: int | None = None) -> np.ndarray:
        """Delays in microseconds, log-uniform between two numbers of hours, by day or night."""
        return np.asarray(log_uniform(self.rng, low_hours, high_hours, count) * HOUR_US).astype(np.int64)

    def after(
        self,
        at: np.ndarray | int,
        low_hours: float,
        high_hours: float,
        count: int | None = None,
        clock: np.ndarray = EVENING,
    ) -> np.ndarray:
        """Moments after others, by delays that are log-uniform in hours of people's waking time.

        They fall on the hours of a clock, which for money between persons is that of the
        evening. Shape of ``at``, or (count,) after a single one.
        """
        size = np.shape(at)[0] if np.ndim(at) else count
        passed = (
            awake_days(self.calendar, at, clock) + log_uniform(self.rng, low_hours, high_hours, size) / 24
        )
        return np.maximum(moments_at(self.calendar, passed, clock), np.asarray(at) + 1)

    def spread(self, start: int, days: float, count: int, clock: np.ndarray = EVENING) -> np.ndarray:
        """``count`` moments at the hours of a clock over ``days`` days from ``start``, in order."""
        passed = awake_days(self.calendar, start, clock) + np.sort(self.rng.uniform(0, days, count))
        return np.maximum(moments_at(self.calendar, passed, clock), start)

    def night(self, start: int, count: int, days: float) -> np.ndarray:
        """``count`` moments between 22:00 and 04:00 local time on nights after ``start``, in order."""
        origin = self.calendar.start_us
        day = (start - origin) // DAY_US + np.floor(self.rng.uniform(0, max(days, 1), count)).astype(np.int64)
        within = self.rng.uniform(22, 28, count) * HOUR_US
        return np.sort(origin + day * DAY_US + within.astype(np.int64))

    def during(
        self,
        start: int,
        days: int,
        count: int,
        clock: np.ndarray,
        weight: np.ndarray | None = None,
        season: np.ndarray | None = None,
    ) -> np.ndarray:
        """``count`` moments, in order, on the ``days`` local days after that of ``start``.

        Hours are drawn from a clock of the calendar; ``weight``, shape (calendar.days,),
        makes some days busier, and so does ``season``, shape (days,).
        """
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(days)
        chance = np.ones(days) if weight is None else weight[self._in_run(day)]
        chance = chance if season is None else chance * season
        # As Generator.choice draws, without its checks: this is called for every few payments.
        edges = np.cumsum(chance / chance.sum())
        chosen = day[np.searchsorted(edges / edges[-1], self.rng.random(count), side="right")]
        return np.sort(self.calendar.moments(self.rng, chosen, clock))

    def waking(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order at the hours of private life, on the days after that of ``start``."""
        return self.during(start, max(round(days), 1), count, EVENING, self.calendar.leisure_weight())

    def office(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order in office hours on the days after that of ``start``; few at weekends."""
        return self.during(start, max(round(days), 1), count, OFFICE, self.calendar.office_weight())

    def meeting(self, start: int, days: float, count: int, payer: int, payee: int) -> np.ndarray:
        """``count`` moments in order at hours when two such pay each other, on the days after ``start``."""
        moments = self.office if self.clock(payer, payee) is OFFICE else self.waking
        return moments(start, days, count)

    def workdays(self, start: int, count: int) -> np.ndarray:
        """Local midnights (UTC microseconds) of the first ``count`` working days after that of ``start``."""
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(2 * count + 3)
        day = day[~self.calendar.is_weekend()[self._in_run(day)]]
        return self.calendar.start_us + day[:count] * DAY_US

    def _in_run(self, day: np.ndarray) -> np.ndarray:
        """A day of the run for each day number: before it one of the first week, after it one of the last."""
        end = self.calendar.days
        return np.where(day < 0, day % 7, np.where(day < end, day, end - 7 + (day - end) % 7))

    # -- people

    def insiders(self, count: int, kind: str = "person") -> np.ndarray:
        """Accounts of distinct ordinary customers of a kind, all customers by then.

        Who does much at this bank is met more often than who hardly uses it.
        """
        pool = self.world.customers_of(kind, by_us=self.start)
        return self.world.account[self._draw(pool, count)]

    def firm(self, kind: str, ages: tuple[float, float], most_capital: float = np.inf) -> int:
        """Account of a firm of a kind, founded so many years ago and with no more capital in yuan.

        Where there are none such, another one serves; these are a few in a hundred.
        """
        pool = self.world.customers_of(kind, by_us=self.start)
        years = (self.start - self.world.founded_us[pool]) / (365 * DAY_US)
        fits = (years >= ages[0]) & (years <= ages[1]) & (self.world.capital[pool] <= most_capital)
        return int(self.world.account[self._draw(pool, 1, np.where(fits, 1.0, 0.01))][0])

    def _draw(
        self, pool: np.ndarray, count: int, keep: np.ndarray | None = None, but: tuple[int, ...] = ()
    ) -> np.ndarray:
        """``count`` different members of a pool in time that does not grow with the pool, none of ``but``.

        ``keep`` (shape as ``pool``) is the chance with which a drawn member is accepted.
        Nobody is whose account closes within `STAY_DAYS`, where enough others are found.
        """
        if count > len(pool) - len(but):
            raise BadInput(
                f"{PARAMS_FILE}: simulate.customers: a scheme needs {count + len(but)} parties of one kind, "
                f"the world has {len(pool)}"
            )
        chosen: dict[int, None] = {}
        customers = len(self.world.kind)
        stays, tries = self.start + STAY_DAYS * DAY_US, 0
        while len(chosen) < count:
            place, tries = int(self.rng.integers(len(pool))), tries + 1
            if pool[place] in but or pool[place] in chosen:
                continue
            if self.world.leaves_us[pool[place]] < stays and tries < MOST_TRIES * count:
                continue
            takes_part = TAKES_PART[self.world.standing[pool[place]]] if pool[place] < customers else 1.0
            if self.rng.random() < takes_part * (1.0 if keep is None else keep[place]):
                chosen[int(pool[place])] = None
        return np.fromiter(chosen, np.int64, count)

    def participants(self, count: int, firm_share: float = 0.0) -> np.ndarray:
        """Accounts of distinct customers with whom something is planned, a crime or not.

        Most have been customers for years, some since lately. Students, workers, the unemployed
        and the self-employed take part more often than others (assumption); nobody is beyond
        reach. ``firm_share`` is the chance that all of them are small firms and not persons.
        """
        if firm_share and self.rng.random() < firm_share:
            return self.insiders(count, "micro_business")
        pool = self.world.customers_of("person", by_us=self.start)
        # The pool is in order of joining, so that customers of an age are neighbours.
        edges = [len(pool)]
        edges += [len(self.world.customers_of("person", self.start - d * DAY_US)) for d in JOINED_DAYS]
        chosen: list[int] = []
        of_age = self.rng.multinomial(count, JOINED_SHARES)
        for number, last, first in zip(of_age, edges, [*edges[1:], 0], strict=True):
            # Where there are hardly any of an age, anybody will do.
            mine = slice(first, last) if last - first > MOST_TRIES else slice(0, len(pool))
            keep = self.world.approachable[: len(pool)][mine]
            chosen += self._draw(pool[mine], int(number), keep, tuple(chosen)).tolist()
        return self.world.account[self.rng.permutation(np.array(chosen, np.int64))]

    def traders(self, count: int, firm_share: float = 0.0) -> np.ndarray:
        """Accounts of distinct persons who trade for themselves; no student and no pensioner is one.

        ``firm_share`` is the chance that all of them have business accounts.
        """
        if firm_share and self.rng.random() < firm_share:
            return self.insiders(count, "micro_business")
        pool = self.world.customers_of("person", by_us=self.start)
        return self.world.account[self._draw(pool, count, self.world.enterprising)]

    def students(self, count: int) -> np.ndarray:
        """Accounts of distinct students, all customers by then."""
        return self.world.account[self._draw(self.world.students(by_us=self.start), count)]

    def several_accounts(self, chance: float, otherwise: np.ndarray) -> np.ndarray:
        """With a chance the accounts that one person opened lately beside the main one, or ``otherwise``.

        Who opens several accounts within weeks mostly hunts for promotions; some of these
        people sell them. All are open for `CARD_DAYS` yet.
        """
        world, further = self.world, self.world.further
        lasts = world.closed_us[further] >= self.start + CARD_DAYS * DAY_US
        cards = further[lasts & (world.opened_us[further] < self.start)]
        owner, count = np.unique(world.owner[cards], return_counts=True)
        if self.aside.random() >= chance or not (count > 1).any():
            return otherwise
        return np.asarray(cards[world.owner[cards] == self.aside.choice(owner[count > 1])])

    def main_accounts(self, accounts: np.ndarray) -> np.ndarray:
        """The main account of the owner of each account of the bank, shape of ``accounts``."""
        return self.world.account[self.world.owner[accounts]]

    def newcomers(self, count: int) -> np.ndarray:
        """Accounts of distinct persons who joined in the 120 days before the start.

        Where there are too few of them, other participants take the other parts.
        """
        pool = self.world.customers_of("person", by_us=self.start)
        old = self.world.customers_of("person", by_us=self.start - NEW_DAYS * DAY_US)
        fresh = pool[len(old) :]
        chosen = self.world.account[self._draw(fresh, min(count, len(fresh)))]
        others = self.participants(2 * count)
        return np.concatenate([chosen, others[~np.isin(others, chosen)][: count - len(chosen)]])

    def is_inside(self, accounts: np.ndarray | int) -> np.ndarray:
        """Shape of ``accounts``, true where the bank keeps the account."""
        return np.asarray(self.world.owner[accounts] != OUTSIDE)

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self._draw(self.world.outside(holder), count)

    def elsewhere(self, count: int, firm_share: float) -> np.ndarray:
        """Distinct accounts outside the bank: all of companies with a chance, else all of persons."""
        return self.outsiders(count, "company" if self.rng.random() < firm_share else "person")

    def public(self, count: int, holder: str = "person") -> np.ndarray:
        """Accounts of whoever pays or is paid without being in the know; some of them bank here.

        Players, buyers, victims and hands are no members of a plan.
        """
        accounts = self.outsiders(count, holder)
        own = min(int(self.rng.binomial(count, PUBLIC_SHARE)), count // 2)
        if own:
            chosen = self.insiders(own, holder)
            chosen = chosen[~np.isin(chosen, [account for account, _ in self.members])]
            accounts[: len(chosen)] = chosen
            self.bystanders.update(chosen.tolist())
        return self.rng.permutation(accounts)

    def next_round(
        self,
        accounts: np.ndarray,
        source: Callable[[int], np.ndarray] | None = None,
        but: np.ndarray | None = None,
    ) -> np.ndarray:
        """The same parties when a plan goes on: some return, the others are new.

        New ones come from ``source`` (without one `public`), and none of ``but``. Shape of ``accounts``.
        """
        fresh = (source or self.public)(len(accounts))
        taken = np.isin(fresh, accounts if but is None else np.append(accounts, but))
        stays = taken | (self.rng.random(len(accounts)) < RETURN_SHARE)
        return np.where(stays, accounts, fresh)

    def others_like(self, accounts: np.ndarray) -> np.ndarray:
        """Accounts outside in place of some of these in the next round, of the same kind of holder."""
        kind = str(self.world.holder[accounts[-1]])  # customers of this bank stand first
        return self.next_round(accounts, lambda count: self.outsiders(count, kind))

    def abroad(self, count: int, high_risk_share: float) -> np.ndarray:
        """Distinct accounts abroad, with a chance all in jurisdictions of higher risk, else anywhere."""
        pool = self.world.outside("overseas")
        high_risk = pool[np.isin(self.world.country[pool], HIGHER_RISK_COUNTRIES)]
        is_chosen = self.aside.random() < high_risk_share and len(high_risk) >= count
        return np.asarray(self.aside.choice(high_risk if is_chosen else pool, count, replace=False))

    def sleeper(self) -> int:
        """The account of a customer who has been silent since before the run, and of no other plan."""
        try:
            return int(self.wake())
        except IndexError:
            raise BadInput(
                f"{PARAMS_FILE}: simulate.dormant_share: the plans wake more accounts "
                f"than the {len(self.world.sleepers)} that sleep"
            ) from None

    def income(self, account: int) -> float:
        """Monthly income or turnover of an account's owner in yuan."""
        return float(self.world.income[self.world.owner[account]])

    def scale(self, account: int) -> float:
        """How much larger sums are than usual for an account's owner: they grow with a power of income."""
        owner = self.world.owner[account]
        usual = USUAL_CNY[str(self.world.kind[owner])]
        return SIZE * float(exp2(SUMS_GROW * log2(min(max(self.world.income[owner] / usual, 0.1), 20.0))))

    def home(self, account: int) -> int:
        """City code of an account's owner."""
        return int(self.world.city[self.world.owner[account]])

    def desk(self, city: int) -> int:
        """Cash desk of a city."""
        return int(self.world.cash_desk(city))

    # -- what happens

    def join(self, accounts: np.ndarray | list[int] | int, role: str) -> None:
        """Enter members of the scheme."""
        self.members.extend((int(account), role) for account in np.atleast_1d(accounts))

    def taking_part(self) -> set[int]:
        """Accounts that pay or are paid by the plan during the run."""
        end = self.calendar.start_us + self.calendar.days * DAY_US
        flow = self.flow_of(SHAPE, PROCEEDS)
        flow = flow.take((flow.at >= self.calendar.start_us) & (flow.at < end))
        spenders = {one.account for one in self.spenders if one.until_us > self.calendar.start_us}
        return {*flow.payer.tolist(), *flow.payee.tolist(), *spenders}

    def accounts_of(self, account: int) -> list[int]:
        """The accounts that a member uses: another one from the day on which they move to it."""
        if self.world.successor[account] < 0:
            return [account]
        flow = self.flow_of(SHAPE, PROCEEDS)
        at = flow.at[(flow.payer == account) | (flow.payee == account)].tolist()
        end = self.calendar.start_us + self.calendar.days * DAY_US
        for spender in self.spenders:
            if spender.account == account:
                at += [spender.from_us, min(spender.until_us, end)]
        moments = np.array(at or [self.start])
        return np.unique(self.world.used(np.full(len(moments), account), moments)).tolist()

    def abandon(self, account: int, at: int) -> None:
        """Let the owner close an account for good at a moment; later payments of it are none.

        An account outside the bank is passed over, nobody here sees it closed; likewise a
        closing before or after the run.
        """
        end = self.calendar.start_us + self.calendar.days * DAY_US
        if self.world.owner[account] != OUTSIDE and self.calendar.start_us + DAY_US <= at < end:
            self.closings.append((int(account), int(at)))

    def share_device(self, accounts: np.ndarray, begins_us: int) -> None:
        """Let one device, new to all, sign in to these accounts, as people share phones.

        Accounts outside the bank are passed over, their devices are not seen here.
        """
        held = np.unique(self.world.owner[np.atleast_1d(accounts)])
        held = held[held != OUTSIDE]
        device = int(new_device_id(self.rng))
        begun, until = signed_in(self.rng, self.world, self.calendar, held, begins_us)
        self.devices.extend(
            (who, device, since, end)
            for who, since, end in zip(held.tolist(), begun.tolist(), until.tolist(), strict=True)
        )

    def control(self, accounts: np.ndarray) -> None:
        """Let one organiser sign in to several accounts from one phone; careful ones seldom do."""
        self._know_each_other(accounts, CONTROL_SHARES[self.sophistication])

    def same_phone(self, accounts: np.ndarray) -> None:
        """Let innocent people who know each other use one phone, as couples and helpers do."""
        self._know_each_other(accounts, HELPER_SHARE)

    def _know_each_other(self, accounts: np.ndarray, share: float) -> None:
        own = np.atleast_1d(accounts)[self.is_inside(np.atleast_1d(accounts))]
        if len(own) > 1 and self.rng.random() < share:
            self.share_device(own, self.start - int(self.rng.uniform(*SHARED_BEFORE_DAYS) * DAY_US))

    def give_up(self, accounts: np.ndarray | int) -> None:
        """Let some of the main accounts be closed some time after their last payment of the plan.

        Those opened beside the main one are closed when their owner's life has it.
        """
        flow = self.flow
        for account in np.atleast_1d(accounts).tolist():
            if self.rng.random() < GIVEN_UP_SHARE and account not in self.world.further:
                at = flow.at[(flow.payer == account) | (flow.payee == account)]
                last = np.array([at.max(initial=self.start)])
                self.abandon(account, int(closed_after(self.rng, self.calendar, last)[0]))

    def pay(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str = "transfer",
        purpose: str = "unstated",
        city: int = NOWHERE,
        part: int = SHAPE,
    ) -> np.ndarray:
        """Intend one payment, or many of one kind (arrays broadcast), and return what arrives.

        ``yuan`` is what is meant, ``purpose`` what it is for, or pretends to be for; nobody
        may have a reason (unstated). People write sums down rounded, so that what arrives,
        in yuan, is as much or less. ``part`` says what the payment is to the scheme.
        """
        intent = Intent(at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city, part)
        if not intent.is_empty:
            self.intents.append(intent)
        return self.hand.yuan(at, payer, payee, in_cents(yuan), channel, purpose)

    def live(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str,
        purpose: str,
        city: int = NOWHERE,
    ) -> np.ndarray:
        """Intend payments of a member's everyday life beside the plan, which are no part of it; as `pay`."""
        return self.pay(at, payer, payee, yuan, channel, purpose, city, LIFE)

    def spend(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str,
        purpose: str,
        city: int = NOWHERE,
    ) -> np.ndarray:
        """Intend payments with proceeds of the scheme that are no part of its shape; as `pay`."""
        return self.pay(at, payer, payee, yuan, channel, purpose, city, PROCEEDS)

    def remit(
        self,
        at: np.ndarray | int,
        payer: int,
        payees: np.ndarray | int,
        yuan: np.ndarray | float,
        purpose: str = "unstated",
    ) -> None:
        """Intend payments by transfer, and by wire to those payees whose accounts are abroad."""
        at, payees, yuan = np.broadcast_arrays(np.atleast_1d(at), payees, yuan)
        is_abroad = self.world.holder[payees] == "overseas"
        for channel, mine in (("transfer", ~is_abroad), ("wire", is_abroad)):
            if mine.any():
                self.pay(at[mine], payer, payees[mine], yuan[mine], channel, purpose)

    def is_seen(self, payer: int, payee: int) -> bool:
        """Whether one of the two banks here; what others pay each other nobody sees."""
        return bool(self.is_inside(payer) or self.is_inside(payee))

    def hop(self, at: int, payer: int, payee: int, yuan: float, purpose: str) -> float:
        """One transfer from hand to hand, entered if the bank sees it; the yuan that arrive."""
        return (
            float(self.pay(at, payer, payee, yuan, purpose=purpose)) if self.is_seen(payer, payee) else yuan
        )

    def fetch_cash(self, at: np.ndarray | int, account: int, yuan: np.ndarray | float) -> None:
        """Take whole notes of 100 out of an account at its owner's home."""
        notes, city = np.maximum(np.asarray(yuan) // 100 * 100, 100.0), self.home(account)
        self.pay(at, account, self.desk(city), notes, "cash_withdrawal", "cash", city)

    def bring_cash(
        self, at: np.ndarray | int, account: int, yuan: np.ndarray | float, purpose: str = "cash"
    ) -> np.ndarray:
        """Pay whole notes of 100 in at a counter of the owner's home, so much or a little more; the yuan."""
        notes, city = np.ceil(np.asarray(yuan) / 100) * 100, self.home(account)
        return self.pay(at, self.desk(city), account, notes, "cash_deposit", purpose, city)

    def acquaint(self) -> None:
        """Let many of those who deal with each other in the plan have done so before, as in any life.

        These earlier payments have nothing to do with the plan. They are fewer for a plan that
        begins early, since nobody sees what was before the run.
        """
        flow, rng, world = self.flow, self.aside, self.world
        _, first = np.unique(flow.payer.astype(np.int64) * len(world.owner) + flow.payee, return_index=True)
        kinds = list(zip(world.holder[flow.payer[first]], world.holder[flow.payee[first]], strict=True))
        known = np.array(
            [KNOWN_PAIRS.get(pair, OTHER_PAIRS) if set(pair) <= ACQUAINTED else 0.0 for pair in kinds]
        )
        # Who has slept has dealt with nobody.
        for side in (flow.payer[first], flow.payee[first]):
            known *= ~(self.is_inside(side) & world.is_dormant[world.owner[side]])
        most = np.array([TIMES_BEFORE.get(pair, OTHER_TIMES) for pair in kinds]).reshape(-1, 2)
        chosen = rng.random(len(first)) < known
        first, (low, high) = first[chosen], most[chosen].T
        count = exp2(rng.uniform(*np.array([[log2(n) for n in ends] for ends in (low, high)])))
        # Who pays once soon pays again, as in any life.
        pair = np.repeat(first, np.ceil(count * (1 - FOLLOWERS)).astype(np.int64))
        before = np.floor(rng.uniform(1, DAYS_BEFORE, len(pair)))
        day = (flow.at[pair] - self.calendar.start_us) // DAY_US - before.astype(np.int64)
        pair, day = pair[day >= 1], day[day >= 1]
        private = world.holder[flow.payer[pair]] == "person"
        at = np.where(private, *(self.calendar.moments(rng, day, clock) for clock in (EVENING, OFFICE)))
        pair, at = prolonged(rng, pair, at)
        private = world.holder[flow.payer[pair]] == "person"
        yuan = flow.amount[pair] / 100 * rng.lognormal(-0.7, 1.0, len(pair))
        # Who lends and gives gets back as much; else a life's money would gather where plans are.
        both = private & (world.holder[flow.payee[pair]] == "person")
        is_back = both & (flow.channel[pair] == CHANNEL["transfer"]) & (rng.random(len(pair)) < 0.5)
        payer = np.where(is_back, flow.payee[pair], flow.payer[pair])
        payee = np.where(is_back, flow.payer[pair], flow.payee[pair])
        for channel, occasion in set(
            zip(flow.channel[pair].tolist(), flow.purpose[pair].tolist(), strict=True)
        ):
            m = (flow.channel[pair] == channel) & (flow.purpose[pair] == occasion)
            names = CHANNELS[channel], PURPOSES[occasion]
            self.live(at[m], payer[m], payee[m], yuan[m], *names)

    def flow_of(self, *parts: int) -> Flow:
        """The intended payments that are one of some parts: SHAPE, PROCEEDS, LIFE."""
        return as_flow([intent for intent in self.intents if intent.part in parts])

    @property
    def flows(self) -> list[Flow]:
        """The payments of the scheme's shape, one Flow for each call of `pay`."""
        return [as_flow([intent]) for intent in self.intents if intent.part == SHAPE]

    @property
    def flow(self) -> Flow:
        """The payments of the scheme's shape as one Flow; faster than `flows`."""
        return self.flow_of(SHAPE)

    @property
    def spending(self) -> Flow:
        """The payments with proceeds outside the shape of the scheme."""
        return self.flow_of(PROCEEDS)

    @property
    def everyday(self) -> Flow:
        """The payments of members' lives that the plan brings about, which are no part of it."""
        return self.flow_of(LIFE)

    @staticmethod
    def all_flows(scenes: list[Scene]) -> Flow:
        """The payments of many scenes at once; ``scheme`` is the number of the scene, that of life is none.

        Shapes come first, then proceeds, then life: what is drawn for each payment in this
        order (`Adaptation`) is the same for a shape whatever goes on beside the plans.
        """
        numbered = [(number, intent) for number, scene in enumerate(scenes) for intent in scene.intents]
        numbered.sort(key=lambda pair: pair[1].part)
        scheme = [NO_SCHEME if intent.part == LIFE else number for number, intent in numbered]
        return as_flow([intent for _, intent in numbered], np.array(scheme, np.int64))

    # -- sums and words

    def slices(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum in ``count`` parts to the cent; a larger ``evenness`` gives more equal parts."""
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        return np.maximum(np.floor(parts * 100) / 100, 0.01)

    def portions(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum with nothing left over, so that nobody pays more than they hold."""
        parts = self.slices(total, count, evenness)
        parts[parts.argmax()] += total - parts.sum()
        return parts

    def pretext(self, *purposes: str) -> str:
        """One of the things that one may pretend to pay for, the commonest most often."""
        weight = np.array([REASONS["person"].get(purpose, OTHER_REASON) for purpose in purposes], float)
        return str(self.rng.choice(purposes, p=weight / weight.sum()))

    def pretext_of(self, payer: int) -> str:
        """What a payer may pretend to pay for: persons and firms have reasons of their own."""
        reasons = REASONS["person" if self.world.holder[payer] == "person" else "firm"]
        weight = np.array(list(reasons.values()), float)
        return str(self.rng.choice(list(reasons), p=weight / weight.sum()))

    def clock(self, payer: int, payee: int) -> np.ndarray:
        """The hours at which a payer pays a payee: persons at private ones, firms at those of offices."""
        if self.world.holder[payer] != "person":
            return OFFICE
        return WAKING if self.world.holder[payee] == "company" else EVENING

    def pace(self) -> float:
        """How much slower than a naive one the scheme proceeds: promised times hold times this."""
        return (1.0, 1.5, 3.0)[self.sophistication]
