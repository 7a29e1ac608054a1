"""The alert budget: how many customers a week the bank can look at, and what counts as a catch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.schema import DAY_US
from parameters import Days

# Weeks in which a ranker works before those that are judged, and these themselves.
WATCHED = {"validation": ("validation",), "test": ("validation", "test")}


class Budget(pipeline.Parameters):
    """Section ``budget`` of params.yaml."""

    alerts_per_thousand_customers_week: float = Field(gt=0, le=1_000)
    suppress_days: int = Field(ge=0, le=36_500)
    label_window_days: Days


def in_turn(score: np.ndarray, customer: np.ndarray, as_of_us: np.ndarray) -> np.ndarray:
    """Rows week by week, the highest scores first, equal ones by the customer's number; shape (n,)."""
    return np.lexsort((customer, -score, as_of_us))


def alerts_within_budget(
    score: np.ndarray,
    customer: np.ndarray,
    as_of_us: np.ndarray,
    budget: Budget,
    scale: float = 1.0,
    order: np.ndarray | None = None,
) -> np.ndarray:
    """Which subjects are alerted: each week the highest scores, up to the budget.

    The budget is a rate, and alerts are whole: what one week's rounding leaves or takes is
    carried into the next, so that the weeks together hold the budget of all of them, and a
    bank too small for one alert a week has one every few weeks. Alerts that a week did not
    use are not carried. A customer alerted less than ``suppress_days`` ago is passed over. Equal scores are
    taken in order of the customer's number; one of minus infinity is never alerted. All
    arrays have shape (n,); the result is a rank within the week, 0 where not alerted.
    ``scale`` multiplies the budget. ``order`` is of `in_turn`, where it is known already.
    """
    rank = np.zeros(len(score), np.int64)
    if not len(score):
        return rank
    last_alert: dict[int, int] = {}
    order = in_turn(score, customer, as_of_us) if order is None else order
    edges = np.flatnonzero(np.diff(as_of_us[order], prepend=np.int64(-1)))
    due, allowed = 0.0, 0
    for first, end in zip(edges, [*edges[1:], len(order)], strict=True):
        week = order[first:end]
        moment = int(as_of_us[week[0]])
        due += budget.alerts_per_thousand_customers_week * scale * len(week) / 1_000
        left = round(due) - allowed
        allowed += left
        place = 0
        for subject in week:
            if place >= left or np.isneginf(score[subject]):
                break
            who = int(customer[subject])
            if moment - last_alert.get(who, -(2**62)) < budget.suppress_days * DAY_US:
                continue
            place += 1
            rank[subject] = place
            last_alert[who] = moment
    return rank


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

    def queue(self, score: np.ndarray) -> Queue:
        """One ranker's customers in turn, to spend several budgets on; ``score`` has shape (n,)."""
        return Queue(self, score, in_turn(score, self.customer, self.as_of_us))

    def alerted(self, score: np.ndarray, budget: Budget) -> np.ndarray:
        """Which judged subjects are alerted by a score of shape (n,)."""
        return self.queue(score).alerted(budget)


@dataclass(frozen=True)
class Queue:
    """Customers watched, in the turn in which one ranker takes them."""

    watch: Watch
    score: np.ndarray
    order: np.ndarray

    def _all_ranks(self, budget: Budget, scale: float) -> np.ndarray:
        watch = self.watch
        return alerts_within_budget(
            self.score, watch.customer, watch.as_of_us, budget, scale, order=self.order
        )

    def ranks(self, budget: Budget, scale: float = 1.0) -> np.ndarray:
        """Ranks of the judged subjects, see `alerts_within_budget`."""
        return self._all_ranks(budget, scale)[self.watch.is_judged]

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
        is_lately = starts_us - watch.as_of_us < budget.suppress_days * DAY_US
        return np.unique(watch.customer[before & is_lately & (self._all_ranks(budget, 1.0) > 0)])
