"""Tables that are missing, broken or against their contract are named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.errors
import pytest

import pipeline
from data import schema
from tests.spec.bad_input.refusals import refusal


def some_periods() -> pd.DataFrame:
    moments = pd.date_range("2025-01-06", periods=3, freq="7D", tz="UTC", unit="us")
    return pd.DataFrame({"name": ["train", "test"], "starts_at": moments[:2], "ends_at": moments[1:]})


def test_a_missing_table_is_named(here: Path) -> None:
    assert refusal(pipeline.read, schema.RuleHits) == (
        "artifacts/data/rule_hits.parquet: the table is missing, run the stage that writes it"
    )


@pytest.mark.parametrize("broken", ["not parquet at all", "", None])
def test_a_broken_table_is_named(here: Path, broken: str | None) -> None:
    pipeline.write(schema.Periods, some_periods())
    path = here / "artifacts/data/periods.parquet"
    path.write_bytes(path.read_bytes()[:-20] if broken is None else broken.encode())
    assert refusal(pipeline.read, schema.Periods).startswith(
        "artifacts/data/periods.parquet: expected a Parquet file"
    )


@pytest.mark.parametrize("columns", [None, ["name", "ends_at"]])
def test_a_table_that_misses_a_column_is_named(here: Path, columns: list[str] | None) -> None:
    path = here / "artifacts/data/periods.parquet"
    path.parent.mkdir(parents=True)
    some_periods().drop(columns="ends_at").to_parquet(path)
    assert "ends_at" in refusal(pipeline.read, schema.Periods, columns)


def test_a_written_table_comes_back_as_it_was(here: Path) -> None:
    pipeline.write(schema.Periods, some_periods())
    pd.testing.assert_frame_equal(pipeline.read(schema.Periods), some_periods())
    assert [path.name for path in (here / "artifacts/data").iterdir()] == ["periods.parquet"]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda table: table.assign(extra=1),
        lambda table: table.drop(columns="name"),
        lambda table: table.assign(name=["train", "train"]),
        lambda table: table.assign(name=["train", "holiday"]),
        lambda table: table.assign(ends_at=[table["ends_at"][0], None]),
    ],
    ids=["unknown column", "missing column", "key twice", "unknown value", "empty value"],
)
def test_a_table_that_breaks_its_contract_is_not_written(here: Path, break_it) -> None:
    pipeline.write(schema.Periods, some_periods())
    with pytest.raises((pandera.errors.SchemaError, pandera.errors.SchemaErrors)):
        pipeline.write(schema.Periods, break_it(some_periods()))
    pd.testing.assert_frame_equal(pipeline.read(schema.Periods), some_periods())
