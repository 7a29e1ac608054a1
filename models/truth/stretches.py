"""Recall over time: stretches of whole weeks, and whom a ranking has caught in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import happened_within
from data.results import Interval
from models import split
from models.budget import Budget, Watch
from models.intervals import drawn, interval, mean_by_group, middle_part
from models.results.over_time import RecallChange, RecallInStretch

SUSPECTED = 0.5  # of a label, from which on the bank counts its customer
WEEK = pd.Timedelta(weeks=1)  # between two moments of scoring


@dataclass(frozen=True)
class WeekStretch:
    """Weekly moments from ``starts_at`` to before ``ends_at``, and the events that they see first."""

    number: int
    starts_at: pd.Timestamp
    ends_at: pd.Timestamp
    is_watched: bool

    def has_moment(self, at: pd.Series) -> np.ndarray:
        """Which moments of scoring lie in it."""
        return at.between(self.starts_at, self.ends_at, "left").to_numpy()

    def has_event(self, at: pd.Series) -> np.ndarray:
        """Which events its moments are the first to see: they lie a week earlier."""
        return at.between(self.starts_at - WEEK, self.ends_at - WEEK, "left").to_numpy()


def stretches_between(
    first: pd.Timestamp, watched: pd.Timestamp, last: pd.Timestamp, weeks: int
) -> list[WeekStretch]:
    """Stretches of ``weeks``, one of which begins when models go to work; incomplete ones are left out.

    Parameters
    ----------
    first : before it no stretch begins
    watched : start of validation
    last : end of the test
    """
    length = weeks * WEEK
    before, after = (watched - first) // length, (last - watched) // length
    return [
        WeekStretch(number, watched + place * length, watched + (place + 1) * length, is_watched=place >= 0)
        for number, place in enumerate(range(-before, after))
    ]


def suspected_events(labels: pd.DataFrame, days: int, settings: split.Params) -> pd.DataFrame:
    """Moments (customer_id, at) of labels at which the loudest word of the last days is suspicious."""
    asked = labels.reset_index(drop=True).assign(
        subject_id=np.arange(len(labels)), as_of=labels["event_at"].array
    )
    said = split.known_label(asked, labels, labels["known_at"].max(), days, settings)
    mine = asked[(said["label"] >= SUSPECTED).to_numpy()]
    return mine.rename(columns={"event_at": "at"})[["customer_id", "at"]].drop_duplicates(ignore_index=True)


@dataclass(frozen=True)
class Concern:
    """Customers with an event, stretch by stretch, in one view; arrays of shape (n,), a row a pair.

    ``moments`` (customer_id, at) are the events of the whole run. ``at_now`` says whether an
    event counts for an alert of the same moment, as in the bank's labels.
    """

    moments: pd.DataFrame
    at_now: bool
    stretch: np.ndarray
    customer: np.ndarray

    @classmethod
    def of(cls, moments: pd.DataFrame, stretches: list[WeekStretch], at_now: bool) -> Concern:
        """From events of the whole run."""
        inside = [np.unique(moments["customer_id"][mine.has_event(moments["at"])]) for mine in stretches]
        sizes = [len(customers) for customers in inside]
        numbers = [mine.number for mine in stretches]
        return cls(
            moments,
            at_now,
            np.repeat(np.array(numbers, np.int64), sizes),
            np.concatenate([np.zeros(0, np.int64), *inside]),
        )

    def caught(
        self, alerts: pd.DataFrame, stretches: list[WeekStretch], label_days: int, silent_days: int
    ) -> np.ndarray:
        """1 where the customer is alerted while concerned, in the stretch or silent from before it.

        Parameters
        ----------
        alerts : customer_id and at
        label_days : days after an event in which an alert is right
        silent_days : days for which an alert silences its customer
        """
        days = (label_days, self.at_now)
        right = alerts[happened_within(self.moments, alerts["customer_id"], alerts["at"], *days)]
        found = np.zeros(len(self.customer))
        for mine in stretches:
            since = mine.starts_at - pd.Timedelta(days=silent_days)
            in_hand = right["customer_id"][right["at"].between(since, mine.ends_at, "left").to_numpy()]
            rows = self.stretch == mine.number
            found[rows] = np.isin(self.customer[rows], in_hand.to_numpy())
        return found


@dataclass(frozen=True)
class Drawn:
    """What is drawn as one, for rows of a concern; ``group`` (n,) is numbered from 0."""

    group: np.ndarray
    draws: int
    seed: int

    def mean(self, value: np.ndarray, rows: np.ndarray) -> Interval:
        """Mean over some rows, given as a mask, with the middle 95 % of its draws."""
        names, group = np.unique(self.group[rows], return_inverse=True)
        if not len(names):
            return Interval()
        return mean_by_group(value[rows], group, drawn(len(names), self.draws, self.seed))

    def change(self, value: np.ndarray, early: np.ndarray, late: np.ndarray) -> Interval:
        """Mean over ``late`` less that over ``early`` (masks); a group in both is drawn for both."""
        names, group = np.unique(self.group[early | late], return_inverse=True)
        place = np.full(len(value), -1)
        place[early | late] = group
        weight = drawn(len(names), self.draws, self.seed)
        means = []
        for rows in (early, late):
            whole = weight @ np.bincount(place[rows], minlength=len(names))
            part = weight @ np.bincount(place[rows], value[rows], minlength=len(names))
            means.append(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
        gap = means[1] - means[0]
        return interval(gap[0], *middle_part(gap[1:]))


def early_and_late(concern: Concern, stretches: list[WeekStretch]) -> tuple[np.ndarray, np.ndarray]:
    """Rows in the earlier and in the later half of the watched stretches, as masks.

    The middle one of an odd number is in neither.
    """
    numbers = [mine.number for mine in stretches if mine.is_watched]
    half = len(numbers) // 2
    return np.isin(concern.stretch, numbers[:half]), np.isin(concern.stretch, numbers[len(numbers) - half :])


@dataclass(frozen=True)
class Finder:
    """Who is concerned, what is drawn as one, and whom each ranking has caught, by view."""

    concerns: dict[str, Concern]
    drawn: dict[str, Drawn]
    caught: dict[str, dict[str, np.ndarray]]  # by ranking and view

    @classmethod
    def of(
        cls,
        concerns: dict[str, Concern],
        drawn: dict[str, Drawn],
        alerts: dict[str, pd.DataFrame],
        stretches: list[WeekStretch],
        days: tuple[int, int],
    ) -> Finder:
        """From the alerts of every ranking, customer_id and at; ``days`` as `Concern.caught` has them."""
        caught = {
            name: {view: mine.caught(raised, stretches, *days) for view, mine in concerns.items()}
            for name, raised in alerts.items()
        }
        return cls(concerns, drawn, caught)

    def recall(self, name: str, stretch: int) -> RecallInStretch:
        """Of one ranking in one stretch."""
        rows = {view: mine.stretch == stretch for view, mine in self.concerns.items()}
        share = {view: self.drawn[view].mean(self.caught[name][view], rows[view]) for view in rows}
        return RecallInStretch(
            ranker=name,
            stretch=stretch,
            bank_customers=int(rows["bank"].sum()),
            bank=share["bank"],
            true_customers=int(rows["true"].sum()),
            true_groups=len(np.unique(self.drawn["true"].group[rows["true"]])),
            true=share["true"],
        )

    def change(self, name: str, stretches: list[WeekStretch]) -> RecallChange:
        """Of one ranking, from the earlier to the later half of the watched stretches."""
        gap = {
            view: self.drawn[view].change(self.caught[name][view], *early_and_late(mine, stretches))
            for view, mine in self.concerns.items()
        }
        return RecallChange(ranker=name, bank=gap["bank"], true=gap["true"])


def alerts_of(watched: pd.DataFrame, score: np.ndarray, budget: Budget) -> pd.DataFrame:
    """Alerts (customer_id, at) that a score raises at the budget over all watched weeks."""
    customer = watched["customer_id"].to_numpy()
    mine = watched[Watch.alone(customer, watched["as_of"]).alerted(score.astype(float), budget)]
    return mine.rename(columns={"as_of": "at"})[["customer_id", "at"]]
