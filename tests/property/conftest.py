"""The same examples every time: a property that fails once fails again.

Examples of whole stages are slow, so a failing one is shown as drawn and not shrunk.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, Phase, settings

import pipeline
from data import schema
from data.asof import Parties
from data.observe import Params as ObserveParams
from data.observe import observe
from data.parts import MomentsAsked, windows_of_part
from data.sources import Whole
from engines.features import FeaturesAsked, ScoresAsked
from engines.network import NetworkAsked
from engines.passes import BANK, Asked
from features import build, network
from features.known import Known
from features.network.graph import POOLED
from tests.property.dealt import DEALING, KEYS, in_order
from tests.property.harm import DAYS, drawn_ends
from tests.property.scored import RANKER, fit_chosen_model, scored_in_one

CROWD, WANDERERS = 60, 20  # accounts among which one payment of so many runs to and fro
REVIEWS = 30
ACTIVE = ("payer_count_30d", "payee_count_30d")

settings.register_profile(
    "spec",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("spec")


@pytest.fixture(scope="session")
def whole_indicators(small_world: Whole, observe_params: ObserveParams) -> dict[str, pd.DataFrame]:
    """Daily and weekly indicators of the small bank as one machine measures them, by customer and moment."""
    tables = [getattr(small_world, pipeline.table_name(table)) for table in BANK]
    payments, accounts, customers, devices = tables
    offered = frozenset(schema.OFFERS)
    found = observe(payments, accounts, customers, devices, small_world.periods, offered, observe_params)
    names = [pipeline.table_name(table) for table in (schema.DailyIndicators, schema.WeeklyIndicators)]
    keys = ["customer_id", "as_of"]
    return {
        name: table.sort_values(keys, ignore_index=True) for name, table in zip(names, found, strict=True)
    }


@pytest.fixture(scope="session")
def asked(small_world: Whole, observe_params: ObserveParams) -> Asked:
    """What is asked of the small bank by part."""
    params = observe_params.model_copy(update={"threads": 1})
    moments = MomentsAsked.of(small_world.periods, params.peers_from_day)
    return Asked(moments, frozenset(schema.OFFERS), params)


@pytest.fixture(scope="session")
def network_asked(observe_params: ObserveParams) -> NetworkAsked:
    limits = pipeline.params("build", build.Params).network
    return NetworkAsked(observe_params, limits.model_copy(update={"threads": 1}))


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def with_hub(entangled: pd.DataFrame, small_world: Whole) -> pd.DataFrame:
    """The entangled payments, of which one party outside makes a fifth and gets a tenth, by transfer."""
    rng = np.random.default_rng(17)
    payments, accounts = entangled.copy(), small_world.accounts
    hub = accounts["account_id"][(accounts["holder"] == "person") & accounts["customer_id"].isna()].iloc[0]
    draw = rng.random(len(payments))
    payments.loc[draw < 1 / 5, "payer_account_id"] = hub
    payments.loc[draw > 9 / 10, "payee_account_id"] = hub
    payments.loc[(draw < 1 / 5) | (draw > 9 / 10), "channel"] = "transfer"
    return payments[payments["payer_account_id"] != payments["payee_account_id"]].reset_index(drop=True)


@pytest.fixture(scope="session")
def whole_network(
    entangled: pd.DataFrame,
    filed: pd.DataFrame,
    small_world: Whole,
    whole_indicators: dict[str, pd.DataFrame],
    network_asked: NetworkAsked,
) -> pd.DataFrame:
    """Network features of the bank as one machine finds them, by customer and moment."""
    return network_in_one(entangled, filed, small_world, whole_indicators, network_asked)


@pytest.fixture(scope="session")
def network_with_hub(
    with_hub: pd.DataFrame,
    filed: pd.DataFrame,
    small_world: Whole,
    whole_indicators: dict[str, pd.DataFrame],
    network_asked: NetworkAsked,
) -> pd.DataFrame:
    """Network features of the bank with a hub as one machine finds them, by customer and moment."""
    return network_in_one(with_hub, filed, small_world, whole_indicators, network_asked)


def network_in_one(
    payments: pd.DataFrame,
    filed: pd.DataFrame,
    small_world: Whole,
    whole_indicators: dict[str, pd.DataFrame],
    network_asked: NetworkAsked,
) -> pd.DataFrame:
    """Network features by customer and moment, for those whom the small bank's indicators call active."""
    weekly = whole_indicators[pipeline.table_name(schema.WeeklyIndicators)]
    parties = Parties.of(small_world.customers["customer_id"], small_world.accounts)
    active = weekly[(weekly["payer_count_30d"] > 0) | (weekly["payee_count_30d"] > 0)]
    subjects = active.sort_values(["as_of", "customer_id"], ignore_index=True)[KEYS]
    found = network.network_features(
        subjects,
        network.multigraph(payments, parties, 1),
        parties,
        weekly,
        network.Ties.of(parties, small_world.customers, small_world.devices, filed),
        network_asked.limits,
        network_asked.observe.trails,
    )
    found = pd.concat([subjects, found], axis=1)
    return found.sort_values(KEYS, ignore_index=True)


