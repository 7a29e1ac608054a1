"""A whole file in AMLworld's form read, told of and scored: seconds, peak memory, beside polars.

Run by hand from the repository's root: ``python -m benchmarks.feeds [rows]``; the result goes to
benchmarks/results/feeds.json, from five million rows on. The file is drawn by
``benchmarks.feed_form`` and deleted afterwards. A model fitted on the thinned first part scores every
payment; its fitting is not part of the path and stands apart. Each measurement is a process of its
own, so that its peak is its own.

polars is optional (``pip install --target``). It answers by windows, in days and strictly before the
payment, the counts and sums of what both ends made and got; ours answers all of its columns, so that
beside payments a second stand columns of payments a second. Seconds on the clock and of the
processors stand apart: on a shared machine only the latter compare.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa

from benchmarks.feed_form import write_file
from benchmarks.peers.judging import BOOSTER, ROUNDS
from benchmarks.peers.rolling import WINDOWS, Past
from benchmarks.peers.streams import PIECE, Told, learnt_places
from data.feeds import Ledger, gather_stream, read_transactions, shipped

RESULT = Path("benchmarks/results/feeds.json")
ROWS = 5_000_000
ROWS_BESIDE = 1_000_000  # of the file that polars answers, as it holds more in memory
CORES = 2
WARM_UP = 2_000
GIB = 2**30

Figures = dict[str, Any]


def timed(work: Callable[[], Any]) -> tuple[Any, Figures]:
    """What a piece of work gives, and its seconds on the clock and of the processors."""
    clock, busy = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": round(time.perf_counter() - clock, 1),
        "processor_seconds": round(time.process_time() - busy, 1),
    }


def peak_gib() -> float:
    """The most memory that this process held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB, 2)


def read(path: Path, most: int | None = None) -> Ledger:
    """The file as a ledger, or its first rows."""
    stream = read_transactions(path, shipped("amlworld"))
    return gather_stream(stream) if most is None else gather_stream(_first(stream, most))


def _first(stream: Iterable[pa.Table], most: int) -> Iterator[pa.Table]:
    rows = 0
    for table in stream:
        yield table.slice(0, most - rows)
        rows += len(table)
        if rows >= most:
            return


def warmed_up() -> None:
    """Compile the kernels, so that no measurement holds it."""
    rng = np.random.default_rng(0)
    payer, payee = rng.integers(0, 50, WARM_UP), rng.integers(0, 50, WARM_UP)
    at = np.sort(rng.integers(0, 10**12, WARM_UP))
    amount = rng.random(WARM_UP) * 100 + 1
    ends = payer.astype(np.int32), payee.astype(np.int32)
    Past.of(*ends, at, amount, 50).told(*ends, at, amount)


def fit(told: Told) -> lightgbm.Booster:
    """A booster on the thinned first sixth of the file's time."""
    ledger = told.ledger
    places, weight = learnt_places(ledger, int(np.quantile(ledger.at_us, 1 / 6)))
    label = ledger.label[places] == 1
    data = lightgbm.Dataset(told.columns(places), label, weight=weight, free_raw_data=True)
    return lightgbm.train(BOOSTER | {"num_threads": CORES}, data, ROUNDS)


def whole_path(path: Path) -> Figures:
    """Read, tell and score every payment; peak memory of the process."""
    warmed_up()
    ledger, reading = timed(lambda: read(path))
    after_reading = peak_gib()
    told, preparing = timed(lambda: Told.of(ledger))
    booster, fitting = timed(lambda: fit(told))
    telling, scoring, columns = dict.fromkeys(preparing, 0.0), dict.fromkeys(preparing, 0.0), 0
    score = np.empty(len(ledger), np.float32)
    for begin in range(0, len(ledger), PIECE):
        piece = slice(begin, begin + PIECE)
        table, took = timed(partial(told.columns, piece))
        telling = {name: telling[name] + took[name] for name in took}
        columns = table.shape[1]
        score[piece], took = timed(partial(booster.predict, table, num_threads=CORES))
        scoring = {name: scoring[name] + took[name] for name in took}
    features = {name: preparing[name] + telling[name] for name in preparing}
    total = {name: round(reading[name] + features[name] + scoring[name], 1) for name in features}
    return {
        "rows": len(ledger),
        "accounts": len(ledger.accounts),
        "columns": columns,
        "read": reading | {"peak_gib": after_reading},
        "features": {name: round(value, 1) for name, value in features.items()},
        "scored": {name: round(value, 1) for name, value in scoring.items()},
        "read_told_and_scored": total,
        "fitted_apart": fitting,
        "payments_a_second": rates(len(ledger), columns, features),
        "peak_gib": peak_gib(),
    }


