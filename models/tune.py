"""Stage tune: search hyper-parameters for recall at the alert budget, on folds in time.

A fold learns from the weeks before an embargo and is judged on weeks after it; the last one is
training and validation. A trial that is worse than the median after its first fold is given
up. Nothing later than validation is read.

Every finished trial is kept at once in an SQLite study of the search's own. A search that
was killed takes them up again: the sampler is asked the same questions and told the kept
answers, so that it ends as if nothing had happened. The study goes when the search is done.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from pydantic import Field

import pipeline
from models import schema
from models.budget import Budget, Watch
from models.examples import Learnt, filled, learnt
from models.examples import read_inputs as examples_read
from models.folds import dealt
from models.intervals import ratio
from models.metrics import AveragePrecision
from models.results.tuned import FoldWorth, Tuned, TunedTrial
from models.zoo import MODELS, Choice, Examples, Learner, Model, by_row, start_of


class Params(pipeline.Parameters):
    """Section ``tune`` of params.yaml."""

    patient_trials: int = Field(ge=0, le=100_000)


def worth(score: np.ndarray, judged: Examples, budget: Budget, fold: int) -> FoldWorth:
    """Whom a score catches within the budget among the judged weeks of a fold, by the bank's labels."""
    is_positive = judged.label >= 0.5
    # No ranker works before these weeks, so that nobody is silent at their start.
    alerted = Watch.alone(judged.customer_id, judged.as_of).alerted(score, budget)
    customer = judged.customer_id
    return FoldWorth(
        fold=fold,
        customers=len(np.unique(customer[is_positive])),
        caught=len(np.unique(customer[is_positive & alerted])),
        average_precision=_known(AveragePrecision(score, is_positive)(np.ones(len(score)))),
    )


def pooled(found: list[FoldWorth]) -> tuple[float, float]:
    """(recall over the positive customers of all folds together, mean average precision)."""
    caught, customers = (
        sum(values) for values in zip(*((one.caught, one.customers) for one in found), strict=True)
    )
    precisions = [one.average_precision for one in found if one.average_precision is not None]
    return ratio(caught, customers), float(np.mean(precisions)) if precisions else float("nan")


def objective(found: list[FoldWorth]) -> float:
    """What the search maximises: recall, whose ties a thousandth of the average precision breaks."""
    recall, precision = pooled(found)
    return recall + precision / 1_000


@dataclass(frozen=True)
class FoldExamples:
    """Whom one fold learns from, and on whom it is judged."""

    number: int
    learn: Examples
    judged: Examples


@dataclass(frozen=True)
class Search:
    """What one search depends on, and nothing else.

    ``folds`` are in the order in which trials meet them: the latest first, which is the
    longest and the nearest to the test, so that giving up after it saves little but errs
    least.
    """

    model: Model
    settings: Any
    params: Params
    budget: Budget
    start: Choice | None
    folds: list[FoldExamples]

    def fingerprint(self, code: bytes) -> str:
        """Short name of the search: any other code, setting, label or feature gives another one."""
        sections = [part.model_dump() for part in (self.settings, self.params, self.budget)]
        told = [sections, optuna.__version__, np.__version__]
        mark = hashlib.blake2b(json.dumps(told).encode() + code, digest_size=8)
        for examples in (side for fold in self.folds for side in (fold.learn, fold.judged)):
            for values in _columns(examples):
                mark.update(_numbers(values).data)
        return mark.hexdigest()

    def run(self, kept: optuna.Study, name: str) -> tuple[Tuned, optuna.Study]:
        """Search to the end, first through the trials that are ``kept`` already.

        Returned with it is the study that made it, for what one may ask of its trials.
        """
        pruner = optuna.pruners.MedianPruner(n_startup_trials=self.params.patient_trials)
        study = asking(self.settings.seed, self.start, pruner)
        learners: dict[int, Learner] = {}
        answers = sorted(kept.trials, key=lambda trial: trial.number)
        trials: list[TunedTrial] = []
        for number in pipeline.progress(range(self.settings.trials), f"tune {name}", "trial"):
            trial = study.ask()
            choice = self.model.suggest(trial, self.settings)
            answer = answers[number].user_attrs["folds"] if number < len(answers) else []
            found, is_pruned = self._tried(trial, choice, answer, learners)
            trial.set_user_attr("folds", [one.model_dump() for one in found])
            if is_pruned:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                study.tell(trial, objective(found))
            if number >= len(answers):
                kept.add_trial(study.trials[-1])
            trials.append(_told(number, choice, found, is_pruned=is_pruned))
        return Tuned(choice=trials[study.best_trial.number].choice, trials=trials), study

    def _tried(
        self,
        trial: optuna.Trial,
        choice: Choice,
        answer: list[dict[str, Any]],
        learners: dict[int, Learner],
    ) -> tuple[list[FoldWorth], bool]:
        """The worth of a choice fold by fold, unless an ``answer`` has it, and whether it was given up."""
        found: list[FoldWorth] = []
        for place, fold in enumerate(self.folds):
            if place < len(answer):
                found.append(FoldWorth(**answer[place]))
            else:
                if place not in learners:
                    learners[place] = self.model.learner(fold.learn, self.settings, self.settings.seed)
                score = learners[place].fit(choice).scores(fold.judged)
                found.append(worth(score, fold.judged, self.budget, fold.number))
            trial.report(objective(found), place)
            if place + 1 < len(self.folds) and trial.should_prune():
                return found, True
        return found, False


