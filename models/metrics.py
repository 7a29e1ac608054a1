"""What a ranking is worth at a fixed budget, with intervals, and how two rankings differ.

The same functions serve what the bank can measure and what is true: they are given
labels and do not know whose. A bootstrap draws groups: a scheme with all who take part in
it where the truth is known, a customer for the bank, who knows of no scheme. All rankings
are weighed by the same draws, so that differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.results import Interval
from models.budget import Budget, Queue
from models.intervals import drawn, interval, mean_by_group, middle_part, ratio
from models.positives import Positives

METRICS = ("recall_at_budget", "precision_at_budget", "precision_ceiling", "average_precision", "base_rate")
COMPARED = ("recall_at_budget", "precision_at_budget", "average_precision")  # what differs by ranker


@dataclass(frozen=True)
class Ranking:
    """A ranking of the test subjects that count, and labels for them; arrays of shape (n,).

    ``customer`` and ``group`` are numbered from 0, ``group`` says what is drawn together.
    ``alerted`` marks the subjects within the budget, ``ideal`` those that a ranking by
    the labels themselves would have alerted; no other one can be more precise.
    """

    customer: np.ndarray
    group: np.ndarray
    score: np.ndarray
    is_positive: np.ndarray
    alerted: np.ndarray
    ideal: np.ndarray

    @classmethod
    def of(cls, queue: Queue, positives: Positives, budget: Budget) -> Ranking:
        """Spend the budget on a ranker's queue, and for comparison on the labels.

        Alerts that fell on leftovers are spent, and left out with them.
        """
        judged, counts = queue.watch.judged, positives.counts
        _, number = np.unique(judged.customer[counts], return_inverse=True)
        _, group = np.unique(positives.group[counts], return_inverse=True)
        # Without memory of validation, which the ideal need not have spent on anybody.
        ideal = judged.alerted(positives.is_positive.astype(float), budget)
        return cls(
            number,
            group,
            queue.score[queue.watch.is_judged][counts],
            positives.is_positive[counts],
            queue.alerted(budget)[counts],
            ideal[counts],
        )

    @property
    def groups(self) -> int:
        """How many groups there are to draw from."""
        return int(self.group.max(initial=-1)) + 1


class AveragePrecision:
    """Average precision of one ranking under many weightings; ties share one threshold."""

    def __init__(self, score: np.ndarray, is_positive: np.ndarray) -> None:
        # Ranks rather than scores: minus infinity (no vote at all) is a tie like any other.
        _, place = np.unique(-score, return_inverse=True)
        self.order = np.argsort(place, kind="stable")
        self.is_positive = is_positive[self.order]
        self.last_of_tie = np.append(np.flatnonzero(np.diff(place[self.order])), len(score) - 1)

    def __call__(self, weight: np.ndarray) -> float:
        """Weighted average precision; ``weight`` has shape (n,)."""
        mass = weight[self.order]
        hits = np.cumsum(mass * self.is_positive)[self.last_of_tie]
        seen = np.cumsum(mass)[self.last_of_tie]
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

        tie = np.repeat(np.arange(len(self.last_of_tie)), np.diff(self.last_of_tie, prepend=-1))
        with_positive = np.unique(tie[self.is_positive])
        if not len(with_positive):
            return np.full(len(weight), np.nan)
        stretch = np.searchsorted(with_positive, tie)  # those after the last positive count nowhere
        owner, shape = group[self.order], (len(with_positive), weight.shape[1])

        def summed(rows: np.ndarray) -> np.ndarray:
            counted = csr_array((np.ones(len(rows)), (stretch[rows], owner[rows])), shape=shape)
            return np.asarray(counted @ np.ascontiguousarray(weight.T))

        hits = summed(np.flatnonzero(self.is_positive))
        seen = np.cumsum(summed(np.flatnonzero(stretch < len(with_positive))), axis=0)
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
    customers = int(ranking.customer.max(initial=-1)) + 1
    group_of = np.zeros(customers, np.int64)
    group_of[ranking.customer] = ranking.group

    def by_customer(mask: np.ndarray) -> np.ndarray:
        return np.bincount(ranking.customer[mask], minlength=customers).astype(float)

    def by_group(value: np.ndarray) -> np.ndarray:
        return np.bincount(group_of, value, ranking.groups)

    everyone = by_customer(np.ones(len(ranking.customer), bool))
    positive = by_customer(ranking.is_positive)
    caught = by_customer(ranking.is_positive & ranking.alerted)
    alerted, ideal = by_customer(ranking.alerted), by_customer(ranking.ideal)
    ideal_caught = by_customer(ranking.ideal & ranking.is_positive)
    parts = [by_group(value) for value in (caught > 0, caught, ideal_caught, positive)]
    wholes = [by_group(value) for value in (positive > 0, alerted, ideal, everyone)]
    shares = [
        [ratio(part, whole) for part, whole in zip(*row, strict=True)]
        for row in zip(weight @ np.stack(parts, axis=1), weight @ np.stack(wholes, axis=1), strict=True)
    ]
    precision = AveragePrecision(ranking.score, ranking.is_positive).by_group(weight, ranking.group)
    return np.column_stack([np.array(shares)[:, :3], precision, np.array(shares)[:, 3]])


def headline_metrics(ranking: Ranking, draws: int, seed: int) -> dict[str, Interval]:
    """The five headline metrics with 95 % intervals from a bootstrap by group."""
    return with_intervals(sampled(ranking, drawn(ranking.groups, draws, seed)))


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

    def mean(self, value: np.ndarray, weight: np.ndarray) -> Interval:
        """Mean over the positive customers, with the middle 95 % of its draws; ``weight`` is of `drawn`."""
        return mean_by_group(value, self.group, weight)


def paired_differences(samples: dict[str, np.ndarray]) -> dict[str, dict[str, dict[str, Interval]]]:
    """By how much each ranker exceeds each other one: ``[one][other][metric]``, on the same draws.

    ``samples`` are those of `sampled` under one and the same weighting.
    """
    places = [METRICS.index(name) for name in COMPARED]
    return {
        one: {
            other: {
                name: interval(gap[0], *middle_part(gap[1:]))
                for name, gap in zip(COMPARED, (mine - theirs)[:, places].T, strict=True)
            }
            for other, theirs in samples.items()
            if other != one
        }
        for one, mine in samples.items()
    }
