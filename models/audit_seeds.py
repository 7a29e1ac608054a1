"""Study audit_seeds: how far the worth of a model depends on its seed.

A part of the audit: the truth is read to judge. The model learns from the bank's labels,
with the choice of the default run and one seed after the other. It is for models that read
features alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from models.budget import Budget
from models.examples import Learnt
from models.intervals import rounded
from models.results.studies import SeedStudy, SeedWorth
from models.results.tuned import Tuned
from models.truth.yardstick import Yardstick, read_inputs
from models.zoo import FEATURES_ALONE, MODELS, Choice, Model
from parameters import Draws, Seed
from provenance import made_now, study_params

DATA = ("artifacts/features/feature_matrix.parquet", "artifacts/models/split.parquet")


class Params(pipeline.Parameters):
    """Section ``audit_seeds`` of studies/params.yaml."""

    seeds: tuple[Seed, ...] = Field(min_length=2)
    bootstrap_draws: Draws


def seeds_compared(
    yardstick: Yardstick, model: Model, choice: Choice, settings: object, params: Params
) -> list[SeedWorth]:
    """The model fitted with each seed, judged by the same draws."""
    train, names = yardstick.train, yardstick.train.features.columns
    judged = replace(train, features=pd.DataFrame(yardstick.values, columns=names, copy=False))
    scores = {
        str(seed): model.fit(train, choice, settings, seed).scores(judged)
        for seed in pipeline.progress(params.seeds, "seeds", "fit")
    }
    worth = yardstick.judged(scores, str(params.seeds[0]), params.bootstrap_draws, params.seeds[0])
    return [SeedWorth(seed=seed, worth=worth[str(seed)]) for seed in params.seeds]


def main() -> None:
    """Write the study of seeds of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    if model.needs != FEATURES_ALONE:
        raise pipeline.BadInput(f"{name}: expected a model that reads features alone")
    params, section = study_params("audit_seeds", Params), f"models.{name}"
    settings, choice = pipeline.params(section, model.settings), pipeline.read_result(Tuned, name).choice
    yardstick = read_inputs(pipeline.params("budget", Budget), pipeline.params("learn", Learnt))
    rows = seeds_compared(yardstick, model, choice, settings, params)
    recalls = np.array([row.worth.true_recall.value or 0.0 for row in rows])
    result = SeedStudy(
        model=name,
        made_by=made_now(DATA, (section, "budget", "learn"), "audit_seeds"),
        choice=choice,
        seeds=rows,
        true_recall_mean=rounded(float(recalls.mean())),
        true_recall_spread=rounded(float(np.ptp(recalls))),
    )
    pipeline.write_result(result, name)


if __name__ == "__main__":
    pipeline.run_stage("audit_seeds@" + pipeline.argument("model"), main)
