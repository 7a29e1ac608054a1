"""Network features of a bank that is dealt out at random are those of one machine, to the byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema
from data.asof import Parties
from data.observe import Params as ObserveParams
from data.sources import Whole
from engines.network import NetworkAsked, measure_network
from engines.network.customers import NETWORK_NAMES
from engines.network.passes import TABLE
from engines.parts import parts_engine
from engines.passes import open_bank
from engines.relations import Dealing
from features import build, network
from features.network.graph import POOLED
from tests.property.dealt import differing, in_one

CROWD, WANDERERS = 60, 20  # accounts among which one payment of so many runs to and fro
REVIEWS = 30
KEYS = ["customer_id", "as_of"]


@pytest.fixture(scope="module")
def network_asked(observe_params: ObserveParams) -> NetworkAsked:
    limits = pipeline.params("build", build.Params).network
    return NetworkAsked(observe_params, limits.model_copy(update={"threads": 1}))


@pytest.fixture(scope="module")
def entangled(small_world: Whole) -> pd.DataFrame:
    """The small bank's payments, some of them among few accounts and of amounts that continue others."""
    rng = np.random.default_rng(5)
    payments, accounts = small_world.transactions.copy(), small_world.accounts
    own = accounts[~accounts["holder"].isin(POOLED)]
    few = np.concatenate(
        [
            rng.choice(own["account_id"][own["customer_id"].notna() == inside], CROWD)
            for inside in (True, False)
        ]
    )
    rows = rng.random(len(payments)) < 1 / WANDERERS
    for end in ("payer_account_id", "payee_account_id"):
        payments.loc[rows, end] = rng.choice(few, rows.sum())
    payments.loc[rows, "amount_cents"] = rng.integers(9_000, 10_000, rows.sum())
    return payments


@pytest.fixture(scope="module")
def filed(small_world: Whole) -> pd.DataFrame:
    """Reports on some customers, known at one moment or another, and reviews that ended otherwise."""
    rng = np.random.default_rng(9)
    customers = rng.choice(small_world.customers["customer_id"], REVIEWS)
    starts, ends = (small_world.periods[name].astype("int64") for name in ("starts_at", "ends_at"))
    known_at = pd.to_datetime(rng.integers(starts.min(), ends.max(), REVIEWS), unit="us", utc=True)
    return (
        schema.Dispositions.empty()
        .reindex(range(REVIEWS))
        .assign(
            disposition_id=np.arange(REVIEWS),
            customer_id=customers,
            event_at=known_at,
            known_at=known_at.where(rng.random(REVIEWS) < 0.9),
            outcome=rng.choice(["reported", "case"], REVIEWS, p=[0.8, 0.2]),
            stream="alert",
            propensity=1.0,
            reason="",
        )
    )


@pytest.fixture(scope="module")
def whole_network(
    entangled: pd.DataFrame,
    filed: pd.DataFrame,
    small_world: Whole,
    whole_indicators: dict[str, pd.DataFrame],
    network_asked: NetworkAsked,
) -> pd.DataFrame:
    """Network features of the bank as one machine finds them, by customer and moment."""
    weekly = whole_indicators[pipeline.table_name(schema.WeeklyIndicators)]
    parties = Parties.of(small_world.customers["customer_id"], small_world.accounts)
    active = weekly[(weekly["payer_count_30d"] > 0) | (weekly["payee_count_30d"] > 0)]
    subjects = active.sort_values(["as_of", "customer_id"], ignore_index=True)[KEYS]
    found = network.network_features(
        subjects,
        network.multigraph(entangled, parties, 1),
        parties,
        weekly,
        network.Ties.of(parties, small_world.customers, small_world.devices, filed),
        network_asked.limits,
        network_asked.observe.trails,
    )
    found = pd.concat([subjects, found], axis=1)
    return found.sort_values(KEYS, ignore_index=True)


@pytest.mark.parametrize("dealing", [Dealing(1), Dealing(5, 7_919, 13), Dealing(11, 104_729, 5)], ids=str)
def test_network_features_are_the_same_to_the_byte_however_parties_and_components_are_dealt(
    dealing: Dealing,
    entangled: pd.DataFrame,
    filed: pd.DataFrame,
    whole_network: pd.DataFrame,
    whole_indicators: dict[str, pd.DataFrame],
    network_asked: NetworkAsked,
    written_bank: Path,
) -> None:
    pipeline.write(schema.Transactions, entangled.copy())
    pipeline.write(schema.Dispositions, filed.copy())
    name = pipeline.table_name(schema.WeeklyIndicators)
    pipeline.write(schema.WeeklyIndicators, whole_indicators[name].copy())
    with parts_engine(written_bank / "between", processes=0) as engine:
        open_bank(engine, network_asked.observe.high_risk_countries)
        rows = measure_network(engine, network_asked, dealing, written_bank / "out")
    found = in_one(written_bank / "out" / TABLE, whole_network)
    assert rows[TABLE] == len(found) == len(whole_network) > 0
    assert not differing(found, whole_network)


def test_the_entangled_bank_has_what_is_dealt_apart(whole_network: pd.DataFrame) -> None:
    shown = (whole_network[NETWORK_NAMES] > 0).sum()
    assert (shown > 10).all(), shown[shown <= 10]
    assert (whole_network["chain_hops_28d"] > 2).sum() > 100
    assert (whole_network["scatter_gather_middles_28d"] > 2).sum() > 100
