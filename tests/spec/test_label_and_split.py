"""Labels are dated, and used only when they were known; a quiet rule raises no alert."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.alert import alerts, suppressed
from data.asof import period_of
from data.world.calendar import Span, periods
from models.split import FoldPlan, known_label, split
from models.split import Params as SplitParams

MICRO = pd.Timedelta(microseconds=1)
DAY = pd.Timedelta(days=1)
FOLDS = FoldPlan(earlier=0, judged_weeks=1, embargo_weeks=0)
SPLIT = SplitParams(unreviewed_weight=0.3, maturity_days=60, folds=FOLDS)


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def labels(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows (customer, event_at, known_at, source, value)."""
    table = pd.DataFrame(rows, columns=["customer_id", "event_at", "known_at", "source", "value"])
    for column in ("event_at", "known_at"):
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    return table.assign(weight=1.0)


def subjects(*rows: tuple[int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "as_of"])
    table["as_of"] = pd.to_datetime(table["as_of"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    table.insert(0, "subject_id", np.arange(1, len(table) + 1))
    return table


def believed(known_by: pd.Timestamp, *rows: tuple[Any, ...], as_of: str = "2025-03-10") -> tuple[float, str]:
    (row,) = known_label(subjects((1, as_of)), labels(*rows), known_by, 28, SPLIT).itertuples(index=False)
    return row.label, row.label_source


# ------------------------------------------------------------- known labels


def test_a_decision_known_a_microsecond_after_the_cut_off_is_invisible() -> None:
    known = at("2025-05-01")
    decision = (1, "2025-03-05", known, "disposition", 1.0)
    assert believed(known, decision) == (1.0, "disposition")
    assert believed(known - MICRO, decision) == (0.0, "unreviewed")


def test_a_label_speaks_from_its_event_on_for_less_than_the_window() -> None:
    for event, speaks in (
        ("2025-03-10", True),  # at as_of: it was judged on what happened before
        ("2025-03-10 00:00:00.000001", False),
        ("2025-02-10 00:00:00.000001", True),
        ("2025-02-10", False),  # exactly 28 days before
    ):
        source = believed(at("2025-06-01"), (1, event, event, "disposition", 1.0))[1]
        assert (source == "disposition") == speaks, event


def test_a_label_speaks_for_its_own_customer_only() -> None:
    assert believed(at("2025-06-01"), (2, "2025-03-05", "2025-03-06", "disposition", 1.0))[0] == 0


@pytest.mark.parametrize("louder", ["disposition", "below_line_review", "random_review", "given"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_human_decision_outweighs_a_rule_vote(louder: str, order: int) -> None:
    rows = [
        (1, "2025-03-05", "2025-03-05", "rule_vote", 0.9),
        (1, "2025-03-04", "2025-03-09", louder, 0.0),
    ][::order]
    assert believed(at("2025-06-01"), *rows) == (0.0, louder)


@pytest.mark.parametrize("order", [1, -1])
def test_of_equally_loud_labels_the_most_suspicious_counts(order: int) -> None:
    rows = [
        (1, "2025-03-05", "2025-03-08", "disposition", 1.0),
        (1, "2025-03-07", "2025-03-09", "random_review", 0.0),
    ][::order]
    assert believed(at("2025-06-01"), *rows) == (1.0, "disposition")


def test_a_decision_that_comes_later_replaces_the_vote_only_once_it_is_known() -> None:
    rows = [
        (1, "2025-03-05", "2025-03-05", "rule_vote", 0.4),
        (1, "2025-03-05", "2025-04-20", "disposition", 0.0),
    ]
    assert believed(at("2025-04-19"), *rows) == (0.4, "rule_vote")
    assert believed(at("2025-04-20"), *rows) == (0.0, "disposition")


def test_nobody_ever_complained_is_a_weak_negative() -> None:
    table = known_label(subjects((1, "2025-03-10")), labels(), at("2025-06-01"), 28, SPLIT)
    assert table.drop(columns="label_event_at").iloc[0].to_dict() == {
        "label": 0.0,
        "weight": 0.3,
        "label_source": "unreviewed",
    }
    assert table["label_event_at"].isna().all()


def test_a_label_says_what_it_speaks_of_and_of_equal_ones_the_latest_event() -> None:
    told = labels(
        (1, "2025-03-08", "2025-03-09", "disposition", 1.0),
        (1, "2025-03-03", "2025-03-09", "disposition", 1.0),
        (1, "2025-03-09", "2025-03-09", "disposition", 0.0),
    )
    table = known_label(subjects((1, "2025-03-10")), told, at("2025-06-01"), 28, SPLIT)
    assert table["label_event_at"].tolist() == [at("2025-03-08")]


# -------------------------------------------------------------------- split

SPAN = Span(warm_up_weeks=2, train_weeks=3, embargo_weeks=2, validation_weeks=2, test_weeks=2)
CALENDAR = periods(int(at("2025-01-06").as_unit("us").value // 1_000), SPAN)
MONDAYS = pd.date_range("2025-01-06", periods=12, freq="7D").strftime("%Y-%m-%d")


def test_a_moment_belongs_to_the_period_that_begins_with_it() -> None:
    moments = pd.Series(pd.to_datetime(MONDAYS, utc=True))
    assert period_of(moments, CALENDAR).tolist() == [
        *["warm_up"] * 2, *["train"] * 3, *["embargo"] * 2, *["validation"] * 2, *["test"] * 2, ""
    ]  # fmt: skip
    (edge,) = period_of(moments[5:6] - MICRO, CALENDAR)
    assert edge == "train"


def reported(known_at: pd.Timestamp, event_at: str) -> tuple[Any, ...]:
    return (1, event_at, known_at, "disposition", 1.0)


def test_subjects_of_the_embargo_have_no_role() -> None:
    """Their labels would mature while the model is already judged."""
    people = subjects(*[(1, monday) for monday in MONDAYS[2:11]])
    always = labels(*[reported(at(monday), monday) for monday in MONDAYS])
    table, unused = split(people, always, CALENDAR, 28, SPLIT)
    assert table["role"].value_counts().to_dict() == {"train": 3, "validation": 2, "test": 2}
    assert unused["as_of"].tolist() == [at(MONDAYS[5]), at(MONDAYS[6])]
    assert table["subject_id"].is_monotonic_increasing


def test_each_role_sees_what_was_known_when_it_is_used() -> None:
    """Training: by the start of validation; validation: of the test; test: after maturity."""
    cut_off = {
        "train": at("2025-02-24"),
        "validation": at("2025-03-10"),
        "test": at("2025-03-24") + 60 * DAY,
    }
    moment = {"train": MONDAYS[4], "validation": MONDAYS[8], "test": MONDAYS[10]}
    people = subjects(*[(number, monday) for monday in moment.values() for number in (1, 2)])
    rows = []
    for role, known_by in cut_off.items():
        rows.append((1, moment[role], known_by, "disposition", 1.0))
        rows.append((2, moment[role], known_by + MICRO, "disposition", 1.0))
    table, _ = split(people, labels(*rows), CALENDAR, 1, SPLIT)
    for role in cut_off:
        mine = table[table["role"] == role].set_index("customer_id")["label"]
        assert mine.to_dict() == {1: 1.0, 2: 0.0}, role


def test_a_role_without_any_suspicious_subject_is_bad_input() -> None:
    people = subjects(*[(1, monday) for monday in MONDAYS[2:11]])
    early = labels(reported(at(MONDAYS[3]), MONDAYS[3]))
    with pytest.raises(pipeline.BadInput, match="no suspicious validation subject is known by 2025-03-10"):
        split(people, early, CALENDAR, 7, SPLIT)


# ------------------------------------------------------------ suppression


def test_a_rule_is_quiet_for_its_days_after_a_kept_hit_of_the_customer() -> None:
    rows = [(1, 0, "R01"), (1, 29, "R01"), (1, 30, "R01"), (1, 31, "R06"), (2, 1, "R01"), (1, 59, "R01")]
    hits = pd.DataFrame(rows, columns=["customer_id", "day", "rule_id"])
    hits["hit_at"] = (at("2025-03-01") + pd.to_timedelta(hits["day"], unit="D")).astype("datetime64[us, UTC]")
    hits["amount_cents"] = pd.array([None] * len(hits), "Int64")
    rule: Any = SimpleNamespace(suppress_days=30, growth=0.5)
    assert suppressed(hits, {"R01": rule, "R06": rule}).tolist() == [False, True, False, False, False, True]


def test_a_quiet_rule_speaks_again_when_the_money_has_grown_by_half_since_its_last_alert() -> None:
    amounts = [(0, 1_000), (1, 1_499), (2, 1_500), (3, 2_249), (4, 2_250), (5, 900)]
    hits = pd.DataFrame(amounts, columns=["day", "amount_cents"]).astype({"amount_cents": "Int64"})
    hits["hit_at"] = (at("2025-03-01") + pd.to_timedelta(hits["day"], unit="D")).astype("datetime64[us, UTC]")
    hits = hits.assign(customer_id=1, rule_id="R01")
    rule: Any = SimpleNamespace(suppress_days=30, growth=0.5)
    assert suppressed(hits, {"R01": rule}).tolist() == [False, True, False, True, False, True]


def test_a_hit_about_no_money_has_not_grown_and_the_rule_stays_quiet() -> None:
    amounts = [(0, 0), (1, 0), (2, 0), (3, 900), (4, 900)]
    hits = pd.DataFrame(amounts, columns=["day", "amount_cents"]).astype({"amount_cents": "Int64"})
    hits["hit_at"] = (at("2025-03-01") + pd.to_timedelta(hits["day"], unit="D")).astype("datetime64[us, UTC]")
    hits = hits.assign(customer_id=1, rule_id="R01")
    rule: Any = SimpleNamespace(suppress_days=30, growth=0.5)
    assert suppressed(hits, {"R01": rule}).tolist() == [False, True, True, False, True]


def test_an_alert_holds_all_rules_of_a_customer_and_day() -> None:
    hits = pd.DataFrame({"customer_id": [1, 1, 2], "rule_id": ["R01", "R06", "R06"]})
    hits["hit_at"] = at("2025-03-01")
    table = alerts(hits)
    assert table[["customer_id", "rule_ids", "rule_count"]].to_numpy().tolist() == [
        [1, "R01 R06", 2],
        [2, "R06", 1],
    ]
