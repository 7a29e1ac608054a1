"""Stage label: dispositions and rule votes become dated labels with a source and a weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema


class Params(pipeline.Parameters):
    """Section ``label`` of params.yaml."""

    prior_precision: float = Field(gt=0, lt=1)
    prior_reviews: float = Field(gt=0)
    vote_weight: float = Field(gt=0)
    disposition_weight: float = Field(gt=0)


def vote_values(alerts: pd.DataFrame, decided: pd.DataFrame, params: Params) -> np.ndarray:
    """What each alert's rules say of it, in [0, 1], from outcomes known when it was raised.

    Each rule votes with its precision so far (a Beta prior of ``prior_reviews`` reviews
    at ``prior_precision``); rules combine as noisy-or. Shape (alerts,).
    """
    outcomes = decided.merge(alerts[["alert_id", "rule_ids"]], on="alert_id")
    outcomes = outcomes.assign(rule_id=outcomes["rule_ids"].str.split(" ")).explode("rule_id")
    votes = alerts[["alert_id", "alerted_at", "rule_ids"]].assign(rule_id=alerts["rule_ids"].str.split(" "))
    votes = votes.explode("rule_id")
    doubt = pd.Series(1.0, index=alerts["alert_id"])
    for rule_id, ballots in votes.groupby("rule_id"):
        past = outcomes[outcomes["rule_id"] == rule_id].sort_values("known_at")
        hits = np.concatenate([[0], np.cumsum(past["outcome"] == "reported")])
        seen = np.searchsorted(past["known_at"].to_numpy(), ballots["alerted_at"].to_numpy(), side="right")
        precision = (hits[seen] + params.prior_reviews * params.prior_precision) / (
            seen + params.prior_reviews
        )
        doubt.loc[ballots["alert_id"]] *= 1 - precision
    return 1 - doubt.to_numpy()


def label(
    alerts: pd.DataFrame, dispositions: pd.DataFrame, given: pd.DataFrame, params: Params
) -> pd.DataFrame:
    """The Labels table.

    Where a data set brings labels, people's decisions are left out: the source's labels
    stand in their place, and the rule votes only rank the rulebook.
    """
    decided = dispositions[dispositions["outcome"].isin(["dismissed", "reported"])]
    votes = pd.DataFrame(
        {
            "customer_id": alerts["customer_id"],
            "event_at": alerts["alerted_at"],
            "known_at": alerts["alerted_at"],
            "source": "rule_vote",
            "value": vote_values(alerts, decided.dropna(subset="alert_id"), params),
            "weight": params.vote_weight,
        }
    )
    outcomes = pd.DataFrame(
        {
            "customer_id": decided["customer_id"],
            "event_at": decided["event_at"],
            "known_at": decided["known_at"],
            "source": np.where(decided["stream"] == "alert", "disposition", "random_review"),
            "value": (decided["outcome"] == "reported").astype(float),
            "weight": params.disposition_weight,
        }
    )
    brought = given.assign(source="given", weight=params.disposition_weight)
    return pd.concat([votes, brought if len(given) else outcomes]).sort_values(
        ["event_at", "customer_id", "source"], ignore_index=True
    )


def main() -> None:
    """Write the labels."""
    table = label(
        pipeline.read(schema.Alerts),
        pipeline.read(schema.Dispositions),
        pipeline.read(schema.GivenLabels),
        pipeline.params("label", Params),
    )
    pipeline.write(schema.Labels, table)


if __name__ == "__main__":
    pipeline.run_stage("label", main)
