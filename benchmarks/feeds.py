"""A whole file in AMLworld's form read, told of and scored: seconds and peak memory; features beside polars.

Run by hand from the repository's root: ``python -m benchmarks.feeds [rows]``, on a machine that does
nothing else; from five million rows on the result goes to benchmarks/results/feeds.json and the page
benchmarks/README.md. The file is drawn by ``benchmarks.feed_form`` and deleted afterwards. Each
measurement is a process of its own, so that its peak is its own, and takes two cores.

The whole path: the file read and put in order, all columns of ``benchmarks.peers.streams`` worked out
for every payment strictly as of its moment, and every payment scored by a booster. The booster is
fitted before, on the thinned first part of the file, which is no part of the path and stands apart.

Beside polars (optional: ``pip install --target``): the small set of ``benchmarks.feed_windows`` for the
same file, in turn, the median of the turns; values of drawn payments must be equal. ExSTraQt was found as no
package to install, and its features look at the whole graph: another question.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.feed_form import write_file
from benchmarks.feed_windows import ENGINES, NAMES, Payments
from benchmarks.peers import page
from benchmarks.peers.judging import BOOSTER, ROUNDS
from benchmarks.peers.rolling import Past
from benchmarks.peers.streams import PIECE, Told, learnt_places
from benchmarks.processes import peak_kib
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US

RESULT = Path("benchmarks/results/feeds.json")
ROWS = 5_000_000
TURNS = 3
SAMPLE = 1_000  # payments whose values must be equal
CORES = 2
WARM_UP = 2_000
BYTES_OF_KIB, BYTES_OF_GB = 1024, 1e9

Figures = dict[str, Any]


def timed(work: Callable[[], Any]) -> tuple[Any, Figures]:
    """What a piece of work gives, and its seconds on the clock and of the processors."""
    clock, busy = time.perf_counter(), time.process_time()
    result = work()
    return result, {"seconds": time.perf_counter() - clock, "processor_seconds": time.process_time() - busy}


def rounded(took: Figures) -> Figures:
    """Seconds as they are written."""
    return {name: round(value, 2) for name, value in took.items()}


def added(one: Figures, other: Figures) -> Figures:
    """Seconds of two pieces of work together."""
    return {name: one[name] + other[name] for name in one}


def peak_gb() -> float:
    """The most memory that this process held."""
    return round(peak_kib() * BYTES_OF_KIB / BYTES_OF_GB, 2)


def read(path: Path) -> Ledger:
    """The file as a ledger."""
    return gather_stream(read_transactions(path, shipped("amlworld")))


def drawn(rows: int) -> tuple[np.ndarray, ...]:
    """A few payments: payer, payee, microseconds, cents."""
    rng = np.random.default_rng(0)
    payer, payee = rng.integers(0, 50, (2, rows)).astype(np.int32)
    at = np.sort(rng.integers(0, 20 * DAY_US, rows))
    return payer, payee, at, rng.integers(1, 10_000, rows)


def fit(told: Told) -> lightgbm.Booster:
    """A booster on the thinned first sixth of the file's time."""
    ledger = told.ledger
    places, weight = learnt_places(ledger, int(np.quantile(ledger.at_us, 1 / 6)))
    label = ledger.label[places] == 1
    data = lightgbm.Dataset(told.columns(places), label, weight=weight, free_raw_data=True)
    return lightgbm.train(BOOSTER | {"num_threads": CORES}, data, ROUNDS)


def whole_path(path: Path) -> Figures:
    """Read, tell and score every payment."""
    payer, payee, at, cents = drawn(WARM_UP)
    Past.of(payer, payee, at, cents / 100, 50).told(payer, payee, at, cents / 100)  # numba compiles
    ledger, reading = timed(lambda: read(path))
    peak_of_reading = peak_gb()
    told, features = timed(lambda: Told.of(ledger))
    booster, fitting = timed(lambda: fit(told))
    scoring, columns = dict.fromkeys(features, 0.0), 0
    score = np.empty(len(ledger), np.float32)
    for begin in range(0, len(ledger), PIECE):
        piece = slice(begin, begin + PIECE)
        table, took = timed(partial(told.columns, piece))
        features, columns = added(features, took), table.shape[1]
        score[piece], took = timed(partial(booster.predict, table, num_threads=CORES))
        scoring = added(scoring, took)
    assert np.isfinite(score).all()
    return {
        "rows": len(ledger),
        "accounts": len(ledger.accounts),
        "columns": columns,
        "read": rounded(reading) | {"peak_gb": peak_of_reading},
        "features": rounded(features),
        "scored": rounded(scoring),
        "read_told_and_scored": rounded(added(added(reading, features), scoring)),
        "fitted_apart": rounded(fitting),
        "features_payments_a_second": round(len(ledger) / features["seconds"]),
        "peak_gb": peak_gb(),
    }


