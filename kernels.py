"""Compile the numba kernels before anything needs them, on both cores.

Stages follow each other, and each would compile its own while the other core waits. Here
the kernels are used on the smallest bank: those of observe beside those of build. numba keeps
the machine code beside the source, and every later run finds it: observe begins with the kernels
of the past, which build needs as well and asks for last.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

import pipeline
from check import laid_over
from data import observe, schema
from data.indicators import INDICATORS
from features import build
from parameters import read_yaml, write_yaml

SOURCES = Path(__file__).resolve().parent
COMPILED = SOURCES / "__pycache__" / "kernels.compiled"  # its time is that of the last compilation
TINY = {
    "source_path": str(pipeline.PARAMS_FILE),
    "simulate": {"customers": 300, "schemes_per_typology": 1, "look_alikes_per_scheme": 1},
}


def compile_all() -> None:
    """Use every kernel once, in a scratch folder, unless none was written since the last time."""
    since = COMPILED.stat().st_mtime if COMPILED.exists() else 0.0
    if not any(
        _is_newer(source, since) for room in pipeline.ROOMS for source in (SOURCES / room).rglob("*.py")
    ):
        return
    with tempfile.TemporaryDirectory(prefix="aml-kernels-") as scratch:
        values = laid_over(read_yaml(SOURCES / pipeline.PARAMS_FILE), TINY)
        write_yaml(Path(scratch) / pipeline.PARAMS_FILE, values)
        _run(scratch, "data.simulate")
        with ThreadPoolExecutor(2) as side_by_side:
            halves = [side_by_side.submit(_run, scratch, "kernels", half) for half in HALVES]
            for done in halves:
                done.result()
    COMPILED.parent.mkdir(exist_ok=True)
    COMPILED.touch()


def _is_newer(source: Path, since: float) -> bool:
    """Whether a module has kernels and was written after a moment."""
    return source.stat().st_mtime > since and "@njit" in source.read_text(encoding="utf-8")


def _run(folder: str, module: str, *words: str) -> None:
    """Run a module in ``folder``, with the code that stands here."""
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def use_observe() -> None:
    """Observe the bank that was simulated."""
    observe.main()


def use_build() -> None:
    """Build features of it."""
    tables_for_build()
    build.main()


HALVES = {"observe": use_observe, "build": use_build}


def moments_of_customers() -> pd.DataFrame:
    """Every customer at the beginning of every period: customer_id and as_of, in this order."""
    customers = pipeline.read(schema.Customers, columns=["customer_id", "joined_at"])
    starts = pipeline.read(schema.Periods)["starts_at"].rename("as_of")
    both = customers.merge(starts, how="cross").query("joined_at < as_of").drop(columns="joined_at")
    return both.sort_values(["customer_id", "as_of"], kind="stable", ignore_index=True)


def tables_for_build() -> None:
    """Write what build reads of the stages between, without waiting for them: its kernels ask no more."""
    weekly = moments_of_customers()
    measured = pd.DataFrame(1.0, index=weekly.index, columns=list(INDICATORS))
    pipeline.write(schema.WeeklyIndicators, pd.concat([weekly, measured], axis=1))
    pipeline.write(schema.Dispositions, schema.Dispositions.empty())


if __name__ == "__main__":
    gc.disable()  # the compiler makes millions of objects, and looking through them is a tenth of its time
    HALVES[sys.argv[1]]()
