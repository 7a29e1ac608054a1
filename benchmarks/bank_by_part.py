"""What it costs to measure a bank by part, and whether the answers are the same.

Run by hand from the repository's root where the pipeline has run: ``python -m benchmarks.bank_by_part
[NAME [FOLDER]]`` with a name of `MEASUREMENTS`, and the folder of a bank of `benchmarks.few_customers` where
not the whole bank is meant; the result goes to benchmarks/results/bank_by_part.json, one entry each. The bank
is measured once by two processes, or by Spark with two cores; every column is compared to the byte with what
the stages ``observe`` and ``build`` wrote, whose own seconds and memory stand beside, as the run recorded
them. Stage ``build`` finds all other features as well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import pipeline
from benchmarks.processes import peak_mib, processor_seconds
from benchmarks.windows import CORES
from engines.features import FeaturesAsked
from engines.features.passes import prepare_features, write_features, write_lines
from engines.network import NetworkAsked, measure_network
from engines.network.customers import NETWORK_NAMES
from engines.network.passes import TABLE as NETWORK_TABLE
from engines.parts import parts_engine
from engines.passes import Asked, deal_customers, indicator_schemas, open_bank, prepare_bank, write_indicators
from engines.puts import files_of
from engines.relations import Dealing, Engine
from engines.session import session
from engines.spark import SparkEngine
from features import schema as feature_schema

RESULT = Path("benchmarks/results/bank_by_part.json")
OBSERVED = Path("artifacts/runs/observe.json")
BUILT = Path("artifacts/runs/build.json")
PAYMENTS_A_PART = 400_000
MEMORY = "3g"  # of Spark's Java machine, which in local mode is the executor too
MIB = 2**20
KEYS = ["customer_id", "as_of"]


def mib_under(folder: Path) -> int:
    """Size of all files under a folder."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MIB)


def sorted_by_keys(table: pa.Table) -> np.ndarray:
    """Row numbers in order of customer and moment."""
    customer, moment = (table.column(name).cast(pa.int64(), safe=False).to_numpy() for name in KEYS)
    return np.lexsort((moment, customer))


def differing(ours: Path, expected: Path) -> list[str]:
    """Columns that are not the same to the byte, read one at a time."""
    files = files_of(ours)
    names = parquet.read_schema(expected).names

    def column(name: str) -> tuple[np.ndarray, np.ndarray]:
        found = pa.concat_tables([parquet.read_table(file, columns=[name]) for file in files])
        wanted = parquet.read_table(expected, columns=[name])
        one, other = (np.asarray(table.column(name).to_numpy()) for table in (found, wanted))
        return one, other

    orders = [
        sorted_by_keys(pa.concat_tables([parquet.read_table(file, columns=KEYS) for file in files])),
        sorted_by_keys(parquet.read_table(expected, columns=KEYS)),
    ]
    bad = []
    for name in names:
        one, other = column(name)
        if len(one) != len(other) or one[orders[0]].tobytes() != other[orders[1]].tobytes():
            bad.append(name)
    return bad


