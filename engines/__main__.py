"""Measure every indicator of the bank in ``artifacts/`` by part.

``python -m engines parts OUT`` runs processes over Parquet parts, ``python -m engines spark OUT`` Apache
Spark; both write the tables of stage ``observe`` to OUT, in files of whole parts. See docs/scale.md.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pipeline
from engines.parts import parts_engine
from engines.passes import Asked, measure_bank
from engines.relations import Dealing
from engines.spark import spark_engine


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    parser.add_argument("engine", choices=("parts", "spark"))
    parser.add_argument("out", type=Path, help="folder of the answers")
    parser.add_argument("--parts", type=int, default=32, help="into how many parts customers are dealt")
    parser.add_argument("--processes", type=int, default=2, help="of engine parts")
    parser.add_argument("--memory", default="2g", help="of DuckDB, or of Spark's driver")
    parser.add_argument("--master", default="local[2,4]", help="of Spark: cores, and attempts at a task")
    parser.add_argument("--writer", choices=("kernel", "spark"), default="kernel", help="of engine spark")
    return parser.parse_args()


def main() -> None:
    """Run the engine that is asked for and say how many rows it wrote."""
    given = arguments()
    asked = Asked.read()
    asked = replace(asked, params=asked.params.model_copy(update={"threads": 1}))  # processes use the cores
    dealing = Dealing(given.parts)
    if given.engine == "spark":
        with spark_engine(given.master, given.parts, given.writer, given.memory) as engine:
            rows = measure_bank(engine, asked, dealing, given.out)
    else:
        with (
            TemporaryDirectory(dir=given.out.parent) as between,
            parts_engine(Path(between), given.processes, given.memory.upper() + "B") as engine,
        ):
            rows = measure_bank(engine, asked, dealing, given.out)
    for name, count in rows.items():
        print(f"{name}: {count:,} rows")


if __name__ == "__main__":
    try:
        main()
    except pipeline.BadInput as error:
        pipeline.fail(str(error))
