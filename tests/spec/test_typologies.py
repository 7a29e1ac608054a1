"""Every typology and every look-alike draws what its docstring promises, for several seeds.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times
the pace.
"""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US, HOUR_US
from data.simulate import simulate
from data.sources import Whole, gather
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.typologies.dormant_reactivation import SILENT_DAYS
from data.world.calendar import EVENING
from data.world.drift import Adaptation
from data.world.flows import SHAPE, Flow
from data.world.ledger import UNKNOWN, in_business, move_on
from data.world.population import draw_names, draw_population, holder_codes
from data.world.scene import Scene
from data.world.scene.stage import FIRST_DAY, LAST_DAYS, UNDER_WAY_DAY
from data.world.schemes import draw_schemes, open_hours, plans_of
from data.world.settings import Params, calendar_of, schemes_of
from tests.spec.plans import (
    CENT,
    LEVELS,
    draw,
    hand,
    holder,
    is_inside,
    kept,
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
def test_a_plan_pays_between_others_and_touches_the_bank(name: str, side: str) -> None:
    for seed in SEEDS:
        plan = draw(name, side, seed)
        payments = plan.payments
        assert (payments["payer"] != payments["payee"]).all()
        assert (payments["yuan"] > 0).all()
        assert (payments["hour"] >= FIRST_DAY * 24).all()
        assert (is_inside(payments["payer"]) | is_inside(payments["payee"])).all()
        taking_part = set(payments["payer"]) | set(payments["payee"])
        assert {account for account, _ in plan.scene.members} <= taking_part


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_nobody_passes_on_more_than_what_arrived(name: str, side: str) -> None:
    """Rounded sums arrive smaller than they are meant; what follows is drawn from what arrived.

    Firms, sellers and buyers of insurance pay from what they have as well.
    """
    pools = {"cash_intensive_front", "insurance_wash", "underground_bank_mirror", "telecom_fraud"}
    for seed in SEEDS:
        plan = draw(name, side, seed)
        came = plan.payments.groupby("payee")["arrives"].sum()
        gone = plan.payments.groupby("payer")["arrives"].sum()
        both = came.index.intersection(gone.index)
        members = {account for account, _ in plan.scene.members}
        both = both[is_inside(both.to_numpy()) & np.isin(both, list(members))] if len(both) else both
        spare = 1.1 if name in pools else 1.0
        assert (gone[both] <= came[both] * spare + CENT).all()


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_hardly_more_than_two_customers_take_part_in_a_scheme(name: str) -> None:
    counts = [
        np.count_nonzero(is_inside(list({account for account, _ in plan.scene.members})))
        for plan in schemes(name)
    ]
    assert 1 <= np.mean(counts) <= 2.6
    assert max(counts) <= 3


ROUNDS = ["fan_in", "fan_out", "gather_scatter", "scatter_gather", "smurfing", "stack", "telecom_fraud"]


@pytest.mark.parametrize("name", ROUNDS)
def test_a_plan_may_go_on_in_rounds_with_the_same_customers_and_some_other_strangers(name: str) -> None:
    longer, changes = 0, 0
    for seed in SEEDS:
        once, often = (draw(name, "illicit", seed, most_rounds=most) for most in (1, 4))
        of_once, of_often = (
            {account for account, _ in plan.scene.members if is_inside(account)} for plan in (once, often)
        )
        assert of_once == of_often
        longer += len(often.payments) > 1.5 * len(once.payments)
        changes += len(often.scene.members) > len(once.scene.members)
    assert longer >= 3
    assert changes >= 3 or name == "scatter_gather"


def test_some_parties_return_in_the_next_round_and_nobody_takes_part_twice() -> None:
    world, calendar = stage_set()
    returned = []
    for seed in range(50):
        scene = Scene(world, calendar, stream(seed, "rounds"), 0, wake(seed), hand())
        before = scene.public(20)
        but = scene.outsiders(5)
        after = scene.next_round(before, but=but)
        assert len(np.unique(after)) == len(after) == 20
        assert set(after).isdisjoint(but)
        returned.append(np.mean(after == before))
        firms = scene.others_like(scene.outsiders(3, "company"))
        assert holder(firms) == {"company"}
        assert not is_inside(firms).any()
    assert 0.15 < np.mean(returned) < 0.4


def test_a_place_says_how_far_between_first_day_and_end_a_plan_begins() -> None:
    world, calendar = stage_set()
    first, days = UNDER_WAY_DAY, calendar.days - LAST_DAYS - UNDER_WAY_DAY
    for place in (0.0, 0.25, 0.999):
        scene = Scene(world, calendar, stream(1, "place"), 0, wake(1), hand(), first, place)
        assert (scene.start - calendar.start_us) // DAY_US == first + int(days * place)


def test_plans_begin_on_every_day_of_the_run_alike() -> None:
    world, calendar = stage_set()
    begun = np.array(
        [Scene(world, calendar, stream(seed, "start"), 0, wake(seed), hand()).start for seed in range(1_000)]
    )
    day = (begun - calendar.start_us) / DAY_US
    assert day.min() >= FIRST_DAY and day.max() < calendar.days - LAST_DAYS + 1
    early, late = (np.count_nonzero((day >= low) & (day < low + 80)) for low in (30, 300))
    assert early == pytest.approx(late, rel=0.25)


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_every_customer_who_takes_part_in_a_scheme_is_a_member(name: str) -> None:
    for plan in schemes(name):
        members = {account for account, _ in plan.scene.members}
        part = pd.concat([plan.payments["payer"], plan.payments["payee"]]).unique()
        # Victims, players and hands are in no scheme, though they pay or are paid by it.
        assert set(part[is_inside(part)]) <= members | plan.scene.bystanders
        assert members.isdisjoint(plan.scene.bystanders)


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_a_plan_depends_on_its_own_stream_only(name: str) -> None:
    pd.testing.assert_frame_equal(draw(name, "illicit", 3).payments, draw(name, "illicit", 3).payments)
    assert not draw(name, "illicit", 3).payments.equals(draw(name, "illicit", 4).payments)


def test_spread_moments_fall_on_the_hours_of_a_clock() -> None:
    world, calendar = stage_set()
    hours = []
    for seed in range(60):
        scene = Scene(world, calendar, stream(seed, "private"), 0, wake(seed), hand())
        for moments in (scene.spread(scene.start, 5, 40), scene.after(scene.start, 10, 150, 40)):
            hours.append((moments - calendar.start_us) % DAY_US // HOUR_US)
    found = np.bincount(np.concatenate(hours), minlength=24) / (60 * 80)
    np.testing.assert_allclose(found, EVENING / EVENING.sum(), atol=0.03)


def test_spread_moments_come_in_order_after_the_start_and_within_the_days() -> None:
    world, calendar = stage_set()
    for seed in range(30):
        rng = stream(seed, "spread")
        scene = Scene(world, calendar, rng, 0, wake(seed), hand())
        start = calendar.start_us + int(rng.integers(0, 300 * DAY_US))  # by day or night
        days = rng.uniform(0.1, 8)
        moments = scene.spread(start, days, 40)
        assert (np.diff(moments) >= 0).all()
        assert moments[0] >= start
        assert moments[-1] <= start + (days + 1) * DAY_US
        assert (scene.after(moments, 0.01, 30) > moments).all()


# -------------------------------------------------------------- typologies


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


# -------------------------------------------------------------- look-alikes


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


# ------------------------------------------------- what the docstrings promise


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
    """What the shape of each scheme of the small world intended to pay while the bank was open to it."""
    calendar = calendar_of(small_params)
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
    holder = holder_codes(population)
    planned = in_time(plans_of(scenes, adaptation, holder, small_params.seed))
    planned = planned.take(planned.part == SHAPE)
    return [
        (is_illicit, _keys(planned.take(planned.scheme == place), account))
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
        held = _rows(transactions.loc[mine.loc[mine["is_patterned"], "transaction_id"]])
        assert held == intended - (intended & refused)


def test_nearly_all_payments_of_illicit_schemes_settle(plans, small_world: Whole) -> None:
    """A scheme whose payments bounce is no scheme; at most one payment in ten may."""
    wanted = sum(intended.total() for is_illicit, intended in plans if is_illicit)
    settled = small_world.truth["is_illicit"] & small_world.truth["is_patterned"]
    assert settled.sum() >= 0.9 * wanted


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
        mine = mine[mine["purpose"] != "interest"]  # which the bank pays to sleepers, too
        assert (mine["at"] >= mine[f"{end}_account_id"].map(woken)).all()