def asking(seed: int, start: Choice | None, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """A study that asks for the ``start`` first, and then draws."""
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    if start is not None:
        study.enqueue_trial(start)
    return study


def unsearched(model: Model, settings: Any, start: Choice | None) -> Tuned:
    """The start, or the first draw where there is none: one trial alone has nothing to be compared with."""
    choice = start or model.suggest(asking(settings.seed, None).ask(), settings)
    return Tuned(choice=choice, trials=[_told(0, choice, [], is_pruned=False)])


def _told(number: int, choice: Choice, found: list[FoldWorth], *, is_pruned: bool) -> TunedTrial:
    recall, precision = pooled(found) if found else (np.nan, np.nan)
    measured = {"recall": _known(recall), "average_precision": _known(precision)}
    return TunedTrial(number=number, choice=choice, is_pruned=is_pruned, folds=found, **measured)


def _known(value: float) -> float | None:
    """A measure without the noise of its last bits; None for what is not measurable."""
    return None if np.isnan(value) else round(value, 6)


def _columns(given: Any) -> Iterator[np.ndarray | pd.Series]:
    """Every column of examples, and of all that they hold: what a model may read."""
    if isinstance(given, np.ndarray | pd.Series):
        yield given
    elif isinstance(given, pd.DataFrame):
        yield from (values for _, values in given.items())
    elif is_dataclass(given):
        for field in fields(given):
            yield from _columns(getattr(given, field.name))


def _numbers(values: np.ndarray | pd.Series) -> np.ndarray:
    """The numbers of a column: moments in microseconds, missing whole numbers as minus one."""
    if isinstance(values, pd.Series):
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            values = values.astype("int64")
        elif isinstance(values.dtype, pd.Int64Dtype):
            values = values.fillna(-1).astype("int64")
    return np.ascontiguousarray(values)


def study_at(path: Path) -> optuna.Study:
    """The study of finished trials in an SQLite file, which is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():  # made aside, so that one killed while making it leaves no half of one
        aside = path.with_name(f".{path.name}.part")
        aside.unlink(missing_ok=True)
        optuna.create_study(storage=f"sqlite:///{aside}", study_name=path.stem, direction="maximize")
        aside.replace(path)
    return optuna.load_study(storage=f"sqlite:///{path}", study_name=path.stem)


def remove_older_studies(file: Path, name: str) -> None:
    """Remove the studies of searches that will not be taken up again, of this model alone.

    Another one's name may begin with its name.
    """
    for older in file.parent.glob(f"{name}_{'[0-9a-f]' * 16}.*"):
        if not older.name.startswith(file.name):
            older.unlink()


def code_of(model: Model) -> bytes:
    """The source text of a model: its file, or every file of its folder."""
    place = Path(inspect.getfile(type(model)))
    parts = sorted(place.parent.glob("*.py")) if place.name == "__init__.py" else [place]
    return b"".join(part.read_bytes() for part in parts)


def read_inputs(model: Model, rows: Learnt) -> list[FoldExamples]:
    """Read the folds, the latest first, with what the model needs."""
    folds = dealt(pipeline.read(schema.Split), pipeline.read(schema.Folds))[::-1]
    groups = [side for fold in folds for side in (learnt(fold.learn, model.needs, rows), fold.judged)]
    sides = iter(examples_read(groups, model.needs))
    found = []
    for fold, learn, judged in zip(folds, sides, sides, strict=False):
        found.append(FoldExamples(fold.number, learn, by_row(filled(judged, learn.features))))
    return found


def main() -> None:
    """Write the best choice and all trials of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    section = f"models.{name}"
    settings, params = pipeline.params(section, model.settings), pipeline.params("tune", Params)
    start = start_of(model, settings, f"{pipeline.PARAMS_FILE}: {section}")
    if settings.trials == 1:
        pipeline.write_result(unsearched(model, settings, start), name)
        return
    folds = read_inputs(model, pipeline.params("learn", Learnt))
    search = Search(model, settings, params, pipeline.params("budget", Budget), start, folds)
    file = pipeline.artifact("studies", f"{name}_{search.fingerprint(code_of(model))}.db")
    remove_older_studies(file, name)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    tuned, _ = search.run(study_at(file), name)
    pipeline.write_result(tuned, name)
    file.unlink()


if __name__ == "__main__":
    pipeline.run_stage("tune@" + pipeline.argument("model"), main)
