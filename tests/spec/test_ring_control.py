"""Who holds the members' accounts in hand, which of them are given up, and which firms take part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.schema import DAY_US
from data.streams import stream
from data.typologies.cash_intensive_front import SETTLED_YEARS
from data.typologies.shell_company import MOST_CAPITAL, YOUNG_YEARS
from data.world.accounts import HIGHER_RISK_COUNTRIES
from data.world.flows import Flow
from data.world.population import OUTSIDE
from data.world.scene import Scene
from tests.spec.plans import draw, hand, is_inside, nobody, stage_set, table

RINGS = ("pass_through_chain", "run_score", "smurfing", "stack", "telecom_fraud", "cycle")


def test_a_device_signs_in_to_some_naive_rings_and_to_fewer_careful_ones() -> None:
    world, _ = stage_set()
    scenes = {
        level: [draw(name, "illicit", seed, level).scene for name in RINGS for seed in range(20)]
        for level in (0, 2)
    }
    shared = {level: [scene for scene in mine if scene.devices] for level, mine in scenes.items()}
    assert len(shared[2]) < len(shared[0]) < len(scenes[0]) / 2
    for scene in shared[0]:
        who = [customer for customer, *_ in scene.devices]
        members = np.unique(world.owner[[account for account, _ in scene.members]])
        assert len(set(who)) == len(who) >= 2
        assert set(who) <= set(members.tolist()) - {OUTSIDE}
        assert len({device for _, device, *_ in scene.devices}) == 1


def test_nobody_signs_in_at_the_moment_of_another_one() -> None:
    scenes = [draw(name, "illicit", seed).scene for name in RINGS for seed in range(20)]
    for scene in scenes:
        since = [begun for _, _, begun, _ in scene.devices]
        assert len(set(since)) == len(since)


@pytest.mark.parametrize("name", ["cycle", "pass_through_chain", "ant_moving_fx"])
def test_some_innocent_families_share_a_phone_too(name: str) -> None:
    shared = [bool(draw(name, "licit", seed).scene.devices) for seed in range(40)]
    assert 0 < np.mean(shared) < 0.6


@pytest.mark.parametrize("name", ["student_mule", "pass_through_chain", "run_score", "telecom_fraud"])
def test_some_mule_accounts_are_closed_after_their_last_payment(name: str) -> None:
    _, calendar = stage_set()
    closed = 0
    for seed in range(25):
        plan = draw(name, "illicit", seed)
        for account, at in plan.scene.closings:
            closed += 1
            mine = plan.payments[(plan.payments["payer"] == account) | (plan.payments["payee"] == account)]
            days = (at - calendar.start_us) / DAY_US - mine["hour"].max() / 24
            assert is_inside([account]).all()
            assert days > 0
    assert closed > 0


def scene_of(seed: int) -> Scene:
    world, calendar = stage_set()
    return Scene(world, calendar, stream(seed, "firms"), 0, nobody, hand())


def test_a_shell_and_its_double_are_young_companies_of_small_capital() -> None:
    world, _ = stage_set()
    fits = []
    for seed in range(30):
        scene = scene_of(seed)
        firm = world.owner[scene.firm("company", YOUNG_YEARS, MOST_CAPITAL)]
        assert world.kind[firm] == "company"
        years = (scene.start - world.founded_us[firm]) / (365 * DAY_US)
        fits.append(YOUNG_YEARS[0] <= years <= YOUNG_YEARS[1] and world.capital[firm] <= MOST_CAPITAL)
    assert np.mean(fits) > 0.7


def test_a_front_has_been_in_business_for_a_year_at_least() -> None:
    world, _ = stage_set()
    years = []
    for seed in range(30):
        scene = scene_of(seed)
        firm = world.owner[scene.firm("micro_business", SETTLED_YEARS)]
        years.append((scene.start - world.founded_us[firm]) / (365 * DAY_US))
    assert np.mean(np.array(years) >= 1) > 0.9


def card_seller(opened_days: tuple[float, ...], closed_days: float = 90) -> tuple[Scene, np.ndarray]:
    """A scene in whose world one person opened accounts so many days before the start."""
    world, calendar = stage_set()
    scene = Scene(world, calendar, stream(1, "cards"), 0, nobody, hand())
    cards = len(world.owner) + np.arange(len(opened_days))
    owner = np.full(len(cards), world.customers_of("person")[0])
    opened = scene.start - (np.array(opened_days) * DAY_US).astype(np.int64)
    closed = np.full(len(cards), scene.start + int(closed_days * DAY_US))
    scene.world = replace(
        world,
        owner=np.append(world.owner, owner),
        opened_us=np.append(world.opened_us, opened),
        closed_us=np.append(world.closed_us, closed),
        successor=np.append(world.successor, np.full(len(cards), -1)),
        further=cards,
    )
    return scene, cards


def test_one_person_s_new_accounts_are_given_by_the_chance_asked_for() -> None:
    scene, cards = card_seller((5, 20, 40))
    own = scene.participants(1)
    given = [scene.several_accounts(0.4, own) for _ in range(60)]
    assert all(np.array_equal(accounts, cards) or np.array_equal(accounts, own) for accounts in given)
    assert 0.2 < np.mean([len(accounts) == 3 for accounts in given]) < 0.6
    assert (scene.main_accounts(cards) == scene.main_accounts(cards[:1])).all()


@pytest.mark.parametrize(("opened", "closed"), [((5,), 90), ((5, -1), 90), ((5, 20), 29)])
def test_who_opened_one_or_none_yet_or_soon_closes_them_has_not_several(
    opened: tuple[float, ...], closed: float
) -> None:
    scene, _ = card_seller(opened, closed)
    own = scene.participants(1)
    assert np.array_equal(scene.several_accounts(1.0, own), own)


def test_accounts_opened_beside_the_main_one_are_left_to_their_owner_s_life() -> None:
    scene, cards = card_seller((5,) * 200)
    scene.give_up(cards)
    assert not scene.closings
    scene.give_up(scene.participants(200))
    assert 5 < len(scene.closings) < 60


def test_accounts_abroad_are_of_higher_risk_by_the_chance_given() -> None:
    scene = scene_of(3)
    always = np.concatenate([scene.abroad(1, 1.0) for _ in range(60)])
    anywhere = np.concatenate([scene.abroad(1, 0.0) for _ in range(60)])
    assert set(scene.world.holder[[*always, *anywhere]]) == {"overseas"}
    assert np.isin(scene.world.country[always], HIGHER_RISK_COUNTRIES).mean() > 0.7
    assert np.isin(scene.world.country[anywhere], HIGHER_RISK_COUNTRIES).mean() < 0.3


def test_money_goes_abroad_by_wire_and_home_by_transfer() -> None:
    scene = scene_of(4)
    payer, payees = scene.participants(1)[0], np.append(scene.outsiders(2), scene.abroad(1, 0.5))
    scene.remit(scene.start, payer, payees, np.array([10.0, 20.0, 30.0]), "goods")
    paid = table(Flow.concat(scene.flows))
    assert paid["payee"].tolist() == payees.tolist()
    assert paid["yuan"].tolist() == [10, 20, 30]
    assert paid["channel"].tolist() == ["transfer", "transfer", "wire"]
