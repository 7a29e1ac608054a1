"""The stage on which one scheme is drawn: who may play, when it starts, what is paid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.streams import log_uniform
from data.world.accounts import HIGHER_RISK_COUNTRIES, NEVER, new_device_id
from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import CHANNEL, NO_SCHEME, PURPOSE, Flow
from data.world.population import OUTSIDE, Population
from pipeline import PARAMS_FILE, BadInput

DAYLIGHT_HOURS = (8, 22)  # local hours
FIRST_DAY = 30  # by then everybody's ordinary life is under way
STAY_DAYS = 200  # the longest plans last about so long
MOST_TRIES = 100
NEW_DAYS = 120  # who joined within so many days is a newcomer

# Chance that one organiser signs in to all mules from one device, by sophistication; that
# innocent relatives or partners do; that a used-up account is closed (all assumptions).
CONTROL_SHARES = (0.6, 0.35, 0.0)
MOST_ON_A_PHONE = 4  # mules whom an organiser signs in from one phone
HELPER_SHARE = 0.3
GIVEN_UP_SHARE = 0.25
# The same of an account that was opened beside the main one, and the days for which one that a
# plan begins with must last (assumptions).
CARD_CLOSED_SHARE = 0.9
CARD_DAYS = 30
# Parameters of the beta distribution of the share of amounts that a plan writes in round
# hundreds, by sophistication; innocent plans are as untidy as naive schemes (assumption).
ROUND_SHARES = ((1.3, 1.0), (1.0, 1.0), (1.0, 1.6))
ROUND_YUAN = 100.0
OTHER_UNITS = np.array([10.0, 1.0, 0.01])  # yuan, of amounts that are not round (assumption)

# at, payer, payee, yuan (numbers or arrays of one size), channel, purpose, city
Payment = tuple[
    "np.ndarray | int", "np.ndarray | int", "np.ndarray | int", "np.ndarray | float", int, int, int
]


class Scene:
    """Collects the payments and members of one scheme.

    Parameters
    ----------
    world, calendar : who there is, and when
    rng : the scheme's own stream, so that schemes do not disturb each other
    sophistication : 0 naive, 1 jittered, 2 aware of thresholds and slower
    wake : hands out the account of a sleeping customer, each one once in a run
    first_day : day of the run before which the scheme does not begin
    """

    def __init__(
        self,
        world: Population,
        calendar: Calendar,
        rng: np.random.Generator,
        sophistication: int,
        wake: Callable[[], int],
        first_day: int = FIRST_DAY,
    ) -> None:
        self.world = world
        self.calendar = calendar
        self.rng = rng
        # For what only some plans of a kind do, so that the others draw as if it were not there.
        self.aside = rng.spawn(1)[0]
        self.sophistication = sophistication
        self.wake = wake
        self.first_day = first_day
        self.start = self.moment_between(first_day, calendar.days - 12)
        self._payments: list[Payment] = []
        self._everyday: list[Payment] = []
        self._spending: list[Payment] = []
        self.members: list[tuple[int, str]] = []
        self.devices: list[tuple[int, int, int, int]] = []
        self.closings: list[tuple[int, int]] = []
        self.round_share = float(rng.beta(*ROUND_SHARES[sophistication]))

    # -- time

    def moment_between(self, first_day: int, last_day: int) -> int:
        """A waking moment (UTC microseconds) on a day of the run, ``first_day`` included.

        The first day of the scene itself is a floor.
        """
        first_day = max(first_day, self.first_day)
        day = int(self.rng.integers(first_day, max(last_day, first_day + 1)))
        hour = float(self.rng.uniform(*DAYLIGHT_HOURS))
        return self.calendar.start_us + day * DAY_US + int(hour * HOUR_US)

    def later(self, low_hours: float, high_hours: float, count: int | None = None) -> np.ndarray:
        """Delays in microseconds, log-uniform between two numbers of hours."""
        return np.asarray(log_uniform(self.rng, low_hours, high_hours, count) * HOUR_US).astype(np.int64)

    def spread(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in daylight over ``days`` days from ``start``, in order.

        They are spread evenly over the hours of daylight (local time) that pass from
        ``start`` on; a day has as many of them as lie between its morning and evening.
        """
        morning, evening = DAYLIGHT_HOURS
        day, hour = divmod((start - self.calendar.start_us) / HOUR_US, 24)
        passed = day * (evening - morning) + min(max(hour - morning, 0), evening - morning)
        lit = passed + self.rng.uniform(0, days * (evening - morning), count)
        days_on, hours_on = np.divmod(np.sort(lit), evening - morning)
        hours = days_on * 24 + morning + hours_on
        at = self.calendar.start_us + (hours * HOUR_US).astype(np.int64)
        return np.maximum(at, start)

    def burst(self, start: int, hours: float, count: int) -> np.ndarray:
        """``count`` moments within ``hours`` hours from ``start``, by day or night, in order."""
        return np.sort(start + (self.rng.uniform(0, hours, count) * HOUR_US).astype(np.int64))

    def night(self, start: int, count: int, days: float) -> np.ndarray:
        """``count`` moments between 22:00 and 04:00 local time on nights after ``start``, in order."""
        origin = self.calendar.start_us
        day = (start - origin) // DAY_US + np.floor(self.rng.uniform(0, max(days, 1), count)).astype(np.int64)
        within = self.rng.uniform(22, 28, count) * HOUR_US
        return np.sort(origin + day * DAY_US + within.astype(np.int64))

    def begin_within(self, days: float) -> None:
        """Draw the start anew, early enough that a plan of ``days`` days ends inside the run."""
        self.start = self.moment_between(self.first_day, int(self.calendar.days - days - 1))

    def length(self, low_days: float, high_days: float) -> float:
        """Days that a long plan lasts, no more than a run leaves after its first weeks."""
        room = max(self.calendar.days - self.first_day - 15, 14)
        return float(min(self.rng.uniform(low_days, high_days), room))

    def during(
        self, start: int, days: int, count: int, clock: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """``count`` moments, in order, on the ``days`` local days after that of ``start``.

        Hours are drawn from a clock of the calendar; ``weight``, shape (calendar.days,),
        makes some days busier.
        """
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(days)
        chance = np.ones(days) if weight is None else weight[self._in_run(day)]
        # As Generator.choice draws, without its checks: this is called for every few payments.
        edges = np.cumsum(chance / chance.sum())
        chosen = day[np.searchsorted(edges / edges[-1], self.rng.random(count), side="right")]
        return np.sort(self.calendar.moments(self.rng, chosen, clock))

    def waking(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order at the hours of private life, on the days after that of ``start``."""
        return self.during(start, max(round(days), 1), count, WAKING)

    def office(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order in office hours on the days after that of ``start``; few at weekends."""
        return self.during(start, max(round(days), 1), count, OFFICE, self.calendar.office_weight())

    def workdays(self, start: int, count: int) -> np.ndarray:
        """Local midnights (UTC microseconds) of the first ``count`` working days after that of ``start``."""
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(2 * count + 3)
        day = day[~self.calendar.is_weekend()[self._in_run(day)]]
        return self.calendar.start_us + day[:count] * DAY_US

    def by_day(self, at: np.ndarray | int) -> np.ndarray:
        """Moments in the small hours put off to the morning after; all others as they are."""
        hour = (np.asarray(at) - self.calendar.start_us) % DAY_US / HOUR_US
        delay = self.rng.uniform(7, 10, np.shape(at)) - hour
        return np.asarray(at + np.where(hour < 7, delay, 0) * HOUR_US).astype(np.int64)

    def _in_run(self, day: np.ndarray) -> np.ndarray:
        """A day of the run for each day number: for one after the end, its weekday in the last week."""
        end = self.calendar.days
        return np.where(day < end, day, end - 7 + (day - end) % 7)

    # -- people

    def insiders(self, count: int, kind: str = "person") -> np.ndarray:
        """Accounts of distinct ordinary customers of a kind, all customers by then."""
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

    def _draw(self, pool: np.ndarray, count: int, keep: np.ndarray | None = None) -> np.ndarray:
        """``count`` different members of a pool in time that does not grow with the pool.

        ``keep`` (shape as ``pool``) is the chance with which a drawn member is accepted.
        Nobody is whose account closes within `STAY_DAYS`, where enough others are found.
        """
        if count > len(pool):
            raise BadInput(
                f"{PARAMS_FILE}: simulate.customers: a scheme needs {count} parties of one kind, "
                f"the world has {len(pool)}"
            )
        chosen: dict[int, None] = {}
        stays, tries = self.start + STAY_DAYS * DAY_US, 0
        while len(chosen) < count:
            place, tries = int(self.rng.integers(len(pool))), tries + 1
            if self.world.leaves_us[pool[place]] < stays and tries < MOST_TRIES * count:
                continue
            if keep is None or self.rng.random() < keep[place]:
                chosen[int(pool[place])] = None
        return np.fromiter(chosen, np.int64, count)

    def recruits(self, count: int, firm_share: float = 0.0) -> np.ndarray:
        """Accounts of distinct customers whom a recruiter would approach.

        Students, workers, the unemployed and the self-employed are approached more
        often than others (assumption); nobody is beyond reach. ``firm_share`` is the
        chance that one of them is a small firm and not a person.
        """
        pool = self.world.customers_of("person", by_us=self.start)
        accounts = self.world.account[self._draw(pool, count, self.world.approachable)]
        if firm_share:
            is_firm = self.rng.random(count) < firm_share
            accounts[is_firm] = self.insiders(int(is_firm.sum()), "micro_business")
        return accounts

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

        Where there are too few of them, recruits take the other parts.
        """
        pool = self.world.customers_of("person", by_us=self.start)
        old = self.world.customers_of("person", by_us=self.start - NEW_DAYS * DAY_US)
        fresh = pool[len(old) :]
        chosen = self.world.account[self._draw(fresh, min(count, len(fresh)))]
        others = self.recruits(2 * count)
        return np.concatenate([chosen, others[~np.isin(others, chosen)][: count - len(chosen)]])

    def is_inside(self, accounts: np.ndarray) -> np.ndarray:
        """Shape of ``accounts``, true where the bank keeps the account."""
        return np.asarray(self.world.owner[accounts] != OUTSIDE)

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self._draw(self.world.outside(holder), count)

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

    def home(self, account: int) -> int:
        """City code of an account's owner."""
        return int(self.world.city[self.world.owner[account]])

    def desk(self, city: int) -> int:
        """Cash desk of a city."""
        return int(self.world.cash_desk(city))

    # -- what happens

    def join(self, accounts: np.ndarray | int, role: str) -> None:
        """Enter members of the scheme."""
        self.members.extend((int(account), role) for account in np.atleast_1d(accounts))

    def accounts_of(self, account: int) -> list[int]:
        """The accounts that a member uses: another one from the day on which they move to it."""
        if self.world.successor[account] < 0:
            return [account]
        moments = [
            np.broadcast_to(at, np.broadcast_shapes(np.shape(at), np.shape(payer), np.shape(payee)))[
                np.broadcast_to((np.asarray(payer) == account) | (np.asarray(payee) == account), size)
            ]
            for at, payer, payee, *_ in self._payments + self._spending
            for size in [np.broadcast_shapes(np.shape(at), np.shape(payer), np.shape(payee))]
        ]
        at = np.concatenate([np.ravel(moment) for moment in moments] or [np.array([self.start])])
        return np.unique(self.world.used(np.full(len(at), account), at)).tolist()

    def abandon(self, account: int, at: int) -> None:
        """Let the owner close an account for good at a moment; later payments of it are none.

        An account outside the bank is passed over, nobody here sees it closed; likewise a
        closing after the end of the run.
        """
        end = self.calendar.start_us + self.calendar.days * DAY_US
        if self.world.owner[account] != OUTSIDE and at < end:
            self.closings.append((int(account), int(at)))

    def share_device(self, accounts: np.ndarray, from_us: int, until_us: int = NEVER) -> None:
        """Let one device, new to all, sign in to these accounts: somebody controls them all.

        Accounts outside the bank are passed over, their devices are not seen here.
        """
        held = np.unique(self.world.owner[np.atleast_1d(accounts)])
        device = int(new_device_id(self.rng))
        self.devices.extend((int(who), device, from_us, until_us) for who in held if who != OUTSIDE)

    def control(self, accounts: np.ndarray) -> None:
        """Let one organiser sign in to several accounts from few phones; careful ones give each its own."""
        own = np.atleast_1d(accounts)[self.is_inside(np.atleast_1d(accounts))]
        if len(own) > 1 and self.rng.random() < CONTROL_SHARES[self.sophistication]:
            for on_one in np.array_split(own, -(-len(own) // MOST_ON_A_PHONE)):
                self._sign_in(on_one, self.rng.uniform(0, 5))

    def same_phone(self, accounts: np.ndarray) -> None:
        """Let innocent people who know each other use one phone, as couples and helpers do."""
        if len(accounts) > 1 and self.rng.random() < HELPER_SHARE:
            self._sign_in(accounts, self.rng.uniform(0, 60))

    def _sign_in(self, accounts: np.ndarray, days_before: float) -> None:
        """One device for all from some days before the start on, when all were customers."""
        joined = int(self.world.joined_us[self.world.owner[accounts]].max())
        begins = self.start - int(days_before * DAY_US)
        self.share_device(accounts, max(begins, joined, self.calendar.start_us))

    def give_up(self, accounts: np.ndarray | int) -> None:
        """Let some of the accounts be closed in the weeks after their last payment of the plan.

        Those that were opened beside the main one are closed more often.
        """
        flow = self.flow
        for account in np.atleast_1d(accounts).tolist():
            if self.rng.random() < (CARD_CLOSED_SHARE if account in self.world.further else GIVEN_UP_SHARE):
                at = flow.at[(flow.payer == account) | (flow.payee == account)]
                last = int(at.max(initial=self.start))
                self.abandon(account, last + int(self.later(24, 480)))

    def pay(
        self,
        at: np.ndarray | int,
        payer: np.ndarray | int,
        payee: np.ndarray | int,
        yuan: np.ndarray | float,
        channel: str = "transfer",
        purpose: str = "unstated",
        city: int = -1,
    ) -> None:
        """Intend one payment, or many of one kind (arrays broadcast); amounts in yuan."""
        _enter(self._payments, at, payer, payee, yuan, channel, purpose, city)

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

    def fetch_cash(self, at: np.ndarray | int, account: int, yuan: np.ndarray | float) -> None:
        """Take whole notes of 100 out of an account at its owner's home."""
        notes, city = np.maximum(np.asarray(yuan) // 100 * 100, 100.0), self.home(account)
        self.pay(at, account, self.desk(city), notes, "cash_withdrawal", "cash", city)

    def warm_up(self, accounts: np.ndarray | int, days: float | None = None) -> int:
        """Make accounts look lived-in before the start, and return the start.

        Small sums come in and are partly spent: a person gets them from a friend and
        shops, a firm from a client and buys supplies. That is everyday life, no part of
        the scheme. Unless told for how many days, only a careful scheme does so, for 30
        to 60.
        """
        if days is None:
            days = self.rng.uniform(30, 60) if self.sophistication == 2 else 0
        whole = min(int(days), (self.start - self.calendar.start_us) // DAY_US - 1)
        if whole < 1:
            return self.start
        for account in np.atleast_1d(accounts).tolist():
            is_person = self.world.holder[account] == "person"
            count = int(self.rng.integers(3, 9))
            at = self.waking(self.start - (whole + 1) * DAY_US, whole, count)
            sums = self.rng.lognormal(5.0 if is_person else 8.0, 0.8, count)
            gone = at + self.later(0.2, 3, count)
            spent = sums * self.rng.uniform(0.3, 0.9, count)
            if is_person:
                shops = self.outsiders(count, "merchant")
                self.live(at, self.outsiders(1), account, sums.round() + 1, "transfer", "family")
                self.live(gone, account, shops, spent, "qr", "shopping", self.home(account))
            else:
                client, makers = self.outsiders(1, "company"), self.outsiders(count, "company")
                self.live(at, client, account, sums.round() + 1, "transfer", "goods")
                self.live(gone, account, makers, spent, "transfer", "supplies")
        return self.start

    @property
    def flows(self) -> list[Flow]:
        """The intended payments, one Flow for each call of `pay`, without the warm-up."""
        return [_flow([payment]) for payment in self._payments]

    @property
    def flow(self) -> Flow:
        """The intended payments as one Flow, without the warm-up; faster than `flows`."""
        return _flow(self._payments)

    def live(
        self,
        at: np.ndarray | int,
        payer: np.ndarray | int,
        payee: np.ndarray | int,
        yuan: np.ndarray | float,
        channel: str = "transfer",
        purpose: str = "unstated",
        city: int = -1,
    ) -> None:
        """Intend payments of a member's everyday life beside the plan, which are no part of it."""
        _enter(self._everyday, at, payer, payee, yuan, channel, purpose, city)

    def spend(
        self,
        at: np.ndarray | int,
        payer: np.ndarray | int,
        payee: np.ndarray | int,
        yuan: np.ndarray | float,
        channel: str = "transfer",
        purpose: str = "unstated",
        city: int = -1,
    ) -> None:
        """Intend payments with proceeds of the scheme that are no part of its shape."""
        _enter(self._spending, at, payer, payee, yuan, channel, purpose, city)

    @property
    def spending(self) -> Flow:
        """The payments with proceeds outside the shape of the scheme."""
        return _flow(self._spending)

    @property
    def everyday(self) -> Flow:
        """The payments of the warm-up and of members' lives, which are no part of the scheme."""
        return _flow(self._everyday)

    @staticmethod
    def all_flows(scenes: list[Scene]) -> Flow:
        """The payments of many scenes at once; ``scheme`` is the number of the scene.

        Spent proceeds carry the number of the scene plus the number of scenes, since a
        payment has no room for a second mark; those of everyday life carry none.
        """
        planned = [payment for scene in scenes for payment in scene._payments]
        spending = [payment for scene in scenes for payment in scene._spending]
        everyday = [payment for scene in scenes for payment in scene._everyday]
        number = np.arange(len(scenes))
        numbers = [
            np.repeat(number, [len(scene._payments) for scene in scenes]),
            np.repeat(number + len(scenes), [len(scene._spending) for scene in scenes]),
            np.full(len(everyday), NO_SCHEME),
        ]
        return _flow(planned + spending + everyday, np.concatenate(numbers))

    # -- sums and words

    def slices(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum in ``count`` parts; a larger ``evenness`` gives more equal parts."""
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        return self.rounded(parts)

    def rounded(self, yuan: np.ndarray | float) -> np.ndarray:
        """Amounts as people write them, never more than given: some in round hundreds, others odd.

        How many are round is a habit of the plan, innocent or not; of the same kind on
        both sides, it tells nothing.
        """
        unit = self._units(np.asarray(yuan, float))
        return np.maximum(np.floor(np.asarray(yuan) / unit + 1e-6) * unit, 0.01)

    def _units(self, yuan: np.ndarray) -> np.ndarray:
        """The unit in yuan in which each amount is written; small sums are written to the cent."""
        is_round = self.rng.random(yuan.shape) < self.round_share
        other = OTHER_UNITS[self.rng.integers(0, len(OTHER_UNITS), yuan.shape)]
        unit = np.where(is_round, ROUND_YUAN, other)
        return np.where(yuan >= 5 * unit, unit, 0.01)

    def portions(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum with nothing left over, so that nobody pays more than they hold.

        Parts are `rounded`; the largest takes what is left.
        """
        parts = self.slices(total, count, evenness)
        parts[parts.argmax()] += total - parts.sum()
        return parts

    def stated(self, purpose: str, share: float = 0.6) -> str:
        """A purpose as honest payers state it: ``share`` of them do, the others leave it out (assumption)."""
        return purpose if self.rng.random() < share else "unstated"

    def pretext(self, *purposes: str) -> str:
        """What a criminal states: a naive one mostly nothing, a careful one something plausible."""
        states_one = self.rng.random() < (0.3, 0.5, 0.7)[self.sophistication]
        return str(self.rng.choice(purposes)) if states_one else "unstated"

    def pace(self) -> float:
        """How much slower than a naive one the scheme proceeds: promised times hold times this."""
        return (1.0, 1.5, 3.0)[self.sophistication]


def _enter(
    payments: list[Payment],
    at: np.ndarray | int,
    payer: np.ndarray | int,
    payee: np.ndarray | int,
    yuan: np.ndarray | float,
    channel: str,
    purpose: str,
    city: int,
) -> None:
    """Enter one intended payment, or many of one kind; nothing where one of the arrays is empty."""
    if all(np.size(value) for value in (at, payer, payee, yuan)):
        payments.append((at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city))


def _flow(payments: list[Payment], scheme: np.ndarray | None = None) -> Flow:
    """Payments as one Flow; built once for all, because a small array costs as much as a large one."""
    sizes = [max(np.size(value) for value in payment[:4]) for payment in payments]

    def column(place: int, dtype: type) -> np.ndarray:
        if not payments:
            return np.empty(0, dtype)
        parts = [
            np.full(size, value) if np.size(value) == 1 else np.asarray(value)
            for size, value in zip(sizes, (payment[place] for payment in payments), strict=True)
        ]
        return np.concatenate(parts).astype(dtype)

    whole = [np.repeat(np.array([p[place] for p in payments], np.int64), sizes) for place in (4, 5, 6)]
    return Flow(
        at=column(0, np.int64),
        payer=column(1, np.int32),
        payee=column(2, np.int32),
        amount=np.maximum(np.round(column(3, np.float64) * 100), 1).astype(np.int64),
        channel=whole[0].astype(np.int8),
        purpose=whole[1].astype(np.int8),
        city=whole[2].astype(np.int16),
        scheme=np.repeat(np.full(len(payments), NO_SCHEME) if scheme is None else scheme, sizes).astype(
            np.int32
        ),
    )
