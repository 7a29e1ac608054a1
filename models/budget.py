"""The alert budget: how many customers a week the bank can look at, and what counts as a catch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.schema import DAY_US
from parameters import Days

# Weeks in which a ranker works before those that are judged, and these themselves.
WATCHED = {"validation": ("validation",), "test": ("validation", "test")}

SORTED_FIRST = 2_000  # customers of a week; the others are sorted where a budget asks for more


class Budget(pipeline.Parameters):
    """Section ``budget`` of params.yaml."""

    alerts_per_thousand_customers_week: float = Field(gt=0, le=1_000)
    suppress_days: int = Field(ge=0, le=36_500)
    label_window_days: Days


@dataclass(frozen=True)
class WatchedWeek:
    """The subjects of one moment, whom a ranker takes in turn; arrays of shape (n,).

    ``rows`` are their places and ``customer`` whose they are, in order of the customer's number.
    """

    moment_us: int
    rows: np.ndarray
    customer: np.ndarray

    def in_turn(self, score: np.ndarray) -> Turn:
        """One ranker's turn; ``score`` is of all that is watched."""
        return Turn(self, score[self.rows])


@dataclass(frozen=True)
class Turn:
    """A week in the turn in which one ranker takes it: the highest scores first.

    Equal scores are taken in order of the customer's number; whoever has minus infinity is
    never taken. A budget ends after a few of many thousand, so that only these are sorted.
    """

    week: WatchedWeek
    score: np.ndarray

    def taken(self) -> Iterator[tuple[int, int]]:
        """Row and customer, one after the other."""
        yield from self._first
        yield from self._others

    @cached_property
    def _least_of_first(self) -> float:
        if len(self.score) <= SORTED_FIRST:
            return -np.inf
        return float(-np.partition(-self.score, SORTED_FIRST)[SORTED_FIRST])

    @cached_property
    def _first(self) -> list[tuple[int, int]]:
        return self._sorted(self.score >= self._least_of_first)

    @cached_property
    def _others(self) -> list[tuple[int, int]]:
        return self._sorted(self.score < self._least_of_first)

    def _sorted(self, mask: np.ndarray) -> list[tuple[int, int]]:
        places = np.flatnonzero(mask & ~np.isneginf(self.score))
        places = places[np.argsort(-self.score[places], kind="stable")]
        return list(zip(self.week.rows[places].tolist(), self.week.customer[places].tolist(), strict=True))


def spent(turns: list[Turn], budget: Budget, scale: float = 1.0) -> list[tuple[int, int]]:
    """Row and rank of every alert, see `alerts_within_budget`; ``turns`` are in order of time."""
    last_alert: dict[int, int] = {}
    alerts = []
    due, allowed = 0.0, 0
    for turn in turns:
        due += budget.alerts_per_thousand_customers_week * scale * len(turn.score) / 1_000
        left = round(due) - allowed
        allowed += left
        moment = turn.week.moment_us
        silent_since = moment - budget.suppress_days * DAY_US
        place = 0
        for row, who in turn.taken():
            if place >= left:
                break
            if last_alert.get(who, -(2**62)) > silent_since:
                continue
            place += 1
            alerts.append((row, place))
            last_alert[who] = moment
    return alerts


def alerts_within_budget(
    score: np.ndarray, customer: np.ndarray, as_of_us: np.ndarray, budget: Budget, scale: float = 1.0
) -> np.ndarray:
    """Which subjects are alerted: each week the highest scores, up to the budget.

    The budget is a rate, and alerts are whole: what one week's rounding leaves or takes is
    carried into the next, so that the weeks together hold the budget of all of them, and a
    bank too small for one alert a week has one every few weeks. Alerts that a week did not
    use are not carried. A customer alerted less than ``suppress_days`` ago is passed over. Equal scores are
    taken in order of the customer's number; one of minus infinity is never alerted. All
    arrays have shape (n,); the result is a rank within the week, 0 where not alerted.
    ``scale`` multiplies the budget.
    """
    return Watch(customer, as_of_us, np.ones(len(score), bool)).queue(score).ranks(budget, scale)


