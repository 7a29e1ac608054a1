"""Study search: a long search of one model's hyper-parameters, on the folds of the default run.

What it finds goes into params.yaml by hand, as the model's ``start``; the default run then
begins there. A killed study resumes like a search of the default run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
import optuna
from pydantic import Field

import pipeline
from models.budget import Budget
from models.examples import Learnt
from models.results.studies import Importance, SearchStudy
from models.tune import Params as TuneParams
from models.tune import Search, code_of, read_inputs, remove_older_studies, study_at
from models.zoo import LIBRARY, MODELS, start_of
from parameters import Count
from provenance import made_now, study_params

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/models/split.parquet",
    "artifacts/models/folds.parquet",
)
OF_THE_LIBRARY = "artifacts/features/library_examples.parquet"
Trials = Annotated[int, Field(ge=2, le=100_000)]
NOISE = 0.95  # quantile of what a hyper-parameter reaches by chance


class Params(pipeline.Parameters):
    """Section ``search`` of studies/params.yaml."""

    trials: Trials
    trials_of: dict[str, Trials]
    deals: Count


def importances(study: optuna.Study, deals: int, seed: int) -> list[Importance]:
    """Importance of each hyper-parameter, beside what it would seem to have in dealt objectives.

    Of few trials importances look real where there are none: the deals say how much so.
    """
    finished = study.get_trials(states=(optuna.trial.TrialState.COMPLETE,))
    if len(finished) < 2 or len({trial.value for trial in finished}) < 2:
        return []
    values = [trial.value for trial in finished]
    found = _shares(finished, values, seed)
    rng = np.random.default_rng(seed)
    dealt = [_shares(finished, rng.permutation(values).tolist(), seed) for _ in range(deals)]
    return [
        Importance(
            parameter=name,
            share=round(share, 4),
            noise=round(float(np.quantile([one.get(name, 0.0) for one in dealt], NOISE)), 4),
        )
        for name, share in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def _shares(
    trials: Sequence[optuna.trial.FrozenTrial], values: Sequence[float | None], seed: int
) -> dict[str, float]:
    study = optuna.create_study(direction="maximize")
    study.add_trials(
        [
            optuna.trial.create_trial(params=trial.params, distributions=trial.distributions, value=value)
            for trial, value in zip(trials, values, strict=True)
        ]
    )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in shares.items()}


def mark_without_trials(search: Search, code: bytes) -> str:
    """Fingerprint of a search whatever the number of its trials.

    Fewer of them are the first ones of more: a search that is cut short or made longer goes on
    from those that it has.
    """
    settings = search.settings.model_copy(update={"trials": 1})
    return replace(search, settings=settings).fingerprint(code)


def main() -> None:
    """Write the long search of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    section, params = f"models.{name}", study_params("search", Params)
    trials = {"trials": params.trials_of.get(name, params.trials)}
    settings = pipeline.params(section, model.settings).model_copy(update=trials)
    start = start_of(model, settings, f"{pipeline.PARAMS_FILE}: {section}")
    folds = read_inputs(model, pipeline.params("learn", Learnt))
    budget, own = pipeline.params("budget", Budget), pipeline.params("tune", TuneParams)
    search = Search(model, settings, own, budget, start, folds)
    file = pipeline.artifact("studies", f"search_{name}_{mark_without_trials(search, code_of(model))}.db")
    remove_older_studies(file, f"search_{name}")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    tuned, study = search.run(study_at(file), name)
    data = (*DATA, OF_THE_LIBRARY) if LIBRARY in model.needs else DATA
    made_by = made_now(data, (section, "budget", "learn", "tune"), "search")
    found = importances(study, params.deals, settings.seed)
    pipeline.write_result(SearchStudy(model=name, made_by=made_by, importances=found, **dict(tuned)), name)
    file.unlink()


if __name__ == "__main__":
    pipeline.run_stage("search@" + pipeline.argument("model"), main)
