"""The engine of a cluster: Apache Spark deals, joins and tries again; the kernels are the same.

A kernel's own process writes what it answers. Where the file system can rename, it renames a part that is
whole, and only counts go back to Spark; on object stores Spark says which attempt at a part counts, see
`engines.source`. No table passes through the driver. Rows travel in packets; see `engines.packets`.

What is computed once lies in files between the passes, and the plan of whoever asks for it begins there.
Were it kept by the executors, its whole plan would be told again wherever it is asked for, and several
questions at each of several steps make a text that outgrows the driver. Files outlive an executor, as a local
checkpoint would not. What is dealt lies there in packets, for kernels ask for it; all else in columns, of
which the next question reads those that it needs.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
from pyarrow.fs import FileSystem, LocalFileSystem

from engines.packets import PACKETS, Finish, Opened, Packed, Queried, RowGroups, Unpacked
from engines.parts import open_bench, sweep, write_part
from engines.puts import Answer, unique
from engines.relations import Kernel, Measured, Shared
from pipeline import BadInput

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROOT = Path(__file__).resolve().parent.parent
# Beside the environment and not in it: see `load_pyspark`.
SPARK_SITE = Path(sys.prefix) / "spark"
VERSION = "4.3.0"
# Rows come and go in masses and nobody waits for an answer: throughput, not short pauses. Arrow's Java
# checks every bound at every value, which took a third of the way from Java to Python.
JAVA = "-XX:+UseParallelGC -Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false"
COUNTS = pa.schema({"answer": pa.string(), "rows": pa.int64()})
Writer = Literal["kernel", "spark"]


def load_pyspark() -> Any:
    """The module ``pyspark``; a clear word where it, or Java, is missing.

    PySpark lies in a folder of its own, for pandera imports it in every process that can see it.

    Raises
    ------
    BadInput
        where PySpark or Java is missing
    """
    if SPARK_SITE.is_dir() and str(SPARK_SITE) not in sys.path:
        sys.path.append(str(SPARK_SITE))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # it does not claim pandas 3 yet
            import pyspark
            import pyspark.sql
    except ImportError:
        raise BadInput(
            f"engine spark: PySpark is missing, expected it after: pip install --target {SPARK_SITE} "
            f"--no-deps pyspark=={VERSION} py4j==0.10.9.9"
        ) from None
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise BadInput(
            "engine spark: Java is missing, expected Java 17 or 21 such as openjdk-17-jre-headless"
        )
    return pyspark


def session(master: str, memory: str = "2g", settings: Mapping[str, str] | None = None) -> SparkSession:
    """A session of Spark whose workers see this project.

    Parameters
    ----------
    master : such as ``local[2,4]``: two cores, four attempts at a task
    memory : of the driver's JVM, in local mode also that of all tasks
    settings : of Spark, beside or instead of those here; what ``spark-submit`` was told goes before all
    """
    pyspark = load_pyspark()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONWARNINGS"] = "ignore::FutureWarning"
    chosen = {
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": JAVA,
        "spark.executor.extraJavaOptions": JAVA,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",  # as everybody else writes them
        "spark.executorEnv.PYTHONPATH": str(ROOT),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        # Any other bound has the batch's bytes counted anew at every row: half of the way to Python.
        "spark.sql.execution.arrow.maxBytesPerBatch": str(2**31 - 1),
        "spark.sql.shuffle.partitions": "32",
        # Most of what is shuffled are packets, which are compressed already.
        "spark.shuffle.compress": "false",
        # Sides that fit into memory by partition are not sorted to be joined.
        "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "128m",
    }
    builder = pyspark.sql.SparkSession.builder.appName("bank")
    for key, value in {"spark.master": master, **chosen, **(settings or {}), **submitted(pyspark)}.items():
        builder = builder.config(key, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def submitted(pyspark: Any) -> dict[str, str]:
    """What ``spark-submit`` was told, where it started this process; nothing elsewhere."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return {}
    pyspark.SparkContext._ensure_initialized()
    return dict(pyspark.SparkConf().getAll())


