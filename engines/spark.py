"""The engine of a cluster: Apache Spark deals, joins and tries again; the kernels are the same.

Where the file system can rename, the kernel itself writes its part and only counts go back to Spark;
on object stores Spark's own writer takes what the kernel returns. No table passes through the driver.
Rows travel in packets; see `engines.packets`.

What is computed once and not dealt lies in files between the passes, and the plan of whoever asks for it
begins there. Were it kept by the executors, its whole plan would be told again wherever it is asked for, and
several questions at each of several steps make a text that outgrows the driver. Files outlive an executor, as
a local checkpoint would not, and they hold columns, of which the next question reads those that it needs.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

# pandera imports all of pyspark.pandas where it can, in every worker: seconds for nothing.
sys.modules.setdefault("pyspark.pandas", None)  # type: ignore[arg-type]

from engines.packets import PACKETS, Finish, Opened, Packed, Scanned  # noqa: E402
from engines.parts import open_bench, sweep, write_part  # noqa: E402
from engines.relations import Kernel, Measured  # noqa: E402
from pipeline import BadInput  # noqa: E402

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
    settings : of Spark, beside or instead of those here
    """
    pyspark = load_pyspark()
    os.environ["PYSPARK_PYTHON"] = sys.executable
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
    }
    builder = pyspark.sql.SparkSession.builder.master(master).appName("bank")
    for key, value in {**chosen, **(settings or {})}.items():
        builder = builder.config(key, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


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


class _Only:
    """The one table that a kernel answers, for Spark's writer."""

    def __init__(self, kernel: Measured) -> None:
        self.kernel = kernel

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:  # noqa: ARG002
        [answer] = self.kernel(tables).values()
        return answer


class _Joined:
    """All tables that a kernel answers as one for Spark's writer, told apart by ``answer``."""

    def __init__(self, kernel: Measured, schema: pa.Schema) -> None:
        self.kernel, self.schema = kernel, schema

    def __call__(self, part: int, tables: dict[str, pa.Table]) -> pa.Table:  # noqa: ARG002
        found = []
        for name, table in self.kernel(tables).items():
            found.append(table.append_column("answer", pa.array([name] * len(table), pa.string())))
        return pa.concat_tables([table.select(self.schema.names).cast(self.schema) for table in found])


def joint_schema(schemas: Mapping[str, pa.Schema]) -> pa.Schema:
    """Columns of several tables with the same names in one; the wider of two types of numbers."""
    types: dict[str, pa.DataType] = {}
    for schema in schemas.values():
        for field in schema:
            known = types.setdefault(field.name, field.type)
            if known != field.type and field.type.bit_width > known.bit_width:
                types[field.name] = field.type
    return pa.schema([*types.items(), ("answer", pa.string())])


def as_kernels_write(schema: pa.Schema) -> dict[str, str]:
    """Options by which Spark's writer does as `engines.parts.write_part`."""
    measured = [field.name for field in schema if pa.types.is_floating(field.type)]
    plain = {f"parquet.enable.dictionary#{name}": "false" for name in measured}
    return plain | {"compression": "zstd", "parquet.compression.codec.zstd.level": "1"}


def only_table(sql: str) -> str:
    """The one relation that a query asks, or nothing: it asks several, or DuckDB does not understand it."""
    with open_bench({"threads": 1}) as bench:
        try:
            names = bench.get_table_names(sql)
        except duckdb.Error:
            return ""
    return names.pop() if len(names) == 1 else ""


def goes_row_by_row(frame: DataFrame) -> bool:
    """Whether each row of a query comes from one row of one file, whatever the other rows are."""
    step = frame._jdf.queryExecution().optimizedPlan()
    while step.nodeName() in ("Project", "Filter"):
        step = step.children().head()
    return bool(step.nodeName() == "LogicalRelation")


class SparkEngine:
    """Spark; see `engines.relations.Engine`.

    Parameters
    ----------
    spark : the session
    parts : into how many partitions what is dealt is put; as many as there are parts, or a partition
        holds several of them in memory
    between : folder of what lies between the passes, which all workers see; emptied when the engine is closed
    writer : who writes the answers, see the module
    """

    def __init__(self, spark: SparkSession, parts: int, between: Path, writer: Writer = "kernel") -> None:
        self._spark, self._parts, self._writer = spark, parts, writer
        self._between = between.resolve()
        self._kept: list[DataFrame] = []
        self._files = count()  # of relations that are written: their numbers
        self._tables: dict[str, Path] = {}  # relations that are a Parquet file each

    def table(self, name: str, file: Path) -> None:
        """Name a Parquet file."""
        self._tables[name] = file.resolve()
        self._spark.read.parquet(str(file.resolve())).createOrReplaceTempView(name)

    def view(self, name: str, sql: str) -> None:
        """Name a query over named relations."""
        self._tables.pop(name, None)
        self._spark.sql(sql).createOrReplaceTempView(name)

    def once(self, name: str, sql: str) -> None:
        """Name a query that is computed once.

        What has a column ``part`` is kept by the executors, and computed anew where one is lost. All else is
        written: see the module.
        """
        found = self._spark.sql(sql)
        if "part" in found.columns:
            self._keep(name, found)
            return
        # A name may come again while what was computed from its first bearer is not, for Spark is lazy.
        file = self._between / f"{next(self._files)}-{name}"
        found.write.parquet(str(file))
        self.table(name, file)

    def _keep(self, name: str, found: DataFrame) -> None:
        self._tables.pop(name, None)
        found = found.persist()
        self._kept.append(found)
        found.createOrReplaceTempView(name)

    def _asked(self, relation: str) -> DataFrame:
        return self._spark.sql(relation) if " " in relation else self._spark.table(relation)

    def _apply(self, given: Mapping[str, str], schema: pa.Schema, finish: Finish) -> DataFrame:
        """What ``finish`` makes of each part."""
        from pyspark.sql.functions import lit, pmod
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        frames = {name: self._asked(relation) for name, relation in given.items()}
        schemas = {
            name: to_arrow_schema(frame.drop("part").schema, timezone="UTC") for name, frame in frames.items()
        }
        packed = [self._packed(given[name], frames[name], Packed(name, schemas[name])) for name in given]
        together = reduce(lambda one, other: one.union(other), packed)
        dealt = together.repartitionById(self._parts, pmod(together["part"], lit(self._parts)))
        return dealt.mapInArrow(Opened(schemas, schema, finish), from_arrow_schema(schema))

    def _packed(self, relation: str, frame: DataFrame, packed: Packed) -> DataFrame:
        """The packets of a relation."""
        from pyspark.sql.pandas.types import from_arrow_schema

        travel = from_arrow_schema(PACKETS)
        table = only_table(relation)
        file = self._tables.get(table)
        if file is None or not file.is_file() or not goes_row_by_row(frame):
            return frame.mapInArrow(packed, travel)
        groups = parquet.read_metadata(file).num_row_groups
        numbers = self._spark.range(0, groups, 1, max(groups, 1))
        return numbers.mapInArrow(Scanned(packed, relation, table, file), travel)

    def by_part(self, name: str, kernel: Kernel, given: Mapping[str, str], schema: pa.Schema) -> None:
        """Name what a kernel makes of each part; see `engines.relations.Engine`."""
        self._keep(name, self._apply(given, schema, _Returned(kernel)))

    def write(
        self,
        folder: Path,
        kernel: Measured,
        given: Mapping[str, str],
        schemas: Mapping[str, pa.Schema],
    ) -> Mapping[str, int]:
        """Write what a kernel makes of each part; see `engines.relations.Engine`.

        Spark's writer puts the table ``t`` into ``folder/answer=t``, numbers of two widths as the wider one.
        """
        folder = folder.resolve()
        for name in schemas:
            shutil.rmtree(folder / name, ignore_errors=True)
        if self._writer == "kernel":
            counted = self._apply(given, COUNTS, _Written(kernel, folder)).collect()  # a row a part and table
            rows = {name: sum(row["rows"] for row in counted if row["answer"] == name) for name in schemas}
            sweep(folder)
        elif len(schemas) == 1:
            [(name, schema)] = schemas.items()
            target = str(folder / f"answer={name}")
            found = self._apply(given, schema, _Only(kernel)).write.mode("overwrite")
            found.options(**as_kernels_write(schema)).parquet(target)
            rows = {name: self._spark.read.parquet(target).count()}
        else:
            schema = joint_schema(schemas)
            found = self._apply(given, schema, _Joined(kernel, schema)).write.options(
                **as_kernels_write(schema)
            )
            found.mode("overwrite").partitionBy("answer").parquet(str(folder))
            lying = self._spark.read.parquet(str(folder)).groupBy("answer").count().collect()
            rows = {row["answer"]: row["count"] for row in lying}
        return {name: rows.get(name, 0) for name in schemas}

    def close(self) -> None:
        """Forget what was kept and remove what lay between the passes; the session is its owner's."""
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
