"""An organiser who banks here takes proceeds in and spends them as they live anyway."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.asof import moments_of
from data.schema import DAY_US, HOUR_US
from data.sources import Whole
from data.typologies import TYPOLOGIES
from data.world.flows import CHANNEL, PROCEEDS, PURPOSE, SHAPE, Flow
from data.world.integration import ROLE, Integration, Proceeds, integrate
from data.world.intents import Spender
from data.world.scene import Scene
from data.world.settings import Params
from tests.spec.plans import Plan, draw, stage_set, table


@pytest.fixture(scope="module")
def always() -> Integration:
    params = pipeline.params("simulate", Params).integration
    return params.model_copy(update={"organiser_share": 1.0})


def drawn(name: str, seed: int, params: Integration) -> tuple[Plan, pd.DataFrame]:
    """A scheme, and the proceeds that came in and went into something larger."""
    plan = draw(name, "illicit", seed)
    integrate(plan.scene, params)
    return plan, table(plan.scene.spending)


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_an_organiser_takes_proceeds_in_and_spends_no_more_than_came(name: str, always: Integration) -> None:
    found = 0
    for seed in range(6):
        plan, life = drawn(name, seed, always)
        if not len(life):  # the run ends too soon after the scheme
            continue
        found += 1
        (organiser,) = plan.accounts(ROLE)
        (spender,) = plan.scene.spenders
        came, gone = life[life["payee"] == organiser], life[life["payer"] == organiser]
        assert len(came) + len(gone) == len(life)
        assert gone["arrives"].sum() + spender.left / 100 <= came["arrives"].sum() + 1
        assert came["yuan"].sum() <= 0.5 * plan.payments["yuan"].sum() + 100 * len(came)
        assert came["hour"].min() >= plan.payments["hour"].quantile(0.5, interpolation="lower") - 1
        assert organiser not in {*plan.payments["payer"], *plan.payments["payee"]}
    assert found > 0


def test_proceeds_belong_to_their_scheme_and_are_no_part_of_its_shape(always: Integration) -> None:
    scenes = [drawn("fan_in", seed, always)[0].scene for seed in range(4)]
    flow = Scene.all_flows(scenes)
    assert (flow.part == PROCEEDS).any()
    for number, scene in enumerate(scenes):
        for part, own in ((SHAPE, scene.flow), (PROCEEDS, scene.spending)):
            mine = flow.take((flow.scheme == number) & (flow.part == part))
            assert sorted(zip(mine.at, mine.payer, mine.payee, mine.amount, strict=True)) == sorted(
                zip(own.at, own.payer, own.payee, own.amount, strict=True)
            )


def test_proceeds_come_in_several_ways(always: Integration) -> None:
    ways = set()
    for seed in range(20):
        plan, life = drawn("fan_in", seed, always)
        came = life[life["payee"].isin(plan.accounts(ROLE))]
        kinds = stage_set()[0].holder[came["payer"]]
        ways |= set(zip(came["channel"], kinds, strict=True))
    assert ways == {("cash_deposit", "cash_desk"), ("transfer", "company"), ("transfer", "person")}


def life_of(account: int, days: int = 60) -> Flow:
    """A day's purchases, gifts, wages saved and fees of one customer, for some weeks."""
    world, calendar = stage_set()
    at = calendar.start_us + np.arange(days) * DAY_US + 12 * HOUR_US
    shop, friend, bank = (world.outside(kind)[:1] for kind in ("merchant", "person", "bank"))
    return Flow.concat(
        [
            Flow.of(at, np.full(days, account), shop, np.full(days, 40.0), "qr", "shopping", 3),
            Flow.of(at + HOUR_US, np.full(days, account), friend, np.full(days, 300.0), "transfer", "family"),
            Flow.of(at + 2 * HOUR_US, np.full(days, account), bank, np.full(days, 5.0), "transfer", "fee"),
            Flow.of(at, friend, np.full(days, account), np.full(days, 900.0), "transfer", "family"),
        ]
    )


def spender(account: int, **changes: object) -> Spender:
    _, calendar = stage_set()
    whole = {
        "account": account,
        "from_us": calendar.start_us + 10 * DAY_US,
        "until_us": calendar.start_us + 50 * DAY_US,
        "growth": 0.5,
        "left": 10_000_000,
    }
    return Spender(**(whole | changes))


