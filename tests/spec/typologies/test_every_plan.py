"""What holds of every plan, of a scheme or of a look-alike, for several seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US, HOUR_US
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.world.calendar import EVENING
from data.world.scene import Scene
from data.world.scene.stage import FIRST_DAY, LAST_DAYS, UNDER_WAY_DAY
from tests.spec.plans import (
    CENT,
    draw,
    hand,
    holder,
    is_inside,
    schemes,
    stage_set,
    wake,
)

SEEDS = range(8)


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
