"""Every typology and every look-alike draws what its docstring promises, for several seeds.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times
the pace.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US, HOUR_US
from data.simulate import Params, draw_schemes, open_hours, plans_of, schemes_of, simulate
from data.sources import Whole, gather
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.world.calendar import Calendar
from data.world.drift import Adaptation
from data.world.flows import Flow
from data.world.ledger import UNKNOWN, in_business, move_on
from data.world.population import draw_names, draw_population
from data.world.scene import Scene
from tests.spec.plans import (
    CENT,
    LEVELS,
    draw,
    holder,
    is_inside,
    look_alikes,
    schemes,
    span_hours,
    stage_set,
    wake,
)

SEEDS = range(8)


# ------------------------------------------------------------ all of them


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_a_plan_pays_between_others_within_the_run_and_touches_the_bank(name: str, side: str) -> None:
    _, calendar = stage_set()
    for seed in SEEDS:
        plan = draw(name, side, seed)
        payments = plan.payments
        assert (payments["payer"] != payments["payee"]).all()
        assert (payments["yuan"] > 0).all()
        assert payments["hour"].between(0, calendar.days * 24 * 1.1).all()
        assert (is_inside(payments["payer"]) | is_inside(payments["payee"])).all()
        taking_part = set(payments["payer"]) | set(payments["payee"])
        assert {account for account, _ in plan.scene.members} <= taking_part


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_every_customer_who_takes_part_in_a_scheme_is_a_member(name: str) -> None:
    for plan in schemes(name):
        members = {account for account, _ in plan.scene.members}
        part = pd.concat([plan.payments["payer"], plan.payments["payee"]]).unique()
        # Who pays the first card of a telecom fraud is its victim.
        victims = set(plan.to(*plan.accounts("level_1"))["payer"])
        assert set(part[is_inside(part)]) <= members | victims


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_a_plan_depends_on_its_own_stream_only(name: str) -> None:
    pd.testing.assert_frame_equal(draw(name, "illicit", 3).payments, draw(name, "illicit", 3).payments)
    assert not draw(name, "illicit", 3).payments.equals(draw(name, "illicit", 4).payments)


def test_spread_moments_lie_in_daylight() -> None:
    world, calendar = stage_set()
    hours = []
    for seed in SEEDS:
        scene = Scene(world, calendar, stream(seed, "daylight"), 0, wake(seed))
        moments = scene.spread(scene.start, 5, 20)
        hours.append((moments - calendar.start_us) % DAY_US / HOUR_US)
    assert np.concatenate(hours).max() < 23
    assert np.concatenate(hours).min() >= 6


def test_spread_moments_come_in_order_after_the_start_and_within_the_days() -> None:
    world, calendar = stage_set()
    for seed in range(30):
        rng = stream(seed, "spread")
        scene = Scene(world, calendar, rng, 0, wake(seed))
        start = calendar.start_us + int(rng.integers(0, 300 * DAY_US))  # by day or night
        days = rng.uniform(0.1, 8)
        moments = scene.spread(start, days, 40)
        assert (np.diff(moments) >= 0).all()
        assert moments[0] >= start
        assert moments[-1] <= start + (days + 1) * DAY_US
        local = (moments - calendar.start_us) % DAY_US / HOUR_US
        assert ((local >= 8) & (local <= 22)).all()


# -------------------------------------------------------------- typologies


def test_cash_structuring_pays_in_below_the_line_and_most_of_it_leaves() -> None:
    for plan in schemes("cash_structuring"):
        depositors, boss = plan.accounts("depositor"), plan.accounts("beneficiary")
        assert 1 <= len(depositors) <= 3
        assert 3 <= len(plan.to(*depositors)) <= 15
        assert len(boss) == 1
        for account in depositors:
            deposits = plan.to(account)
            assert set(deposits["channel"]) == {"cash_deposit"}
            assert holder(deposits["payer"]) == {"cash_desk"}
            assert 3 <= len(deposits) <= 15
            assert (deposits["yuan"] < 50_000).all()
            assert (deposits["yuan"] % 100 == 0).all()
            assert span_hours(deposits) <= (7 * plan.pace + 1) * 24
            leaves = plan.by(account)
            assert set(leaves["payee"]) == set(boss)
            assert leaves["hour"].min() > deposits["hour"].max()
            assert leaves["hour"].max() <= deposits["hour"].max() + 54
            assert 0.75 <= leaves["yuan"].sum() / deposits["yuan"].sum() <= 1


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
        assert not is_inside(gathered["payer"]).any()
        assert span_hours(gathered) <= (4 * plan.pace + 1) * 24
        assert 1 <= len(taken) <= 2
        assert set(taken["payee"]) == set(plan.accounts("beneficiary"))
        assert taken["hour"].min() > gathered["hour"].max()
        assert taken["hour"].max() - gathered["hour"].max() <= 24 * plan.pace
        assert 0.85 <= taken["yuan"].sum() / gathered["yuan"].sum() <= 1


def test_fan_out_splits_one_or_two_credits_into_many_nearly_equal_payments() -> None:
    for plan in schemes("fan_out"):
        (disperser,) = plan.accounts("disperser")
        credits, payments = plan.to(disperser), plan.by(disperser)
        assert 1 <= len(credits) <= 2
        assert payments["payee"].is_unique
        assert 8 <= len(payments) <= 30
        assert holder(payments["payee"]) == {"person"}
        assert set(plan.accounts("mule")) == set(payments["payee"][is_inside(payments["payee"])])
        assert payments["yuan"].std() / payments["yuan"].mean() < 0.3
        assert payments["hour"].min() > credits["hour"].max()
        assert payments["hour"].max() - credits["hour"].max() <= 72 * plan.pace
        assert 0.85 <= payments["yuan"].sum() / credits["yuan"].sum() <= 1


def test_cycle_returns_a_sum_to_where_it_entered_and_each_hop_keeps_nearly_all() -> None:
    for plan in schemes("cycle"):
        ring = plan.accounts("ring")
        ring_size = len(set(ring))
        assert 3 <= ring_size <= 6
        assert not is_inside(plan.accounts("funder")).any()
        assert (~is_inside(ring)).sum() <= 1
        entry, hops = plan.payments.iloc[0], plan.payments.iloc[1:]
        assert entry["payer"] in plan.accounts("funder")
        assert len(hops) in (ring_size, 2 * ring_size)
        assert (hops["payer"].to_numpy()[1:] == hops["payee"].to_numpy()[:-1]).all()
        assert hops["payer"].iloc[0] == entry["payee"] == hops["payee"].iloc[-1]
        assert set(hops["payer"]) == set(ring)
        assert (np.diff(plan.payments["hour"]) > 0).all()
        yuan = plan.payments["yuan"].to_numpy()
        assert (yuan[1:] >= 0.93 * yuan[:-1] - CENT).all()
        assert (yuan[1:] <= 0.99 * yuan[:-1] + CENT).all()
        assert span_hours(plan.payments) <= 20 * 24 * plan.pace


def test_cycle_takes_at_least_a_day() -> None:
    assert min(span_hours(plan.payments) for plan in schemes("cycle")) >= 24


def test_dormant_reactivation_tests_a_sleeping_account_then_uses_it_hard() -> None:
    world, _ = stage_set()
    for plan in schemes("dormant_reactivation"):
        (card,) = plan.accounts("card")
        assert world.is_dormant[world.owner[card]]
        assert plan.payments["hour"].min() >= 180 * 24
        arrives, leaves = plan.to(card), plan.by(card)
        if plan.level < 2:
            assert arrives["hour"].idxmin() == arrives["yuan"].idxmin()
            assert arrives["yuan"].min() in (1, 5, 10)
            arrives = arrives[arrives["yuan"] > 10]
        assert arrives["payer"].nunique() >= 3
        assert span_hours(arrives) <= 48 * plan.pace
        assert leaves["hour"].min() > arrives["hour"].max()
        assert leaves["hour"].max() <= arrives["hour"].max() + 24 * plan.pace
        assert 0.85 <= leaves["yuan"].sum() / arrives["yuan"].sum() <= 1


def test_pass_through_chain_runs_each_pulse_through_every_card_within_hours() -> None:
    for plan in schemes("pass_through_chain"):
        cards = plan.accounts("card")
        assert 2 <= len(cards) <= 4
        assert is_inside(cards).all()
        hops = len(cards) + 1
        assert len(plan.payments) % hops == 0
        for first in range(0, len(plan.payments), hops):
            pulse = plan.payments.iloc[first : first + hops]
            assert not is_inside(pulse["payer"].iloc[:1]).any()
            assert pulse["payer"].tolist()[1:] == cards
            assert pulse["payee"].tolist()[:-1] == cards
            last = pulse.iloc[-1]
            is_cash = last["channel"] == "cash_withdrawal"
            assert holder([last["payee"]]) == ({"cash_desk"} if is_cash else {"person"})
            assert not is_inside([last["payee"]]).any()
            gap = np.diff(pulse["hour"])
            assert (gap > 0).all()
            assert (gap <= 5 * plan.pace).all()
            yuan = pulse["yuan"].to_numpy()
            kept = yuan[1:] / yuan[:-1]
            inner = kept[:-1] if is_cash else kept  # notes are whole hundreds
            assert ((inner > 0.92) & (inner < 1)).all()
            assert kept[-1] < 1


# -------------------------------------------------------------- look-alikes


def test_daily_takings_are_cash_of_a_shop_at_its_home_counter_and_pay_the_supplier() -> None:
    world, _ = stage_set()
    for plan in look_alikes("cash_structuring"):
        (shop,) = plan.accounts("shop")
        assert holder([shop]) == {"micro_business"}
        takings, supplies = plan.to(shop), plan.by(shop)
        assert set(takings["purpose"]) == {"takings"}
        assert set(takings["city"]) == {world.city[world.owner[shop]]}
        assert 4 <= len(takings) <= 9
        assert span_hours(takings) <= 11 * 24
        assert set(supplies["purpose"]) <= {"supplies", "unstated"}
        assert holder(supplies["payee"]) == {"company"}
        assert supplies["yuan"].sum() < takings["yuan"].sum()


def test_group_buy_gathers_the_price_of_some_items_each_and_pays_the_suppliers() -> None:
    for plan in look_alikes("fan_in"):
        (leader,) = plan.accounts("leader")
        orders, supplies = plan.to(leader), plan.by(leader)
        assert orders["payer"].is_unique
        assert len(orders) >= 8
        # Two to six items of one price, at most a tenth off, written in hundreds at the roughest.
        assert orders["yuan"].max() <= 3 / 0.9 * (orders["yuan"].min() + 100)
        assert (len(supplies) in (1, 2), holder(supplies["payee"])) == (True, {"company"})
        assert supplies["hour"].min() > orders["hour"].max()
        assert 0.8 < supplies["yuan"].sum() / orders["yuan"].sum() < 1


def test_labour_contractor_is_paid_by_a_firm_and_pays_a_crew() -> None:
    for plan in look_alikes("fan_out"):
        (contractor,) = plan.accounts("contractor")
        order, wages = plan.to(contractor), plan.by(contractor)
        assert (len(order) in (1, 2), holder(order["payer"])) == (True, {"company"})
        assert wages["payee"].is_unique
        assert len(wages) >= 8
        assert wages["yuan"].max() <= 4 * wages["yuan"].min()
        assert wages["hour"].min() > order["hour"].max()
        assert 1 < order["yuan"].sum() / wages["yuan"].sum() < 1.3


def test_family_loan_goes_round_relatives_without_interest() -> None:
    for plan in look_alikes("cycle"):
        relatives = plan.accounts("relative")
        assert 2 <= len(relatives) <= 5
        assert is_inside(relatives).all()
        came, loans = plan.payments.iloc[0], plan.payments.iloc[1:]
        assert (came["payee"], holder([came["payer"]]) <= {"broker", "person"}) == (relatives[0], True)
        assert loans["payer"].tolist() == relatives
        assert loans["payee"].tolist() == [*relatives[1:], relatives[0]]
        assert set(loans["purpose"]) <= {"family", "unstated"}
        assert (np.diff(plan.payments["hour"]) > 0).all()
        assert (np.diff(plan.payments["yuan"]) <= CENT).all()


def test_card_repayment_passes_from_employer_over_spouses_to_the_lender() -> None:
    for plan in look_alikes("pass_through_chain"):
        earner, spouse = plan.accounts("spouse")
        for first in range(0, len(plan.payments), 3):
            wage, passed, repaid = plan.payments.iloc[first : first + 3].itertuples(index=False)
            assert (wage.payee, passed.payer, passed.payee, repaid.payer) == (earner, earner, spouse, spouse)
            assert holder([wage.payer]) == {"company"}
            assert holder([repaid.payee]) == {"lender"}
            assert (passed.purpose, repaid.purpose) == ("family", "loan_repayment")
            assert wage.hour < passed.hour < repaid.hour <= wage.hour + 40
            assert wage.yuan >= passed.yuan >= repaid.yuan


def test_returning_migrant_wakes_a_sleeping_account_and_begins_to_live_from_it() -> None:
    world, _ = stage_set()
    for plan in look_alikes("dormant_reactivation"):
        (migrant,) = plan.accounts("migrant")
        assert world.is_dormant[world.owner[migrant]]
        assert plan.payments["hour"].min() >= 180 * 24
        shopping = plan.everyday.query("payer == @migrant and purpose == 'shopping'")
        assert (len(shopping), holder(shopping["payee"])) == (8, {"merchant"})
        assert shopping["hour"].min() > plan.to(migrant)["hour"].max()
        assert plan.by(migrant)["yuan"].sum() < plan.to(migrant)["yuan"].sum()


# ------------------------------------------------- what the docstrings promise


def _counts(name: str, role: str) -> set[int]:
    return {
        len(set(draw(name, "illicit", seed, level).accounts(role))) for seed in range(60) for level in LEVELS
    }


def test_cash_structuring_draws_every_promised_number_of_accounts_and_deposits() -> None:
    plans = [draw("cash_structuring", "illicit", seed) for seed in range(60)]
    counts = {(plan.payments["channel"] == "cash_deposit").sum() for plan in plans}
    assert {len(plan.accounts("depositor")) for plan in plans} == {1, 2, 3}
    assert (min(counts), max(counts)) == (3, 15)


def test_cycle_draws_rings_of_every_promised_size() -> None:
    assert _counts("cycle", "ring") == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("name", "role", "most"),
    [
        ("cash_structuring", "depositor", 3),
        ("fan_in", "payer", 30),
        ("fan_out", "payee", 30),
        ("pass_through_chain", "card", 4),
    ],
)
def test_the_largest_promised_number_is_drawn(name: str, role: str, most: int) -> None:
    assert max(_counts(name, role)) >= most - (2 if most > 10 else 0)


# ------------------------------------------------------- settlement and truth


def _keys(flow: Flow, account: np.ndarray) -> Counter:
    columns = (flow.at, account[flow.payer], account[flow.payee], flow.amount, flow.channel)
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


def _rows(frame: pd.DataFrame) -> Counter:
    columns = (
        frame["at"].astype("int64"),
        frame["payer_account_id"],
        frame["payee_account_id"],
        frame["amount_cents"],
        frame["channel"].cat.codes,
    )
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def plans(small_params: Params) -> list[tuple[bool, Counter]]:
    """What each scheme of the small world intended to pay while the bank was open to it."""
    weeks = sum(small_params.calendar.weeks().values())
    calendar = Calendar.of(
        small_params.start,
        weeks,
        small_params.utc_offset_hours,
        small_params.festivals,
        small_params.promotions,
    )
    population = draw_population(
        small_params.seed, small_params.customers, small_params.cities, small_params.dormant_share, calendar
    )
    account = draw_names(small_params.seed, population).account
    scenes = draw_schemes(population, calendar, small_params)
    hours = open_hours(population, scenes)
    end = calendar.start_us + calendar.days * DAY_US

    def in_time(flow: Flow) -> Flow:
        for side in (flow.payer, flow.payee):
            move_on(flow.at, side, population.successor, population.moved_us)
        return flow.take(in_business(flow.at, flow.payer, flow.payee, hours, calendar.start_us, end))

    adaptation = Adaptation(population, calendar, small_params.drift, stream(small_params.seed, "drift"))
    planned = in_time(plans_of(scenes, adaptation, small_params.seed))
    number = planned.scheme % len(scenes)
    return [
        (is_illicit, _keys(planned.take((number == place) & (planned.scheme >= 0)), account))
        for place, (_, is_illicit, _) in enumerate(scenes)
    ]


def test_the_truth_holds_exactly_the_settled_payments_of_the_schemes(
    plans, small_world: Whole, small_params: Params
) -> None:
    transactions = small_world.transactions.set_index("transaction_id")
    ((_, _, declined),) = small_world.set_aside
    refused = _rows(declined)
    assert len(plans) == sum(schemes_of(name, 4, small_params.share_of) for name in TYPOLOGIES) * (1 + 2)
    for number, (is_illicit, intended) in enumerate(plans):
        mine = small_world.truth[small_world.truth["scheme_id"] == number]
        assert (mine["is_illicit"] == is_illicit).all()
        held = _rows(transactions.loc[mine["transaction_id"]])
        assert held == intended - (intended & refused)


def test_nearly_all_payments_of_illicit_schemes_settle(plans, small_world: Whole) -> None:
    """A scheme whose payments bounce is no scheme; at most one payment in ten may."""
    wanted = sum(intended.total() for is_illicit, intended in plans if is_illicit)
    assert small_world.truth["is_illicit"].sum() >= 0.9 * wanted


def test_a_transaction_belongs_to_at_most_one_scheme(small_world: Whole) -> None:
    assert small_world.truth["transaction_id"].is_unique
    assert small_world.truth["transaction_id"].isin(small_world.transactions["transaction_id"]).all()


def test_schemes_span_from_their_first_to_their_last_payment(small_world: Whole) -> None:
    planned = small_world.truth.merge(small_world.transactions[["transaction_id", "at"]], on="transaction_id")
    spans = planned.groupby("scheme_id")["at"].agg(["min", "max"])
    drawn = small_world.schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    pd.testing.assert_series_equal(drawn["starts_at"], spans["min"], check_names=False)
    pd.testing.assert_series_equal(drawn["ends_at"], spans["max"], check_names=False)


def test_the_balance_of_an_outside_account_is_unknown(small_world: Whole) -> None:
    accounts = small_world.accounts.set_index("account_id")["customer_id"]
    for end in ("payer", "payee"):
        is_outside = small_world.transactions[f"{end}_account_id"].map(accounts).isna()
        balance = small_world.transactions[f"{end}_balance_cents"]
        assert balance[is_outside].isna().all()
        assert balance[~is_outside].notna().all()
        assert (balance.dropna() != UNKNOWN).all()


def test_a_dormant_account_sleeps_until_its_scheme_wakes_it(small_params: Params) -> None:
    more = small_params.model_copy(update={"look_alikes_per_scheme": 5, "dormant_share": 0.15})
    world = gather(simulate(more))
    plans = world.schemes[
        (world.schemes["typology"] == "dormant_reactivation")
        & world.schemes["role"].isin(["card", "migrant"])
    ]
    assert plans["account_id"].is_unique
    first = world.transactions.merge(world.truth, on="transaction_id").groupby("scheme_id")["at"].min()
    woken = plans.set_index("account_id")["scheme_id"].map(first)
    for end in ("payer", "payee"):
        mine = world.transactions[world.transactions[f"{end}_account_id"].isin(woken.index)]
        assert (mine["at"] >= mine[f"{end}_account_id"].map(woken)).all()
