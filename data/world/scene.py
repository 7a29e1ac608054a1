"""The stage on which one scheme is drawn: who may play, when it starts, what is paid."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.population import Population

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
