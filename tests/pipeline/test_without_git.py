"""An unpacked archive, or a container without git: the copy and the commands do without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import console

SOURCES = [
    "Makefile",
    "params.yaml",
    "requirements.lock",
    ".dvcignore",
    ".dvc/config",
    ".ci/run",
    "data/a.py",
]
NO_SOURCES = [
    *("artifacts/data/a.parquet", ".venv/bin/thing", ".dvc/tmp/lock", ".dvc/cache/files/x"),
    *(".dvc/config.local", "data/__pycache__/a.pyc", ".mypy_cache/x", "dvc_plots/x.html", "dvc.lock"),
]


@pytest.fixture
def archive(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like an unpacked archive of the repository after a run."""
    folder = tmp_path / "archive"
    for name in (*SOURCES, *NO_SOURCES):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    shutil.copy(root / "Makefile", folder)
    monkeypatch.chdir(folder)
    return folder


def copied(target: Path) -> set[str]:
    console.copy_sources(target)
    return {str(file.relative_to(target)) for file in target.rglob("*") if file.is_file()}


def test_the_sources_are_copied_without_a_repository(archive: Path, tmp_path: Path) -> None:
    assert copied(tmp_path / "copy") == set(SOURCES)


def test_the_sources_are_copied_without_the_program(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert copied(tmp_path / "copy") == set(SOURCES)


def test_the_sources_are_copied_inside_another_repository_that_ignores_them(
    archive: Path, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("/archive\n")
    assert copied(tmp_path / "copy") == set(SOURCES)


def test_with_a_repository_the_same_sources_are_copied(archive: Path, tmp_path: Path, root: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    shutil.copy(root / ".gitignore", archive)
    shutil.copy(root / ".dvc/.gitignore", archive / ".dvc")
    assert copied(tmp_path / "copy") == {*SOURCES, ".gitignore", ".dvc/.gitignore"}


@pytest.mark.parametrize("has_git", [False, True])
def test_the_report_is_made_without_a_repository(has_git: bool, archive: Path) -> None:
    """The commands are stood in for by ones that say what they were asked."""
    if has_git:
        subprocess.run(["git", "init", "--quiet", "."], check=True)
    for name in ("python", "dvc"):
        program = archive / ".venv/bin" / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> asked\n')
        program.chmod(0o755)
    (archive / ".venv/installed").touch()
    done = subprocess.run(
        ["make", "report"], cwd=archive, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    asked = (archive / "asked").read_text().splitlines()
    told = [] if has_git else ["dvc config --local core.no_scm true"]
    compiled = "python console.py compile"
    assert asked == ["python console.py check", *told, compiled, "dvc repro", "python console.py summary"]
    assert ("no git repository here" in done.stdout) is not has_git


def test_a_world_is_run_in_a_copy_whatever_the_search_path(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DVC and its `python` are those of the interpreter that runs the command."""
    asked: list[tuple[list[str], str]] = []

    def note(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        if command[0] == "git":
            raise FileNotFoundError
        environment = options["env"]
        assert isinstance(environment, dict)
        asked.append((command[1:], environment["PATH"].split(os.pathsep)[0]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(console, "compile_kernels", lambda: None)  # a process of its own, and no part of this
    monkeypatch.setattr(subprocess, "run", note)
    (archive / "params.yaml").write_text("seed: 1\n")
    (archive / "params.smoke.yaml").write_text("seed: 2\n")
    console.smoke()
    assert [command[:3] for command, _ in asked] == [
        ["-m", "dvc", "config"],
        ["console.py", "check"],
        ["-m", "dvc", "repro"],
        ["console.py", "summary"],
    ]
    assert {place for _, place in asked} == {str(Path(sys.executable).parent)}
