"""Folds in time: each learns before an embargo, from what was known when its judged weeks begin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.world.calendar import Span, periods
from models.folds import dealt
from models.split import FoldPlan, Params, fold_weeks, folds, split
from models.zoo import MODELS, start_of

DAY = pd.Timedelta(days=1)
SPAN = Span(warm_up_weeks=2, train_weeks=8, embargo_weeks=2, validation_weeks=2, test_weeks=2)
BEGIN = pd.Timestamp("2025-01-06", tz="UTC").as_unit("us")
CALENDAR = periods(BEGIN.value // 1_000, SPAN)
MONDAYS = [BEGIN + number * 7 * DAY for number in range(16)]
PLAN = FoldPlan(earlier=2, judged_weeks=2, embargo_weeks=1)
PARAMS = Params(unreviewed_weight=0.3, maturity_days=60, folds=PLAN)


def everybody(customers: int = 3) -> pd.DataFrame:
    """One subject a customer and week, numbered week by week."""
    rows = [(customer, monday) for monday in MONDAYS[2:] for customer in range(1, customers + 1)]
    table = pd.DataFrame(rows, columns=["customer_id", "as_of"])
    table.insert(0, "subject_id", np.arange(1, len(table) + 1))
    return table


def reports(*rows: tuple[int, int, pd.Timestamp]) -> pd.DataFrame:
    """Labels of value 1: customer, week of the event, known_at."""
    table = pd.DataFrame(rows, columns=["customer_id", "week", "known_at"])
    table["event_at"] = [MONDAYS[week] for week in table.pop("week")]
    table[["source", "value", "weight"]] = "disposition", 1.0, 1.0
    return table.astype({"event_at": "datetime64[us, UTC]", "known_at": "datetime64[us, UTC]"})


ALWAYS = [(1, week, MONDAYS[week]) for week in range(16)]  # customer 1, known at once


def made(labels: pd.DataFrame, params: Params = PARAMS) -> tuple[pd.DataFrame, pd.DataFrame]:
    table, _ = split(everybody(), labels, CALENDAR, 7, params)
    return table, folds(table, labels, CALENDAR, 7, params)


def test_the_last_weeks_of_training_are_judged_in_turn_and_then_validation() -> None:
    first, second, last = fold_weeks(CALENDAR, PLAN)
    assert (first.learns_before, first.starts_at, first.ends_at) == (MONDAYS[5], MONDAYS[6], MONDAYS[8])
    assert (second.learns_before, second.starts_at, second.ends_at) == (MONDAYS[7], MONDAYS[8], MONDAYS[10])
    assert (last.learns_before, last.starts_at, last.ends_at) == (MONDAYS[10], MONDAYS[12], MONDAYS[14])


def test_a_stretch_with_no_week_before_it_is_left_out() -> None:
    plan = FoldPlan(earlier=4, judged_weeks=2, embargo_weeks=1)
    assert [weeks.starts_at for weeks in fold_weeks(CALENDAR, plan)] == [
        MONDAYS[number] for number in (4, 6, 8, 12)
    ]


def test_nobody_is_learnt_from_within_the_embargo_nor_from_the_future() -> None:
    table, found = made(reports(*ALWAYS))
    moment = table.set_index("subject_id")["as_of"]
    for (number, role), rows in found.groupby(["fold", "role"]):
        weeks = sorted({(at - BEGIN) // (7 * DAY) for at in moment[rows["subject_id"]]})
        expected = {
            (0, "learn"): range(2, 5),
            (0, "judged"): range(6, 8),
            (1, "learn"): range(2, 7),
            (1, "judged"): range(8, 10),
            (2, "learn"): range(2, 10),
            (2, "judged"): range(12, 14),
        }[number, role]
        assert weeks == list(expected)


def test_a_fold_learns_from_what_was_known_when_its_judged_weeks_begin_and_is_judged_by_more() -> None:
    late = MONDAYS[6] + pd.Timedelta(microseconds=1)
    labels = reports(*ALWAYS, (2, 3, MONDAYS[6]), (3, 3, late), (3, 7, MONDAYS[13]), (2, 7, MONDAYS[15]))
    table, found = made(labels)
    first = dealt(table, found)[0]

    def believed(side: pd.DataFrame, customer: int, week: int) -> float:
        is_it = (side["customer_id"] == customer) & (side["as_of"] == MONDAYS[week])
        return float(side.loc[is_it, "label"].item())

    assert believed(first.learn, 2, 3) == 1
    assert believed(first.learn, 3, 3) == 0, "known a microsecond after the judged weeks began"
    assert believed(first.judged, 3, 7) == 1, "known before the test"
    assert believed(first.judged, 2, 7) == 0, "known after the test began"


def test_the_last_fold_is_training_and_validation_themselves() -> None:
    table, found = made(reports(*ALWAYS, (2, 4, MONDAYS[11]), (3, 12, MONDAYS[13])))
    last = dealt(table, found)[-1]
    for side, role in ((last.learn, "train"), (last.judged, "validation")):
        assert set(side["role"]) == {role}
        mine = table[table["role"] == role].reset_index(drop=True)
        pd.testing.assert_frame_equal(side[mine.columns], mine)


def test_a_fold_that_lacks_a_suspicious_subject_on_a_side_is_left_out() -> None:
    table, found = made(
        reports((1, 8, MONDAYS[8]), (1, 9, MONDAYS[9]), (1, 12, MONDAYS[12]), (1, 14, MONDAYS[14]))
    )
    assert found["fold"].unique().tolist() == [0]
    (only,) = dealt(table, found)
    assert only.judged["as_of"].min() == MONDAYS[12]


# -------------------------------------------------------------------- start


def settings_with(start: dict[str, Any]) -> Any:
    return pipeline.params("models.lightgbm", MODELS["lightgbm"].settings).model_copy(update={"start": start})


START = {
    "trees": 100,
    "learning_rate": 0.1,
    "num_leaves": 10**6,
    "min_sum_hessian_in_leaf": 5,
    "lambda_l2": 10,
    "feature_fraction": 0.5,
    "positive_weight": 0.5,
}


def test_a_start_is_the_choice_and_a_value_beyond_its_range_is_the_nearer_end() -> None:
    settings = settings_with(START)
    choice = start_of(MODELS["lightgbm"], settings, "here")
    assert choice is not None
    assert (choice["trees"], choice["learning_rate"]) == (100, 0.1)
    assert choice["num_leaves"] == settings.num_leaves[1]
    assert choice["positive_weight"] == settings.positive_weight[0]
    assert isinstance(choice["lambda_l2"], float)


def test_no_start_is_no_choice() -> None:
    assert start_of(MODELS["lightgbm"], settings_with({}), "here") is None


def test_a_start_that_lacks_a_name_or_has_one_too_many_is_refused() -> None:
    lacking = {name: value for name, value in START.items() if name != "lambda_l2"}
    with pytest.raises(pipeline.BadInput, match=r"here\.start: .* lambda_l2 is missing"):
        start_of(MODELS["lightgbm"], settings_with(lacking), "here")
    with pytest.raises(pipeline.BadInput, match=r"here\.start: depth is not searched"):
        start_of(MODELS["lightgbm"], settings_with(START | {"depth": 3}), "here")
