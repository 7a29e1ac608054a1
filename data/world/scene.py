"""The stage on which one scheme is drawn: who may play, when it starts, what is paid."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.population import Population

MINUTE_US = 60_000_000
FIRST_DAY = 30  # by then everybody's ordinary life is under way


class Scene:
    """Collects the payments and members of one scheme.

    Parameters
    ----------
    world, calendar : who there is, and when
    rng : the scheme's own stream, so that schemes do not disturb each other
    sophistication : 0 naive, 1 jittered, 2 aware of thresholds and slower
    first_day : day of the run before which the scheme does not begin
    """

    def __init__(
        self,
        world: Population,
        calendar: Calendar,
        rng: np.random.Generator,
        sophistication: int,
        first_day: int = FIRST_DAY,
    ) -> None:
        self.world = world
        self.calendar = calendar
        self.rng = rng
        self.sophistication = sophistication
        self.first_day = first_day
        self.start = self.moment_between(first_day, calendar.days - 12)
        self.flows: list[Flow] = []
        self.members: list[tuple[int, str]] = []

    # -- time

    def moment_between(self, first_day: int, last_day: int) -> int:
        """A waking moment (UTC microseconds) on a day of the run, ``first_day`` included.

        The first day of the scene itself is a floor.
        """
        first_day = max(first_day, self.first_day)
        day = int(self.rng.integers(first_day, max(last_day, first_day + 1)))
        hour = float(self.rng.uniform(8, 22))
        return self.calendar.start_us + day * DAY_US + int(hour * HOUR_US)

    def later(self, low_hours: float, high_hours: float, count: int | None = None) -> np.ndarray:
        """Delays in microseconds, log-uniform between two numbers of hours."""
        delay = np.exp(self.rng.uniform(np.log(low_hours), np.log(high_hours), count))
        return np.asarray(delay * HOUR_US).astype(np.int64)

    def spread(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in daylight over ``days`` days from ``start``, in order."""
        day = np.floor(self.rng.uniform(0, max(days, 0.01), count)).astype(np.int64)
        within = self.rng.uniform(0, min(days, 1) * 12 * HOUR_US, count).astype(np.int64)
        return np.sort(start + day * DAY_US + within)

    def night(self, start: int, count: int, days: float) -> np.ndarray:
        """``count`` moments between 22:00 and 04:00 local time on nights after ``start``, in order."""
        origin = self.calendar.start_us
        day = (start - origin) // DAY_US + np.floor(self.rng.uniform(0, max(days, 1), count)).astype(np.int64)
        within = self.rng.uniform(22, 28, count) * HOUR_US
        return np.sort(origin + day * DAY_US + within.astype(np.int64))

    def during(
        self, start: int, days: int, count: int, clock: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """``count`` moments, in order, on the ``days`` local days after that of ``start``.

        Hours are drawn from a clock of the calendar; ``weight``, shape (calendar.days,),
        makes some days busier.
        """
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(days)
        chance = np.ones(days) if weight is None else weight[self._in_run(day)]
        chosen = self.rng.choice(day, count, p=chance / chance.sum())
        return np.sort(self.calendar.moments(self.rng, chosen, clock))

    def workdays(self, start: int, count: int) -> np.ndarray:
        """Local midnights (UTC microseconds) of the first ``count`` working days after that of ``start``."""
        day = (start - self.calendar.start_us) // DAY_US + 1 + np.arange(2 * count + 3)
        day = day[~self.calendar.is_weekend()[self._in_run(day)]]
        return self.calendar.start_us + day[:count] * DAY_US

    def _in_run(self, day: np.ndarray) -> np.ndarray:
        """A day of the run for each day number: for one after the end, its weekday in the last week."""
        end = self.calendar.days
        return np.where(day < end, day, end - 7 + (day - end) % 7)

    # -- people

    def insiders(self, count: int, kind: str = "person") -> np.ndarray:
        """Accounts of distinct ordinary customers of a kind, all customers by then."""
        pool = self.world.customers_of(kind)
        pool = pool[self.world.joined_us[pool] < self.start]
        return self.world.account[self.rng.choice(pool, count, replace=False)]

    def recruits(self, count: int) -> np.ndarray:
        """Accounts of distinct persons whom a recruiter would approach.

        Students, workers, the unemployed and the self-employed are approached more
        often than others (assumption); nobody is beyond reach.
        """
        pool = self.world.customers_of("person")
        pool = pool[self.world.joined_us[pool] < self.start]
        eager = np.isin(self.world.occupation[pool], ["student", "unemployed", "self_employed"])
        weight = np.where(eager, 2.0, 1.0)
        return self.world.account[self.rng.choice(pool, count, replace=False, p=weight / weight.sum())]

    def newcomers(self, count: int) -> np.ndarray:
        """Accounts of distinct persons who joined in the 120 days before the start.

        Where there are too few of them, recruits take the other parts.
        """
        pool = self.world.customers_of("person")
        age = self.start - self.world.joined_us[pool]
        fresh = self.world.account[pool[(age > 0) & (age < 120 * DAY_US)]]
        chosen = self.rng.permutation(fresh)[:count]
        others = self.recruits(2 * count)
        return np.concatenate([chosen, others[~np.isin(others, chosen)][: count - len(chosen)]])

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self.rng.choice(self.world.outside(holder), count, replace=False)

    def sleeper(self) -> int:
        """The account of a customer who has been silent since before the run."""
        pool = np.flatnonzero(self.world.is_dormant)
        return int(self.world.account[self.rng.choice(pool)])

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
        size = np.broadcast(at, payer, payee, yuan).size
        moments, sources, targets, amounts = (
            np.broadcast_to(np.atleast_1d(value), size) for value in (at, payer, payee, yuan)
        )
        self.flows.append(Flow.of(moments, sources, targets, amounts, channel, purpose, city))

    def warm_up(self, accounts: np.ndarray) -> int:
        """The moment at which the scheme proper begins: a careful one first lets its accounts look used.

        Before that moment a friend pays a little into each account and it goes shopping,
        for ten to forty days where the run is long enough. Others begin at the start.
        """
        room = self.calendar.days - 12 - (self.start - self.calendar.start_us) / DAY_US
        days = min(self.rng.uniform(10, 40), room)
        if self.sophistication < 2 or days < 4:
            return self.start
        for account in np.atleast_1d(accounts):
            at, yuan = self.start + int(self.later(1, 20)), self.rng.lognormal(6.5, 0.5)
            self.pay(at, self.outsiders(1), account, yuan, "transfer", self.stated("family", 0.5))
            shops = self.outsiders(int(self.rng.integers(2, 6)), "merchant")
            spent = self.rng.dirichlet(np.full(len(shops), 3.0)) * yuan * self.rng.uniform(0.4, 0.95)
            self.pay(self.spread(at, days - 2, len(shops)), account, shops, spent, "qr", "shopping")
        return self.start + int(days * DAY_US)

    def stated(self, purpose: str, share: float) -> str:
        """A purpose as payers state it: ``share`` of them do, the others leave it out."""
        return purpose if self.rng.random() < share else "unstated"

    def fetch_cash(self, at: np.ndarray | int, account: int, yuan: np.ndarray | float) -> None:
        """Take whole notes of 100 out of an account at its owner's home."""
        notes, city = np.maximum(np.asarray(yuan) // 100 * 100, 100.0), self.home(account)
        self.pay(at, account, self.desk(city), notes, "cash_withdrawal", "cash", city)

    def slices(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum in ``count`` parts; a larger ``evenness`` gives more equal parts.

        A naive scheme uses round hundreds; a careful one does not.
        """
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        return self.rounded(parts)

    def portions(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split like ``slices``, but round down: together never more than ``total``."""
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        grain = np.where((parts >= 100) & (self.sophistication == 0), 100.0, 0.01)
        return np.maximum(np.floor(parts / grain) * grain, 0.01)

    def rounded(self, yuan: np.ndarray) -> np.ndarray:
        """Amounts as a naive (round hundreds) or careful (odd) payer writes them."""
        if self.sophistication == 0:
            return np.maximum((yuan / 100).round() * 100, 100.0)
        return np.maximum(yuan * self.rng.uniform(0.985, 1.0, np.shape(yuan)), 1.0)

    def pace(self) -> float:
        """How much slower than a naive one the scheme proceeds."""
        return (1.0, 1.5, 3.0)[self.sophistication]