class Clock:
    """Seconds of the clock and of the processor since it was last asked, by what was done."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor_seconds: dict[str, float] = {}
        self._since = time.perf_counter(), processor_seconds()

    def done(self, name: str) -> None:
        """Call what has just been done by its name."""
        now = time.perf_counter(), processor_seconds()
        both = self.seconds, self.processor_seconds
        for spent, then, since in zip(both, now, self._since, strict=True):
            spent[name] = round(then - since, 1)
        self._since = now


def find_indicators(engine: Engine, dealing: Dealing, out: Path, clock: Clock) -> dict[str, int]:
    """All indicators by part; rows by table."""
    asked = Asked.read()
    asked = replace(asked, params=asked.params.model_copy(update={"threads": 1}))
    prepare_bank(engine, asked, dealing)
    clock.done("passes")
    rows = write_indicators(engine, asked, dealing, out)
    clock.done("indicators")
    return dict(rows)


def differing_indicators(out: Path) -> dict[str, list[str]]:
    """Columns of both tables that are not those of stage ``observe`` to the byte."""
    data = pipeline.ARTIFACTS / "data"
    return {table: differing(out / table, data / f"{table}.parquet") for table in indicator_schemas()}


def find_network(engine: Engine, dealing: Dealing, out: Path, clock: Clock) -> dict[str, int]:
    """Network features by part, from the weekly indicators of stage ``observe``; rows by table."""
    asked = NetworkAsked.read()
    open_bank(engine, asked.observe.high_risk_countries)
    rows = measure_network(engine, asked, dealing, out)
    clock.done("network")
    return dict(rows)


def find_features(engine: Engine, dealing: Dealing, out: Path, clock: Clock) -> dict[str, int]:
    """The feature matrix and the lines of payments by part, likewise; rows by table."""
    open_bank(engine, NetworkAsked.read().observe.high_risk_countries)
    deal_customers(engine, dealing)
    return find_more_features(engine, dealing, out, clock)


def find_more_features(engine: Engine, dealing: Dealing, out: Path, clock: Clock) -> dict[str, int]:
    """The same in an engine that has found the indicators: the bank is open and dealt, as by one command."""
    asked = FeaturesAsked.read()
    prepare_features(engine, asked, dealing)
    clock.done("passes of features")
    rows = dict(write_features(engine, asked, dealing, out))
    rows.update(write_lines(engine, asked, out))
    clock.done("features")
    return rows


def gathered(folder: Path, names: list[str]) -> pa.Table:
    """Columns of a table that was written by part."""
    return pa.concat_tables([parquet.read_table(file, columns=names) for file in files_of(folder)])


def bytes_of_feature(values: np.ndarray) -> bytes:
    """Bytes of a feature; a missing value may have a sign where a kernel left it, and has none in a file."""
    return np.where(np.isnan(values), np.nan, values).astype(values.dtype).tobytes()


def differing_from_matrix(folder: Path, names: list[str]) -> list[str]:
    """Features that are not those of the feature matrix to the byte, one at a time."""
    subjects = pipeline.read(feature_schema.Subjects, columns=KEYS)
    moment, customer = subjects["as_of"].astype("int64").to_numpy(), subjects["customer_id"].to_numpy()
    order = np.lexsort((moment, customer))
    keys = gathered(folder, KEYS)
    ours = sorted_by_keys(keys)
    for name, expected in zip(KEYS, (customer, moment), strict=True):
        np.testing.assert_array_equal(keys[name].cast(pa.int64()).to_numpy()[ours], expected[order])
    bad = []
    for name in names:
        wanted = parquet.read_table(pipeline.table_path(feature_schema.FeatureMatrix), columns=[name])
        one, other = (np.asarray(table[name].to_numpy()) for table in (gathered(folder, [name]), wanted))
        if bytes_of_feature(one[ours]) != bytes_of_feature(other[order]):
            bad.append(name)
    return bad


def differing_network(out: Path) -> dict[str, list[str]]:
    """Network features that are not those of the feature matrix."""
    return {NETWORK_TABLE: differing_from_matrix(out / NETWORK_TABLE, NETWORK_NAMES)}


def differing_features(out: Path) -> dict[str, list[str]]:
    """Columns of the feature matrix and of the tokens that are not those of stage ``build``."""
    matrix, tokens = (
        pipeline.table_name(table) for table in (feature_schema.FeatureMatrix, feature_schema.Sequences)
    )
    names = parquet.read_schema(pipeline.table_path(feature_schema.FeatureMatrix)).names[1:]
    written = pipeline.table_path(feature_schema.Sequences)
    order = np.argsort(gathered(out / tokens, KEYS[:1])[KEYS[0]].to_numpy(), kind="stable")
    bad = []
    for name in parquet.read_schema(written).names:
        found, wanted = gathered(out / tokens, [name]), parquet.read_table(written, columns=[name])
        one, other = (np.asarray(table[name].to_numpy()) for table in (found, wanted))
        if one[order].tobytes() != other.tobytes():
            bad.append(name)
    return {matrix: differing_from_matrix(out / matrix, names), tokens: bad}


@dataclass(frozen=True)
class Work:
    """What is found, in what it differs from what a stage wrote, and the stage's record of itself."""

    find: Callable[[Engine, Dealing, Path, Clock], dict[str, int]]
    differing: Callable[[Path], dict[str, list[str]]]
    recorded: Path


@contextmanager
def by_processes(between: Path, parts: int) -> Iterator[tuple[Engine, Callable[[], dict[str, int]]]]:  # noqa: ARG001
    """The engine of DuckDB and processes; what is to be told of it beside what is told of each."""
    with parts_engine(between, CORES) as engine:
        yield engine, dict


