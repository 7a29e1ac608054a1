"""A stack taught out of fold: who fits what, which weeks teach, and what the report says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.audit_stack_folds import (
    LessonWeeks,
    RefittedPart,
    StackJudge,
    lesson_weeks,
    out_of_fold,
    stacked_on_folds,
)
from models.budget import Budget, Watch
from models.folds import Fold
from models.intervals import drawn
from models.metrics import Catches
from models.positives import Positives
from models.results.fold_stack import FoldStackRow, FoldStackStudy, StackedView
from models.results.stack import StackWeights
from models.results.studies import Provenance
from models.schema import STACK
from models.truth.blends import Weeks
from models.tune import FoldExamples
from models.zoo import Examples
from pipeline import BadInput
from reports.experiments import Experiments, Studies
from reports.fold_stack_tables import fold_stack_section
from tests.spec.evidence import evidence_of

BUDGET = Budget(alerts_per_thousand_customers_week=20, suppress_days=28, label_window_days=28)
WEEK = pd.Timedelta(weeks=5)
START = pd.Timestamp("2025-01-06", tz="UTC")
CUSTOMERS, ILLICIT = 400, 16


@dataclass
class Echo:
    """A model whose score is the mean of what it has learnt from; it remembers what it was given."""

    taught: list[np.ndarray] = field(default_factory=list)

    def fit(self, examples: Examples, choice: object, settings: object, seed: int) -> Any:
        self.taught.append(examples.label)
        mean = float(examples.label.mean())
        return SimpleNamespace(scores=lambda judged: np.full(len(judged.label), mean))


def examples(rows: int, label: float, week: int) -> Examples:
    return Examples(
        features=pd.DataFrame({"one": np.zeros(rows, np.float32)}),
        customer_id=np.arange(rows),
        as_of=pd.Series([START + week * WEEK] * rows),
        label=np.full(rows, label),
        weight=np.ones(rows),
    )


def part(folds: list[FoldExamples], model: Echo) -> RefittedPart:
    return RefittedPart("echo", cast(Any, model), SimpleNamespace(seed=1), {}, folds)


def test_a_part_is_fitted_in_every_fold_but_the_one_that_the_run_has_scored() -> None:
    """The latest comes first in a search; the scores come back in order of time."""
    latest = FoldExamples(2, examples(4, 0.9, 1), examples(5, 1.0, 6))
    middle = FoldExamples(1, examples(3, 0.6, 1), examples(2, 1.0, 4))
    first = FoldExamples(0, examples(2, 0.3, 1), examples(3, 1.0, 2))
    model = Echo()
    found = out_of_fold(part([latest, middle, first], model), np.arange(5.0), BUDGET)
    assert [float(label[0]) for label in model.taught] == [0.6, 0.3]
    np.testing.assert_allclose(found.score, [0.3, 0.3, 0.3, 0.6, 0.6, 0, 1, 2, 3, 4])
    assert [one.fold for one in found.worth] == [0, 1, 2]
    assert [one.customers for one in found.worth] == [3, 2, 5]


def test_without_an_earlier_fold_there_is_nothing_to_learn_from() -> None:
    alone = FoldExamples(0, examples(4, 0.9, 1), examples(5, 1.0, 6))
    with pytest.raises(BadInput, match="validation alone"):
        out_of_fold(part([alone], Echo()), np.zeros(5), BUDGET)


def frame(week: int, suspicious: np.ndarray) -> pd.DataFrame:
    """One judged week of every customer."""
    told = {"customer_id": np.arange(CUSTOMERS), "as_of": START + week * WEEK}
    return pd.DataFrame(told).assign(label=suspicious.astype(float), weight=1.0)


def lesson(turned: int = 0) -> LessonWeeks:
    """Two folds; ``good`` sees the suspicious, ``bad`` nothing. So many labels of validation are turned."""
    rng, suspicious = np.random.default_rng(3), np.arange(CUSTOMERS) % 10 == 0
    last = suspicious.copy()
    last[:turned] = ~last[:turned]
    nobody = pd.DataFrame()
    folds = [Fold(0, nobody, frame(1, suspicious)), Fold(1, nobody, frame(2, last))]
    both = np.concatenate([suspicious, suspicious])
    noise = rng.normal(0, 1, (2, 2 * CUSTOMERS))
    return lesson_weeks(folds, {"good": noise[0] + 2 * both, "bad": noise[1]})


def test_the_training_weeks_teach_without_a_word_of_validation() -> None:
    before, after = (lesson(turned).of("training").taught(["good", "bad"], 1.0) for turned in (0, 40))
    assert before is not None and before == after
    assert before.weights["good"] > 1 and before.weights["bad"] < 0.2 * before.weights["good"]
    whole = lesson(40).of("training_and_validation").taught(["good", "bad"], 1.0)
    assert whole != before
    assert lesson().of("training").suspicious == CUSTOMERS // 10


def judge() -> StackJudge:
    """A week of validation and one of the test, in which the first customers are illicit, each a scheme."""
    customer, rng = np.tile(np.arange(CUSTOMERS), 2), np.random.default_rng(4)
    as_of_us = np.repeat([0, WEEK // pd.Timedelta(microseconds=1)], CUSTOMERS)
    watch = Watch(customer, as_of_us, as_of_us > 0)
    judged = watch.judged.customer
    positives = Positives(judged < ILLICIT, np.zeros(len(judged), bool), judged)
    catches = Catches.of(judged, positives)
    weeks = Weeks("test", watch, catches, BUDGET, drawn(catches.groups, 50, 1))
    good = rng.random(len(customer)) + 2 * ((customer < 6) & (as_of_us > 0))
    by_ranker = {"good": good, "bad": rng.random(len(customer)), STACK: np.zeros(len(customer))}
    return StackJudge({"true": weeks, "bank": weeks}, by_ranker)


def test_a_stack_is_set_beside_its_best_part_and_the_stack_of_the_run() -> None:
    rows = stacked_on_folds(lesson(), judge(), ["good", "bad"], 1.0)
    assert [row.lesson for row in rows] == ["training", "training_and_validation"]
    first = rows[0].true
    assert (first.best_part, first.customers, first.groups) == ("good", ILLICIT, ILLICIT)
    assert first.recall.value is not None and first.recall.value >= 4 / ILLICIT
    alone = 6 / ILLICIT
    assert first.over_best.value == pytest.approx(first.recall.value - alone)
    # The run's stack knows nobody apart: equal scores go by number, and validation has silenced the first.
    assert first.over_stack.value is not None and first.over_stack.value <= first.recall.value


def view(lead: Interval) -> StackedView:
    recall = Interval(value=0.3, low=0.2, high=0.4)
    return StackedView(customers=9, groups=8, best_part="gnn", recall=recall, over_best=lead, over_stack=lead)


def told(lead: Interval) -> str:
    row = FoldStackRow(
        parts=["lightgbm", "gnn"],
        lesson="training",
        suspicious=70,
        fitted=StackWeights(intercept=-5.0, weights={"lightgbm": 0.5, "gnn": 0.0}),
        true=view(lead),
        bank=view(lead),
    )
    study = FoldStackStudy(made_by=Provenance(data={}, parameters={}, own="{}"), parts=[], rows=[row, row])
    nothing = dict.fromkeys(Experiments.__dataclass_fields__)
    studies = Studies([], [], [], None, None, None, None, None, None, None, are_stale=False, fold_stack=study)
    experiments = Experiments(**cast("dict[str, Any]", nothing | {"studies": studies}))
    section = fold_stack_section(evidence_of(experiments=experiments))
    assert section is not None
    assert section.lines[0].weights.en == "LightGBM 0.50"
    return section.seen.en


def test_the_report_says_that_nothing_is_shown_unless_the_interval_leaves_zero_out() -> None:
    assert "no gain of such a stack is shown" in told(Interval(value=0.02, low=-0.01, high=0.05))
    assert "do help" in told(Interval(value=0.02, low=0.01, high=0.05))
    assert "such a stack loses" in told(Interval(value=-0.03, low=-0.05, high=-0.01))


def test_a_report_without_the_study_says_nothing_of_it() -> None:
    nothing = dict.fromkeys(Experiments.__dataclass_fields__)
    studies = Studies([], [], [], None, None, None, None, None, None, None, are_stale=False)
    experiments = Experiments(**cast("dict[str, Any]", nothing | {"studies": studies}))
    assert fold_stack_section(evidence_of(experiments=experiments)) is None
