"""An organiser who banks here takes proceeds in and spends them as anybody spends money."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.asof import moments_of
from data.schema import DAY_US
from data.simulate import Params
from data.sources import Whole
from data.typologies import TYPOLOGIES
from data.world.integration import OF_A_FIRM, OF_A_PERSON, ROLE, Integration, integrate
from tests.spec.plans import Plan, draw, holder, stage_set, table


@pytest.fixture(scope="module")
def always() -> Integration:
    params = pipeline.params("simulate", Params).integration
    return params.model_copy(update={"organiser_share": 1.0})


def spent(name: str, seed: int, params: Integration) -> tuple[Plan, pd.DataFrame]:
    """A scheme, and its proceeds as they came in and went out."""
    plan = draw(name, "illicit", seed)
    integrate(plan.scene, params)
    return plan, table(plan.scene.spending)


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_an_organiser_takes_proceeds_in_and_spends_no_more_than_came(name: str, always: Integration) -> None:
    found = 0
    for seed in range(6):
        plan, life = spent(name, seed, always)
        if not len(life):  # the run ends too soon after the scheme
            continue
        found += 1
        (organiser,) = plan.accounts(ROLE)
        came, gone = life[life["payee"] == organiser], life[life["payer"] == organiser]
        assert len(came) + len(gone) == len(life)
        assert gone["yuan"].sum() <= came["yuan"].sum() * 1.001 + 100 * len(came)
        assert came["yuan"].sum() <= 0.31 * plan.payments["yuan"].sum() + 100 * len(came)
        assert gone["hour"].min() > came["hour"].min()
        assert came["hour"].min() >= plan.payments["hour"].median() - 1
        assert organiser not in {*plan.payments["payer"], *plan.payments["payee"]}
    assert found > 0


def test_proceeds_pay_for_ordinary_things_for_weeks(always: Integration) -> None:
    purposes: set[str] = set()
    world, _ = stage_set()
    for seed in range(20):
        plan, life = spent("fan_in", seed, always)
        if not len(life):
            continue
        (organiser,) = plan.accounts(ROLE)
        gone = life[life["payer"] == organiser]
        is_firm = holder([organiser]) == {"micro_business"}
        kinds = {use[0]: use[1] for use in (OF_A_FIRM if is_firm else OF_A_PERSON)}
        assert set(gone["purpose"]) <= set(kinds)
        for purpose, paid in gone.groupby("purpose"):
            assert holder(paid["payee"]) == {kinds[purpose]}
            purposes.add(str(purpose))
        days = (life["hour"].max() - life["hour"].min()) / 24
        assert days <= 7 * always.weeks[1] + 2
        income = world.income[world.owner[organiser]]
        assert gone["yuan"].sum() <= income * always.incomes_a_month[1] * 7 * always.weeks[1] / 30
    assert {"shopping", "rent", "supplies", "payroll", "loan_repayment"} <= purposes


def test_uses_of_the_money_sum_to_all_of_it() -> None:
    for uses in (OF_A_FIRM, OF_A_PERSON):
        assert sum(use[2] for use in uses) == pytest.approx(1)


def test_where_no_organiser_banks_here_nothing_is_spent(always: Integration) -> None:
    plan, life = spent("fan_in", 1, always.model_copy(update={"organiser_share": 0.0}))
    assert len(life) == 0
    assert not plan.accounts(ROLE)


def test_spent_proceeds_are_illicit_belong_to_the_scheme_and_have_no_shape(small_world: Whole) -> None:
    outside = small_world.truth[~small_world.truth["is_patterned"]]
    assert len(outside) > 100
    assert outside["is_illicit"].all()
    assert outside["transaction_id"].is_unique
    paid = outside.merge(small_world.transactions, on="transaction_id")
    members = small_world.schemes[small_world.schemes["role"] == ROLE]
    organiser = paid["scheme_id"].map(members.set_index("scheme_id")["account_id"])
    is_end = (paid["payer_account_id"] == organiser) | (paid["payee_account_id"] == organiser)
    assert is_end.all()


def test_nearly_all_proceeds_settle(small_world: Whole) -> None:
    """Money that came in pays for what follows, so that hardly a purchase bounces."""
    outside = small_world.truth[~small_world.truth["is_patterned"]]
    ((_, _, declined),) = small_world.set_aside
    members = small_world.schemes[small_world.schemes["role"] == ROLE]
    bounced = declined["payer_account_id"].isin(members["account_id"]).sum()
    assert bounced < 0.2 * len(outside)


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
    assert last > 14 * DAY_US
