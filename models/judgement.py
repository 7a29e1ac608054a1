"""Judge every ranker by one set of labels: the bank's in one stage, the truth in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data.results import Interval
from data.schema import MONTH_DAYS
from models.budget import Budget, Queue, Watch, watched
from models.intervals import drawn, group_share, rounded
from models.metrics import Catches, Field, recall_at_budget, sampled, with_intervals
from models.paired import paired_differences
from models.positives import Positives
from models.probability import probability_calibration
from models.results.judged import AlertsSpent, BudgetPoint, Compared, Difference, Judged, Leftovers, Measured
from models.schema import RULES
from parameters import Draws, Seed

BUDGET_SCALES = (0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


class Params(pipeline.Parameters):
    """Sections ``evaluate`` and ``audit`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed


def watched_months(periods: pd.DataFrame, dispositions: pd.DataFrame) -> float:
    """Months from the first decision to the end of the run."""
    watched = dispositions["event_at"] if len(dispositions) else periods["starts_at"]
    return max((periods["ends_at"].max() - watched.min()) / pd.Timedelta(days=MONTH_DAYS), 0.1)


def watched_scores(
    split: pd.DataFrame, scores: pd.DataFrame, role: str = "test"
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The subjects watched when ``role`` is judged, and each ranker's scores for them in that order."""
    subjects = watched(split, role)
    wanted = subjects["subject_id"].to_numpy()
    known, score = scores["subject_id"].to_numpy(), scores["score"].to_numpy()
    by_ranker = {}
    for ranker, rows in scores.groupby("ranker", sort=True).indices.items():
        order = rows[np.argsort(known[rows], kind="stable")]
        place = np.minimum(np.searchsorted(known[order], wanted), len(order) - 1)
        if not np.array_equal(known[order[place]], wanted):
            raise pipeline.BadInput(f"scores: {ranker} lacks subjects of the split, run the stage score")
        by_ranker[str(ranker)] = score[order[place]]
    return subjects, by_ranker


@dataclass(frozen=True)
class Contest:
    """Rankers on the same subjects, measured under the same draws.

    ``queues`` and ``samples`` (of `models.metrics.sampled`) are by ranker; ``weight`` is how
    often each group of ``catches`` was drawn, shape (draws + 1, groups).
    """

    watch: Watch
    positives: Positives
    budget: Budget
    catches: Catches
    queues: dict[str, Queue]
    samples: dict[str, np.ndarray]
    weight: np.ndarray

    @classmethod
    def of(
        cls,
        watch: Watch,
        by_ranker: dict[str, np.ndarray],
        positives: Positives,
        budget: Budget,
        params: Params,
    ) -> Contest:
        """Let every ranker spend the budget; ``by_ranker`` are scores of all that is watched."""
        field = Field.of(watch, positives, budget)
        weight = drawn(field.groups, params.bootstrap_draws, params.seed)
        queues, samples = {}, {}
        for ranker, score in pipeline.progress(by_ranker.items(), "judge", "ranker"):
            queues[ranker] = watch.queue(score)
            samples[ranker] = sampled(field.ranked(queues[ranker], budget), weight)
        mine = np.unique(field.group[field.is_positive])  # in order of group, as those of catches
        catches = Catches.of(watch.judged.customer, positives)
        return cls(watch, positives, budget, catches, queues, samples, weight[:, mine])

    def differences(self) -> dict[str, dict[str, Difference]]:
        """By how much each ranker exceeds each other one, ``[one][other]``."""
        caught = {
            name: self.catches.caught(queue.alerted(self.budget)) for name, queue in self.queues.items()
        }
        return paired_differences(self.samples, self.catches, caught)


def judge(
    watch: Watch,
    by_ranker: dict[str, np.ndarray],
    label: np.ndarray,
    positives: Positives,
    budget: Budget,
    params: Params,
    least: int = 1,
) -> Judged:
    """Headline metrics and recall by budget of every ranker against one set of labels.

    Parameters
    ----------
    by_ranker : scores of all that is watched
    label : of the judged subjects, 0 to 1, shape (judged,); models, whose scores are
        log-odds, are also measured as probabilities of it
    positives : what these labels make of the judged subjects
    least : leftovers from which on a share of them is given
    """
    return judged_rankers(Contest.of(watch, by_ranker, positives, budget, params), label, least)


def judged_rankers(contest: Contest, label: np.ndarray, least: int = 1) -> Judged:
    """What `judge` says of a contest."""
    positives, budget = contest.positives, contest.budget
    metrics = {}
    curves, spent, leftovers = [], [], []
    for ranker, queue in pipeline.progress(contest.queues.items(), "budgets", "ranker"):
        told = {} if ranker == RULES else _probability(queue, label, positives)
        metrics[ranker] = Measured(**with_intervals(contest.samples[ranker]), **told)
        curves += recall_by_budget(ranker, queue, positives, budget)
        spent.append(alerts_spent(ranker, queue, positives, budget))
        leftovers.append(left_over(ranker, queue, positives, budget, least))
    return Judged(
        metrics=metrics,
        differences=contest.differences(),
        alerts_spent=spent,
        leftovers=leftovers,
        recall_by_budget=curves,
    )


def _probability(queue: Queue, label: np.ndarray, positives: Positives) -> dict[str, Interval]:
    counts = positives.counts
    margin = queue.score[queue.watch.is_judged][counts]
    return probability_calibration(positives.group[counts], margin, label[counts])


def recall_by_budget(ranker: str, queue: Queue, positives: Positives, budget: Budget) -> list[BudgetPoint]:
    """Recall of one ranker at multiples of the budget."""
    customer, points = queue.watch.judged.customer, []
    for scale in BUDGET_SCALES:
        recall = recall_at_budget(customer, positives.is_positive, queue.alerted(budget, scale))
        points.append(BudgetPoint(ranker=ranker, budget=scale, recall=rounded(recall)))
    return points


def alerts_spent(ranker: str, queue: Queue, positives: Positives, budget: Budget) -> AlertsSpent:
    """Alerts of one ranker, and the positive customers whom alerts of the weeks before have silenced."""
    mine = np.unique(queue.watch.judged.customer[positives.is_positive])
    silent = np.isin(mine, queue.silent(budget))
    return AlertsSpent(ranker=ranker, alerts=int(queue.alerted(budget).sum()), silent=int(silent.sum()))


def leading(metrics: Mapping[str, Compared]) -> str:
    """The model with the highest recall at the budget, as the search of hyper-parameters chooses.

    Ties go to the higher average precision, then to the first name. The rules are no model.
    """

    def order(name: str) -> tuple[float, float, str]:
        found = (metrics[name].recall_at_budget.value, metrics[name].average_precision.value)
        recall, precision = (-1.0 if value is None else value for value in found)
        return -recall, -precision, name

    return min((name for name in metrics if name != RULES), key=order)


def left_over(ranker: str, queue: Queue, positives: Positives, budget: Budget, least: int) -> Leftovers:
    """Customers whose events all lie before the test: how many, how many are alerted, by how many alerts."""
    customer, whom, alerted = queue.watch.judged.customer, positives.is_leftover, queue.alerted(budget)
    size, caught = (len(np.unique(customer[mask])) for mask in (whom, whom & alerted))
    return Leftovers(
        ranker=ranker,
        customers=size,
        caught=caught,
        recall=group_share(caught, size, least),
        alerts=int((whom & alerted).sum()),
    )
