"""Study audit_stack_folds: a stack that out-of-fold scores of the training weeks have taught.

The run's stack learns its weights on validation alone. Here each part is fitted anew in the
folds of the search, scores the weeks after them, and a stack of the same kind learns from these
scores. A part of the audit: the truth is read to judge, and teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from models import schema, tune
from models.budget import Budget, Watch
from models.examples import Learnt
from models.folds import Fold, dealt
from models.intervals import drawn
from models.judgement import watched_scores
from models.metrics import Catches
from models.positives import as_labelled
from models.results.fold_stack import FoldStackRow, FoldStackStudy, Lesson, PartOutOfFold, StackedView
from models.results.stack import StackWeights
from models.results.tuned import Choice, FoldWorth, Tuned
from models.schema import STACK
from models.stack import Params as StackParams
from models.stack import fit_stack, stack_margins, weekly_places
from models.truth import scheme_moments
from models.truth.blends import Weeks, chosen
from models.truth.illicit import in_truth
from models.tune import FoldExamples
from models.zoo import MODELS, Model
from parameters import Draws, Seed
from provenance import made_now, study_params

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/library_examples.parquet",
    "artifacts/models/folds.parquet",
    "artifacts/models/scores.parquet",
    "artifacts/models/split.parquet",
    "artifacts/data/truth.parquet",
    "artifacts/data/schemes.parquet",
)
LESSONS: tuple[Lesson, ...] = ("training", "training_and_validation")


class Params(pipeline.Parameters):
    """Section ``audit_stack_folds`` of studies/params.yaml."""

    added: tuple[tuple[str, ...], ...] = Field(min_length=1)
    bootstrap_draws: Draws
    seed: Seed


@dataclass(frozen=True)
class OutOfFold:
    """One part's scores of the judged weeks of every fold in order of time, and what they are worth."""

    score: np.ndarray
    worth: list[FoldWorth]


@dataclass(frozen=True)
class LessonWeeks:
    """Weeks that teach a stack, by what a bank knew of them before the test; arrays of shape (n,).

    ``by_part`` are scores of fits that had not learnt from the week which they score.
    """

    customer: np.ndarray
    as_of_us: np.ndarray
    label: np.ndarray
    weight: np.ndarray
    is_validation: np.ndarray
    by_part: dict[str, np.ndarray]

    def of(self, lesson: Lesson) -> LessonWeeks:
        """The weeks of one lesson alone."""
        mask = np.ones(len(self.label), bool) if lesson == "training_and_validation" else ~self.is_validation
        return LessonWeeks(
            self.customer[mask],
            self.as_of_us[mask],
            self.label[mask],
            self.weight[mask],
            self.is_validation[mask],
            {name: score[mask] for name, score in self.by_part.items()},
        )

    def taught(self, parts: Sequence[str], ridge: float) -> StackWeights | None:
        """The weights that these weeks teach; None where nobody in them is suspicious."""
        columns = in_places(self.by_part, parts, self.as_of_us)
        return fit_stack(columns, self.label, self.weight, parts, ridge)

    @property
    def suspicious(self) -> int:
        """Customers with a suspicious label."""
        return len(np.unique(self.customer[self.label >= 0.5]))


@dataclass(frozen=True)
class StackJudge:
    """The weeks that are watched for the test in both views, and the run's scores of them."""

    views: dict[str, Weeks]
    by_ranker: dict[str, np.ndarray]

    def of_validation(self, ranker: str) -> np.ndarray:
        """The run's scores of the weeks before the test."""
        return self.by_ranker[ranker][~self.views["true"].watch.is_judged]

    def view(self, name: str, score: np.ndarray, parts: Sequence[str]) -> StackedView:
        """What a stack's score is worth in one view, beside its parts and the run's stack."""
        weeks = self.views[name]
        mine, former = weeks.caught(score), weeks.caught(self.by_ranker[STACK])
        alone = np.stack([weeks.caught(self.by_ranker[part]) for part in parts])
        best = chosen(alone, np.ones(len(mine), bool))
        return StackedView(
            customers=len(mine),
            groups=weeks.catches.groups,
            best_part=parts[best],
            recall=weeks.mean(mine),
            over_best=weeks.mean(mine - alone[best]),
            over_stack=weeks.mean(mine - former),
        )


def in_places(by_part: Mapping[str, np.ndarray], parts: Sequence[str], as_of_us: np.ndarray) -> np.ndarray:
    """Places in the week that the parts give, as the run's stack reads them; shape (n, parts)."""
    return np.column_stack([weekly_places(by_part[name], as_of_us) for name in parts])


def out_of_fold(part: RefittedPart, kept: np.ndarray, budget: Budget) -> OutOfFold:
    """Fit one part in every fold but the latest, which is training and validation themselves.

    ``kept`` are the run's own scores of validation, by the judged subjects of the latest fold.
    """
    latest, *earlier = part.folds
    if not earlier:
        raise pipeline.BadInput("folds: expected one in the training weeks, found validation alone")
    fitted = (
        part.model.fit(fold.learn, part.choice, part.settings, part.settings.seed).scores(fold.judged)
        for fold in pipeline.progress(earlier, part.name, "fold")
    )
    scores = [kept, *fitted]
    worth = [
        tune.worth(score, fold.judged, budget, fold.number)
        for fold, score in zip((latest, *earlier), scores, strict=True)
    ]
    return OutOfFold(np.concatenate(scores[::-1]), worth[::-1])


