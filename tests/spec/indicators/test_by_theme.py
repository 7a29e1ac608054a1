"""Indicators of chains, borders, devices, firms, takings, integration and calm, worked out by hand.

Each on Monday, 10 March 2025: 7 days from 3 March, 14 from 24 February, 30 from
8 February, 60 from 9 January, 90 from 10 December.
"""

from __future__ import annotations

import numpy as np
import pytest

from data.observe import Params
from tests.spec.indicators.drawn import MONDAY
from tests.spec.ledger import Customer, Ledger, bank, indicators

CHAIN = bank(
    ("2025-03-05 10:00", "eve", "anna", 10_000),
    ("2025-03-05 10:30", "anna", "ben", 9_800),
    ("2025-03-05 11:00", "ben", "carl", 9_500),  # the third hop from eve
    ("2025-03-05 11:30", "carl", "finn", 9_400),  # the third hop from anna
    anna="person",
    ben="person",
    carl="person",
)


ABROAD = bank(
    ("2024-12-01 10:00", "anna", "overseas school", 1_000, "wire"),
    ("2025-02-20 10:00", "overseas bank", "anna", 5_000, "wire"),
    ("2025-03-03 09:00", "overseas aunt", "anna", 700, "wire"),
    ("2025-03-03 10:00", "overseas aunt", "ben", 700, "wire"),
    ("2025-03-04 10:00", "anna", "overseas school", 40_000, "wire"),
    ("2025-03-05 10:00", "ben", "overseas school", 40_000, "wire"),
    ("2025-03-05 11:00", "anna", "overseas bank", 3_000, "wire"),
    ("2025-03-07 10:00", "carl", "overseas school", 40_000, "wire"),
    ("2025-03-07 10:01", "dora", "overseas school", 40_000, "wire"),  # a minute too late
    country={"overseas school": "US", "overseas bank": "XA", "overseas aunt": "GB"},
    anna="person",
    ben="person",
    carl="person",
    dora="person",
)


DEVICES = bank(
    ("2025-03-05 10:00", "finn", "carl", 6_000),
    ("2025-03-05 12:00", "carl", "gus", 5_500),
    ("2025-03-05 10:00", "finn", "eve", 6_000),
    ("2025-03-07 12:00", "eve", "gus", 5_500),  # two days later: not fast
    devices=[
        ("anna", "phone"),
        ("ben", "phone"),  # of the household
        ("carl", "phone"),
        ("dora", "phone", "2025-01-01", "2025-02-08"),  # no longer
        ("anna", "tablet", "2025-03-01"),
        ("eve", "tablet", "2025-03-09"),
        ("carl", "tablet", "2025-03-09"),  # counted once
        ("hal", "tablet", "2025-03-10"),  # not yet
    ],
    anna=Customer(household=1),
    ben=Customer(household=1),
    carl=Customer(household=2),
    dora="person",
    eve="person",
    hal="person",
)


FIRM = bank(
    ("2025-01-15 10:00", "firm one", "anna", 300_000, "transfer", "goods"),
    ("2025-02-10 10:00", "firm two", "anna", 100_000, "transfer", "goods"),
    ("2025-02-12 10:00", "firm three", "anna", 50_000, "transfer", "goods"),
    ("2025-02-15 10:00", "anna", "worker", 20_000, "transfer", "payroll"),
    ("2025-02-16 10:00", "anna", "utility power", 5_000, "transfer", "utility"),
    ("2025-02-20 10:00", "anna", "eve", 200_000),
    ("2025-03-03 10:00", "firm four", "anna", 50_000, "transfer", "goods"),
    ("2025-03-04 10:00", "anna", "firm one", 75_000, "transfer", "supplies"),
    anna=Customer("company", founded="2024-06-01", capital=1_000_000),
)


