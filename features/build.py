"""Stage build: subjects with profile, windows, sequence and network, and the graph's slices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import Events, Parties
from features import network, profile, schema, sequence
from features.catalogue import catalogue_table, window_features


class Params(pipeline.Parameters):
    """Section ``build`` of params.yaml."""

    line_length: int = Field(ge=2)
    graph_days: int = Field(ge=1)


def draw_subjects(
    weekly: pd.DataFrame, events: Events, customer_id: np.ndarray, line_length: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Active customers as of each moment, and their rows in ``weekly``.

    A customer without a payment in 30 days has no behaviour to judge.
    """
    is_active = ((weekly["payer_count_30d"] > 0) | (weekly["payee_count_30d"] > 0)).to_numpy()
    rows = np.flatnonzero(is_active)
    as_of = weekly["as_of"].astype("int64").to_numpy()[rows]
    node = np.searchsorted(customer_id, weekly["customer_id"].to_numpy()[rows])
    order = np.lexsort((node, as_of))
    rows, as_of, node = rows[order], as_of[order], node[order]
    # Events are sorted by customer, then time: one search over both.
    position = np.empty(len(rows), np.int64)
    for moment in np.unique(as_of):
        chosen = as_of == moment
        earlier = np.concatenate([[0], np.cumsum(events.at < moment)])
        first, end = events.starts[node[chosen]], events.starts[node[chosen] + 1]
        position[chosen] = first + earlier[end] - earlier[first]
    subjects = weekly[["customer_id", "as_of"]].iloc[rows].reset_index(drop=True)
    subjects.insert(0, "subject_id", np.arange(1, len(subjects) + 1))
    subjects["token_first"] = np.maximum(position - line_length, events.starts[node])
    subjects["token_end"] = position
    return subjects, rows


def main() -> None:
    """Write subjects, features, their catalogue, the lines and the graph."""
    params = pipeline.params("build", Params)
    customers = pipeline.read(data_schema.Customers)
    transactions = pipeline.read(data_schema.Transactions)
    weekly = pipeline.read(data_schema.WeeklyIndicators)
    parties = Parties.of(customers["customer_id"], pipeline.read(data_schema.Accounts))
    origin_us = int(pipeline.read(data_schema.Periods)["starts_at"].astype("int64").min())
    events = Events.of(transactions, parties)

    subjects, rows = draw_subjects(weekly, events, parties.customer_id, params.line_length)
    asleep = np.ones(len(weekly), bool)
    asleep[rows] = False
    pipeline.set_aside(weekly.loc[asleep, ["customer_id", "as_of"]], "subjects", "no payment in 30 days")
    line = sequence.tokens(events, parties.customer_id, origin_us)
    edges = network.graph_edges(transactions, parties, origin_us)
    moments = pd.DatetimeIndex(np.sort(subjects["as_of"].unique()))
    slices = network.graph_slices(edges, moments, params.graph_days)

    matrix = pd.concat(
        [
            subjects[["subject_id"]],
            weekly.drop(columns=["customer_id", "as_of"]).iloc[rows].reset_index(drop=True),
            profile.profile(subjects, customers, pipeline.read(data_schema.ProfileTags)),
            sequence.line_statistics(
                events,
                line["is_new"].to_numpy(),
                subjects["token_first"].to_numpy(),
                subjects["token_end"].to_numpy(),
            ),
            network.network(subjects, edges, slices, parties, weekly),
        ],
        axis=1,
    )
    features = [*window_features(), *profile.FEATURES, *sequence.FEATURES, *network.FEATURES]
    pipeline.write(schema.Subjects, subjects)
    pipeline.write(schema.FeatureMatrix, matrix)
    pipeline.write(schema.FeatureCatalogue, catalogue_table(features, matrix))
    pipeline.write(schema.Sequences, line)
    pipeline.write(schema.GraphNodes, network.graph_nodes(parties))
    pipeline.write(schema.GraphEdges, edges)
    pipeline.write(schema.GraphSlices, slices)


if __name__ == "__main__":
    pipeline.run_stage("build", main)
