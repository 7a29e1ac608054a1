"""Hits and decisions become labels: dated, with what was known by then and nothing later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.label import Params, flagged_moments, label
from data.labels.ballots import with_decision
from data.schema import DECIDED, Labels
from models.split import FoldPlan, known_label
from models.split import Params as SplitParams
from tests.spec.labelling import NONE_GIVEN, PARAMS, at, dated, dispositions, flagged

FOLDS = FoldPlan(earlier=0, judged_weeks=1, embargo_weeks=0)


def test_every_flagged_moment_votes_and_every_decision_is_a_label_with_its_own_date() -> None:
    told = dispositions(
        (1, "2025-03-01", "alert", "2025-03-09", "reported"),
        (2, "2025-03-02", "below_line", "2025-03-05", "case"),
        (9, "2025-03-03", "random", "2025-03-04", "dismissed"),
    )
    table = label(
        flagged((1, "2025-03-01"), (2, "2025-03-02")), np.array([0.1, 0.2]), told, NONE_GIVEN, PARAMS
    )
    rows = Labels.validate(table)[["customer_id", "source", "known_at", "value", "weight"]]
    assert [tuple(row) for row in rows.itertuples(index=False)] == [
        (1, "disposition", at("2025-03-09"), 1.0, 1.0),
        (1, "rule_vote", at("2025-03-01"), 0.1, 0.3),
        (2, "below_line_review", at("2025-03-05"), 0.0, 1.0),
        (2, "rule_vote", at("2025-03-02"), 0.2, 0.3),
        (9, "random_review", at("2025-03-04"), 0.0, 1.0),
    ]


def test_an_alert_that_nobody_reviewed_is_no_negative() -> None:
    waiting = dispositions((1, "2025-03-01", "alert", None, "unreviewed"))
    table = label(flagged((1, "2025-03-01")), np.array([0.1]), with_decision(waiting), NONE_GIVEN, PARAMS)
    assert table["source"].tolist() == ["rule_vote"]


def test_labels_that_a_data_set_brings_replace_decisions_and_stand_alone() -> None:
    """Votes are kept to rank the rulebook, but they speak for no subject."""
    brought = dated(
        pd.DataFrame(
            [(5, "2025-03-01", "2025-03-01", 1.0)], columns=["customer_id", "event_at", "known_at", "value"]
        ),
        "event_at",
        "known_at",
    )
    told = dispositions((1, "2025-03-01", "alert", "2025-03-02", "reported"))
    table = label(flagged((1, "2025-03-01")), np.array([0.1]), told, brought, PARAMS)
    assert sorted(zip(table["customer_id"], table["source"], strict=True)) == [(1, "rule_vote"), (5, "given")]
    people = dated(
        pd.DataFrame({"subject_id": [1, 2], "customer_id": [1, 5], "as_of": ["2025-03-03"] * 2}), "as_of"
    )
    split = SplitParams(unreviewed_weight=0.3, maturity_days=60, folds=FOLDS)
    known = known_label(people, table, at("2025-06-01"), 28, split)
    assert known["label_source"].tolist() == ["unreviewed", "given"]


def test_alerts_above_and_below_the_line_are_flagged_in_order() -> None:
    above, below = flagged((1, "2025-03-01"), (2, "2025-03-03")), flagged((3, "2025-03-02"))
    above["alert_id"], below["alert_id"] = [1, 3], [2]
    found = flagged_moments(above, below)
    assert found["customer_id"].tolist() == [1, 3, 2]
    assert found["source"].tolist() == ["rule_vote", "below_line_vote", "rule_vote"]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "majority"},
        {"refit_days": 0},
        {"least_belief": 0.6},
        {"prior_sweep": []},
        {"vote_weight": 0},
    ],
)
def test_impossible_parameters_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(pipeline.BadInput, match=next(iter(change))):
        pipeline.parse(Params, PARAMS.model_dump() | change, "params.yaml: label")


def test_an_unknown_label_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        pipeline.BadInput, match="'majority', expected one of: any_rule, weighted_vote, dawid_skene"
    ):
        pipeline.parse(Params, PARAMS.model_dump() | {"model": "majority"}, "params.yaml: label")


def test_every_decided_outcome_is_a_decision() -> None:
    table = pd.DataFrame({"outcome": [*DECIDED, "unreviewed"]})
    assert with_decision(table)["outcome"].tolist() == list(DECIDED)
