"""Each livelihood of households and savings as a bank would describe it: who pays whom, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US, HOUR_US, NEVER_US
from tests.spec.livelihoods import DAY, bank, both_sides, busiest, kept_share, leaders, payments


def test_a_savings_club_pays_a_rotating_winner() -> None:
    table = payments("rotating_savings")
    table = table[table["payer"] != table["payee"]]
    winnings = table.groupby(["payee", table["at"].dt.to_period("M")])
    assert winnings.size().median() >= 7
    assert (winnings["payer"].nunique() >= 4).all()
    contributed = table[table["payer"] == busiest(table, "payer")]
    assert contributed["at"].dt.to_period("M").nunique() >= 10
    assert contributed["payee"].nunique() >= 7
    # Who has not won yet pays up to 15 percent less than who has.
    assert 1 < contributed["yuan"].max() / contributed["yuan"].min() < 1.25


def test_a_donation_drive_draws_many_strangers_within_a_week_and_pays_a_hospital() -> None:
    for leader in leaders("charity_spike"):
        gifts, bills = both_sides("charity_spike", leader)
        gifts = gifts[gifts["purpose"] == "donation"]
        assert len(gifts) >= 20
        assert gifts["at"].max() - gifts["at"].min() <= 7 * DAY
        assert gifts["yuan"].median() <= 100
        # A patient may give to another one.
        bills = bills[bills["purpose"] == "unstated"]
        assert set(bills["payee_is"]) <= {"company"}
        assert len(set(bills["payee"])) == 1
    assert kept_share("charity_spike", leaders("charity_spike")).between(-0.05, 0.31).all()


def test_a_feast_draws_lucky_sums_within_three_days_and_most_pays_the_house() -> None:
    table = payments("celebration")
    hosts = leaders("celebration")
    large = table[table["payee"].isin(hosts) & (table["yuan"] >= 1_000)]
    assert large.groupby("payee").size().median() >= 5
    span = large.groupby("payee")["at"].agg(np.ptp)
    assert span.max() < 3 * DAY
    assert kept_share("celebration", hosts).median() < 0.55
    assert set(table.loc[table["payee_is"] == "merchant"].groupby("payer").size()) == {1}


def test_red_packets_come_in_the_days_around_a_festival() -> None:
    table = payments("celebration")
    packets = table[(table["purpose"] == "gift") & (table["yuan"] < 200)]
    days = packets["at"].dt.floor("D").value_counts().sort_index()
    spring = days.loc["2025-01-26":"2025-02-04"].sum()
    assert spring > 0.6 * len(packets)
    assert packets["yuan"].mul(100).round().astype(int).astype(str).str.contains("[689]").all()


def test_a_brokerage_sweep_comes_back_from_the_same_broker_within_three_days() -> None:
    for leader in leaders("brokerage_sweep"):
        back, there = both_sides("brokerage_sweep", leader)
        assert set(there["payee"]) == set(back["payer"])
        assert len(set(there["payee"])) == 1
        assert len(there) == len(back)
    assert set(payments("brokerage_sweep")["purpose"]) == {"investment"}


def test_a_card_is_settled_once_a_month_and_money_for_it_comes_within_a_day_before() -> None:
    table = payments("card_bills")
    bills = table[table["payee_is"] == "lender"]
    assert bills.groupby("payer").size().between(12, 13).mean() > 0.95
    helped = table[table["payee_inside"] & (table["payee_is"] == "person")]
    assert 0.2 < len(helped) / len(bills) < 0.4
    wait = pd.merge_asof(
        helped, bills[["at", "payer"]].assign(paid=bills["at"]), on="at", left_by="payee", right_by="payer",
        direction="forward",
    )  # fmt: skip
    assert (wait["paid"] - wait["at"]).dropna().max() <= DAY
    # Nobody borrows from one lender for another.
    assert "loan" not in set(table["purpose"])


def test_a_sale_is_one_very_large_credit_that_leaves_within_ten_days() -> None:
    for leader in leaders("escrow"):
        credit, leaves = both_sides("escrow", leader)
        assert len(credit) == 1
        assert len(leaves) == 2
        assert leaves["at"].max() - credit["at"].iloc[0] < 10 * DAY
        assert "lender" in set(leaves["payee_is"])
    assert kept_share("escrow", leaders("escrow")).between(0.02, 0.26).all()


def test_a_family_wires_living_costs_monthly_and_fees_after_relatives_chipped_in() -> None:
    for leader in leaders("overseas_student_family"):
        gifts, wires = both_sides("overseas_student_family", leader)
        assert set(wires["payee_is"]) == {"overseas"}
        assert set(wires["channel"]) == {"wire"}
        assert 12 <= (wires["purpose"] == "family").sum() <= 13
        fees = wires[wires["purpose"] == "tuition"]
        assert len(fees) == 2
        assert gifts["payer"].nunique() == 4
        assert gifts["yuan"].sum() >= fees["yuan"].sum()


def test_a_gold_saver_buys_and_sells_odd_sums_mostly_through_one_exchange() -> None:
    table = payments("gold_saver")
    savers = leaders("gold_saver")
    trades = table[table["payer"].isin(savers) | table["payee"].isin(savers)]
    at_exchange = (trades["payer_is"] == "exchange") | (trades["payee_is"] == "exchange")
    assert 0.7 < at_exchange.mean() < 0.95
    bought = trades[trades["payee_is"] == "exchange"]
    assert bought.groupby("payer")["payee"].nunique().median() == 1
    assert (trades["yuan"] % 100 != 0).mean() > 0.95


def test_a_windfall_is_a_single_credit_of_many_months_income() -> None:
    world, _ = bank()
    table = payments("windfall")
    credits = table[table["payee"].isin(leaders("windfall")) & (table["payer_is"] != "broker")]
    assert credits["payee"].is_unique
    months = credits["yuan"] / world.income[world.owner[credits["payee"]]]
    assert months.min() > 2.9
    assert set(credits.loc[credits["purpose"] == "payroll", "at"].dt.month) <= {1, 2}
    assert set(credits.loc[credits["purpose"] == "insurance", "payer_is"]) == {"insurer"}


def test_a_new_account_gets_one_gift_and_otherwise_own_money_from_the_day_it_is_opened() -> None:
    world, _ = bank()
    table = payments("new_accounts")
    opened = pd.Series(pd.to_datetime(world.opened_us + 8 * HOUR_US, unit="us"))
    closed = pd.Series(pd.to_datetime(np.minimum(world.closed_us, 2**60) + 8 * HOUR_US, unit="us"))
    gifts, own = table[table["purpose"] == "gift"], table[table["purpose"] == "savings"]
    assert gifts["payee"].is_unique
    assert set(gifts["payee"]) <= set(world.further)
    assert gifts["payer_is"].eq("company").all()
    assert gifts["yuan"].between(20, 200).all()
    assert (world.owner[own["payer"]] == world.owner[own["payee"]]).all()
    further = np.where(np.isin(own["payee"], world.further), own["payee"], own["payer"])
    assert (own["at"].to_numpy() >= opened[further].to_numpy()).all()
    started = own[own["payee"].isin(world.further)]
    assert (started["at"].to_numpy() < closed[started["payee"]].to_numpy()).all()
    assert (started["yuan"] % 100 == 0).all()


def test_who_hunts_for_promotions_opens_three_to_five_accounts_in_ninety_days() -> None:
    world, _ = bank()
    more = pd.DataFrame({"owner": world.owner[world.further], "at": world.opened_us[world.further]})
    count = more.groupby("owner").size()
    days = more.groupby("owner")["at"].agg(lambda at: (at.max() - at.min()) / DAY_US)
    assert count.max() == 5
    assert 0.03 < (count >= 3).mean() < 0.3
    assert (days <= 90).all()
    closes = world.closed_us[world.further] != NEVER_US
    assert closes[count[more["owner"]].to_numpy() >= 3].mean() > 0.5