SHOP = bank(
    ("2024-12-20 10:00", "cash@1", "anna", 6_000, "cash_deposit", "takings"),
    ("2025-01-15 10:00", "carl", "anna", 2_000, "qr", "shopping"),
    ("2025-01-20 10:00", "cash@1", "anna", 4_000, "cash_deposit", "takings"),
    ("2025-02-20 10:00", "cash@1", "anna", 12_000, "cash_deposit", "takings"),
    ("2025-02-25 10:00", "carl", "anna", 50, "qr", "shopping"),
    ("2025-03-04 23:30", "carl", "anna", 100, "qr", "shopping"),
    ("2025-03-05 10:00", "cash@1", "anna", 3_000, "cash_deposit", "takings"),
    ("2025-03-05 11:00", "dora", "anna", 200, "qr", "shopping"),
    ("2025-03-06 10:00", "cash@2", "anna", 1_000, "cash_deposit", "takings"),
    ("2025-03-06 11:00", "eve", "anna", 77, "qr", "shopping"),
    ("2025-03-07 02:00", "anna", "firm maker", 500, "transfer", "supplies"),
    anna=Customer("micro_business", income=64_000),
)


SHOP_MOVED_14D = 50 + 100 + 3_000 + 200 + 1_000 + 77 + 500


INTEGRATION = bank(
    ("2024-11-01 10:00", "lender bank", "anna", 100_000, "transfer", "loan"),
    ("2024-12-15 10:00", "anna", "firm shell", 200_000),
    ("2025-02-15 10:00", "anna", "insurer life", 64_000, "transfer", "insurance"),
    ("2025-02-16 10:00", "anna", "insurer life", 1_000, "transfer", "insurance"),
    ("2025-02-20 10:00", "anna", "lender bank", 98_000, "transfer", "loan_repayment"),
    ("2025-02-25 10:00", "firm shell", "anna", 190_000, "transfer", "loan"),
    ("2025-03-01 10:00", "insurer life", "anna", 60_000, "transfer", "insurance"),
    ("2025-03-02 10:00", "insurer other", "anna", 5_000, "transfer", "insurance"),
    ("2025-03-04 10:00", "eve", "anna", 500.25),
    ("2025-03-04 11:00", "finn", "anna", 300),
    ("2025-03-05 10:00", "exchange x", "anna", 7_000.50),
    ("2025-03-06 10:00", "anna", "exchange y", 3_000),
    ("2025-03-07 10:00", "anna", "exchange y", 1_000),
    anna=Customer(income=8_000),
    opening=200_000,
)


