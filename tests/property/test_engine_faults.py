"""What goes wrong on the way changes nothing: the same rows, no part lost and none there twice.

Drawn payments, a fifth of them by one payer, are dealt out to parts, and the run is harmed once.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from data.parts import windows_of_part
from engines.parts import parts_engine
from engines.relations import Engine
from tests.property.harm import DAYS, Harmed, drawn_ends

PARTS = 6


def in_order(table: pa.Table) -> pa.Table:
    keys = [("transaction_id", "ascending"), ("is_credit", "ascending")]
    return table.sort_by(keys).combine_chunks().replace_schema_metadata(None)


@pytest.fixture(scope="module")
def expected() -> pa.Table:
    """The windows of all customers in one part."""
    return in_order(windows_of_part({"ends": drawn_ends()}, DAYS))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bank") / "ends.parquet"
    parquet.write_table(drawn_ends(), file)
    return file


def written(engine: Engine, bank: Path, out: Path, schema: pa.Schema, kernel: Harmed) -> int:
    """Rows of the windows of the bank that an engine says it wrote to a folder."""
    engine.table("bank", bank)
    dealt = f"SELECT CAST(customer % {PARTS} AS INT) AS part, * FROM bank"
    return engine.write(out, kernel, {"ends": dealt}, {"windows": schema})["windows"]


def in_folder(folder: Path, schema: pa.Schema) -> pa.Table:
    """All that lies in a folder, hidden and half-written files as well: nobody may have left any."""
    files = [file for file in folder.iterdir() if file.suffix not in {".crc"}]
    tables = [parquet.read_table(file, partitioning=None) for file in files]
    return in_order(pa.concat_tables([table.select(schema.names) for table in tables]))


@pytest.mark.parametrize("harm", ["raises", "is killed"])
def test_a_part_whose_process_is_harmed_is_done_again_by_processes(harm, bank, expected, tmp_path) -> None:
    with parts_engine(tmp_path / "between", processes=2) as engine:
        rows = written(engine, bank, tmp_path / "out", expected.schema, Harmed(tmp_path / "mark", harm))
    assert (tmp_path / "mark").exists()
    assert rows == len(expected)
    assert in_folder(tmp_path / "out/windows", expected.schema).equals(expected)


def test_a_part_that_fails_every_time_is_an_error_and_leaves_no_half_file(bank, expected, tmp_path) -> None:
    kernel = Harmed(tmp_path / "no_such_folder" / "mark", "raises")
    with parts_engine(tmp_path / "between", processes=2) as engine, pytest.raises(FileNotFoundError):
        written(engine, bank, tmp_path / "out", expected.schema, kernel)
    assert not list((tmp_path / "out").rglob("*.tmp"))
