"""Judge every ranker by one set of labels: the bank's in one stage, the truth in another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import pipeline
from models.budget import Budget, Watch, watched
from models.intervals import drawn, group_share, rounded
from models.metrics import Ranking, paired_differences, recall_at_budget, sampled, with_intervals
from models.positives import Positives
from models.probability import probability_calibration
from models.schema import RULES
from parameters import Draws, Seed

BUDGET_SCALES = (0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


class Params(pipeline.Parameters):
    """Sections ``evaluate`` and ``audit`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed


def watched_months(periods: pd.DataFrame, dispositions: pd.DataFrame) -> float:
    """Months of 30.4 days from the first decision to the end of the run."""
    watched = dispositions["event_at"] if len(dispositions) else periods["starts_at"]
    return max((periods["ends_at"].max() - watched.min()) / pd.Timedelta(days=30.4), 0.1)


def watched_scores(
    split: pd.DataFrame, scores: pd.DataFrame, role: str = "test"
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The subjects watched when ``role`` is judged, and each ranker's scores for them in that order."""
    subjects = watched(split, role)
    by_ranker = {}
    for ranker, group in scores.groupby("ranker", sort=True):
        by_ranker[str(ranker)] = group.set_index("subject_id")["score"].loc[subjects["subject_id"]].to_numpy()
    return subjects, by_ranker


def judge(
    watch: Watch,
    by_ranker: dict[str, np.ndarray],
    label: np.ndarray,
    positives: Positives,
    budget: Budget,
    params: Params,
    least: int = 1,
) -> dict[str, Any]:
    """Headline metrics and recall by budget of every ranker against one set of labels.

    Parameters
    ----------
    by_ranker : scores of all that is watched
    label : of the judged subjects, 0 to 1, shape (judged,); models, whose scores are
        log-odds, are also measured as probabilities of it
    positives : what these labels make of the judged subjects
    least : leftovers from which on a share of them is given

    Returns
    -------
    ``metrics``, ``differences`` of each ranker from each other one, ``alerts_spent`` (with
    how many positive customers are silent at first, since an alert of validation named
    them), ``leftovers`` and ``recall_by_budget``.
    """
    customer, counts = watch.judged.customer, positives.counts
    metrics, samples, curves, spent, leftovers = {}, {}, [], [], []
    weight = None
    for ranker, score in pipeline.progress(by_ranker.items(), "judge", "ranker"):
        queue = watch.queue(score)
        ranking = Ranking.of(queue, positives, budget)
        if weight is None:
            weight = drawn(ranking.groups, params.bootstrap_draws, params.seed)
        samples[ranker] = sampled(ranking, weight)
        metrics[ranker] = with_intervals(samples[ranker])
        if ranker != RULES:
            margin = score[watch.is_judged][counts]
            metrics[ranker] |= probability_calibration(positives.group[counts], margin, label[counts])
        for scale in BUDGET_SCALES:
            alerted = queue.alerted(budget, scale)
            recall = recall_at_budget(customer, positives.is_positive, alerted)
            curves.append({"ranker": ranker, "budget": scale, "recall": rounded(recall)})
        alerted = queue.alerted(budget)
        silent = np.isin(np.unique(customer[positives.is_positive]), queue.silent(budget))
        spent.append({"ranker": ranker, "alerts": int(alerted.sum()), "silent": int(silent.sum())})
        leftovers.append({"ranker": ranker} | left_over(customer, positives, alerted, least))
    return {
        "metrics": metrics,
        "differences": paired_differences(samples),
        "alerts_spent": spent,
        "leftovers": leftovers,
        "recall_by_budget": curves,
    }


def leading(metrics: dict[str, Any]) -> str:
    """The model with the highest recall at the budget, as the search of hyper-parameters chooses.

    Ties go to the higher average precision, then to the first name. The rules are no model.
    """

    def order(name: str) -> tuple[float, float, str]:
        values = (metrics[name][metric]["value"] for metric in ("recall_at_budget", "average_precision"))
        recall, precision = (-1.0 if value is None else value for value in values)
        return -recall, -precision, name

    return min((name for name in metrics if name != RULES), key=order)


def left_over(customer: np.ndarray, positives: Positives, alerted: np.ndarray, least: int) -> dict[str, Any]:
    """Customers whose events all lie before the test: how many, how many are alerted, by how many alerts."""
    whom = positives.is_leftover
    size, caught = (len(np.unique(customer[mask])) for mask in (whom, whom & alerted))
    return {
        "customers": size,
        "caught": caught,
        "recall": group_share(caught, size, least),
        "alerts": int((whom & alerted).sum()),
    }