CALM = bank(
    ("2024-12-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
    ("2025-01-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
    ("2025-02-20 10:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
    ("2025-02-25 10:00", "anna", "utility power", 200, "transfer", "utility"),
    ("2025-02-26 10:00", "anna", "shop corner", 300, "qr", "shopping"),
    ("2025-03-01 10:00", "eve", "anna", 1_000),
    ("2025-03-05 10:00", "ben", "anna", 2_000, "transfer", "family"),
    anna=Customer(household=1, employer="firm employer"),
    ben=Customer(household=1),
)


PASSED_ON = bank(
    ("2024-12-01 10:00", "old friend", "anna", 900),
    ("2025-02-12 09:00", "payer 0", "anna", 2_000),
    ("2025-02-12 20:00", "anna", "exit 0", 1_900),
    ("2025-03-04 10:00", "payer 1", "anna", 3_000),
    ("2025-03-04 11:00", "cash@1", "anna", 1_000, "cash_deposit"),
    ("2025-03-05 09:00", "old friend", "anna", 700),  # known for months, takes no part
    ("2025-03-05 10:00", "payer 2", "anna", 2_000),
    ("2025-03-05 20:00", "anna", "exit 1", 4_000),
    ("2025-03-06 08:00", "anna", "exit 2", 1_700),  # together 5,700 of 6,000
    ("2025-03-07 10:00", "payer 3", "anna", 1_500),
    ("2025-03-08 10:00", "anna", "exit 1", 1_485),  # of 1,500, and with all before 7,185 of 7,500
    anna="person",
)


# Indicator: the ledger, and anna's value.
BY_HAND: dict[str, tuple[Ledger, float]] = {
    # Anna is on both chains of three hops.
    "chain_amount_7d": (CHAIN, 9_500 + 9_400),
    "chain_to_turnover_ratio_7d": (CHAIN, 18_900 / 19_800),
    "passed_on_amount_7d": (PASSED_ON, 7_500),
    "passed_on_credit_count_7d": (PASSED_ON, 4),
    "passed_on_day_count_30d": (PASSED_ON, 3),  # 12 February, 6 and 8 March
    "overseas_out_amount_7d": (ABROAD, 43_000),
    "overseas_copayer_count_7d": (ABROAD, 3),  # anna, ben, and carl on the third day to the minute
    "overseas_copayee_count_7d": (ABROAD, 2),
    "high_risk_country_amount_30d": (ABROAD, 8_000),
    "high_risk_country_count_30d": (ABROAD, 2),
    "new_country_count_30d": (ABROAD, 2),  # the school's is known from December
    "new_high_risk_country_count_30d": (ABROAD, 1),  # the bank's, counted once
    "device_sharer_count_30d": (DEVICES, 2),  # carl and eve
    "fast_device_sharer_count_30d": (DEVICES, 1),  # carl
    "firm_age_days": (FIRM, 282),
    "registered_capital_amount": (FIRM, 1_000_000),
    "upkeep_share_60d": (FIRM, 25_000 / 300_000),
    "top_counterparty_share_60d": (FIRM, (375_000 + 200_000 + 100_000) / 800_000),
    "private_out_share_30d": (FIRM, 200_000 / 300_000),
    "new_counterparty_share_30d": (FIRM, 6 / 7),  # all but firm one
    "cash_in_to_baseline_ratio_30d": (SHOP, 16_000 / 5_000),
    "code_in_to_baseline_ratio_30d": (SHOP, 427 / 1_000),
    "cash_in_to_income_ratio_30d": (SHOP, 16_000 / 64_000),
    "code_payer_count_7d": (SHOP, 3),
    "repeat_payer_share_30d": (SHOP, 1 / 3),
    "city_entropy_30d": (SHOP, np.log2(3) - 2 / 3),  # two visits to city 1, one to city 2
    "person_payer_count_14d": (SHOP, 3),
    "stake_share_14d": (SHOP, 4 / 6),  # 50, 100, 200 and the deposit of 1,000
    "night_share_14d": (SHOP, 600 / SHOP_MOVED_14D),
    "night_count_14d": (SHOP, 2),
    "payment_count_14d": (SHOP, 7),
    "payee_count_14d": (SHOP, 1),
    "early_repaid_amount_30d": (INTEGRATION, 98_000),
    "lent_back_amount_30d": (INTEGRATION, 190_000),
    "premium_to_income_ratio_30d": (INTEGRATION, 8),
    "surrendered_amount_30d": (INTEGRATION, 60_000),
    "unpaid_for_payout_amount_30d": (INTEGRATION, 5_000),
    "exchange_in_amount_7d": (INTEGRATION, 7_000.50),
    "first_exchange_payment_amount_7d": (INTEGRATION, 3_000),
    "person_in_amount_7d": (INTEGRATION, 800.25),
    "odd_amount_share_7d": (INTEGRATION, 2 / 3),
    "wage_share_90d": (CALM, 24_000 / 27_000),
    "official_share_30d": (CALM, 200 / 11_500),
    "on_file_in_share_30d": (CALM, 10_000 / 11_000),
    "new_counterparty_count_30d": (CALM, 2),  # eve and ben
}


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_indicator_has_the_value_worked_out_by_hand(name: str, observe_params: Params) -> None:
    ledger, value = BY_HAND[name]
    assert indicators(ledger, "anna", MONDAY, observe_params)[name] == pytest.approx(value, rel=1e-6)


class TestEdges:
    """Where a window, a share or a span just ends."""

    def value(self, name: str, ledger: Ledger, params: Params, who: str = "anna") -> float:
        return float(indicators(ledger, who, MONDAY, params)[name])

    def chain(self, third: str = "2025-03-05 11:00", kept: float = 0.95, end: str = "carl") -> Ledger:
        return bank(
            ("2025-03-05 10:00", "eve", "anna", 10_000),
            ("2025-03-05 10:30", "anna", "ben", 10_000),
            (third, "ben", end, 10_000 * kept),
            anna="person",
            ben="person",
            carl="person",
        )

    def test_every_customer_of_a_chain_is_on_it_the_first_too(self, observe_params) -> None:
        for who in ("anna", "ben", "carl"):
            assert self.value("chain_amount_7d", self.chain(), observe_params, who) == 9_500

    def test_a_chain_may_take_a_day_and_no_microsecond_longer(self, observe_params) -> None:
        on_time, late = "2025-03-06 10:00", "2025-03-06 10:00:00.000001"
        assert self.value("chain_amount_7d", self.chain(on_time), observe_params) == 9_500
        assert self.value("chain_amount_7d", self.chain(late), observe_params) == 0

    def test_a_hop_that_loses_a_cent_more_than_the_fee_breaks_the_chain(self, observe_params) -> None:
        assert self.value("chain_amount_7d", self.chain(kept=0.949999), observe_params) == 0

    def test_a_hop_at_the_same_moment_is_no_later_hop(self, observe_params) -> None:
        assert self.value("chain_amount_7d", self.chain("2025-03-05 10:30"), observe_params) == 0

    def test_money_that_goes_back_makes_no_chain_of_four_parties(self, observe_params) -> None:
        assert self.value("chain_amount_7d", self.chain(end="anna"), observe_params) == 0

    def test_a_loan_repaid_after_a_quarter_of_the_term_is_not_early(self, observe_params) -> None:
        def repaid(moment: str) -> Ledger:
            return bank(
                ("2024-07-05 10:00", "lender bank", "anna", 100_000, "transfer", "loan"),
                (moment, "anna", "lender bank", 90_000, "transfer", "loan_repayment"),
                anna="person",
                opening=200_000,
            )

        # 270 days after 5 July 2024 is 1 April 2025.
        assert observe_params.early_repaid_days == 270
        assert self.value("early_repaid_amount_30d", repaid("2025-03-09 10:00"), observe_params) == 90_000
        short = observe_params.model_copy(update={"early_repaid_days": 246})
        assert self.value("early_repaid_amount_30d", repaid("2025-03-09 10:00"), short) == 0

    def test_persons_have_no_firm_shares(self, observe_params) -> None:
        for name in ("upkeep_share_60d", "top_counterparty_share_60d", "firm_age_days", "city_entropy_30d"):
            assert np.isnan(self.value(name, CALM, observe_params)), name

    def test_what_the_data_set_does_not_offer_is_empty(self, observe_params) -> None:
        bare = indicators(DEVICES, "anna", MONDAY, observe_params, frozenset({"cash"}))
        for name in ("device_sharer_count_30d", "high_risk_country_count_30d", "firm_age_days"):
            assert np.isnan(bare[name]), name

    def test_a_device_given_up_later_was_shared_until_then(self, observe_params) -> None:
        def shared(until: str | None) -> Ledger:
            uses = [("anna", "phone"), ("ben", "phone", "2025-01-01", until)]
            return bank(devices=uses, anna="person", ben="person")

        for until in (None, "2025-02-09", "2025-03-10", "2025-06-01"):
            assert self.value("device_sharer_count_30d", shared(until), observe_params) == 1
        assert self.value("device_sharer_count_30d", shared("2025-02-08"), observe_params) == 0