def stacked_on_folds(
    weeks: LessonWeeks, judge: StackJudge, parts: Sequence[str], ridge: float
) -> list[FoldStackRow]:
    """A stack of the parts by lesson.

    One taught on validation ranks validation as well, by four weights of which none is a
    customer's own; what it says there only silences, and no figure is of these weeks.
    """
    columns = in_places(judge.by_ranker, parts, judge.views["true"].watch.as_of_us)
    rows = []
    for lesson in LESSONS:
        mine = weeks.of(lesson)
        fitted = mine.taught(parts, ridge)
        score = stack_margins(columns, fitted)
        rows.append(
            FoldStackRow(
                parts=list(parts),
                lesson=lesson,
                suspicious=mine.suspicious,
                fitted=fitted,
                true=judge.view("true", score, parts),
                bank=judge.view("bank", score, parts),
            )
        )
    return rows


@dataclass(frozen=True)
class RefittedPart:
    """One part of a stack, and the folds in which it is fitted anew, the latest first."""

    name: str
    model: Model
    settings: Any
    choice: Choice
    folds: Sequence[FoldExamples]


@dataclass(frozen=True)
class StackInputs:
    """Who judges, the weeks of the folds in order of time, and the parts.

    A part is read when its turn comes, for its folds fill the memory.
    """

    judge: StackJudge
    folds: list[Fold]
    parts: Iterator[RefittedPart]


def read_inputs(names: Iterable[str], budget: Budget, params: Params) -> StackInputs:
    """Read the truth, the run's scores and the folds of every part."""
    planted = scheme_moments.read_inputs()
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    split, learn = pipeline.read(schema.Split), pipeline.params("learn", Learnt)
    subjects, by_ranker = watched_scores(split, pipeline.read(schema.Scores))
    models = {name: MODELS.lookup(name, "stack.parts, audit_stack_folds.added") for name in names}
    parts = (
        RefittedPart(
            name,
            model,
            pipeline.params(f"models.{name}", model.settings),
            pipeline.read_result(Tuned, name).choice,
            tune.read_inputs(model, learn),
        )
        for name, model in models.items()
    )
    views = views_of(subjects, planted[planted["is_illicit"]], starts_at, budget, params)
    return StackInputs(StackJudge(views, by_ranker), dealt(split, pipeline.read(schema.Folds)), parts)


def views_of(
    subjects: pd.DataFrame, illicit: pd.DataFrame, starts_at: pd.Timestamp, budget: Budget, params: Params
) -> dict[str, Weeks]:
    """The weeks watched for the test, by the truth and by the bank's labels."""
    watch = Watch.of(subjects)
    judged = subjects[watch.is_judged].reset_index(drop=True)
    positives = {
        "true": in_truth(judged, illicit, starts_at, budget.label_window_days),
        "bank": as_labelled(judged, starts_at),
    }
    views = {}
    for name, mine in positives.items():
        catches = Catches.of(watch.judged.customer, mine)
        weight = drawn(catches.groups, params.bootstrap_draws, params.seed)
        views[name] = Weeks("test", watch, catches, budget, weight)
    return views


def lesson_weeks(folds: Sequence[Fold], by_part: dict[str, np.ndarray]) -> LessonWeeks:
    """Whom the folds judge, in order of time, with the parts' scores of them."""
    judged = pd.concat([fold.judged for fold in folds], ignore_index=True)
    return LessonWeeks(
        customer=judged["customer_id"].to_numpy(),
        as_of_us=judged["as_of"].astype("int64").to_numpy(),
        label=judged["label"].to_numpy(),
        weight=judged["weight"].to_numpy(),
        is_validation=np.arange(len(judged)) >= len(judged) - len(folds[-1].judged),
        by_part=by_part,
    )


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_stack_folds", Params), pipeline.params("budget", Budget)
    stack = pipeline.params("stack", StackParams)
    sets = [(*stack.parts, *more) for more in params.added]
    names = list(dict.fromkeys(name for parts in sets for name in parts))
    inputs = read_inputs(names, budget, params)
    judge = inputs.judge
    found = {part.name: out_of_fold(part, judge.of_validation(part.name), budget) for part in inputs.parts}
    weeks = lesson_weeks(inputs.folds, {name: one.score for name, one in found.items()})
    sections = ("stack", "budget", "learn", *(f"models.{name}" for name in names))
    result = FoldStackStudy(
        made_by=made_now(DATA, sections, "audit_stack_folds"),
        parts=[PartOutOfFold(part=name, folds=one.worth) for name, one in found.items()],
        rows=[row for parts in sets for row in stacked_on_folds(weeks, judge, parts, stack.ridge)],
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_stack_folds", main)
