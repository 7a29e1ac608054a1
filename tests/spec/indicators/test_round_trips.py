"""Money that comes back over several parties, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from data.asof.network import Multigraph, TrailLimits
from data.observe import Params
from data.schema import HOUR_US
from tests.spec.indicators.drawn import MONDAY
from tests.spec.ledger import bank, indicators

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
