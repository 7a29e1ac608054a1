"""What everybody does now and then: purchases, transfers, bills, taxes, and whom firms pay."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.schema import CHANNELS, DAY_US, HOUR_US, PURPOSES
from data.streams import stream
from data.world.calendar import EVENING, Calendar
from data.world.custom import IDLE, MAIN, SECOND
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, paydays
from data.world.population import OUTSIDE, Population, draw_population
from data.world.settings import Params, calendar_of
from data.world.tempo import sessions
from models.truth.ordinary_life import gini

SEED, CUSTOMERS = 5, 4_000


@cache
def bank() -> tuple[Population, Calendar]:
    chosen = pipeline.params("simulate", Params)
    calendar = calendar_of(chosen)
    return draw_population(SEED, CUSTOMERS, chosen.cities, chosen.dormant_share, calendar), calendar


@cache
def payments(name: str) -> pd.DataFrame:
    """All payments that a livelihood intends; local time."""
    world, calendar = bank()
    draw = LIVELIHOODS[name](world, calendar, stream(SEED, name))
    parts = [draw(s, stream(SEED, name, str(n))) for n, s in enumerate(calendar.stretches(28))]
    drawn = Flow.concat(parts)
    return pd.DataFrame(
        {
            "at": pd.to_datetime(drawn.at + 8 * HOUR_US, unit="us"),
            "payer": drawn.payer,
            "payee": drawn.payee,
            "yuan": drawn.amount / 100,
            "channel": np.array(CHANNELS)[drawn.channel],
            "purpose": np.array(PURPOSES)[drawn.purpose],
            "city": drawn.city,
            "payer_is": world.holder[drawn.payer],
            "payee_is": world.holder[drawn.payee],
            "payer_inside": world.owner[drawn.payer] != OUTSIDE,
            "payee_inside": world.owner[drawn.payee] != OUTSIDE,
        }
    )


def test_persons_are_main_second_or_idle_customers_and_differ_in_how_much_they_do() -> None:
    world, _ = bank()
    standing = world.standing[world.kind == "person"]
    for code, share in ((MAIN, 0.45), (SECOND, 0.35), (IDLE, 0.2)):
        assert (standing == code).mean() == pytest.approx(share, abs=0.03)
    activity = world.activity[world.kind == "person"]
    assert activity.mean() == pytest.approx(1, abs=0.1)
    assert np.quantile(activity, 0.9) > 5 * np.quantile(activity, 0.1)


def test_most_purchases_show_a_wallet_and_small_sums_with_a_tail() -> None:
    table = payments("shopping")
    bought = table[table["purpose"] == "shopping"]
    assert 0.5 < (bought["payee_is"] == "wallet").mean() < 0.7
    assert 18 <= bought["yuan"].median() <= 40
    assert 0.03 < (bought["yuan"] > 300).mean() < 0.08
    # Nobody knows where one paid through a wallet.
    assert (bought.loc[bought["payee_is"] == "wallet", "city"] < 0).all()
    assert (bought.loc[bought["channel"] == "pos", "city"] >= 0).all()


def test_a_refund_gives_back_what_was_paid_by_the_same_way() -> None:
    table = payments("shopping")
    refunds = table[table["purpose"] == "refund"]
    keys = ["yuan", "channel"]
    paid = table[table["purpose"] == "shopping"].rename(columns={"payer": "payee", "payee": "payer"})
    both = refunds.merge(paid, on=["payer", "payee", *keys], suffixes=("", "_paid"))
    assert 0.005 < len(refunds) / len(paid) < 0.03
    assert len(both.drop_duplicates(["payer", "payee", "at"])) == len(
        refunds.drop_duplicates(["payer", "payee", "at"])
    )
    first = both.groupby(["payer", "payee", "at"])["at_paid"].min().reset_index()
    assert (first["at"] > first["at_paid"]).all()


def test_shops_differ_in_size_and_one_returns_to_some_of_them() -> None:
    table = payments("shopping")
    in_shop = table[(table["purpose"] == "shopping") & (table["payee_is"] != "wallet")]
    assert 0.6 < gini(in_shop["payee"].value_counts().to_numpy()) < 0.9
    visits = in_shop.groupby(["payer", "payee"]).size()
    assert 0.4 < (visits == 1).mean() < 0.7
    total = visits.groupby("payer").sum()
    best = (visits.groupby("payer").max() / total)[total.between(50, 120)]
    assert 0.1 < best.median() < 0.25


def test_money_between_people_has_every_size_and_some_goes_to_people_met_once() -> None:
    table = payments("family")
    between = table[(table["payer_is"] == "person") & (table["payee_is"] == "person")]
    assert 300 <= between["yuan"].median() <= 600
    assert 2_000 <= between["yuan"].mean() <= 6_000
    assert (np.log10(between["yuan"]).astype(int).value_counts().reindex(range(6)) > 0).all()
    pairs = between.groupby(["payer", "payee"]).size()
    assert 0.2 < (pairs == 1).sum() / len(between) < 0.7
    assert set(between["channel"]) == {"qr", "transfer"}


def test_interest_comes_by_night_on_the_twenty_first_of_the_last_month_of_a_quarter() -> None:
    world, _ = bank()
    table = payments("bank_itself")
    interest = table[table["purpose"] == "interest"]
    assert set(interest["at"].dt.date.astype(str)) == {
        f"2025-{month}-21" for month in ("03", "06", "09", "12")
    }
    assert set(interest["payer_is"]) == {"bank"}
    assert interest["payee"].nunique() > 0.9 * len(world.kind)
    assert set(table.loc[table["purpose"] == "fee", "payee_is"]) == {"bank"}


def test_wages_come_on_working_days_on_the_payday_or_the_working_day_before() -> None:
    _, calendar = bank()
    wages = payments("payroll").query("purpose == 'payroll'")
    day = wages["at"].dt.floor("D")
    assert calendar.works_on(day.to_numpy()).all()
    # The tenth of May 2025 was a Saturday; the first to the eighth of October were days off.
    member, days = paydays(calendar, np.array([10, 5]))
    paid = calendar.dates()[days[member == 0]].astype(str)
    assert "2025-05-09" in paid and "2025-05-10" not in paid
    assert "2025-09-30" in calendar.dates()[days[member == 1]].astype(str)


def test_paydays_do_not_depend_on_how_the_run_is_cut() -> None:
    _, calendar = bank()
    payday = np.array([1, 5, 10, 15, 31])
    whole = set(zip(*(part.tolist() for part in paydays(calendar, payday)), strict=True))
    for length in (7, 28):
        cut = set()
        for stretch in calendar.stretches(length):
            first = (stretch.start_us - calendar.start_us) // DAY_US
            member, day = paydays(stretch, payday)
            cut |= set(zip(member.tolist(), (day + first).tolist(), strict=True))
        assert cut == whole


def test_days_off_are_those_of_the_notice_and_some_weekends_are_worked() -> None:
    _, calendar = bank()
    dates = calendar.dates().astype(str).tolist()
    works = calendar.is_working_day()
    for day, is_worked in (
        ("2025-01-26", True),
        ("2025-01-28", False),
        ("2025-04-27", True),
        ("2025-05-05", False),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2025-10-12", False),
        ("2026-01-04", True),
    ):
        assert works[dates.index(day)] == is_worked, day
    assert (
        calendar.office_weight()[dates.index("2025-01-26")]
        > 10 * calendar.office_weight()[dates.index("2025-01-29")]
    )


def test_payments_come_in_sessions_on_days_of_different_activity() -> None:
    world, calendar = bank()
    who = world.regulars("person")[:400]
    rng = np.random.default_rng(1)
    place, at = sessions(world, calendar, rng, who, 30.0, np.ones(calendar.days), EVENING)
    found = []
    for one in range(len(who)):
        gaps = np.diff(np.sort(at[place == one]))
        found.append((gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean()))
    assert 0.2 < np.median(found) < 0.45
    assert len(at) == pytest.approx(len(who) * 30.0 * calendar.days / 30.4, rel=0.1)


def test_a_second_bank_sees_less_and_an_idle_account_nothing_of_daily_life() -> None:
    world, _ = bank()
    standing = world.standing[world.owner[payments("shopping").query("payer_inside")["payer"]]]
    count = np.bincount(standing, minlength=3) / np.bincount(world.standing, minlength=3)
    assert count[MAIN] > 3 * count[SECOND] > 0
    assert count[IDLE] == 0


def test_a_shop_of_another_acquirer_is_credited_once_a_day_and_shows_no_payers() -> None:
    world, _ = bank()
    table = payments("takings")
    daily = table[(table["purpose"] == "takings") & (table["payee_is"] == "micro_business")]
    assert set(daily["payer_is"]) == {"wallet"}
    assert daily.groupby(["payer", "payee", daily["at"].dt.date]).size().max() <= 2
    coded = set(table.loc[table["channel"] == "qr", "payee"])
    assert coded <= set(world.account[world.own_code])
    assert not coded & set(daily["payee"])
    stalls = world.regulars("micro_business")
    assert len(world.own_code) / len(stalls) == pytest.approx(1 / 3, abs=0.1)


def test_a_few_large_partners_and_a_tail_of_small_ones_trade_with_a_firm() -> None:
    world, _ = bank()
    table = payments("business")
    sold = table[table["payee_inside"] & (world.kind[world.owner[table["payee"]]] == "company")]
    taken = sold.groupby(["payee", "payer"])["yuan"].sum()
    share = taken.groupby("payee").max() / taken.groupby("payee").sum()
    assert 0.25 < share.median() < 0.75
    partners = sold.groupby("payee")["payer"].nunique()
    assert partners.quantile(0.97) > 8 * partners.median()


@pytest.mark.parametrize("name", ["insurance", "loans", "from_firms", "to_firms"])
def test_dull_sums_have_every_size(name: str) -> None:
    yuan = payments(name)["yuan"]
    decade = np.log10(yuan).astype(int).value_counts()
    assert (decade.reindex([2, 3, 4, 5]) > 20).all()


def test_leases_are_paid_by_the_month_the_quarter_or_half_a_year() -> None:
    rents = payments("rent").query("purpose == 'rent'")
    count = rents.groupby(["payer", "payee"]).size()
    for low, high, share in ((10, 14, 0.45), (4, 5, 0.45), (2, 3, 0.1)):
        assert count.between(low, high).mean() == pytest.approx(share, abs=0.12)


@pytest.mark.parametrize("name", ["foreign_trade", "abroad"])
def test_wires_cross_the_border_both_ways(name: str) -> None:
    wires = payments(name).query("channel == 'wire'")
    assert (wires["payee_is"] == "overseas").mean() > 0.2
    assert (wires["payer_is"] == "overseas").mean() > 0.2
    if name == "abroad":
        assert wires["yuan"].max() <= 360_000


def test_vendors_are_paid_by_private_codes_in_rushes() -> None:
    sold = payments("street_vendor").query("channel == 'qr'")
    assert set(sold["payee_is"]) == {"person"}
    ordered = sold.sort_values(["payee", "at"])
    gap = ordered["at"].diff()[ordered["payee"].diff() == 0]
    assert (gap < pd.Timedelta(hours=1)).mean() > 0.3


def test_the_owner_of_a_shop_pays_in_and_draws_out() -> None:
    table = payments("shop_owners")
    assert {"person", "micro_business"} <= set(table["payer_is"]) & set(table["payee_is"])


def test_firms_buy_at_shops_and_pay_helpers_and_owners() -> None:
    table = payments("firm_purchases")
    assert set(table["payer_is"]) == {"micro_business", "company"}
    assert {"merchant", "person", "wallet"} <= set(table["payee_is"])


def test_own_money_moves_between_banks_and_into_wallets() -> None:
    assert {"person", "broker"} <= set(payments("own_accounts")["payee_is"])
    table = payments("wallets")
    assert (table["payee_is"] == "wallet").mean() > 0.5
    assert (table["payer_is"] == "wallet").mean() > 0.1


def test_cash_of_every_size_is_in_notes() -> None:
    table = payments("cash")
    assert (table["yuan"] % 100 == 0).all()
    for channel in ("cash_deposit", "cash_withdrawal"):
        decades = np.log10(table.loc[table["channel"] == channel, "yuan"]).astype(int).value_counts()
        assert (decades.reindex([2, 3, 4]) > 20).all()


def test_bills_are_due_on_the_payers_own_day() -> None:
    bills = payments("utilities").query("purpose == 'utility'")
    day = bills.groupby(["payer", "payee"])["at"].agg(lambda at: at.dt.day.max() - at.dt.day.min())
    assert day.median() <= 12
