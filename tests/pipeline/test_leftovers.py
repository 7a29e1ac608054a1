"""What a killed stage, an editor or a desktop leaves behind makes nothing stale, and goes away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dvc.repo import Repo

import pipeline

# A stage that is killed while it writes: it says when one part of the table is on the disk.
STAGE = """
import sys, time
import pandas as pd
import pipeline
from data import schema

def main():
    moments = pd.date_range("2025-01-06", periods=2, freq="7D", tz="UTC", unit="us")
    with pipeline.writer(schema.Periods) as append:
        append(pd.DataFrame({"name": ["train"], "starts_at": moments[:1], "ends_at": moments[1:]}))
        print("writing", flush=True)
        time.sleep(600)

pipeline.run_stage("write", main)
"""
DVC_YAML = """
stages:
  fit:
    cmd: cat artifacts/data/periods.parquet > artifacts/model
    deps: [artifacts/data, data/typologies]
    outs: [artifacts/model]
"""


@pytest.fixture
def project(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository of DVC with folders as dependencies, up to date."""
    shutil.copy(root / ".dvcignore", tmp_path)
    (tmp_path / "data/typologies").mkdir(parents=True)
    (tmp_path / "data/typologies/cycle.py").write_text("# a typology\n")
    (tmp_path / "artifacts/data").mkdir(parents=True)
    (tmp_path / "artifacts/data/periods.parquet").write_text("of the run before")
    (tmp_path / "dvc.yaml").write_text(DVC_YAML)
    monkeypatch.chdir(tmp_path)
    Repo.init(str(tmp_path), no_scm=True).close()
    with Repo(str(tmp_path)) as repo:
        repo.reproduce()
    assert stale(tmp_path) == {}
    return tmp_path


def stale(folder: Path) -> dict[str, Any]:
    """What `dvc status` says."""
    with Repo(str(folder)) as repo:
        return repo.status()


def killed_while_writing(folder: Path, root: Path) -> Path:
    """Kill a stage in the middle of a table; the half-written file."""
    stage = subprocess.Popen(
        [sys.executable, "-c", STAGE],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert stage.stdout is not None
    assert stage.stdout.readline() == "writing\n"
    os.kill(stage.pid, signal.SIGKILL)
    stage.wait()
    (left,) = (folder / "artifacts/data").glob(".*.part")
    return left


def test_a_killed_stage_leaves_no_half_table_and_nothing_stale_and_the_next_cleans_up(
    project: Path, root: Path
) -> None:
    left = killed_while_writing(project, root)
    assert (project / "artifacts/data/periods.parquet").read_text() == "of the run before"
    assert stale(project) == {}
    pipeline.run_stage("next", lambda: None)
    assert not left.exists()
    assert stale(project) == {}


def test_what_another_running_stage_is_writing_stays(project: Path) -> None:
    mine = project / f"artifacts/data/.labels.parquet.{os.getpid()}.part"
    mine.write_text("half")
    (project / "artifacts/data/.notes.part").write_text("no number of a process")
    pipeline.run_stage("next", lambda: None)
    assert mine.exists()
    assert (project / "artifacts/data/.notes.part").exists()


def test_what_editors_and_desktops_leave_makes_nothing_stale(project: Path) -> None:
    names = [
        *(".cycle.py.swp", "cycle.py~", ".#cycle.py", "#cycle.py#", ".DS_Store", "._cycle.py", "Thumbs.db"),
        *(".ipynb_checkpoints/cycle-checkpoint.py", "__pycache__/cycle.cpython-311.pyc"),
    ]
    for name in names:
        for folder in ("data/typologies", "artifacts/data"):
            left = project / folder / name
            left.parent.mkdir(exist_ok=True)
            left.write_text("left behind")
        assert stale(project) == {}, name
    (project / "data/typologies/stack.py").write_text("# another typology\n")
    assert set(stale(project)) == {"fit"}
