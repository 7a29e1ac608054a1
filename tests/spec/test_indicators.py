"""Indicators computed by hand: a whole month of one customer, window edges, matching, round trips."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from data.asof.money_trail import match_first_in_first_out
from data.asof.network import Multigraph, TrailLimits
from data.indicators import INDICATORS
from data.observe import Params
from data.schema import DAY_US, HOUR_US
from tests.spec.ledger import Customer, Ledger, bank, indicators

MONDAY = "2025-03-10"

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
    files = sorted(Path(__file__).parent.glob("test_indicators*.py"))
    worked_out = [name for file in files for name in import_module(f"tests.spec.{file.stem}").BY_HAND]
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


# ------------------------------------------------------------- window edges


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


# ------------------------------------------------- first in, first out


def matched(*events: tuple[float, int], fast: int = 24, memory_days: int = 30) -> list[tuple]:
    """(matched, fast, cent-hours) by debit; an event is (hour, cents), below zero for a debit."""
    at = np.array([round(hour * HOUR_US) for hour, _ in events])
    cents = np.array([cents for _, cents in events])
    result = match_first_in_first_out(
        np.array([0, len(events)]),
        at,
        np.abs(cents),
        cents > 0,
        np.ones(len(events), bool),
        fast * HOUR_US,
        memory_days * DAY_US,
    )
    return [tuple(int(part[i]) for part in result) for i in np.flatnonzero(cents < 0)]


def test_the_oldest_money_leaves_first() -> None:
    assert matched((0, 100), (10, 100), (30, -150)) == [(150, 50, 100 * 30 + 50 * 20)]


def test_a_credit_is_used_up_once() -> None:
    assert matched((0, 100), (1, -60), (2, -60)) == [(60, 60, 60), (40, 40, 80)]


def test_a_debit_without_money_before_it_matches_nothing() -> None:
    assert matched((0, -70), (1, 100)) == [(0, 0, 0)]


def test_money_that_leaves_after_exactly_the_allowed_time_left_fast() -> None:
    assert matched((0, 100), (24, -100)) == [(100, 100, 2_400)]
    assert matched((0, 100), (24 + 1 / 60, -100))[0][1] == 0


def test_older_credits_than_the_memory_count_as_savings() -> None:
    assert matched((0, 100), (48, -100), memory_days=2) == [(100, 0, 4_800)]
    assert matched((0, 100), (48.01, -100), memory_days=2) == [(0, 0, 0)]


def test_customers_do_not_spend_the_money_of_others() -> None:
    result = match_first_in_first_out(
        np.array([0, 1, 2]),
        np.array([0, HOUR_US]),
        np.array([100, 100]),
        np.array([True, False]),
        np.ones(2, bool),
        DAY_US,
        30 * DAY_US,
    )
    assert [int(part.sum()) for part in result] == [False, False, False]


# -------------------------------------------------------- round trips

A, B, C, D, OUTSIDE = 0, 1, 2, 3, 4


def trips(*payments: tuple[float, int, int, int], days: int = 10, hops: int = 6, steps: int = 2_000):
    """Whether each payment closes a round trip of three or more; a payment is (hour, payer, payee, cents)."""
    hour, payer, payee, cents = (np.array(column) for column in zip(*payments, strict=True))
    graph = Multigraph.of(payer, payee, np.round(hour * HOUR_US).astype(np.int64), cents, 5)
    limits = TrailLimits(
        hop_hours=24 * days,
        kept=(0.85, 1.01),
        chain_hops=hops,
        cycle_hops=hops,
        cycle_days=days,
        most_arrivals=64,
        most_steps=steps,
    )
    closing = limits.cycles(graph, limits.trails(graph, 1), 1).closing_through(3)
    return np.isin(np.arange(len(hour)), graph.row[closing]).tolist()


def test_only_the_closing_payment_is_flagged() -> None:
    assert trips((0, A, B, 1_000), (1, B, C, 950), (2, C, A, 900)) == [False, False, True]


def test_each_hop_keeps_its_share_of_the_hop_before() -> None:
    assert trips((0, A, B, 1_000), (1, B, C, 850), (2, C, A, 723)) == [False, False, True]
    assert trips((0, A, B, 1_000), (1, B, C, 849), (2, C, A, 800)) == [False, False, False]
    assert trips((0, A, B, 1_000), (1, B, C, 1_010), (2, C, A, 1_010)) == [False, False, True]
    assert trips((0, A, B, 1_000), (1, B, C, 1_011), (2, C, A, 1_000)) == [False, False, False]


def test_payments_must_follow_each_other_strictly_in_time() -> None:
    assert trips((1, A, B, 1_000), (1, B, C, 1_000), (2, C, A, 1_000)) == [False, False, False]
    assert trips((0, B, C, 1_000), (1, A, B, 1_000), (2, C, A, 1_000)) == [False, False, False]


def test_a_round_trip_has_a_longest_number_of_hops() -> None:
    ring = ((0, A, B, 1_000), (1, B, C, 1_000), (2, C, D, 1_000), (3, D, A, 1_000))
    assert trips(*ring, hops=4)[-1]
    assert not trips(*ring, hops=3)[-1]


def test_a_round_trip_ends_within_the_allowed_days() -> None:
    assert trips((0, A, B, 1_000), (1, B, C, 1_000), (240, C, A, 1_000))[-1]
    assert not trips((0, A, B, 1_000), (1, B, C, 1_000), (240.001, C, A, 1_000))[-1]


def test_money_that_is_handed_back_the_way_it_came_is_no_round_trip() -> None:
    direct = ((0, A, B, 1_000), (1, B, C, 1_000), (2, C, B, 1_000), (3, B, A, 1_000))
    assert not trips(*direct)[-1]


def test_money_may_pass_an_outside_account() -> None:
    assert trips((0, A, OUTSIDE, 1_000), (1, OUTSIDE, B, 1_000), (2, B, A, 1_000))[-1]


def test_a_search_gives_up_after_so_many_payments() -> None:
    ring = ((0, A, B, 1_000), (1, B, C, 1_000), (2, C, A, 1_000))
    noise = tuple((1.5, OUTSIDE, C, 1_000) for _ in range(50))
    assert trips(*ring[:2], *noise, ring[2])[-1]
    assert not trips(*ring[:2], *noise, ring[2], steps=20)[-1]


def test_a_payment_between_own_accounts_is_no_hop(observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-03 10:00", "anna", "ben", 10_000),
        ("2025-03-04 10:00", "ben", "ben/savings", 9_000),
        ("2025-03-05 10:00", "ben/savings", "anna", 8_000),
        anna="person",
        ben="person",
    )
    assert indicators(ledger, "anna", MONDAY, observe_params)["round_trip_amount_30d"] == 0


def test_an_unknown_balance_does_not_hide_a_lower_one(observe_params: Params) -> None:
    ledger = bank(
        ("2025-03-04 10:00", "anna", "eve", 9_900),
        ("2025-03-05 10:00", "dora", "anna", 1_000),
        ("2025-03-06 10:00", "dora", "anna", 1_000),
        anna="person",
    )
    ledger.transactions.loc[1, "payee_balance_cents"] = None
    seen = indicators(ledger, "anna", MONDAY, observe_params)["lowest_balance_ratio_7d"]
    assert np.isnan(seen) or seen == pytest.approx(100 / 2_000)


def test_withdrawals_below_the_line_are_no_deposits(observe_params: Params) -> None:
    low, line = observe_params.near_line_cny
    sums = (low - 0.01, low, line - 0.01, line)
    lines = [
        (f"2025-03-04 1{n}:00", "anna", "cash@1", yuan, "cash_withdrawal") for n, yuan in enumerate(sums)
    ]
    seen = indicators(bank(*lines, anna="person", opening=200_000), "anna", MONDAY, observe_params)
    assert seen["near_line_withdrawal_count_7d"] == 2
    assert seen["near_line_cash_count_7d"] == 0
