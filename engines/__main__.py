"""Measure every indicator of the bank in ``artifacts/`` by part.

``python -m engines parts OUT`` runs processes over Parquet parts, ``python -m engines spark OUT`` Apache
Spark; both write the tables of stage ``observe`` to OUT, in files of whole parts. With ``--network`` the
network's columns of the feature matrix follow, by customer and moment, with ``--features`` the whole matrix
and the payments as tokens, with ``--scores`` also what the model that the bank's last run chose says of each.
See docs/scale.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

if not __package__:  # spark-submit runs the file, and would take the modules beside it for the rooms
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import pipeline
from data import schema
from engines.features import FeaturesAsked, ScoresAsked, measure_features
from engines.network import NetworkAsked, measure_network
from engines.parts import parts_engine
from engines.passes import Asked, measure_bank
from engines.puts import files_of
from engines.relations import Dealing, Engine
from engines.spark import spark_engine
from models.results.bank import BankView


def least(bound: int) -> Callable[[str], int]:
    """What reads a whole number that is no less than a bound."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < bound:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {bound} on")
        return int(text)

    return read


def memory(text: str) -> str:
    """An amount of memory as Spark writes it, such as 2g; DuckDB wants a B behind."""
    if not re.fullmatch(r"[1-9]\d*[mg]", text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of memory such as 2g or 800m")
    return text.lower()


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    parser.add_argument("engine", choices=("parts", "spark"))
    parser.add_argument("out", type=Path, help="folder of the answers")
    parser.add_argument("--parts", type=least(1), default=32, help="into how many parts customers are dealt")
    parser.add_argument(
        "--hub", type=least(1), default=Dealing.hub, help="most payments of a party in one piece"
    )
    parser.add_argument("--processes", type=least(0), default=2, help="of engine parts")
    parser.add_argument("--memory", type=memory, default="2g", help="of DuckDB, or of Spark's driver")
    parser.add_argument(
        "--master",
        default="local[2,4]",
        help="of Spark: cores, and attempts at a task; what spark-submit was told goes before it",
    )
    writers = "who lets answers of engine spark count; spark where nothing can be renamed"
    parser.add_argument("--writer", choices=("kernel", "spark"), default="kernel", help=writers)
    more = parser.add_mutually_exclusive_group()
    more.add_argument("--network", action="store_true", help="network features too")
    more.add_argument("--features", action="store_true", help="the feature matrix too")
    parser.add_argument("--scores", action="store_true", help="scores of the matrix too; asks for --features")
    given = parser.parse_args()
    if given.scores and given.network:
        parser.error("--scores asks for the whole matrix, --network for no more than the network's columns")
    given.features |= given.scores
    return given


def measured(engine: Engine, given: argparse.Namespace) -> dict[str, int]:
    """Write what is asked for; rows by table."""
    asked, dealing = Asked.read(), Dealing(given.parts, hub=given.hub)
    # Read first: who learns that a model cannot score by part should not have waited for the matrix.
    scores = ScoresAsked.read(pipeline.read_result(BankView).chosen.name) if given.scores else None
    asked = replace(asked, params=asked.params.model_copy(update={"threads": 1}))  # processes use the cores
    rows = dict(measure_bank(engine, asked, dealing, given.out))
    weekly = files_of(given.out / pipeline.table_name(schema.WeeklyIndicators))
    if given.network:
        rows |= measure_network(engine, NetworkAsked.read(), dealing, given.out, weekly)
    if given.features:
        rows |= measure_features(engine, FeaturesAsked.read(), dealing, given.out, weekly, scores)
    return rows


def main() -> None:
    """Run the engine that is asked for and say how many rows it wrote."""
    given = arguments()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=given.out.parent) as folder:
        between = Path(folder) / "between"
        engine: AbstractContextManager[Engine] = (
            spark_engine(given.master, given.parts, between, given.writer, given.memory)
            if given.engine == "spark"
            else parts_engine(between, given.processes, given.memory.upper() + "B")
        )
        with engine as opened:
            rows = measured(opened, given)
    for name, count in rows.items():
        print(f"{name}: {count:,} rows")


if __name__ == "__main__":
    try:
        main()
    except pipeline.BadInput as error:
        pipeline.fail(str(error))
