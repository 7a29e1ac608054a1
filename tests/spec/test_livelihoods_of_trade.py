"""Each livelihood of trade and work as a bank would describe it: who pays whom, when, how much stays."""

from __future__ import annotations

import pandas as pd

from tests.spec.livelihoods import DAY, bank, both_sides, kept_share, leaders, payments


def test_a_contractor_is_paid_once_a_month_and_pays_the_crew_within_three_days() -> None:
    for leader in leaders("contractor"):
        bills, wages = both_sides("contractor", leader)
        bills = bills[bills["payer_is"] == "company"]  # a contractor may be a hand of another one
        assert 12 <= len(bills) <= 13
        assert set(bills["payer_is"]) == {"company"}
        assert wages["payee"].nunique() >= 8
        wages = wages[wages["channel"] == "transfer"]
        assert set(wages["purpose"]) == {"payroll"}
        wait = pd.merge_asof(wages[["at"]], bills[["at"]].assign(bill=bills["at"]), on="at")
        assert (wait["at"] - wait["bill"]).max() <= 3 * DAY
    assert kept_share("contractor", leaders("contractor")).between(0.01, 0.12).all()


def test_a_marketplace_seller_has_many_small_receipts_stock_to_pay_and_refunds() -> None:
    table = payments("marketplace_seller")
    sales = table[(table["purpose"] == "goods") & table["payee"].isin(leaders("marketplace_seller"))]
    per_month = sales.groupby("payee").size() / 12.9
    assert 15 <= per_month.median() <= 60
    assert sales["yuan"].median() < 150
    refunds = table[(table["purpose"] == "goods") & table["payer"].isin(leaders("marketplace_seller"))]
    assert 0.02 < len(refunds) / len(sales) < 0.08
    assert kept_share("marketplace_seller", leaders("marketplace_seller")).median() > 0.1


def test_market_places_boom_before_the_great_sales() -> None:
    goods = payments("marketplace_seller").query("purpose == 'goods'")
    day = goods["at"].dt.floor("D").value_counts().sort_index()
    before_618 = day.loc["2025-06-15":"2025-06-18"].mean()
    assert before_618 > 1.4 * day.loc["2025-05-11":"2025-05-31"].mean()


def test_a_live_stream_seller_is_paid_in_bursts_at_night_and_pays_the_makers() -> None:
    table = payments("live_stream_seller")
    receipts = table[table["channel"] == "qr"]
    assert receipts["at"].dt.hour.isin([20, 21, 22, 23, 0, 1, 2]).all()
    a_night = receipts.groupby(["payee", (receipts["at"] - pd.Timedelta(hours=12)).dt.date]).size()
    assert a_night.median() >= 8
    platforms = table[(table["payer_is"] == "company") & (table["purpose"] == "goods")]
    assert platforms["payer"].nunique() <= 3
    assert kept_share("live_stream_seller", leaders("live_stream_seller")).median() < 0.4


def test_a_group_buy_leader_collects_in_three_evenings_and_pays_one_supplier() -> None:
    for leader in leaders("group_buy_leader"):
        collected, spent = both_sides("group_buy_leader", leader)
        # A leader may be a neighbour of another one.
        ordered = spent[spent["purpose"] == "supplies"]
        assert len(set(ordered["payee"])) == 1
        assert 54 <= len(ordered) <= 56
        assert collected["payer"].nunique() >= 8
        assert len(set(collected["at"].dt.day_of_week)) == 3
    assert kept_share("group_buy_leader", leaders("group_buy_leader")).between(0.04, 0.19).all()


def test_a_rent_collector_takes_round_rents_early_and_passes_most_on_in_one_sum() -> None:
    for leader in leaders("rent_collector"):
        rents, dues = both_sides("rent_collector", leader)
        assert rents["payer"].nunique() >= 3
        assert (rents["yuan"] % 100 == 0).all()
        assert rents["at"].dt.day.max() <= 16
        assert len(set(dues["payee"])) == 1
        assert dues["purpose"].iloc[0] in ("rent", "loan_repayment")
    assert kept_share("rent_collector", leaders("rent_collector")).between(0, 0.65).all()


