"""A bank dealt out to parts at random is measured as one machine measures it, to the byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import pipeline
from data import schema
from data.observe import Params as ObserveParams
from data.observe import observe
from data.parts import MomentsAsked
from data.sources import Whole
from engines.parts import parts_engine
from engines.passes import BANK, Asked, measure_bank
from engines.relations import Dealing

TABLES = {"daily_indicators": 0, "weekly_indicators": 1}


@pytest.fixture(scope="module")
def whole(small_world: Whole, observe_params: ObserveParams) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily and weekly indicators of the small bank, on one machine."""
    tables = [getattr(small_world, pipeline.table_name(table)) for table in BANK]
    payments, accounts, customers, devices = tables
    offered = frozenset(schema.OFFERS)
    return observe(payments, accounts, customers, devices, small_world.periods, offered, observe_params)


@pytest.fixture(scope="module")
def asked(small_world: Whole, observe_params: ObserveParams) -> Asked:
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


def in_one(folder: Path) -> pd.DataFrame:
    """The parts of a table put together, in the order of the one machine."""
    table = pa.concat_tables([parquet.read_table(file) for file in sorted(folder.glob("part-*.parquet"))])
    return table.to_pandas().sort_values(["customer_id", "as_of"], kind="stable", ignore_index=True)


def contents(column: pd.Series) -> bytes:
    return (column.astype("int64") if column.name == "as_of" else column).to_numpy().tobytes()


@pytest.mark.parametrize("dealing", [Dealing(1), Dealing(5, 7_919, 13), Dealing(11, 104_729, 5)], ids=str)
def test_every_column_is_the_same_to_the_byte_however_parties_and_components_are_dealt(
    whole, asked, written_bank, dealing
) -> None:
    out = written_bank / "out"
    with parts_engine(written_bank / "between", processes=0) as engine:
        rows = measure_bank(engine, asked, dealing, out)
    for name, place in TABLES.items():
        expected = whole[place].sort_values(["customer_id", "as_of"], kind="stable", ignore_index=True)
        found = in_one(out / name)
        assert rows[name] == len(found) == len(expected) > 0
        assert list(found) == list(expected)
        differing = [column for column in expected if contents(found[column]) != contents(expected[column])]
        assert not differing, f"{name}: {differing}"
