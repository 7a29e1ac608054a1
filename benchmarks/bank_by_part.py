"""What it costs to measure every indicator of a bank by part, and whether the answers are the same.

Run by hand from the repository's root where the pipeline has run: ``python -m benchmarks.bank_by_part
[parts|spark|network]``; the result goes to benchmarks/results/bank_by_part.json, one entry each. The bank in
``artifacts/`` is measured once by two processes; every column is compared to the byte with what stage
``observe`` wrote, whose own seconds and memory stand beside, as the run recorded them. ``network`` has two
processes find the network features by part and compares them with those that stage ``build`` wrote.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
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
from engines.network import NetworkAsked, measure_network
from engines.network.customers import NETWORK_NAMES
from engines.network.passes import TABLE as NETWORK_TABLE
from engines.parts import parts_engine
from engines.passes import Asked, indicator_schemas, open_bank, prepare_bank, write_indicators
from engines.relations import Dealing, Engine
from engines.spark import SparkEngine, session
from features import schema as feature_schema

RESULT = Path("benchmarks/results/bank_by_part.json")
OBSERVED = Path("artifacts/runs/observe.json")
BUILT = Path("artifacts/runs/build.json")
PAYMENTS_A_PART = 400_000
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
    files = sorted(ours.glob("part-*.parquet"))
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


def measured(engine: Engine, asked: Asked, dealing: Dealing, out: Path) -> dict[str, Any]:
    """Seconds of the passes and of the indicators; rows."""
    started, used = time.perf_counter(), processor_seconds()
    prepare_bank(engine, asked, dealing)
    between, between_used = time.perf_counter(), processor_seconds()
    rows = write_indicators(engine, asked, dealing, out)
    ended, ended_used = time.perf_counter(), processor_seconds()
    return {
        "rows": dict(rows),
        "seconds": {"passes": round(between - started, 1), "indicators": round(ended - between, 1)},
        "processor_seconds": {
            "passes": round(between_used - used, 1),
            "indicators": round(ended_used - between_used, 1),
        },
        "peak_mb_of_a_process": peak_mib(),
        "mb_of_answers": mib_under(out),
    }


def by_processes(asked: Asked, dealing: Dealing, out: Path, between: Path) -> dict[str, Any]:
    """The engine of DuckDB and processes; what it put on the disk between the passes."""
    with parts_engine(between, CORES) as engine:
        return measured(engine, asked, dealing, out) | {"mb_between_passes": mib_under(between)}


def by_spark(asked: Asked, dealing: Dealing, out: Path) -> dict[str, Any]:
    """Spark, where the kernel writes; its passes are lazy and their time is in that of the indicators."""
    spark = session(f"local[{CORES},4]", "3g")
    found = measured(SparkEngine(spark, dealing.parts), asked, dealing, out)
    here = spark.sparkContext._jsc.sc().statusStore().executorSummary("driver")  # all tasks, in local mode
    shuffled = here.totalShuffleWrite()
    spark.stop()
    return found | {"mb_shuffled": round(shuffled / MIB)}


def network_by_processes(out: Path, between: Path, dealing: Dealing) -> dict[str, Any]:
    """Network features by part, from the weekly indicators of stage ``observe``."""
    asked = NetworkAsked.read()
    with parts_engine(between, CORES) as engine:
        started, used = time.perf_counter(), processor_seconds()
        open_bank(engine, asked.observe.high_risk_countries)
        rows = measure_network(engine, asked, dealing, out)
        return {
            "rows": dict(rows),
            "seconds": round(time.perf_counter() - started, 1),
            "processor_seconds": {"all": round(processor_seconds() - used, 1)},
            "peak_mb_of_a_process": peak_mib(),
            "peak_mb_of_this_process": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
            "mb_of_answers": mib_under(out),
            "mb_between_passes": mib_under(between),
        }


def differing_network(out: Path) -> list[str]:
    """Network features that are not those of the feature matrix to the byte, one at a time."""
    subjects = pipeline.read(feature_schema.Subjects, columns=["customer_id", "as_of"])
    moment, customer = subjects["as_of"].astype("int64").to_numpy(), subjects["customer_id"].to_numpy()
    order = np.lexsort((moment, customer))
    files = sorted((out / NETWORK_TABLE).glob("part-*.parquet"))
    keys = pa.concat_tables([parquet.read_table(file, columns=KEYS) for file in files])
    ours = sorted_by_keys(keys)
    for name, expected in zip(KEYS, (customer, moment), strict=True):
        np.testing.assert_array_equal(keys[name].to_numpy()[ours], expected[order])
    bad = []
    for name in NETWORK_NAMES:
        found = pa.concat_tables([parquet.read_table(file, columns=[name]) for file in files])
        wanted = parquet.read_table(pipeline.table_path(feature_schema.FeatureMatrix), columns=[name])
        one, other = (np.asarray(table[name].to_numpy()) for table in (found, wanted))
        if one[ours].tobytes() != other[order].tobytes():
            bad.append(name)
    return bad


def main() -> None:
    """Measure, compare and write."""
    name = sys.argv[1] if len(sys.argv) > 1 else "parts"
    load = os.getloadavg()[0]
    observed = json.loads(OBSERVED.read_text(encoding="utf-8"))
    payments = observed["rows_in"]["transactions"]
    asked = Asked.read()
    asked = replace(asked, params=asked.params.model_copy(update={"threads": 1}))
    dealing = Dealing(max(2 * CORES, payments // PAYMENTS_A_PART))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        if name == "network":
            observed = json.loads(BUILT.read_text(encoding="utf-8"))
            found = network_by_processes(out, Path(folder) / "between", dealing)
        elif name == "parts":
            found = by_processes(asked, dealing, out, Path(folder) / "between")
        else:
            found = by_spark(asked, dealing, out)
        bad = (
            {NETWORK_TABLE: differing_network(out)}
            if name == "network"
            else {
                table: differing(out / table, pipeline.ARTIFACTS / "data" / f"{table}.parquet")
                for table in indicator_schemas()
            }
        )
    found |= {
        "parts": dealing.parts,
        "payments": payments,
        "customers": observed["rows_in"]["customers"],
        "columns_that_differ": bad,
        "processor_seconds_a_million_payments": round(
            sum(found["processor_seconds"].values()) / (payments / 1e6), 2
        ),
        "one_process": {key: observed[key] for key in ("seconds", "cpu_seconds", "peak_mb")},
        "cores": CORES,
        "load_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)],
    }
    print(json.dumps(found, indent=2))
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(known | {name: found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
