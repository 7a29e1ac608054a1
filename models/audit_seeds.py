"""Study audit_seeds: how far the worth of a model depends on its seed.

A part of the audit: the truth is read to judge. The model learns from the bank's labels,
with the choice of the default run and one seed after the other. A model that chance does not
enter would be the same every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

import pipeline
from models.budget import Budget
from models.examples import Learnt
from models.intervals import rounded
from models.results.studies import Provenance, SeedStudy, SeedWorth
from models.results.tuned import Tuned
from models.truth import all_read, yardstick
from models.truth.all_read import LearntAndRanked
from models.truth.yardstick import Yardstick
from models.zoo import LIBRARY, MODELS, Choice, Examples, Fitted, Model
from parameters import Draws, Seed
from provenance import made_now, study_params

DATA = ("artifacts/features/feature_matrix.parquet", "artifacts/models/split.parquet")
OF_THE_LIBRARY = "artifacts/features/library_examples.parquet"
FewSeeds = Annotated[tuple[Seed, ...], Field(min_length=2)]


class Params(pipeline.Parameters):
    """Section ``audit_seeds`` of studies/params.yaml."""

    seeds: FewSeeds
    seeds_of: dict[str, FewSeeds]
    bootstrap_draws: Draws


def seeds_compared(
    judge: Yardstick,
    sides: LearntAndRanked,
    fit: Callable[[Examples, int], Fitted],
    seeds: Sequence[int],
    draws: int,
) -> list[SeedWorth]:
    """A model fitted with each seed on what it reads, judged by the same draws."""
    scores = {
        str(seed): fit(sides.train, seed).scores(sides.judged)
        for seed in pipeline.progress(seeds, "seeds", "fit")
    }
    worth = judge.judged(scores, str(seeds[0]), draws, seeds[0])
    return [SeedWorth(seed=seed, worth=worth[str(seed)]) for seed in seeds]


def seed_study(name: str, made_by: Provenance, choice: Choice, rows: list[SeedWorth]) -> SeedStudy:
    """The study of one model, with how far its seeds lie apart."""
    recalls = np.array([row.worth.true_recall.value or 0.0 for row in rows])
    return SeedStudy(
        model=name,
        made_by=made_by,
        choice=choice,
        seeds=rows,
        true_recall_mean=rounded(float(recalls.mean())),
        true_recall_spread=rounded(float(np.ptp(recalls))),
    )


def main() -> None:
    """Write the study of seeds of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    params, section = study_params("audit_seeds", Params), f"models.{name}"
    settings, choice = pipeline.params(section, model.settings), pipeline.read_result(Tuned, name).choice
    learn, seeds = pipeline.params("learn", Learnt), params.seeds_of.get(name, params.seeds)
    judge = yardstick.read_inputs(pipeline.params("budget", Budget), learn)
    sides = all_read.read_inputs(judge, learn, model.needs)
    fit = partial(_fitted, model, choice, settings)
    rows = seeds_compared(judge, sides, fit, seeds, params.bootstrap_draws)
    data = (*DATA, OF_THE_LIBRARY) if LIBRARY in model.needs else DATA
    made_by = made_now(data, (section, "budget", "learn"), "audit_seeds")
    pipeline.write_result(seed_study(name, made_by, choice, rows), name)


def _fitted(model: Model, choice: Choice, settings: object, taught: Examples, seed: int) -> Fitted:
    return model.fit(taught, choice, settings, seed)


if __name__ == "__main__":
    pipeline.run_stage("audit_seeds@" + pipeline.argument("model"), main)
