"""The artefact probe and the look-alike probe: each finds what was planted, and nothing in clean data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.results.probes import ArtefactProbe, PaymentLookAlikes, ProbeFindings
from models.truth.probes import artefacts, look_alikes
from models.truth.probes.customers import counter_artefacts, device_artefacts, own_burstiness
from models.truth.probes.goals import goal_rows, probe_figures
from models.truth.probes.learner import halves
from reports.probe_tables import asked
from reports.world_wording import ARTEFACTS, GOALS
from tests.spec.little_life import DAY, PROBE, START, World, little_life
from tests.spec.records import partial

DRAWS = 50


# ---------------------------------------------------------------- the probe


def probed(columns: dict[str, np.ndarray], is_positive: np.ndarray) -> ArtefactProbe:
    frame = pd.DataFrame(columns)
    return artefacts.artefact_probe(frame, is_positive, np.arange(len(frame)), PROBE, draws=50, seed=1)


def test_an_id_that_leaks_is_found_and_named() -> None:
    rng = np.random.default_rng(3)
    is_positive = rng.random(2_000) < 0.05
    leak = np.where(is_positive, rng.uniform(0.7, 1, 2_000), rng.random(2_000))
    found = probed({"customer_id": leak, "second_mean": rng.random(2_000)}, is_positive)
    by_column = {row.column: row.auc for row in found.columns}
    assert found.auc.value > 0.75 and found.auc.low > 0.6
    assert by_column["customer_id"] > 0.75 and abs(by_column["second_mean"] - 0.5) < 0.1


def test_columns_that_tell_nothing_stay_near_chance() -> None:
    rng = np.random.default_rng(4)
    found = probed({name: rng.random(3_000) for name in "abcd"}, rng.random(3_000) < 0.08)
    assert 0.4 < found.auc.value < 0.6
    assert found.auc.low < 0.5 < found.auc.high


def test_a_probe_of_one_side_only_gives_nulls() -> None:
    for size in (0, 50):
        found = probed({"one": np.arange(float(size))}, np.zeros(size, bool))
        assert found.auc.value is None and found.columns == []


def test_a_group_is_never_in_both_halves() -> None:
    group = np.repeat(np.arange(100), 7)
    half = halves(group, np.random.default_rng(5))
    assert all(len(np.unique(half[group == name])) == 1 for name in range(100))
    assert 0.4 < half.mean() < 0.6


def scheme_table(amounts: np.ndarray, is_illicit: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One scheme a row of ``amounts`` (schemes, payments), in cents."""
    count, each = amounts.shape
    truth = pd.DataFrame(
        {
            "transaction_id": np.arange(count * each),
            "scheme_id": np.repeat(np.arange(count), each),
        }
    )
    cents = pd.Series(amounts.ravel().astype(np.int64), index=truth["transaction_id"])
    schemes = pd.DataFrame({"scheme_id": np.arange(count), "typology": "cycle", "is_illicit": is_illicit})
    return schemes, look_alikes.scheme_amounts(truth, cents, round_to_cny=100)


@pytest.mark.parametrize(("factor", "low", "high"), [(10.0, 0.9, 1.0), (1.0, 0.3, 0.7)])
def test_amounts_tell_schemes_apart_only_where_they_differ(factor: float, low: float, high: float) -> None:
    rng = np.random.default_rng(6)
    is_illicit = np.arange(200) < 40
    amounts = rng.lognormal(12, 0.5, (200, 6)) * np.where(is_illicit, factor, 1.0)[:, None]
    row = look_alikes.look_alike_probe(*scheme_table(amounts, is_illicit), PROBE, draws=50, seed=1)[0]
    assert low <= row.auc.value <= high
    assert (row.schemes, row.look_alikes, row.is_exploratory) == (40, 160, True)


def test_too_few_schemes_give_no_number() -> None:
    schemes, amounts = scheme_table(np.full((4, 2), 100_000), np.array([True, False, False, False]))
    row = look_alikes.look_alike_probe(schemes, amounts, PROBE, draws=50, seed=1)[0]
    assert row.auc.value is None
    assert amounts["round_share"].eq(1).all()


# ---------------------------------------------------------------- customers


def on_customers(world: World) -> ArtefactProbe:
    return artefacts.artefacts_of_customers(
        world.bank(), world.devices, world.moments(), PROBE, DRAWS, seed=1
    )


def solo(found: ArtefactProbe) -> dict[str, float | None]:
    return {row.column: row.auc for row in found.columns}


def test_nothing_gives_the_members_of_the_clean_world_away() -> None:
    found = on_customers(little_life())
    assert 0.35 < found.auc.value < 0.62
    assert found.auc.low < 0.55


