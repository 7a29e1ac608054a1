"""Stage score: rank validation and test subjects with every model and with the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import pairs_within
from models import schema
from models.budget import WATCHED, Budget, Watch
from models.examples import of_role, read_inputs
from models.zoo import MODELS, by_row


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


def main() -> None:
    """Write scores and the alerts that fit in the budget."""
    budget = pipeline.params("budget", Budget)
    split = pipeline.read(schema.Split)
    groups = {role: of_role(split, role).reset_index(drop=True) for role in WATCHED["test"]}
    read = map(by_row, read_inputs(list(groups.values()), True, training=of_role(split, "train")))
    models = {name: model.load(pipeline.existing("models", model.file)) for name, model in MODELS.items()}
    labels = pipeline.read(data_schema.Labels)
    found: dict[str, list[np.ndarray]] = {schema.RULES: [], **{name: [] for name in models}}
    for (role, subjects), examples in zip(groups.items(), read, strict=True):
        for gap in examples.gaps:
            print(f"{role}: {gap}")
        found[schema.RULES].append(rule_scores(subjects, labels, budget.label_window_days))
        for name, fitted in models.items():
            found[name].append(fitted.scores(examples))
    everyone = pd.concat(groups.values(), ignore_index=True)
    scores, alerts = [], []
    for ranker, parts in found.items():
        score = np.concatenate(parts)
        scores.append(everyone[["subject_id"]].assign(ranker=ranker, score=score))
        alerts.append(model_alerts(ranker, everyone, score, budget))
        print(f"{ranker}: {len(alerts[-1]):,} alerts spent in the test")
    pipeline.write(schema.Scores, pd.concat(scores)[["ranker", "subject_id", "score"]])
    pipeline.write(schema.ModelAlerts, pd.concat(alerts))


if __name__ == "__main__":
    pipeline.run_stage("score", main)
