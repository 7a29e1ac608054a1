"""Worlds, and changes of one, run in a scratch copy: killed and begun again, no work is done twice.

A study of many runs lives in ``artifacts/studies/<study>/<mark>``. The mark names the code and
the parameters that it depends on, so that a run of other code begins anew. In the folder stand
the scratch copy, in which DVC knows which stages are done, and one file a run that is finished.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import console
import pipeline
from check import laid_over
from models.results.world_run import WorldRun
from parameters import BadInput, parse_text, read_yaml, write_yaml
from pipeline import ARTIFACTS, PARAMS_FILE, STUDIES
from provenance import as_json, section_at

STUDY_FILE = STUDIES / "dvc.yaml"
WORLD_STAGE = "audit_world"
RUNS = "runs"  # folder of the finished runs
COPY = "copy"  # folder of the scratch copy
SECONDS_A_MINUTE = 60

Prepare = Callable[[Path], None]


def stages_before(target: str) -> dict[str, dict[str, Any]]:
    """The study stage ``target`` and every stage of the pipeline that it needs, by name."""
    known = console.stages() | console.stages(STUDY_FILE)
    made_by = {}
    for name, stage in known.items():
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]:
            made_by[out if isinstance(out, str) else next(iter(out))] = name
    needed, waiting = set(), [target]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [made_by[dep] for dep in known[name]["deps"] if dep in made_by]
    return {name: stage for name, stage in known.items() if name in needed}


def sections_of(stages: dict[str, dict[str, Any]]) -> list[str]:
    """Sections of params.yaml that the stages read, in order of name."""
    told = [section for stage in stages.values() for section in stage.get("params", [])]
    return sorted({section for section in told if isinstance(section, str)})


def mark_of(stages: dict[str, dict[str, Any]], own: Iterable[str]) -> str:
    """Short name of what a run depends on: code, sections of params.yaml, ``own`` sections of the studies."""
    mark = hashlib.blake2b(digest_size=6)
    code = {dep for stage in stages.values() for dep in stage["deps"] if not dep.startswith(f"{ARTIFACTS}/")}
    for file in sorted(file for dep in code for file in _files_of(Path(dep))):
        mark.update(f"{file}\0".encode() + file.read_bytes())
    values, studies = read_yaml(PARAMS_FILE), read_yaml(STUDIES / PARAMS_FILE)
    for section in sections_of(stages):
        mark.update(as_json([section, section_at(values, section)]).encode())
    for section in own:
        mark.update(as_json([section, section_at(studies, section)]).encode())
    return mark.hexdigest()


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return [path]


class Replay:
    """One study's folder: its scratch copy, and the runs that are finished.

    Parameters
    ----------
    study : name of the study and of its folder
    own : sections of studies/params.yaml, beside that of the stage, on which it depends
    """

    def __init__(self, study: str, own: Iterable[str] = ()) -> None:
        self.stages = stages_before(WORLD_STAGE)
        self.folder = ARTIFACTS / "studies" / study / mark_of(self.stages, [WORLD_STAGE, *own])
        self.copy = self.folder / COPY

    def run(self, name: str, prepare: Prepare) -> WorldRun:
        """The finished run of that name; one that is not there yet is made.

        ``prepare`` changes the sources of the scratch copy, which are those of this folder
        before each run; tables of the run before stay and serve whoever asks the same of them.
        """
        file = self.folder / RUNS / f"{name}.json"
        if not file.is_file():
            begun = time.monotonic()
            self._lay_out()
            prepare(self.copy)
            self._repro()
            print(
                f"  run {name} took {(time.monotonic() - begun) / SECONDS_A_MINUTE:.1f} minutes", flush=True
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            aside = file.with_suffix(".part")
            shutil.copy2(self.copy / pipeline.result_path(WorldRun), aside)
            aside.replace(file)
        return parse_text(WorldRun, file.read_text(encoding="utf-8"), str(file))

    def _lay_out(self) -> None:
        self.copy.mkdir(parents=True, exist_ok=True)
        console.copy_sources(self.copy)
        self._asked("dvc", "config", "--local", "core.no_scm", "true")

    def _repro(self) -> None:
        self._asked("dvc", "repro", "--quiet", "--no-commit", f"{STUDY_FILE}:{WORLD_STAGE}")

    def _asked(self, *words: str) -> None:
        # DVC runs `python`: it must be this one, on the copy's own code.
        search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        surroundings = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=self.copy, check=False, env=surroundings | {"PATH": search}
        )
        if done.returncode:
            raise SystemExit(done.returncode)

    def clear(self) -> None:
        """Remove the scratch copy; the finished runs stay."""
        shutil.rmtree(self.copy, ignore_errors=True)


def change_params(folder: Path, changes: dict[str, Any]) -> None:
    """Lay values over params.yaml of a folder, section by section; a new key is bad input."""
    file = folder / PARAMS_FILE
    write_yaml(file, changed_params(read_yaml(file), changes))


def changed_params(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Parameters with values laid over them, section by section; a new key is bad input."""
    _refuse_new(values, changes, "")
    changed: dict[str, Any] = laid_over(values, changes)
    return changed


def _refuse_new(values: Any, changes: Any, place: str) -> None:
    if isinstance(changes, dict):
        for key, value in changes.items():
            if not isinstance(values, dict) or key not in values:
                raise BadInput(f"change of {PARAMS_FILE}: {place}{key} is no parameter")
            _refuse_new(values[key], value, f"{place}{key}.")


def short_digest(text: str) -> str:
    """A short name of a text."""
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
