"""What it costs to measure windows by part: processes, Spark and plain Spark SQL beside one machine.

Run by hand from the repository's root: ``python -m benchmarks.spark [engines] [sql] [exponent]``, all three
where none is named; the result goes to benchmarks/results/spark.json. Every engine reads both ends of drawn
payments from one Parquet file and writes the 18 window columns of `benchmarks.windows` to Parquet; each may
use two cores. An engine runs once to warm up (machine code, workers), then `REPEATS` times, of which the best
counts: the start of processes and of Spark's session is not in the seconds. Spark SQL takes longer, as does
Spark's own Parquet writer, which the engine does not use but for what lies between the passes, and everybody
with `FACTOR` times as many payments: these are warmed by few payments and clocked once. The answers are
compared with those of one machine, row by row. Exponents are of the seconds from `TRANSACTIONS` to `FACTOR`
times as many payments and customers.

Beside the seconds of the clock stand those of the processor, all processes together: other work on the
machine lengthens the first far more than the second. Spark ends idle workers unseen, so that the second can
be too few in a later run. The machine's load before and after is in the result.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from benchmarks.processes import peak_mib, processor_seconds
from benchmarks.windows import CORES, CUSTOMERS, DAYS, SPARSE_CUSTOMERS, both_ends, draw
from data.asof import WAYS
from data.asof.events import on_cores
from data.parts import windows_of_part
from data.schema import DAY_US
from engines.parts import parts_engine
from engines.relations import Dealing, Engine, Named
from engines.session import session
from engines.spark import SparkEngine, Writer

RESULT = Path("benchmarks/results/spark.json")
TRANSACTIONS, FACTOR = 10_000_000, 4
SQL_TRANSACTIONS = 2_000_000  # of which plain Spark SQL takes minutes
PAYMENTS_A_GROUP = 2**19  # of rows in the file, two rows a payment
ENDS_A_SHARE = 10_000_000  # of one machine: half of `TRANSACTIONS` at a time and core
WARM_UP = 20_000
REPEATS = 3
ENDS_A_PART = 500_000
MIB = 2**20
BY_WRITER: dict[Writer, str] = {"kernel": "spark_kernel_writes", "spark": "spark_commits"}


@dataclass(frozen=True)
class Used:
    """Seconds of the clock and of the processor."""

    clock: float
    processor: float


def customers_of(transactions: int) -> int:
    """As many customers as leave each of them as many payments as in the draw beside Spark SQL."""
    return CUSTOMERS * transactions // SQL_TRANSACTIONS


def lay_out(transactions: int, customers: int, file: Path) -> Path:
    """Write both ends of drawn payments, in order of time; a stretch of it at a time, for memory's sake."""
    payments = draw(transactions, customers)
    with ExitStack() as opened:
        writer = None
        for first in range(0, transactions, PAYMENTS_A_GROUP):
            ends = both_ends(payments[first : first + PAYMENTS_A_GROUP]).rename(columns={"at": "moment"})
            ends["transaction_id"] = ends["moment"]  # no two payments at one moment
            table = pa.Table.from_pandas(ends, preserve_index=False)
            if writer is None:
                writer = opened.enter_context(parquet.ParquetWriter(file, table.schema, compression="zstd"))
            writer.write_table(table)
    return file


def windows(part: Mapping[str, pa.Table]) -> pa.Table:
    """Windows of a part, as an engine calls for them."""
    return windows_of_part(part, DAYS)


def on_one_machine(file: Path, out: Path) -> None:
    """All customers in this process, each core a share of them, or several of which one fits into memory."""
    out.mkdir(parents=True, exist_ok=True)
    ends = parquet.read_table(file)
    shares = max(CORES, math.ceil(len(ends) / ENDS_A_SHARE))
    share = pa.array(ends.column("customer").to_numpy() % shares)

    def answer(core: int) -> None:
        for mine in range(core, shares, CORES):
            table = windows({"ends": ends.filter(pc.equal(share, mine))})
            parquet.write_table(table, out / f"{mine}.parquet", compression="zstd")

    on_cores(answer, CORES)


def parts_of(file: Path) -> int:
    """Into how many parts the ends of a file are dealt."""
    return math.ceil(parquet.read_metadata(file).num_rows / ENDS_A_PART)


def dealt(engine: Engine, file: Path) -> dict[str, str]:
    """What the kernel is given by an engine."""
    engine.table("bank", file)
    return {"ends": f"SELECT {Dealing(parts_of(file)).of('customer')} AS part, * FROM bank"}


def by_part(engine: Engine, file: Path, out: Path) -> None:
    """Windows of all customers by an engine."""
    engine.write(out, Named("windows", windows), dealt(engine, file), ["windows"])


def by_parquet_of_spark(engine: SparkEngine, file: Path, out: Path) -> None:
    """Windows of all customers as rows, which Spark's own writer writes with the options of the engines."""
    schema = windows({"ends": parquet.read_schema(file).empty_table()}).schema
    measured = [field.name for field in schema if pa.types.is_floating(field.type)]
    as_engines = {f"parquet.enable.dictionary#{name}": "false" for name in measured}
    as_engines |= {"compression": "zstd", "parquet.compression.codec.zstd.level": "1"}
    rows = engine.rows(windows, dealt(engine, file), schema)
    rows.write.mode("overwrite").options(**as_engines).parquet(str(out / "windows"))


