"""What each model of the last run cost, told from the notes that the stages keep of themselves.

    python -m benchmarks.zoo

after a run writes ``benchmarks/results/zoo.json``, which the report prints. Times differ from
run to run; whoever wants them quiet runs the pipeline on a quiet machine.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from models.results.costs import ModelCost, ZooCosts
from models.zoo import MODELS

RUNS, RESULT = Path("artifacts/runs"), Path("benchmarks/results/zoo.json")


def run_of(stage: str) -> dict[str, Any]:
    """The notes of a stage's last run; empty where it has none."""
    path = RUNS / f"{stage}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def cost_of(name: str, scored_rows: int) -> ModelCost:
    """The cost of one model; what its stages did not note is empty."""
    tuned, trained, scored = run_of(f"tune@{name}"), run_of(f"train@{name}"), run_of("score")
    seconds = scored.get("parts", {}).get(name)
    return ModelCost(
        tune_seconds=tuned.get("seconds"),
        fit_seconds=trained.get("parts", {}).get("fit", trained.get("seconds")),
        peak_mb=trained.get("peak_mb"),
        rows_per_second=round(scored_rows / seconds) if seconds else None,
    )


def main() -> None:
    """Write the costs of every model of the zoo."""
    scored = run_of("score")
    models = len(scored.get("parts", {}))
    # The rules and the stack have scores as well.
    rows = scored["rows_out"]["scores"] // (models + 2) if models else 0
    found = ZooCosts(
        cores=os.cpu_count() or 1,
        customers=run_of("simulate").get("rows_out", {}).get("customers", 0),
        scored_rows=rows,
        models={name: cost_of(name, rows) for name in MODELS},
    )
    text = json.dumps(found.model_dump(mode="json"), indent=2, sort_keys=True)
    RESULT.write_text(f"{text}\n", encoding="utf-8")
    print(RESULT)


if __name__ == "__main__":
    main()