def test_members_who_sign_in_from_one_phone_at_one_instant_are_found() -> None:
    world = little_life()
    devices = world.devices.copy()
    mine = devices["customer_id"].isin(world.members).to_numpy()
    instant = START + 40 * DAY + pd.Timedelta(hours=3, microseconds=7)
    devices.loc[mine, "device_id"] = 10_000 + np.arange(mine.sum()) // 4
    devices.loc[mine, "valid_from"] = instant
    found = on_customers(replace(world, devices=devices))
    assert found.auc.low > 0.7
    assert solo(found)["device_same_instant"] > 0.8


def test_households_that_begin_at_midnight_are_no_rush() -> None:
    devices = pd.DataFrame(
        {
            "customer_id": [1, 2, 3, 4, 5],
            "device_id": [7, 7, 8, 8, 9],
            "valid_from": [START, START, START + DAY / 3, START + DAY / 3, START + DAY],
            "valid_to": pd.Series([pd.NaT] * 4 + [START + 2 * DAY]),
        }
    )
    rows = device_artefacts(devices, np.array([1, 3, 5, 6]), START)
    assert rows["device_users"].tolist()[:3] == [2, 2, 1]
    assert rows["device_same_instant"].tolist()[:3] == [1, 2, 1]
    assert rows["device_midnight_share"].tolist()[:3] == [1, 0, 1]
    assert rows["device_open_share"].tolist()[:3] == [1, 1, 0]
    assert rows.iloc[3].isna().all()


def test_members_who_close_at_night_are_found() -> None:
    world = little_life()
    mine = world.accounts["customer_id"].isin(world.members)
    night = world.accounts["closed_at"].dt.floor("D") + pd.Timedelta(hours=2, minutes=13)
    accounts = world.accounts.assign(closed_at=world.accounts["closed_at"].mask(mine, night))
    found = on_customers(replace(world, accounts=accounts))
    assert found.auc.low > 0.7
    assert solo(found)["closed_off_counter_share"] > 0.8


def test_accounts_of_before_the_run_have_no_hour() -> None:
    accounts = pd.DataFrame(
        {
            "customer_id": pd.array([1, 2], dtype="Int64"),
            "opened_at": [START - DAY, START + DAY + pd.Timedelta(hours=20)],
            "closed_at": pd.Series([pd.NaT, pd.NaT], dtype="datetime64[us, UTC]"),
        }
    )
    rows = counter_artefacts(accounts, np.array([1, 2]), START)
    assert rows["opened_hour"].isna().tolist() == [True, False]
    assert (rows["opened_hour"][1], rows["opened_off_counter_share"][1]) == (20, 1)


