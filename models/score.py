"""Stage score: rank validation and test subjects with every model, the stack and the rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import pairs_within
from features import schema as features_schema
from models import examples, schema, stack
from models.budget import WATCHED, Budget, Watch
from models.results.stack import Stack
from models.zoo import GRAPH, LIBRARY, LINES, MODELS, Examples, Fitted, by_row
from models.zoo.gaps import gappy
from pipeline import BadInput


def rule_scores(subjects: pd.DataFrame, labels: pd.DataFrame, days: int) -> np.ndarray:
    """The strongest rule vote of the ``days`` before each subject's moment; shape (n,).

    The rules remember as long as a label looks back, for models remember longer: a ranker
    that forgot sooner could not find what counts as a catch. Votes below the line come after
    all of those above it, so that the rulebook can spend as much as a model. Minus infinity
    without a vote: rules alert nobody whom they did not hit.
    """
    is_below = labels["source"] == "below_line_vote"
    votes = labels.assign(value=labels["value"] - is_below)[is_below | (labels["source"] == "rule_vote")]
    votes = votes.rename(columns={"event_at": "at"})[["customer_id", "at", "value"]]
    asked = subjects[["customer_id", "as_of"]].reset_index(names="row")
    pairs = pairs_within(votes, asked, days, at_now=True)
    strongest = pairs.groupby("row")["value"].max()
    return strongest.reindex(np.arange(len(subjects)), fill_value=-np.inf).to_numpy()


def model_alerts(ranker: str, subjects: pd.DataFrame, score: np.ndarray, budget: Budget) -> pd.DataFrame:
    """The ModelAlerts rows of one ranker: its alerts in the test, after those of validation.

    ``subjects`` are rows of Split of both roles, ``score`` has their shape.
    """
    watch = Watch.of(subjects)
    chosen = subjects[watch.is_judged].assign(ranker=ranker, rank=watch.queue(score).ranks(budget))
    return chosen.loc[chosen["rank"] > 0, ["ranker", "subject_id", "customer_id", "as_of", "rank"]]


@dataclass(frozen=True)
class ScoreInputs:
    """Whom to rank, by what, and with which models.

    ``groups`` are rows of Split by role, in the order in which they are watched, and
    ``examples`` their features; ``models`` are the fitted ones by name. ``planted`` are rows of
    LibraryExamples that nobody learnt from, and ``held_out`` their features.
    """

    groups: dict[str, pd.DataFrame]
    examples: dict[str, Examples]
    labels: pd.DataFrame
    models: dict[str, Fitted]
    planted: pd.DataFrame
    held_out: Examples


def read_inputs() -> ScoreInputs:
    """Read the subjects with their features, gaps that training never had filled, and every model."""
    split = pipeline.read(schema.Split)
    groups = {role: examples.of_role(split, role).reset_index(drop=True) for role in WATCHED["test"]}
    training = examples.of_role(split, "train")
    read = examples.read_inputs(list(groups.values()), frozenset({GRAPH, LINES}), training=training)
    planted = pipeline.read(features_schema.LibraryExamples, columns=list(examples.OF_THE_LIBRARY))
    rows = np.flatnonzero(planted["is_held_out"].to_numpy())
    planted = planted.iloc[rows].reset_index(drop=True)
    table = features_schema.LibraryExamples
    (said,) = pipeline.read_matrix(table, [rows], without=examples.OF_THE_LIBRARY)
    lacking, key = set(gappy(said)), pipeline.read(features_schema.FeatureMatrix, columns=[examples.KEY])
    (learnt,) = pipeline.read_matrix(
        features_schema.FeatureMatrix,
        [np.searchsorted(key[examples.KEY].to_numpy(), training[examples.KEY].to_numpy())],
        without=(examples.KEY, *(name for name in said if name not in lacking)),
    )
    return ScoreInputs(
        groups,
        dict(zip(groups, read, strict=True)),
        pipeline.read(data_schema.Labels),
        {name: model.load(pipeline.existing("models", model.file)) for name, model in MODELS.items()},
        planted,
        examples.filled(examples.examples_of(planted, said, None), learnt),
    )


def scored(inputs: ScoreInputs, budget: Budget) -> dict[str, np.ndarray]:
    """Scores of the rules and of every model; shape (subjects of all groups,) each."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in (schema.RULES, *inputs.models)}
    for role, subjects in inputs.groups.items():
        found[schema.RULES].append(rule_scores(subjects, inputs.labels, budget.label_window_days))
        mine = by_row(inputs.examples[role])  # one role at a time: it is a copy
        for name, fitted in pipeline.progress(inputs.models.items(), f"score {role}", "model"):
            with pipeline.timed(name):
                found[name].append(fitted.scores(mine))
    return {ranker: np.concatenate(parts) for ranker, parts in found.items()}


def stack_of(
    everyone: pd.DataFrame, whole: dict[str, np.ndarray], params: stack.Params
) -> tuple[np.ndarray, Stack]:
    """The stack's scores of rows of Split, from those of its parts, and what it is made of."""
    for name in params.parts:
        if name not in whole:
            raise BadInput(f"{pipeline.PARAMS_FILE}: stack.parts: expected a model, found {name!r}")
    is_validation = (everyone["role"] == "validation").to_numpy()
    mine = everyone[is_validation]
    known = stack.ValidationLabels(*(mine[name].to_numpy() for name in ("customer_id", "label", "weight")))
    return stack.stacked(whole, everyone["as_of"].astype("int64").to_numpy(), is_validation, known, params)


def ranked(
    everyone: pd.DataFrame, whole: dict[str, np.ndarray], budget: Budget
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables Scores and ModelAlerts, from each ranker's scores of rows of Split."""
    scores = [everyone[["subject_id"]].assign(ranker=ranker, score=score) for ranker, score in whole.items()]
    alerts = [model_alerts(ranker, everyone, score, budget) for ranker, score in whole.items()]
    return pd.concat(scores)[["ranker", "subject_id", "score"]], pd.concat(alerts)


def held_out_scores(inputs: ScoreInputs) -> pd.DataFrame:
    """The HeldOutScores table: what each model that needs features alone says of planted schemes."""
    mine, told = by_row(inputs.held_out), inputs.planted[["customer_id", "scheme_id", "typology"]]
    found = [
        told.assign(ranker=name, score=fitted.scores(mine))
        for name, fitted in inputs.models.items()
        if MODELS[name].needs <= {LIBRARY} and len(told)
    ]
    columns = list(schema.HeldOutScores.to_schema().columns)
    return pd.concat(found)[columns] if found else schema.HeldOutScores.empty()


def main() -> None:
    """Write scores, the alerts that fit in the budget, and what the stack is made of."""
    inputs, budget = read_inputs(), pipeline.params("budget", Budget)
    for role, mine in inputs.examples.items():
        for gap in mine.gaps:
            print(f"{role}: {gap}")
    everyone = pd.concat(inputs.groups.values(), ignore_index=True)
    whole = scored(inputs, budget)
    whole[schema.STACK], made_of = stack_of(everyone, whole, pipeline.params("stack", stack.Params))
    scores, alerts = ranked(everyone, whole, budget)
    for ranker in whole:
        print(f"{ranker}: {(alerts['ranker'] == ranker).sum():,} alerts spent in the test")
    pipeline.write(schema.Scores, scores)
    pipeline.write(schema.ModelAlerts, alerts)
    pipeline.write(schema.HeldOutScores, held_out_scores(inputs))
    pipeline.write_result(made_of)


if __name__ == "__main__":
    pipeline.run_stage("score", main)
