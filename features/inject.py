"""Stage inject: the library bank's customers become examples beside the bank's own.

A model that learns from both banks must not learn which bank a row is of. Columns whose
distribution over ordinary weeks differs between the two say so and are left out, by the
bank's own comparison of unlabelled rows: no truth of the world is needed for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import Events, Parties, happened_within, pairs_within
from data.asof.network import TrailLimits
from features import build, schema, sequence
from features.known import Known
from features.results import LibraryMade, ToldApart
from parameters import Count, Days, Part, Seed

KEY = "subject_id"


class Params(pipeline.Parameters):
    """Section ``inject`` of params.yaml."""

    label_days: Days
    look_alike_share: Part
    ordinary_share: Part
    compared: Count
    most_difference: float = Field(ge=0, le=1)
    seed: Seed


def measured(
    known: Known, periods: pd.DataFrame, params: build.Params, trails: TrailLimits
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The library bank's subjects (subject_id, customer_id, as_of) and their features, row by row."""
    parties = Parties.of(known.customers["customer_id"], known.accounts)
    origin_us = int(periods["starts_at"].astype("int64").min())
    events = Events.of(known.transactions, parties)
    subjects, rows = build.draw_subjects(known.weekly, events, parties.customer_id, params.line)
    is_new, hour = sequence.new_meetings(events, params.line.days), sequence.hours_of(events, origin_us)
    built = build.compute(subjects, known, events, parties, is_new, hour, params, trails)
    windows = known.weekly.drop(columns=["customer_id", "as_of"]).iloc[rows].reset_index(drop=True)
    return subjects[[KEY, "customer_id", "as_of"]], pd.concat([windows, built], axis=1).astype(np.float32)


