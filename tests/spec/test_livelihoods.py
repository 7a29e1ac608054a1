"""Each livelihood as a bank would describe it: who pays whom, when, and how much stays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.schema import CHANNELS, DAY_US, HOUR_US, NEVER_US, PURPOSES
from data.streams import stream
from data.world.calendar import Calendar
from data.world.flows import NO_SCHEME, Flow
from data.world.ledger import move_on
from data.world.livelihoods import LIVELIHOODS, Circles
from data.world.population import OUTSIDE, Population, draw_population
from data.world.schemes import after_schemes, draw_schemes
from data.world.settings import Params, calendar_of
from data.world.stretches import payouts, stretches

SEED = 5
DAY = pd.Timedelta(days=1)


def params(customers: int, **changes: object) -> Params:
    standard = pipeline.params("simulate", Params)
    return standard.model_copy(update={"customers": customers, "seed": SEED, **changes})


@cache
def bank(customers: int = 4_000) -> tuple[Population, Calendar]:
    chosen = params(customers)
    calendar = calendar_of(chosen)
    return draw_population(SEED, customers, chosen.cities, chosen.dormant_share, calendar), calendar


def flow(name: str, customers: int, days: int) -> Flow:
    world, calendar = bank(customers)
    draw = LIVELIHOODS[name](world, calendar, stream(SEED, name))
    parts = [draw(s, stream(SEED, name, str(n))) for n, s in enumerate(calendar.stretches(days))]
    return Flow.concat(parts)


@cache
def payments(name: str, days: int = 28) -> pd.DataFrame:
    """All payments that a livelihood intends, in order of (local) time."""
    world, _ = bank()
    drawn = flow(name, 4_000, days).in_order()
    is_inside = world.owner != OUTSIDE
    return pd.DataFrame(
        {
            "at": pd.to_datetime(drawn.at + 8 * HOUR_US, unit="us"),
            "payer": drawn.payer,
            "payee": drawn.payee,
            "yuan": drawn.amount / 100,
            "channel": np.array(CHANNELS)[drawn.channel],
            "purpose": np.array(PURPOSES)[drawn.purpose],
            "payer_is": world.holder[drawn.payer],
            "payee_is": world.holder[drawn.payee],
            "payer_inside": is_inside[drawn.payer],
            "payee_inside": is_inside[drawn.payee],
        }
    )


# In whose name the money of a livelihood moves: the side, and which payments show it.
LEADERS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "brokerage_sweep": ("payer", lambda p: p["payee_is"] == "broker"),
    "card_bills": ("payer", lambda p: p["payee_is"] == "lender"),
    "celebration": ("payer", lambda p: p["payee_is"] == "merchant"),
    "charity_spike": ("payee", lambda p: p["purpose"] == "donation"),
    "contractor": ("payee", lambda p: p["payer_is"] == "company"),
    "delivery_rider": ("payer", lambda p: p["purpose"] == "family"),
    "escrow": ("payer", lambda p: p["purpose"] == "loan_repayment"),
    "dues_collector": ("payer", lambda p: p["payer_inside"] & p["yuan"].gt(0) & ~p["payee_is"].eq("person")),
    "firm_costs": ("payer", lambda p: p["payer_inside"]),
    "gold_saver": ("payer", lambda p: p["payee_is"] == "exchange"),
    "grain_buyer": ("payer", lambda p: p["channel"] == "cash_withdrawal"),
    "group_buy_leader": ("payer", lambda p: p["purpose"] == "supplies"),
    "live_stream_seller": ("payer", lambda p: p["purpose"] == "supplies"),
    "marketplace_seller": ("payer", lambda p: p["purpose"] == "supplies"),
    "new_accounts": ("payee", lambda p: p["purpose"] == "gift"),
    "overseas_student_family": ("payer", lambda p: p["channel"] == "wire"),
    "rent_collector": ("payee", lambda p: p["payee_inside"] & (p["purpose"] == "rent")),
    "rotating_savings": ("payer", lambda p: p["payer_inside"]),
    # Who buys now and then is a customer, not a trader.
    "second_hand_trader": ("payer", lambda p: p.groupby("payer")["yuan"].transform("size") > 20),
    "tax_and_social": ("payer", lambda p: p["payer_inside"] & (p["payer_is"] != "person")),
    "treasury_sweep": ("payer", lambda p: p["payer_inside"]),
    "tuition": ("payer", lambda p: p["purpose"] == "payroll"),
    "windfall": ("payee", lambda p: p["payee_inside"]),
}


# What everybody does now and then; tests/spec/test_ordinary_life.py defines these.
EVERYBODY = {
    *("abroad", "bank_itself", "business", "cash", "family", "firm_purchases", "foreign_trade"),
    *("from_firms", "insurance", "loans", "own_accounts", "payroll", "rent", "shop_owners", "shopping"),
    *("street_vendor", "takings", "to_firms", "utilities", "wallets"),
}


def leaders(name: str, days: int = 28) -> set[int]:
    side, shows = LEADERS[name]
    table = payments(name, days)
    return set(table.loc[shows(table), side])


def busiest(table: pd.DataFrame, side: str) -> int:
    """The account inside the bank that is most often on a side."""
    return int(table.loc[table[f"{side}_inside"], side].mode().iloc[0])


def both_sides(name: str, account: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = payments(name)
    return table[table["payee"] == account], table[table["payer"] == account]


def kept_share(name: str, chosen: set[int]) -> pd.Series:
    """Of the money that came in, the share that stayed, by leader."""
    table = payments(name)
    came = table[table["payee"].isin(chosen)].groupby("payee")["yuan"].sum()
    left = table[table["payer"].isin(chosen)].groupby("payer")["yuan"].sum()
    return 1 - (left / came)


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


def test_a_pooled_company_sweeps_up_and_is_funded_the_next_working_morning() -> None:
    for leader in leaders("treasury_sweep"):
        down, up = both_sides("treasury_sweep", leader)
        assert set(up["payee"]) == set(down["payer"])
        assert up["at"].dt.hour.isin([16, 17]).all()
        assert down["at"].dt.day_of_week.max() <= 4
        assert down["yuan"].sum() / up["yuan"].sum() > 0.95


def test_a_sale_is_one_very_large_credit_that_leaves_within_ten_days() -> None:
    for leader in leaders("escrow"):
        credit, leaves = both_sides("escrow", leader)
        assert len(credit) == 1
        assert len(leaves) == 2
        assert leaves["at"].max() - credit["at"].iloc[0] < 10 * DAY
        assert "lender" in set(leaves["payee_is"])
    assert kept_share("escrow", leaders("escrow")).between(0.02, 0.26).all()


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


def test_a_second_hand_trader_buys_from_one_stranger_and_sells_to_the_next_at_a_margin() -> None:
    for leader in leaders("second_hand_trader"):
        sold, bought = both_sides("second_hand_trader", leader)
        # A trader is now and then the customer of another one.
        assert abs(len(sold) - len(bought)) <= 5
        assert sold["payer"].nunique() > 0.9 * len(sold)
        assert 1.0 < sold["yuan"].sum() / bought["yuan"].sum() <= 1.6


def test_a_windfall_is_a_single_credit_of_many_months_income() -> None:
    world, _ = bank()
    table = payments("windfall")
    credits = table[table["payee"].isin(leaders("windfall")) & (table["payer_is"] != "broker")]
    assert credits["payee"].is_unique
    months = credits["yuan"] / world.income[world.owner[credits["payee"]]]
    assert months.min() > 2.9
    assert set(credits.loc[credits["purpose"] == "payroll", "at"].dt.month) <= {1, 2}
    assert set(credits.loc[credits["purpose"] == "insurance", "payer_is"]) == {"insurer"}


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


def test_every_new_livelihood_has_a_definition_here() -> None:
    assert set(LEADERS) == set(LIVELIHOODS) - EVERYBODY


@pytest.mark.parametrize("name", sorted(LEADERS))
def test_who_takes_part_does_not_depend_on_how_the_run_is_cut(name: str) -> None:
    whole = leaders(name)
    assert whole
    assert leaders(name, 7) == whole
    assert leaders(name, 400) == whole


@pytest.mark.parametrize("name", ["escrow", "windfall", "contractor", "treasury_sweep"])
def test_neither_does_when_they_do_it(name: str) -> None:
    def days(cut: int) -> set[tuple[int, object]]:
        side, shows = ("payee", LEADERS[name][1]) if name != "escrow" else ("payee", _is_price)
        table = payments(name, cut)
        chosen = table[shows(table)]
        return set(zip(chosen[side], chosen["at"].dt.date, strict=True))

    assert days(7) == days(28) == days(400)


def _is_price(table: pd.DataFrame) -> pd.Series:
    return ~table["payer_inside"]


@pytest.mark.parametrize("name", sorted(LIVELIHOODS))
@pytest.mark.filterwarnings("error")
def test_a_bank_of_three_hundred_customers_draws_without_error(name: str) -> None:
    drawn = flow(name, 300, 28)
    assert (drawn.amount > 0).all()
    assert (drawn.payer >= 0).all()


def test_what_follows_a_stretch_is_settled_in_the_next_one() -> None:
    chosen = params(300, stretch_days=7, schemes_per_typology=1, look_alikes_per_scheme=0)
    # No limit splits a payment.
    policy = chosen.drift.policy_change.model_copy(update={"most_cny": 1e9})
    chosen = chosen.model_copy(
        update={"drift": chosen.drift.model_copy(update={"policy_change": policy, "shifts": []})}
    )
    world, calendar = bank(300)
    planned = draw_schemes(world, calendar, chosen)
    # A warm-up is everyday life, but nobody's livelihood.
    scenes = [plan for plan in planned if not len(plan[2].everyday)]
    settled = stretches(world, calendar, scenes, chosen)
    # What is left in an account that is closed is paid out, and is nobody's livelihood either.
    seen = sum((stretch.flow.scheme == NO_SCHEME).sum() for stretch in settled)
    after = after_schemes(world, scenes)
    expected = intended(world, after.closed_us, calendar, chosen.stretch_days)
    assert seen == expected + len(payouts(after))


def intended(world: Population, closed: np.ndarray, calendar: Calendar, days: int) -> int:
    """How many payments of the run are drawn between two open accounts."""
    end = calendar.start_us + calendar.days * 24 * HOUR_US
    opened = world.opened_us
    count = 0
    for name, livelihood in LIVELIHOODS.items():
        draw = livelihood(world, calendar, stream(SEED, "livelihood", name))
        for number, stretch in enumerate(calendar.stretches(days)):
            drawn = draw(stretch, stream(SEED, "livelihood", name, str(number)))
            for side in (drawn.payer, drawn.payee):
                move_on(drawn.at, side, world.successor, world.moved_us)
            is_open = (drawn.at >= opened[drawn.payer]) & (drawn.at >= opened[drawn.payee])
            is_open &= (drawn.at < closed[drawn.payer]) & (drawn.at < closed[drawn.payee])
            count += ((drawn.at < end) & is_open & (drawn.payer != drawn.payee)).sum()
    return count


def test_a_circle_gathers_its_own_members_on_every_occasion() -> None:
    circles = Circles(np.array([2, 3, 1]))
    occasion, place = circles.gather(np.array([1, 0, 1]))
    assert occasion.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert place.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    assert circles.leader.tolist() == [0, 0, 1, 1, 1, 2]
