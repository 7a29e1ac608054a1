"""What is said first of every ranker in truth: whom it catches, how few alerts equal the rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data.asof import happened_within
from data.results import Interval
from models.budget import Budget, Queue
from models.intervals import UNMEASURED, interval, mean_by_group, middle_part
from models.judgement import Contest
from models.metrics import Catches
from models.positives import Positives, as_labelled
from models.results.headline import Headline, PartRecall, Parts
from models.schema import RULES
from models.truth.illicit import concerned

# Multiples of the budget at which the rules' recall is looked for: fine up to the bank's own, coarse beyond.
TRIED = np.concatenate([np.arange(1, 101) / 100, np.arange(11, 31) / 10])


def recall_of(catches: Catches, caught: np.ndarray, mask: np.ndarray, weight: np.ndarray) -> PartRecall:
    """Recall among the positive customers of ``mask``, shape (positives,); ``weight`` is of `drawn`."""
    return PartRecall(
        customers=int(mask.sum()),
        caught=int(caught[mask].sum()),
        recall=mean_by_group(caught[mask], catches.group[mask], weight),
    )


@dataclass(frozen=True)
class Illicit:
    """The illicit customers of the test, sorted by id, and what else is true of them; shape (customers,)."""

    customer: np.ndarray
    is_known: np.ndarray
    is_hit: np.ndarray
    is_patterned: np.ndarray
    is_taught: np.ndarray

    @classmethod
    def of(
        cls,
        split: pd.DataFrame,
        positives: Positives,
        hits: pd.DataFrame,
        illicit: pd.DataFrame,
        starts_at: pd.Timestamp,
        days: int,
    ) -> Illicit:
        """Look each of them up.

        Parameters
        ----------
        split : rows of Split of all roles
        positives : of its test subjects, in truth
        hits : customer_id and hit_at of rules that raise alerts
        illicit : moments (customer_id, at, is_patterned) of illicit payments
        starts_at : when the test begins
        days : the label window
        """
        subjects = split[split["role"] == "test"].reset_index(drop=True)
        mine = subjects[positives.is_positive]
        customer = np.unique(mine["customer_id"].to_numpy())

        def among(ids: pd.Series) -> np.ndarray:
            return np.isin(customer, ids.to_numpy())

        moments = hits.rename(columns={"hit_at": "at"})[["customer_id", "at"]]
        # A hit carries the as_of of its indicators, so one at this very moment counts as well.
        is_hit = happened_within(moments, mine["customer_id"], mine["as_of"], days, at_now=True)
        _, is_patterned = concerned(subjects, illicit[illicit["is_patterned"]], starts_at, days)
        is_suspected = as_labelled(subjects, starts_at).is_positive
        is_taught = (split["role"] == "train") & (split["label"] >= 0.5)
        return cls(
            customer,
            among(subjects["customer_id"][is_suspected]),
            among(mine["customer_id"][is_hit]),
            among(subjects["customer_id"][is_patterned]),
            among(split["customer_id"][is_taught]),
        )

    @property
    def parts(self) -> dict[str, np.ndarray]:
        """By field of Parts, who belongs to it."""
        return {
            "everyone": np.ones(len(self.customer), bool),
            "known": self.is_known,
            "unknown": ~self.is_known,
            "hit": self.is_hit,
            "beyond_rules": ~self.is_hit,
            "patterned": self.is_patterned,
            "patternless": ~self.is_patterned,
            "taught": self.is_taught,
            "untaught": ~self.is_taught,
        }


@dataclass(frozen=True)
class Spending:
    """What one ranker reaches at growing budgets: alerts (budgets,) and catches (budgets, positives)."""

    alerts: np.ndarray
    caught: np.ndarray

    @classmethod
    def of(cls, queue: Queue, catches: Catches, budget: Budget) -> Spending:
        """Spend every budget that is tried."""
        alerted = [queue.alerted(budget, scale) for scale in TRIED]
        return cls(
            np.array([int(mine.sum()) for mine in alerted]),
            np.stack([catches.caught(mine) for mine in alerted]),
        )

    def within(self, alerts: int) -> np.ndarray:
        """Who is caught with at most so many alerts; nobody where the smallest budget spends more."""
        fitting = np.flatnonzero(self.alerts <= alerts)
        return self.caught[fitting[-1]] if len(fitting) else np.zeros(self.caught.shape[1])

    def alerts_for(self, recall: np.ndarray, catches: Catches, weight: np.ndarray) -> np.ndarray:
        """Fewest alerts that reach a recall, by draw; infinite where none does.

        ``recall`` has shape (draws + 1,), ``weight`` (draws + 1, groups).
        """
        reached = np.stack([drawn_recall(catches, mine, weight) for mine in self.caught])
        is_enough = reached >= recall - 1e-9
        fewest = self.alerts[np.argmax(is_enough, axis=0)].astype(float)
        return np.where(is_enough.any(axis=0), fewest, np.inf)


def drawn_recall(catches: Catches, caught: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Recall under each weighting, 0 where nobody is positive; shape (draws + 1,)."""
    part, whole = (
        weight @ np.bincount(catches.group, value, catches.groups) for value in (caught, np.ones(len(caught)))
    )
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def headlines(contest: Contest, illicit: Illicit) -> list[Headline]:
    """One row a ranker of the contest, which is judged by the truth and knows the rules."""
    catches, budget, weight = contest.catches, contest.budget, contest.weight
    of_rules = contest.queues[RULES].alerted(budget)
    spent, by_rules = int(of_rules.sum()), catches.caught(of_rules)
    recall = drawn_recall(catches, by_rules, weight)
    rows = []
    for ranker, queue in pipeline.progress(contest.queues.items(), "headline", "ranker"):
        spending, caught = Spending.of(queue, catches, budget), catches.caught(queue.alerted(budget))
        parts = {name: recall_of(catches, caught, mask, weight) for name, mask in illicit.parts.items()}
        fewest = spending.alerts_for(recall, catches, weight) if by_rules.any() else None
        rows.append(
            Headline(
                ranker=ranker,
                parts=Parts(**parts),
                recall_at_rule_alerts=catches.mean(spending.within(spent), weight),
                alert_share_at_rule_recall=UNMEASURED if fewest is None else _share(fewest / spent),
            )
        )
    return rows


def _share(shares: np.ndarray) -> Interval:
    """The share with its interval, whose ends are the largest budget's where no tried one is enough."""
    if not np.isfinite(shares[0]):
        return UNMEASURED
    low, high = middle_part(np.minimum(shares[1:], TRIED[-1]))
    return interval(shares[0], low, high)
