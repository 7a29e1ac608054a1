"""Reports, devices and payments of tomorrow change no network feature of today."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import pipeline
from data.asof.network import TrailLimits
from features.build import Params
from features.network import FEATURES, Facts, Limits, graph_slices, transaction_features
from models.truth.graph_honesty import look_aheads
from models.zoo import Graph
from tests.property.worlds import AS_OF, FROM_THEN_ON, PAST, PEOPLE, drawn_bank, model_inputs, tags

NOW = AS_OF.tz_localize("UTC")
NAMES = [feature.name for feature in FEATURES]
HOUR_US = 3_600_000_000


def network_of(lines: list[tuple[Any, ...]], *reports: tuple[str, pd.Timestamp]) -> pd.DataFrame:
    """Network features by customer as of the moment."""
    inputs = model_inputs(drawn_bank(lines), tags(), reports)
    now = (inputs.subjects["as_of"] == NOW).to_numpy()
    return inputs.matrix.loc[now, NAMES].set_axis(inputs.subjects.loc[now, "customer_id"])


@settings(max_examples=10)
@given(past=PAST, later=st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), FROM_THEN_ON), max_size=4))
def test_a_report_filed_from_as_of_on_is_not_known(past, later) -> None:
    assert_frame_equal(network_of(past), network_of(past, *later), check_exact=True)


@pytest.mark.parametrize(("earlier_us", "steps"), [(0, 2), (1, 1)])
def test_a_report_counts_from_the_moment_it_is_known(earlier_us, steps) -> None:
    """Anna pays dora, whose report becomes known at the moment of scoring or just before.

    Without it the nearest is carl, whose phone was ben's, who lives with anna.
    """
    lines = [("2025-03-05 10:00", "anna", "dora", 500)]
    known = AS_OF - pd.Timedelta(microseconds=earlier_us)
    found = network_of(lines, ("dora", known)).loc[100]
    assert found["report_distance_steps"] == steps
    assert found["reported_counterparty_count_28d"] == (steps == 1)


def test_devices_are_those_used_in_the_days_before() -> None:
    """Ben gave his phone to carl and shares dora's tablet: two strangers' devices, one other each."""
    lines = [("2025-03-05 10:00", "ben", "carl", 500), ("2025-03-05 11:00", "dora", "anna", 500)]
    found = network_of(lines)
    assert found["device_customer_count_28d"].to_dict() == {100: 0, 101: 1, 102: 1, 103: 1}
    assert found["device_counterparty_count_28d"].to_dict() == {100: 0, 101: 1, 102: 1, 103: 0}
    assert found["reported_sharer_count"].to_dict() == {100: 0, 101: 1, 102: 0, 103: 0}
    assert found["report_distance_steps"].to_dict() == {100: 2, 101: 1, 102: 4, 103: 2}


# ------------------------------------------------------------ transaction unit

ROWS = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 6), st.integers(0, 60), st.sampled_from([10_000, 9_500, 9_100, 500])
    ),
    min_size=1,
    max_size=30,
)


def features_of(rows: list[tuple[Any, ...]], facts: Facts | None = None) -> pd.DataFrame:
    payer, payee, hour, cents = np.array(rows, np.int64).T
    limits: Limits = pipeline.params("build", Params).network
    trails = pipeline.params("observe.trails", TrailLimits)
    return transaction_features(payer, payee, hour * HOUR_US, cents, 7, limits, trails, facts)


@given(rows=ROWS, moment=st.integers(0, 60))
def test_a_payment_is_told_from_strictly_earlier_ones(rows, moment) -> None:
    """Delete everything later than a moment, and of that moment all but one payment."""
    whole = features_of(rows)
    for number, row in enumerate(rows):
        if row[2] != moment:
            continue
        earlier = [other for other, payment in enumerate(rows) if payment[2] < moment]
        alone = features_of([*(rows[other] for other in earlier), row])
        expected = whole.iloc[[*earlier, number]].reset_index(drop=True)
        assert_frame_equal(alone.tail(1), expected.tail(1), check_exact=True)


@given(rows=ROWS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_payments_changes_nothing(rows, seed) -> None:
    mixed = np.random.default_rng(seed).permutation(len(rows))
    one, other = features_of(rows), features_of([rows[place] for place in mixed])
    assert_frame_equal(one.iloc[mixed].reset_index(drop=True), other, check_exact=True)


def test_both_ends_of_a_payment_are_told_as_of_it() -> None:
    """0 pays 1, 1 pays 2, 2 pays 0: the third payment closes the ring; before it nobody knew."""
    rows = [(0, 1, 1, 10_000), (1, 2, 2, 9_900), (2, 0, 30, 9_800), (0, 3, 31, 500), (4, 4, 32, 500)]
    facts = Facts(reported=np.array([1]), reported_at=np.array([20 * HOUR_US]))
    found = features_of(rows, facts)
    assert found["cycle_count"].tolist() == [0, 0, 1, 0, 0]
    assert found["cycle_hops"].tolist() == [0, 0, 3, 0, 0]
    np.testing.assert_allclose(found["cycle_kept_share"], [0, 0, 0.98, 0, 0], rtol=1e-6)
    assert found["chain_hops"].tolist() == [1, 2, 3, 1, 0]
    assert found["payer_cycle_count_28d"].tolist() == [0, 0, 0, 1, 0]
    assert found["payer_in_degree_7d"].tolist() == [0, 1, 1, 1, 0]
    assert found["payee_out_degree_7d"].tolist() == [0, 0, 1, 0, 0]
    assert found["out_port"].tolist() == [1, 1, 1, 2, 0]
    # Midnight of the second day knows the first two payments and the report.
    assert found["payer_report_distance_steps"].tolist() == [4, 4, 1, 1, 4]


def test_a_slice_of_the_graph_ends_strictly_before_its_moment() -> None:
    at = pd.to_datetime(
        ["2025-02-09T23:59", "2025-02-10T00", "2025-03-09T23:59:59.999999", "2025-03-10T00"],
        format="ISO8601",
        utc=True,
    )
    slices = graph_slices(pd.DataFrame({"at": at.as_unit("us")}), pd.DatetimeIndex([NOW]).as_unit("us"), 28)
    assert slices[["first_edge", "end_edge"]].to_numpy().tolist() == [[1, 3]]


@given(
    hours=st.lists(st.integers(0, 24 * 60), max_size=60).map(sorted),
    moments=st.lists(st.integers(0, 24 * 60), min_size=1, max_size=6, unique=True).map(sorted),
    days=st.integers(1, 40),
)
def test_no_slice_of_any_bank_looks_ahead_or_leaves_out_what_it_may_see(hours, moments, days) -> None:
    """Counted by the time of every payment, not by where a slice ends."""
    at, as_of = (
        pd.DatetimeIndex(pd.to_datetime(values, unit="h", utc=True)).as_unit("us")
        for values in (hours, moments)
    )
    edges = pd.DataFrame({"at": at})
    slices = graph_slices(edges, as_of, days)
    assert look_aheads(Graph(pd.DataFrame(), edges, slices)) == 0
    for row in slices.itertuples():
        may_see = (at < row.as_of) & (at >= row.as_of - pd.Timedelta(days=days))
        assert np.flatnonzero(may_see).tolist() == list(range(row.first_edge, row.end_edge))
    later = Graph(pd.DataFrame(), edges, slices.assign(end_edge=len(edges)))
    assert look_aheads(later) == sum(int((at >= moment).sum()) for moment in as_of)