def sampled(payments: Payments) -> np.ndarray:
    """Places of drawn payments, in order."""
    size = min(SAMPLE, len(payments))
    return np.sort(np.random.default_rng(0).choice(len(payments), size, replace=False))


def beside(engine: str, payments: Payments, values: Path) -> Figures:
    """An engine's seconds for the small set; its values of a sample go to a file of numpy's form."""
    payer, payee, at, cents = drawn(WARM_UP)
    few = payer != payee
    ENGINES[engine](Payments(payer[few], payee[few], at[few] // DAY_US, cents[few]))
    answers, took = timed(lambda: ENGINES[engine](payments))
    peak = peak_gb()
    np.save(values, answers(sampled(payments)).astype(np.int64))
    rate = round(len(payments) / took["seconds"])
    return {"payments": len(payments), **rounded(took), "payments_a_second": rate, "peak_gb": peak}


def apart(*arguments: object) -> Figures:
    """A measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.feeds", "--part", *map(str, arguments)]
    found: Figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def race(path: Path, folder: Path) -> Figures:
    """The engines in turn on the same rows, and how many times ours the other takes."""
    engines = [name for name in ENGINES if name == "ours" or importlib.util.find_spec(name)]
    turns: dict[str, list[Figures]] = {name: [] for name in engines}
    payments = folder / "payments.npz"
    np.savez(payments, **vars(Payments.of(read(path))))
    for turn in range(TURNS):
        for name in engines:
            turns[name].append(apart(name, payments, folder / f"{name}.npy"))
            print(f"turn {turn + 1}, {name}: {turns[name][-1]}", file=sys.stderr, flush=True)
    found: Figures = {"columns_an_end": len(NAMES), "turns": TURNS}
    for name, runs in turns.items():
        found[name] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    if "polars" in engines:
        ours, theirs = (np.load(folder / f"{name}.npy") for name in ("ours", "polars"))
        np.testing.assert_array_equal(ours, theirs)
        found |= {
            "equal_values": int(ours.size),
            "polars_version": importlib.metadata.version("polars"),
            "polars_to_ours": {
                key: ratios(turns["polars"], turns["ours"], key)
                for key in ("seconds", "processor_seconds", "peak_gb")
            },
        }
    return found


def ratios(theirs: list[Figures], ours: list[Figures], key: str) -> Figures:
    """How many times ours theirs are, turn by turn: the median, the least and the most."""
    of = [one[key] / max(other[key], 0.01) for one, other in zip(theirs, ours, strict=True)]
    return {"median": round(statistics.median(of), 2), "least": round(min(of), 2), "most": round(max(of), 2)}


def measured(rows: int) -> Figures:
    """All measurements of a drawn file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Drawn_Trans.csv"
        write_file(path, rows)
        found: Figures = {"bytes": path.stat().st_size, "cores": CORES, "whole": apart("whole", path)}
        return found | {"small_set": race(path, Path(folder))}


def main() -> None:
    """Measure and write, or print one part's figures."""
    if sys.argv[1:2] == ["--part"]:
        name, path, *values = sys.argv[2:]
        if name == "whole":
            part = whole_path(Path(path))
        else:
            part = beside(name, Payments(**np.load(path)), Path(*values))
        print(json.dumps(part))
        return
    rows = int(sys.argv[1]) if sys.argv[1:] else ROWS
    text = json.dumps(measured(rows), indent=2)
    print(text)
    if rows >= ROWS:
        RESULT.write_text(text + "\n", encoding="utf-8")
        page.main()


if __name__ == "__main__":
    main()
