"""Look-alikes draw what the textbook says: those of gambling, fraud, crypto, loans, insurance, borders.

A careful scheme is slower than a naive one (`Scene.pace`), so promised times hold times the
pace.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.spec import plans
from tests.spec.plans import Plan, holder, is_inside, kept, stage_set
from tests.spec.typologies.seeds import NOVEL, of_day


def look_alikes(name: str) -> Iterator[Plan]:
    yield from (plan.in_time() for plan in plans.look_alikes(name, range(20)))


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
