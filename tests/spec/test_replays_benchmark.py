"""How long a study took is told by the moments at which its runs were finished."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from benchmarks import replays
from parameters import BadInput
from replays import RUNS


def test_minutes_are_those_between_the_begin_and_the_runs_in_order_of_time() -> None:
    found = replays.took(1_000.0, [1_000.0 + 60 * minute for minute in (9, 2, 5)])
    assert found == {"runs": 3, "minutes": 9.0, "least_minutes_a_run": 2.0, "most_minutes_a_run": 4.0}


@pytest.mark.parametrize("finished", [[], [900.0], [1_060.0, 1_060.0]])
def test_runs_that_tell_no_time_are_refused(finished: list[float]) -> None:
    with pytest.raises(BadInput, match="finished one after the other"):
        replays.took(1_000.0, finished)


def test_the_newest_folder_of_a_study_is_measured_and_other_studies_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    replays.RESULT.parent.mkdir(parents=True)
    replays.RESULT.write_text('{"worlds": {"runs": 5}}', encoding="utf-8")
    now = time.time()
    for mark, minutes in (("older", (1, 2)), ("newer", (3, 5))):
        runs = tmp_path / "artifacts/studies/iterations" / mark / RUNS
        runs.mkdir(parents=True)
        for minute in minutes:
            (runs / f"{minute}.json").touch()
            os.utime(runs / f"{minute}.json", (now + 60 * minute, now + 60 * minute))
    monkeypatch.setattr(replays, "made_at", lambda folder: now if folder.name == "newer" else 0.0)
    replays.main(["iterations"])
    kept = json.loads(replays.RESULT.read_text(encoding="utf-8"))
    assert kept["worlds"] == {"runs": 5}
    assert (kept["iterations"]["runs"], kept["iterations"]["minutes"]) == (2, 5.0)
    with pytest.raises(BadInput, match="make worlds first"):
        replays.main(["worlds"])
