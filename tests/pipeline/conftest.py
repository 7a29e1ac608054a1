"""Run single stages in folders that hold what they declare, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import console

STAGES = console.stages()


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
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=all_but_kernels)
        else:
            shutil.copy2(source, target)
            console.copy_kernels(source, target)


def all_but_kernels(folder: str, names: list[str]) -> set[str]:
    """What of a folder is not copied: bytecode, but not the machine code that numba keeps beside it."""
    if Path(folder).name != "__pycache__":
        return set()
    return {name for name in names if not name.endswith((".nbi", ".nbc"))}


def outs_of(stage: dict[str, Any]) -> list[str]:
    """Paths of a stage's outs and metrics."""
    listed = [*stage.get("outs", []), *stage.get("metrics", [])]
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in listed]


def bytes_of(out: Path) -> dict[str, bytes]:
    """What an out holds: the bytes of a file, or of every file of a folder by its name."""
    files = sorted(out.rglob("*")) if out.is_dir() else [out]
    return {str(file.relative_to(out.parent)): file.read_bytes() for file in files if file.is_file()}


def small_params(target: Path) -> None:
    """params.yaml of a world that a whole test run can afford."""
    shutil.copy2("params.yaml", target)
    console.lay_over(target, Path("params.smoke.yaml"))
    console.lay_over(target, Path("tests/pipeline/params.tiny.yaml"))


def run(folder: Path, cmd: str) -> None:
    """Run a stage's command as DVC would, with the folder as the only place to import from."""
    words = cmd.split()
    assert words[0] == "python"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{cmd} failed with its declared deps:\n{done.stderr[-2_000:]}"


class Made:
    """What the stages make of the small world, each run once for all tests and all their processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = FileLock(folder.with_suffix(".lock"))

    def upto(self, name: str) -> Path:
        """The folder with the outputs of every stage up to ``name``; what is missing is run now."""
        for stage, body in STAGES.items():
            with self.lock:
                if not self._outs(stage) and stage not in self._broken():
                    self._run(stage, body)
            if stage in self._broken():
                pytest.fail(f"the stage {stage} failed on its declared deps")
            if stage == name:
                return self.folder
        raise KeyError(name)

    def _outs(self, stage: str) -> bool:
        return (self.folder / f"{stage}.done").exists()

    def _broken(self) -> set[str]:
        return {file.stem for file in self.folder.glob("*.broken")}

    def _run(self, stage: str, body: dict[str, Any]) -> None:
        if not (self.folder / "params.yaml").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            small_params(self.folder / "params.yaml")
        scratch = self.folder.with_name(f"first-{stage}")
        lay_out(scratch, body, self.folder)
        try:
            run(scratch, body["cmd"])
        except AssertionError as failure:
            (self.folder / f"{stage}.broken").write_text(str(failure), encoding="utf-8")
            raise
        for out in outs_of(body):
            (self.folder / out).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (scratch / out).is_dir() else shutil.copy2
            copy(scratch / out, self.folder / out)
        (self.folder / f"{stage}.done").touch()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, _at_the_root: None) -> Made:
    """The outputs of the stages, in one place for all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Made(shared / "made")
