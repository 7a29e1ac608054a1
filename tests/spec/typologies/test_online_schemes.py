"""Schemes draw what the textbook says: gambling, fraud, crypto, loans, insurance, borders.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US
from data.world.flows import LIFE, NO_SCHEME, Flow
from data.world.scene import Scene
from data.world.scene.stage import FIRST_DAY
from tests.spec import plans
from tests.spec.plans import LEVELS, Plan, holder, is_inside, kept, span_hours, stage_set
from tests.spec.typologies.seeds import NAMES, NOVEL, flow_of, of_day

SEEDS = range(8)


def draw(name: str, side: str, seed: int, level: int = 0, first_day: int = 30) -> Plan:
    return plans.draw(name, side, seed, level, first_day).in_time()


def schemes(name: str) -> Iterator[Plan]:
    yield from (plan.in_time() for plan in plans.schemes(name, SEEDS))


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", NAMES)
def test_each_payment_of_a_plan_touches_the_bank(name: str, side: str) -> None:
    for level in LEVELS if side == "illicit" else (0,):
        for seed in range(20):
            plan = draw(name, side, seed, level)
            payments = plan.payments
            assert (payments["payer"] != payments["payee"]).all()
            assert (payments["yuan"] > 0).all()
            assert (payments["hour"] >= FIRST_DAY * 24).all()
            assert (is_inside(payments["payer"]) | is_inside(payments["payee"])).all()
            assert {account for account, _ in plan.scene.members} <= {*payments["payer"], *payments["payee"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_customer_but_a_victim_is_a_member(name: str) -> None:
    for plan in schemes(name):
        members = {account for account, _ in plan.scene.members}
        part = pd.concat([plan.payments["payer"], plan.payments["payee"]]).unique()
        assert set(part[is_inside(part)]) <= members | plan.scene.bystanders


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_given_away_by_the_second_or_by_the_moment(name: str) -> None:
    """Drawn moments fall anywhere within the second."""
    for side in ("illicit", "licit"):
        flow = Flow.concat([flow_of(draw(name, side, seed).scene) for seed in SEEDS])
        assert (flow.at % 1_000_000 == 0).mean() < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_amounts_of_a_look_alike_overlap_with_those_of_the_scheme(name: str) -> None:
    amounts = {
        side: np.concatenate(
            [
                draw(name, side, seed, level).payments["yuan"]
                for seed in range(15)
                for level in (LEVELS if side == "illicit" else (0,))
            ]
        )
        for side in ("illicit", "licit")
    }
    low, high = np.quantile(amounts["illicit"], [0.1, 0.9])
    assert ((amounts["licit"] >= low) & (amounts["licit"] <= high)).mean() > 0.25
    low, high = np.quantile(amounts["licit"], [0.1, 0.9])
    assert ((amounts["illicit"] >= low) & (amounts["illicit"] <= high)).mean() > 0.25


def test_everyday_payments_beside_a_plan_belong_to_no_scheme() -> None:
    names = ("dormant_reactivation", "cash_intensive_front", "student_mule")
    scenes = [draw(name, "licit", seed).scene for name in names for seed in SEEDS]
    flow = Scene.all_flows(scenes)
    for number, scene in enumerate(scenes):
        mine = flow.take(flow.scheme == number)
        np.testing.assert_array_equal(mine.at, flow_of(scene).at)
    np.testing.assert_array_equal(flow.scheme == NO_SCHEME, flow.part == LIFE)
    assert (flow.scheme == NO_SCHEME).sum() == sum(len(scene.everyday) for scene in scenes) > 0


def test_underground_bank_turns_a_days_transfers_into_cash_in_business_hours() -> None:
    _, calendar = stage_set()
    for plan in schemes("underground_bank_settlement"):
        (pool,) = plan.accounts("pool")
        runners = plan.accounts("runner")
        assert holder([pool]) == {"company"}
        assert 1 <= len(runners) <= 2
        assert of_day(plan.payments).between(8, 18).all()
        weekend = calendar.is_weekend()
        days = (plan.payments["hour"] // 24).astype(int)
        assert not weekend[days[days < calendar.days]].any()
        assert 2 <= days.nunique() <= 3
        for _, one in plan.payments.groupby(days):
            came, went = one[one["payee"] == pool], one[one["payer"] == pool]
            assert 20_000 <= came["yuan"].sum() <= 500_000
            assert holder(came["payer"]) == {"company"}
            assert 6 <= went["payee"].nunique() <= 11
            assert holder(went["payee"]) == {"person"}
            assert came["hour"].max() < went["hour"].min()
            assert 0.98 - 0.001 <= kept(came, went) <= 0.998 + 0.001
            for runner in runners:
                got, cash = one[one["payee"] == runner], one[one["payer"] == runner]
                assert set(cash["channel"]) == {"cash_withdrawal"}
                assert (cash["yuan"] % 100 == 0).all()
                assert got["hour"].max() < cash["hour"].min() <= cash["hour"].max() <= got["hour"].max() + 2.3
                assert 0.8 <= kept(got, cash) <= 1


def test_run_score_takes_bursts_of_strangers_by_night_and_keeps_a_commission() -> None:
    lengths: list[float] = []
    for plan in schemes("run_score"):
        runners, pool = plan.accounts("runner"), plan.accounts("pool")
        taken, swept = plan.to(*runners), plan.by(*runners)
        assert 1 <= len(runners) <= 2
        assert 24 <= len(taken) <= 80
        assert taken["payer"].is_unique  # nobody comes twice
        assert is_inside(taken["payer"]).mean() < 0.6
        assert set(taken["channel"]) == {"qr"}
        assert taken["yuan"].between(5, 5_000).all()
        assert ((of_day(taken) >= 22) | (of_day(taken) < 5)).all()
        # A burst is over within the hour (two may touch); its takings leave within hours.
        burst = (taken["hour"].diff() > 0.5).cumsum()
        assert (taken.groupby(burst)["hour"].agg(np.ptp) <= 2).all()
        lengths += taken.groupby(burst)["hour"].agg(np.ptp).tolist()
        assert set(swept["payee"]) == set(pool)
        for runner in runners:
            mine, paid = taken[taken["payee"] == runner], swept[swept["payer"] == runner]
            assert 0.98 - 1e-3 <= kept(mine, paid) <= 0.998 + 1e-3
            assert paid["hour"].max() <= mine["hour"].max() + 1 + 3 * plan.pace
    assert np.median(lengths) <= 1


def test_online_gambling_takes_small_stakes_at_night_and_pays_fewer_larger_winnings() -> None:
    is_late, count = 0, 0
    for plan in schemes("online_gambling"):
        collectors, players = plan.accounts("collector"), plan.accounts("player")
        operator = plan.accounts("operator")
        stakes, out = plan.to(*collectors), plan.by(*collectors)
        winnings, swept = out[out["payee"].isin(stakes["payer"])], out[out["payee"].isin(operator)]
        assert set(players) <= set(stakes["payer"])
        assert len(winnings) + len(swept) == len(out)
        assert 1 <= len(collectors) <= 2
        assert 15 <= stakes["payer"].nunique() <= 40
        assert stakes["yuan"].between(9, 2_000).all()
        assert (np.ceil(stakes["yuan"]) % 10 == 0).all()  # some sites tell players apart by the cents
        assert (stakes.groupby("payee")["payer"].nunique() >= 4).all()
        is_evening = (of_day(stakes) >= 17) | (of_day(stakes) < 4)
        assert is_evening.all()
        is_late += ((of_day(stakes) >= 20) | (of_day(stakes) < 4)).sum()
        count += len(stakes)
        assert len(winnings) < len(stakes) / 3
        assert winnings.empty or winnings["yuan"].mean() > stakes["yuan"].mean()
        for collector in collectors:  # little stays
            assert 0.9 <= kept(plan.to(collector), plan.by(collector)) <= 1.1
    assert is_late / count > 0.7


def test_online_gambling_is_busiest_on_weekends() -> None:
    _, calendar = stage_set()
    stakes = pd.concat([draw("online_gambling", "illicit", seed).payments for seed in range(60)])
    day = (stakes[stakes["channel"] == "qr"]["hour"] // 24).astype(int)
    is_weekend = calendar.is_weekend()[day[day < calendar.days]]
    assert is_weekend.mean() > 2 / 7 * 1.3


def test_telecom_fraud_is_torn_apart_within_the_golden_hour() -> None:
    is_customer, ages = [], []
    world, _ = stage_set()
    for plan in schemes("telecom_fraud"):
        (card,) = plan.accounts("level_1")
        seconds = plan.accounts("level_2")
        paid = plan.to(card)
        assert 2 <= len(seconds) <= 4
        assert not is_inside(plan.by(*seconds)["payee"]).any()
        assert 1 <= paid["payer"].nunique() <= 4
        for victim, parts in paid.groupby("payer"):
            assert victim not in {account for account, _ in plan.scene.members}
            assert 1 <= len(parts) <= 4
            assert 1_500 <= parts["yuan"].sum() <= 300_000
            is_customer.append(bool(is_inside([victim])[0]))
            if is_customer[-1]:
                broken = plan.to(victim)
                assert holder(broken["payer"]) <= {"broker", "lender"}
                assert broken["arrives"].sum() >= parts["yuan"].sum() - 1
                assert broken["hour"].max() < parts["hour"].min()
                ages.append(world.birth_year[world.owner[victim]])
        # The level-1 card splits every payment, the level-2 cards pass theirs on.
        assert len(plan.by(card)) == len(paid) * len(seconds)
        assert 0.97 - 1e-3 <= kept(paid, plan.by(card)) <= 0.998 + 1e-3
        for moment in plan.by(card, *seconds)["hour"]:
            assert moment - paid["hour"][paid["hour"] < moment].max() <= plan.pace
        for second in (account for account in seconds if is_inside([account])[0]):
            assert 0.9 <= kept(plan.to(second), plan.by(second)) <= 0.998
    assert 0 < sum(is_customer) < len(is_customer)
    assert np.median(ages) < np.median(world.birth_year[world.kind == "person"])


def test_crypto_off_ramp_turns_odd_sums_of_strangers_into_payments_to_many() -> None:
    pays_abroad = []
    for plan in schemes("crypto_off_ramp"):
        traders = plan.accounts("trader")
        assert len(set(plan.scene.main_accounts(np.array(traders)))) == 1
        sold, out = plan.to(*traders), plan.by(*traders)
        assert holder(sold["payer"]) == {"person"}  # no exchange pays on the mainland
        wires = out["channel"] == "wire"
        assert holder(out["payee"][wires]) <= {"overseas"} and "overseas" not in holder(out["payee"][~wires])
        pays_abroad.append(wires.any())
        assert not is_inside(sold["payer"]).any()
        assert (sold["yuan"] % 100 != 0).mean() > 0.9  # a rate times a quantity
        assert 3 <= out["payee"].nunique() <= 10
        assert out["hour"].min() > sold["hour"].min()
        assert 0.97 - 1e-3 <= kept(sold, out) <= 0.998
        for moment in out["hour"]:
            assert moment - sold["hour"][sold["hour"] < moment].max() <= 36
    assert 0.05 < np.mean(pays_abroad) < 0.5


def test_loan_back_lends_somebody_their_own_money_or_repays_early_from_that_of_others() -> None:
    variants = set()
    for plan in schemes("loan_back"):
        (borrower,), shell, sources = (
            plan.accounts("borrower"),
            plan.accounts("shell"),
            plan.accounts("source"),
        )
        came = plan.to(borrower)
        own = came[came["payer"].isin(sources)]
        assert 2 <= len(own) <= 4
        variants.add(bool(shell))
        if shell:
            sent, lent = plan.by(borrower).query("payee in @shell"), plan.by(*shell)
            assert own["hour"].max() < sent["hour"].min()
            assert 0.95 - 1e-3 <= kept(sent, lent) <= 0.99
            assert set(lent["payee"]) == {borrower}
            assert set(lent["purpose"]) == {"loan"}
            assert sent["yuan"].sum() <= own["arrives"].sum()
            dwell, size = lent["hour"].min() - sent["hour"].max(), sent["yuan"].sum()
        else:
            loan = came[~came["payer"].isin(sources)]
            lender = loan["payer"].iloc[0]
            repaid = plan.by(borrower).query("payee == @lender")
            assert holder([lender]) == {"lender"}
            assert set(repaid["purpose"]) == {"loan_repayment"}
            assert repaid["yuan"].sum() >= 0.8 * loan["yuan"].sum()
            assert own["arrives"].sum() >= repaid["yuan"].sum() - 1
            assert own["hour"].max() < repaid["hour"].min() <= own["hour"].max() + 96
            dwell, size = repaid["hour"].min() - loan["hour"].min(), loan["yuan"].sum()
        assert 29 * 24 <= dwell <= 200 * 24
        assert 10_000 <= size <= 2_000_000
    assert variants == {True, False}


def test_insurance_wash_surrenders_a_premium_far_above_income_to_a_third_party() -> None:
    for plan in schemes("insurance_wash"):
        (policyholder,), (third,) = plan.accounts("policyholder"), plan.accounts("third_party")
        premiums = plan.by(policyholder)
        came, surrendered, left = plan.to(policyholder), plan.to(third), plan.by(third)
        assert holder(premiums["payee"]) == {"insurer"} == holder(surrendered["payer"])
        assert 2 * plan.scene.income(policyholder) <= premiums["yuan"].sum()
        assert premiums["yuan"].sum() <= 12 * plan.scene.income(policyholder)
        assert came["hour"].max() < premiums["hour"].min()
        assert came["arrives"].sum() >= premiums["yuan"].sum()
        assert set(came["channel"]) <= {"transfer", "cash_deposit"}
        for premium in premiums.itertuples():
            back = surrendered.query("payer == @premium.payee").iloc[0]
            assert 10 * 24 <= back["hour"] - premium.hour <= 183 * 24
            assert 0.86 - 1e-3 <= back["yuan"] / premium.yuan <= 0.98 + 1e-3
        assert set(left["payee"]) <= set(plan.accounts("exit"))
        assert left["hour"].max() - surrendered["hour"].max() <= 72 * plan.pace
        assert 0.97 - 1e-3 <= left["yuan"].sum() / surrendered["yuan"].sum() <= 0.998


def test_ant_moving_fx_wires_just_under_the_quotas_of_some_to_one_payee_abroad() -> None:
    for plan in schemes("ant_moving_fx"):
        buyers, (payee,), (funder,) = plan.accounts("buyer"), plan.accounts("payee"), plan.accounts("funder")
        funding, wires = plan.by(funder), plan.to(payee)
        assert 1 <= len(set(buyers)) <= 3
        assert set(wires["payer"]) == set(buyers) == set(funding["payee"])
        assert set(wires["channel"]) == {"wire"}
        assert holder([payee]) == {"overseas"}
        assert (wires["yuan"] < 50_000 * 7.3).all()
        # What the funder rounded away is missing.
        assert (wires["yuan"] > 50_000 * 7.0 * (0.95, 0.8, 0.6)[plan.level] * 0.8).all()
        assert span_hours(wires) <= 6 * 24
        assert of_day(wires).between(8, 19).all()
        for buyer in buyers:
            got, paid = plan.to(buyer), plan.by(buyer)
            assert got["hour"].max() < paid["hour"].min()
            assert 0.9 <= kept(got, paid) <= 0.998


def test_virtual_gifts_go_from_strangers_over_new_accounts_to_the_agent_and_back_as_goods() -> None:
    world, _ = stage_set()
    is_new = []
    for plan in schemes(NOVEL):
        collectors, (agent,) = plan.accounts("collector"), plan.accounts("agent")
        streamers = plan.accounts("streamer")
        gifts, sent = plan.to(*collectors), plan.by(*collectors)
        settled, left = plan.by(agent), plan.by(*streamers)
        assert is_inside(gifts["payer"]).mean() < 0.6
        assert 12 <= len(gifts) <= 87
        assert gifts["yuan"].between(6, 3_288).all()
        assert holder([agent]) == {"company"}
        assert set(sent["payee"]) == {agent}
        assert 0.97 - 1e-3 <= kept(gifts, sent) <= 0.998 + 1e-3
        assert set(settled["payee"]) == set(streamers)
        assert set(settled["purpose"]) <= {"goods", "payroll"}
        assert gifts["hour"].min() < sent["hour"].min() < settled["hour"].min() < left["hour"].min()
        assert 0.65 <= kept(gifts, settled) <= 0.95
        assert not is_inside(left["payee"]).any()
        assert 0.97 - 1e-3 <= kept(settled, left) <= 0.998 + 1e-3
        joined = world.joined_us[world.owner[collectors]]
        is_new.extend(plan.scene.start - joined < 120 * DAY_US)
    assert np.mean(is_new) > 0.5
