"""How long a study of many worlds took, from the moments at which its runs were finished.

By hand, after ``make iterate`` or ``make worlds`` in one go: ``python -m benchmarks.replays
iterations`` or ``worlds``; the result goes to benchmarks/results/replays.json, one entry a study.
A folder named after it (``artifacts/studies/iterations/<mark>``) is read in place of the newest.
Nothing is run: the folder was made as the study began, and each finished run is one file. A study
that was cut off and begun again counts the time between; the commands resume, this figure does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pipeline
from parameters import BadInput
from replays import RUNS

RESULT = Path("benchmarks/results/replays.json")
MINUTE = 60.0  # seconds
COMMAND = "python -m benchmarks.replays iterations|worlds [FOLDER]"


def took(begun: float, finished: Sequence[float]) -> dict[str, Any]:
    """Minutes of a whole study and of its runs, from seconds of one clock.

    >>> took(0.0, [60.0, 150.0])
    {'runs': 2, 'minutes': 2.5, 'least_minutes_a_run': 1.0, 'most_minutes_a_run': 1.5}
    """
    each = [(end - start) / MINUTE for start, end in pairwise([begun, *sorted(finished)])]
    if not each or min(each) <= 0:
        raise BadInput("expected runs that were finished one after the other, after the study had begun")
    return {
        "runs": len(each),
        "minutes": round(sum(each), 1),
        "least_minutes_a_run": round(min(each), 1),
        "most_minutes_a_run": round(max(each), 1),
    }


def made_at(folder: Path) -> float:
    """The second of the epoch in which a folder was made; where nobody keeps that, it is bad input."""
    words = ["stat", "--format", "%W", str(folder)]
    second = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    if second <= 0:
        raise BadInput(f"{folder}: the file system does not keep when a folder was made")
    return second


def newest(study: str) -> Path:
    """The folder of the study's latest finished run."""
    runs = sorted((pipeline.ARTIFACTS / "studies" / study).glob(f"*/{RUNS}/*.json"), key=_changed_at)
    if not runs:
        raise BadInput(f"{pipeline.ARTIFACTS}/studies/{study}: no run is finished, make {study} first")
    return runs[-1].parent.parent


def _changed_at(file: Path) -> float:
    return file.stat().st_mtime


def main(words: Sequence[str]) -> None:
    """Measure one study and keep it beside the others."""
    if not 1 <= len(words) <= 2 or words[0] not in ("iterations", "worlds"):
        raise BadInput(f"expected {COMMAND}")
    folder = Path(words[1]) if len(words) == 2 else newest(words[0])
    finished = [_changed_at(file) for file in sorted((folder / RUNS).glob("*.json"))]
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}
    known[words[0]] = took(made_at(folder), finished) | {"cores": os.cpu_count()}
    RESULT.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{words[0]}: {known[words[0]]}, kept in {RESULT}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadInput as error:
        pipeline.fail(str(error))
