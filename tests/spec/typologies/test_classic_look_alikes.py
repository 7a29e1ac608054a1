"""Look-alikes draw what their docstrings promise: those of structuring, fans, cycles, sleepers, chains.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

import numpy as np

from tests.spec.plans import (
    CENT,
    holder,
    is_inside,
    kept,
    look_alikes,
    span_hours,
    stage_set,
)


def test_daily_takings_are_cash_of_a_shop_at_its_home_counter_and_pay_the_supplier() -> None:
    world, _ = stage_set()
    for plan in look_alikes("cash_structuring"):
        (shop,) = plan.accounts("shop")
        is_firm = holder([shop]) == {"micro_business"}
        takings, supplies = plan.to(shop), plan.by(shop)
        assert set(takings["purpose"]) == {"takings" if is_firm else "cash"}
        assert (takings["yuan"] < 50_000).all()
        assert set(takings["city"]) == {world.city[world.owner[shop]]}
        assert 4 <= len(takings) <= 9
        assert span_hours(takings) <= 11 * 24
        assert set(supplies["purpose"]) == {"supplies"}
        assert holder(supplies["payee"]) <= {"company", "person"}
        assert supplies["yuan"].sum() < takings["yuan"].sum()


def test_group_buy_gathers_the_price_of_some_items_each_and_pays_the_suppliers() -> None:
    for plan in look_alikes("fan_in"):
        (leader,) = plan.accounts("leader")
        orders, supplies = plan.to(leader), plan.by(leader)
        assert orders["payer"].is_unique
        assert len(orders) >= 8
        # One to six items of one price, at most a tenth off.
        assert orders["yuan"].max() <= 6 / 0.9 * (orders["yuan"].min() + CENT)
        assert (len(supplies) in (1, 2), holder(supplies["payee"]) <= {"company", "person"}) == (True, True)
        assert supplies["hour"].min() > orders["hour"].max()
        assert 0.8 < kept(orders, supplies) < 1


def test_labour_contractor_is_paid_by_a_builder_and_pays_a_crew() -> None:
    for plan in look_alikes("fan_out"):
        (contractor,) = plan.accounts("contractor")
        order, wages = plan.to(contractor), plan.by(contractor)
        assert (len(order) in (1, 2), holder(order["payer"]) <= {"company", "person"}) == (True, True)
        assert wages["payee"].is_unique
        assert len(wages) >= 8
        assert wages["yuan"].max() <= 4 * wages["yuan"].min()
        assert wages["hour"].min() > order["hour"].max()
        assert wages["yuan"].sum() <= order["arrives"].sum() + 1


def test_family_loan_goes_round_relatives_without_interest() -> None:
    for plan in look_alikes("cycle"):
        relatives = plan.accounts("relative")
        assert 1 <= is_inside(relatives).sum() <= 2
        came, loans = plan.payments.iloc[0], plan.payments.iloc[1:]
        assert holder([came["payer"]]) <= {"broker", "person"}
        assert loans["payer"].iloc[0] == came["payee"] == loans["payee"].iloc[-1]
        assert set(loans["payer"]) | set(loans["payee"]) == set(relatives)
        assert set(loans["purpose"]) <= {"family", "loan", "loan_repayment"}
        assert (np.diff(plan.payments["hour"]) > 0).all()
        assert (np.diff(plan.payments["yuan"]) <= CENT).all()


def test_card_repayment_passes_from_who_pays_over_spouses_to_whom_they_owe() -> None:
    seen = set()
    for plan in look_alikes("pass_through_chain"):
        spouses = plan.accounts("spouse")
        own = [spouse for spouse in spouses if is_inside([spouse])[0]]
        assert 1 <= len(own) <= 2
        for row in plan.payments.itertuples():
            is_spouse = row.payer in spouses, row.payee in spouses
            seen.add((*is_spouse, row.purpose))
            assert {row.payer, row.payee} & set(own)
    # Two shops lend each other what two spouses give.
    assert seen - {(True, True, "loan")} == {
        (False, True, "payroll"),
        (False, True, "goods"),
        (True, True, "family"),
        (True, False, "loan_repayment"),
    }


def test_returning_migrant_wakes_a_sleeping_account_and_begins_to_live_from_it() -> None:
    world, _ = stage_set()
    for plan in look_alikes("dormant_reactivation"):
        (migrant,) = plan.accounts("migrant")
        assert world.is_dormant[world.owner[migrant]]
        shopping = plan.everyday.query("payer == @migrant and purpose == 'shopping'")
        assert (len(shopping), holder(shopping["payee"])) == (8, {"merchant"})
        assert shopping["hour"].min() > plan.to(migrant)["hour"].max()
        assert plan.by(migrant)["yuan"].sum() < plan.to(migrant)["arrives"].sum()
