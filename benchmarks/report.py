"""How long the report of many cases takes to make, what memory, and how large its folder is.

Run by hand from the repository's root after a run: ``python -m benchmarks.report``; the result
goes to benchmarks/results/report.json. The run's own cases are repeated under other numbers, with
their customers renamed, until there are ``CASES`` of them; everything else is the run's. The pages
are made as the stage makes them, in one process, and are not written. Reading the run's results
counts, and so does making the metrics.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from explain.results.cases import ExplainedCase
from memory import used
from reports.evidence import Evidence
from reports.metrics import metrics
from reports.report import read_inputs, rendered

RESULT = Path("benchmarks/results/report.json")
CASES = 200
MEGABYTE = 1_000_000  # bytes


def another(case: ExplainedCase, turn: int) -> ExplainedCase:
    """The same case of other customers: its number and their names begin with another digit."""
    text = case.model_dump_json()
    for party in case.parties:
        text = text.replace(party.customer_name, f"{turn + 1}{party.customer_name[1:]}")
    case_id = f"{case.case_id[0]}{turn}{case.case_id[1:]}"
    return ExplainedCase.model_validate_json(text).model_copy(update={"case_id": case_id})


def repeated(cases: list[ExplainedCase], size: int) -> list[ExplainedCase]:
    """The cases, again and again as other ones, ``size`` of them."""

    def endless() -> Iterator[ExplainedCase]:
        turn = 0
        while True:
            yield from (another(case, turn) for case in cases) if turn else cases
            turn += 1

    return [case for case, _ in zip(endless(), range(size), strict=False)]


def with_cases(found: Evidence, size: int) -> Evidence:
    """The run's evidence with so many cases."""
    return replace(found, cases=repeated(found.cases, size))


def main() -> None:
    """Make the report once, print and write what it cost."""
    wall, processors = time.perf_counter(), time.process_time()
    own = read_inputs()
    found = with_cases(own, CASES)
    made = rendered(found, metrics(found.bank, found.truth, found.label_audit, found.experiments))
    seconds = (time.perf_counter() - wall, time.process_time() - processors)
    sizes = {name: len(text.encode()) for name, text in made.site.items()}
    of_cases = [size for name, size in sizes.items() if name.startswith("cases/")]
    result = {
        "cases": len(found.cases),
        "cases_of_the_run": len(own.cases),
        "files": len(sizes),
        "wall_seconds": round(seconds[0], 1),
        "processor_seconds": round(seconds[1], 1),
        "peak_mb": used()["peak_mb"],
        "site_mb": round(sum(sizes.values()) / MEGABYTE, 2),
        "case_page_kb": round(sum(of_cases) / len(of_cases) / 1000, 1) if of_cases else None,
    }
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
