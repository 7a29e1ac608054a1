"""Nothing at or after as_of changes what is said of as_of: not one bit of any model input.

The stages are run on two ledgers that agree before as_of and differ in any way from it
on, at the very moment of as_of as well. Everything dated up to as_of must be the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from explain.narrative import narrative
from tests.property.worlds import (
    AS_OF,
    FROM_THEN_ON,
    FUTURE,
    PAST,
    PEOPLE,
    Inputs,
    drawn_bank,
    model_inputs,
    tags,
)
from tests.spec.case_bank import party_of
from tests.spec.ledger import bank, observed

NOW = AS_OF.tz_localize("UTC")
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(sorted(PEOPLE)), st.sampled_from(["student", "retired", "unemployed"]), FROM_THEN_ON
    ),
    max_size=2,
    unique_by=lambda change: (change[0], change[2]),
)


def seen_by(inputs: Inputs, moment: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """All that may be looked at for queries up to a moment: rows, lines and graph slices."""
    subjects = inputs.subjects[inputs.subjects["as_of"] <= moment]
    matrix = inputs.matrix[inputs.matrix["subject_id"].isin(subjects["subject_id"])]
    slices = inputs.slices[inputs.slices["as_of"] <= moment]
    lines = [
        inputs.line.iloc[row.token_first : row.token_end].assign(subject_id=row.subject_id)
        for row in subjects.itertuples()
    ]
    graph = [
        inputs.edges.iloc[row.first_edge : row.end_edge].assign(as_of=row.as_of)
        for row in slices.itertuples()
    ]
    return {
        "daily": inputs.daily[inputs.daily["as_of"] <= moment],
        "weekly": inputs.weekly[inputs.weekly["as_of"] <= moment],
        "subjects": subjects[["subject_id", "customer_id", "as_of"]],
        "matrix": matrix,
        "lines": pd.concat(lines) if lines else pd.DataFrame(),
        "graph": pd.concat(graph) if graph else pd.DataFrame(),
        "nodes": inputs.nodes,
    }


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name, frame in one.items():
        assert_frame_equal(
            frame.reset_index(drop=True), other[name].reset_index(drop=True), check_exact=True, obj=name
        )


@given(past=PAST, one=FUTURE, other=FUTURE, changes=CHANGES)
def test_whatever_happens_from_as_of_on_leaves_every_model_input_as_it_was(past, one, other, changes) -> None:
    first = seen_by(model_inputs(drawn_bank(past + one), tags()), NOW)
    second = seen_by(model_inputs(drawn_bank(past + other), tags(*changes)), NOW)
    assert_same(first, second)


@given(past=PAST, future=FUTURE)
def test_the_past_alone_gives_the_same_inputs_as_the_whole_history(past, future) -> None:
    """Deleting the future changes nothing."""
    whole = seen_by(model_inputs(drawn_bank(past + future), tags()), NOW)
    alone = seen_by(model_inputs(drawn_bank(past), tags()), NOW)
    assert_same(alone, whole)


def test_the_comparison_sees_a_payment_a_microsecond_before_as_of() -> None:
    """A probe of the probe: an event just before as_of must show in every kind of input."""
    past = [("2025-03-05 10:00", "eve", "anna", 1_000), ("2025-03-06 10:00", "anna", "ben", 900)]
    late = (AS_OF - pd.Timedelta(microseconds=1), "anna", "finn", 45.67)
    before = seen_by(model_inputs(drawn_bank(past), tags()), NOW)
    after = seen_by(model_inputs(drawn_bank([*past, late]), tags()), NOW)
    for name in ("daily", "weekly", "matrix", "lines", "graph"):
        assert not before[name].reset_index(drop=True).equals(after[name].reset_index(drop=True)), name
    changed = before["matrix"].ne(after["matrix"]) & before["matrix"].notna()
    assert {"out_count_7d", "line_gap_minutes_median"} <= set(changed.columns[changed.any()])


def test_a_tag_learnt_at_as_of_is_not_seen_and_one_learnt_before_is() -> None:
    past = [("2025-03-05 10:00", "eve", "anna", 1_000)]
    occupation = {}
    for moment in (AS_OF, AS_OF - pd.Timedelta(microseconds=1)):
        inputs = model_inputs(drawn_bank(past), tags(("anna", "student", moment)))
        now = inputs.subjects["as_of"] == NOW
        (value,) = inputs.matrix.loc[now, "occupation"]
        occupation[moment] = value
    assert occupation[AS_OF] == 3.0  # worker
    assert occupation[AS_OF - pd.Timedelta(microseconds=1)] == 0.0  # student


# ------------------------------------------------------------------- cases


@settings(max_examples=20)
@given(past=PAST, future=FUTURE, later=st.lists(FROM_THEN_ON, max_size=3))
def test_a_case_page_tells_nothing_that_was_not_known_at_its_alert(past, future, later) -> None:
    """No payment or hit of later days; later decisions stand apart and are no part of the draft."""
    hits = pd.DataFrame(
        {
            "customer_id": 100,
            "hit_at": [AS_OF, AS_OF - pd.Timedelta(days=3)],
            "rule_id": ["R01", "R06"],
        }
    )
    after = pd.DataFrame({"customer_id": 100, "hit_at": pd.to_datetime(later), "rule_id": "R06"})
    after = after[after["hit_at"] > AS_OF]
    words = {"stream": "alert", "reason": "known customer"}
    known_at = AS_OF - pd.Timedelta(microseconds=1)
    decided = pd.DataFrame(
        {"disposition_id": [1], "customer_id": 100, "event_at": known_at, "known_at": known_at}
    ).assign(outcome="dismissed", **words)
    news = pd.DataFrame(
        {"disposition_id": 2, "customer_id": 100, "event_at": AS_OF, "known_at": pd.to_datetime(later)}
    ).assign(outcome="reported", **words)
    alone = party_of(drawn_bank(past), 100, AS_OF, hits=hits, dispositions=decided)
    whole = party_of(
        drawn_bank(past + future),
        100,
        AS_OF,
        hits=pd.concat([hits, after]),
        dispositions=pd.concat([decided, news]),
    )
    assert {row.outcome for row in whole.later_decisions} <= {"reported"}
    assert alone == whole.model_copy(update={"later_decisions": []})
    day = AS_OF.strftime("%Y-%m-%d")
    assert narrative([alone], [], day, 28) == narrative([whole], [], day, 28)
    assert [entry.outcome for entry in alone.earlier_decisions] == ["dismissed"]
    assert {entry.rule_id for entry in alone.rule_hits} == {"R01", "R06"}


# ------------------------------------------------------------- what leaks


def test_what_the_data_set_offers_is_not_learnt_from_the_future(observe_params) -> None:
    past = [("2025-03-05 10:00", "eve", "anna", 1_000)]
    cash = ("2025-04-01 10:00", "cash@1", "anna", 500, "cash_deposit")
    seen = []
    for lines in (past, [*past, cash]):
        _, weekly = observed(bank(*lines, also=["cash@1"], anna="person"), observe_params)
        seen.append(weekly.loc[weekly["as_of"] <= NOW, "cash_in_amount_7d"].to_numpy())
    np.testing.assert_array_equal(*seen)


def test_a_relative_who_joins_later_does_not_enlarge_the_household_of_today() -> None:
    past = [("2025-03-05 10:00", "eve", "anna", 1_000)]
    sizes = []
    for joined in ("2020-01-01", "2025-04-01"):
        ledger = drawn_bank(past)
        is_ben = ledger.customers["customer_id"] == ledger.customer_id["ben"]
        ledger.customers.loc[is_ben, "joined_at"] = pd.Timestamp(joined, tz="UTC")
        inputs = model_inputs(ledger, tags())
        (size,) = inputs.matrix.loc[inputs.subjects["as_of"] == NOW, "household_size"]
        sizes.append(size)
    assert sizes == [2, 1]
