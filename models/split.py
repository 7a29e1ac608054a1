"""Stage split: give each subject its role in time and in the folds, and the label known by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import pairs_within, period_of
from features import schema as features_schema
from models import schema
from models.budget import Budget
from parameters import Positive

# Later in the list speaks louder: a human decision outweighs a rule's vote.
LOUDNESS = {"unreviewed": 0, "below_line_vote": 1, "rule_vote": 1} | dict.fromkeys(
    ("random_review", "below_line_review", "disposition", "given"), 2
)


class FoldPlan(pipeline.Parameters):
    """Section ``split.folds``: the stretches of the training weeks that are judged before validation."""

    earlier: int = Field(ge=0, le=50)
    judged_weeks: int = Field(ge=1, le=520)
    embargo_weeks: int = Field(ge=0, le=520)


class Params(pipeline.Parameters):
    """Section ``split`` of params.yaml."""

    unreviewed_weight: Positive
    maturity_days: int = Field(ge=0, le=36_500)
    folds: FoldPlan


def known_label(
    subjects: pd.DataFrame, labels: pd.DataFrame, known_by: pd.Timestamp, window_days: int, params: Params
) -> pd.DataFrame:
    """Label, weight, source and event of each subject from what was known by a moment.

    A label speaks for a subject whose as_of is less than ``window_days`` after its
    event. The loudest source decides; within it the most suspicious label does, and of
    equal ones that of the latest event. Labels that a data set brings stand alone.
    """
    known = labels[labels["known_at"] <= known_by]
    if (labels["source"] == "given").any():
        known = known[known["source"] == "given"]
    asked = subjects[["subject_id", "customer_id", "as_of"]]
    pairs = pairs_within(known.assign(at=known["event_at"]), asked, window_days, at_now=True)
    pairs = pairs.assign(loudness=pairs["source"].map(LOUDNESS))
    order = ["subject_id", "loudness", "value", "event_at", "source"]
    best = pairs.sort_values(order, kind="stable").drop_duplicates("subject_id", keep="last")
    best = best.set_index("subject_id").reindex(subjects["subject_id"])
    return pd.DataFrame(
        {
            "label": best["value"].fillna(0.0).to_numpy(),
            "weight": best["weight"].fillna(params.unreviewed_weight).to_numpy(),
            "label_source": best["source"].fillna("unreviewed").to_numpy(),
            "label_event_at": best["event_at"].array,
        },
        index=subjects.index,
    )


def split(
    subjects: pd.DataFrame, labels: pd.DataFrame, periods: pd.DataFrame, window_days: int, params: Params
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The Split table, and the subjects without a role (embargo)."""
    bounds = periods.set_index("name")
    known_by = {
        "train": bounds.loc["validation", "starts_at"],
        "validation": bounds.loc["test", "starts_at"],
        "test": bounds.loc["test", "ends_at"] + pd.Timedelta(days=params.maturity_days),
    }
    role = period_of(subjects["as_of"], periods)
    parts = []
    for name, moment in known_by.items():
        chosen = subjects.loc[role == name, ["subject_id", "customer_id", "as_of"]]
        parts.append(chosen.assign(role=name).join(known_label(chosen, labels, moment, window_days, params)))
    table = pd.concat(parts).sort_values("subject_id", kind="stable", ignore_index=True)
    for name in known_by:
        of_role = table[table["role"] == name]
        if not np.any(of_role["label"] >= 0.5):
            raise pipeline.BadInput(
                f"{data_schema.Labels.__name__}: no suspicious {name} subject is known by "
                f"{known_by[name]:%Y-%m-%d}, expected at least one"
            )
    return table, subjects[~role.isin(list(known_by))]


@dataclass(frozen=True)
class FoldWeeks:
    """Weeks that one fold judges, and the moment before which the weeks lie that it learns from."""

    learns_before: pd.Timestamp
    starts_at: pd.Timestamp
    ends_at: pd.Timestamp


def fold_weeks(periods: pd.DataFrame, plan: FoldPlan) -> list[FoldWeeks]:
    """The folds in order of time: the last weeks of training in equal stretches, then validation.

    A stretch that nothing would be left to learn from is left out.
    """
    bounds = periods.set_index("name")
    begins, ends = bounds.loc["train", ["starts_at", "ends_at"]]
    length, embargo = (pd.Timedelta(weeks=weeks) for weeks in (plan.judged_weeks, plan.embargo_weeks))
    found = []
    for left in range(plan.earlier, 0, -1):
        starts_at = ends - left * length
        if starts_at - embargo > begins:
            found.append(FoldWeeks(starts_at - embargo, starts_at, starts_at + length))
    validation = bounds.loc["validation"]
    return [*found, FoldWeeks(ends, validation["starts_at"], validation["ends_at"])]


def folds(
    table: pd.DataFrame, labels: pd.DataFrame, periods: pd.DataFrame, window_days: int, params: Params
) -> pd.DataFrame:
    """The Folds table of a Split table; a fold that lacks a suspicious subject on either side is left out.

    The last fold is never lacking, for `split` refuses what it would lack.
    """
    tested_at = periods.set_index("name").loc["test", "starts_at"]
    mine = table[table["role"] != "test"]
    parts: list[pd.DataFrame] = []
    number = 0
    for stretch in fold_weeks(periods, params.folds):
        sides = {
            "learn": ((mine["role"] == "train") & (mine["as_of"] < stretch.learns_before), stretch.starts_at),
            "judged": (mine["as_of"].between(stretch.starts_at, stretch.ends_at, "left"), tested_at),
        }
        fold = []
        for role, (chosen, known_by) in sides.items():
            subjects = mine.loc[chosen, ["subject_id", "customer_id", "as_of"]]
            known = known_label(subjects, labels, known_by, window_days, params)
            fold.append(subjects[["subject_id"]].assign(role=role).join(known[["label", "weight"]]))
        if all((side["label"] >= 0.5).any() for side in fold):
            parts += [side.assign(fold=number) for side in fold]
            number += 1
    columns = ["fold", "subject_id", "role", "label", "weight"]
    return pd.concat(parts, ignore_index=True)[columns]


def main() -> None:
    """Write the split and the folds."""
    columns = ["subject_id", "customer_id", "as_of"]
    labels, periods = pipeline.read(data_schema.Labels), pipeline.read(data_schema.Periods)
    days, params = pipeline.params("budget", Budget).label_window_days, pipeline.params("split", Params)
    subjects = pipeline.read(features_schema.Subjects, columns=columns)
    table, unused = split(subjects, labels, periods, days, params)
    dealt = folds(table, labels, periods, days, params)
    if (lacking := params.folds.earlier + 1 - dealt["fold"].nunique()) > 0:
        pipeline.say(f"{lacking} earlier folds lack weeks or suspicious subjects and are left out")
    pipeline.set_aside(unused, "split", "between training and validation, where labels mature")
    pipeline.write(schema.Split, table)
    pipeline.write(schema.Folds, dealt)


if __name__ == "__main__":
    pipeline.run_stage("split", main)
