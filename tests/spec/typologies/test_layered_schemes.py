"""Schemes draw what the textbook says: smurfs, layers, fronts, shells, underground banks.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.schema import DAY_US
from data.simulate import simulate
from data.sources import gather
from data.world.flows import Flow
from data.world.ledger import in_business
from data.world.population import draw_population
from data.world.schemes import draw_schemes, open_hours
from data.world.settings import Params, calendar_of
from tests.spec import plans
from tests.spec.plans import CENT, LEVELS, Plan, holder, is_inside, kept, stage_set
from tests.spec.typologies.seeds import _price, span_days

NEW = (
    "bipartite",
    "cash_intensive_front",
    "gather_scatter",
    "scatter_gather",
    "shell_company",
    "smurfing",
    "stack",
    "student_mule",
    "underground_bank_mirror",
)


SEEDS = range(10)


NIGHT_REST = 12  # hours that a night may put a payment off


def schemes(name: str) -> Iterator[Plan]:
    yield from plans.schemes(name, SEEDS)


def look_alikes(name: str) -> Iterator[Plan]:
    yield from plans.look_alikes(name, SEEDS)


def variation(yuan: pd.Series) -> float:
    return float(yuan.std(ddof=0) / yuan.mean())


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", NEW)
def test_a_plan_touches_the_bank(name: str, side: str) -> None:
    for plan in schemes(name) if side == "illicit" else look_alikes(name):
        rows = plan.everything
        assert (rows["payer"] != rows["payee"]).all()
        assert (is_inside(rows["payer"]) | is_inside(rows["payee"])).all()
        assert (rows["hour"] >= 24).all()
        taking_part = set(rows["payer"]) | set(rows["payee"])
        assert {account for account, _ in plan.scene.members} <= taking_part


@pytest.mark.parametrize("name", NEW)
def test_every_customer_who_takes_part_in_a_scheme_is_a_member(name: str) -> None:
    for plan in schemes(name):
        members = {account for account, _ in plan.scene.members}
        part = pd.concat([plan.everything["payer"], plan.everything["payee"]]).unique()
        assert set(part[is_inside(part)]) <= members | plan.scene.bystanders


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", NEW)
def test_hands_are_asleep_at_night(name: str, side: str) -> None:
    plans = list(schemes(name) if side == "illicit" else look_alikes(name))
    hours = np.concatenate([plan.everything["hour"].to_numpy() % 24 for plan in plans])
    assert (hours < 6).mean() < 0.2  # the evening clock of private payments goes on past midnight


def test_members_live_their_own_lives_and_no_plan_makes_one_up_for_them() -> None:
    """Their livelihoods go on; only who sleeps, sells or works beside the plan pays more than it."""
    for name in NEW:
        for plan in schemes(name):
            assert plan.everyday.empty


@pytest.mark.parametrize("name", NEW)
def test_criminal_and_innocent_sums_overlap(name: str) -> None:
    """Neither the size of a payment nor that of the plan tells the two sides apart."""
    for measure in ("median", "sum"):
        sides = [
            np.array([plan.payments["yuan"].agg(measure) for plan in plans])
            for plans in (schemes(name), look_alikes(name))
        ]
        lower, upper = sorted(sides, key=np.median)
        assert (upper[:, None] < lower[None, :]).mean() > 0.1


def test_smurfs_carry_like_sums_to_one_collector_who_pays_them_on() -> None:
    carriers = []
    for plan in schemes("smurfing"):
        (collector,) = plan.accounts("collector")
        smurfs, boss = plan.accounts("smurf"), plan.accounts("beneficiary")
        carried, taken = plan.to(collector), plan.by(collector)
        assert sorted(carried["payer"]) == sorted(smurfs)
        assert 4 <= len(smurfs) <= 16
        assert carried["yuan"].between(240, 20_000).all()
        assert variation(carried["yuan"]) <= 0.5
        assert span_days(carried) <= 5 * plan.pace + 1
        # A smurf who is a customer first pays in the cash, in whole notes at home.
        for smurf in np.array(smurfs)[is_inside(smurfs)]:
            carriers.append(smurf)
            (deposit,) = plan.to(smurf).itertuples()
            (passed,) = plan.by(smurf).itertuples()
            assert deposit.channel == "cash_deposit"
            assert deposit.yuan % 100 == 0
            assert deposit.hour < passed.hour <= deposit.hour + 2
            assert deposit.yuan > passed.yuan
        assert 1 <= len(taken) <= 2
        assert set(taken["payee"]) == set(boss)
        assert taken["hour"].min() > carried["hour"].max()
        assert taken["hour"].max() <= carried["hour"].max() + 20 * plan.pace + NIGHT_REST
        assert 0.97 - 0.001 <= kept(carried, taken) <= 0.998
    assert carriers


def test_a_careful_smurf_boss_varies_the_sums_more_than_a_naive_one() -> None:
    spread: dict[int, list[float]] = {level: [] for level in LEVELS}
    for plan in plans.schemes("smurfing", range(40)):
        spread[plan.level].append(variation(plan.to(*plan.accounts("collector"))["yuan"]))
    assert np.mean(spread[0]) < np.mean(spread[2])


def test_gather_scatter_rests_half_an_hour_to_two_days_in_one_hub() -> None:
    for plan in schemes("gather_scatter"):
        (hub,) = plan.accounts("hub")
        gathered, scattered = plan.to(hub), plan.by(hub)
        assert len(gathered) + len(scattered) == len(plan.payments)
        for side, end in ((gathered, "payer"), (scattered, "payee")):
            assert 3 <= len(side) <= 18
            assert side[end].is_unique
        assert set(gathered["payer"]).isdisjoint(scattered["payee"])
        assert span_days(gathered) <= 4 * plan.pace + 1
        rest = scattered["hour"].min() - gathered["hour"].max()
        assert 0.25 <= rest <= 60
        assert 0.97 - 0.001 <= kept(gathered, scattered) <= 0.998


def test_scatter_gather_spreads_slices_below_the_line_and_brings_them_together() -> None:
    for plan in schemes("scatter_gather"):
        (giver,), (taker,), (funder,) = (plan.accounts(r) for r in ("giver", "taker", "funder"))
        between = plan.accounts("between")
        assert 3 <= len(between) <= 12
        assert is_inside(between).sum() <= 1
        first = plan.payments.sort_values("hour").iloc[0]
        assert (first["payer"], first["payee"]) == (funder, giver)
        scattered, gathered = plan.by(giver).set_index("payee"), plan.to(taker).set_index("payer")
        assert len(plan.payments) == 1 + len(scattered) + len(gathered)
        assert sorted(scattered.index) == sorted(gathered.index) == sorted(between)
        assert first["arrives"] >= scattered["yuan"].sum() - CENT
        assert (scattered["yuan"] < 50_000).all()
        gathered = gathered.loc[scattered.index]
        assert (gathered["hour"] > scattered["hour"]).all()
        kept_by_each = gathered["yuan"] / scattered["arrives"]
        assert kept_by_each.between(0.97 - 0.001, 0.998 + 0.001).all()
        assert 0.3 <= span_days(plan.payments) <= 10 * plan.pace


def test_bipartite_pairs_several_payers_with_several_payees_within_a_week() -> None:
    for plan in schemes("bipartite"):
        payers, payees = plan.accounts("payer"), plan.accounts("payee")
        (out,) = plan.accounts("exit")
        assert 2 <= len(payers) <= 9
        assert 2 <= len(payees) <= 9
        assert set(payers).isdisjoint(payees)
        (payer,), (payee,) = (np.array(side)[is_inside(side)] for side in (payers, payees))
        paid = plan.by(*payers)
        assert set(paid["payer"]) == set(payers)
        assert set(paid["payee"]) == set(payees)
        assert not paid.duplicated(["payer", "payee"]).any()
        assert span_days(paid) <= 7 * plan.pace + 1
        (funds,) = plan.to(payer).itertuples()
        assert [funds.payer] == plan.accounts("funder") or funds.channel == "cash_deposit"
        assert funds.hour < plan.by(payer)["hour"].min()
        assert funds.arrives >= plan.by(payer)["yuan"].sum() - CENT
        (passed,) = plan.by(payee).itertuples()
        assert passed.payee == out
        assert passed.hour > plan.to(payee)["hour"].max()
        assert 0.7 - 0.001 <= kept(plan.to(payee), plan.by(payee)) <= 0.99 + 0.001


def test_stack_sinks_through_layers_each_paying_every_account_of_the_next() -> None:
    depths = set()
    for plan in schemes("stack"):
        sources, mules, exits = (plan.accounts(role) for role in ("source", "mule", "exit"))
        assert is_inside(mules).all() and not is_inside(sources + exits).any()
        depths.add(len(mules))
        assert 2 <= len(sources) <= 6 and 2 <= len(exits) <= 6
        assert set(plan.to(mules[0])["payer"]) == set(sources)
        assert set(plan.by(mules[-1])["payee"]) == set(exits)
        for mule in mules:
            got, gave = plan.to(mule), plan.by(mule)
            assert got["payer"].is_unique and gave["payee"].is_unique
            assert 2 <= len(got) <= 6 and 2 <= len(gave) <= 6
            assert np.floor(gave["hour"].min() / 24) > np.floor(got["hour"].max() / 24)
            assert 0.97 - 0.001 <= kept(got, gave) <= 0.998 + 0.001
        assert 0.3 <= span_days(plan.payments) <= 10 * plan.pace
    assert depths == {1, 2}


def test_student_mule_is_used_for_days_and_keeps_a_little() -> None:
    world, _ = stage_set()
    cities = []
    for plan in schemes("student_mule"):
        (student,) = plan.accounts("student")
        assert world.occupation[world.owner[student]] == "student"
        credits, leaves = plan.to(student), plan.by(student)
        assert 3 <= len(credits) <= 9
        assert credits["yuan"].between(200, 40_100).all()
        assert len(leaves) == len(credits)
        assert span_days(credits) <= 40
        strangers = credits.query("channel == 'transfer'")["payer"]
        assert strangers.is_unique
        assert not is_inside(strangers).any()
        cities += plan.payments.query("channel.str.startswith('cash')")["city"].tolist()
        # In the order drawn each credit is followed by the payment that empties it.
        for (_, came), (_, left) in zip(credits.iterrows(), leaves.iterrows(), strict=True):
            assert 0 < left["hour"] - came["hour"] <= 8 * plan.pace + NIGHT_REST
            assert 0.97 - 100 / came["arrives"] <= left["yuan"] / came["arrives"] <= 0.998 + 0.001
    assert len(set(cities)) >= 3


def test_cash_intensive_front_pays_in_smooth_extra_cash_for_months_and_settles_by_the_fortnight() -> None:
    world, _ = stage_set()
    weekend = []
    for plan in schemes("cash_intensive_front"):
        (front,), owners, suppliers = (plan.accounts(r) for r in ("front", "owner", "supplier"))
        assert holder([front]) == {"micro_business"}
        cash, out = plan.to(front), plan.by(front)
        assert set(cash["channel"]) == {"cash_deposit"}
        assert set(cash["city"]) == {world.city[world.owner[front]]}
        assert (cash["yuan"] % 100 == 0).all()
        assert (cash["yuan"] < (50_000 if plan.level < 2 else 30_000)).all()
        assert 20 <= span_days(cash) <= 91
        extra = cash["yuan"].sum() / (world.income[world.owner[front]] * span_days(cash) / 30)
        assert 0.15 <= extra <= 2.0
        assert variation(cash["yuan"]) <= 0.45
        weekend += ((cash["hour"] // 24).astype(int) % 7 >= 5).tolist()
        assert set(out["payee"]) == {*owners, *suppliers}
        assert 0.97 - 0.001 <= kept(cash, out) <= 0.998
        # Never more out than came in until then.
        line = pd.concat([cash.assign(sign=1), out.assign(sign=-1)]).sort_values("hour")
        assert ((line["yuan"] * line["sign"]).cumsum() >= -CENT).all()
    assert 0.2 < np.mean(weekend) < 0.37


def test_shell_company_turns_invoices_of_unrelated_payers_into_private_money() -> None:
    pays_abroad, private_shares = [], []
    for plan in schemes("shell_company"):
        (shell,) = plan.accounts("shell")
        assert holder([shell]) == {"company"}
        invoices, private = plan.to(shell), plan.by(shell)
        assert 5 <= len(invoices) <= 14
        assert 4 <= invoices["payer"].nunique() <= 9
        assert not is_inside(invoices["payer"]).any()
        assert {"company", "person"} == holder(invoices["payer"])
        assert invoices["yuan"].between(5_000, 1_000_000).all()
        assert span_days(invoices) <= 121
        wires = private[private["channel"] == "wire"]
        domestic = private.drop(wires.index)
        assert holder(domestic["payee"]) <= {"person", "company"}
        is_private = np.array([holder([payee]) == {"person"} for payee in domestic["payee"]])
        private_shares.append(domestic["yuan"][is_private].sum() / domestic["yuan"].sum())
        assert holder(wires["payee"]) <= {"overseas"}
        assert set(wires["payee"]) == set(plan.accounts("exit"))
        pays_abroad.append(len(wires) > 0)
        assert 0.97 - 0.001 <= kept(invoices, private) <= 0.998 + 0.001
        rest = private["hour"].max() - invoices["hour"].max()
        assert 0 < rest <= (3 * plan.pace + 2) * 24
        line = pd.concat([invoices.assign(sign=1, yuan=invoices["arrives"]), private.assign(sign=-1)])
        line = line.sort_values("hour")
        assert ((line["yuan"] * line["sign"]).cumsum() >= -CENT).all()
    assert 0.05 < np.mean(pays_abroad) < 0.6
    assert np.mean(private_shares) > 0.6


def test_underground_bank_sums_are_meant_in_dollars_and_stay_at_home() -> None:
    for plan in schemes("underground_bank_mirror"):
        bankers = plan.accounts("banker")
        assert 1 <= len(bankers) <= 2
        credits, payouts = plan.to(*bankers), plan.by(*bankers)
        assert 5 <= len(credits) <= 14
        assert credits["payer"].is_unique
        assert set(credits["payer"]).isdisjoint(payouts["payee"])
        assert set(plan.everything["channel"]) == {"transfer"}
        assert "overseas" not in holder(pd.concat([plan.everything["payer"], plan.everything["payee"]]))
        assert span_days(credits) <= 51
        unit, digits = ((1_000, 2), (500, 4), (100, 4))[plan.level]
        price = _price(credits["yuan"], unit, digits)
        if plan.level == 0:
            assert price is not None
            assert price <= 7.35
        days = (credits["hour"] // 24).astype(int)
        for _, day in credits.groupby(days):
            assert _price(day["yuan"], unit, digits) is not None
        # Each credit is paid out to one or two, of whom none is paid for another one.
        assert payouts["payee"].is_unique
        assert len(credits) <= len(payouts) <= 2 * len(credits)
        assert 0.98 - 0.001 <= kept(credits, payouts) <= 0.997 + 0.001
        assert payouts["hour"].max() <= credits["hour"].max() + 60


@pytest.fixture(scope="module")
def settled_shares() -> dict[str, float]:
    """Share of the intended illicit payments that settle in a bank of 1,500 customers."""
    params = pipeline.params("simulate", Params).model_copy(
        update={"customers": 1_500, "schemes_per_typology": 8, "look_alikes_per_scheme": 2}
    )
    calendar = calendar_of(params)
    world = draw_population(params.seed, params.customers, params.cities, params.dormant_share, calendar)
    scenes = draw_schemes(world, calendar, params)
    hours = open_hours(world, scenes)
    end = calendar.start_us + calendar.days * DAY_US
    intended: Counter[str] = Counter()
    for name, is_illicit, scene in scenes:
        if is_illicit:
            flow = Flow.concat(scene.flows)
            kept = in_business(flow.at, flow.payer, flow.payee, hours, calendar.start_us, end)
            intended[name] += len(kept)
    bank = gather(simulate(params))
    typology = bank.schemes.drop_duplicates("scheme_id").set_index("scheme_id")["typology"]
    illicit = bank.truth[bank.truth["is_illicit"]]
    held = illicit["scheme_id"].map(typology).value_counts()
    return {name: held[name] / wanted for name, wanted in intended.items()}


@pytest.mark.parametrize("name", NEW)
def test_nearly_all_illicit_payments_settle(settled_shares: dict[str, float], name: str) -> None:
    """Money must be able to settle: an account pays out only what came in before."""
    assert settled_shares[name] >= 0.9
