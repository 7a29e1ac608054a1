"""Study audit_novelty: what a model finds of a typology that no label of the bank has shown it.

A part of the audit: the truth is read to judge, and to say which training rows are of a
typology. One typology after the other is taken out and the model fitted again, with the choice
of the default run or a smaller one. It is for every model that labels have taught; of one that
reads the library, a typology is taken out of the bank's labels first and then of the library as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

import pipeline
from data import schema as data_schema
from features import schema as features_schema
from models.budget import Budget
from models.examples import Learnt
from models.intervals import drawn
from models.results.studies import NoveltyStudy
from models.results.tuned import Choice, Tuned
from models.truth import all_read, scheme_moments, yardstick
from models.truth.novelty import (
    Members,
    Omission,
    are_enough,
    found_by,
    left_out_row,
    members_by_typology,
    trials,
)
from models.truth.yardstick import Yardstick
from models.zoo import LIBRARY, MODELS, Examples, Model, PartStart, WholeStart
from parameters import Count, Draws, Seed
from provenance import made_now, study_params

DATA = ("artifacts/features/feature_matrix.parquet", "artifacts/models/split.parquet")
OF_THE_LIBRARY = "artifacts/features/library_examples.parquet"


class Params(pipeline.Parameters):
    """Section ``audit_novelty`` of studies/params.yaml."""

    choices: dict[str, dict[str, WholeStart | PartStart]]
    seeds: tuple[Seed, ...] = Field(min_length=1)
    least_customers: Count
    bootstrap_draws: Draws


@dataclass(frozen=True)
class NoveltyInputs:
    """What to learn from, whom to rank, by what to judge, and who is of which typology.

    ``judged`` are the yardstick's subjects with all that the model reads of them.
    """

    yardstick: Yardstick
    train: Examples
    judged: Examples
    members: list[Members]


def typologies_left_out(
    inputs: NoveltyInputs, model: Model, choice: Choice, settings: object, params: Params
) -> list[Omission]:
    """Every typology that is known well enough, left out in turn."""
    judge, train = inputs.yardstick, inputs.train
    catches = judge.catches["true"]

    def caught(lesson: Examples, seed: int) -> np.ndarray:
        score = model.fit(lesson, choice, settings, seed).scores(inputs.judged)
        return catches.caught(judge.watch.alerted(score, judge.budget))

    chosen = [one for one in inputs.members if are_enough(train, one, params.least_customers)]
    if not chosen:
        raise pipeline.BadInput(
            f"no typology has {params.least_customers} customers in labels and in the test"
        )
    return list(pipeline.progress(trials(train, chosen, caught, params.seeds), "typologies", "fit"))


def read_inputs(budget: Budget, rows: Learnt, needs: frozenset[str]) -> NoveltyInputs:
    """Read the tables, and whatever else the model reads."""
    judge = yardstick.read_inputs(budget, rows)
    planted = scheme_moments.read_inputs()
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    sides, typology = all_read.read_inputs(judge, rows, needs), np.zeros(0, object)
    if LIBRARY in needs:
        told = pipeline.read(features_schema.LibraryExamples, columns=["typology", "is_held_out"])
        typology = told.loc[~told["is_held_out"], "typology"].fillna("").to_numpy(object)
    test = judge.subjects["customer_id"].to_numpy()[judge.watch.is_judged]
    who = np.unique(test[judge.is_illicit])
    illicit = planted[planted["is_illicit"]]
    members = members_by_typology(sides.train, typology, who, illicit, starts_at, budget.label_window_days)
    return NoveltyInputs(judge, sides.train, sides.judged, members)


def main() -> None:
    """Write the study of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    if not model.is_supervised:
        raise pipeline.BadInput(f"{name}: expected a model that labels have taught, nothing else forgets")
    params, section = study_params("audit_novelty", Params), f"models.{name}"
    settings = pipeline.params(section, model.settings)
    choice = dict(params.choices.get(name) or pipeline.read_result(Tuned, name).choice)
    inputs = read_inputs(pipeline.params("budget", Budget), pipeline.params("learn", Learnt), model.needs)
    made = typologies_left_out(inputs, model, choice, settings, params)
    catches = inputs.yardstick.catches["true"]
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    data = DATA if inputs.train.library is None else (*DATA, OF_THE_LIBRARY)
    ways = dict.fromkeys(one.left_out for one in made)
    result = NoveltyStudy(
        model=name,
        made_by=made_now(data, (section, "budget", "learn"), "audit_novelty"),
        choice=choice,
        least_customers=params.least_customers,
        rows=[left_out_row(inputs.train, one, catches.group, weight) for one in made],
        together={
            way: found_by([one for one in made if one.left_out == way], catches.group, weight) for way in ways
        },
    )
    pipeline.write_result(result, name)


if __name__ == "__main__":
    pipeline.run_stage("audit_novelty@" + pipeline.argument("model"), main)
