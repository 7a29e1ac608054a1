"""Who counts in the test: by events inside its weeks; whoever has none there is a leftover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US
from models.budget import Budget, Watch
from models.judgement import Params, judge
from models.metrics import Ranking, headline_metrics
from models.positives import Positives, as_labelled
from models.results.judged import AlertsSpent
from models.truth.illicit import in_truth, scheme_groups

STARTS = pd.Timestamp("2025-10-06", tz="UTC").as_unit("us")
DAY = pd.Timedelta(days=1)
MICRO = pd.Timedelta(microseconds=1)
WINDOW = 28
BUDGET = Budget(alerts_per_thousand_customers_week=250, suppress_days=0, label_window_days=WINDOW)


def weeks(*customers: int, count: int = 6) -> pd.DataFrame:
    """Every customer as of the start of the test and each week after."""
    rows = [(who, STARTS + 7 * week * DAY) for week in range(count) for who in customers]
    table = pd.DataFrame(rows, columns=["customer_id", "as_of"])
    return table.assign(as_of=table["as_of"].astype("datetime64[us, UTC]"))


def payments(*rows: tuple[int, pd.Timestamp, int]) -> pd.DataFrame:
    """Illicit moments (customer, at, scheme)."""
    table = pd.DataFrame(rows, columns=["customer_id", "at", "scheme_id"])
    return table.assign(at=table["at"].astype("datetime64[us, UTC]"))


def whom(table: pd.DataFrame, mask: np.ndarray) -> set[int]:
    return set(table.loc[mask, "customer_id"])


def test_a_payment_before_the_test_makes_a_leftover_and_one_inside_it_a_positive() -> None:
    table = weeks(1, 2, 3, 4)
    moments = payments((1, STARTS - MICRO, 10), (2, STARTS, 11), (3, STARTS - WINDOW * DAY - MICRO, 12))
    found = in_truth(table, moments, STARTS, WINDOW)
    assert whom(table, found.is_leftover) == {1}
    assert whom(table, found.is_positive) == {2}


def test_who_went_on_in_the_test_is_positive_for_the_payments_before_it_too() -> None:
    table = weeks(1)
    found = in_truth(table, payments((1, STARTS - DAY, 10), (1, STARTS + 20 * DAY, 10)), STARTS, WINDOW)
    assert found.is_positive.tolist() == [True, True, True, True, True, True]
    assert not found.is_leftover.any()


def test_a_payment_after_the_last_week_looked_at_makes_nobody_positive() -> None:
    table = weeks(1, count=2)
    moments = payments((1, STARTS - DAY, 10), (1, STARTS + 7 * DAY, 10))
    found = in_truth(table, moments, STARTS, WINDOW)
    assert whom(table, found.is_leftover) == {1}
    assert not found.is_positive.any()


def test_the_bank_counts_alike_by_the_event_that_its_label_speaks_of() -> None:
    table = weeks(1, 2, 3, count=2)
    event = {1: STARTS - DAY, 2: STARTS + DAY, 3: STARTS + DAY}
    table["label_event_at"] = table["customer_id"].map(event).astype("datetime64[us, UTC]")
    table["label"] = [1.0, 0.0, 0.0, 0.9, 0.8, 0.4]
    table.loc[[1, 2], "label_event_at"] = pd.NaT
    found = as_labelled(table, STARTS)
    assert whom(table, found.is_leftover) == {1}
    assert whom(table, found.is_positive) == {2}
    assert len(np.unique(found.group)) == 3  # the bank knows of no scheme


def test_a_scheme_is_one_group_and_who_is_in_two_schemes_makes_them_one() -> None:
    customer = np.array([1, 2, 3, 4, 5, 6, 1])
    moments = payments(*[(who, STARTS, scheme) for who, scheme in ((1, 7), (2, 7), (2, 8), (3, 8), (4, 9))])
    group = scheme_groups(customer, moments)
    same = [set(customer[group == number]) for number in range(group.max() + 1)]
    assert sorted(map(sorted, same)) == [[1, 2, 3], [4], [5], [6]]


def test_a_member_without_a_week_in_the_test_ties_nobody_but_those_of_the_scheme() -> None:
    group = scheme_groups(np.array([1, 3]), payments((1, STARTS, 7), (2, STARTS, 7), (2, STARTS, 8)))
    assert group[0] != group[1]


def leftover_test() -> tuple[Watch, Positives]:
    """Eight customers in one week: 0 and 1 are positive, 2 and 3 leftovers."""
    watch = Watch(np.arange(8), np.full(8, 9 * DAY_US), np.ones(8, bool))
    concerned = np.arange(8) < 4
    return watch, Positives.of(watch.customer, concerned, np.arange(8) < 2)


def test_an_alert_on_a_leftover_is_spent_and_neither_right_nor_wrong() -> None:
    watch, positives = leftover_test()
    score = np.array([9.0, 1, 8, 2, 3, 4, 5, 6])  # of two places one goes to a leftover
    result = headline_metrics(Ranking.of(watch.queue(score), positives, BUDGET), 50, 1)
    assert result["recall_at_budget"].value == 0.5
    assert result["precision_at_budget"].value == 1.0
    assert result["base_rate"].value == pytest.approx(2 / 6, abs=1e-4)
    assert result["average_precision"].value == pytest.approx((1 + 2 / 6) / 2, abs=1e-4)


def test_leftovers_are_a_row_of_their_own_for_every_ranker() -> None:
    watch, positives = leftover_test()
    good, bad = np.array([9.0, 1, 8, 2, 3, 4, 5, 6]), np.arange(8.0)
    params = Params(bootstrap_draws=50, seed=1)
    found = judge(watch, {"gnn": good, "rules": bad}, np.arange(8) < 2, positives, BUDGET, params)
    rows = {row.ranker: row for row in found.leftovers}
    assert (rows["gnn"].customers, rows["gnn"].caught, rows["gnn"].alerts) == (2, 1, 1)
    assert (rows["rules"].customers, rows["rules"].caught, rows["rules"].alerts) == (2, 0, 0)
    assert found.alerts_spent == [AlertsSpent(ranker=name, alerts=2, silent=0) for name in ("gnn", "rules")]
