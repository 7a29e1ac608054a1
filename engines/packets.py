"""How rows travel by Spark: dealt out by columns and packed, so that Java moves packets and not rows.

A packet holds rows of one relation and one part as Arrow's bytes, and is one row to Spark. Java handles a row
at a time, at every step: to write it, to send it, to read it, to hand it over to Python. Of packets there are
thousands of times fewer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from engines.parts import open_bench

# pandera imports all of pyspark.pandas where it can: seconds for nothing, in every worker, and workers read
# this module before any kernel.
sys.modules.setdefault("pyspark.pandas", None)  # type: ignore[arg-type]

ROWS_AT_ONCE = 2**19  # that are dealt together: some thousands a packet, some tens of megabytes a worker
PACKETS = pa.schema({"part": pa.int32(), "relation": pa.string(), "rows": pa.binary()})
COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")  # here and not in Java, which compresses nothing
Finish = Callable[[int, dict[str, pa.Table]], pa.Table]
Beside = Mapping[str, Collection[Path]]
Find = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class Packed:
    """Packets of the rows of a partition, as Spark's ``mapInArrow`` calls for them.

    Parameters
    ----------
    relation : its name
    schema : of its rows without ``part``
    """

    def __init__(self, relation: str, schema: pa.Schema) -> None:
        self.relation, self.schema = relation, schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Packets, one a part that occurs among some rows."""
        for rows in at_once(batches):
            dealt = deal(rows.column("part"), rows.select(self.schema.names).cast(self.schema))
            if not dealt:
                continue
            names = pa.repeat(self.relation, len(dealt))
            packets = in_bytes(list(dealt.values()))
            yield pa.record_batch([pa.array(dealt, pa.int32()), names, packets], schema=PACKETS)


def in_bytes(batches: list[pa.RecordBatch]) -> pa.BinaryArray:
    """Each batch as Arrow's bytes, compressed and without its schema."""
    together = pa.BufferOutputStream()
    writer = pa.ipc.new_stream(together, batches[0].schema, options=COMPRESSED)
    writer.write_batch(batches[0].slice(0, 0))  # the schema comes with the first batch
    ends = [together.tell()]
    for batch in batches:
        writer.write_batch(batch)
        ends.append(together.tell())
    offsets = pa.array(ends, pa.int32()).buffers()[1]
    return pa.Array.from_buffers(pa.binary(), len(batches), [None, offsets, together.getvalue()])


class Queried:
    """Packets of what a query makes of rows that the worker itself finds, for ``mapInArrow``.

    The rows pass through Java as packets only: DuckDB in the worker runs the query.

    Parameters
    ----------
    packed : what packs the rows
    sql : a query that makes of each row of ``table`` one row or none, whatever the other rows are
    table : the name by which the query calls the rows
    find : where the rows come from: makes batches of them from those that ``mapInArrow`` brings
    beside : files of small tables that the query asks as well
    """

    def __init__(
        self,
        packed: Packed,
        sql: str,
        table: str,
        find: Find,
        beside: Beside | None = None,
    ) -> None:
        self.packed, self.sql, self.table, self.find = packed, sql, table, find
        self.beside = beside or {}

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Packets of the answers."""
        yield from self.packed(self._answers(batches))

    def _answers(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with bench_beside(self.beside) as bench:
            for rows in at_once(self.find(batches)):
                bench.register(self.table, rows)
                yield from bench.sql(self.sql).to_arrow_table().to_batches()


class RowGroups:
    """Rows of the row groups of Parquet files whose numbers are brought, counted over all files."""

    def __init__(self, *files: Path) -> None:
        about = {file: parquet.read_metadata(file) for file in files}
        self.groups = [
            (file, group) for file, known in about.items() for group in range(known.num_row_groups)
        ]
        self.rows = sum(known.num_rows for known in about.values())

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def tasks(self) -> int:
        """In how many tasks they are read: those of a few groups have too little to do."""
        return max(min(len(self), -(-self.rows // ROWS_AT_ONCE)), 1)

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """A group after the other."""
        for batch in batches:
            for number in batch[0].to_pylist():
                name, group = self.groups[number]
                with parquet.ParquetFile(name) as file:
                    yield from file.read_row_group(group, use_threads=False).to_batches()


class Unpacked:
    """Rows of packets; for ``mapInArrow`` too.

    Parameters
    ----------
    schema : of the rows without ``part``
    with_part : whether ``part`` comes first
    """

    def __init__(self, schema: pa.Schema, with_part: bool = True) -> None:
        self.schema, self.with_part = schema, with_part

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """A batch a packet."""
        whole = pa.schema([PACKETS.field("part"), *self.schema])
        for batch in batches:
            for part, packet in zip(batch.column("part"), batch.column("rows"), strict=True):
                rows = pa.ipc.read_record_batch(packet.as_buffer(), self.schema)
                if self.with_part:
                    rows = pa.record_batch([pa.repeat(part, len(rows)), *rows.columns], schema=whole)
                yield rows


def bench_beside(beside: Beside) -> duckdb.DuckDBPyConnection:
    """DuckDB with small tables, read from their files."""
    bench = open_bench({"threads": 1})
    for name, files in beside.items():
        bench.register(name, pa.concat_tables([parquet.read_table(file) for file in files]))
    return bench


class Asked:
    """A kernel that asks the tables of a part a query.

    Parameters
    ----------
    beside : files of small tables that it asks as well
    """

    def __init__(self, sql: str, beside: Beside) -> None:
        self.sql, self.beside = sql, beside

    def __call__(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer of DuckDB."""
        with bench_beside(self.beside) as bench:
            for name, table in tables.items():
                bench.register(name, table)
            return bench.sql(self.sql).to_arrow_table()


