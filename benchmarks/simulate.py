"""How fast the world is drawn and settled, beside graphfaker's fraud generator.

Run by hand from the repository's root: ``python -m benchmarks.simulate``; the result goes
to benchmarks/results/simulate.json. Both generators run in this process, one after the
other, on the same machine; times are of drawing (and, ours, settling in the ledger with
balances), without writing files. graphfaker is optional, installed without its own pins
(``pip install --no-deps graphfaker==1.4.0 polars polars-runtime-32 faker wikipedia``);
without it its figures are null. The large world runs in a process of its own, which also
writes its files, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import console
import pipeline
from data.world.lives import lives
from data.world.population import draw_population
from data.world.schemes import draw_schemes
from data.world.settings import Params, calendar_of
from data.world.stretches import stretches

RESULT = Path("benchmarks/results/simulate.json")
SIZES = (1e6, 3e6, 1e7, 3e7)
WARM_UP = 2_000  # customers
LOOKS_EVERY_SECONDS = 0.5  # at the memory of the large world
GRAPHFAKER_SCALES = (0.011, 0.033)  # about 1 and 3 million transactions
GRAPHFAKER_PAYMENTS = ("PAYS", "TRANSFERS", "WIRES")


def run_ours(base: Params, customers: int) -> dict[str, float]:
    """Draw and settle a world of so many customers; schemes grow with them."""
    share = customers / base.customers
    schemes = max(round(base.schemes_per_typology * share), 1)
    params = base.model_copy(update={"customers": customers, "schemes_per_typology": schemes})
    started = time.perf_counter()
    calendar = calendar_of(params)
    world = draw_population(params.seed, customers, params.cities, params.dormant_share, calendar)
    drawn = lives(world, calendar, params.seed, calendar.stretches(params.stretch_days))
    scenes = draw_schemes(world, calendar, params)
    settled = stretches(world, calendar, scenes, params, drawn)
    count = sum(int(stretch.settled.sum()) for stretch in settled)
    seconds = time.perf_counter() - started
    return {"transactions": count, "seconds": round(seconds, 3), "per_second": round(count / seconds)}


def run_graphfaker(scale: float) -> dict[str, float] | None:
    """Run graphfaker's fraud domain at a scale, in this process."""
    try:
        from graphfaker.domains import get
    except ImportError:
        return None
    started = time.perf_counter()
    made = get("fraud").run(seed=1, workers=1, scale=scale, hardness="medium", period_days=90)
    seconds = time.perf_counter() - started
    count = sum(len(made.tables.edges[kind]) for kind in GRAPHFAKER_PAYMENTS)
    return {"transactions": count, "seconds": round(seconds, 3), "per_second": round(count / seconds)}


def run_large() -> dict[str, float]:
    """The whole stage on the large world in a scratch copy: seconds, rows and peak memory."""
    scratch = Path(tempfile.mkdtemp(prefix="aml-large-"))
    console.copy_sources(scratch)
    console.lay_over(scratch / "params.yaml", Path("params.large.yaml"))
    stage = subprocess.Popen([sys.executable, "-m", "data.simulate"], cwd=scratch)
    peak_kb = 0
    while stage.poll() is None:
        peak_kb = max(peak_kb, memory_kb(stage.pid))
        time.sleep(LOOKS_EVERY_SECONDS)
    if stage.returncode:
        raise SystemExit(stage.returncode)
    run = json.loads((scratch / "artifacts/runs/simulate.json").read_text(encoding="utf-8"))
    shutil.rmtree(scratch)
    return {
        "transactions": run["rows_out"]["transactions"],
        "seconds": run["seconds"],
        "peak_gb": round(peak_kb / 1024**2, 2),
    }


def memory_kb(process: int) -> int:
    """Memory of a process and of those that it began, pages that they share counted once (Linux)."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0
    own = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(memory_kb(int(child)) for child in children)


def main() -> None:
    """Measure and write."""
    base = pipeline.params("simulate", Params)
    per_customer = run_ours(base, WARM_UP)["transactions"] / WARM_UP
    ours = [run_ours(base, round(size / per_customer)) for size in SIZES]
    theirs = [run_graphfaker(scale) for scale in GRAPHFAKER_SCALES]
    logs = np.log([[row["transactions"], row["seconds"]] for row in ours])
    exponent = float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0])
    result: dict[str, Any] = {
        "ours": ours,
        "graphfaker_1_4_0": theirs,
        "transactions_per_second": min(row["per_second"] for row in ours),
        "ratio_to_graphfaker": None,
        "exponent": round(exponent, 3),
        "peak_gb_of_this_process": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }
    found = [row["per_second"] for row in theirs if row]
    if found:
        result["ratio_to_graphfaker"] = round(result["transactions_per_second"] / max(found), 2)
    large = run_large()
    result |= {"large": large, "large_peak_gb": large["peak_gb"]}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
