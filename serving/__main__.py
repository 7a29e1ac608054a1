"""Start the service: ``python -m serving --model artifacts --store serving.duckdb``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pipeline
from parameters import BadInput
from serving.ledger import FACTS
from serving.score_file import model_for, named_customers, read_engine
from serving.settings import SETTINGS_FILE, read_settings
from serving.store import TransactionStore


def command() -> argparse.ArgumentParser:
    """What may stand on the command line."""
    parser = argparse.ArgumentParser(prog="python -m serving", description="Alerts for posted transactions.")
    parser.add_argument(
        "--model", type=Path, default=pipeline.ARTIFACTS, help="folder of a run or of a saved model"
    )
    parser.add_argument(
        "--store", type=Path, default=Path("serving.duckdb"), help="DuckDB file, made if missing"
    )
    parser.add_argument("--customers", type=Path, help="text file with the accounts to look at, one a line")
    parser.add_argument("--settings", type=Path, default=SETTINGS_FILE, help="what the service allows")
    parser.add_argument("--port", type=int, help="instead of serving/settings.yaml: service.port")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped; a fault of the input is one sentence and exit code 2."""
    given = command().parse_args(arguments)
    try:
        import uvicorn

        from serving.app import service
    except ImportError as error:
        pipeline.fail(f"{error.name} is missing: pip install -r requirements.lock, or the extra 'serve'")
    try:
        settings, engine, wanted = (
            read_settings(given.settings),
            read_engine(),
            named_customers(given.customers),
        )
        model = model_for(given.model, frozenset(FACTS), engine, settings)
        limits = settings.service
        store = TransactionStore(given.store, limits.most_stored, limits.zone_hours, wanted)
    except BadInput as error:
        pipeline.fail(str(error))
    # One process: DuckDB lets no other one in, not even to read.
    app = service(store, model, engine, settings)
    uvicorn.run(app, host=limits.host, port=given.port or limits.port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
