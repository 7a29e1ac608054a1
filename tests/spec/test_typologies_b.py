"""T16 to T24 and their look-alikes draw what the textbook says, for several seeds and every care.

A careful scheme is slower than a naive one (`Scene.pace`); what members live beside the plan
is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.schema import DAY_US
from data.simulate import simulate
from data.sources import Whole, gather
from data.typologies import TYPOLOGIES
from data.world.flows import LIFE, NO_SCHEME, Flow
from data.world.population import draw_population
from data.world.scene import Scene
from data.world.scene.stage import FIRST_DAY
from data.world.schemes import draw_schemes
from data.world.settings import Params, calendar_of
from tests.spec import plans
from tests.spec.plans import LEVELS, Plan, holder, is_inside, kept, span_hours, stage_set

SEEDS = range(8)
NAMES = (
    "underground_bank_settlement",
    "run_score",
    "online_gambling",
    "telecom_fraud",
    "crypto_off_ramp",
    "loan_back",
    "insurance_wash",
    "ant_moving_fx",
    "virtual_gift_settlement",
)
NOVEL = "virtual_gift_settlement"


def flow_of(scene: Scene) -> Flow:
    return Flow.concat(scene.flows)


def draw(name: str, side: str, seed: int, level: int = 0, first_day: int = 30) -> Plan:
    return plans.draw(name, side, seed, level, first_day).in_time()


def schemes(name: str) -> Iterator[Plan]:
    yield from (plan.in_time() for plan in plans.schemes(name, SEEDS))


def look_alikes(name: str) -> Iterator[Plan]:
    yield from (plan.in_time() for plan in plans.look_alikes(name, range(20)))


def of_day(payments: pd.DataFrame) -> pd.Series:
    """Local hour of the day."""
    return payments["hour"] % 24


# ------------------------------------------------------------ all of them


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


# -------------------------------------------------------------- typologies


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


# -------------------------------------------------------------- look-alikes


def test_outsourced_payroll_pays_staff_what_clients_paid() -> None:
    for plan in look_alikes("underground_bank_settlement"):
        (agency,) = plan.accounts("agency")
        came, wages = plan.to(agency), plan.by(agency)
        assert holder([agency]) <= {"company", "micro_business"}
        assert holder(came["payer"]) == {"company"}
        assert holder(wages["payee"]) == {"person"}
        assert set(wages["purpose"]) <= {"payroll", "goods"}
        assert wages["payee"].nunique() >= 6
        assert of_day(wages).between(8, 19).all()
        assert 0.85 < kept(came, wages) <= 1
        cash = plan.by(*plan.accounts("worker"))
        assert set(cash["channel"]) <= {"cash_withdrawal"}


def test_fair_stall_sells_to_strangers_in_rushes_and_pays_its_supplier() -> None:
    for plan in look_alikes("run_score"):
        (seller,) = plan.accounts("seller")
        sales, supplies = plan.to(seller), plan.by(seller)
        assert sales["payer"].is_unique
        assert 24 <= len(sales) <= 80
        assert set(sales["channel"]) == {"qr"}
        assert sales["yuan"].between(5, 5_000).all()
        assert len(holder(supplies["payee"])) == 1
        assert 0.7 - 1e-3 <= kept(sales, supplies) <= 0.99


def test_lottery_shop_sells_small_bets_and_pays_a_few_prizes() -> None:
    prized = 0
    for plan in look_alikes("online_gambling"):
        shops = plan.accounts("shop")
        assert 1 <= len(shops) <= 2
        sales, out = plan.to(*shops), plan.by(*shops)
        assert sales["yuan"].between(5, 2_000).all()
        prizes = out[out["payee"].isin(sales["payer"])]
        assert len(prizes) < len(sales) / 2
        prized += len(prizes) > 0
        assert out["yuan"].sum() < sales["yuan"].sum()
    assert prized > 10


def test_a_house_deposit_or_an_emergency_moves_on_within_hours() -> None:
    roles = set()
    for plan in look_alikes("telecom_fraud"):
        middle = [*plan.accounts("seller"), *plan.accounts("relative")]
        roles |= {role for _, role in plan.scene.members}
        came, out = plan.to(*middle), plan.by(*middle)
        assert len(set(came["payer"])) == 1
        assert 1 <= len(came) <= 4
        assert 2_000 <= came["yuan"].sum() <= 300_000
        assert holder(out["payee"]) <= {"lender", "company", "cash_desk", "person"}
        assert out["yuan"].sum() < came["arrives"].sum()
        for moment in out["hour"]:
            assert moment - came["hour"][came["hour"] < moment].max() <= 12
    assert {"seller", "relative", "payer"} <= roles


def test_phone_dealer_buys_the_next_lots_with_what_was_sold() -> None:
    world, _ = stage_set()
    for plan in look_alikes("crypto_off_ramp"):
        traders = plan.accounts("trader")
        assert len(set(plan.scene.main_accounts(np.array(traders)))) == 1
        assert world.occupation[world.owner[traders[0]]] not in ("student", "retired") or len(traders) > 1
        sold, bought = plan.to(*traders), plan.by(*traders)
        assert holder(sold["payer"]) == {"person"}
        assert holder(bought["payee"]) <= {"person", "overseas"}
        assert sold["hour"].min() < bought["hour"].min()
        assert 0.5 < kept(sold, bought) < 1
        assert set(plan.payments["purpose"]) <= {"goods", "unstated"}


def test_lending_is_repaid_after_one_to_six_months() -> None:
    roles = set()
    for plan in look_alikes("loan_back"):
        (borrower,), relative = plan.accounts("borrower"), plan.accounts("relative")
        roles |= {role for _, role in plan.scene.members}
        lender = relative or plan.to(borrower).iloc[:1]["payer"].tolist()
        lent, repaid = plan.by(*lender), plan.by(borrower).query("payee in @lender")
        assert holder(lender) <= {"person", "lender"}
        assert 0.75 <= repaid["yuan"].sum() / lent["arrives"].sum() <= 1
        assert 25 * 24 <= repaid["hour"].max() - lent["hour"].min() <= 200 * 24
    assert "relative" in roles


def test_switching_policy_pays_out_to_the_holder_or_the_spouse_who_mostly_insures_again() -> None:
    third_party, again = [], []
    for plan in look_alikes("insurance_wash"):
        (policyholder,), spouse = plan.accounts("policyholder"), plan.accounts("spouse")
        premium = plan.by(policyholder).iloc[0]
        assert holder([premium["payee"]]) == {"insurer"}
        back = plan.by(premium["payee"])
        assert set(back["payee"]) == set(spouse or [policyholder])
        assert 10 * 24 <= back["hour"].iloc[0] - premium["hour"] <= 183 * 24
        third_party.append(bool(spouse))
        again.append(holder([plan.payments.iloc[-1]["payee"]]) == {"insurer"})
    assert 0 < np.mean(third_party) < 0.6
    assert np.mean(again) > 0.3


def test_families_of_one_school_wire_fees_from_their_own_money_within_the_quotas() -> None:
    sizes = []
    for plan in look_alikes("ant_moving_fx"):
        parents = plan.accounts("parent")
        wires = plan.by(*parents)
        sizes.append(len(parents))
        assert set(wires["channel"]) == {"wire"}
        assert len(set(wires["payee"])) == 1
        assert holder(wires["payee"]) == {"overseas"}
        assert (wires["yuan"] < 50_000 * 7.3).all()
        assert set(wires["purpose"]) == {"tuition"}
        # Nobody funds two of them, but a broker.
        funding = plan.to(*parents)
        assert funding["payer"].is_unique or holder(funding["payer"]) == {"broker"}
    assert set(sizes) == {1, 2, 3}


def test_streamer_agency_pays_streamers_from_the_platforms_settlement() -> None:
    for plan in look_alikes(NOVEL):
        (club,), (agency,) = plan.accounts("club"), plan.accounts("agency")
        streamers = plan.accounts("streamer")
        gifts, paid = plan.to(club), plan.by(agency)
        assert holder(plan.by(club)["payee"]) == {"company"}  # the platform
        assert set(paid["payee"]) == set(streamers)
        assert gifts["yuan"].sum() > paid["yuan"].sum()
        own = [streamer for streamer in streamers if is_inside([streamer])[0]]
        assert plan.by(*own)["yuan"].sum() < plan.to(*own)["yuan"].sum()


# ------------------------------------------------------ settlement and drift


@pytest.fixture(scope="module")
def params() -> Params:
    return pipeline.params("simulate", Params).model_copy(
        update={"customers": 3_000, "schemes_per_typology": 6, "look_alikes_per_scheme": 1}
    )


@pytest.fixture(scope="module")
def bank(params: Params) -> Whole:
    return gather(simulate(params))


@pytest.fixture(scope="module")
def shares(params: Params, bank: Whole) -> pd.DataFrame:
    """Settled and wanted payments by typology and side in a small bank."""
    calendar = calendar_of(params)
    world = draw_population(params.seed, params.customers, params.cities, params.dormant_share, calendar)
    end = calendar.start_us + calendar.days * DAY_US
    rows = [
        (
            number,
            name,
            is_illicit,
            int(((flow_of(scene).at >= calendar.start_us) & (flow_of(scene).at < end)).sum()),
        )
        for number, (name, is_illicit, scene) in enumerate(draw_schemes(world, calendar, params))
    ]
    frame = pd.DataFrame(rows, columns=["scheme_id", "typology", "is_illicit", "wanted"])
    settled = bank.truth.groupby("scheme_id").size()
    frame["settled"] = frame["scheme_id"].map(settled).fillna(0)
    return frame.groupby(["typology", "is_illicit"])[["wanted", "settled"]].sum()


@pytest.mark.parametrize("name", NAMES)
def test_nearly_all_payments_of_a_scheme_settle(name: str, shares: pd.DataFrame) -> None:
    row = shares.loc[(name, True)]
    assert row["settled"] >= 0.9 * row["wanted"]
    row = shares.loc[(name, False)]
    assert row["settled"] >= 0.8 * row["wanted"]


def test_the_novel_typology_begins_in_the_test_weeks_only(params: Params, bank: Whole) -> None:
    weeks = params.calendar.weeks()
    assert params.first_day_of[NOVEL] == 7 * (sum(weeks.values()) - weeks["test"])
    starts = bank.schemes.loc[bank.schemes["typology"] == NOVEL, "starts_at"]
    assert len(starts)
    test_weeks = bank.periods.set_index("name").loc["test", "starts_at"]
    assert starts.min() >= test_weeks
    assert bank.schemes["starts_at"].min() < test_weeks


@pytest.mark.parametrize("side", ["illicit", "licit"])
@pytest.mark.parametrize("name", NAMES)
def test_no_typology_begins_before_its_first_day(name: str, side: str) -> None:
    for level in LEVELS:
        for seed in SEEDS:
            scene = draw(name, side, seed, level, first_day=315).scene
            day = (flow_of(scene).at.min() - scene.calendar.start_us) / DAY_US
            assert day >= 315


def drawn(params: Params, **changes: object) -> list[tuple[str, bool, Scene]]:
    world, calendar = stage_set()
    small = {"schemes_per_typology": 2, "look_alikes_per_scheme": 1}
    return draw_schemes(world, calendar, params.model_copy(update=small | changes))


def test_a_share_multiplies_the_schemes_of_its_typology_and_leaves_all_others(params: Params) -> None:
    usual, rarer = drawn(params, share_of={}), drawn(params, share_of={"run_score": 0.5, "loan_back": 0.0})

    def of(scenes: list[tuple[str, bool, Scene]], name: str) -> list[np.ndarray]:
        return [flow_of(scene).amount for what, _, scene in scenes if what == name]

    # One scheme and one look-alike less; criminals who have moved to it since come on top.
    assert len(of(usual, "run_score")) - len(of(rarer, "run_score")) == 2
    assert not of(rarer, "loan_back")
    for name in TYPOLOGIES:
        if name not in ("run_score", "loan_back"):
            for before, after in zip(of(usual, name), of(rarer, name), strict=True):
                np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("first_day_of", {"no_such_scheme": 40}, "unknown typology 'no_such_scheme'"),
        ("share_of", {"no_such_scheme": 2.0}, "unknown typology 'no_such_scheme'"),
        ("first_day_of", {"run_score": 5_000}, r"first_day_of\.run_score: expected a day before 392"),
        (
            "first_day_of",
            {"run_score": -1},
            r"first_day_of\.run_score: input should be greater than or equal to 0",
        ),
        ("share_of", {"run_score": -0.5}, r"share_of\.run_score: input should be greater than or equal to 0"),
    ],
)
def test_a_plan_of_drift_that_cannot_be_is_refused_in_one_sentence(field, value, fault) -> None:
    values = pipeline.param("simulate") | {field: value}
    with pytest.raises(pipeline.BadInput, match=fault) as refusal:
        pipeline.parse(Params, values, "params.yaml: simulate")
    assert "\n" not in str(refusal.value)
