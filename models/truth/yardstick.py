"""Rankings of the fixed model on trial: one set of rows to learn from, one way to be judged.

The truth is read to judge, and to keep schemes whole where training rows are cut; every
label that is learnt from is the bank's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import moments_of
from models import schema
from models.budget import Budget, Watch, watched
from models.examples import Learnt, learnt
from models.examples import read_inputs as read_examples
from models.intervals import drawn, rounded
from models.metrics import AveragePrecision, Catches, recall_at_budget
from models.positives import as_labelled
from models.results.trials import TrialWorth
from models.truth.illicit import MOMENT_COLUMNS, in_truth, scheme_groups
from models.zoo import FEATURES_ALONE, Examples, by_row, learnable


@dataclass(frozen=True)
class Yardstick:
    """What every ranking on trial learns from and is judged by.

    ``train`` holds the thinned training subjects; ``train_group`` numbers what must not be
    cut in two, a scheme with all who take part in it or a customer alone, shape (n,).
    ``subjects`` are the rows of Split of validation and test, ``values`` their features, row
    by row, shape (subjects, features).
    """

    train: Examples
    train_group: np.ndarray
    subjects: pd.DataFrame
    values: np.ndarray
    catches: dict[str, Catches]
    is_illicit: np.ndarray
    budget: Budget

    @property
    def watch(self) -> Watch:
        """The subjects to spend the test's budget on."""
        return Watch.of(self.subjects)

    def judged(
        self, scores: dict[str, np.ndarray], against: str, draws: int, seed: int
    ) -> dict[str, TrialWorth]:
        """What each score of the subjects is worth; gains are measured from the one named ``against``."""
        caught = {name: self._caught(score) for name, score in scores.items()}
        weight = {view: drawn(mine.groups, draws, seed) for view, mine in self.catches.items()}
        found = {}
        for name, score in scores.items():
            recall, precision = self._on_validation(score)
            bank, true = (
                [
                    self.catches[view].mean(value, weight[view])
                    for value in (mine, mine - caught[against][view])
                ]
                for view, mine in caught[name].items()
            )
            found[name] = TrialWorth(
                validation_recall=recall,
                validation_average_precision=precision,
                bank_recall=bank[0],
                bank_gain=bank[1],
                true_recall=true[0],
                true_gain=true[1],
                true_average_precision=self._precision(score),
            )
        return found

    def _caught(self, score: np.ndarray) -> dict[str, np.ndarray]:
        alerted = self.watch.alerted(score, self.budget)
        return {view: catches.caught(alerted) for view, catches in self.catches.items()}

    def _on_validation(self, score: np.ndarray) -> tuple[float | None, float | None]:
        mine = self.subjects[(self.subjects["role"] == "validation").to_numpy()]
        score = score[mine.index]
        customer, is_positive = mine["customer_id"].to_numpy(), (mine["label"] >= 0.5).to_numpy()
        alerted = Watch.alone(customer, mine["as_of"]).alerted(score, self.budget)
        precision = AveragePrecision(score, is_positive)(np.ones(len(mine)))
        return rounded(recall_at_budget(customer, is_positive, alerted)), rounded(precision)

    def _precision(self, score: np.ndarray) -> float | None:
        of_test = score[self.watch.is_judged]
        return rounded(AveragePrecision(of_test, self.is_illicit)(np.ones(len(of_test))))


def read_inputs(budget: Budget, rows: Learnt) -> Yardstick:
    """Read the tables, and the features of those subjects only that are learnt from or judged."""
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit = planted[planted["is_illicit"]]
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    split = pipeline.read(schema.Split)
    subjects, test = watched(split), split[split["role"] == "test"]
    train, judged = read_examples([learnt(split, FEATURES_ALONE, rows), subjects], FEATURES_ALONE)
    truth = in_truth(test, illicit, starts_at, budget.label_window_days)
    views = {"bank": as_labelled(test, starts_at), "true": truth}
    customer = test["customer_id"].to_numpy()
    return Yardstick(
        train=learnable(train),
        train_group=scheme_groups(train.customer_id, illicit),
        subjects=subjects,
        values=by_row(judged).features.to_numpy(),
        catches={view: Catches.of(customer, positives) for view, positives in views.items()},
        is_illicit=truth.is_positive,
        budget=budget,
    )
