"""What every part of a scene stands on: who there is, when it begins, what is drawn so far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.schema import DAY_US
from data.world.calendar import EVENING, Calendar
from data.world.expression import Hand
from data.world.intents import Intent, Spender
from data.world.population import OUTSIDE, Population

FIRST_DAY = 10  # by then everybody's ordinary life is under way
UNDER_WAY_DAY = -60  # before the run, by which the first plans that it sees have begun
LAST_DAYS = 2  # of the run, in which no plan begins any more


class Stage:
    """What is given to one scheme, and what it has collected; the parts of a `Scene` add how to.

    Parameters
    ----------
    world, calendar : who there is, and when
    rng : the scheme's own stream, so that schemes do not disturb each other
    sophistication : 0 naive, 1 jittered, 2 aware of thresholds and slower
    wake : hands out the account of a sleeping customer, each one once in a run
    hand : writes the payments of this world
    first_day : day of the run before which the scheme does not begin
    place : how far between that day and the end of the run it begins, in [0, 1); drawn without one

    Attributes
    ----------
    aside : a second stream, for what only some plans of a kind do: the others draw as if it were not there
    start : when the scheme begins, UTC microseconds; may lie before the run
    intents : payments, in the order in which they were drawn
    spenders : who spends proceeds
    members : account and role of each member, in the order in which they joined
    bystanders : accounts of customers who deal with the scheme and are not in the know
    devices : customer position, device, from and until when (UTC microseconds) of each shared use
    closings : account and moment (UTC microseconds) of each one that is closed for good
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
        self.aside = rng.spawn(1)[0]
        self.sophistication = sophistication
        self.wake = wake
        self.hand = hand
        self.start = beginning(calendar, rng, first_day, place)
        self.intents: list[Intent] = []
        self.spenders: list[Spender] = []
        self.members: list[tuple[int, str]] = []
        self.bystanders: set[int] = set()
        self.devices: list[tuple[int, int, int, int]] = []
        self.closings: list[tuple[int, int]] = []

    @property
    def run_end(self) -> int:
        """The first moment after the run, UTC microseconds."""
        return self.calendar.start_us + self.calendar.days * DAY_US

    def is_inside(self, accounts: np.ndarray | int) -> np.ndarray:
        """Shape of ``accounts``, true where the bank keeps the account."""
        return np.asarray(self.world.owner[accounts] != OUTSIDE)

    def income(self, account: int) -> float:
        """Monthly income or turnover of an account's owner in yuan."""
        return float(self.world.income[self.world.owner[account]])

    def home(self, account: int) -> int:
        """City code of an account's owner."""
        return int(self.world.city[self.world.owner[account]])


def beginning(calendar: Calendar, rng: np.random.Generator, first_day: int, place: float | None) -> int:
    """A moment (UTC microseconds) on any day from the scheme's first day on to the end of the run.

    ``place``, in [0, 1), says how far between the two; without one it is drawn.
    A plan that begins late goes on after the run, and one of before is under way when it
    begins, where nobody sees the rest: so as many are at work in one week as in another.
    """
    last = max(calendar.days - LAST_DAYS, first_day + 1)
    share = rng.random() if place is None else place
    day = np.array([first_day + int((last - first_day) * share)])
    return int(calendar.moments(rng, day, EVENING)[0])
