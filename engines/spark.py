"""The engine of a cluster: Apache Spark deals, joins and tries again; the kernels are the same.

A kernel's own process writes what it answers. Where the file system can rename, it renames a part that is
whole, and only counts go back to Spark; on object stores Spark says which attempt at a part counts, see
`engines.source`. No table passes through the driver. Rows travel in packets; see `engines.packets`.

What is computed once lies in files between the passes, and the plan of whoever asks for it begins there.
Were it kept by the executors, its whole plan would be told again wherever it is asked for, and several
questions at each of several steps make a text that outgrows the driver. Files outlive an executor, as a local
checkpoint would not. What is dealt lies there in packets, for kernels ask for it, and so does what workers
found; what Spark computed itself lies in columns.

As few rows as can be pass through Java, which handles one at a time. A query that makes of each row of one
table some, whatever the others are, is run by DuckDB in the workers, see `engines.plans`; a query that says
by what it joins is dealt by that and answered there as well. The rest, small tables, is left to Spark's SQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.parquet as parquet
from pyarrow.fs import FileSystem, LocalFileSystem

from engines.packets import PACKETS, Asked, Find, Finish, Opened, Packed, Queried, RowGroups, Unpacked
from engines.parts import sweep, write_part
from engines.plans import source_row_by_row, tables_of
from engines.puts import Answer, unique
from engines.relations import By, Dealing, Kernel, Measured, Query, Shared, in_one, pieces_of
from engines.session import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MOST_BESIDE = 2**20  # rows; some tens of megabytes a worker
BYTES_A_TASK = 2**24  # of packets; a task with fewer does little but start
COUNTS = pa.schema({"answer": pa.string(), "rows": pa.int64()})
Writer = Literal["kernel", "spark"]


class _Returned:
    """What a kernel answers, given back to Spark."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:  # noqa: ARG002
        return self.kernel(tables)


class _Sealed:
    """What a kernel answers, in packets; rows without a ``part`` stay in the part they were found in."""

    def __init__(self, kernel: Kernel, packed: Packed) -> None:
        self.kernel, self.packed = kernel, packed

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:
        answer = self.kernel(tables)
        if "part" not in answer.column_names:
            answer = answer.append_column("part", pa.repeat(pa.scalar(part, pa.int32()), len(answer)))
        return pa.Table.from_batches(self.packed(iter(answer.to_batches())), PACKETS)


class _Written:
    """What a kernel answers, written by the kernel's own process; rows by table go back to Spark."""

    def __init__(self, kernel: Measured, folder: Path) -> None:
        self.kernel, self.folder = kernel, folder

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:
        rows = {name: write_part(t, self.folder / name, part) for name, t in self.kernel(tables).items()}
        return pa.table([list(rows), list(rows.values())], schema=COUNTS)


class _Sent:
    """What a broadcast variable holds, for the worker that asks."""

    def __init__(self, variable: Any) -> None:
        self.variable = variable

    def __call__(self) -> Any:
        return self.variable.value


@dataclass(frozen=True)
class _Packets:
    """Packets, columns of their rows without ``part``, and whether ``part`` is a column of the relation."""

    packets: DataFrame
    schema: pa.Schema
    is_dealt: bool


@dataclass(frozen=True)
class _Rows:
    """Rows that the workers themselves find: a query that makes of each row of a table some, or none.

    ``beside`` are the files of small tables that it asks as a whole.
    """

    sql: str
    table: str
    source: tuple[Path, ...] | _Packets
    beside: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """Names of the files of the table; none of packets."""
        return frozenset() if isinstance(self.source, _Packets) else frozenset(map(str, self.source))


def in_part_0(query: Query) -> Query:
    """A query whose rows need no part, with one."""
    return tuple(f"SELECT CAST(0 AS INT) AS part, * FROM ({sql}) rows" for sql in pieces_of(query))


