"""Strangers, tests, repeated pairs, figures of amounts, accounts that come and go, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.observe import Params
from tests.spec.ledger import Customer, bank, indicators

MONDAY = "2025-03-10"


def measured(params: Params, *lines: tuple[Any, ...], **how: object) -> dict[str, float]:
    """Anna's indicators on Monday, 10 March 2025."""
    return indicators(bank(*lines, anna="person", **how), "anna", MONDAY, params).to_dict()


def test_strangers_of_three_days_by_hand(observe_params: Params) -> None:
    seen = measured(
        observe_params,
        ("2025-02-01 10:00", "anna", "aunt", 5),  # known since
        ("2025-03-06 23:59", "early", "anna", 700),  # more than three days ago
        ("2025-03-07 00:00", "payer 1", "anna", 1_000),
        ("2025-03-08 10:00", "payer 2", "anna", 3_000),
        ("2025-03-08 11:00", "payer 2", "anna", 2_000),  # still a stranger, counted once
        ("2025-03-08 12:00", "aunt", "anna", 400),
        ("2025-03-08 13:00", "payer 3", "anna", 50_000),  # at the report line
        ("2025-03-08 14:00", "firm one", "anna", 900),
        ("2025-03-08 15:00", "anna", "payee", 800),
    )
    assert seen["stranger_payer_count_3d"] == 2
    assert seen["stranger_in_amount_3d"] == 6_000
    assert seen["stranger_in_variation_3d"] == pytest.approx(np.std([1_000, 3_000, 2_000]) / 2_000)


def test_a_single_sum_has_no_variation(observe_params: Params) -> None:
    seen = measured(observe_params, ("2025-03-08 10:00", "payer", "anna", 10))
    assert np.isnan(seen["stranger_in_variation_3d"])


def test_money_after_a_test_by_hand(observe_params: Params) -> None:
    seen = measured(
        observe_params,
        ("2025-02-20 10:00", "old friend", "anna", 40),
        ("2025-03-04 10:00", "controller", "anna", 5),
        ("2025-03-04 10:00", "payer 0", "anna", 100),  # at the very moment of the test
        ("2025-03-04 11:00", "payer 1", "anna", 1_000),
        ("2025-03-04 12:00", "old friend", "anna", 2_000),
        ("2025-03-07 10:00", "payer 2", "anna", 4_000),  # exactly 72 hours later
        ("2025-03-07 10:01", "payer 3", "anna", 8_000),
        ("2025-03-08 10:00", "anna", "exit", 9_000),
    )
    assert seen["payer_after_test_count_7d"] == 2
    assert seen["in_after_test_amount_7d"] == 5_000


def passed_on(params: Params, *lines: tuple[Any, ...], **how: object) -> float:
    """Anna's money passed on, of 2,000 that a newly met payer sent on 3 March at ten and of what is drawn."""
    came = ("2025-03-03 10:00", "payer", "anna", 2_000)
    return measured(params, came, *lines, **how)["passed_on_amount_7d"]


def test_money_is_passed_on_when_a_small_part_stays(observe_params: Params) -> None:
    least, most = observe_params.patterns.passed_on_kept

    def leaves(yuan: float) -> float:
        return passed_on(observe_params, ("2025-03-04 10:00", "anna", "exit", yuan))

    assert [leaves(2_000 * least), leaves(2_000 * most)] == [2_000, 2_000]
    assert [leaves(2_000 * least - 0.01), leaves(2_000 * most + 0.01), leaves(2_000)] == [0, 0, 0]


def test_money_is_passed_on_within_days(observe_params: Params) -> None:
    days = observe_params.patterns.passed_on_days
    assert passed_on(observe_params, (f"2025-03-0{3 + days} 10:00", "anna", "exit", 1_950)) == 2_000
    assert passed_on(observe_params, (f"2025-03-0{3 + days} 10:01", "anna", "exit", 1_950)) == 0


def test_money_goes_on_to_parties_newly_met_in_cash_and_into_policies(observe_params: Params) -> None:
    def to(payee: str, *more: object, **how: object) -> float:
        return passed_on(observe_params, ("2025-03-04 10:00", "anna", payee, 1_950, *more), **how)

    assert to("cash@1", "cash_withdrawal") == 2_000
    assert to("insurer life", "transfer", "insurance") == 2_000
    assert to("shop corner", "qr", "shopping") == 0
    assert to("broker fund", "transfer", "investment") == 0


def test_who_was_met_long_before_takes_no_part(observe_params: Params) -> None:
    met = pd.Timestamp("2025-03-04 10:00") - pd.Timedelta(days=observe_params.patterns.newly_met_days)
    leaves = ("2025-03-04 10:00", "anna", "exit", 1_950)
    assert passed_on(observe_params, (str(met), "anna", "exit", 1), leaves) == 2_000
    earlier = met - pd.Timedelta(minutes=1)
    assert passed_on(observe_params, (str(earlier), "anna", "exit", 1), leaves) == 0


def test_of_small_sums_nothing_is_said(observe_params: Params) -> None:
    least = observe_params.patterns.passed_on_from_cny
    for yuan, found in ((least, least), (least - 0.01, 0)):
        seen = measured(
            observe_params,
            ("2025-03-03 10:00", "payer", "anna", yuan),
            ("2025-03-04 10:00", "anna", "exit", yuan * 0.95),
        )
        assert seen["passed_on_amount_7d"] == pytest.approx(found)


