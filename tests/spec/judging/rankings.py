"""Budgets and rankings that several files spend and measure."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from models.budget import Budget, Watch
from models.metrics import Ranking
from models.positives import Positives

WEEK = 7 * DAY_US


def budget(per_thousand: float, suppress_days: int = 0) -> Budget:
    return Budget(
        alerts_per_thousand_customers_week=per_thousand, suppress_days=suppress_days, label_window_days=28
    )


def ranking_of(customer, as_of_us, score, positive, spent: Budget, group=None) -> Ranking:
    """A ranking of weeks that are all judged and all count."""
    watch = Watch(np.asarray(customer), np.asarray(as_of_us), np.ones(len(score), bool))
    return Ranking.of(watch.queue(score), Positives.of(watch.customer, positive, positive, group), spent)


# Six customers in one week; 0, 2 and 4 are suspicious. The budget takes the best three.
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])


POSITIVE = np.array([True, False, True, False, True, False])
