"""A whole month of one customer: every indicator of it worked out by hand."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from data.indicators import INDICATORS
from data.observe import Params
from tests.spec.indicators.drawn import MONDAY
from tests.spec.ledger import Customer, Ledger, bank, indicators

ANNAS_MONTH = (
    # The baseline: income of half a year, and ben is known from then.
    ("2024-12-20 10:00", "firm employer", "anna", 6_000, "transfer", "payroll"),
    ("2025-01-20 10:00", "ben", "anna", 2_000, "transfer", "family"),
    # The last 30 days, from 8 February.
    ("2025-02-20 12:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
    ("2025-02-21 09:30", "anna", "shop corner", 300, "qr", "shopping"),
    # The last 7 days, from 3 March.
    ("2025-03-05 09:00", "cash@3", "anna", 30_000, "cash_deposit"),
    ("2025-03-05 10:00", "cash@7", "anna", 10_000, "cash_deposit"),
    ("2025-03-05 11:00", "ben", "anna", 2_000),
    ("2025-03-05 12:00", "dora", "anna", 6_000),
    ("2025-03-05 23:30", "anna", "eve", 12_000),
    ("2025-03-06 10:00", "anna", "shop corner", 500.50, "qr", "shopping"),
    ("2025-03-06 12:00", "eve", "ben", 11_500),
    ("2025-03-07 10:00", "anna", "landlord", 4_000, "transfer", "rent"),
    ("2025-03-07 12:00", "ben", "anna", 11_000),
)


# Every indicator of anna on Monday, 10 March 2025, worked out on paper.
BY_HAND = {
    "cash_in_amount_7d": 30_000 + 10_000,
    "near_line_cash_count_7d": 1,
    "near_line_withdrawal_count_7d": 0,
    "cash_city_count_7d": 2,
    "cash_in_share_30d": 40_000 / 67_000,
    "unexplained_payer_count_7d": 4,  # two cash desks, ben, dora
    "unexplained_payee_count_7d": 2,  # eve, landlord; the shop is explained
    "payer_count_30d": 5,
    "payee_count_30d": 3,
    "new_payer_share_7d": 3 / 4,  # all but ben
    "new_payee_share_7d": 2 / 3,  # all but the shop
    "in_amount_7d": 30_000 + 10_000 + 2_000 + 6_000 + 11_000,
    "out_amount_7d": 12_000 + 500.50 + 4_000,
    "in_amount_30d": 59_000 + 8_000,
    "out_amount_30d": 16_500.50 + 300,
    "in_count_7d": 5,
    "out_count_7d": 3,
    "unexplained_in_amount_7d": 59_000,
    "out_to_in_ratio_7d": 16_000 / 59_000,
    "in_to_baseline_ratio_30d": 67_000 / ((6_000 + 2_000) / 6),
    "in_to_income_ratio_30d": 67_000 / 8_000,
    # Of the 12,000 at night 7,700 are what shopping left of the wages (323.5 hours old, the
    # money of January is forgotten), 4,300 came 14.5 hours before; all else rested longer
    # than a day: 500.50 for 25 hours, 4,000 for 49.
    "fast_out_share_7d": 4_300 / 59_000,
    "residence_hours_7d": (7_700 * 323.5 + 4_300 * 14.5 + 500.50 * 25 + 4_000 * 49) / 16_500.50,
    "lowest_balance_ratio_7d": (10_000 + 6_000 + 2_000 + 8_000 - 300 + 30_000) / 59_000,
    "round_trip_amount_30d": 11_000,
    "night_share_30d": 12_000 / (67_000 + 16_800.50),
    "round_amount_share_30d": 8 / 10,
    "silent_days_before_10d": 6 + 14.5 / 24,  # from 21 February 09:30 to 28 February
    "tenure_days": 1_895,
    "unexplained_payer_count_30d": 4,
    "new_payer_share_30d": 3 / 5,  # all but the employer and ben
    "unexplained_in_amount_30d": 59_000,
    "unexplained_in_to_income_ratio_30d": 59_000 / 8_000,
    "overseas_share_30d": 0,
    "account_opening_count_90d": 0,
    "account_closing_count_90d": 0,
    "flow_before_closing_90d": 0,
    "to_person_count_14d": 2,
    "to_person_payee_count_14d": 2,
    "to_person_amount_14d": 16_000,
    "to_person_share_14d": 16_000 / 16_500.50,
    "from_firm_payer_count_14d": 0,  # wages are explained
    "from_firm_day_count_14d": 0,
    "from_firm_amount_14d": 0,
    "same_pair_day_count_14d": 1,
    "same_pair_row_14d": 1,
    "same_pair_alike_count_14d": 1,
    "same_pair_alike_amount_14d": 12_000,
    "same_pair_near_large_count_14d": 0,
    "unexplained_count_14d": 7,
    "round_amount_share_14d": 1,
    "same_tail_share_14d": 1,
    "last_digit_entropy_14d": 0,
    "stranger_payer_count_3d": 0,  # ben is no stranger
    "stranger_in_amount_3d": 0,
    "stranger_in_variation_3d": np.nan,
    "payer_after_test_count_7d": 0,
    "in_after_test_amount_7d": 0,
    # Two customers are no peer group; see test_peers.py.
    "in_peer_deviation_30d": np.nan,
    "in_to_peer_upper_ratio_30d": np.nan,
    "in_peer_deviation_60d": np.nan,
    "payer_peer_deviation_60d": np.nan,
    "cash_peer_deviation_60d": np.nan,
    "night_peer_deviation_60d": np.nan,
    "overseas_peer_deviation_60d": np.nan,
    "cash_peer_deviation_30d": np.nan,
    "night_peer_deviation_30d": np.nan,
}


def annas_month(**how: int) -> Ledger:
    return bank(*ANNAS_MONTH, anna=Customer(income=8_000), ben="person", **how)


def test_every_indicator_of_the_catalogue_is_worked_out_by_hand() -> None:
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    worked_out = [
        name
        for file in files
        for name in vars(import_module(f"tests.spec.indicators.{file.stem}")).get("BY_HAND", ())
    ]
    assert sorted(worked_out) == sorted(INDICATORS)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_indicator_has_the_value_worked_out_by_hand(name: str, observe_params: Params) -> None:
    assert indicators(annas_month(), "anna", MONDAY, observe_params)[name] == pytest.approx(
        BY_HAND[name], nan_ok=True
    )


def test_the_clock_of_the_bank_decides_what_is_day_and_night(observe_params: Params) -> None:
    """The same local times in another time zone give the same indicators."""
    ledger = annas_month(offset_hours=8)
    seen = indicators(ledger, "anna", "2025-03-09 16:00", observe_params)
    for name in ("night_share_30d", "in_amount_7d", "near_line_cash_count_7d", "tenure_days"):
        expected = BY_HAND[name] - (8 / 24 if name == "tenure_days" else 0)
        assert seen[name] == pytest.approx(expected), name
