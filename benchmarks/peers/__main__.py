"""Other people's data, told apart as they do it and strictly as of the moment; figures beside theirs.

Run by hand from the repository's root: ``make bench DATA=FOLDER`` or ``python -m benchmarks.peers
FOLDER`` with the folder that holds ``amlsim-paper/``, ``amlgentex/``, ``amlworld/``, ``saml-d/`` and
``elliptic/``, or some of them. Figures go to benchmarks/results/peers.json after every row, so that a
run cut short keeps what it has, and the page benchmarks/README.md is written from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pipeline
from benchmarks.peers import amlgentex, amlsim_paper, elliptic, page, streams

Measured = Callable[[Path], Iterator[tuple[str, dict[str, Any]]]]
RESULT = Path("benchmarks/results/peers.json")
SETS: dict[str, tuple[str, Measured]] = {
    "amlsim_paper": ("amlsim-paper", amlsim_paper.measured),
    "amlgentex": ("amlgentex", amlgentex.measured),
    "amlworld": ("amlworld", partial(streams.measured, name="amlworld")),
    "saml_d": ("saml-d", partial(streams.measured, name="saml_d")),
    "elliptic": ("elliptic", elliptic.measured),
}
KEYS = {
    "amlsim_paper_ap": ("amlsim_paper", "before_the_day", "average_precision"),
    "amlsim_paper_f1": ("amlsim_paper", "before_the_day", "f1_at_validation_threshold"),
    "amlsim_paper_end_of_day_ap": ("amlsim_paper", "end_of_day", "average_precision"),
    "amlsim_paper_end_of_day_f1": ("amlsim_paper", "end_of_day", "f1_at_validation_threshold"),
    "amlgentex_induc_ap": ("amlgentex", "induc", "average_precision"),
    "amlgentex_induc_first_time_ap": ("amlgentex", "induc_first_time", "average_precision"),
    "amlgentex_trans_ap": ("amlgentex", "trans", "average_precision"),
    "amlgentex_trans_no_spending_ap": (
        "amlgentex",
        "trans_without_spending_and_balance",
        "average_precision",
    ),
}


def with_keys(found: dict[str, Any]) -> dict[str, Any]:
    """The figures that others ask for by name, before all others."""
    named = {
        key: found[data][row][figure]["mean"]
        for key, (data, row, figure) in KEYS.items()
        if row in found.get(data, {})
    }
    return named | {data: found[data] for data in SETS if data in found}


def main() -> None:
    """Measure what the folder holds; keep the figures of sets that it does not hold."""
    folder = Path(pipeline.argument("folder of amlsim-paper, amlgentex, amlworld, saml-d, elliptic"))
    found = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    for data, (name, measured) in SETS.items():
        if not (folder / name).is_dir():
            pipeline.say(f"{name}: not in {folder}, not run")
            continue
        rows: dict[str, Any] = {}
        for row, values in measured(folder / name):
            rows[row] = values
            found[data] = rows
            pipeline.say(f"{data} {row}: {values.get('average_precision', values)}")
            RESULT.write_text(json.dumps(with_keys(found), indent=2) + "\n", encoding="utf-8")
    page.main()


if __name__ == "__main__":
    main()
