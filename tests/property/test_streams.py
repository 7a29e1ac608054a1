"""Random streams are named: more of one thing leaves all others as they were; ids tell nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.stats import rankdata

from data.schema import DAY_US
from data.simulate import simulate
from data.sources import Whole, gather
from data.streams import stream
from data.typologies import TYPOLOGIES, Typology
from data.words import Words
from data.world import schemes, stretches
from data.world.flows import Flow
from data.world.ledger import settle
from data.world.livelihoods import LIVELIHOODS
from data.world.population import draw_population
from data.world.scene import Scene
from data.world.schemes import draw_schemes
from data.world.settings import Params, calendar_of
from pipeline import Registry

TABLES = [field.name for field in fields(Whole) if field.name != "set_aside"]


def gift(scene: Scene) -> None:
    """A gift from outside that nobody drew before."""
    person = scene.participants(1)
    scene.join(person, "lucky")
    scene.pay(scene.start, scene.outsiders(1), person, 1_234_567.89)


def farewell(scene: Scene) -> None:
    """Two customers share a device, then one of them closes the account."""
    pair = scene.insiders(2)
    scene.join(pair, "friend")
    scene.pay(scene.start, pair[0], pair[1], 1_234_567.89)
    scene.share_device(pair, scene.start)
    scene.abandon(pair[1], scene.start + 5 * DAY_US)


FAREWELL = Words("Farewell", "告别")


@pytest.fixture
def with_gifts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more typology, first of all in the registry, so that every number moves."""
    more: Registry[Typology] = Registry("typology")
    more.register("a_gift")(
        Typology("a_gift", Words("Gift", "礼物"), Words("gift", "礼物"), "volume", "test", gift, gift)
    )
    more.update(TYPOLOGIES)
    monkeypatch.setattr(schemes, "TYPOLOGIES", more)