def watched(split: pd.DataFrame, role: str = "test") -> pd.DataFrame:
    """The rows of Split on which a ranker spends its budget when ``role`` is judged, numbered anew."""
    return split[split["role"].isin(WATCHED[role])].reset_index(drop=True)


@dataclass(frozen=True)
class Watch:
    """Customers watched week by week, of whom only the last weeks are judged; arrays of shape (n,).

    A ranker works in validation as it does in the test. Whom it alerted there is silent for
    what is left of ``suppress_days``, so that no alert of the test repeats one of validation.
    Every stage that spends a budget does it here.
    """

    customer: np.ndarray
    as_of_us: np.ndarray
    is_judged: np.ndarray

    @classmethod
    def of(cls, subjects: pd.DataFrame, role: str = "test") -> Watch:
        """Of rows as `watched` gives them; those of ``role`` are judged."""
        return cls(
            subjects["customer_id"].to_numpy(),
            subjects["as_of"].astype("int64").to_numpy(),
            (subjects["role"] == role).to_numpy(),
        )

    @classmethod
    def alone(cls, customer: np.ndarray, as_of: pd.Series) -> Watch:
        """Weeks with none before them, all judged."""
        return cls(customer, as_of.astype("int64").to_numpy(), np.ones(len(customer), bool))

    @property
    def judged(self) -> Watch:
        """The judged weeks alone, without memory of the weeks before."""
        mine = self.is_judged
        return Watch(self.customer[mine], self.as_of_us[mine], np.ones(int(mine.sum()), bool))

    @cached_property
    def weeks(self) -> list[WatchedWeek]:
        """The watched weeks in order of time."""
        order = np.lexsort((self.customer, self.as_of_us))
        edges = np.flatnonzero(np.diff(self.as_of_us[order])) + 1
        return [
            WatchedWeek(int(self.as_of_us[rows[0]]), rows, self.customer[rows])
            for rows in np.split(order, edges)
            if len(rows)
        ]

    @cached_property
    def judged_rows(self) -> np.ndarray:
        """Place of each row among the judged ones, minus one for the others; shape (n,)."""
        return np.where(self.is_judged, np.cumsum(self.is_judged) - 1, -1)

    def queue(self, score: np.ndarray) -> Queue:
        """One ranker's customers in turn, to spend several budgets on; ``score`` has shape (n,)."""
        return Queue(self, score, [week.in_turn(score) for week in self.weeks])

    def alerted(self, score: np.ndarray, budget: Budget) -> np.ndarray:
        """Which judged subjects are alerted by a score of shape (n,)."""
        return self.queue(score).alerted(budget)


@dataclass(frozen=True)
class Queue:
    """Customers watched, in the turn in which one ranker takes them; ``score`` has shape (n,)."""

    watch: Watch
    score: np.ndarray
    turns: list[Turn]

    def ranks(self, budget: Budget, scale: float = 1.0) -> np.ndarray:
        """Ranks of the judged subjects, see `alerts_within_budget`."""
        place = self.watch.judged_rows
        found = np.zeros(int(self.watch.is_judged.sum()), np.int64)
        for row, rank in spent(self.turns, budget, scale):
            if place[row] >= 0:
                found[place[row]] = rank
        return found

    def alerted(self, budget: Budget, scale: float = 1.0) -> np.ndarray:
        """Which judged subjects are alerted."""
        return self.ranks(budget, scale) > 0

    def silent(self, budget: Budget) -> np.ndarray:
        """Customers whom the weeks before have silenced when the judged ones begin; sorted."""
        watch = self.watch
        before = ~watch.is_judged
        if not before.any() or before.all():
            return np.zeros(0, np.int64)
        starts_us = watch.as_of_us[watch.is_judged].min()
        rows = np.array([row for row, _ in spent(self.turns, budget)], np.int64)
        rows = rows[before[rows] & (starts_us - watch.as_of_us[rows] < budget.suppress_days * DAY_US)]
        return np.unique(watch.customer[rows])