def test_pairs_by_hand(observe_params: Params) -> None:
    seen = measured(
        observe_params,
        ("2025-02-23 10:00", "anna", "ben", 1_000),  # its row goes on into the fortnight
        ("2025-02-24 10:00", "anna", "ben", 1_000),
        ("2025-02-25 10:00", "anna", "ben", 1_050),
        ("2025-02-25 11:00", "anna", "ben", 5_000),
        ("2025-02-27 10:00", "anna", "ben", 990),
        ("2025-02-26 10:00", "ben", "anna", 1_000),  # the other way
        ("2025-03-01 10:00", "firm employer", "anna", 9_000, "transfer", "payroll"),
        ("2025-03-02 10:00", "firm employer", "anna", 9_000, "transfer", "payroll"),
    )
    assert seen["same_pair_day_count_14d"] == 2
    assert seen["same_pair_row_14d"] == 3
    # Within a fortnight of 27 February, all but the 5,000 are within a tenth of each other.
    assert seen["same_pair_alike_count_14d"] == 4
    assert seen["same_pair_alike_amount_14d"] == 5_000


def test_payments_just_below_a_large_value_line_are_counted_by_pair(observe_params: Params) -> None:
    person = observe_params.patterns.large_lines_cny["person"][0]
    low = observe_params.patterns.near_large_from * person
    seen = measured(
        observe_params,
        ("2025-03-04 10:00", "anna", "ben", low),
        ("2025-03-05 10:00", "anna", "ben", person - 0.01),
        ("2025-03-06 10:00", "anna", "ben", person),
        ("2025-03-06 10:00", "anna", "ben", low - 0.01),
        ("2025-03-07 10:00", "anna", "carl", low),
    )
    assert seen["same_pair_near_large_count_14d"] == 2


def test_the_figures_of_amounts_by_hand(observe_params: Params) -> None:
    tails = [188, 288, 1_088, 500]  # last figures 8, 8, 8, 0; tails 88, 88, 88, 00
    lines = [(f"2025-03-0{3 + n} 10:00", f"payer {n}", "anna", yuan + 0.5) for n, yuan in enumerate(tails)]
    seen = measured(observe_params, *lines, ("2025-03-08 10:00", "payer", "anna", 3_000))
    assert seen["unexplained_count_14d"] == 5
    assert seen["same_tail_share_14d"] == pytest.approx(3 / 5)
    assert seen["round_amount_share_14d"] == pytest.approx(1 / 5)
    assert seen["last_digit_entropy_14d"] == pytest.approx(-(0.6 * np.log2(0.6) + 0.4 * np.log2(0.4)))


def test_accounts_that_come_and_go_by_hand(observe_params: Params) -> None:
    seen = measured(
        observe_params,
        ("2025-02-18 10:00", "source", "anna", 3_000),  # exactly fourteen days before the second closing
        ("2025-03-01 10:00", "anna", "exit", 2_000),
        ("2025-03-04 10:00", "source", "anna", 70_000),
        also=["anna/a", "anna/b", "anna/c"],
        opened={"anna/a": "2024-12-10", "anna/b": "2024-12-09", "anna/c": "2025-03-09 23:59"},
        closed={"anna/a": "2025-02-19", "anna/b": "2025-03-04 10:00", "anna/c": "2025-03-10"},
    )
    assert seen["account_opening_count_90d"] == 2  # from 10 December on
    assert seen["account_closing_count_90d"] == 2  # the third is at the moment itself
    assert seen["flow_before_closing_90d"] == 5_000


def test_persons_and_firms_by_hand(observe_params: Params) -> None:
    seen = measured(
        observe_params,
        ("2025-02-24 00:00", "firm one", "anna", 100),
        ("2025-03-03 10:00", "firm one", "anna", 200),
        ("2025-03-03 11:00", "firm two", "anna", 400),
        ("2025-03-04 11:00", "firm employer", "anna", 8_000, "transfer", "payroll"),
        ("2025-02-23 23:59", "firm three", "anna", 800),
        ("2025-03-05 10:00", "anna", "ben", 30),
        ("2025-03-06 10:00", "anna", "ben", 20),
        ("2025-03-06 11:00", "anna", "eve", 25),
        ("2025-03-06 12:00", "anna", "firm shoes", 25),
    )
    assert seen["from_firm_payer_count_14d"] == 2
    assert seen["from_firm_day_count_14d"] == 2
    assert seen["from_firm_amount_14d"] == 700
    assert seen["to_person_count_14d"] == 3
    assert seen["to_person_payee_count_14d"] == 2
    assert seen["to_person_amount_14d"] == 75
    assert seen["to_person_share_14d"] == pytest.approx(0.75)


def test_a_month_of_a_customer_seen_for_half_of_the_stretch_is_a_mean_of_what_was_seen(
    observe_params: Params,
) -> None:
    """Joined on 10 December: sixty days before 8 February, in which 600 yuan came."""
    ledger = bank(
        ("2025-01-05 10:00", "friend", "anna", 600),
        ("2025-03-05 10:00", "friend", "anna", 900),
        anna=Customer(joined="2024-12-10"),
    )
    assert indicators(ledger, "anna", MONDAY, observe_params)["in_to_baseline_ratio_30d"] == pytest.approx(3)