@pytest.fixture
def written_bank(small_world: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small bank as the stage of the simulator would write it, in a folder of its own."""
    monkeypatch.setattr(pipeline, "ARTIFACTS", tmp_path / "artifacts")
    for table in BANK:
        pipeline.write(table, getattr(small_world, pipeline.table_name(table)).copy())
    return tmp_path


@pytest.fixture
def entangled_bank(
    written_bank: Path,
    entangled: pd.DataFrame,
    filed: pd.DataFrame,
    whole_indicators: dict[str, pd.DataFrame],
) -> Path:
    """The small bank with its entangled payments, the reports and the weekly indicators, in a folder."""
    pipeline.write(schema.Transactions, entangled.copy())
    pipeline.write(schema.Dispositions, filed.copy())
    name = pipeline.table_name(schema.WeeklyIndicators)
    pipeline.write(schema.WeeklyIndicators, whole_indicators[name].copy())
    return written_bank


@pytest.fixture(scope="session")
def features_asked(asked: Asked, network_asked: NetworkAsked) -> FeaturesAsked:
    """What is asked of the small bank's features by part."""
    params = pipeline.params("build", build.Params).model_copy(update={"network": network_asked.limits})
    return FeaturesAsked(asked.calendar, network_asked, params)


@pytest.fixture(scope="session")
def drowsy_weeks(whole_indicators: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Weekly indicators of the small bank, of which all customers of one part are asleep."""
    weekly = whole_indicators[pipeline.table_name(schema.WeeklyIndicators)]
    key = weekly["customer_id"] % DEALING.prime
    is_awake = (key * DEALING.multiplier + DEALING.salt) % DEALING.parts > 0
    return weekly.assign(**{name: weekly[name].where(is_awake, 0) for name in ACTIVE})


@pytest.fixture(scope="session")
def built(
    small_world: Whole,
    entangled: pd.DataFrame,
    filed: pd.DataFrame,
    drowsy_weeks: pd.DataFrame,
    features_asked: FeaturesAsked,
) -> build.ModelInputs:
    """What stage build makes of the entangled bank."""
    known = Known(
        customers=small_world.customers,
        accounts=small_world.accounts,
        transactions=entangled,
        tags=small_world.profile_tags,
        weekly=drowsy_weeks,
        devices=small_world.devices,
        dispositions=filed,
    )
    trails = features_asked.network.observe.trails
    return build.model_inputs(known, small_world.periods, features_asked.build, trails)


@pytest.fixture
def drowsy_bank(entangled_bank: Path, small_world: Whole, drowsy_weeks: pd.DataFrame) -> Path:
    """The entangled bank with its tags, in which the customers of a part are asleep, in a folder."""
    pipeline.write(schema.ProfileTags, small_world.profile_tags.copy())
    pipeline.write(schema.WeeklyIndicators, drowsy_weeks.copy())
    return entangled_bank


@pytest.fixture
def whole_scores(drowsy_bank: Path, built: build.ModelInputs) -> pd.DataFrame:
    """What stage score says of all subjects of the drowsy bank, in whose folder the model lies then."""
    fit_chosen_model(built)
    return scored_in_one()


@pytest.fixture
def scores_asked(whole_scores: pd.DataFrame) -> ScoresAsked:
    """What scores the drowsy bank by part."""
    return ScoresAsked.read(RANKER)


@pytest.fixture(scope="session")
def expected_windows() -> pa.Table:
    """The windows of all customers of the drawn bank in one part."""
    return in_order(windows_of_part({"ends": drawn_ends()}, DAYS))


@pytest.fixture(scope="session")
def drawn_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of both ends of drawn payments."""
    file = tmp_path_factory.mktemp("bank") / "ends.parquet"
    parquet.write_table(drawn_ends(), file)
    return file
