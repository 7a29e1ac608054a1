"""The drift plan changes how people pay from its dates on, and nothing before."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import pipeline
from data.schema import DAY_US
from data.simulate import simulate
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.world.calendar import Calendar
from data.world.drift import Adaptation, Drift, Shift
from data.world.flows import CHANNEL, Flow
from data.world.population import Population, draw_population
from data.world.schemes import draw_schemes
from data.world.settings import Params


@pytest.fixture(scope="module")
def stage() -> tuple[Population, Calendar]:
    calendar = Calendar.of(date(2025, 1, 6), 56, 8, [])
    return draw_population(7, 400, 8, 0.1, calendar), calendar


@pytest.fixture(scope="module")
def drift() -> Drift:
    return pipeline.params("simulate", Params).drift


def adapted(stage, drift: Drift, day: float, yuan: float, *, careful: bool = False, **ends: str) -> Flow:
    """100 payments of a day between different parties of two kinds, as they are made."""
    world, calendar = stage
    payer = world.outside(ends.get("payer", "person"))[:100]
    payee = world.outside(ends.get("payee", "person"))[-100:]
    at = np.full(len(payer), calendar.start_us + int(day * DAY_US))
    payee = np.resize(payee, len(payer))
    flow = Flow.of(at, payer, payee, np.full(len(payer), yuan), "transfer", "family")
    adaptation = Adaptation(world, calendar, drift, stream(1, "drift"))
    return adaptation.of(flow, stream(2, "drift"), np.full(len(flow), careful))


def test_from_the_launch_on_some_private_payments_go_by_code(stage, drift: Drift) -> None:
    launch = drift.product_launch
    before = adapted(stage, drift, launch.first_day - 1, 300)
    after = adapted(stage, drift, launch.first_day + launch.ramp_days + 1, 300)
    assert (before.channel == CHANNEL["transfer"]).all()
    assert np.mean(after.channel == CHANNEL["qr"]) == pytest.approx(launch.adopter_share, abs=0.15)


def test_large_sums_and_firms_do_not_use_the_private_code(stage, drift: Drift) -> None:
    late = drift.product_launch.first_day + drift.product_launch.ramp_days + 1
    assert (adapted(stage, drift, late, 5_000.01).channel == CHANNEL["transfer"]).all()
    assert (adapted(stage, drift, late, 300, payee="company").channel == CHANNEL["transfer"]).all()


def test_from_the_policy_on_a_person_splits_a_large_transfer_and_pays_it_in_full(stage, drift: Drift) -> None:
    policy = drift.policy_change
    before = adapted(stage, drift, policy.first_day - 1, 120_000)
    after = adapted(stage, drift, policy.first_day + 1, 120_000)
    assert (before.amount == 12_000_000).all()
    assert after.amount.sum() == before.amount.sum()
    assert sorted(set(after.amount.tolist())) == [2_000_000, 5_000_000]
    first = after.take(after.payer == after.payer[0])
    assert (np.diff(first.at) > 0).all()


def test_a_careful_scheme_stays_below_the_limit(stage, drift: Drift) -> None:
    policy = drift.policy_change
    after = adapted(stage, drift, policy.first_day + 1, 120_000, careful=True)
    assert after.amount.max() < policy.most_cny * 100
    assert after.amount.sum() == 100 * 12_000_000


def test_firms_and_sums_worth_a_counter_are_not_split(stage, drift: Drift) -> None:
    day = drift.policy_change.first_day + 1
    assert (adapted(stage, drift, day, 120_000, payer="company").amount == 12_000_000).all()
    assert (adapted(stage, drift, day, 510_000).amount == 51_000_000).all()


def test_the_share_that_moved_rises_from_none_to_all_of_it() -> None:
    shift = Shift(from_typology="fan_in", to_typology="fan_out", first_day=100, last_day=200, share=0.8)
    assert [shift.share_on(day) for day in (0, 100, 150, 200, 300)] == [0, 0, 0.4, 0.8, 0.8]


def test_criminals_move_and_keep_their_day(stage, small_params: Params) -> None:
    world, calendar = stage
    names = {"pass_through_chain", "run_score"}
    chosen = small_params.model_copy(
        update={
            "schemes_per_typology": 30,
            "look_alikes_per_scheme": 0,
            "share_of": {name: float(name in names) for name in TYPOLOGIES},
        }
    )

    def starts(drift: Drift) -> dict[str, list[float]]:
        days: dict[str, list[float]] = {name: [] for name in names}
        for name, _, scene in draw_schemes(world, calendar, chosen.model_copy(update={"drift": drift})):
            days[name].append((scene.flows[0].at.min() - calendar.start_us) / DAY_US)
        return days

    stays = small_params.drift.model_copy(update={"shifts": []})
    before, after = starts(stays), starts(small_params.drift)
    (shift,) = small_params.drift.shifts
    lost = len(before["pass_through_chain"]) - len(after["pass_through_chain"])
    assert lost > 0
    assert len(after["run_score"]) == len(before["run_score"]) + lost
    assert set(after["pass_through_chain"]) <= set(before["pass_through_chain"])
    gone = set(before["pass_through_chain"]) - set(after["pass_through_chain"])
    assert min(gone) >= shift.first_day
    came = set(after["run_score"]) - set(before["run_score"])
    assert min(came) >= shift.first_day


def test_the_plan_is_a_table_in_order_of_time_with_both_languages(small_params: Params) -> None:
    plan = simulate(small_params).drift_plan
    assert plan["starts_at"].is_monotonic_increasing
    assert plan["event"].tolist() == [
        "pass_through_chain_to_run_score",
        "product_launch",
        "policy_change",
        "virtual_gift_settlement_begins",
    ]
    launch = plan.set_index("event").loc["product_launch"]
    assert str(launch["starts_at"].tz_convert("Asia/Shanghai").date()) == "2025-09-01"
    assert "5,000 yuan" in launch["description_en"]
    assert "5,000 元" in launch["description_zh"]