def rows_of(frame: DataFrame) -> pa.Schema:
    """Columns of a relation as Arrow has them, without ``part``."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(frame.drop("part").schema, timezone="UTC")


class SparkEngine:
    """Spark; see `engines.relations.Engine`.

    Parameters
    ----------
    spark : the session
    parts : into how many partitions what is dealt is put; as many as there are parts, or a partition
        holds several of them in memory
    between : folder of what lies between the passes, which all workers see; emptied when the engine is closed
    writer : who lets answers count: the kernel that renames them, or Spark; see the module
    filesystem : of the answers, where Spark lets them count; this machine's if None
    most_beside : rows of a table that each worker reads as a whole to join it; larger ones are dealt
    """

    def __init__(
        self,
        spark: SparkSession,
        parts: int,
        between: Path,
        writer: Writer = "kernel",
        filesystem: FileSystem | None = None,
        most_beside: int = MOST_BESIDE,
    ) -> None:
        self._spark, self._parts, self._writer, self._filesystem = spark, parts, writer, filesystem
        self._between = between.resolve()
        self._kept: list[DataFrame] = []
        self._sent: list[Any] = []  # broadcast variables
        self._files = count()  # of relations that are written: their numbers
        self._rows: dict[str, _Rows] = {}  # by the names of relations
        self._small: set[str] = set()  # of these the names of tables of few rows
        self._most_beside = most_beside
        spark.sparkContext.setCheckpointDir(str(self._between / "packets"))

    def table(self, name: str, *files: Path) -> None:
        """Name a Parquet file, or several as one."""
        found = tuple(file.resolve() for file in files)
        self._spark.read.parquet(*map(str, found)).createOrReplaceTempView(name)
        self._forget(name)
        if not all(file.is_file() for file in found):
            return
        self._rows[name] = _Rows(f"SELECT * FROM {name}", name, found)
        if sum(parquet.read_metadata(file).num_rows for file in found) <= self._most_beside:
            self._small.add(name)

    def view(self, name: str, sql: str, by: By | None = None) -> None:
        """Name a query over named relations; one that is answered in pieces is computed now."""
        found = self._spark.sql(sql)
        rows = self._found_by_workers(sql, found)
        if by and rows is None:
            self._join(name, sql, by, found)
            return
        found.createOrReplaceTempView(name)
        self._forget(name)
        if rows:
            self._rows[name] = rows

    def once(self, name: str, query: Query, by: By | None = None) -> None:
        """Name a query that is computed once.

        What has a column ``part``, or need not pass through Java, is written in packets; all else in columns.
        """
        sql = in_one(query)
        found = self._spark.sql(sql)
        is_dealt, is_found = "part" in found.columns, self._all_found_by_workers(query)
        if by and not is_found:
            self._join(name, sql, by, found)
            return
        if is_dealt or is_found:
            schema = rows_of(found)
            packed = self._packed(query if is_dealt else in_part_0(query), Packed(name, schema))
            self._remember(name, self._written(packed), schema, is_dealt)
            return
        # A name may come again while what was computed from its first bearer is not, for Spark is lazy.
        folder = self._between / f"{next(self._files)}-{name}"
        found.write.parquet(str(folder))
        self.table(name, *(sorted(folder.glob("part-*.parquet")) or [folder]))

    def is_empty(self, name: str) -> bool:
        """Whether a relation has no rows; see `engines.relations.Engine`."""
        return bool(self._spark.table(name).isEmpty())

    def _join(self, name: str, sql: str, by: By, found: DataFrame) -> None:
        """Name what DuckDB answers in the workers, who are dealt the rows by what the query joins by."""
        mine = Dealing(self._parts)
        everywhere = f"SELECT CAST(p.id AS INT) AS part, r.* FROM range({self._parts}) p CROSS JOIN"
        beside = self._files_of({relation for relation, key in by.items() if not key} & self._small)
        given = {
            relation: f"SELECT {mine.of(f'abs({key})')} AS part, * FROM {relation}"
            if key
            else f"{everywhere} {relation} r"
            for relation, key in by.items()
            if relation not in beside
        }
        schema = rows_of(found)
        packets = self._apply(given, PACKETS, _Sealed(Asked(sql, beside), Packed(name, schema)))
        self._remember(name, self._written(packets), schema, "part" in found.columns)

    def _written(self, packets: DataFrame) -> DataFrame:
        """Packets that are written now and read again, by as many tasks as have something to do.

        Row by row: kept in columns, thousands of packets would be one block of memory.
        """
        pattern = "packets/*/rdd-*"
        known = set(self._between.glob(pattern))
        written = packets.checkpoint()
        files = (file for folder in {*self._between.glob(pattern)} - known for file in folder.iterdir())
        return written.coalesce(sum(file.stat().st_size for file in files) // BYTES_A_TASK + 1)

    def _forget(self, name: str) -> None:
        """What bore a name bears it no more."""
        self._rows.pop(name, None)
        self._small.discard(name)

    def _remember(self, name: str, packets: DataFrame, schema: pa.Schema, is_dealt: bool) -> None:
        """Name the rows of packets."""
        from pyspark.sql.pandas.types import from_arrow_schema

        whole = from_arrow_schema(pa.schema([PACKETS.field("part"), *schema] if is_dealt else [*schema]))
        packets.mapInArrow(Unpacked(schema, is_dealt), whole).createOrReplaceTempView(name)
        self._forget(name)
        self._rows[name] = _Rows(f"SELECT * FROM {name}", name, _Packets(packets, schema, is_dealt))

    def _found_by_workers(self, sql: str, frame: DataFrame) -> _Rows | None:
        """How workers find the rows of a query themselves; nothing where Spark has to."""
        names = tables_of(sql)
        asked = {name: self._rows[name] for name in names if name in self._rows}
        source = source_row_by_row(frame, {self._rows[name].files for name in self._small})
        found = [name for name in asked if asked[name].files == source]
        if len(found) != 1 or len(asked) < len(names):
            return None
        known = asked.pop(found[0])
        if not asked.keys() <= self._small:
            return None
        within = sql if known.table == found[0] else f"WITH {found[0]} AS ({known.sql}) {sql}"
        beside = self._files_of(asked)
        return _Rows(within, known.table, known.source, {**known.beside, **beside})

    def _files_of(self, names: Iterable[str]) -> dict[str, tuple[Path, ...]]:
        """Files of tables that are small."""
        sources = {name: self._rows[name].source for name in names}
        return {name: source for name, source in sources.items() if not isinstance(source, _Packets)}

    def _all_found_by_workers(self, query: Query) -> bool:
        return all(self._found_by_workers(sql, self._spark.sql(sql)) for sql in pieces_of(query))

    def _asked(self, relation: str) -> DataFrame:
        return self._spark.sql(relation) if " " in relation else self._spark.table(relation)

    def _dealt(self, given: Mapping[str, Query]) -> tuple[DataFrame, dict[str, pa.Schema]]:
        """Packets, those of a part in one partition; schemas of the relations."""
        from pyspark.sql.functions import lit, pmod

        schemas = {name: rows_of(self._asked(in_one(query))) for name, query in given.items()}
        packed = [self._packed(query, Packed(name, schemas[name])) for name, query in given.items()]
        together = reduce(lambda one, other: one.union(other), packed)
        return together.repartitionById(self._parts, pmod(together["part"], lit(self._parts))), schemas

    def _apply(self, given: Mapping[str, Query], schema: pa.Schema, finish: Finish) -> DataFrame:
        """What ``finish`` makes of each part."""
        from pyspark.sql.pandas.types import from_arrow_schema

        dealt, schemas = self._dealt(given)
        return dealt.mapInArrow(Opened(schemas, schema, finish), from_arrow_schema(schema))

    def _packed(self, query: Query, packed: Packed) -> DataFrame:
        """The packets of what a query asks."""
        packets = [self._packed_piece(sql, packed) for sql in pieces_of(query)]
        return reduce(lambda one, other: one.union(other), packets)

    def _packed_piece(self, relation: str, packed: Packed) -> DataFrame:
        from pyspark.sql.functions import lit
        from pyspark.sql.pandas.types import from_arrow_schema

        travel = from_arrow_schema(PACKETS)
        known = self._rows.get(relation)
        if known and known.table == relation and isinstance(known.source, _Packets):
            return known.source.packets.select("part", lit(packed.relation).alias("relation"), "rows")
        frame = self._asked(relation)
        rows = self._found_by_workers(relation if " " in relation else f"SELECT * FROM {relation}", frame)
        if rows is None:
            return frame.mapInArrow(packed, travel)
        brought, find = self._brought(rows)
        return brought.mapInArrow(Queried(packed, rows.sql, rows.table, find, rows.beside), travel)

    def _brought(self, rows: _Rows) -> tuple[DataFrame, Find]:
        """What is brought to the workers, and how they find the rows of a table with it."""
        if isinstance(rows.source, _Packets):
            return rows.source.packets, Unpacked(rows.source.schema, rows.source.is_dealt)
        groups = RowGroups(*rows.source)
        return self._spark.range(0, len(groups), 1, groups.tasks), groups

    def rows(self, kernel: Kernel, given: Mapping[str, Query], schema: pa.Schema) -> DataFrame:
        """What a kernel makes of each part, as rows of Spark's."""
        return self._apply(given, schema, _Returned(kernel))

    def by_part(self, name: str, kernel: Kernel, given: Mapping[str, Query], schema: pa.Schema) -> None:
        """Name what a kernel makes of each part; see `engines.relations.Engine`."""
        packets = self._apply(given, PACKETS, _Sealed(kernel, Packed(name, schema))).persist()
        self._kept.append(packets)
        self._remember(name, packets, schema, "part" in schema.names)

    def write(
        self,
        folder: Path,
        kernel: Measured,
        given: Mapping[str, Query],
        tables: Collection[str],
    ) -> Mapping[str, int]:
        """Write what a kernel makes of each part; see `engines.relations.Engine`."""
        if self._writer == "spark":
            return self._put(folder, kernel, given, tables)
        folder = folder.resolve()
        for name in tables:
            shutil.rmtree(folder / name, ignore_errors=True)
        counted = self._apply(given, COUNTS, _Written(kernel, folder)).collect()  # a row a part and table
        sweep(folder)
        return {name: sum(row["rows"] for row in counted if row["answer"] == name) for name in tables}

    def _put(
        self, folder: Path, kernel: Measured, given: Mapping[str, Query], tables: Collection[str]
    ) -> Mapping[str, int]:
        """Let the workers put the answers, and Spark say which attempts count; rows by table."""
        from engines.source import FORMAT, AnswerWriter, source_of

        filesystem = self._filesystem or LocalFileSystem()
        where = folder if self._filesystem else folder.resolve()
        answer = Answer(filesystem, where.as_posix(), tuple(tables), unique())
        answer.begin()
        dealt, schemas = self._dealt(given)
        self._spark.dataSource.register(source_of(AnswerWriter(answer, kernel, schemas)))
        dealt.write.format(FORMAT).mode("overwrite").save()
        return answer.rows()

    def shared(self, value: Shared) -> Callable[[], Shared]:
        """What gives a value to kernels, a broadcast variable; see `engines.relations.Engine`."""
        self._sent.append(self._spark.sparkContext.broadcast(value))
        return _Sent(self._sent[-1])

    def close(self) -> None:
        """Forget what was kept and remove what lay between the passes; the session is its owner's."""
        for variable in self._sent:
            variable.destroy()
        for frame in self._kept:
            frame.unpersist()
        shutil.rmtree(self._between, ignore_errors=True)


@contextmanager
def spark_engine(
    master: str, parts: int, between: Path, writer: Writer = "kernel", memory: str = "2g"
) -> Iterator[SparkEngine]:
    """A `SparkEngine` in a session of its own."""
    spark = session(master, memory)
    engine = SparkEngine(spark, parts, between, writer)
    try:
        yield engine
    finally:
        engine.close()
        spark.stop()
