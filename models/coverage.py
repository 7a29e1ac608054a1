"""Which planted schemes a model would find that nobody learnt from: what a bank knows beside its labels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.results import Interval
from models.budget import Budget
from models.intervals import drawn, mean_by_group
from models.metrics import COMPARED
from models.results.judged import Compared
from models.schema import RULES

RECALL, PRECISION = COMPARED[0], COMPARED[2]


def validation_cut(score: np.ndarray, budget: Budget) -> float:
    """The score above which as many weeks of validation lie as the budget has alerts; shape (n,)."""
    alerts = round(budget.alerts_per_thousand_customers_week * len(score) / 1_000)
    if not 0 < alerts < len(score):
        return float("inf") if alerts == 0 else float("-inf")
    return float(-np.partition(-score, alerts)[alerts])


def coverage(
    held_out: pd.DataFrame, by_ranker: Mapping[str, np.ndarray], budget: Budget, draws: int, seed: int
) -> dict[str, Interval]:
    """Share of the planted customers who lie above a model's cut in some week, by scheme.

    Parameters
    ----------
    held_out : rows of HeldOutScores
    by_ranker : scores of all weeks of validation
    """
    found = {}
    for name, rows in held_out.groupby("ranker", sort=True):
        best = rows.groupby(["scheme_id", "customer_id"], as_index=False)["score"].max()
        _, scheme = np.unique(best["scheme_id"].to_numpy(), return_inverse=True)
        is_found = best["score"].to_numpy() > validation_cut(by_ranker[str(name)], budget)
        weight = drawn(int(scheme.max()) + 1, draws, seed)
        found[str(name)] = mean_by_group(is_found.astype(float), scheme, weight)
    return found


def champion(validation: Mapping[str, Compared], covered: Mapping[str, Interval]) -> str:
    """The model of the highest mean of recall on validation and coverage, among those that have both.

    Where none has a coverage, recall on validation decides alone. Ties go to the higher
    average precision, then to the first name. The rules are no model.
    """

    def order(name: str) -> tuple[float, float, str]:
        figures = [validation[name].figure(RECALL).value]
        figures += [covered[name].value] if name in covered else []
        known = [-1.0 if value is None else value for value in figures]
        precision = validation[name].figure(PRECISION).value
        return -sum(known) / len(known), -(-1.0 if precision is None else precision), name

    return min((name for name in covered or validation if name != RULES), key=order)
