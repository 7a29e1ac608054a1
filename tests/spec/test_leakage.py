"""The nine leakage tests: what must tell nothing does, and each alarm rings where something leaks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.results.ladder import MaskCount
from models.truth.encoding import TargetEncoder, encoded_in_fold, integer_codes
from models.truth.graph_honesty import rewired, transductive, with_graph
from models.truth.leakage import (
    RAISED,
    Histories,
    auc_by_customer,
    changed_by_mask,
    encoder_of_noise,
    exchanged_within,
    risk_rating,
)
from models.zoo import Examples, Graph

TAG = "risk_rating"


def times(*moments: str) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(moments, tz="UTC").as_unit("us"))


def subjects(*rows: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [who for who, _ in rows], "as_of": times(*(at for _, at in rows))})


def histories(
    tags: list[tuple[int, str, str]], reports: list[tuple[int, str | None, str]] | None = None
) -> Histories:
    """``tags`` are (customer, value, valid from), ``reports`` (customer, known at, outcome)."""
    reports = reports or []
    return Histories(
        pd.DataFrame(
            {
                "customer_id": pd.array([who for who, *_ in tags], "int64"),
                "tag": TAG,
                "value": pd.Series([value for _, value, _ in tags], dtype=object),
                "valid_from": times(*(at for *_, at in tags)),
            }
        ),
        pd.DataFrame(
            {
                "customer_id": pd.array([who for who, *_ in reports], "int64"),
                "known_at": pd.to_datetime([at for _, at, _ in reports], utc=True).as_unit("us"),
                "outcome": pd.Series([outcome for *_, outcome in reports], dtype=object),
            }
        ),
    )


# ------------------------------------------------------- 4: a tag as of the day


def test_a_dated_rating_is_the_one_of_the_day_and_an_undated_one_todays() -> None:
    known = histories(
        [(1, "low", "2024-01-01"), (1, "medium", "2025-03-05"), (2, "low", "2024-01-01")],
        [(1, "2025-03-20", "reported"), (2, "2025-03-20", "dismissed")],
    )
    mine = subjects((1, "2025-03-03"), (1, "2025-03-10"), (1, "2025-03-24"), (2, "2025-03-24"))
    assert risk_rating(mine, known, TAG, is_dated=True).tolist() == [0, 1, RAISED, 0]
    assert risk_rating(mine, known, TAG, is_dated=False).tolist() == [RAISED, RAISED, RAISED, 0]


def test_what_is_known_at_the_very_moment_is_not_known_yet() -> None:
    known = histories([(1, "low", "2024-01-01"), (1, "high", "2025-03-10")], [(1, "2025-03-10", "reported")])
    now = risk_rating(subjects((1, "2025-03-10")), known, TAG, is_dated=True)
    later = risk_rating(subjects((1, "2025-03-11")), known, TAG, is_dated=True)
    assert (now[0], later[0]) == (0, RAISED)


def test_a_customer_without_a_rating_or_a_decision_without_a_date_has_none() -> None:
    known = histories([(1, "low", "2024-01-01")], [(2, None, "unreviewed")])
    assert np.isnan(risk_rating(subjects((2, "2025-03-10")), known, TAG, is_dated=True)).all()
    assert np.isnan(risk_rating(subjects((2, "2025-03-10")), known, TAG, is_dated=False)).all()


def test_the_mask_catches_the_undated_rating_and_passes_the_dated_one() -> None:
    known = histories([(1, "low", "2024-01-01"), (2, "low", "2024-01-01")], [(1, "2025-03-20", "reported")])
    weeks = subjects(*((who, at) for at in ("2025-03-03", "2025-03-10", "2025-03-24") for who in (1, 2)))
    assert changed_by_mask(weeks, known, TAG, is_dated=True) == MaskCount(values=2, differences=0)
    assert changed_by_mask(weeks, known, TAG, is_dated=False) == MaskCount(values=2, differences=1)


def test_a_data_set_without_tags_and_decisions_has_no_rating_and_no_leak() -> None:
    nothing = histories([], [])
    weeks = subjects((1, "2025-03-03"), (2, "2025-03-10"))
    for is_dated in (True, False):
        assert np.isnan(risk_rating(weeks, nothing, TAG, is_dated)).all()
        assert changed_by_mask(weeks, nothing, TAG, is_dated).differences == 0


# ------------------------------------------------ 6: encoders fitted in fold


@pytest.fixture
def rows() -> SimpleNamespace:
    rng = np.random.default_rng(3)
    size = 600
    return SimpleNamespace(
        code=rng.integers(4, size=size),
        label=(rng.random(size) < 0.2).astype(float),
        weight=rng.choice([0.3, 1.0], size),
        customer=rng.integers(60, size=size),
        as_of_us=rng.integers(8, size=size),
    )


def encoded(rows: SimpleNamespace) -> np.ndarray:
    return encoded_in_fold(
        rows.code, rows.label, rows.weight, rows.customer, rows.as_of_us, 4, folds=5, prior_rows=10
    )


def test_a_customers_own_labels_do_not_reach_its_encoded_values(rows) -> None:
    before = encoded(rows)
    mine = rows.customer == 7
    rows.label = np.where(mine, 1 - rows.label, rows.label)
    after = encoded(rows)
    np.testing.assert_array_equal(after[mine], before[mine])
    assert (after[~mine] != before[~mine]).any()


def test_labels_of_the_same_week_or_later_do_not_reach_an_encoded_value(rows) -> None:
    before = encoded(rows)
    late = rows.as_of_us >= 4
    rows.label = np.where(late, 1 - rows.label, rows.label)
    after = encoded(rows)
    np.testing.assert_array_equal(after[rows.as_of_us <= 4], before[rows.as_of_us <= 4])
    assert (after[rows.as_of_us > 4] != before[rows.as_of_us > 4]).any()


def test_an_encoded_value_is_the_smoothed_mean_of_other_folds_earlier_rows(rows) -> None:
    found = encoded(rows)
    fold = np.unique(rows.customer, return_inverse=True)[1] % 5
    for row in (0, 100, 599):
        seen = (fold != fold[row]) & (rows.as_of_us < rows.as_of_us[row])
        same = seen & (rows.code == rows.code[row])
        mean = np.average(rows.label[seen], weights=rows.weight[seen]) if seen.any() else 0
        mass = rows.weight[same].sum()
        expected = ((rows.label * rows.weight)[same].sum() + 10 * mean) / (mass + 10)
        assert found[row] == pytest.approx(expected)


def test_an_encoder_of_its_own_rows_learns_noise_and_one_in_fold_does_not() -> None:
    rng = np.random.default_rng(5)
    customer = np.repeat(np.arange(2_000), 4)
    label = (rng.random(2_000) < 0.05).astype(float)[customer]
    found = encoder_of_noise(
        label, np.ones(8_000), customer, np.tile(np.arange(4), 2_000), 10, 5, prior_rows=10, seed=1
    )
    assert found.own_rows > 0.2
    assert -0.1 < found.in_fold < 0.03


def test_new_rows_are_encoded_by_all_training_rows_and_an_unseen_code_by_the_mean() -> None:
    code, label = np.array([0, 0, 1, 1]), np.array([1.0, 1, 0, 0])
    encoder = TargetEncoder.fit(code, label, np.ones(4), levels=3, prior_rows=2)
    assert encoder.transform(np.array([0, 1, 2])).tolist() == [0.75, 0.25, 0.5]


def test_an_embedding_gets_whole_numbers_and_zero_for_what_is_missing() -> None:
    features = pd.DataFrame({"kind": [0.0, 2.0, np.nan], "city": [4.0, 9.0, 0.0]}, dtype=np.float32)
    codes, sizes = integer_codes(features, {"kind": 3, "city": 5})
    assert codes.tolist() == [[1, 5], [3, 0], [0, 1]]
    assert sizes == [4, 6]


# --------------------------------------- 3: the order of rows and ids is chance


def test_the_interval_of_chance_holds_one_half_and_that_of_a_leak_does_not() -> None:
    rng = np.random.default_rng(2)
    customer = np.repeat(np.arange(400), 3)
    is_positive = (rng.random(400) < 0.2)[customer]
    chance = auc_by_customer(rng.random(1_200), is_positive, customer, 100, 1)
    leak = auc_by_customer(is_positive + 0.1 * rng.random(1_200), is_positive, customer, 100, 1)
    assert chance.low < 0.5 < chance.high
    assert leak.value == leak.low == 1


def test_features_are_dealt_within_their_week_only() -> None:
    week = np.array([0, 1, 0, 1, 0, 1])
    values = np.arange(12.0).reshape(6, 2)
    dealt = exchanged_within(values, week, seed=4)
    for number in (0, 1):
        assert sorted(map(tuple, dealt[week == number])) == sorted(map(tuple, values[week == number]))
    assert (dealt != values).any()


# ------------------------- 8 and 9: a graph that knows too much, one that knows nothing


@pytest.fixture
def graph() -> Graph:
    """Customer 0 pays customer 1 in both weeks; 2 and 3 pay 4 only after the second moment."""
    at = times("2025-03-01", "2025-03-02", "2025-03-08", "2025-03-09", "2025-03-12", "2025-03-13")
    edges = pd.DataFrame({"at": at, "payer_node": [0, 5, 0, 5, 2, 3], "payee_node": [1, 6, 1, 6, 4, 4]})
    slices = pd.DataFrame(
        {"as_of": times("2025-03-03", "2025-03-10"), "first_edge": [0, 0], "end_edge": [2, 4]}
    )
    return Graph(pd.DataFrame({"node": range(7)}), edges, slices)


def degrees(edges: pd.DataFrame) -> tuple[list[int], list[int]]:
    return (
        np.bincount(edges["payer_node"], minlength=7).tolist(),
        np.bincount(edges["payee_node"], minlength=7).tolist(),
    )


def pays_in_its_slice(examples: Examples) -> np.ndarray:
    """A model of the simplest kind: has the customer paid in the slice that it may see?"""
    found = []
    for customer, as_of in zip(examples.customer_id, examples.as_of, strict=True):
        (row,) = examples.graph.slices[examples.graph.slices["as_of"] == as_of].itertuples()
        found.append(customer in set(examples.graph.edges["payer_node"].iloc[row.first_edge : row.end_edge]))
    return np.array(found, float)


def test_the_paired_run_shows_what_a_transductive_graph_is_worth(graph: Graph) -> None:
    moment = times("2025-03-10")
    who = Examples(
        pd.DataFrame(index=range(4)),
        np.arange(4),
        moment.repeat(4),
        label=np.array([0.0, 0, 1, 1]),
        weight=np.ones(4),
    )
    honest = pays_in_its_slice(with_graph(who, graph))
    ahead = pays_in_its_slice(with_graph(who, transductive(graph)))
    assert honest.tolist() == [1, 0, 0, 0]
    assert ahead.tolist() == [1, 0, 1, 1]
    assert graph.slices["end_edge"].tolist() == [2, 4]


def test_rewiring_keeps_every_degree_between_two_moments_and_changes_who_meets_whom(graph: Graph) -> None:
    changed = [rewired(graph, seed).edges for seed in range(8)]
    for edges in changed:
        pd.testing.assert_frame_equal(
            edges.drop(columns="payee_node"), graph.edges.drop(columns="payee_node")
        )
        for first, end in ((0, 2), (2, 4), (4, 6)):
            assert degrees(edges.iloc[first:end]) == degrees(graph.edges.iloc[first:end])
    assert any((edges["payee_node"] != graph.edges["payee_node"]).any() for edges in changed)
