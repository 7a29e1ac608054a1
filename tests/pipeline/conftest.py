"""Run single stages in folders that hold what they declare, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import console


def lay_out(folder: Path, stage: dict[str, Any], made: Path, without: str = "") -> None:
    """Copy a stage's declared deps into an empty folder.

    Generated deps come from ``made``, code from the repository. ``without`` is left out.
    """
    folder.mkdir(parents=True)
    shutil.copy2(made / "params.yaml", folder)
    for dep in stage["deps"]:
        if dep == without:
            continue
        source = (made if dep.startswith("artifacts/") else Path()) / dep
        target = folder / dep
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(source, target)


def outs_of(stage: dict[str, Any]) -> list[str]:
    """Paths of a stage's outs and metrics."""
    listed = [*stage.get("outs", []), *stage.get("metrics", [])]
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in listed]


def small_params(target: Path) -> None:
    """params.yaml of a world that a whole test run can afford."""
    shutil.copy2("params.yaml", target)
    console.lay_over(target, Path("params.smoke.yaml"))
    console.lay_over(target, Path("tests/pipeline/params.tiny.yaml"))