def in_sql(spark: Any, file: Path, out: Path) -> None:
    """Plain Spark SQL; it has no distinct count over windows but the size of a collected set."""
    spark.read.parquet(str(file)).createOrReplaceTempView("bank")
    columns = ["transaction_id", "is_credit", "customer"]
    for days in DAYS:
        for way in WAYS:
            over = f"""FILTER (WHERE {"" if way == "credit" else "NOT "}is_credit) OVER (PARTITION BY customer
                ORDER BY moment RANGE BETWEEN {days * DAY_US} PRECEDING AND 1 PRECEDING)"""
            columns += [
                f"CAST(count(*) {over} AS INT) AS count_{way}_{days}d",
                f"coalesce(sum(cents) {over}, 0) / 100 AS total_{way}_{days}d",
                f"size(collect_set(counterparty) {over}) AS distinct_{way}_{days}d",
            ]
    spark.sql(f"SELECT {', '.join(columns)} FROM bank").write.mode("overwrite").parquet(str(out / "windows"))


def check(ours: Path, expected: Path) -> None:
    """Raise where the rows of an engine are not those of one machine; a column at a time."""
    files = [sorted(folder.rglob("*.parquet")) for folder in (ours, expected)]

    def both(*names: str) -> list[pa.Table]:
        columns = list(names)
        return [
            pa.concat_tables([parquet.read_table(file, partitioning=None, columns=columns) for file in some])
            for some in files
        ]

    orders = []
    for table in both("transaction_id", "is_credit"):
        key = 2 * table["transaction_id"].to_numpy() + table["is_credit"].to_numpy()
        orders.append(np.argsort(key, kind="stable"))
    for name in parquet.read_schema(files[1][0]).names:
        one, other = (t[name].to_numpy()[order] for t, order in zip(both(name), orders, strict=True))
        if name.startswith("total"):  # the order of sums is theirs
            np.testing.assert_allclose(one, other, rtol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(one, other, err_msg=name)


def timed(run: Callable[[], None]) -> Used:
    """What one run uses."""
    clock, processor = time.perf_counter(), processor_seconds()
    run()
    return Used(time.perf_counter() - clock, processor_seconds() - processor)


def best(run: Callable[[], None]) -> Used:
    """The best of some runs after one to warm up."""
    run()
    runs = [timed(run) for _ in range(REPEATS)]
    return Used(min(one.clock for one in runs), min(one.processor for one in runs))


class Race:
    """All engines on one draw, one after the other; peaks of their processes and bytes written by engine.

    Parameters
    ----------
    is_large : clock every engine once, warmed by few payments
    """

    def __init__(
        self, spark: Any, folder: Path, transactions: int, customers: int, is_large: bool = False
    ) -> None:
        self.spark, self.folder, self.is_large = spark, folder, is_large
        self.size = {"transactions": transactions, "customers": customers}
        self.file = lay_out(transactions, customers, folder / "ends.parquet")
        self.few = lay_out(WARM_UP, customers, folder / "few.parquet")
        self.used: dict[str, Used] = {}
        self.peaks: dict[str, dict[str, int]] = {}
        self.bytes_out: dict[str, int] = {}

    def run(self, name: str, engine: Callable[[Path, Path], None], is_slow: bool = False) -> None:
        """Clock an engine, a slow one once, look at its processes and compare its answers."""
        out = self.folder / name
        if is_slow or self.is_large:
            engine(self.few, self.folder / "warm")
            shutil.rmtree(self.folder / "warm")
            self.used[name] = timed(lambda: engine(self.file, out))
        else:
            self.used[name] = best(lambda: engine(self.file, out))
        self.peaks[name] = peak_mib()
        self.bytes_out[name] = sum(file.stat().st_size for file in out.rglob("*.parquet"))
        if name != "one_machine":
            check(out, self.folder / "one_machine")
            shutil.rmtree(out)  # the disk need not hold the answers of all engines
        print(self.size, name, self.used[name], self.peaks[name], os.getloadavg()[0], flush=True)

    def on_one_machine(self) -> None:
        """Clock one process with threads."""
        self.run("one_machine", on_one_machine)

    def by_processes(self) -> None:
        """Clock the engine of DuckDB and processes."""
        with parts_engine(self.folder / "between", CORES) as engine:
            self.run("parts", partial(by_part, engine))

    def spark_engine(self, writer: Writer) -> SparkEngine:
        """Spark, where the kernel renames what it writes or Spark commits it."""
        return SparkEngine(self.spark, parts_of(self.file), self.folder / "between", writer)

    def by_spark(self, writer: Writer) -> None:
        """Clock Spark, with either writer."""
        self.run(BY_WRITER[writer], partial(by_part, self.spark_engine(writer)))

    def by_parquet_of_spark(self) -> None:
        """Clock Spark, which turns rows into Parquet itself."""
        run = partial(by_parquet_of_spark, self.spark_engine("kernel"))
        self.run("spark_parquet_writes", run, is_slow=True)

    def by_sql(self) -> None:
        """Clock plain Spark SQL."""
        self.run("spark_sql", partial(in_sql, self.spark), is_slow=True)

    def ratio(self, name: str, base: str = "one_machine") -> dict[str, float]:
        """How many times the seconds of another engine one takes, of the clock and of the processor."""
        ours, theirs = self.used[name], self.used[base]
        return {
            "clock": round(ours.clock / theirs.clock, 2),
            "processor": round(ours.processor / theirs.processor, 2),
        }

    def told(self) -> dict[str, Any]:
        """Size, seconds, processors' seconds and ratios."""
        bytes_in = self.file.stat().st_size
        return (
            self.size
            | {
                "seconds": {name: round(used.clock, 2) for name, used in self.used.items()},
                "processor_seconds": {name: round(used.processor, 2) for name, used in self.used.items()},
                "mb_in": round(bytes_in / MIB),
                "mb_out": round(self.bytes_out["parts"] / MIB),
                "parts_ratio_to_one_machine": self.ratio("parts"),
                "ratio_to_one_machine": self.ratio("spark_kernel_writes"),
                "ratio_to_one_machine_spark_commits": self.ratio("spark_commits"),
                "ratio_to_one_machine_spark_parquet_writes": self.ratio("spark_parquet_writes"),
            }
            | (self.beside_sql() if "spark_sql" in self.used else {})
        )

    def beside_sql(self) -> dict[str, Any]:
        """How many times our seconds plain Spark SQL takes."""
        return {
            "ratio_to_spark_sql": self.ratio("spark_sql", "spark_kernel_writes"),
            "ratio_to_spark_sql_spark_commits": self.ratio("spark_sql", "spark_commits"),
        }


def raced(race: Race, with_sql: bool) -> dict[str, Any]:
    """All engines; processes before Spark, where its Java machine does not run yet."""
    race.on_one_machine()
    race.by_processes()
    if race.spark is None:
        race.spark = session(f"local[{CORES},4]", "3g")
    for writer in BY_WRITER:
        race.by_spark(writer)
    race.by_parquet_of_spark()
    if with_sql:
        race.by_sql()
    return race.told() | {"peak_mb": race.peaks}


def write(result: dict[str, Any], load: float) -> None:
    """Write what is known so far, beside what an earlier run found: a run takes long."""
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    found = known | result
    found["cores"] = {"of_each_engine": CORES, "of_the_machine": os.cpu_count()}
    found["load_before_and_after"] = [round(load, 1), round(os.getloadavg()[0], 1)]
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Measure and write."""
    asked = sys.argv[1:] or ["engines", "sql", "exponent"]
    load = os.getloadavg()[0]
    with TemporaryDirectory() as name:
        spark: Any = None
        for what in asked:
            folder = Path(name) / what
            folder.mkdir()
            spark = PARTS[what](spark, folder, load)
        spark.stop()


def engines(spark: Any, folder: Path, load: float) -> Any:
    """Our engines beside one machine; the session."""
    race = Race(spark, folder, TRANSACTIONS, customers_of(TRANSACTIONS))
    write(raced(race, with_sql=False), load)
    return race.spark


def sql(spark: Any, folder: Path, load: float) -> Any:
    """The same beside plain Spark SQL, with long windows and with short ones; the session."""
    for customers in (CUSTOMERS, SPARSE_CUSTOMERS):
        race = Race(spark, folder, SQL_TRANSACTIONS, customers)
        write({f"beside_spark_sql_{customers}_customers": raced(race, with_sql=True)}, load)
        spark = race.spark
    return spark


def exponent(spark: Any, folder: Path, load: float) -> Any:
    """How seconds grow with size, of one machine and the engines by part; the session."""
    size = FACTOR * TRANSACTIONS
    race = Race(spark, folder, size, customers_of(size), is_large=True)
    race.on_one_machine()
    race.by_processes()
    race.spark = race.spark or session(f"local[{CORES},4]", "3g")
    race.by_spark("kernel")
    fewer = json.loads(RESULT.read_text(encoding="utf-8"))
    told: dict[str, Any] = {"to_transactions": size, "peak_mb": race.peaks}
    for spent, of_one in (("seconds", "clock"), ("processor_seconds", "processor")):
        told[spent] = {name: round(getattr(used, of_one), 2) for name, used in race.used.items()}
        told[f"from_{spent}"] = {name: fewer[spent][name] for name in told[spent]}
        told[of_one] = {
            name: round(math.log(more / fewer[spent][name]) / math.log(FACTOR), 2)
            for name, more in told[spent].items()
        }
    write({"exponent": told}, load)
    return race.spark


PARTS: dict[str, Callable[[Any, Path, float], Any]] = {"engines": engines, "sql": sql, "exponent": exponent}


if __name__ == "__main__":
    main()
