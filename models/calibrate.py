"""Stage calibrate: what a fixed cut would spend, and whether scores can be read as probabilities.

All of it by what the bank can measure: cuts and mappings are learnt on validation and
measured on the test, by the bank's labels and on its randomly reviewed stream.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.results import Interval
from models import schema
from models.budget import Budget, Watch, watched
from models.intervals import UNMEASURED, bootstrap_by, drawn, mean_by_group, rounded
from models.mappings import RAW, clipped, mappings
from models.metrics import recall_at_budget
from models.probability import probability_calibration
from models.results.calibration import (
    BudgetCut,
    Calibration,
    MappedScore,
    ModelCalibration,
    ReliabilityBin,
)
from parameters import Draws, Seed

RANDOM = "random_review"
EVERYBODY = 1_000  # alerts in a thousand customers and week


class Params(pipeline.Parameters):
    """Section ``calibrate`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    lowest_decade: int = Field(ge=-12, le=-1)


@dataclass(frozen=True)
class TestSide:
    """The judged subjects: labels, customers numbered from 0, and the draws that every model shares."""

    label: np.ndarray
    number: np.ndarray
    is_random: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, test: pd.DataFrame, params: Params) -> TestSide:
        """Of the test's rows of Split."""
        names, number = np.unique(test["customer_id"].to_numpy(), return_inverse=True)
        return cls(
            test["label"].to_numpy(),
            number,
            (test["label_source"] == RANDOM).to_numpy(),
            drawn(len(names), params.bootstrap_draws, params.seed),
        )

    def mean(self, value: np.ndarray) -> Interval:
        """Mean of a value of each subject, shape (n,)."""
        return mean_by_group(value, self.number, self.weight)


def budget_cut(subjects: pd.DataFrame, score: np.ndarray, budget: Budget) -> BudgetCut:
    """The lowest alerted score of validation as a threshold for the test.

    ``subjects`` are the watched rows of Split, ``score`` has their shape.
    """
    is_test = (subjects["role"] == "test").to_numpy()
    customer, as_of = subjects["customer_id"].to_numpy(), subjects["as_of"]
    is_positive = (subjects["label"] >= 0.5).to_numpy()[is_test]
    before = Watch.alone(customer[~is_test], as_of[~is_test]).alerted(score[~is_test], budget)
    chosen = score[~is_test][before]
    threshold = float(chosen.min()) if len(chosen) else np.inf
    watch = Watch.of(subjects)
    above = np.where(score >= threshold, score, -np.inf)
    spent = {
        "budget": watch.alerted(score, budget),
        "cut": watch.queue(above).alerted(budget, EVERYBODY / budget.alerts_per_thousand_customers_week),
    }
    recall = {
        name: rounded(recall_at_budget(customer[is_test], is_positive, mine)) for name, mine in spent.items()
    }
    return BudgetCut(
        threshold=rounded(threshold) if len(chosen) else None,
        validation_alerts=len(chosen),
        budget_alerts=int(spent["budget"].sum()),
        cut_alerts=int(spent["cut"].sum()),
        budget_recall=recall["budget"],
        cut_recall=recall["cut"],
    )


def log_losses(chance: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Log-loss of each subject, shape (n,)."""
    sure = clipped(chance)
    return np.asarray(-(label * np.log(sure) + (1 - label) * np.log(1 - sure)))


def mapped(
    name: str, chance: np.ndarray, raw: np.ndarray, side: TestSide, last: int | None, params: Params
) -> MappedScore:
    """One reading of the test's scores; ``last`` is the place of the lowest alerted score."""
    loss, mine = log_losses(chance, side.label), side.is_random
    error = (chance - side.label) ** 2
    random_brier = UNMEASURED
    if mine.any():
        sample = error[mine]
        random_brier = bootstrap_by(
            side.number[mine],
            lambda weight: float(np.average(sample, weights=weight)),
            params.bootstrap_draws,
            params.seed,
        )
    return MappedScore(
        mapping=name,
        mean_probability=rounded(float(chance.mean()), 6),
        log_loss=side.mean(loss),
        gain=side.mean(log_losses(raw, side.label) - loss),
        random_brier=random_brier,
        random_mean=rounded(float(chance[mine].mean()), 6) if mine.any() else None,
        tied_at_budget=0 if last is None else int((chance == chance[last]).sum()),
    )


def reliability(chance: np.ndarray, side: TestSide, lowest: int) -> list[ReliabilityBin]:
    """Told probabilities beside the bank's labels by decade; empty decades are left out."""
    edges = [0.0, *(10.0**power for power in range(lowest, 1))]
    place = np.clip(np.searchsorted(edges, chance, side="right") - 1, 0, len(edges) - 2)
    found = []
    for number, (low, high) in enumerate(itertools.pairwise(edges)):
        mine = place == number
        if mine.any():
            _, owner = np.unique(side.number[mine], return_inverse=True)
            weight = side.weight[:, np.unique(side.number[mine])]
            found.append(
                ReliabilityBin(
                    low=low,
                    high=high,
                    subjects=int(mine.sum()),
                    mean_probability=round(float(chance[mine].mean()), 6),
                    mean_label=mean_by_group(side.label[mine], owner, weight),
                )
            )
    return found


def calibrated(
    ranker: str,
    subjects: pd.DataFrame,
    score: np.ndarray,
    side: TestSide,
    budget: Budget,
    params: Params,
) -> ModelCalibration:
    """Cut, readings and the reading that helps, of one model's scores of the watched subjects."""
    watch = Watch.of(subjects)
    label = subjects["label"].to_numpy()
    readings = mappings(score[~watch.is_judged], label[~watch.is_judged])
    of_test = score[watch.is_judged]
    alerted = np.flatnonzero(watch.alerted(score, budget))
    last = int(alerted[np.argmin(of_test[alerted])]) if len(alerted) else None
    chances = {name: reading(of_test) for name, reading in readings.items()}
    rows = [mapped(name, chance, chances[RAW], side, last, params) for name, chance in chances.items()]
    helpful = [row for row in rows if row.mapping == RAW or (row.gain.low or 0.0) > 0]
    chosen = max(helpful, key=lambda row: row.gain.value or 0.0).mapping
    sure = clipped(chances[chosen])
    level = probability_calibration(side.number, np.log(sure / (1 - sure)), side.label)["calibration_ratio"]
    return ModelCalibration(
        ranker=ranker,
        cut=budget_cut(subjects, score, budget),
        mappings=rows,
        chosen=chosen,
        level=level,
        is_rank_only=not ((level.low or 0.0) <= 1 <= (level.high or 0.0)),
        reliability=reliability(chances[chosen], side, params.lowest_decade),
    )


def calibrate(split: pd.DataFrame, scores: pd.DataFrame, budget: Budget, params: Params) -> Calibration:
    """Every model of the Scores table; the rules' votes are no scores to be read so."""
    subjects = watched(split)
    test = subjects[subjects["role"] == "test"]
    side = TestSide.of(test, params)
    found = []
    models = scores[scores["ranker"] != schema.RULES].groupby("ranker", sort=True)
    for ranker, mine in pipeline.progress(models, "calibrate", "model"):
        score = mine.set_index("subject_id")["score"].loc[subjects["subject_id"]].to_numpy()
        found.append(calibrated(str(ranker), subjects, score, side, budget, params))
    return Calibration(
        models=found,
        random_subjects=int(side.is_random.sum()),
        random_reported=int((side.is_random & (side.label >= 0.5)).sum()),
    )


def main() -> None:
    """Write cuts and calibration."""
    params, budget = pipeline.params("calibrate", Params), pipeline.params("budget", Budget)
    pipeline.write_result(
        calibrate(pipeline.read(schema.Split), pipeline.read(schema.Scores), budget, params)
    )


if __name__ == "__main__":
    pipeline.run_stage("calibrate", main)
