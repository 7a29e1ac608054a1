"""Stage score: rank validation and test subjects with every model and with the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from models import schema
from models.budget import Budget, alerts_within_budget
from models.examples import of_role, read_inputs
from models.zoo import MODELS, by_row

VOTE_DAYS = 7  # a weekly ranker looks at the votes since its last ranking


def rule_scores(subjects: pd.DataFrame, labels: pd.DataFrame) -> np.ndarray:
    """The strongest rule vote of the week before each subject's moment; shape (n,).

    Minus infinity without a vote: rules alert nobody whom they did not hit.
    """
    votes = labels[labels["source"] == "rule_vote"]
    pairs = subjects.reset_index(names="row").merge(votes, on="customer_id")
    age = pairs["as_of"] - pairs["event_at"]
    pairs = pairs[(age >= pd.Timedelta(0)) & (age < pd.Timedelta(days=VOTE_DAYS))]
    strongest = pairs.groupby("row")["value"].max()
    return strongest.reindex(np.arange(len(subjects)), fill_value=-np.inf).to_numpy()


def model_alerts(ranker: str, subjects: pd.DataFrame, score: np.ndarray, budget: Budget) -> pd.DataFrame:
    """The ModelAlerts rows of one ranker for the given (test) subjects."""
    as_of_us = subjects["as_of"].astype("int64").to_numpy()
    rank = alerts_within_budget(score, subjects["customer_id"].to_numpy(), as_of_us, budget)
    chosen = subjects.assign(ranker=ranker, rank=rank)[rank > 0]
    return chosen[["ranker", "subject_id", "customer_id", "as_of", "rank"]]


def main() -> None:
    """Write scores and the alerts that fit in the budget."""
    budget = pipeline.params("budget", Budget)
    split = pipeline.read(schema.Split)
    groups = {role: of_role(split, role) for role in ("validation", "test")}
    read = map(by_row, read_inputs(list(groups.values()), True, training=of_role(split, "train")))
    models = {name: model.load(pipeline.existing("models", model.file)) for name, model in MODELS.items()}
    labels = pipeline.read(data_schema.Labels)
    scores, alerts = [], []
    for (role, chosen), examples in zip(groups.items(), read, strict=True):
        subjects = chosen.reset_index(drop=True)
        for gap in examples.gaps:
            print(f"{role}: {gap}")
        by_ranker = {schema.RULES: rule_scores(subjects, labels)}
        by_ranker |= {name: fitted.scores(examples) for name, fitted in models.items()}
        for ranker, score in by_ranker.items():
            scores.append(
                pd.DataFrame({"ranker": ranker, "subject_id": subjects["subject_id"], "score": score})
            )
            if role == "test":
                alerts.append(model_alerts(ranker, subjects, score, budget))
    pipeline.write(schema.Scores, pd.concat(scores))
    pipeline.write(schema.ModelAlerts, pd.concat(alerts))


if __name__ == "__main__":
    pipeline.run_stage("score", main)
