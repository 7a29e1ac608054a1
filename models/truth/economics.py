"""What alerts cost and what they are worth: by budget, by case, by yuan reached, and where an alert pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.intervals import MIDDLE, interval, middle_part, ratio, rounded
from models.results.money import Advice, CostPoint
from models.truth.reach import NOT_CAUGHT, Stakes
from models.truth.rule_report import Effort


def alert_cost(outcome: pd.Series, effort: Effort) -> float:
    """Mean cost of a decided alert, yuan: every one is looked at, some become a case, some a report.

    ``outcome`` are decisions, one an alert; without any an alert costs the first look alone.
    """
    in_case = outcome.isin(["case", "reported"]).mean() if len(outcome) else 0.0
    reported = (outcome == "reported").mean() if len(outcome) else 0.0
    hours = effort.minutes_per_alert / 60
    hours += in_case * effort.hours_per_case + reported * effort.hours_per_report
    return float(hours * effort.cny_per_hour)


@dataclass(frozen=True)
class BudgetSpent:
    """What one budget spends in one view: alerts of the test, those that catch, and the first catches."""

    budget: float
    alerts: int
    catching: int
    first_us: np.ndarray

    def cost(self, catching_cny: float, other_cny: float) -> float:
        """Yuan of work, if an alert that catches and one that does not cost so much."""
        return self.catching * catching_cny + (self.alerts - self.catching) * other_cny


@dataclass(frozen=True)
class Ledgered:
    """Budgets of one ranker in one view, the smallest first, with what an alert costs there, yuan."""

    stakes: Stakes
    spendings: Sequence[BudgetSpent]
    catching_cny: float
    other_cny: float

    def costs(self) -> np.ndarray:
        """Yuan of work by budget."""
        return np.array([row.cost(self.catching_cny, self.other_cny) for row in self.spendings])

    def drawn_reach(self) -> np.ndarray:
        """Yuan reached under every draw by budget, shape (budgets, draws + 1)."""
        stakes = self.stakes
        return np.array([stakes.drawn_sum(stakes.yuan_reached(row.first_us)) for row in self.spendings])

    def points(self) -> list[CostPoint]:
        """The cost curve."""
        whole, costs, reach = float(self.stakes.yuan.sum()), self.costs(), self.drawn_reach()
        rows, before = [], (0.0, 0.0)
        for row, cost, sample in zip(self.spendings, costs, reach, strict=True):
            caught, reached = int((row.first_us < NOT_CAUGHT).sum()), float(sample[0])
            rows.append(
                CostPoint(
                    budget=row.budget,
                    alerts=row.alerts,
                    caught=caught,
                    cost_cny=round(float(cost), 2),
                    reached_cny=interval(reached, *middle_part(sample[1:])),
                    missed_cny=round(whole - reached, 2),
                    per_alert_cny=rounded(ratio(cost, row.alerts), 2),
                    per_case_cny=rounded(ratio(cost, caught), 2),
                    per_reached_cny=rounded(ratio(cost, reached)),
                    per_missed_cny=rounded(ratio(max(cost - before[0], 0.0), reached - before[1])),
                )
            )
            before = (cost, reached)
        return rows

    def advice(self, worth: float, usual: float = 1.0) -> Advice:
        """The budget that leaves most if a yuan reached is worth ``worth``; no alert at all is one of them.

        ``usual`` is the budget of which the break-even precision is told. The work is the same in
        every draw, for alerts stay as they were raised.
        """
        budgets = np.array([0.0, *(row.budget for row in self.spendings)])
        net = worth * self.drawn_reach() - self.costs()[:, None]
        net = np.vstack([np.zeros(net.shape[1]), net])
        best = budgets[net.argmax(axis=0)]
        low, high = np.quantile(best[1:], MIDDLE, method="nearest")
        points = [row for row in self.points() if row.budget == usual]
        return Advice(
            budget=interval(best[0], float(low), float(high)),
            net_cny=round(float(net[:, 0].max()), 2),
            break_even=break_even(points[0], worth) if points else None,
        )


def break_even(point: CostPoint, worth: float) -> float | None:
    """Customers caught an alert from which on an alert pays: its cost over the worth of a customer caught.

    A customer caught is worth the mean money that is reached with him; None where nobody is.
    """
    if not point.caught or not point.reached_cny.value or point.per_alert_cny is None:
        return None
    return rounded(point.per_alert_cny / (worth * point.reached_cny.value / point.caught))
