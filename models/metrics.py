"""What a ranking is worth at a fixed budget, with intervals, and how two rankings differ.

The same functions serve what the bank can measure and what is true: they are given
labels and do not know whose. A bootstrap draws groups: a scheme with all who take part in
it where the truth is known, a customer for the bank, who knows of no scheme. All rankings
are weighed by the same draws, so that differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.results import Interval
from models.budget import Budget, Queue, Watch
from models.intervals import drawn, interval, mean_by_group, middle_part, ratio
from models.positives import Positives

METRICS = ("recall_at_budget", "precision_at_budget", "precision_ceiling", "average_precision", "base_rate")
COMPARED = ("recall_at_budget", "precision_at_budget", "average_precision")  # what differs by ranker


@dataclass(frozen=True)
class Field:
    """What all rankings of the same test have in common; arrays of the subjects that count, shape (n,).

    ``customer`` and ``group`` are numbered from 0, ``group`` says what is drawn together.
    ``ideal`` marks the subjects that a ranking by the labels themselves would have alerted;
    no other one can be more precise. ``counts`` marks the subjects among the judged ones.
    """

    customer: np.ndarray
    group: np.ndarray
    is_positive: np.ndarray
    ideal: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, watch: Watch, positives: Positives, budget: Budget) -> Field:
        """Number what is drawn, and spend the budget on the labels."""
        judged, counts = watch.judged, positives.counts
        _, number = np.unique(judged.customer[counts], return_inverse=True)
        _, group = np.unique(positives.group[counts], return_inverse=True)
        # Without memory of validation, which the ideal need not have spent on anybody.
        ideal = judged.alerted(positives.is_positive.astype(float), budget)
        return cls(number, group, positives.is_positive[counts], ideal[counts], counts)

    def ranked(self, queue: Queue, budget: Budget) -> Ranking:
        """One ranker's scores and alerts; those that fell on leftovers are spent, and left out with them."""
        score = queue.score[queue.watch.is_judged]
        return Ranking(self, score[self.counts], queue.alerted(budget)[self.counts])

    @property
    def groups(self) -> int:
        """How many groups there are to draw from."""
        return int(self.group.max(initial=-1)) + 1

    def by_group(self, mask: np.ndarray, is_once: bool = False) -> np.ndarray:
        """Rows marked by ``mask`` in each group, or with ``is_once`` customers with one; shape (groups,)."""
        rows = np.flatnonzero(mask)
        if is_once:
            _, first = np.unique(self.customer[rows], return_index=True)
            rows = rows[first]
        return np.bincount(self.group[rows], minlength=self.groups).astype(float)


@dataclass(frozen=True)
class Ranking:
    """One ranking of the subjects of a field; ``alerted`` marks those within the budget. Shape (n,) each."""

    field: Field
    score: np.ndarray
    alerted: np.ndarray

    @classmethod
    def of(cls, queue: Queue, positives: Positives, budget: Budget) -> Ranking:
        """Spend the budget on one ranker's queue, of a field of its own."""
        return Field.of(queue.watch, positives, budget).ranked(queue, budget)


class AveragePrecision:
    """Average precision of one ranking under many weightings; ties share one threshold."""

    def __init__(self, score: np.ndarray, is_positive: np.ndarray) -> None:
        self.score, self.is_positive = score, is_positive

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows by score, and the last place of each tie; minus infinity (no vote at all) is one as well."""
        order = np.argsort(-self.score, kind="stable")
        ranked = self.score[order]
        return order, np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(order) - 1)

    def __call__(self, weight: np.ndarray) -> float:
        """Weighted average precision; ``weight`` has shape (n,)."""
        order, last_of_tie = self._order
        mass = weight[order]
        hits = np.cumsum(mass * self.is_positive[order])[last_of_tie]
        seen = np.cumsum(mass)[last_of_tie]
        if hits[-1] <= 0:
            return float("nan")
        precision = np.divide(hits, seen, out=np.zeros(len(hits)), where=seen > 0)
        return float(np.sum(np.diff(hits, prepend=0) * precision) / hits[-1])

    def by_group(self, weight: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Weighted average precision of many weightings of groups of rows; shape (weightings,).

        Only the thresholds at which a positive stands are looked at: between two of them
        the rows of a group are counted once, for all weightings.

        Parameters
        ----------
        weight : shape (weightings, groups)
        group : shape (n,), whole numbers below groups
        """
        from scipy.sparse import csr_array  # here, for the search of hyper-parameters needs none

        thresholds = np.unique(-self.score[self.is_positive])
        if not len(thresholds):
            return np.full(len(weight), np.nan)
        stretch = np.searchsorted(thresholds, -self.score)  # those after the last positive count nowhere
        shape = (len(thresholds), weight.shape[1])

        def summed(rows: np.ndarray) -> np.ndarray:
            counted = csr_array((np.ones(len(rows)), (stretch[rows], group[rows])), shape=shape)
            return np.asarray(counted @ np.ascontiguousarray(weight.T))

        hits = summed(np.flatnonzero(self.is_positive))
        seen = np.cumsum(summed(np.flatnonzero(stretch < len(thresholds))), axis=0)
        precision = np.divide(np.cumsum(hits, axis=0), seen, out=np.zeros(seen.shape), where=seen > 0)
        whole = hits.sum(axis=0)
        value = np.full(len(weight), np.nan)
        return np.divide((hits * precision).sum(axis=0), whole, out=value, where=whole > 0)


