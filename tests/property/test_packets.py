"""What travels in packets arrives as it left, whatever its types, its parts and the batches it came in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines import packets
from engines.packets import PACKETS, Opened, Packed, Queried, RowGroups, Unpacked

ROWS = pa.schema(
    {
        "part": pa.int32(),
        "number": pa.int64(),
        "is_credit": pa.bool_(),
        "word": pa.string(),
        "share": pa.float64(),
        "moment": pa.timestamp("us", tz="UTC"),
    }
)
GIVEN = pa.schema(list(ROWS)[1:])
SEVERAL = 40


def drawn(parts: list[int]) -> pa.Table:
    """A row a part that is named, some of its values unknown."""
    numbers = np.arange(len(parts))
    holes = pa.array(np.where(numbers % 3, numbers, -1)).to_pylist()
    sparse = [None if value < 0 else value for value in holes]
    words = [None if value is None else f"word {value}" for value in sparse]
    return pa.table([parts, numbers, numbers % 2 == 0, words, sparse, sparse], schema=ROWS)


def arrived(
    travelling: list[pa.RecordBatch], relations: dict[str, pa.Schema]
) -> dict[int, dict[str, pa.Table]]:
    """The tables of each part as a kernel sees them."""
    seen: dict[int, dict[str, pa.Table]] = {}

    def finish(part: int, tables: dict[str, pa.Table]) -> pa.Table:
        seen[part] = tables
        return pa.table({"part": pa.array([part], pa.int64())})

    answer = pa.schema({"part": pa.int32()})
    answered = list(Opened(relations, answer, finish)(iter(travelling)))
    assert [batch.schema for batch in answered] == [answer] * len(seen)
    return seen


@given(st.lists(st.integers(-1, 300_000) | st.integers(0, 5), max_size=SEVERAL), st.integers(1, SEVERAL))
def test_rows_of_each_part_arrive_in_their_order(parts: list[int], at_once: int) -> None:
    table = drawn(parts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packets, "ROWS_AT_ONCE", at_once)
        travelling = list(Packed("rows", GIVEN)(iter(table.to_batches(max_chunksize=7))))
    assert all(batch.schema == PACKETS for batch in travelling)
    seen = arrived(travelling, {"nothing": GIVEN, "rows": GIVEN})
    assert sorted(seen) == sorted(set(parts))
    for part, tables in seen.items():
        mine = table.filter(pa.array([each == part for each in parts], pa.bool_()))
        assert tables["rows"].equals(mine.select(GIVEN.names))
        assert tables["nothing"].equals(GIVEN.empty_table())


def test_what_a_query_makes_of_row_groups_travels_like_rows(tmp_path: Path) -> None:
    table = drawn([number % 5 for number in range(SEVERAL)])
    file = tmp_path / "bank.parquet"
    parquet.write_table(table, file, row_group_size=7)
    groups = range(parquet.read_metadata(file).num_row_groups)
    asked = "SELECT part, number, is_credit, word, share, moment FROM bank WHERE is_credit"
    scan = Queried(Packed("rows", GIVEN), asked, "bank", RowGroups(file))
    numbers = iter([pa.record_batch([pa.array(groups, pa.int64())], names=["id"])])
    seen = arrived(list(scan(numbers)), {"rows": GIVEN})
    credit = table.filter(table["is_credit"])
    for part, tables in seen.items():
        mine = credit.filter(pc.equal(credit["part"], part)).select(GIVEN.names)
        assert tables["rows"].equals(mine)
    assert sum(len(tables["rows"]) for tables in seen.values()) == len(credit)


def test_row_groups_are_counted_over_all_files(tmp_path: Path) -> None:
    table = drawn(list(range(SEVERAL)))
    files = [tmp_path / f"{number}.parquet" for number in range(3)]
    for number, file in enumerate(files):
        parquet.write_table(table.slice(10 * number, 10), file, row_group_size=4)
    groups = RowGroups(*files)
    numbers = pa.record_batch([pa.array(range(len(groups)), pa.int64())], names=["id"])
    assert pa.Table.from_batches(groups(iter([numbers]))).equals(table.slice(0, 30))
    assert (len(groups), groups.rows, groups.tasks) == (9, 30, 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packets, "ROWS_AT_ONCE", 10)
        assert groups.tasks == 3
        patched.setattr(packets, "ROWS_AT_ONCE", 1)
        assert groups.tasks == len(groups)


def test_what_a_query_makes_of_packets_travels_like_rows() -> None:
    table = drawn([number % 5 for number in range(SEVERAL)])
    kept = list(Packed("bank", GIVEN)(iter(table.to_batches(max_chunksize=7))))
    columns = "CAST(part + 1 AS INT) AS part, number, is_credit, word, share, moment"
    asked = f"SELECT {columns} FROM bank WHERE is_credit"
    again = Queried(Packed("rows", GIVEN), asked, "bank", Unpacked(GIVEN))
    seen = arrived(list(again(iter(kept))), {"rows": GIVEN})
    credit = table.filter(table["is_credit"])
    for part, tables in seen.items():
        assert tables["rows"].equals(credit.filter(pc.equal(credit["part"], part - 1)).select(GIVEN.names))
    assert sum(len(tables["rows"]) for tables in seen.values()) == len(credit)


@given(st.lists(st.integers(-1, 3), max_size=SEVERAL))
def test_packets_hold_the_rows_with_their_part(parts: list[int]) -> None:
    table = drawn(parts)
    rows = list(Unpacked(GIVEN)(Packed("rows", GIVEN)(iter(table.to_batches(max_chunksize=7)))))
    assert all(batch.schema == ROWS for batch in rows)
    found = pa.Table.from_batches(rows, ROWS)
    assert found.sort_by("number").equals(table)
