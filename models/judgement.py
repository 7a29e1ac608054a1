"""Judge every ranker by one set of labels: the bank's in one stage, the truth in another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import pipeline
from models.budget import Budget, alerts_within_budget
from models.metrics import Ranking, calibration, measure, recall_at_budget
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


def test_subjects(split: pd.DataFrame, scores: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The test subjects in order, and each ranker's scores for them in that order."""
    subjects = split[split["role"] == "test"].reset_index(drop=True)
    by_ranker = {}
    for ranker, group in scores.groupby("ranker", sort=True):
        by_ranker[str(ranker)] = group.set_index("subject_id")["score"].loc[subjects["subject_id"]].to_numpy()
    return subjects, by_ranker


def judge(
    subjects: pd.DataFrame,
    by_ranker: dict[str, np.ndarray],
    label: np.ndarray,
    budget: Budget,
    params: Params,
) -> dict[str, Any]:
    """Headline metrics and recall by budget of every ranker against one set of labels.

    ``label`` (0 to 1, shape (n,)) makes a subject positive from 0.5 up. Models, whose scores
    are log-odds, are also measured as probabilities of it.
    """
    is_positive = label >= 0.5
    customer = subjects["customer_id"].to_numpy()
    as_of_us = subjects["as_of"].astype("int64").to_numpy()
    metrics, curves = {}, []
    for ranker, score in pipeline.progress(by_ranker.items(), "judge", "ranker"):
        ranking = Ranking.of(customer, as_of_us, score, is_positive, budget)
        metrics[ranker] = measure(ranking, params.bootstrap_draws, params.seed)
        if ranker != RULES:
            metrics[ranker] |= calibration(customer, score, label)
        for scale in BUDGET_SCALES:
            alerted = alerts_within_budget(score, customer, as_of_us, budget, scale) > 0
            recall = recall_at_budget(customer, is_positive, alerted)
            shown = None if np.isnan(recall) else round(recall, 4)  # NaN is no JSON
            curves.append({"ranker": ranker, "budget": scale, "recall": shown})
    return {"metrics": metrics, "recall_by_budget": curves}
