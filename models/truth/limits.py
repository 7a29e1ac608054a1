"""What learners that are taught the truth reach on the goals that the bank's model was held to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data.results import Interval
from models.budget import Budget, Watch
from models.intervals import interval, mean_by_group, middle_part
from models.metrics import Catches
from models.results.bounds import Learner, Reach
from models.truth.headline import TRIED, Spending, drawn_recall

PARTS = ("everyone", "unknown", "patterned", "beyond_rules")


@dataclass(frozen=True)
class Exam:
    """The test's weeks, its illicit customers in parts, and the draws that all learners are weighed by.

    ``parts`` are masks over the positive customers of ``catches`` by name; ``weight`` is of
    `models.intervals.drawn` over its groups. ``rules`` marks the judged subjects that the
    rules alert at the budget.
    """

    watch: Watch
    catches: Catches
    budget: Budget
    parts: dict[str, np.ndarray]
    weight: np.ndarray
    rules: np.ndarray

    def mean_of(self, value: np.ndarray, part: str) -> Interval:
        """Mean of a value of each positive customer over those of one part."""
        mask = self.parts[part]
        return mean_by_group(value[mask], self.catches.group[mask], self.weight)

    def silent(self, score: np.ndarray) -> int:
        """Illicit customers whom alerts of the weeks before have silenced when the test begins."""
        mine = self.watch.judged.customer[self.catches.rows]
        return len(np.intersect1d(mine, self.watch.queue(score).silent(self.budget)))

    def spending(self, scores: list[np.ndarray]) -> Spending:
        """What fits reach at growing budgets, mean of the fits: shares instead of catches."""
        found = [Spending.of(self.watch.queue(score), self.catches, self.budget) for score in scores]
        return replace(found[0], caught=np.mean([one.caught for one in found], axis=0))

    def alert_share(self, spending: Spending) -> Interval:
        """Fewest alerts that reach the rules' recall, over those of the rules."""
        by_rules = self.catches.caught(self.rules)
        if not by_rules.any():
            return Interval()
        recall = drawn_recall(self.catches, by_rules, self.weight)
        shares = spending.alerts_for(recall, self.catches, self.weight) / self.rules.sum()
        if not np.isfinite(shares[0]):
            return Interval()
        return interval(shares[0], *middle_part(np.minimum(shares[1:], TRIED[-1])))


def at_budget(spending: Spending, scale: float) -> np.ndarray:
    """Whom a learner catches at one of the budgets that were tried."""
    return np.asarray(spending.caught[int(np.argmin(np.abs(TRIED - scale)))])


def budget_for(spending: Spending, mask: np.ndarray, wanted: float) -> float | None:
    """Least multiple of the budget at which a share of some customers is caught; None: none tried."""
    if not mask.any():
        return None
    enough = np.flatnonzero(spending.caught[:, mask].mean(axis=1) >= wanted - 1e-9)
    return float(TRIED[enough[0]].round(2)) if len(enough) else None


def reach(exam: Exam, learner: Learner, scores: list[np.ndarray], champion: Spending, wanted: float) -> Reach:
    """One row: what the fits of a learner reach beside the champion."""
    spending = exam.spending(scores)
    mine, beside = at_budget(spending, 1.0), at_budget(champion, 1.0)
    recalls = {part: exam.mean_of(mine, part) for part in PARTS}
    return Reach(
        learner=learner,
        **recalls,
        alert_share=exam.alert_share(spending),
        silent=round(float(np.mean([exam.silent(score) for score in scores])), 1),
        unknown_at_twice=exam.mean_of(at_budget(spending, 2.0), "unknown"),
        unknown_at_thrice=exam.mean_of(at_budget(spending, 3.0), "unknown"),
        budget_for_unknown=budget_for(spending, exam.parts["unknown"], wanted),
        over_champion=exam.mean_of(mine - beside, "everyone"),
        over_champion_unknown=exam.mean_of(mine - beside, "unknown"),
        over_champion_patterned=exam.mean_of(mine - beside, "patterned"),
    )


def dealt_groups(group: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A fold for each row; rows of one group, numbered from 0, have the same."""
    order = np.random.default_rng(seed).permutation(int(group.max(initial=-1)) + 1)
    return np.asarray(order[group] % folds)