def examples(subjects: pd.DataFrame, moments: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Which subjects are examples: the columns of LibraryExamples but the features, and ``row``.

    A week after a planted payment that is part of a scheme's shape is suspicious. Customers of
    schemes are no example of anything in other weeks. Who takes part in schemes of both
    authors is neither learnt from nor tried on.
    """
    who, as_of = subjects["customer_id"], subjects["as_of"]
    illicit, licit = moments[moments["is_illicit"]], moments[~moments["is_illicit"]]
    shape = illicit[illicit["is_patterned"]]
    is_planted = happened_within(shape, who, as_of, params.label_days)
    authors = illicit.groupby("customer_id")["author"].agg(["min", "max"]).reindex(who)
    is_of_one = (authors["min"] == authors["max"]).to_numpy()
    is_held_out = (authors["min"] == 1).to_numpy()
    is_member = authors["min"].notna().to_numpy()
    is_alike = happened_within(licit, who, as_of, params.label_days)
    share = np.where(is_alike, params.look_alike_share, params.ordinary_share)
    drawn = np.random.default_rng(params.seed).random(len(subjects)) < share
    row = np.flatnonzero((is_planted & is_of_one) | (~is_member & drawn))
    kept, suspicious = subjects.iloc[row].reset_index(drop=True), is_planted[row]
    latest = pairs_within(shape, kept[["customer_id", "as_of"]].reset_index(names="place"), params.label_days)
    latest = latest.drop_duplicates("place", keep="last").set_index("place").reindex(range(len(row)))
    return pd.DataFrame(
        {
            "example_id": kept[KEY],
            "customer_id": kept["customer_id"],
            "as_of": kept["as_of"],
            "label": suspicious.astype(float),
            "weight": np.where(suspicious, 1.0, 1 / share[row]),
            "scheme_id": latest["scheme_id"].astype("Int64").where(suspicious),
            "typology": latest["typology"].where(suspicious),
            "is_held_out": is_held_out[row],
            "row": row,
        }
    )


def distance_of(one: np.ndarray, other: np.ndarray) -> float:
    """The largest distance of two cumulative distributions; what is missing is larger than all else.

    Each has at least one number, not all need be finite. 0: alike, 1: no value in common.
    """
    one, other = np.sort(np.nan_to_num(one, nan=np.inf)), np.sort(np.nan_to_num(other, nan=np.inf))
    edges = np.unique(np.concatenate([one, other]))
    below = [np.searchsorted(side, edges, side="right") / len(side) for side in (one, other)]
    return float(np.abs(below[0] - below[1]).max())


def telling_columns(library: pd.DataFrame, bank: pd.DataFrame, most: float) -> tuple[list[ToldApart], float]:
    """Columns that would tell which bank a row is of, the most different first.

    Parameters
    ----------
    library, bank : features of ordinary weeks of each, the same columns
    most : distance of the distributions above which a column does

    Returns
    -------
    Them, and the largest distance of a column that does not.
    """
    found = {name: distance_of(library[name].to_numpy(), bank[name].to_numpy()) for name in bank}
    apart = sorted((name for name in found if found[name] > most), key=lambda name: (-found[name], name))
    kept = max((value for value in found.values() if value <= most), default=0.0)
    return [ToldApart(feature=name, difference=round(found[name], 4)) for name in apart], round(kept, 4)


@dataclass(frozen=True)
class InjectInputs:
    """The library bank, what is planted in it, and unlabelled weeks of the bank with its columns."""

    known: Known
    periods: pd.DataFrame
    moments: pd.DataFrame
    bank: pd.DataFrame


def inject(
    inputs: InjectInputs, params: Params, building: build.Params, trails: TrailLimits
) -> tuple[pd.DataFrame, LibraryMade]:
    """The LibraryExamples table, and what became of the library."""
    subjects, matrix = measured(inputs.known, inputs.periods, building, trails)
    chosen = examples(subjects, inputs.moments, params)
    row = chosen.pop("row").to_numpy()
    features = matrix.iloc[row].reset_index(drop=True)[list(inputs.bank)]
    ordinary = np.flatnonzero((chosen["label"] == 0).to_numpy())
    # As many for the comparison as they stand for: look-alikes are drawn more often.
    odds = chosen["weight"].to_numpy()[ordinary]
    rng = np.random.default_rng(params.seed)
    compared = rng.choice(ordinary, min(params.compared, len(ordinary)), p=odds / odds.sum())
    told, kept = telling_columns(features.iloc[compared], inputs.bank, params.most_difference)
    # Whoever is only tried on them reads held-out rows as they are.
    features.loc[~chosen["is_held_out"], [one.feature for one in told]] = np.nan
    sides = [chosen[(chosen["label"] == 1) & (chosen["is_held_out"] == side)] for side in (False, True)]
    schemes = [
        {str(name): int(count) for name, count in side.groupby("typology")["scheme_id"].nunique().items()}
        for side in sides
    ]
    made = LibraryMade(
        learnt_customers=sides[0]["customer_id"].nunique(),
        held_out_customers=sides[1]["customer_id"].nunique(),
        learnt_schemes=schemes[0],
        held_out_schemes=schemes[1],
        left_out=told,
        largest_kept_difference=kept,
    )
    return pd.concat([chosen, features], axis=1), made


def read_inputs(params: Params) -> InjectInputs:
    """Read the library bank, and a draw of the bank's own training weeks."""
    train = pipeline.read(data_schema.Periods).set_index("name").loc["train"]
    as_of = pipeline.read(schema.Subjects, columns=["as_of"])["as_of"]
    weeks = np.flatnonzero(((as_of >= train["starts_at"]) & (as_of < train["ends_at"])).to_numpy())
    rng = np.random.default_rng(params.seed)
    drawn = np.sort(rng.choice(weeks, min(params.compared, len(weeks)), replace=False))
    (bank,) = pipeline.read_matrix(schema.FeatureMatrix, [drawn], without=(KEY,))
    return InjectInputs(
        Known(
            customers=pipeline.read(data_schema.LibraryCustomers),
            accounts=pipeline.read(data_schema.LibraryAccounts),
            transactions=pipeline.read(data_schema.LibraryTransactions),
            tags=pipeline.read(data_schema.LibraryTags),
            weekly=pipeline.read(data_schema.LibraryIndicators),
            devices=pipeline.read(data_schema.LibraryDevices),
            dispositions=data_schema.Dispositions.empty(),  # nobody is reported in a library
        ),
        pipeline.read(data_schema.LibraryPeriods),
        pipeline.read(data_schema.LibraryMoments),
        bank,
    )


def main() -> None:
    """Write the library's examples and what became of it."""
    params = pipeline.params("inject", Params)
    building, trails = (
        pipeline.params("build", build.Params),
        pipeline.params("observe.trails", TrailLimits),
    )
    table, made = inject(read_inputs(params), params, building, trails)
    pipeline.write(schema.LibraryExamples, table)
    pipeline.write_result(made)


if __name__ == "__main__":
    pipeline.run_stage("inject", main)