def test_tuition_is_due_in_february_and_september_and_schools_pay_teachers_all_year() -> None:
    table = payments("tuition")
    fees = table[table["purpose"] == "tuition"]
    assert set(fees["at"].dt.month) == {2, 9}
    a_school = fees[fees["payee"].isin(leaders("tuition"))].groupby("payee")
    assert (a_school["payer"].nunique() >= 20).all()
    assert (a_school["yuan"].min() == a_school["yuan"].max()).all()
    wages = table[table["purpose"] == "payroll"]
    assert wages["at"].dt.month.nunique() == 12


def test_a_pooled_company_sweeps_up_and_is_funded_the_next_working_morning() -> None:
    for leader in leaders("treasury_sweep"):
        down, up = both_sides("treasury_sweep", leader)
        assert set(up["payee"]) == set(down["payer"])
        assert up["at"].dt.hour.isin([16, 17]).all()
        assert down["at"].dt.day_of_week.max() <= 4
        assert down["yuan"].sum() / up["yuan"].sum() > 0.95


def test_a_grain_buyer_pays_many_farmers_after_one_credit_in_the_harvest() -> None:
    table = payments("grain_buyer")
    credits = table[table["payer_is"] == "company"]
    assert set(credits["at"].dt.month) == {6, 9, 10, 11}
    for leader in leaders("grain_buyer"):
        credit, spent = both_sides("grain_buyer", leader)
        assert spent.loc[spent["channel"] == "transfer", "payee"].nunique() >= 9
        cash = spent[spent["channel"] == "cash_withdrawal"]
        assert len(cash) == (credit["payer_is"] == "company").sum()
        assert (cash["yuan"] < 50_000).all()
    assert kept_share("grain_buyer", leaders("grain_buyer")).between(0.03, 0.22).all()


def test_a_delivery_rider_earns_small_sums_at_night_and_sends_most_home_weekly() -> None:
    table = payments("delivery_rider")
    credits = table[table["purpose"] == "unstated"]
    assert credits["at"].dt.hour.isin([18, 19, 20, 21, 22, 23, 0, 1, 2]).all()
    assert credits["yuan"].median() < 120
    home = table[table["purpose"] == "family"]
    assert set(home.groupby("payer")["payee"].nunique()) == {1}
    assert set(home.groupby("payer").size()) == {56}
    assert kept_share("delivery_rider", leaders("delivery_rider")).median() > 0.1


def test_a_second_hand_trader_buys_from_one_stranger_and_sells_to_the_next_at_a_margin() -> None:
    for leader in leaders("second_hand_trader"):
        sold, bought = both_sides("second_hand_trader", leader)
        # A trader is now and then the customer of another one.
        assert abs(len(sold) - len(bought)) <= 5
        assert sold["payer"].nunique() > 0.9 * len(sold)
        assert 1.0 < sold["yuan"].sum() / bought["yuan"].sum() <= 1.6


def test_firms_pay_taxes_on_working_days_up_to_the_deadline_and_more_after_a_quarter() -> None:
    table = payments("tax_and_social")
    taxes = table[(table["payee_is"] == "state") & (table["payer_is"] != "person")]
    assert set(table["purpose"]) == {"tax"}
    _, calendar = bank()
    paid = taxes[taxes["payee"] == taxes["payee"].min()]
    assert calendar.works_on(paid["at"].dt.floor("D").to_numpy()).mean() > 0.99
    assert (paid.loc[paid["at"].dt.month == 10, "at"].dt.day <= 27).all()
    assert paid.loc[paid["at"].dt.month == 10, "at"].dt.day.max() == 27
    by_month = paid.groupby(paid["at"].dt.month)["yuan"].sum()
    assert by_month[[4, 7, 10]].min() > 1.5 * by_month[[5, 6, 8, 9]].max()
