"""Look-alikes draw what the textbook says: those of smurfs, layers, fronts, shells, underground banks.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from tests.spec import plans
from tests.spec.plans import CENT, Plan, holder, is_inside, kept, stage_set
from tests.spec.typologies.seeds import _price, span_days

SEEDS = range(10)


def look_alikes(name: str) -> Iterator[Plan]:
    yield from plans.look_alikes(name, SEEDS)


def states(payments: pd.DataFrame, *purposes: str) -> bool:
    """What innocent people pay is for nothing but what they pay it for."""
    return set(payments["purpose"]) <= set(purposes)


def test_fee_collector_gathers_like_fees_and_pays_the_school_or_the_manager() -> None:
    for plan in look_alikes("smurfing"):
        (collector,) = plan.accounts("collector")
        fees, paid = plan.to(collector), plan.by(collector)
        assert 4 <= len(fees) <= 16
        assert fees["payer"].is_unique
        assert fees["yuan"].between(240, 20_000).all()
        assert span_days(fees) <= 6
        assert (len(paid) in (1, 2), holder(paid["payee"]) <= {"company", "person"}) == (True, True)
        assert paid["hour"].min() > fees["hour"].max()
        assert 0.9 - 0.001 <= kept(fees, paid) <= 1
        assert states(plan.payments, "tuition", "goods", "unstated")


def test_online_seller_is_paid_for_orders_and_then_pays_suppliers() -> None:
    for plan in look_alikes("gather_scatter"):
        (seller,) = plan.accounts("seller")
        orders, costs = plan.to(seller), plan.by(seller)
        assert 3 <= len(orders) <= 18
        assert 3 <= len(costs) <= 18
        assert costs["hour"].min() > orders["hour"].max()
        assert 0.77 <= kept(orders, costs) <= 0.991
        assert states(plan.payments, "goods", "unstated")


@pytest.mark.parametrize("name", ["gather_scatter", "bipartite", "stack"])
def test_no_student_and_no_pensioner_is_a_trader(name: str) -> None:
    world, _ = stage_set()
    for plan in look_alikes(name):
        members = np.array([account for account, _ in plan.scene.members])
        owner = world.owner[members[is_inside(members)]]
        assert not np.isin(world.occupation[owner], ["student", "retired"]).any()


def test_loan_pool_spreads_a_gift_that_one_relative_borrows_back_together() -> None:
    kinds: Counter[str] = Counter()
    for plan in look_alikes("scatter_gather"):
        (kind,) = {role for _, role in plan.scene.members}
        kinds[kind] += 1
        giver, taker = plan.accounts(kind)[:2]
        given, back = plan.by(giver).set_index("payee"), plan.to(taker).set_index("payer")
        assert 3 <= len(given) <= 12
        assert sorted(given.index) == sorted(back.index)
        assert (given["yuan"] < 100_000).all()
        back = back.loc[given.index]
        assert (back["hour"] > given["hour"]).all()
        assert (back["yuan"] <= given["arrives"] + CENT).all()
        if kind == "relative":
            assert states(plan.payments, "goods", "payroll", "gift", "family", "loan")
        else:
            assert states(plan.payments, "goods")
    assert set(kinds) == {"relative", "till"}


def test_a_market_stall_pays_in_takings_and_buys_from_several_wholesalers() -> None:
    for plan in look_alikes("bipartite"):
        (stall,), (wholesaler,) = plan.accounts("stall"), plan.accounts("wholesaler")
        (takings,) = plan.to(stall).itertuples()
        bought = plan.by(stall)
        assert takings.hour < bought["hour"].min()
        assert takings.arrives >= bought["arrives"].sum() * 0.9
        assert len(bought) >= 2
        (order,) = plan.by(wholesaler).itertuples()
        assert holder([order.payee]) <= {"company", "person"}
        assert order.yuan < plan.to(wholesaler)["arrives"].sum()
        assert states(plan.payments, "takings", "cash", "goods", "unstated", "supplies")


def test_distribution_chain_hands_money_up_and_every_distributor_keeps_a_margin() -> None:
    for plan in look_alikes("stack"):
        for distributor in plan.accounts("distributor"):
            got, gave = plan.to(distributor), plan.by(distributor)
            assert len(got) >= 2
            assert len(gave) >= 2
            assert gave["hour"].min() > got["hour"].max()
            assert 0.82 - 0.001 <= kept(got, gave) <= 0.99 + 0.001
        assert states(plan.payments, "goods", "unstated")


def test_student_budget_is_money_from_a_few_relatives_and_jobs_spent_on_study_and_rent() -> None:
    world, _ = stage_set()
    for plan in look_alikes("student_mule"):
        (student,) = plan.accounts("student")
        assert world.occupation[world.owner[student]] == "student"
        family, spent = plan.to(student), plan.by(student)
        wages = plan.everyday.query("purpose == 'payroll'")
        assert 1 <= len(wages) <= 4
        assert set(wages["payee"]) == {student}
        assert 3 <= len(family) <= 8
        assert family.query("channel == 'transfer'")["payer"].nunique() <= 5
        assert family["yuan"].between(200, 40_100).all()
        assert spent["payee"].nunique() <= 2
        assert states(spent, "tuition", "rent")
        assert 0.85 <= kept(family, spent) <= 1


def test_seasonal_shop_takes_more_by_code_too_and_buys_more() -> None:
    for plan in look_alikes("cash_intensive_front"):
        (shop,) = plan.accounts("shop")
        takings, paid = plan.to(shop), plan.by(shop)
        assert set(takings["channel"]) == {"cash_deposit"}
        scans = plan.everyday.query("payee == @shop")
        assert (len(scans) > 0, set(scans["channel"])) == (True, {"qr"})
        assert 15 <= span_days(takings) <= 91
        assert holder(paid["payee"]) == {"company", "person"}
        assert paid.query("purpose == 'supplies'")["yuan"].sum() > 0.35 * paid["yuan"].sum()


def test_trading_start_up_spends_most_on_goods_and_little_on_people() -> None:
    share_of_people = []
    for plan in look_alikes("shell_company"):
        (firm,) = plan.accounts("start_up")
        invoices, paid = plan.to(firm), plan.by(firm)
        assert 5 <= len(invoices) <= 14
        assert 2 <= invoices["payer"].nunique() <= 8
        assert holder(invoices["payer"]) == {"company"}
        assert invoices["yuan"].between(5_000, 1_000_000).all()
        assert paid["yuan"].sum() < invoices["arrives"].sum()
        people = paid.query("purpose in ('payroll', 'loan_repayment')")
        share_of_people.append(people["yuan"].sum() / invoices["arrives"].sum())
    assert np.mean(share_of_people) <= 0.3


def test_importer_is_paid_at_home_and_pays_makers_abroad_or_agents_at_home() -> None:
    pays_abroad = []
    for plan in look_alikes("underground_bank_mirror"):
        (firm,) = plan.accounts("wholesaler")
        sold, bought = plan.to(firm), plan.by(firm)
        assert holder([firm]) <= {"micro_business", "person"}
        assert 5 <= len(sold) <= 14
        assert _price(sold["yuan"], 100, 2) is not None
        wires = bought[bought["channel"] == "wire"]
        pays_abroad.append(len(wires) > 0)
        assert holder(wires["payee"]) <= {"overseas"}
        assert holder(bought["payee"].drop(wires.index)) <= {"company", "person"}
        assert states(plan.payments, "goods", "supplies", "unstated")
        assert 0.74 <= kept(sold, bought) <= 0.98
    assert 0 < np.mean(pays_abroad) < 0.8