@pytest.fixture
def with_farewells(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more typology, first of all, whose members share devices and close accounts."""
    more: Registry[Typology] = Registry("typology")
    more.register("a_farewell")(
        Typology("a_farewell", FAREWELL, FAREWELL, "volume", "test", farewell, farewell)
    )
    more.update(TYPOLOGIES)
    monkeypatch.setattr(schemes, "TYPOLOGIES", more)


def schemes_of(params: Params) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Payments and members of every plan by typology, side and number."""
    calendar = calendar_of(params)
    population = draw_population(params.seed, params.customers, params.cities, params.dormant_share, calendar)
    drawn: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for name, is_illicit, scene in draw_schemes(population, calendar, params):
        flow = Flow.concat(scene.flows)
        rows = [*zip(*(getattr(flow, f.name).tolist() for f in fields(flow)), strict=True), *scene.members]
        drawn.setdefault((name, is_illicit), []).append((scene.sophistication, rows))
    return drawn


def intended(monkeypatch: pytest.MonkeyPatch, params: Params) -> Counter[Any]:
    """All payments of a world as they come before the ledger."""
    seen: list[Counter[Any]] = []

    def spy(payer, payee, amount, *others):
        seen.append(Counter(zip(payer.tolist(), payee.tolist(), amount.tolist(), strict=True)))
        return settle(payer, payee, amount, *others)

    with monkeypatch.context() as patch:
        patch.setattr(stretches, "settle", spy)
        gather(simulate(params))
    return sum(seen, Counter())


def test_one_more_typology_leaves_all_other_schemes_as_they_were(
    small_params, with_gifts, monkeypatch
) -> None:
    more = schemes_of(small_params)
    monkeypatch.setattr(schemes, "TYPOLOGIES", TYPOLOGIES)
    before = schemes_of(small_params)
    assert set(more) - set(before) == {("a_gift", True), ("a_gift", False)}
    assert {key: more[key] for key in before} == before


def test_one_more_typology_adds_its_payments_and_moves_no_other(
    small_params, with_gifts, monkeypatch
) -> None:
    # Without organisers, who would spend what the new one moves.
    nobody = small_params.integration.model_copy(update={"organiser_share": 0.0})
    params = small_params.model_copy(update={"integration": nobody})
    more = intended(monkeypatch, params)
    monkeypatch.setattr(schemes, "TYPOLOGIES", TYPOLOGIES)
    before = intended(monkeypatch, params)
    assert not before - more
    # The sum of the gift is written in some unit; the two may have dealt before, either way.
    added = more - before
    gifts = {frozenset(key[:2]) for key in added if 0 <= 123_456_789 - key[2] < 100_000}
    assert gifts
    assert {frozenset(key[:2]) for key in added} == gifts


def test_one_more_typology_adds_its_devices_and_closings_and_moves_no_other(
    small_params: Params, small_world: Whole, with_farewells
) -> None:
    more = simulate(small_params)
    for name in ("customers", "profile_tags", "periods"):
        assert_frame_equal(getattr(small_world, name), getattr(more, name), obj=name)
    known, shared = (set(world.devices.itertuples(index=False, name=None)) for world in (small_world, more))
    new = shared - known
    assert not {use[:3] for use in known} - {use[:3] for use in shared}
    drawn = small_params.schemes_per_typology * (1 + small_params.look_alikes_per_scheme)
    # Who would sign in after the run is not seen.
    assert 0.8 * drawn <= len({device for _, device, *_ in new}) <= drawn
    assert 1.6 * drawn <= len(new) <= 2 * drawn
    columns = [column for column in more.accounts if column != "closed_at"]
    assert_frame_equal(small_world.accounts[columns], more.accounts[columns])
    earlier, now = small_world.accounts["closed_at"], more.accounts["closed_at"]
    changed = earlier.isna() & now.notna() | (now < earlier)
    assert 0 < changed.sum() <= drawn
    assert (
        earlier[~changed].fillna(pd.Timestamp(0, tz="UTC")) == now[~changed].fillna(pd.Timestamp(0, tz="UTC"))
    ).all()


def test_one_more_scheme_leaves_the_schemes_before_it_as_they_were(small_params) -> None:
    more = schemes_of(small_params.model_copy(update={"schemes_per_typology": 5}))
    for key, plans in schemes_of(small_params).items():
        assert more[key][: len(plans)] == plans


def test_a_livelihood_draws_the_same_whoever_draws_before_it(small_params) -> None:
    calendar = calendar_of(small_params)
    population = draw_population(
        small_params.seed, small_params.customers, small_params.cities, small_params.dormant_share, calendar
    )

    def drawn(order: list[str]) -> dict[str, Flow]:
        habits = {
            name: LIVELIHOODS[name](population, calendar, stream(small_params.seed, "livelihood", name))
            for name in order
        }
        return {
            name: Flow.concat(
                [
                    draw(stretch, stream(small_params.seed, "livelihood", name, str(number)))
                    for number, stretch in enumerate(calendar.stretches(small_params.stretch_days))
                ]
            )
            for name, draw in habits.items()
        }

    one, other = drawn(sorted(LIVELIHOODS)), drawn(sorted(LIVELIHOODS, reverse=True))
    for name, flow in one.items():
        for column in fields(flow):
            np.testing.assert_array_equal(getattr(flow, column.name), getattr(other[name], column.name))


def test_the_same_seed_gives_the_same_tables(small_params: Params, small_world: Whole) -> None:
    again = gather(simulate(small_params))
    for name in TABLES:
        assert_frame_equal(getattr(small_world, name), getattr(again, name), obj=name)


def test_another_seed_gives_another_world(small_params: Params, small_world: Whole) -> None:
    other = gather(simulate(small_params.model_copy(update={"seed": small_params.seed + 1})))
    for name in ("customers", "accounts", "transactions", "truth", "schemes", "profile_tags"):
        assert not getattr(small_world, name).equals(getattr(other, name)), name
    columns = ["at", "amount_cents"]
    both = small_world.transactions[columns].merge(other.transactions[columns])
    assert len(both) < len(small_world.transactions) / 100


def test_streams_of_different_names_or_seeds_differ() -> None:
    first = [stream(*key).integers(2**60) for key in ((1, "a"), (1, "b"), (2, "a"), (1, "a", "b"), (1, "ab"))]
    assert len(set(first)) == len(first)
    assert stream(1, "a").integers(2**60) == first[0]


# ---------------------------------------------------------------------- ids


@pytest.fixture(scope="module")
def larger_world(small_params: Params) -> Whole:
    return gather(simulate(small_params.model_copy(update={"customers": 2_000})))


def surprise(value: np.ndarray, group: np.ndarray) -> float:
    """How many standard errors the AUC of a value for a group lies from one half."""
    inside, outside = int(group.sum()), int((~group).sum())
    ranks = rankdata(value)[group].sum()
    auc = (ranks - inside * (inside + 1) / 2) / (inside * outside)
    return abs(auc - 0.5) / np.sqrt((inside + outside + 1) / (12 * inside * outside))


def groups_of(world: Whole) -> dict[str, np.ndarray]:
    customers = world.customers
    illicit = world.schemes.loc[world.schemes["is_illicit"], "customer_id"].dropna()
    like = world.schemes.loc[~world.schemes["is_illicit"], "customer_id"].dropna()
    return {
        "illicit": customers["customer_id"].isin(illicit).to_numpy(),
        "look-alike": customers["customer_id"].isin(like).to_numpy(),
        "firm": (customers["kind"] != "person").to_numpy(),
        "newcomer": (customers["joined_at"] > world.periods["starts_at"].min()).to_numpy(),
        "student": (customers["occupation"] == "student").to_numpy(dtype=bool, na_value=False),
        "capital": (customers["city"] == 0).to_numpy(dtype=bool),
    }


@pytest.mark.parametrize("name", ["illicit", "look-alike", "firm", "newcomer", "student", "capital"])
def test_the_id_of_a_customer_does_not_tell_who_it_is(larger_world: Whole, name: str) -> None:
    group = groups_of(larger_world)[name]
    number = larger_world.customers["customer_id"].to_numpy()
    assert group.sum() >= 15
    for value in (number, number % 2, number % 7, np.sin(number)):
        assert surprise(value, group) < 4


def test_neighbours_by_id_are_no_more_alike_than_strangers(larger_world: Whole) -> None:
    for group in groups_of(larger_world).values():
        share = group.mean()
        pairs = group[:-1] & group[1:]
        expected = share**2
        assert abs(pairs.mean() - expected) < 4 * np.sqrt(expected / len(pairs)) + 1e-3


@pytest.mark.parametrize("holder", ["outside", "cash_desk", "merchant", "second account"])
def test_the_id_of_an_account_does_not_tell_whose_it_is(larger_world: Whole, holder: str) -> None:
    accounts = larger_world.accounts
    group = {
        "outside": accounts["customer_id"].isna(),
        "second account": accounts["customer_id"].notna() & accounts.duplicated("customer_id", keep=False),
    }.get(holder, accounts["holder"] == holder)
    assert surprise(accounts["account_id"].to_numpy(), group.to_numpy(dtype=bool)) < 4


def test_ids_are_not_those_of_the_order_in_which_people_were_drawn(larger_world: Whole) -> None:
    for table, key in ((larger_world.customers, "customer_id"), (larger_world.accounts, "account_id")):
        assert table[key].is_monotonic_increasing
        assert table[key].is_unique
    owner = larger_world.accounts.dropna(subset="customer_id")
    related = np.corrcoef(owner["account_id"], owner["customer_id"].astype(int))[0, 1]
    assert abs(related) < 4 / np.sqrt(len(owner))


def test_the_id_of_a_household_does_not_tell_its_city(larger_world: Whole) -> None:
    people = larger_world.customers.dropna(subset="household_id")
    number = people["household_id"].to_numpy(dtype=float)
    assert surprise(number, (people["city"] == 0).to_numpy(dtype=bool)) < 4
