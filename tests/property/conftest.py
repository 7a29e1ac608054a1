"""The same examples every time: a property that fails once fails again.

Examples of whole stages are slow, so a failing one is shown as drawn and not shrunk.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, Phase, settings

import pipeline
from data import schema
from data.observe import Params as ObserveParams
from data.observe import observe
from data.parts import MomentsAsked, windows_of_part
from data.sources import Whole
from engines.passes import BANK, Asked
from tests.property.dealt import in_order
from tests.property.harm import DAYS, drawn_ends

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


@pytest.fixture
def written_bank(small_world: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small bank as the stage of the simulator would write it, in a folder of its own."""
    monkeypatch.setattr(pipeline, "ARTIFACTS", tmp_path / "artifacts")
    for table in BANK:
        pipeline.write(table, getattr(small_world, pipeline.table_name(table)).copy())
    return tmp_path


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