@contextmanager
def by_spark(between: Path, parts: int) -> Iterator[tuple[Engine, Callable[[], dict[str, int]]]]:
    """Spark, where the kernel writes. What it computes lazily is in the seconds of what asked for it."""
    spark = session(f"local[{CORES},4]", MEMORY)
    engine = SparkEngine(spark, parts, between)

    def shuffled() -> dict[str, int]:
        here = (
            spark.sparkContext._jsc.sc().statusStore().executorSummary("driver")
        )  # all tasks, in local mode
        return {"mb_shuffled": round(here.totalShuffleWrite() / MIB)}

    try:
        yield engine, shuffled
    finally:
        engine.close()
        spark.stop()


Opened = Callable[[Path, int], AbstractContextManager[tuple[Engine, Callable[[], dict[str, int]]]]]
INDICATORS = Work(find_indicators, differing_indicators, OBSERVED)
NETWORK = Work(find_network, differing_network, BUILT)
FEATURES = Work(find_features, differing_features, BUILT)
MORE = replace(FEATURES, find=find_more_features)
MEASUREMENTS: dict[str, tuple[Opened, tuple[Work, ...]]] = {
    "parts": (by_processes, (INDICATORS,)),
    "network": (by_processes, (NETWORK,)),
    "features": (by_processes, (FEATURES,)),
    "spark": (by_spark, (INDICATORS,)),
    "spark_network": (by_spark, (NETWORK,)),
    "spark_both": (by_spark, (INDICATORS, NETWORK)),
    "spark_features": (by_spark, (FEATURES,)),
    "all": (by_processes, (INDICATORS, MORE)),
    "spark_all": (by_spark, (INDICATORS, MORE)),
}


def measured(opened: Opened, works: tuple[Work, ...], dealing: Dealing) -> dict[str, Any]:
    """Rows, seconds, memory and disk of some works in one engine, and what differs."""
    with TemporaryDirectory() as folder:
        out, between = Path(folder) / "out", Path(folder) / "between"
        rows: dict[str, int] = {}
        with opened(between, dealing.parts) as (engine, more):
            clock = Clock()
            for work in works:
                rows |= work.find(engine, dealing, out, clock)
            found = {
                "rows": rows,
                "seconds": clock.seconds,
                "processor_seconds": clock.processor_seconds,
                "peak_mb_of_a_process": peak_mib(),
                "peak_mb_of_this_process": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
                "mb_of_answers": mib_under(out),
                "mb_between_passes": mib_under(between),
                **more(),
            }
        bad: dict[str, list[str]] = {}
        for work in works:
            bad |= work.differing(out)
    return found | {"columns_that_differ": bad}


def main() -> None:
    """Measure, compare and write."""
    name = sys.argv[1] if len(sys.argv) > 1 else "parts"
    opened, works = MEASUREMENTS[name]
    result = RESULT.resolve()
    if len(sys.argv) > 2:
        os.chdir(sys.argv[2])  # artifacts and parameters are looked for where one stands
        name = f"{name}_of_few"
    load = os.getloadavg()[0]
    recorded = [json.loads(work.recorded.read_text(encoding="utf-8")) for work in works]
    bank = json.loads(OBSERVED.read_text(encoding="utf-8"))["rows_in"]
    payments = bank["transactions"]
    dealing = Dealing(max(2 * CORES, payments // PAYMENTS_A_PART))
    found = measured(opened, works, dealing)
    used = sum(found["processor_seconds"].values())
    alone = {key: round(sum(each[key] for each in recorded), 1) for key in ("seconds", "cpu_seconds")}
    found |= {
        "parts": dealing.parts,
        "payments": payments,
        "customers": bank["customers"],
        "processor_seconds_a_million_payments": round(used / (payments / 1e6), 2),
        "one_process": alone | {"peak_mb": max(each["peak_mb"] for each in recorded)},
        "times_one_process": {
            "clock": round(sum(found["seconds"].values()) / alone["seconds"], 2),
            "processor": round(used / alone["cpu_seconds"], 2),
        },
        "cores": CORES,
        "load_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)],
    }
    print(json.dumps(found, indent=2))
    known = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
    result.write_text(json.dumps(known | {name: found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
