"""Study audit_world: what a few rankers find in the world that lies here, and what its rules reach.

A part of the audit: the truth is read to judge. One stage fits and scores the models with the
starts of params.yaml and no search, so that many worlds, and many changes of one, can be run
beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import moments_of
from models import examples, judgement, schema
from models.budget import Budget, Watch, watched
from models.examples import Learnt, learnt
from models.judgement import Contest
from models.positives import as_labelled
from models.results.world_run import WorldRun
from models.schema import RULES
from models.score import rule_scores
from models.truth.illicit import MOMENT_COLUMNS, in_truth
from models.truth.past_cases import replayed, scored_cases
from models.truth.world_run import decided_alerts, review_slices, rule_reach, view_of
from models.zoo import FEATURES_ALONE, LIBRARY, MODELS, Examples, by_row, start_of
from pipeline import BadInput
from provenance import study_params


class Params(judgement.Params):
    """Section ``audit_world`` of studies/params.yaml."""

    models: tuple[str, ...] = Field(min_length=1)
    pairs: tuple[tuple[str, str], ...] = Field(min_length=1)


@dataclass(frozen=True)
class WorldInputs:
    """What one world holds for the models to learn from, and for the audit to judge them by.

    ``subjects`` are the rows of Split of validation and test, ``judged`` their features;
    ``train`` are the thinned training subjects, with the library beside them.
    """

    seed: int
    split: pd.DataFrame
    subjects: pd.DataFrame
    train: Examples
    judged: Examples
    customers: pd.DataFrame
    transactions: int
    planted: pd.DataFrame
    labels: pd.DataFrame
    alerts: pd.DataFrame
    dispositions: pd.DataFrame
    starts_at: pd.Timestamp


def read_inputs(rows: Learnt) -> WorldInputs:
    """Read the tables; of the features those of subjects that are learnt from or judged."""
    split = pipeline.read(schema.Split)
    subjects = watched(split)
    (train,) = examples.read_inputs([learnt(split, FEATURES_ALONE, rows)], frozenset({LIBRARY}))
    training = examples.of_role(split, "train")
    (judged,) = examples.read_inputs([subjects], FEATURES_ALONE, training=training)
    moments = pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS)
    planted = moments_of(
        moments,
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    return WorldInputs(
        seed=int(pipeline.param("simulate")["seed"]),
        split=split,
        subjects=subjects,
        train=train,
        judged=by_row(judged),
        customers=pipeline.read(data_schema.Customers, columns=["customer_id", "occupation"]),
        transactions=len(moments),
        planted=planted,
        labels=pipeline.read(data_schema.Labels),
        alerts=pipeline.read(data_schema.Alerts),
        dispositions=pipeline.read(data_schema.Dispositions),
        starts_at=pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"],
    )


def scores_of_world(
    inputs: WorldInputs, settings: dict[str, object], budget: Budget
) -> dict[str, np.ndarray]:
    """Scores of validation and test by the rules and by every model, fitted with its start.

    ``settings`` are the models' sections of params.yaml, by name.
    """
    found = {RULES: rule_scores(inputs.subjects, inputs.labels, budget.label_window_days)}
    for name, section in pipeline.progress(settings.items(), "models", "fit"):
        model = MODELS.lookup(name, "audit_world.models")
        choice = start_of(model, section, f"models.{name}")
        if choice is None:
            raise BadInput(f"models.{name}: expected a start, for no search is made here")
        fitted = model.fit(inputs.train, choice, section, section.seed)  # type: ignore[attr-defined]
        found[name] = fitted.scores(inputs.judged)
    return found


def world_run(inputs: WorldInputs, scores: dict[str, np.ndarray], params: Params, budget: Budget) -> WorldRun:
    """Every ranker by the bank's labels and by the truth, and what the rules reach."""
    test, days = inputs.split[inputs.split["role"] == "test"].reset_index(drop=True), budget.label_window_days
    illicit = inputs.planted[inputs.planted["is_illicit"]]
    views = {
        "bank": as_labelled(test, inputs.starts_at),
        "true": in_truth(test, illicit, inputs.starts_at, days),
    }
    watch, decided = Watch.of(inputs.subjects), decided_alerts(inputs.alerts, inputs.dispositions)
    contests = {view: Contest.of(watch, scores, mine, budget, params) for view, mine in views.items()}
    occupation = inputs.customers.set_index("customer_id")["occupation"]
    return WorldRun(
        seed=inputs.seed,
        customers=len(inputs.customers),
        transactions=inputs.transactions,
        bank=view_of(contests["bank"], params.pairs),
        true=view_of(contests["true"], params.pairs),
        rules=rule_reach(decided, illicit, days),
        slices=review_slices(decided, occupation, inputs.planted, days),
        past_cases=[
            replayed(name, cases, illicit, days, params.bootstrap_draws, params.seed)
            for name, cases in scored_cases(inputs.dispositions, inputs.subjects, scores).items()
        ],
    )


def main() -> None:
    """Write what the rankers find in this world."""
    params, budget = study_params("audit_world", Params), pipeline.params("budget", Budget)
    settings = {
        name: pipeline.params(f"models.{name}", MODELS.lookup(name, "audit_world.models").settings)
        for name in params.models
    }
    inputs = read_inputs(pipeline.params("learn", Learnt))
    scores = scores_of_world(inputs, settings, budget)
    pipeline.write_result(world_run(inputs, scores, params, budget))


if __name__ == "__main__":
    pipeline.run_stage("audit_world", main)
