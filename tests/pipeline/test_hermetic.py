"""Every stage runs with its declared deps alone, twice, to the same bytes.

Each stage runs in an empty folder that holds what dvc.yaml declares; what the earlier ones
wrote is all that it may read. Then each declared file that is no code is taken away in turn: a
stage that still writes the same did not need it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.conftest import STAGES, Made, bytes_of, lay_out, outs_of, run
from tests.pipeline.test_laws import is_code

ROOT = Path.cwd()
HEAVY = ["duckdb", "lightgbm", "numba", "optuna", "shap", "torch_geometric.nn", "xgboost"]
LONGEST_TRY = 300  # seconds
AT_ONCE = 2  # tries: the longest run last, beside nothing


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_runs_on_its_declared_deps_alone_and_twice_alike(
    name: str, made: Made, tmp_path: Path
) -> None:
    stage, first, second = STAGES[name], made.upto(name), tmp_path / "second"
    lay_out(second, stage, first)
    run(second, stage["cmd"])
    for out in outs_of(stage):
        assert bytes_of(first / out) == bytes_of(second / out), f"{out} differs between two runs"


def attempt(folder: Path, cmd: str) -> None:
    """In a child process: run a stage's module from ``folder``; the exit code tells how it went."""
    os.chdir(folder)
    ours = {file.stem for file in ROOT.glob("*.py")} | {
        "data",
        "features",
        "models",
        "explain",
        "reports",
        "tests",
    }
    for module in [name for name in sys.modules if name.split(".")[0] in ours]:
        del sys.modules[module]
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry not in ("", ".", str(ROOT)))]
    sys.argv = cmd.split()[2:]
    with Path(os.devnull).open("w") as silence:
        sys.stdout = sys.stderr = silence
        try:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        except SystemExit as stop:
            os._exit(int(bool(stop.code)))
        except BaseException:
            os._exit(1)
    os._exit(0)


def outs_alike(stage: dict[str, Any], one: Path, other: Path) -> bool:
    """Whether a stage that ended well wrote the same; a study never run is left out of the report."""
    return all(bytes_of(one / out) == bytes_of(other / out) for out in outs_of(stage))


@pytest.mark.parametrize("name", STAGES)
def test_no_declared_dep_can_be_taken_away(name: str, made: Made, tmp_path: Path) -> None:
    """Each try is forked from a process that has the libraries loaded, and so is short.

    That process does nothing else: a child of one whose threads have worked may wait for
    them for ever.
    """
    stage, folder_of_all = STAGES[name], made.upto(name)
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(HEAVY)
    needless = []
    tried = [dep for dep in stage["deps"] if not is_code(dep)]  # code: told by a law, from what it imports
    for first in range(0, len(tried), AT_ONCE):
        children: list[tuple[str, Path, Any]] = []
        for dep in tried[first : first + AT_ONCE]:
            folder = tmp_path / str(first + len(children))
            lay_out(folder, stage, folder_of_all, without=dep)
            child = server.Process(target=attempt, args=(folder, stage["cmd"]))
            child.start()
            children.append((dep, folder, child))
        ended = []
        for _, _, child in children:
            child.join(timeout=LONGEST_TRY)
            ended.append(child.exitcode)
            child.kill()  # a hung one would run on beside the other tests
        for (dep, folder, _), exitcode in zip(children, ended, strict=True):
            assert exitcode is not None, f"{name} hangs without {dep}"
            if exitcode == 0 and outs_alike(stage, folder, folder_of_all):
                needless.append(dep)
            shutil.rmtree(folder)
    assert not needless, f"{name} declares deps that it does not need: {needless}"


GOLDEN = Path("tests/pipeline/golden_metrics.json")
MODEL_TOLERANCE = 0.1  # another processor may round the models' sums differently


def test_the_small_world_gives_the_metrics_kept_in_git(made: Made) -> None:
    """World and rules to the last digit; models closely. To renew: copy the file that it names."""
    path = made.upto("report") / "artifacts/reports/metrics.json"
    found, golden = (json.loads(file.read_text(encoding="utf-8")) for file in (path, GOLDEN))
    assert found["world"] == golden["world"], f"renew from {path}"
    assert found["rules"] == golden["rules"], f"renew from {path}"
    assert set(found["models"]) == set(golden["models"])
    for name, sides in golden["models"].items():
        for side in ("bank", "true"):
            for key, expected in sides[side].items():
                value = found["models"][name][side][key]["value"]
                close = pytest.approx(expected["value"], abs=MODEL_TOLERANCE, rel=MODEL_TOLERANCE)
                assert value == close, f"{name} {side} {key}"
