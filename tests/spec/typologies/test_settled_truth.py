"""The truth holds exactly what settled of the schemes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.schema import DAY_US
from data.simulate import simulate
from data.sources import Whole, gather
from data.streams import stream
from data.typologies import TYPOLOGIES
from data.world.drift import Adaptation
from data.world.flows import SHAPE, Flow
from data.world.ledger import UNKNOWN, in_business, move_on
from data.world.population import draw_names, draw_population, holder_codes
from data.world.schemes import draw_schemes, open_hours, plans_of
from data.world.settings import Params, calendar_of, schemes_of


def _keys(flow: Flow, account: np.ndarray) -> Counter[Any]:
    columns = (flow.at, account[flow.payer], account[flow.payee], flow.amount, flow.channel)
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


def _rows(frame: pd.DataFrame) -> Counter[Any]:
    columns = (
        frame["at"].astype("int64"),
        frame["payer_account_id"],
        frame["payee_account_id"],
        frame["amount_cents"],
        frame["channel"].cat.codes,
    )
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def plans(small_params: Params) -> list[tuple[bool, Counter[Any]]]:
    """What the shape of each scheme of the small world intended to pay while the bank was open to it."""
    calendar = calendar_of(small_params)
    population = draw_population(
        small_params.seed, small_params.customers, small_params.cities, small_params.dormant_share, calendar
    )
    account = draw_names(small_params.seed, population).account
    scenes = draw_schemes(population, calendar, small_params)
    hours = open_hours(population, scenes)
    end = calendar.start_us + calendar.days * DAY_US

    def in_time(flow: Flow) -> Flow:
        for side in (flow.payer, flow.payee):
            move_on(flow.at, side, population.successor, population.moved_us)
        return flow.take(in_business(flow.at, flow.payer, flow.payee, hours, calendar.start_us, end))

    adaptation = Adaptation(population, calendar, small_params.drift, stream(small_params.seed, "drift"))
    holder = holder_codes(population)
    planned = in_time(plans_of(scenes, adaptation, holder, small_params.seed))
    planned = planned.take(planned.part == SHAPE)
    return [
        (is_illicit, _keys(planned.take(planned.scheme == place), account))
        for place, (_, is_illicit, _) in enumerate(scenes)
    ]


def test_the_truth_holds_exactly_the_settled_payments_of_the_schemes(
    plans, small_world: Whole, small_params: Params
) -> None:
    transactions = small_world.transactions.set_index("transaction_id")
    ((_, _, declined),) = small_world.set_aside
    refused = _rows(declined)
    assert len(plans) == sum(schemes_of(name, 4, small_params.share_of) for name in TYPOLOGIES) * (1 + 2)
    for number, (is_illicit, intended) in enumerate(plans):
        mine = small_world.truth[small_world.truth["scheme_id"] == number]
        assert (mine["is_illicit"] == is_illicit).all()
        held = _rows(transactions.loc[mine.loc[mine["is_patterned"], "transaction_id"]])
        assert held == intended - (intended & refused)


def test_nearly_all_payments_of_illicit_schemes_settle(plans, small_world: Whole) -> None:
    """A scheme whose payments bounce is no scheme; at most one payment in ten may."""
    wanted = sum(intended.total() for is_illicit, intended in plans if is_illicit)
    settled = small_world.truth["is_illicit"] & small_world.truth["is_patterned"]
    assert settled.sum() >= 0.9 * wanted


def test_a_transaction_belongs_to_at_most_one_scheme(small_world: Whole) -> None:
    assert small_world.truth["transaction_id"].is_unique
    assert small_world.truth["transaction_id"].isin(small_world.transactions["transaction_id"]).all()


def test_schemes_span_from_their_first_to_their_last_payment(small_world: Whole) -> None:
    planned = small_world.truth.merge(small_world.transactions[["transaction_id", "at"]], on="transaction_id")
    spans = planned.groupby("scheme_id")["at"].agg(["min", "max"])
    drawn = small_world.schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    pd.testing.assert_series_equal(drawn["starts_at"], spans["min"], check_names=False)
    pd.testing.assert_series_equal(drawn["ends_at"], spans["max"], check_names=False)


def test_the_balance_of_an_outside_account_is_unknown(small_world: Whole) -> None:
    accounts = small_world.accounts.set_index("account_id")["customer_id"]
    for end in ("payer", "payee"):
        is_outside = small_world.transactions[f"{end}_account_id"].map(accounts).isna()
        balance = small_world.transactions[f"{end}_balance_cents"]
        assert balance[is_outside].isna().all()
        assert balance[~is_outside].notna().all()
        assert (balance.dropna() != UNKNOWN).all()


def test_a_dormant_account_sleeps_until_its_scheme_wakes_it(small_params: Params) -> None:
    more = small_params.model_copy(update={"look_alikes_per_scheme": 5, "dormant_share": 0.15})
    world = gather(simulate(more))
    plans = world.schemes[
        (world.schemes["typology"] == "dormant_reactivation")
        & world.schemes["role"].isin(["card", "migrant"])
    ]
    assert plans["account_id"].is_unique
    first = world.transactions.merge(world.truth, on="transaction_id").groupby("scheme_id")["at"].min()
    woken = plans.set_index("account_id")["scheme_id"].map(first)
    for end in ("payer", "payee"):
        mine = world.transactions[world.transactions[f"{end}_account_id"].isin(woken.index)]
        mine = mine[mine["purpose"] != "interest"]  # which the bank pays to sleepers, too
        assert (mine["at"] >= mine[f"{end}_account_id"].map(woken)).all()
