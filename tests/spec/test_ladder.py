"""The feature ladder: single payments, equal budgets, paired gains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.budget import Budget
from models.metrics import Catches
from models.positives import Positives
from models.truth import fixed_trees, ladder
from models.truth.fixed_trees import Trees
from models.truth.ladder import Rows, rung_columns

WEEK_US = 7 * 24 * 3_600_000_000
BUDGET = Budget(alerts_per_thousand_customers_week=250, suppress_days=0, label_window_days=7)
TREES = Trees(
    objective="cross_entropy",
    count=20,
    learning_rate=0.3,
    num_leaves=4,
    min_data_in_leaf=20,
    min_sum_hessian_in_leaf=1e-3,
    lambda_l2=0,
    feature_fraction=1,
    positive_weight=1,
    max_bin=15,
    threads=1,
)


def rows(customer: list[int], label: list[float], is_illicit: list[bool]) -> Rows:
    size = len(customer)
    return Rows(
        np.arange(size),
        np.array(customer),
        np.full(size, WEEK_US),
        np.array(label, float),
        np.ones(size),
        np.array(is_illicit),
        np.ones(size, bool),
    )


def catches(
    customer: list[int], is_positive: Sequence[bool | int], group: list[int] | None = None
) -> Catches:
    whom, mask = np.array(customer), np.array(is_positive, bool)
    return Catches.of(whom, Positives.of(whom, mask, mask, None if group is None else np.array(group)))


def test_every_rung_has_the_features_of_the_rungs_below() -> None:
    catalogue = pd.DataFrame(
        {"feature": ["n", "w", "s", "p"], "group": ["network", "windows", "sequence", "profile"]}
    )
    assert rung_columns(catalogue) == {
        "windows": ["w"],
        "profile": ["w", "p"],
        "sequence": ["w", "p", "s"],
        "network": ["w", "p", "s", "n"],
    }


def test_a_week_has_the_payments_of_seven_days_and_none_of_the_moment_itself() -> None:
    customer = np.array([10, 10, 10, 10, 11, 11])
    day = np.array([0, 6, 7, 14, 13, 14])
    subjects = pd.DataFrame(
        {
            "customer_id": [10, 11, 10],
            "as_of": pd.to_datetime(
                [14 * WEEK_US / 7, 14 * WEEK_US / 7, 7 * WEEK_US / 7], unit="us", utc=True
            ),
            "token_end": [3, 5, 2],
        }
    )
    first, end = ladder.payments_since(subjects, customer, day, origin_us=0, days=7)
    assert list(zip(first.tolist(), end.tolist(), strict=True)) == [(2, 3), (4, 5), (0, 2)]


def test_stretches_are_unfolded_row_by_row_and_folded_to_the_highest() -> None:
    row, owner = ladder.unfolded(np.array([2, 5, 5]), np.array([4, 5, 7]))
    assert row.tolist() == [2, 3, 5, 6]
    assert owner.tolist() == [0, 0, 2, 2]
    best = ladder.highest(np.array([1.0, 3.0, -2.0, -5.0]), owner, 3)
    assert best.tolist() == [3, -np.inf, -2]


def test_a_customer_ranks_by_the_most_suspicious_single_payment() -> None:
    rng = np.random.default_rng(1)
    tokens = rng.integers(0, 10, size=(400, 1)).astype(float)
    first = np.arange(0, 400, 4)
    train = first[:80], first[:80] + 4
    label = np.array([float(tokens[a:b].max() == 9) for a, b in zip(*train, strict=True)])
    test = first[80:], first[80:] + 4
    score = ladder.score_single_lines(tokens, train, label, np.ones(80), test, every=1, trees=TREES, seed=1)
    has_nine = np.array([tokens[a:b].max() == 9 for a, b in zip(*test, strict=True)])
    assert score[has_nine].min() > score[~has_nine].max()


def test_recall_counts_a_customer_once_and_by_both_labels() -> None:
    customer = [1, 1, 2, 3]
    views = {"bank": catches(customer, [1, 1, 0, 0]), "true": catches(customer, [1, 0, 1, 0])}
    row = ladder.rankings_compared({"one": np.array([False, True, False, True])}, {}, views, 50, 1)["one"]
    assert (row["bank"].customers, row["bank"].caught) == (1, 1)
    # Customer 1 was alerted in the week in which the truth has nothing against them.
    assert (row["true"].customers, row["true"].caught) == (2, 0)
    assert row["bank"].gain is None


def test_a_gain_is_paired_so_equal_rankings_differ_by_nothing() -> None:
    views = {"true": catches(list(range(40)), [True] * 40)}
    some, more = np.arange(40) < 20, np.arange(40) < 26
    table = ladder.rankings_compared(
        {"base": some, "same": some, "more": more}, {"same": "base", "more": "base"}, views, 200, 1
    )
    by_name = {name: row["true"] for name, row in table.items()}
    assert by_name["same"].gain == Interval(value=0, low=0, high=0)
    assert by_name["more"].gain.value == pytest.approx(0.15)
    # Not paired, the interval of the difference would hold zero.
    assert by_name["more"].gain.low > 0
    assert by_name["base"].recall.value == 0.5


def test_a_gain_within_one_scheme_is_one_observation() -> None:
    """Six more members of one scheme are caught: by customer a sure gain, by scheme one of four."""
    scheme = np.arange(40) // 10
    views = {"true": catches(list(range(40)), [True] * 40, scheme.tolist())}
    some, more = np.arange(40) % 2 == 0, (np.arange(40) % 2 == 0) | (scheme == 0)
    table = ladder.rankings_compared({"base": some, "more": more}, {"more": "base"}, views, 400, 1)
    gain = table["more"]["true"].gain
    assert gain.value == pytest.approx(5 / 40)
    assert gain.low == 0


def test_thinning_keeps_every_suspicion_and_the_weight_of_the_others() -> None:
    mine = rows(list(range(10)), [0, 0, 0, 0, 0, 0, 0.2, 1, 0, 0], [False] * 10)
    few = ladder.fewer_unsuspected(mine, 4)
    assert few.customer.tolist() == [0, 4, 6, 7, 8]
    assert few.weight.tolist() == [4, 4, 1, 1, 4]
    assert few.label[2:4].tolist() == [0.2, 1]
    assert ladder.fewer_unsuspected(mine, 1).customer.tolist() == list(range(10))


def test_every_ranking_spends_the_same_budget() -> None:
    mine = rows(list(range(8)), [1] * 8, [True] * 8)
    for seed in range(3):
        score = np.random.default_rng(seed).random(8)
        assert mine.watch.alerted(score, BUDGET).sum() == 2


def test_without_a_positive_customer_there_is_nothing_to_measure() -> None:
    views = {"true": catches([1, 2], [False, False])}
    row = ladder.rankings_compared({"one": np.array([True, False])}, {}, views, 50, 1)["one"]
    assert row["true"].recall == Interval()


def test_equal_rows_give_equal_trees() -> None:
    values = np.random.default_rng(1).random((200, 3))
    label = (values[:, 0] > 0.7).astype(float)
    data = fixed_trees.bins(values, TREES, 1)
    fixed_trees.fit_bins(data, 1 - label, np.ones(200), TREES, 1)
    again = fixed_trees.fit_bins(data, label, np.ones(200), TREES, 1)
    alone = fixed_trees.fit(values, label, np.ones(200), TREES, 1)
    np.testing.assert_array_equal(fixed_trees.margins(again, values), fixed_trees.margins(alone, values))