def rates(rows: int, columns: int, took: Figures) -> Figures:
    """Payments, and columns of payments, a second on the clock and a second of two processors."""
    clock, busy = took["seconds"], took["processor_seconds"] / CORES
    return {
        "on_the_clock": round(rows / clock),
        "by_processors": round(rows / busy),
        "columns_by_processors": round(rows * columns / busy),
    }


def ours_beside(path: Path) -> Figures:
    """All columns of the first rows, by ours."""
    warmed_up()
    ledger = read(path, ROWS_BESIDE)

    def work() -> int:
        told = Told.of(ledger)
        return max(told.columns(slice(k, k + PIECE)).shape[1] for k in range(0, len(ledger), PIECE))

    columns, took = timed(work)
    return {"columns": columns, **took, **rates(len(ledger), columns, took), "peak_gib": peak_gib()}


def polars_beside(path: Path) -> Figures:
    """Counts and sums of both ends by window of the same rows, by polars' rolling groups."""
    import polars as pl

    ledger = read(path, ROWS_BESIDE)
    rows = pl.DataFrame(
        {
            "row": np.arange(len(ledger)),
            "payer": ledger.payer,
            "payee": ledger.payee,
            "at": ledger.at_us.astype("datetime64[us]"),
            "amount": ledger.cents / 100,
        }
    )

    def of_side(end: str, way: str) -> pl.DataFrame:
        """What each payment's ``end`` made (as payer) or got (as payee) before it."""
        events = rows.select(pl.col(way).alias("party"), "at", "amount", pl.lit(-1).alias("asks"))
        asked = rows.select(
            pl.col(end).alias("party"),
            "at",
            pl.lit(0.0).alias("amount"),
            pl.col("row").cast(pl.Int32).alias("asks"),
        )
        both = pl.concat([events, asked]).sort("party", "at")
        is_event = (pl.col("asks") < 0).cast(pl.Int32)
        windows = [
            what.rolling_sum_by("at", window_size=f"{days}d", closed="left")
            .over("party")
            .alias(f"{name}_{days}")
            for days in WINDOWS
            for name, what in (("count", is_event), ("sum", pl.col("amount")))
        ]
        told = both.lazy().with_columns(windows).filter(pl.col("asks") >= 0).sort("asks").collect()
        return told.drop("party", "at", "amount", "asks")

    def work() -> int:
        return sum(of_side(end, way).width for end in ("payer", "payee") for way in ("payer", "payee"))

    columns, took = timed(work)
    return {
        "columns": columns, **took, **rates(len(ledger), columns, took), "peak_gib": peak_gib(),
        "version": pl.__version__,
    }  # fmt: skip


PARTS = {"whole": whole_path, "ours": ours_beside, "polars": polars_beside}


def apart(part: str, path: Path) -> Figures:
    """A measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.feeds", "--part", part, str(path)]
    found: Figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def measured(rows: int) -> Figures:
    """All measurements of a drawn file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Drawn_Trans.csv"
        write_file(path, rows)
        found: Figures = {"bytes": path.stat().st_size, "cores": CORES, "whole": apart("whole", path)}
        beside: Figures = {"rows": min(rows, ROWS_BESIDE), "ours": apart("ours", path)}
        if importlib.util.find_spec("polars"):
            beside["polars"] = apart("polars", path)
            per = "columns_by_processors"
            beside["ours_to_polars_columns_by_processors"] = round(
                beside["ours"][per] / beside["polars"][per], 2
            )
        return found | {"beside": beside}


def main() -> None:
    """Measure and write, or print one part's figures."""
    if sys.argv[1:2] == ["--part"]:
        print(json.dumps(PARTS[sys.argv[2]](Path(sys.argv[3]))))
        return
    rows = int(sys.argv[1]) if sys.argv[1:] else ROWS
    found = measured(rows)
    text = json.dumps(found, indent=2)
    print(text)
    if rows >= ROWS:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