def at_once(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables of `ROWS_AT_ONCE` or a few more."""
    found: list[pa.RecordBatch] = []
    for batch in batches:
        found.append(batch)
        if sum(each.num_rows for each in found) >= ROWS_AT_ONCE:
            yield pa.Table.from_batches(found)
            found.clear()
    if found:
        yield pa.Table.from_batches(found)


def deal(part: pa.ChunkedArray, rows: pa.Table) -> dict[int, pa.RecordBatch]:
    """The rows of each part, in the order in which they came."""
    coded = part.combine_chunks().dictionary_encode()
    parts = coded.dictionary.to_pylist()
    if len(parts) == 1:
        [whole] = rows.combine_chunks().to_batches()
        return {parts[0]: whole}
    # Small codes are ordered by counting, wide ones by comparing.
    codes = coded.indices.to_numpy().astype(np.min_scalar_type(len(parts)))
    [ordered] = rows.take(np.argsort(codes, kind="stable")).combine_chunks().to_batches() or [None]
    counts = np.bincount(codes, minlength=len(parts))
    starts = np.cumsum(counts) - counts
    return {
        number: ordered.slice(start, count)
        for number, start, count in zip(parts, starts.tolist(), counts.tolist(), strict=True)
    }


def opened(
    batches: Iterator[pa.RecordBatch], given: Mapping[str, pa.Schema]
) -> Iterator[tuple[int, dict[str, pa.Table]]]:
    """The number and the tables of each part whose packets lie in a partition, one after the other.

    Parameters
    ----------
    given : schemas of the tables, by name
    """
    packets: dict[int, dict[str, list[pa.Buffer]]] = {}
    for batch in batches:
        part, relation, rows = batch.select(PACKETS.names).columns
        for number, name, packet in zip(part.to_pylist(), relation.to_pylist(), rows, strict=True):
            packets.setdefault(number, {}).setdefault(name, []).append(packet.as_buffer())
    for number in sorted(packets):
        yield number, unpacked(packets.pop(number), given)


def unpacked(packets: Mapping[str, list[pa.Buffer]], given: Mapping[str, pa.Schema]) -> dict[str, pa.Table]:
    """The tables of a part."""
    tables = {}
    for name, schema in given.items():
        batches = [pa.ipc.read_record_batch(packet, schema) for packet in packets.get(name, [])]
        tables[name] = pa.Table.from_batches(batches, schema).combine_chunks()
    return tables


class Opened:
    """What a kernel answers to each part whose packets lie in a partition, for ``mapInArrow``.

    Parameters
    ----------
    given : schemas of the relations that the kernel sees, by name
    schema : of the answer
    finish : what is made of the number of a part and its tables
    """

    def __init__(self, given: Mapping[str, pa.Schema], schema: pa.Schema, finish: Finish) -> None:
        self.given, self.schema, self.finish = given, schema, finish

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Answers, one part after the other."""
        for part, tables in opened(batches, self.given):
            answer = self.finish(part, tables)
            yield from answer.select(self.schema.names).cast(self.schema).to_batches()
