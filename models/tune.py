"""Stage tune: search hyper-parameters for recall at the alert budget, on validation only.

Every finished trial is kept at once in an SQLite study of the search's own. A search that
was killed takes them up again: the sampler is asked the same questions and told the kept
answers, so that it ends as if nothing had happened. The study goes when the search is done.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd

import pipeline
from models import schema
from models.budget import Budget, Watch
from models.examples import Learnt, filled, learnt, of_role, read_inputs
from models.metrics import AveragePrecision, recall_at_budget
from models.results.tuned import Tuned, TunedTrial
from models.zoo import MODELS, Examples, Model, by_row


def worth(score: np.ndarray, validation: Examples, budget: Budget) -> tuple[float, float]:
    """(recall at the budget, average precision) of a score by the bank's labels."""
    is_positive = validation.label >= 0.5
    # No ranker works before validation, so that nobody is silent at its start.
    alerted = Watch.alone(validation.customer_id, validation.as_of).alerted(score, budget)
    recall = recall_at_budget(validation.customer_id, is_positive, alerted)
    return recall, AveragePrecision(score, is_positive)(np.ones(len(score)))


@dataclass(frozen=True)
class Search:
    """What one search depends on, and nothing else."""

    model: Model
    settings: Any
    budget: Budget
    train: Examples
    validation: Examples

    def fingerprint(self, code: bytes) -> str:
        """Short name of the search: any other code, setting, label or feature gives another one."""
        told = [self.settings.model_dump(), self.budget.model_dump(), optuna.__version__, np.__version__]
        mark = hashlib.blake2b(json.dumps(told).encode() + code, digest_size=8)
        for examples in (self.train, self.validation):
            columns: list[np.ndarray | pd.Series] = [examples.customer_id, examples.label, examples.weight]
            columns += [examples.as_of, *(values for _, values in examples.features.items())]
            if examples.graph is not None:
                tables = (examples.graph.nodes, examples.graph.edges, examples.graph.slices)
                columns += [values for table in tables for _, values in table.items()]
            for values in columns:
                mark.update(_numbers(values).data)
        return mark.hexdigest()

    def run(self, kept: optuna.Study, name: str) -> Tuned:
        """Search to the end, first through the trials that are ``kept`` already.

        Ties of the recall are broken by a thousandth of the average precision.
        """
        sampler = optuna.samplers.TPESampler(seed=self.settings.seed)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        learner = None
        answers = sorted(kept.trials, key=lambda trial: trial.number)
        trials: list[TunedTrial] = []
        for number in pipeline.progress(range(self.settings.trials), f"tune {name}", "trial"):
            trial = study.ask()
            choice = self.model.suggest(trial, self.settings)
            if number < len(answers):
                recall, precision = answers[number].user_attrs["worth"]
            else:
                learner = learner or self.model.learner(self.train, self.settings, self.settings.seed)
                score = learner.fit(choice).scores(self.validation)
                recall, precision = worth(score, self.validation, self.budget)
            trial.set_user_attr("worth", (recall, precision))
            study.tell(trial, recall + precision / 1_000)
            if number >= len(answers):
                kept.add_trial(study.trials[-1])
            found = {"recall": _known(recall), "average_precision": _known(precision)}
            trials.append(TunedTrial(number=number, choice=choice, **found))
        return Tuned(choice=trials[study.best_trial.number].choice, trials=trials)


def _known(value: float) -> float | None:
    """A measure without the noise of its last bits; None for what is not measurable."""
    return None if np.isnan(value) else round(value, 6)


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


def main() -> None:
    """Write the best choice and all trials of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    split = pipeline.read(schema.Split)
    subjects = [learnt(split, model.needs, pipeline.params("learn", Learnt)), of_role(split, "validation")]
    train, validation = read_inputs(subjects, model.needs)
    validation = by_row(filled(validation, train.features))
    settings = pipeline.params(f"models.{name}", model.settings)
    search = Search(model, settings, pipeline.params("budget", Budget), train, validation)
    file = pipeline.artifact("studies", f"{name}_{search.fingerprint(code_of(model))}.db")
    remove_older_studies(file, name)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pipeline.write_result(search.run(study_at(file), name), name)
    file.unlink()


if __name__ == "__main__":
    pipeline.run_stage("tune@" + pipeline.argument("model"), main)
