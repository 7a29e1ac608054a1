"""A business person changes one threshold: what runs again, and what comes out differently."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import console
from tests.pipeline.conftest import small_params

CHANGED = "R34"  # money passed on but for a commission: among the first in the alerts of the tests' world
RULEBOOK = Path("data/rules/rulebook.yaml")
UPSTREAM = ("simulate", "observe")
DOWNSTREAM = ("alert", "investigate", "label")


def repro(folder: Path) -> set[str]:
    """Run the pipeline up to the labels; the names of the stages that ran."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    # DVC runs `python`: it must be the one that runs the tests.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "label"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return {name for name in (*UPSTREAM, *DOWNSTREAM) if f"Running stage '{name}'" in done.stdout}


def seen(folder: Path) -> dict[str, Any]:
    """What the change may move."""
    tables = {
        name: pd.read_parquet(folder / f"artifacts/data/{name}.parquet")
        for name in ("rules", "alerts", "below_line", "dispositions", "labels", "customers")
    }
    hits = tables["rules"].set_index("rule_id")["hits"]
    result = json.loads((folder / "artifacts/data/label_models.json").read_text(encoding="utf-8"))
    return {
        "hits": hits,
        "flagged": len(tables["alerts"]) + len(tables["below_line"]),
        "decisions": int((tables["dispositions"]["outcome"] != "unreviewed").sum()),
        "labels": len(tables["labels"]),
        "losses": [row["log_loss"]["value"] for row in result["sets"]],
        "customers": tables["customers"],
    }


def test_one_threshold_changes_alerts_and_labels_and_draws_no_new_bank(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    console.copy_sources(tmp_path)
    small_params(tmp_path / "params.yaml")
    config = [sys.executable, "-m", "dvc", "config", "--local", "core.no_scm", "true"]
    subprocess.run(config, cwd=tmp_path, check=True)
    assert repro(tmp_path) == {*UPSTREAM, *DOWNSTREAM}
    before = seen(tmp_path)

    text = (tmp_path / RULEBOOK).read_text(encoding="utf-8")
    entry = text[text.index(f"- id: {CHANGED}\n") :]
    line = re.search(r"total: \{value: (\d+),", entry)
    assert line is not None, f"{CHANGED} has no threshold 'total'"
    dearer = line[0].replace(line[1], str(5 * int(line[1])))
    changed = text.replace(entry, entry.replace(line[0], dearer, 1))
    (tmp_path / RULEBOOK).write_text(changed, encoding="utf-8")

    assert repro(tmp_path) == set(DOWNSTREAM)
    after = seen(tmp_path)
    assert after["hits"][CHANGED] < before["hits"][CHANGED]
    others = before["hits"].index.difference(
        [CHANGED, *(name for name in before["hits"].index if name.startswith("N"))]
    )
    pd.testing.assert_series_equal(after["hits"][others], before["hits"][others])
    assert after["flagged"] < before["flagged"]
    assert after["labels"] != before["labels"]
    assert after["losses"] != before["losses"]
    pd.testing.assert_frame_equal(after["customers"], before["customers"])
    # Put back, the results come from the cache: nothing is measured again.
    (tmp_path / RULEBOOK).write_text(text, encoding="utf-8")
    assert repro(tmp_path) == set()
    assert seen(tmp_path)["losses"] == before["losses"]