class _Returned:
    """What a kernel answers, given back to Spark."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:  # noqa: ARG002
        return self.kernel(tables)


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


def only_table(sql: str) -> str:
    """The one relation that a query asks, or nothing: it asks several, or DuckDB does not understand it."""
    with open_bench({"threads": 1}) as bench:
        try:
            names = bench.get_table_names(sql)
        except duckdb.Error:
            return ""
    return names.pop() if len(names) == 1 else ""


def goes_row_by_row(frame: DataFrame) -> bool:
    """Whether each row of a query comes from one row of one file or packet, whatever the other rows are."""
    step = frame._jdf.queryExecution().optimizedPlan()
    while step.nodeName() in ("Project", "Filter"):
        step = step.children().head()
    return step.nodeName() in ("LogicalRelation", "MapInArrow")


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
    """

    def __init__(
        self,
        spark: SparkSession,
        parts: int,
        between: Path,
        writer: Writer = "kernel",
        filesystem: FileSystem | None = None,
    ) -> None:
        self._spark, self._parts, self._writer, self._filesystem = spark, parts, writer, filesystem
        self._between = between.resolve()
        self._kept: list[DataFrame] = []
        self._sent: list[Any] = []  # broadcast variables
        self._files = count()  # of relations that are written: their numbers
        self._tables: dict[str, Path] = {}  # relations that are a Parquet file each
        self._packets: dict[str, tuple[DataFrame, pa.Schema]] = {}  # relations that are dealt, and their rows
        spark.sparkContext.setCheckpointDir(str(self._between / "packets"))

    def table(self, name: str, *files: Path) -> None:
        """Name a Parquet file, or several as one."""
        self._forget(name)
        if len(files) == 1:
            self._tables[name] = files[0].resolve()
        self._spark.read.parquet(*(str(file.resolve()) for file in files)).createOrReplaceTempView(name)

    def view(self, name: str, sql: str) -> None:
        """Name a query over named relations."""
        self._forget(name)
        self._spark.sql(sql).createOrReplaceTempView(name)

    def once(self, name: str, sql: str) -> None:
        """Name a query that is computed once.

        What has a column ``part`` is written in packets, for kernels ask for it; all else in columns.
        """
        found = self._spark.sql(sql)
        if "part" in found.columns:
            self._pack(name, sql, found)
            return
        # A name may come again while what was computed from its first bearer is not, for Spark is lazy.
        file = self._between / f"{next(self._files)}-{name}"
        found.write.parquet(str(file))
        self.table(name, file)

    def _pack(self, name: str, sql: str, found: DataFrame) -> None:
        """Name what is dealt, pack it and write the packets."""
        from pyspark.sql.pandas.types import from_arrow_schema

        self._forget(name)
        schema = rows_of(found)
        # Row by row: kept in columns, thousands of packets would be one block of memory.
        packets = self._packed(sql, found, Packed(name, schema)).checkpoint()
        whole = from_arrow_schema(pa.schema([PACKETS.field("part"), *schema]))
        packets.mapInArrow(Unpacked(schema), whole).createOrReplaceTempView(name)
        self._packets[name] = packets, schema

    def _forget(self, name: str) -> None:
        """What bore a name bears it no more."""
        self._tables.pop(name, None)
        self._packets.pop(name, None)

    def _keep(self, name: str, found: DataFrame) -> None:
        self._forget(name)
        found = found.persist()
        self._kept.append(found)
        found.createOrReplaceTempView(name)

    def _asked(self, relation: str) -> DataFrame:
        return self._spark.sql(relation) if " " in relation else self._spark.table(relation)

    def _dealt(self, given: Mapping[str, str]) -> tuple[DataFrame, dict[str, pa.Schema]]:
        """Packets, those of a part in one partition; schemas of the relations."""
        from pyspark.sql.functions import lit, pmod

        frames = {name: self._asked(relation) for name, relation in given.items()}
        schemas = {name: rows_of(frame) for name, frame in frames.items()}
        packed = [self._packed(given[name], frames[name], Packed(name, schemas[name])) for name in given]
        together = reduce(lambda one, other: one.union(other), packed)
        return together.repartitionById(self._parts, pmod(together["part"], lit(self._parts))), schemas

    def _apply(self, given: Mapping[str, str], schema: pa.Schema, finish: Finish) -> DataFrame:
        """What ``finish`` makes of each part."""
        from pyspark.sql.pandas.types import from_arrow_schema

        dealt, schemas = self._dealt(given)
        return dealt.mapInArrow(Opened(schemas, schema, finish), from_arrow_schema(schema))

    def _packed(self, relation: str, frame: DataFrame, packed: Packed) -> DataFrame:
        """The packets of a relation."""
        from pyspark.sql.functions import lit
        from pyspark.sql.pandas.types import from_arrow_schema

        travel = from_arrow_schema(PACKETS)
        if relation in self._packets:
            packets, _ = self._packets[relation]
            return packets.select("part", lit(packed.relation).alias("relation"), "rows")
        table = only_table(relation)
        if not goes_row_by_row(frame):
            return frame.mapInArrow(packed, travel)
        if table in self._packets:
            packets, schema = self._packets[table]
            return packets.mapInArrow(Queried(packed, relation, table, Unpacked(schema)), travel)
        file = self._tables.get(table)
        if file is None or not file.is_file():
            return frame.mapInArrow(packed, travel)
        groups = parquet.read_metadata(file).num_row_groups
        numbers = self._spark.range(0, groups, 1, max(groups, 1))
        return numbers.mapInArrow(Queried(packed, relation, table, RowGroups(file)), travel)

    def rows(self, kernel: Kernel, given: Mapping[str, str], schema: pa.Schema) -> DataFrame:
        """What a kernel makes of each part, as rows of Spark's."""
        return self._apply(given, schema, _Returned(kernel))

    def by_part(self, name: str, kernel: Kernel, given: Mapping[str, str], schema: pa.Schema) -> None:
        """Name what a kernel makes of each part; see `engines.relations.Engine`."""
        self._keep(name, self.rows(kernel, given, schema))

    def write(
        self,
        folder: Path,
        kernel: Measured,
        given: Mapping[str, str],
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
        self, folder: Path, kernel: Measured, given: Mapping[str, str], tables: Collection[str]
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
