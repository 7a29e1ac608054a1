"""Accounts over time: opened, moved, abandoned, closed and paid out; devices that members share."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

import pipeline
from data.schema import DAY_US, HOUR_US, NEVER_US
from data.streams import stream
from data.world.accounts import close_behind, closed_after
from data.world.calendar import Calendar
from data.world.devices import devices_table, signed_in
from data.world.expression import Hand
from data.world.ledger import EVERYTHING, in_business, move_on
from data.world.population import OUTSIDE, Population, draw_names, draw_population, holder_codes
from data.world.scene import Scene
from data.world.scene.casting import JOINED_SHARES
from data.world.schemes import after_schemes, draw_schemes, open_hours, uses_of
from data.world.settings import Params, calendar_of
from data.world.stretches import payouts


@cache
def drawn_bank(customers: int) -> tuple[Population, Calendar]:
    params = pipeline.params("simulate", Params)
    calendar = calendar_of(params)
    return draw_population(7, customers, 8, 0.1, calendar), calendar


def bank() -> tuple[Population, Calendar]:
    return drawn_bank(3_000)


def stage_set() -> tuple[Scene, Population, Calendar]:
    world, calendar = bank()
    hand = Hand(holder_codes(world), 7)
    return Scene(world, calendar, stream(7, "a scene"), 0, lambda: 0, hand), world, calendar


def mover() -> int:
    world, _ = bank()
    return int(np.flatnonzero(world.successor >= 0)[0])


@cache
def facts() -> tuple[pd.DataFrame, np.ndarray]:
    """What accounts and devices say of each customer at the end of a run; who is in a scheme."""
    params = pipeline.params("simulate", Params).model_copy(
        update={"customers": 6_000, "schemes_per_typology": 6, "look_alikes_per_scheme": 2}
    )
    _, calendar = bank()
    world = draw_population(params.seed, 6_000, params.cities, params.dormant_share, calendar)
    planned = draw_schemes(world, calendar, params)
    names = draw_names(params.seed, world)
    devices = devices_table(params.seed, world, calendar, names, uses_of(planned))
    users = devices.groupby("device_id")["customer_id"].transform("nunique")
    seen = devices.assign(users=users).groupby("customer_id")
    inside = np.flatnonzero(world.owner != OUTSIDE)
    closed = (after_schemes(world, planned).closed_us != NEVER_US)[inside]
    table = pd.DataFrame(
        {
            "shared_by": seen["users"].max(),
            "devices": seen.size(),
            "is_closed": pd.Series(closed).groupby(names.customer[world.owner[inside]]).max().astype(float),
            "accounts": pd.Series(names.customer[world.owner[inside]]).value_counts(),
        }
    )
    members = [account for _, illicit, scene in planned if illicit for account, _ in scene.members]
    owner = world.owner[members]
    return table, table.index.isin(names.customer[owner[owner != OUTSIDE]])


@cache
def shared_uses() -> tuple[pd.DataFrame, np.ndarray]:
    """Uses of devices that several customers share, and which of them plans brought about."""
    params = pipeline.params("simulate", Params).model_copy(
        update={"customers": 6_000, "schemes_per_typology": 6, "look_alikes_per_scheme": 2}
    )
    _, calendar = bank()
    world = draw_population(params.seed, 6_000, params.cities, params.dormant_share, calendar)
    planned = draw_schemes(world, calendar, params)
    table = devices_table(params.seed, world, calendar, draw_names(params.seed, world), uses_of(planned))
    shared = table[table.groupby("device_id")["customer_id"].transform("nunique") > 1]
    return shared, np.isin(shared["device_id"], [device for _, device, *_ in uses_of(planned)])


@pytest.mark.parametrize("fact", ["shared_by", "devices", "is_closed", "accounts"])
def test_no_device_and_no_closing_gives_a_scheme_away(fact: str) -> None:
    table, illicit = facts()
    assert illicit.sum() > 60  # customers
    assert 0.4 < roc_auc_score(illicit, table[fact]) < 0.65
    assert average_precision_score(illicit, table[fact]) < 3 * illicit.mean()


def test_members_of_schemes_share_devices_hardly_more_often_than_others() -> None:
    table, illicit = facts()
    shares = table["shared_by"] > 1
    assert shares.mean() > 0.15
    assert 0.7 * shares.mean() < shares[illicit].mean() < 2 * shares.mean()
    assert shares[~illicit].sum() > 5 * shares[illicit].sum()


@pytest.mark.parametrize(("days", "uses"), [((-3,), "old"), ((4,), "new"), ((-3, 4), "both"), ((), "old")])
def test_a_member_who_moves_takes_part_with_the_accounts_used_at_the_time(
    days: tuple[int, ...], uses: str
) -> None:
    scene, world, _ = stage_set()
    old = mover()
    new = int(world.successor[old])
    scene.start = int(world.moved_us[old]) - 10 * DAY_US
    for day in days:
        scene.pay(int(world.moved_us[old]) + day * DAY_US, scene.outsiders(1), old, 500.0)
    assert scene.accounts_of(old) == {"old": [old], "new": [new], "both": [old, new]}[uses]


def test_a_member_who_does_not_move_has_one_account() -> None:
    scene, world, _ = stage_set()
    stays = int(np.flatnonzero((world.successor < 0) & (world.owner != OUTSIDE))[0])
    assert scene.accounts_of(stays) == [stays]


def test_an_abandoned_account_is_closed_from_then_on() -> None:
    scene, world, calendar = stage_set()
    account = int(scene.insiders(1)[0])
    at = calendar.start_us + 90 * DAY_US
    scene.abandon(account, at)
    planned = [("a plan", True, scene)]
    assert after_schemes(world, planned).closed_us[account] == min(at, world.closed_us[account])
    hours = open_hours(world, planned)
    other = int(np.flatnonzero((world.opened_us < calendar.start_us) & (world.closed_us == NEVER_US))[0])
    moments = np.array([at - 1, at, at + 1])
    kept = in_business(
        moments,
        np.full(3, account),
        np.full(3, other),
        hours,
        calendar.start_us,
        calendar.start_us + calendar.days * DAY_US,
    )
    assert kept.tolist() == [0]


def test_who_has_moved_abandons_the_new_account() -> None:
    scene, world, _ = stage_set()
    old = mover()
    new, at = int(world.successor[old]), int(world.moved_us[old]) + 2 * DAY_US
    scene.abandon(old, at)
    after = after_schemes(world, [("a plan", True, scene)])
    assert after.closed_us[new] == at
    assert after.closed_us[old] == world.closed_us[old]


def test_what_cannot_be_seen_here_is_not_closed() -> None:
    scene, _, calendar = stage_set()
    scene.abandon(int(scene.outsiders(1)[0]), calendar.start_us + 90 * DAY_US)
    scene.abandon(int(scene.insiders(1)[0]), calendar.start_us + calendar.days * DAY_US)
    assert scene.closings == []


def test_members_share_one_new_device_and_outsiders_none() -> None:
    scene, world, _ = stage_set()
    members = scene.insiders(3)
    scene.share_device(np.append(members, scene.outsiders(2)), scene.start)
    scene.share_device(members[:2], scene.start)
    first, second = scene.devices[:3], scene.devices[3:]
    assert {who for who, *_ in first} == set(world.owner[members].tolist())
    assert len({device for _, device, *_ in first}) == 1
    assert {device for _, device, *_ in first}.isdisjoint({device for _, device, *_ in second})


def test_each_of_a_group_signs_in_at_a_waking_moment_of_their_own_and_stops_some_time() -> None:
    world, calendar = bank()
    members = world.customers_of("person")[:2_000]
    begins = np.full(len(members), calendar.start_us + 60 * DAY_US)
    begun, until = signed_in(stream(1, "group"), world, calendar, members, begins)
    assert len(np.unique(begun)) == len(begun)
    assert (begun >= begins).all() and (begun >= world.joined_us[members]).all()
    hour = (begun - calendar.start_us) % DAY_US / HOUR_US
    assert ((hour >= 1) & (hour < 6)).mean() < 0.01
    assert (until > begun).all()
    ends = until[until != NEVER_US]
    assert 0.3 < len(ends) / len(until) < 0.95
    assert ends.max() < calendar.start_us + calendar.days * DAY_US


def test_a_shared_device_begins_and_ends_alike_in_life_and_in_plans() -> None:
    """A planted twin is found: all at one instant, and without an end."""
    table, of_plans = shared_uses()

    def spread(uses: pd.DataFrame) -> pd.Series:
        return uses.groupby("device_id")["valid_from"].agg(lambda begun: begun.max() - begun.min())

    life, plans = table[~of_plans], table[of_plans]
    assert (spread(plans) > pd.Timedelta(minutes=5)).mean() > 0.95
    assert (spread(life) > pd.Timedelta(minutes=5)).mean() > 0.95
    planted = plans.assign(valid_from=plans.groupby("device_id")["valid_from"].transform("min"))
    assert not (spread(planted) > pd.Timedelta(minutes=5)).any()
    for uses in (life, plans):
        assert 0.05 < uses["valid_to"].isna().mean() < 0.8  # plans of before the run have mostly ended


def test_closings_of_life_and_of_plans_fall_in_office_hours_and_after_like_delays() -> None:
    _, calendar = bank()
    at = np.full(4_000, calendar.start_us + 100 * DAY_US + 3 * HOUR_US)
    of_life = close_behind(stream(1, "life"), calendar, at)
    of_life = of_life[of_life != NEVER_US]
    of_plans = closed_after(stream(1, "plans"), calendar, at)
    for closed in (of_life, of_plans):
        hour = (closed - calendar.start_us) % DAY_US / HOUR_US
        assert ((hour >= 9) & (hour < 17)).all()
    for share in (0.1, 0.5, 0.9):
        days = [np.quantile(closed - at[0], share) / DAY_US for closed in (of_life, of_plans)]
        assert days[0] == pytest.approx(days[1], rel=0.15, abs=0.3)


def test_every_closing_of_the_bank_falls_in_office_hours() -> None:
    world, calendar = bank()
    closed = world.closed_us[world.closed_us != NEVER_US]
    hour = (closed - calendar.start_us) % DAY_US / HOUR_US
    assert len(closed) > 50
    assert ((hour >= 9) & (hour < 17)).all()


def test_participants_are_mostly_old_customers_and_some_are_new() -> None:
    world, calendar = drawn_bank(40_000)
    days = []
    for seed in range(600):
        scene = Scene(world, calendar, stream(seed, "part"), 0, lambda: 0, Hand(holder_codes(world), 7))
        scene.start = calendar.start_us + 200 * DAY_US
        days.append(float((scene.start - world.joined_us[world.owner[scene.participants(1)[0]]]) / DAY_US))
    found = np.array(days)
    assert np.mean(found < 30) == pytest.approx(JOINED_SHARES[0], abs=0.05)
    assert np.mean((found >= 30) & (found < 365)) == pytest.approx(JOINED_SHARES[1], abs=0.06)
    assert np.mean(found >= 365) == pytest.approx(JOINED_SHARES[2], abs=0.07)


def test_what_a_closed_account_holds_goes_to_its_owner_or_to_another_bank() -> None:
    world, _ = bank()
    last = payouts(world)
    assert (np.diff(last.at) >= 0).all()
    assert (last.amount == EVERYTHING).all()
    owner = world.owner[last.payer]
    assert (owner != OUTSIDE).all()
    is_own = world.owner[last.payee] == owner
    assert is_own.any()
    assert (~is_own).any()
    assert (world.owner[last.payee[~is_own]] == OUTSIDE).all()
    assert (last.payer != last.payee).all()
    closes = last.at == world.closed_us[last.payer] - 1
    moves = last.at == world.moved_us[last.payer]
    assert (closes | moves).all()
    assert set(np.flatnonzero(world.closed_us != NEVER_US)) == set(last.payer[closes])
    # It goes to no account that is not open yet, or not open any more.
    assert (world.opened_us[last.payee] <= last.at).all()
    assert (world.closed_us[last.payee] > last.at).all()


def test_payments_move_on_to_the_new_account_from_the_day_of_the_move() -> None:
    at, account = np.array([9, 10, 11, 12]), np.array([0, 0, 0, 1])
    move_on(at, account, np.array([2, -1, -1]), np.array([10, NEVER_US, NEVER_US]))
    assert account.tolist() == [0, 2, 2, 1]


def test_a_payment_needs_two_different_open_accounts_and_a_moment_in_the_stretch() -> None:
    hours = np.array([[5, 50], [0, NEVER_US]])
    at = np.array([4, 5, 49, 50, 20, 100, 30])
    payer, payee = np.zeros(7, np.int64), np.array([1, 1, 1, 1, 0, 1, 1])
    assert in_business(at, payer, payee, hours, 0, 100).tolist() == [1, 2, 6]
    assert in_business(at, payee, payer, hours, 0, 100).tolist() == [1, 2, 6]
    assert in_business(at, payer, payee, hours, 10, 40).tolist() == [6]