def recall_at_budget(customer: np.ndarray, is_positive: np.ndarray, alerted: np.ndarray) -> float:
    """Share of the positive customers who are alerted at least once while positive."""
    return ratio(len(np.unique(customer[is_positive & alerted])), len(np.unique(customer[is_positive])))


def sampled(ranking: Ranking, weight: np.ndarray) -> np.ndarray:
    """The five headline metrics under each weighting of `drawn`; shape (draws + 1, 5), NaN: nothing there.

    Groups are drawn with replacement together with all their customers and weeks; the
    alerts stay as they were raised.
    """
    field, alerted = ranking.field, ranking.alerted
    positive, ideal, everyone = field.is_positive, field.ideal, np.ones(len(alerted), bool)
    parts = [
        field.by_group(positive & alerted, is_once=True),
        field.by_group(positive & alerted),
        field.by_group(positive & ideal),
        field.by_group(positive),
    ]
    wholes = [
        field.by_group(positive, is_once=True),
        field.by_group(alerted),
        field.by_group(ideal),
        field.by_group(everyone),
    ]
    part, whole = (
        np.column_stack([_weighed(counts, weight) for counts in columns]) for columns in (parts, wholes)
    )
    shares = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    precision = AveragePrecision(ranking.score, positive).by_group(weight, field.group)
    return np.column_stack([shares[:, :3], precision, shares[:, 3]])


def _weighed(counts: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sum over groups, most of which hold nothing; shape (weightings,)."""
    held = np.flatnonzero(counts)
    return np.asarray(weight[:, held] @ counts[held])


def headline_metrics(ranking: Ranking, draws: int, seed: int) -> dict[str, Interval]:
    """The five headline metrics with 95 % intervals from a bootstrap by group."""
    return with_intervals(sampled(ranking, drawn(ranking.field.groups, draws, seed)))


def with_intervals(samples: np.ndarray) -> dict[str, Interval]:
    """Values with the middle 95 % of their draws, from `sampled` or a difference of two of them."""
    return {
        name: interval(column[0], *middle_part(column[1:]))
        for name, column in zip(METRICS, samples.T, strict=True)
    }


@dataclass(frozen=True)
class Catches:
    """The positive customers of a test, whom alerts may catch: weighed by what is drawn together.

    ``number`` and ``rows`` are, for each positive week, the place of its customer among the
    positive ones (in order of id) and its row; ``group`` is that of each positive customer.
    """

    number: np.ndarray
    rows: np.ndarray
    group: np.ndarray

    @classmethod
    def of(cls, customer: np.ndarray, positives: Positives) -> Catches:
        """Of the customers of each judged week, shape (n,)."""
        rows = np.flatnonzero(positives.is_positive)
        _, first, number = np.unique(customer[rows], return_index=True, return_inverse=True)
        _, group = np.unique(positives.group[rows][first], return_inverse=True)
        return cls(number, rows, group)

    @property
    def groups(self) -> int:
        """How many groups there are to draw from."""
        return int(self.group.max(initial=-1)) + 1

    def caught(self, alerted: np.ndarray) -> np.ndarray:
        """1 for each positive customer who is alerted while positive; ``alerted`` has shape (n,)."""
        return (np.bincount(self.number, alerted[self.rows], len(self.group)) > 0).astype(float)

    def groups_caught(self, caught: np.ndarray) -> np.ndarray:
        """1 for each group of whom anybody is caught; ``caught`` is of each positive customer."""
        return (np.bincount(self.group, caught, self.groups) > 0).astype(float)

    def mean(self, value: np.ndarray, weight: np.ndarray) -> Interval:
        """Mean over the positive customers, with the middle 95 % of its draws; ``weight`` is of `drawn`."""
        return mean_by_group(value, self.group, weight)
