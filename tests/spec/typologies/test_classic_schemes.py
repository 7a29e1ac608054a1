"""Schemes draw what their docstrings promise: structuring, fans, cycles, sleepers, chains.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from data.schema import DAY_US
from data.typologies.dormant_reactivation import SILENT_DAYS
from tests.spec.plans import (
    LEVELS,
    draw,
    holder,
    is_inside,
    kept,
    look_alikes,
    schemes,
    span_hours,
    stage_set,
)

SEEDS = range(8)


def test_cash_structuring_pays_in_below_the_line_and_most_of_it_leaves() -> None:
    for plan in schemes("cash_structuring"):
        depositors, boss = plan.accounts("depositor"), plan.accounts("beneficiary")
        assert 1 <= len(depositors) <= 2
        assert 3 <= len(plan.to(*depositors)) <= 12
        assert len(boss) == 1
        for account in depositors:
            deposits = plan.to(account)
            assert set(deposits["channel"]) == {"cash_deposit"}
            assert holder(deposits["payer"]) == {"cash_desk"}
            assert len(deposits) >= 3
            assert (deposits["yuan"] < 50_000).all()
            assert (deposits["yuan"] % 100 == 0).all()
            assert span_hours(deposits) <= (7 * plan.pace + 1) * 24
            leaves = plan.by(account)
            assert set(leaves["payee"]) == set(boss)
            assert leaves["hour"].min() > deposits["hour"].max()
            assert leaves["hour"].max() <= deposits["hour"].max() + 72
            assert 0.97 - 0.001 <= kept(deposits, leaves) <= 0.998


def test_cash_structuring_that_knows_the_rule_stays_below_its_band(observe_params) -> None:
    low, high = observe_params.near_line_cny
    for level, is_near in ((0, True), (2, False)):
        for seed in SEEDS:
            deposits = draw("cash_structuring", "illicit", seed, level).payments.query(
                "channel == 'cash_deposit'"
            )["yuan"]
            assert (deposits.between(low, high, inclusive="left").all()) == is_near
            assert is_near or (deposits < low).all()


def test_fan_in_gathers_from_many_and_one_or_two_payments_take_it_away() -> None:
    for plan in schemes("fan_in"):
        (collector,) = plan.accounts("collector")
        gathered, taken = plan.to(collector), plan.by(collector)
        assert gathered["payer"].is_unique
        assert 8 <= len(gathered) <= 30
        assert is_inside(gathered["payer"]).mean() < 0.7
        assert span_hours(gathered) <= (4 * plan.pace + 1) * 24
        assert 1 <= len(taken) <= 2
        assert set(taken["payee"]) == set(plan.accounts("beneficiary"))
        assert taken["hour"].min() > gathered["hour"].max()
        assert taken["hour"].max() - gathered["hour"].max() <= 36 * plan.pace
        assert 0.97 - 0.001 <= kept(gathered, taken) <= 0.998


def test_fan_out_splits_one_or_two_credits_into_many_nearly_equal_payments() -> None:
    for plan in schemes("fan_out"):
        (disperser,) = plan.accounts("disperser")
        credits, payments = plan.to(disperser), plan.by(disperser)
        assert 1 <= len(credits) <= 2
        assert payments["payee"].is_unique
        assert 8 <= len(payments) <= 30
        assert holder(payments["payee"]) == {"person"}
        own = set(payments["payee"][is_inside(payments["payee"])])
        assert set(plan.accounts("mule")) <= own <= {*plan.accounts("mule"), *plan.scene.bystanders}
        assert payments["yuan"].std() / payments["yuan"].mean() < 0.3
        assert payments["hour"].min() > credits["hour"].max()
        assert payments["hour"].max() - credits["hour"].max() <= 96 * plan.pace
        assert 0.97 - 0.001 <= kept(credits, payments) <= 0.998


def test_cycle_returns_a_sum_to_where_it_entered_and_each_hop_keeps_nearly_all() -> None:
    rings = []
    for plan in schemes("cycle"):
        ring = plan.accounts("ring")
        own = [account for account in ring if is_inside([account])[0]]
        assert 1 <= len(own) <= 2
        assert not is_inside(plan.accounts("funder")).any()
        entry, hops = plan.payments.iloc[0], plan.payments.iloc[1:]
        assert entry["payer"] in plan.accounts("funder")
        assert hops["payer"].iloc[0] == entry["payee"] == hops["payee"].iloc[-1]
        # Where the bank sees two hops in a row, the same sum goes on; between others it does not see.
        assert (np.diff(plan.payments["hour"]) > 0).all()
        assert set(hops["payer"]) | set(hops["payee"]) == set(ring)
        rounds = (hops["payee"] == entry["payee"]).sum()
        assert rounds in (1, 2, 3)
        for before, after in itertools.pairwise(plan.payments.itertuples()):
            if before.payee == after.payer:
                assert 0.97 - 0.001 <= after.yuan / before.arrives <= 0.998
            else:
                assert 0.97**5 * 0.5 <= after.yuan / before.arrives <= 1
        assert span_hours(plan.payments) <= 30 * 24 * plan.pace
        rings.append(len(ring))
    assert max(rings) >= 3


def test_family_loans_and_round_trips_leave_out_what_other_banks_see() -> None:
    for plan in [*schemes("cycle"), *look_alikes("cycle")]:
        assert (is_inside(plan.payments["payer"]) | is_inside(plan.payments["payee"])).all()


def test_cycle_takes_at_least_a_day() -> None:
    assert min(span_hours(plan.payments) for plan in schemes("cycle")) >= 24


def test_dormant_reactivation_tests_a_sleeping_account_then_uses_it_hard() -> None:
    world, _ = stage_set()
    tested = []
    for plan in schemes("dormant_reactivation"):
        (card,) = plan.accounts("card")
        assert world.is_dormant[world.owner[card]]
        silent = plan.scene.start - world.joined_us[world.owner[card]]
        assert silent >= SILENT_DAYS * DAY_US
        arrives, leaves = plan.to(card), plan.by(card)
        is_test = arrives["yuan"].isin([1, 5, 10])
        assert is_test.sum() <= 1
        tested.append((plan.level, bool(is_test.any())))
        if is_test.any():
            assert arrives["hour"].idxmin() == arrives["yuan"].idxmin()
        arrives = arrives[~is_test]
        assert arrives["payer"].nunique() >= 3
        assert span_hours(arrives) <= 72 * plan.pace
        assert leaves["hour"].min() > arrives["hour"].max()
        assert leaves["hour"].max() <= arrives["hour"].max() + 36 * plan.pace
        assert 0.97 - 0.001 <= kept(arrives, leaves) <= 0.998
    assert (0, False) not in tested and (2, True) not in tested


def test_pass_through_chain_runs_each_pulse_through_its_cards_within_hours() -> None:
    cash = 0
    for plan in schemes("pass_through_chain"):
        own = [card for card in plan.accounts("card") if is_inside([card])[0]]
        assert 1 <= len(own) <= 2
        first, last = own[0], own[-1]
        assert len(plan.to(first)) == len(plan.by(last))
        for came, gone in zip(plan.to(first).itertuples(), plan.by(last).itertuples(), strict=True):
            hops = len(own)
            assert 0 < gone.hour - came.hour <= (6 * plan.pace + 10) * hops
            is_cash = gone.channel == "cash_withdrawal"
            cash += is_cash
            assert holder([gone.payee]) <= ({"cash_desk"} if is_cash else {"person", "company"})
            if hops == 1:
                low = 0.97 - 100 / came.arrives - 0.001 if is_cash else 0.97 - 0.001
                assert low <= gone.yuan / came.arrives <= 0.998
        if len(own) == 2:
            assert set(plan.by(first)["payee"]) == {last}
    assert cash > 0


def _counts(name: str, role: str) -> set[int]:
    return {
        len(set(draw(name, "illicit", seed, level).accounts(role))) for seed in range(120) for level in LEVELS
    }


def test_cash_structuring_draws_every_promised_number_of_accounts_and_deposits() -> None:
    plans = [draw("cash_structuring", "illicit", seed) for seed in range(60)]
    counts = {(plan.payments["channel"] == "cash_deposit").sum() for plan in plans}
    assert {len(plan.accounts("depositor")) for plan in plans} == {1, 2}
    assert (min(counts), max(counts)) == (3, 12)


@pytest.mark.parametrize(
    ("name", "role", "most"),
    [
        ("cash_structuring", "depositor", 2),
        ("fan_in", "payer", 24),  # some of the payers bank here and are no members
        ("fan_out", "payee", 29),  # likewise
    ],
)
def test_the_largest_promised_number_is_drawn(name: str, role: str, most: int) -> None:
    assert max(_counts(name, role)) >= most - (2 if most > 10 else 0)
