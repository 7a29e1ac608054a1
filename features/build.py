"""Stage build: subjects with profile, windows, sequence and network, and the graph's slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import memory
import pipeline
from data import schema as data_schema
from data.asof import Events, Parties, period_of
from data.asof.network import TrailLimits
from data.asof.windows import first_at_or_after
from data.schema import DAY_US
from features import network, profile, schema, sequence
from features.catalogue import catalogue_table, differences, window_features
from features.known import Known
from features.line import LINE
from parameters import Days


class Params(pipeline.Parameters):
    """Section ``build`` of params.yaml."""

    line: sequence.Line
    peers: profile.PeerParams
    graph_days: Days
    stability_bins: int = Field(ge=2, le=1_000)
    network: network.Limits


def draw_subjects(
    weekly: pd.DataFrame, events: Events, customer_id: np.ndarray, line: sequence.Line
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
    subjects = weekly[["customer_id", "as_of"]].iloc[rows].reset_index(drop=True)
    subjects.insert(0, "subject_id", np.arange(1, len(subjects) + 1))
    return with_lines(subjects, events, customer_id, line), rows


def with_lines(
    subjects: pd.DataFrame, events: Events, customer_id: np.ndarray, line: sequence.Line
) -> pd.DataFrame:
    """Subjects with the first and the end row of their line among ``events``.

    The line is bounded in payments and in days. Without the second bound it would grow
    with the history that the bank has, and its statistics would tell the week.
    """
    # As arrays that can be written to, as all are: others are a type of their own to the kernels.
    as_of = np.array(subjects["as_of"].astype("int64"))
    node = np.searchsorted(customer_id, subjects["customer_id"].to_numpy())
    opens = first_at_or_after(events.starts, events.at, node, as_of - line.days * DAY_US)
    end = first_at_or_after(events.starts, events.at, node, as_of)
    return subjects.assign(token_first=np.maximum(opens, end - line.length), token_end=end)


def compute(
    subjects: pd.DataFrame,
    known: Known,
    events: Events,
    parties: Parties,
    is_new: np.ndarray,
    hour: np.ndarray,
    params: Params,
    trails: TrailLimits,
) -> pd.DataFrame:
    """Profile, sequence and network of ``subjects``, row by row.

    ``is_new`` and ``hour`` (n,) tell of the events whether the counterparty is a new one, and when
    in the day they were.
    """
    parts = [
        profile.profile_features(profile.Profile.of(subjects, known, events, parties, params.peers)),
        sequence.line_statistics(events, is_new, hour, subjects, params.line),
    ]
    memory.give_back()
    around = network.network_features(
        subjects,
        network.multigraph(known.transactions, parties, params.network.threads),
        parties,
        known.weekly,
        network.Ties.of(parties, known.customers, known.devices, known.dispositions),
        params.network,
        trails,
    )
    return pd.concat([*parts, around], axis=1)


def without_a_future(
    subjects: pd.DataFrame,
    known: Known,
    parties: Parties,
    origin_us: int,
    params: Params,
    trails: TrailLimits,
) -> tuple[np.ndarray, pd.DataFrame]:
    """Subjects of the middle moment, and their features once every later row is deleted.

    Equal to the features of the whole bank, `differences` tells: the proof on the data of this
    very run that no feature of this stage sees the future.

    Returns
    -------
    chosen : shape (subjects,), those of the moment
    features : one row a chosen subject
    """
    moments = np.sort(subjects["as_of"].unique())
    moment = pd.Timestamp(moments[len(moments) // 2])
    chosen = (subjects["as_of"] == moment).to_numpy()
    past = known.before(moment)
    events = Events.of(past.transactions, parties)
    mine = with_lines(subjects[chosen].reset_index(drop=True), events, parties.customer_id, params.line)
    is_new, hour = sequence.new_meetings(events, params.line.days), sequence.hours_of(events, origin_us)
    return chosen, compute(mine, past, events, parties, is_new, hour, params, trails)


@dataclass(frozen=True)
class ModelInputs:
    """The tables of this stage, and the customers (customer_id, as_of) who were asleep."""

    subjects: pd.DataFrame
    matrix: pd.DataFrame
    catalogue: pd.DataFrame
    line: pd.DataFrame
    nodes: pd.DataFrame
    edges: pd.DataFrame
    slices: pd.DataFrame
    asleep: pd.DataFrame


def model_inputs(known: Known, periods: pd.DataFrame, params: Params, trails: TrailLimits) -> ModelInputs:
    """Everything that a model may look at."""
    parties = Parties.of(known.customers["customer_id"], known.accounts)
    origin_us = int(periods["starts_at"].astype("int64").min())
    events = Events.of(known.transactions, parties)
    subjects, rows = draw_subjects(known.weekly, events, parties.customer_id, params.line)
    is_asleep = np.ones(len(known.weekly), bool)
    is_asleep[rows] = False
    memory.give_back()
    # The bank without a future comes first: the whole one then takes the memory that it leaves.
    past = without_a_future(subjects, known, parties, origin_us, params, trails) if len(subjects) else None
    memory.give_back()
    is_new, hour = sequence.new_meetings(events, params.line.days), sequence.hours_of(events, origin_us)
    built = compute(subjects, known, events, parties, is_new, hour, params, trails)
    masked = differences(built[past[0]], past[1]) if past else differences(built, built)
    edges = network.graph_edges(known.transactions, parties, origin_us)
    line = sequence.tokens(events, parties.customer_id, origin_us, params.line.days)
    kind = known.customers.set_index("customer_id")["kind"].loc[subjects["customer_id"]].to_numpy()
    weekly = known.weekly
    del known, events  # the matrix is as large as all of them
    memory.give_back()
    asleep = weekly.loc[is_asleep, ["customer_id", "as_of"]]
    windows = weekly.drop(columns=["customer_id", "as_of"]).iloc[rows].reset_index(drop=True)
    del weekly
    matrix = pd.concat([subjects[["subject_id"]], windows, built], axis=1)
    del windows, built
    period = period_of(subjects["as_of"], periods).to_numpy()
    features = [*window_features(), *profile.FEATURES, *LINE, *network.FEATURES]
    moments = pd.DatetimeIndex(np.sort(subjects["as_of"].unique()))
    return ModelInputs(
        subjects=subjects,
        matrix=matrix,
        catalogue=catalogue_table(features, matrix, kind, period, masked, params.stability_bins),
        line=line,
        nodes=network.graph_nodes(parties),
        edges=edges,
        slices=network.graph_slices(edges, moments, params.graph_days),
        asleep=asleep,
    )


def read_inputs() -> Known:
    """Read the bank's tables."""
    known = Known(
        customers=pipeline.read(data_schema.Customers),
        accounts=pipeline.read(data_schema.Accounts),
        transactions=pipeline.read(data_schema.Transactions),
        tags=pipeline.read(data_schema.ProfileTags),
        weekly=pipeline.read(data_schema.WeeklyIndicators),
        devices=pipeline.read(data_schema.Devices),
        dispositions=pipeline.read(data_schema.Dispositions),
    )
    memory.give_back()  # what they were unpacked from
    return known


def main() -> None:
    """Write subjects, features, their catalogue, the lines and the graph."""
    params = pipeline.params("build", Params)
    trails = pipeline.params("observe.trails", TrailLimits)
    made = model_inputs(read_inputs(), pipeline.read(data_schema.Periods), params, trails)
    pipeline.set_aside(made.asleep, "subjects", "no payment in 30 days")
    pipeline.write(schema.Subjects, made.subjects)
    pipeline.write(schema.FeatureMatrix, made.matrix)
    pipeline.write(schema.FeatureCatalogue, made.catalogue)
    pipeline.write(schema.Sequences, made.line)
    pipeline.write(schema.GraphNodes, made.nodes)
    pipeline.write(schema.GraphEdges, made.edges)
    pipeline.write(schema.GraphSlices, made.slices)


if __name__ == "__main__":
    pipeline.run_stage("build", main)
