"""What it costs to measure windows by part: processes, Spark and plain Spark SQL beside one machine.

Run by hand from the repository's root: ``python -m benchmarks.spark [transactions] [factor]``; the result
goes to benchmarks/results/spark.json. Every engine reads both ends of drawn payments from one Parquet
file and writes the 18 window columns of `benchmarks.windows` to Parquet; all may use two cores. An engine
runs once to warm up (machine code, workers), then `REPEATS` times, of which the best counts; Spark SQL,
which takes minutes, is warmed by fewer payments and clocked once. The answers are compared with those of
one machine, row by row. Exponents are of the seconds from ``transactions`` to ``factor`` times as many
payments and customers.

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
from dataclasses import dataclass
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
from engines.relations import Dealing, Engine
from engines.spark import SparkEngine, Writer, session

RESULT = Path("benchmarks/results/spark.json")
TRANSACTIONS, FACTOR = 10_000_000, 4
WARM_UP = 20_000
REPEATS = 2
ENDS_A_PART = 250_000
MIB = 2**20


@dataclass(frozen=True)
class Used:
    """Seconds of the clock and of the processor."""

    clock: float
    processor: float


def lay_out(transactions: int, customers: int, file: Path) -> Path:
    """Write both ends of drawn payments."""
    ends = both_ends(draw(transactions, customers)).rename(columns={"at": "moment"})
    ends["transaction_id"] = ends["moment"]  # no two payments at one moment
    table = pa.Table.from_pandas(ends, preserve_index=False)
    parquet.write_table(table, file, compression="zstd", row_group_size=2**20)
    return file


def kernel(part: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
    """Windows of a part, as an engine calls for them."""
    return {"windows": windows_of_part(part, DAYS)}


def on_one_machine(file: Path, out: Path) -> None:
    """All customers in this process, each core a share of them."""
    out.mkdir(parents=True, exist_ok=True)
    ends = parquet.read_table(file)
    share = pa.array(ends.column("customer").to_numpy() % CORES)

    def answer(core: int) -> None:
        table = kernel({"ends": ends.filter(pc.equal(share, core))})["windows"]
        parquet.write_table(table, out / f"{core}.parquet", compression="zstd")

    on_cores(answer, CORES)


def parts_of(file: Path) -> int:
    """Into how many parts the ends of a file are dealt."""
    return math.ceil(parquet.read_metadata(file).num_rows / ENDS_A_PART)


def by_part(engine: Engine, file: Path, out: Path) -> None:
    """Windows of all customers by an engine."""
    parts = parts_of(file)
    schema = kernel({"ends": parquet.read_schema(file).empty_table()})["windows"].schema
    engine.table("bank", file)
    asked = f"SELECT {Dealing(parts).of('customer')} AS part, * FROM bank"
    engine.write(out, kernel, {"ends": asked}, {"windows": schema})


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
    """Raise where the rows of an engine are not those of one machine."""
    keys = [("transaction_id", "ascending"), ("is_credit", "ascending")]
    found, wanted = (
        pa.concat_tables(
            [parquet.read_table(file, partitioning=None) for file in sorted(folder.rglob("*.parquet"))]
        ).sort_by(keys)
        for folder in (ours, expected)
    )
    for name in wanted.column_names:
        one, other = found[name].to_numpy(), wanted[name].to_numpy()
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
    """All engines on one draw, one after the other; peaks of their processes by engine."""

    def __init__(self, spark: Any, folder: Path, transactions: int, customers: int) -> None:
        self.spark, self.folder = spark, folder
        self.size = {"transactions": transactions, "customers": customers}
        self.file = lay_out(transactions, customers, folder / "ends.parquet")
        self.used: dict[str, Used] = {}
        self.peaks: dict[str, dict[str, int]] = {}

    def run(self, name: str, engine: Callable[[Path], None], warm: Callable[[], None] | None = None) -> None:
        """Clock an engine, look at its processes and compare its answers; ``warm``: clock it once."""
        out = self.folder / name
        shutil.rmtree(out, ignore_errors=True)
        if warm is None:
            self.used[name] = best(lambda: engine(out))
        else:
            warm()
            self.used[name] = timed(lambda: engine(out))
        self.peaks[name] = peak_mib()
        if name != "one_machine":
            check(out, self.folder / "one_machine")
        print(self.size, name, self.used[name], self.peaks[name], os.getloadavg()[0], flush=True)

    def on_one_machine(self) -> None:
        """Clock one process with threads."""
        self.run("one_machine", lambda out: on_one_machine(self.file, out))

    def by_processes(self) -> None:
        """Clock the engine of DuckDB and processes."""
        with parts_engine(self.folder / "between", CORES) as engine:
            self.run("parts", lambda out: by_part(engine, self.file, out))

    def by_spark(self, writer: Writer) -> None:
        """Clock Spark, with the kernel or Spark itself as the writer."""
        engine = SparkEngine(self.spark, parts_of(self.file), writer)
        self.run(f"spark_{writer}_writes", lambda out: by_part(engine, self.file, out))

    def by_sql(self) -> None:
        """Clock plain Spark SQL, once."""
        few = lay_out(WARM_UP, self.size["customers"], self.folder / "few.parquet")
        aside = self.folder / "warm"
        self.run(
            "spark_sql",
            lambda out: in_sql(self.spark, self.file, out),
            warm=lambda: in_sql(self.spark, few, aside),
        )

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
        bytes_out = sum(file.stat().st_size for file in (self.folder / "parts").rglob("*.parquet"))
        return self.size | {
            "seconds": {name: round(used.clock, 2) for name, used in self.used.items()},
            "processor_seconds": {name: round(used.processor, 2) for name, used in self.used.items()},
            "mb_in": round(bytes_in / MIB),
            "mb_out": round(bytes_out / MIB),
            "parts_ratio_to_one_machine": self.ratio("parts"),
            "ratio_to_one_machine": self.ratio("spark_kernel_writes"),
            "ratio_to_one_machine_spark_writes": self.ratio("spark_spark_writes"),
            "ratio_to_spark_sql": self.ratio("spark_sql", "spark_kernel_writes"),
            "ratio_to_spark_sql_spark_writes": self.ratio("spark_sql", "spark_spark_writes"),
        }


def exponents(spark: Any, folder: Path, base: Race, factor: int) -> dict[str, Any]:
    """How seconds grow with size, of the engines by part."""
    size = base.size["transactions"], base.size["customers"]
    more = Race(spark, folder, factor * size[0], factor * size[1])
    more.on_one_machine()
    more.by_processes()
    more.by_spark("kernel")

    def exponent(name: str) -> float:
        return round(math.log(more.used[name].clock / base.used[name].clock) / math.log(factor), 2)

    return {
        "to_transactions": factor * size[0],
        "seconds": {name: round(used.clock, 2) for name, used in more.used.items()},
        "peak_mb": more.peaks,
    } | {name: exponent(name) for name in more.used}


def raced(race: Race) -> dict[str, Any]:
    """All engines; processes before Spark, where its Java machine does not run yet."""
    race.on_one_machine()
    race.by_processes()
    if race.spark is None:
        race.spark = session(f"local[{CORES},4]", "3g")
    race.by_spark("kernel")
    race.by_spark("spark")
    race.by_sql()
    return race.told() | {"peak_mb": race.peaks}


def write(result: dict[str, Any], load: float) -> None:
    """Write what is known so far: a run takes long."""
    result["cores"] = {"of_each_engine": CORES, "of_the_machine": os.cpu_count()}
    result["load_before_and_after"] = [round(load, 1), round(os.getloadavg()[0], 1)]
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Measure and write."""
    given = [int(word) for word in sys.argv[1:]]
    transactions, factor = given + [TRANSACTIONS, FACTOR][len(given) :]
    load = os.getloadavg()[0]
    with TemporaryDirectory() as name:
        folders = {kind: Path(name) / kind for kind in ("few", "sparse", "more")}
        for folder in folders.values():
            folder.mkdir()
        race = Race(None, folders["few"], transactions, CUSTOMERS)
        result = raced(race)
        write(result, load)
        sparse = Race(race.spark, folders["sparse"], transactions, SPARSE_CUSTOMERS)
        result["where_windows_are_short"] = raced(sparse)
        write(result, load)
        if factor > 1:
            result["exponent"] = exponents(race.spark, folders["more"], race, factor)
            write(result, load)
        race.spark.stop()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
