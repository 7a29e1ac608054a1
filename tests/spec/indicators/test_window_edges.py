"""Indicators at the edges: of a window, of a band, of the night, of what is known."""

from __future__ import annotations

import numpy as np
import pytest

from data.observe import Params
from tests.spec.indicators.drawn import MONDAY
from tests.spec.ledger import Customer, bank, indicators


@pytest.mark.parametrize(
    ("moment", "is_seen"),
    [
        ("2025-03-03 00:00:00", True),  # exactly as_of - 7 days
        ("2025-03-02 23:59:59.999999", False),
        ("2025-03-09 23:59:59.999999", True),
        ("2025-03-10 00:00:00", False),  # exactly as_of
    ],
)
def test_a_window_of_seven_days_is_closed_at_its_start_and_open_at_its_end(
    moment: str, is_seen: bool, observe_params: Params
) -> None:
    ledger = bank((moment, "dora", "anna", 700), anna="person")
    seen = indicators(ledger, "anna", MONDAY, observe_params)
    assert seen["in_amount_7d"] == (700 if is_seen else 0)
    assert seen["in_count_7d"] == is_seen
    assert seen["unexplained_payer_count_7d"] == is_seen


@pytest.mark.parametrize(("moment", "months"), [("2025-02-08 00:00", 0), ("2025-02-07 23:59:59.999999", 1)])
def test_the_baseline_ends_where_the_thirty_days_begin(
    moment: str, months: int, observe_params: Params
) -> None:
    """A payment is part of the window or of the baseline, never of both."""
    ledger = bank(("2025-01-01 10:00", "dora", "anna", 100), (moment, "dora", "anna", 1_000), anna="person")
    seen = indicators(ledger, "anna", MONDAY, observe_params)
    assert seen["in_amount_30d"] == (0 if months else 1_000)
    assert seen["in_to_baseline_ratio_30d"] == pytest.approx(0 if months else 1_000 / (100 / 6))


@pytest.mark.parametrize(("moment", "share"), [("2024-12-03 00:00", 0), ("2024-12-02 23:59:59.999999", 1)])
def test_a_payer_is_new_after_ninety_days_without_a_payment(
    moment: str, share: float, observe_params: Params
) -> None:
    ledger = bank((moment, "dora", "anna", 1), ("2025-03-05 10:00", "dora", "anna", 1), anna="person")
    assert indicators(ledger, "anna", MONDAY, observe_params)["new_payer_share_7d"] == share


@pytest.mark.parametrize(("yuan", "count"), [(29_999.99, 0), (30_000, 1), (49_999.99, 1), (50_000, 0)])
def test_the_band_below_the_report_line_has_its_lower_edge_only(
    yuan: float, count: int, observe_params: Params
) -> None:
    ledger = bank(("2025-03-05 10:00", "cash@1", "anna", yuan, "cash_deposit"), anna="person")
    assert indicators(ledger, "anna", MONDAY, observe_params)["near_line_cash_count_7d"] == count


@pytest.mark.parametrize(
    ("clock", "is_night"), [("22:59:59", False), ("23:00", True), ("04:59:59", True), ("05:00", False)]
)
def test_the_night_is_from_eleven_to_before_five(clock: str, is_night: bool, observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-05 12:00", "dora", "anna", 300),
        (f"2025-03-06 {clock}", "dora", "anna", 100),
        anna="person",
    )
    assert indicators(ledger, "anna", MONDAY, observe_params)["night_share_30d"] == (0.25 if is_night else 0)


def test_a_night_after_midnight_is_not_the_whole_day(observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-05 12:00", "dora", "anna", 300), ("2025-03-06 03:00", "dora", "anna", 100), anna="person"
    )
    late = observe_params.model_copy(update={"night_hours": (1, 5)})
    assert indicators(ledger, "anna", MONDAY, late)["night_share_30d"] == 0.25


def test_what_cannot_be_measured_is_empty_and_not_zero(observe_params: Params) -> None:
    ledger = bank(("2025-03-05 10:00", "anna", "dora", 50), anna=Customer(income=None), ben="person")
    without_cash = frozenset({"balance", "income", "purpose", "hour"})
    seen = indicators(ledger, "anna", MONDAY, observe_params, without_cash)
    for name in (
        "cash_in_amount_7d",  # the data set has no cash
        "in_to_income_ratio_30d",  # no declared income
        "in_to_baseline_ratio_30d",  # no baseline
        "out_to_in_ratio_7d",  # nothing came in
        "fast_out_share_7d",
        "new_payer_share_7d",
    ):
        assert np.isnan(seen[name]), name
    assert seen["in_amount_7d"] == 0
    asleep = indicators(ledger, "ben", MONDAY, observe_params)
    assert np.isnan(asleep["silent_days_before_10d"])


def test_money_moved_between_own_accounts_is_neither_income_nor_spending(observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-05 10:00", "anna", "anna/savings", 5_000, "transfer", "savings"),
        ("2025-03-06 10:00", "dora", "anna/savings", 40),
        anna="person",
    )
    seen = indicators(ledger, "anna", MONDAY, observe_params)
    assert (seen["in_amount_7d"], seen["out_amount_7d"], seen["out_count_7d"]) == (40, 0, 0)


def test_a_customer_is_one_however_many_accounts_they_hold(observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-05 10:00", "dora", "anna", 1),
        ("2025-03-05 11:00", "dora", "anna/second", 2),
        ("2025-03-05 12:00", "ben/second", "anna", 4),
        ("2025-03-05 13:00", "ben", "anna/second", 8),
        anna="person",
        ben="person",
    )
    seen = indicators(ledger, "anna", MONDAY, observe_params)
    assert (seen["in_amount_7d"], seen["payer_count_30d"]) == (15, 2)


def test_a_credit_is_there_for_a_debit_of_the_same_moment_whichever_was_written_first(
    observe_params: Params,
) -> None:
    credit = ("2025-03-05 10:00", "dora", "anna", 900)
    debit = ("2025-03-05 10:00", "anna", "eve", 900)
    for lines in ((credit, debit), (debit, credit)):
        seen = indicators(bank(*lines, anna="person"), "anna", MONDAY, observe_params)
        assert seen["fast_out_share_7d"] == 1
        assert seen["residence_hours_7d"] == 0
