"""Study audit_age: what models lose that do not know the customer's age, and whom they treat otherwise.

A part of the audit: the truth is read to judge. Age is a protected attribute and one of the
features; the same model is fitted with it and without, by the bank's labels and by the library.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from models import examples, schema
from models.audit_knowledge import PERSON_COLUMNS
from models.audit_knowledge import Params as KnowledgeParams
from models.budget import Budget
from models.examples import Learnt
from models.intervals import drawn
from models.positives import Positives
from models.results.audit_studies import AgeRow, AgeStudy
from models.results.tuned import Choice
from models.truth import ages, fairness, scheme_moments, yardstick
from models.truth.fairness import Cut
from models.truth.illicit import in_truth
from models.truth.yardstick import Yardstick
from models.zoo import FEATURES_ALONE, LIBRARY, MODELS, Examples, Model, PartStart, WholeStart
from parameters import Draws, Seed, Share
from provenance import made_now, study_params

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/library_examples.parquet",
    "artifacts/models/split.parquet",
)


class Params(pipeline.Parameters):
    """Section ``audit_age`` of studies/params.yaml."""

    models: tuple[str, ...] = Field(min_length=1)
    choice: dict[str, WholeStart | PartStart]
    without: tuple[str, ...] = Field(min_length=1)
    seeds: tuple[Seed, ...] = Field(min_length=1)
    margin: Share
    bootstrap_draws: Draws


@dataclass(frozen=True)
class AgeInputs:
    """What to learn from, with the library beside it, by what to judge, and all persons' bands of age."""

    yardstick: Yardstick
    train: Examples
    positives: Positives
    bands: pd.Series
    least: int


@dataclass(frozen=True)
class AtTheCut:
    """Whom a model catches and bothers, mean of its seeds: illicit customers, and persons at its cut."""

    caught: np.ndarray
    cut: Cut


def without_columns(given: Examples, columns: tuple[str, ...]) -> Examples:
    """The examples, and those of their library, without some columns."""
    library = given.library
    return replace(
        given,
        features=given.features.drop(columns=list(columns)),
        library=None if library is None else without_columns(library, columns),
    )


def at_the_cut(
    inputs: AgeInputs, model: Model, settings: object, params: Params, columns: tuple[str, ...]
) -> AtTheCut:
    """The model with every seed, fitted and judged without some ``columns``."""
    judge, catches = inputs.yardstick, inputs.yardstick.catches["true"]
    train = without_columns(
        inputs.train if LIBRARY in model.needs else replace(inputs.train, library=None), columns
    )
    whole = pd.DataFrame(judge.values, columns=inputs.train.features.columns, copy=False)
    judged = replace(train, features=whole.drop(columns=list(columns)), library=None)
    customer = judge.subjects["customer_id"].to_numpy()[judge.watch.is_judged]
    persons, choice = inputs.bands.index.to_numpy(), Choice(params.choice)
    caught, cuts = [], []
    for seed in pipeline.progress(params.seeds, "seeds", "fit"):
        alerted = judge.watch.alerted(model.fit(train, choice, settings, seed).scores(judged), judge.budget)
        caught.append(catches.caught(alerted))
        draws = params.bootstrap_draws, params.seeds[0]
        cuts.append(Cut.of(customer, inputs.positives, alerted, persons, *draws))
    return AtTheCut(np.mean(caught, axis=0), ages.averaged(cuts))


def age_row(inputs: AgeInputs, name: str, params: Params, settings: object) -> AgeRow:
    """One model with and without age."""
    model, catches = MODELS[name], inputs.yardstick.catches["true"]
    known, unknown = (
        at_the_cut(inputs, model, settings, params, columns) for columns in ((), params.without)
    )
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    change = catches.mean(unknown.caught - known.caught, weight)
    return AgeRow(
        model=name,
        features=list(params.without),
        recall_with=catches.mean(known.caught, weight),
        recall_without=catches.mean(unknown.caught, weight),
        change=change,
        bands=list(ages.bands(known.cut, unknown.cut, inputs.bands, inputs.least)),
        decision=ages.decision(change, params.margin),
    )


def read_inputs(budget: Budget, rows: Learnt, groups: fairness.Groups) -> AgeInputs:
    """Read the tables, the library and the persons' bands of age."""
    judge = yardstick.read_inputs(budget, rows)
    (nobody,) = examples.read_inputs([pipeline.read(schema.Split).iloc[:0]], frozenset({LIBRARY}))
    planted = scheme_moments.read_inputs()
    test = pipeline.read(data_schema.Periods).set_index("name").loc["test"]
    subjects = judge.subjects[judge.watch.is_judged].reset_index(drop=True)
    illicit = planted[planted["is_illicit"]]
    customers = pipeline.read(data_schema.Customers, columns=PERSON_COLUMNS)
    persons = fairness.person_groups(customers, test["starts_at"].year, groups.age_edges)
    return AgeInputs(
        yardstick=judge,
        train=replace(judge.train, library=nobody.library),
        positives=in_truth(subjects, illicit, test["starts_at"], budget.label_window_days),
        bands=persons["age"],
        least=groups.least,
    )


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_age", Params), pipeline.params("budget", Budget)
    groups = pipeline.params("audit_knowledge", KnowledgeParams).groups
    for name in params.models:
        if MODELS.lookup(name, "audit_age.models").needs not in (FEATURES_ALONE, frozenset({LIBRARY})):
            raise pipeline.BadInput(f"{name}: expected a model that reads features, and the library at most")
    inputs = read_inputs(budget, pipeline.params("learn", Learnt), groups)
    sections = tuple(f"models.{name}" for name in params.models)
    rows = [
        age_row(inputs, name, params, pipeline.params(section, MODELS[name].settings))
        for name, section in zip(params.models, sections, strict=True)
    ]
    result = AgeStudy(
        made_by=made_now(DATA, (*sections, "audit_knowledge", "budget", "learn"), "audit_age"),
        margin=params.margin,
        seeds=len(params.seeds),
        least_group=inputs.least,
        rows=rows,
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_age", main)
