"""The stage on which one scheme is drawn: who may play, when it starts, what is paid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.schema import DAY_US, HOUR_US
from data.world.calendar import Calendar
from data.world.flows import CHANNEL, NO_SCHEME, PURPOSE, Flow
from data.world.population import Population
from pipeline import PARAMS_FILE, BadInput

DAYLIGHT_HOURS = (8, 22)  # local hours

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
    """

    def __init__(
        self,
        world: Population,
        calendar: Calendar,
        rng: np.random.Generator,
        sophistication: int,
        wake: Callable[[], int],
    ) -> None:
        self.world = world
        self.calendar = calendar
        self.rng = rng
        self.sophistication = sophistication
        self._wake = wake
        self.start = self.moment_between(30, calendar.days - 12)
        self._payments: list[Payment] = []
        self.members: list[tuple[int, str]] = []

    # -- time

    def moment_between(self, first_day: int, last_day: int) -> int:
        """A waking moment (UTC microseconds) on a day of the run, ``first_day`` included."""
        day = int(self.rng.integers(first_day, max(last_day, first_day + 1)))
        hour = float(self.rng.uniform(*DAYLIGHT_HOURS))
        return self.calendar.start_us + day * DAY_US + int(hour * HOUR_US)

    def later(self, low_hours: float, high_hours: float, count: int | None = None) -> np.ndarray:
        """Delays in microseconds, log-uniform between two numbers of hours."""
        delay = np.exp(self.rng.uniform(np.log(low_hours), np.log(high_hours), count))
        return np.asarray(delay * HOUR_US).astype(np.int64)

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

    # -- people

    def insiders(self, count: int, kind: str = "person") -> np.ndarray:
        """Accounts of distinct ordinary customers of a kind, all customers by then."""
        pool = self.world.customers_of(kind, by_us=self.start)
        return self.world.account[self._draw(pool, count)]

    def _draw(self, pool: np.ndarray, count: int, keep: np.ndarray | None = None) -> np.ndarray:
        """``count`` different members of a pool in time that does not grow with the pool.

        ``keep`` (shape as ``pool``) is the chance with which a drawn member is accepted.
        """
        if count > len(pool):
            raise BadInput(
                f"{PARAMS_FILE}: simulate.customers: a scheme needs {count} parties of one kind, "
                f"the world has {len(pool)}"
            )
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            place = int(self.rng.integers(len(pool)))
            if keep is None or self.rng.random() < keep[place]:
                chosen[int(pool[place])] = None
        return np.fromiter(chosen, np.int64, count)

    def recruits(self, count: int) -> np.ndarray:
        """Accounts of distinct persons whom a recruiter would approach.

        Students, workers, the unemployed and the self-employed are approached more
        often than others (assumption); nobody is beyond reach.
        """
        pool = self.world.customers_of("person", by_us=self.start)
        return self.world.account[self._draw(pool, count, self.world.approachable)]

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self._draw(self.world.outside(holder), count)

    def sleeper(self) -> int:
        """The account of a customer who has been silent since before the run, and of no other plan."""
        try:
            return int(self._wake())
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
        self._payments.append((at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city))

    @property
    def flows(self) -> list[Flow]:
        """The intended payments, one Flow for each call of `pay`."""
        return [_flow([payment]) for payment in self._payments]

    @staticmethod
    def all_flows(scenes: list[Scene]) -> Flow:
        """The payments of many scenes at once; ``scheme`` is the number of the scene."""
        payments = [payment for scene in scenes for payment in scene._payments]
        counts = [len(scene._payments) for scene in scenes]
        return _flow(payments, np.repeat(np.arange(len(scenes)), counts))

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
        """How much slower than a naive one the scheme proceeds: promised times hold times this."""
        return (1.0, 1.5, 3.0)[self.sophistication]


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