def test_an_organiser_spends_as_they_live_in_the_weeks_of_their_proceeds() -> None:
    world, calendar = stage_set()
    account = int(world.account[0])
    life = life_of(account)
    again = Proceeds(world, [[], [spender(account)]], 7).of(life)
    assert (again.payer == account).all()
    assert (again.scheme == 1).all()
    assert (again.part == PROCEEDS).all()
    # The same shops and friends by the same channels, no fee and nothing that came in.
    known = {*zip(life.payee.tolist(), life.channel.tolist(), life.purpose.tolist(), strict=True)}
    assert {*zip(again.payee.tolist(), again.channel.tolist(), again.purpose.tolist(), strict=True)} <= known
    assert PURPOSE["fee"] not in again.purpose
    assert (again.city[again.channel == CHANNEL["qr"]] == 3).all()
    day = (again.at - calendar.start_us) / DAY_US
    assert day.min() >= 10 and day.max() < 50
    hour = (again.at - calendar.start_us) % DAY_US / HOUR_US
    assert hour.min() > 10 and hour.max() < 15
    # Half as much again, in the two kinds of payment and 40 days.
    assert 0.3 < len(again) / (2 * 40) < 0.7
    assert len(np.unique(again.amount)) > 10


def test_nobody_spends_more_than_the_proceeds_or_without_any() -> None:
    world, _ = stage_set()
    account = int(world.account[0])
    poor = Proceeds(world, [[spender(account, left=100_000)]], 7)
    first, second = poor.of(life_of(account)), poor.of(life_of(account))
    assert 50_000 < first.amount.sum() <= 100_000
    assert first.amount.sum() + second.amount.sum() <= 100_000
    assert not len(Proceeds(world, [[spender(account)]], 7).of(life_of(int(world.account[1]))))


def test_what_one_organiser_spends_hangs_on_no_other() -> None:
    world, _ = stage_set()
    one, other = world.account[:2].tolist()
    both = Flow.concat([life_of(one), life_of(other)])
    alone = Proceeds(world, [[spender(one)], []], 7).of(both)
    beside = Proceeds(world, [[spender(one)], [spender(other)]], 7).of(both)
    mine = beside.take(beside.payer == one)
    np.testing.assert_array_equal(alone.at, mine.at)
    np.testing.assert_array_equal(alone.amount, mine.amount)


def test_where_no_organiser_banks_here_nothing_is_spent(always: Integration) -> None:
    plan, life = drawn("fan_in", 1, always.model_copy(update={"organiser_share": 0.0}))
    assert len(life) == 0
    assert not plan.accounts(ROLE)
    assert not plan.scene.spenders


def test_organisers_pay_in_no_month_much_more_than_their_peers_may(small_world: Whole) -> None:
    """Their busiest month against their own usual one lies below the 99th percentile of others."""
    paid = small_world.transactions
    owner = small_world.accounts.set_index("account_id")["customer_id"]
    who = paid["payer_account_id"].map(owner)
    month = (paid["at"] - paid["at"].min()).dt.days // 28
    counts = pd.crosstab(who, month)
    growth = counts.max(axis=1) / counts.median(axis=1).clip(lower=1)
    organisers = small_world.schemes.query("role == @ROLE")["customer_id"].dropna().unique()
    mine = growth.reindex(organisers).dropna()
    assert len(mine) >= 5
    limit = growth.drop(organisers, errors="ignore").quantile(0.99)
    assert (mine <= limit).mean() >= 0.9


def test_spent_proceeds_are_illicit_belong_to_the_scheme_and_have_no_shape(small_world: Whole) -> None:
    outside = small_world.truth[~small_world.truth["is_patterned"]]
    assert len(outside) > 100
    assert outside["is_illicit"].all()
    assert outside["transaction_id"].is_unique
    paid = outside.merge(small_world.transactions, on="transaction_id")
    members = small_world.schemes[small_world.schemes["role"] == ROLE]
    # Who moves to another account in these weeks has two.
    organisers = set(zip(members["scheme_id"], members["account_id"], strict=True))
    is_end = np.zeros(len(paid), bool)
    for end in ("payer", "payee"):
        ends = zip(paid["scheme_id"], paid[f"{end}_account_id"], strict=True)
        is_end |= np.array([one in organisers for one in ends])
    assert is_end.all()


def test_nearly_all_proceeds_settle(small_world: Whole) -> None:
    """Money that came in pays for what follows, so that hardly a purchase bounces."""
    ((_, _, declined),) = small_world.set_aside
    members = small_world.schemes[small_world.schemes["role"] == ROLE]
    bounced = declined["payer_account_id"].isin(members["account_id"]).sum()
    paid = small_world.transactions["payer_account_id"].isin(members["account_id"]).sum()
    assert bounced < 0.1 * paid


def test_an_organiser_takes_part_in_the_scheme_while_spending(small_world: Whole) -> None:
    moments = moments_of(
        small_world.transactions, small_world.accounts, small_world.truth, small_world.schemes
    )
    organisers = small_world.schemes.query("role == @ROLE")[["scheme_id", "customer_id"]].dropna()
    mine = moments.merge(organisers.astype("int64"), on=["scheme_id", "customer_id"])
    assert len(mine) > 0
    assert not mine["is_patterned"].any()
    assert mine["is_illicit"].all()
    last = np.diff(mine.groupby("scheme_id")["at"].agg(["min", "max"]).astype("int64").to_numpy()).max()
    assert last > 7 * DAY_US
