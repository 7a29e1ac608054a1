"""The stage on which one scheme is drawn: who may play, when it starts, what is paid."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.population import OUTSIDE, Population

MINUTE_US = 60_000_000


class Scene:
    """Collects the payments and members of one scheme.

    Parameters
    ----------
    world, calendar : who there is, and when
    rng : the scheme's own stream, so that schemes do not disturb each other
    sophistication : 0 naive, 1 jittered, 2 aware of thresholds and slower
    """

    def __init__(
        self, world: Population, calendar: Calendar, rng: np.random.Generator, sophistication: int
    ) -> None:
        self.world = world
        self.calendar = calendar
        self.rng = rng
        self.sophistication = sophistication
        self.start = self.moment_between(30, calendar.days - 12)
        self.flows: list[Flow] = []
        self.members: list[tuple[int, str]] = []

    # -- time

    def moment_between(self, first_day: int, last_day: int) -> int:
        """A waking moment (UTC microseconds) on a day of the run, ``first_day`` included."""
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

    def begin_within(self, days: float) -> None:
        """Draw the start anew, early enough that a plan of ``days`` days ends inside the run."""
        self.start = self.moment_between(30, int(self.calendar.days - days - 1))

    def length(self, low_days: float, high_days: float) -> float:
        """Days that a long plan lasts, no more than a run leaves after its first weeks."""
        return float(min(self.rng.uniform(low_days, high_days), max(self.calendar.days - 45, 14)))

    def waking(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order at the hours of private life, on the days after that of ``start``."""
        return self._on_days(start, days, count, WAKING, 1.0)

    def office(self, start: int, days: float, count: int) -> np.ndarray:
        """``count`` moments in order in office hours on the days after that of ``start``; few at weekends."""
        return self._on_days(start, days, count, OFFICE, 0.08)

    def by_day(self, at: np.ndarray | int) -> np.ndarray:
        """Moments in the small hours put off to the morning after; all others as they are."""
        hour = (np.asarray(at) - self.calendar.start_us) % DAY_US / HOUR_US
        delay = self.rng.uniform(7, 10, np.shape(at)) - hour
        return np.asarray(at + np.where(hour < 7, delay, 0) * HOUR_US).astype(np.int64)

    def _on_days(self, start: int, days: float, count: int, clock: np.ndarray, weekend: float) -> np.ndarray:
        first = (start - self.calendar.start_us) // DAY_US + 1
        day = first + np.arange(max(round(days), 1))
        # 1970-01-01 was a Thursday.
        is_weekend = ((self.calendar.first_day() + day).astype("datetime64[D]").view("int64") + 3) % 7 >= 5
        weight = np.where(is_weekend, weekend, 1.0)
        chosen = self.rng.choice(day, count, p=weight / weight.sum())
        return np.sort(self.calendar.moments(self.rng, chosen, clock))

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

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self.rng.choice(self.world.outside(holder), count, replace=False)

    def sleeper(self) -> int:
        """The account of a customer who has been silent since before the run."""
        pool = np.flatnonzero(self.world.is_dormant)
        return int(self.world.account[self.rng.choice(pool)])

    def students(self, count: int) -> np.ndarray:
        """Accounts of distinct students, all customers by then."""
        pool = self.world.customers_of("person")
        is_known = self.world.joined_us[pool] < self.start
        pool = pool[is_known & (self.world.occupation[pool] == "student")]
        return self.world.account[self.rng.choice(pool, count, replace=False)]

    def is_inside(self, accounts: np.ndarray) -> np.ndarray:
        """Shape of ``accounts``, true where the bank keeps the account."""
        return np.asarray(self.world.owner[accounts] != OUTSIDE)

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

    def slices(self, total: float, count: int, evenness: float) -> np.ndarray:
        """Split a sum in ``count`` parts; a larger ``evenness`` gives more equal parts.

        A naive scheme uses round hundreds; a careful one does not.
        """
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        return self.rounded(parts)

    def rounded(self, yuan: np.ndarray) -> np.ndarray:
        """Amounts as a naive (round hundreds) or careful (odd) payer writes them."""
        if self.sophistication == 0:
            return np.maximum((yuan / 100).round() * 100, 100.0)
        return np.maximum(yuan * self.rng.uniform(0.985, 1.0, np.shape(yuan)), 1.0)

    def pace(self) -> float:
        """How much slower than a naive one the scheme proceeds."""
        return (1.0, 1.5, 3.0)[self.sophistication]

    def portions(self, total: float, count: int, evenness: float, unit: float | None = None) -> np.ndarray:
        """Split a sum with nothing left over, so that nobody pays more than they hold.

        Parts are multiples of a unit in yuan, by default as a naive (100) or careful (0.01)
        payer writes them; the largest part takes what is left.
        """
        unit = unit or (100.0 if self.sophistication == 0 else 0.01)
        parts = self.rng.dirichlet(np.full(count, evenness)) * total
        parts = np.maximum(np.floor(parts / unit) * unit, unit)
        parts[parts.argmax()] += total - parts.sum()
        return parts

    def stated(self, purpose: str) -> str:
        """What honest payers state: the purpose, or nothing, as is their habit (assumption)."""
        return purpose if self.rng.random() < 0.6 else "unstated"

    def pretext(self, *purposes: str) -> str:
        """What a criminal states: a naive one mostly nothing, a careful one something plausible."""
        states_one = self.rng.random() < (0.3, 0.5, 0.7)[self.sophistication]
        return str(self.rng.choice(purposes)) if states_one else "unstated"

    def warm_up(self, accounts: np.ndarray | int, days: float | None = None) -> None:
        """Make accounts look lived-in before the start: small sums come in and are partly spent.

        A person gets them from a friend and shops; a firm from a client and buys supplies.
        Unless told for how many days, only a careful scheme does so, for 30 to 60.
        """
        if days is None:
            days = self.rng.uniform(30, 60) if self.sophistication == 2 else 0
        whole = min(int(days), (self.start - self.calendar.start_us) // DAY_US - 1)
        if whole < 1:
            return
        for account in np.atleast_1d(accounts).tolist():
            is_person = self.world.holder[account] == "person"
            count = int(self.rng.integers(3, 9))
            at = self.waking(self.start - (whole + 1) * DAY_US, whole, count)
            sums = self.rng.lognormal(5.0 if is_person else 8.0, 0.8, count)
            gone = at + self.later(0.2, 3, count)
            spent = sums * self.rng.uniform(0.3, 0.9, count)
            if is_person:
                shops = self.outsiders(count, "merchant")
                self.pay(at, self.outsiders(1), account, sums.round() + 1, "transfer", "family")
                self.pay(gone, account, shops, spent, "qr", "shopping", self.home(account))
            else:
                client, makers = self.outsiders(1, "company"), self.outsiders(count, "company")
                self.pay(at, client, account, sums.round() + 1, "transfer", "goods")
                self.pay(gone, account, makers, spent, "transfer", "supplies")