def test_members_whose_every_payment_is_round_are_found() -> None:
    world = little_life()
    mine = world.transactions["payer_account_id"].isin(world.members)
    cents = world.transactions["amount_cents"]
    found = on_customers(world.paying(amount_cents=cents.mask(mine, cents // 10_000 * 10_000 + 10_000)))
    assert found.auc.low > 0.7
    assert solo(found)["round_excess"] > 0.8


def test_members_whose_own_life_is_a_clock_are_found() -> None:
    """Their ordinary payments come at even distances; those of their schemes are not looked at."""
    world = little_life()
    at = world.transactions["at"].copy()
    for who in world.members:
        mine = (world.transactions["payer_account_id"] == who) & ~world.planned
        mine |= (world.transactions["payee_account_id"] == who) & ~world.planned
        at[mine] = START + DAY * np.linspace(1, 139, int(mine.sum()))
    order = np.argsort(at.to_numpy(), kind="stable")
    moved = world.paying(at=at)
    moved = replace(moved, transactions=moved.transactions.iloc[order].reset_index(drop=True))
    found = on_customers(moved)
    assert found.auc.low > 0.7
    assert solo(found)["own_burstiness"] > 0.8


def test_burstiness_of_a_clock_is_minus_one_and_of_chance_about_nothing() -> None:
    bank = little_life().bank()
    everyone = np.arange(len(bank.parties.customer_id))
    found = own_burstiness(bank, everyone, 20, np.random.default_rng(1))
    assert abs(np.nanmedian(found)) < 0.1
    assert np.isnan(own_burstiness(bank, everyone, 10_000, np.random.default_rng(1))).all()


def test_without_devices_purposes_or_closings_the_probe_still_answers() -> None:
    world = little_life()
    blank = replace(
        world.paying(purpose=pd.Categorical([None] * len(world.transactions), categories=["shopping"])),
        devices=world.devices[:0],
        accounts=world.accounts.assign(
            opened_at=pd.Series([pd.NaT] * len(world.accounts), dtype="datetime64[us, UTC]"),
            closed_at=pd.Series([pd.NaT] * len(world.accounts), dtype="datetime64[us, UTC]"),
        ),
    )
    found = on_customers(blank)
    assert 0.3 < found.auc.value < 0.65
    assert on_customers(replace(world, truth=world.truth[:0], schemes=world.schemes[:0])).auc.value is None


# -------------------------------------------------------------- look-alikes


def payment_doubles(world: World) -> PaymentLookAlikes:
    return look_alikes.payment_look_alikes(world.ground(), world.truth, world.schemes, PROBE, DRAWS, seed=1)


def test_schemes_and_look_alikes_of_the_clean_world_are_doubles_in_every_payment() -> None:
    found = payment_doubles(little_life())
    assert (found.schemes, found.look_alikes, found.is_exploratory) == (50, 70, True)
    assert 0.35 < found.auc.value < 0.65
    assert found.auc.low < 0.5 < found.auc.high


def test_schemes_that_pay_at_night_are_told_from_their_look_alikes() -> None:
    world = little_life()
    night = world.transactions["at"].dt.floor("D") + pd.Timedelta(hours=3)
    found = payment_doubles(world.paying(at=world.transactions["at"].mask(world.illicit, night)))
    assert found.auc.low > 0.8
    assert found.auc_by_scheme.low > 0.8
    assert found.typologies[0].auc.value is None  # 50 schemes are too few for a typology


def test_without_plans_no_double_is_judged() -> None:
    world = little_life()
    found = payment_doubles(replace(world, truth=world.truth[:0], schemes=world.schemes[:0]))
    assert found.auc.value is None and found.typologies == []


# -------------------------------------------------------------------- goals


def found_of(**changed: Any) -> ProbeFindings:
    """Results in which every figure is 0.5, but for those changed."""
    half = {"value": 0.5, "low": 0.4, "high": 0.6}
    both = {how: {"auc": half, "lift": half} for how in ("within", "without")}
    double = {"auc": half, "is_exploratory": False}
    given = {
        "single_payments": {"planned": both, "illicit": both, "without_life_share": 0.5},
        "digits": {"auc": half, "sized": half},
        "cell_lookup": {"recall": half, "over_base": half},
        "cells": {"count": 2},
        "artefacts": {"customers": {"auc": half}},
        "organisers": {"recall": half},
        "amount_look_alikes": double,
        "payment_look_alikes": double,
    } | changed
    return partial(ProbeFindings, **given)


def test_a_figure_is_met_inside_its_range_and_judged_by_nothing_else() -> None:
    wanted = {"digits_auc": (0.0, 0.5), "artefact_probe_auc": (0.0, 0.49), "cells_mostly_planned": (0.0, 2.0)}
    rows = {row.name: row.is_met for row in goal_rows(found_of(), wanted)}
    assert (rows["digits_auc"], rows["artefact_probe_auc"], rows["cells_mostly_planned"]) == (
        True,
        False,
        True,
    )
    assert rows["organiser_oracle_recall"] is None  # no aim


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    few = {"auc": {"value": 0.9, "low": 0.8, "high": 1.0}, "is_exploratory": True}
    found = found_of(cells={"count": None}, payment_look_alikes=few)
    wanted = {"cells_mostly_planned": (0.0, 0.0), "look_alike_payments_auc": (0.4, 0.65)}
    rows = {row.name: row for row in goal_rows(found, wanted)}
    assert rows["cells_mostly_planned"].is_met is None
    assert rows["look_alike_payments_auc"].is_met is None
    assert rows["look_alike_payments_auc"].figure.value is None


def test_every_aim_is_the_aim_of_a_figure_and_every_figure_has_words() -> None:
    wanted = pipeline.read_yaml(pipeline.PARAMS_FILE)["audit"]["probe"]["wanted"]
    assert set(wanted) <= set(probe_figures(found_of()))
    assert set(GOALS) == set(probe_figures(found_of()))


def test_every_column_of_the_customer_probe_has_words() -> None:
    columns = artefacts.customer_artefacts(
        little_life().bank(), little_life().devices, 10, np.random.default_rng(1)
    )
    assert set(columns) <= set(ARTEFACTS)


@pytest.mark.parametrize(
    ("range_", "name", "shown"),
    [
        ((0.0, 0.7), "digits_auc", "≤ 0.700"),
        ((0.45, 0.56), "artefact_probe_auc", "0.450–0.560"),
        ((0.0, 0.12), "cell_lookup_recall", "≤ 12%"),
        ((0.0, 0.0), "cells_mostly_planned", "0"),
    ],
)
def test_a_range_is_written_as_one_says_it(range_: tuple[float, float], name: str, shown: str) -> None:
    assert asked(*range_, name) == shown
