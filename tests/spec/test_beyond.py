"""Beyond the rules that label: members whom an alert opens, rules held out, ages, doubles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.intervals import drawn
from models.truth.ages import decision
from models.truth.beyond import SchemeNetwork, flagged_weeks, held_out_rule
from tests.spec.catching import catches_of

START = pd.Timestamp("2025-01-06", tz="UTC")


def network() -> SchemeNetwork:
    """A chain 11 - 12 - 13 - 14 of one scheme, and 15 in another; account of customer n is 100 + n."""
    paid = pd.DataFrame(
        {
            "scheme_id": [1, 1, 1, 2],
            "payer_account_id": [111, 112, 113, 115],
            "payee_account_id": [112, 113, 114, 900],
        }
    )
    members = pd.DataFrame(
        {
            "scheme_id": [1, 1, 1, 1, 2, 2],
            "account_id": [111, 112, 113, 114, 115, 900],
            "customer_id": pd.array([11, 12, 13, 14, 15, None], dtype="Int64"),
        }
    )
    return SchemeNetwork(paid, members, np.arange(11, 16))


@pytest.mark.parametrize(
    ("hops", "opened"), [(1, [1, 1, 0, 0, 0]), (2, [1, 1, 1, 0, 0]), (3, [1, 1, 1, 1, 0])]
)
def test_an_alert_opens_members_within_so_many_payments(hops: int, opened: list[int]) -> None:
    assert network().opened(np.array([1.0, 0, 0, 0, 0]), hops).tolist() == opened


def test_where_nobody_is_caught_nobody_is_opened_and_schemes_do_not_touch() -> None:
    assert network().opened(np.zeros(5), 2).tolist() == [0] * 5
    assert network().opened(np.array([0, 0, 0, 0, 1.0]), 5).tolist() == [0, 0, 0, 0, 1]


def test_a_customer_counts_as_flagged_while_the_hit_lies_in_the_window() -> None:
    hits = pd.DataFrame({"customer_id": [1], "hit_at": [START]})
    weeks = pd.DataFrame(
        {"customer_id": [1, 1, 1, 2], "as_of": START + pd.to_timedelta([0, 27, 28, 7], unit="D")}
    )
    assert flagged_weeks(hits, weeks, 28).tolist() == [True, True, False, False]


def test_of_a_rule_held_out_true_customers_beyond_the_labelling_rules_are_counted() -> None:
    """Six customers, the first four illicit; the rule flags 0, 1 and 5, a labelling rule hit 0."""
    catches, customer = catches_of(4), np.arange(6)
    flagged, hit = np.isin(customer, [0, 1, 5]), np.isin(customer, [0])
    alerted = {"m": np.isin(customer, [1, 2]), "rules": np.isin(customer, [0, 4])}
    row = held_out_rule("R21", flagged, hit, customer, catches, alerted, drawn(4, 50, 1))
    assert (row.flagged, row.illicit, row.beyond_rules) == (3, 2, 1)
    by_ranker = {each.ranker: each for each in row.found}
    assert (by_ranker["m"].true.customers, by_ranker["m"].true.caught) == (2, 1)
    assert by_ranker["m"].bank_alerted.value == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-0.01, 0.02, "remove"), (-0.03, 0.02, "open"), (-0.05, -0.01, "keep"), (None, None, "open")],
)
def test_age_goes_where_its_loss_is_small_in_the_whole_of_the_interval(
    low: float | None, high: float | None, said: str
) -> None:
    assert decision(Interval(value=0.0, low=low, high=high), 0.02) == said
