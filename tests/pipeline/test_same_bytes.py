"""The same bank on every processor: all tables of a small world, byte for byte.

numpy chooses its loops by what the processor can do, and so do the libraries of linear
algebra below it. Here one world is drawn, observed, alerted, investigated, labelled and
built with the loops of this processor, with those of one without AVX-512, and with those
that every processor has, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import console
from tests.pipeline.conftest import small_params
from tests.pipeline.test_number_laws import sums_in_float32

STAGES = ["simulate", "observe", "alert", "investigate", "label", "build"]
FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
WIDE = [name for name in FOUND if "AVX512" in name or name == "X86_V4"]
# The narrow ones come with one thread and the oldest kernels of linear algebra, too.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("NUMBA", "OMP", "OPENBLAS")}
LEVELS = {
    "as it is": {},
    "without AVX-512": {"NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)},
    "baseline": {"NPY_DISABLE_CPU_FEATURES": " ".join(FOUND), "OPENBLAS_CORETYPE": "Nehalem"} | ONE_THREAD,
}
# Each level in one process: libraries and kernels are loaded once, not once a stage. It ends
# with what numpy used of the processor, and the float32 arrays that each kernel was given.
IN_A_ROW = """
import importlib, json, sys
import numpy as np
from numba.core.dispatcher import Dispatcher
for name in sys.argv[1:]:
    importlib.import_module(name).main()
narrow = {}
for name in [name for name in sys.modules if name.split(".")[0] in ("data", "features")]:
    kernels = {key: value for key, value in vars(sys.modules[name]).items() if isinstance(value, Dispatcher)}
    narrow[name] = {key: [
        argument
        for kinds in kernel.signatures
        for argument, kind in zip(kernel.py_func.__code__.co_varnames, kinds)
        if "float32" in str(kind)
    ] for key, kernel in kernels.items() if kernel.py_func.__module__ == name and kernel.signatures}
found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
json.dump({"found": found, "narrow": narrow}, open("ran.json", "w"))
"""


def is_there(level: str) -> bool:
    """Whether the level differs from the one that the processor has."""
    return level == "as it is" or bool(WIDE if level == "without AVX-512" else FOUND)


def start(folder: Path, root: Path, level: str) -> subprocess.Popen[str]:
    """Begin to run the stages in ``folder``, at a level of the processor."""
    for name in ("data/rules/rulebook.yaml", "data/no_source"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(root / name)
    small_params(folder / "params.yaml")
    console.lay_over(folder / "params.yaml", root / "tests/pipeline/params.bytes.yaml")
    modules = [console.module_of(console.stages()[name]["cmd"]) for name in STAGES]
    return subprocess.Popen(
        [sys.executable, "-c", IN_A_ROW, *modules],
        cwd=folder,
        env=os.environ | LEVELS[level] | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], level: str) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, f"the stages fail on a processor {level}:\n{errors[-2_000:]}"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, Path]:
    """The folder of each level that this processor has."""
    folders = {level: tmp_path_factory.mktemp("level") for level in LEVELS if is_there(level)}
    # The first one compiles the kernels for the others.
    first, *others = folders
    finish(start(folders[first], root, first), first)
    for level, process in [(level, start(folders[level], root, level)) for level in others]:
        finish(process, level)
    return folders


@pytest.mark.parametrize("level", [level for level in LEVELS if level != "as it is"])
def test_a_processor_of_another_width_draws_observes_labels_and_builds_the_same_bytes(
    level: str, drawn: dict[str, Path]
) -> None:
    if level not in drawn:
        pytest.skip("this processor has no such level")
    here, there = drawn["as it is"], drawn[level]
    used = json.loads((there / "ran.json").read_text(encoding="utf-8"))["found"]
    assert set(used) == set(FOUND) - set(LEVELS[level]["NPY_DISABLE_CPU_FEATURES"].split())
    names = sorted(str(file.relative_to(here)) for file in here.rglob("artifacts/*/*"))
    assert names == sorted(str(file.relative_to(there)) for file in there.rglob("artifacts/*/*"))
    other = [name for name in names if (here / name).read_bytes() != (there / name).read_bytes()]
    assert not other, f"{other} differ"


def test_every_table_of_the_stages_is_among_them(drawn: dict[str, Path]) -> None:
    for name in STAGES:
        for out in console.stages()[name]["outs"]:
            assert (drawn["as it is"] / out).stat().st_size > 0, out


def test_no_kernel_that_ran_sums_float32(drawn: dict[str, Path], root: Path) -> None:
    narrow = json.loads((drawn["as it is"] / "ran.json").read_text(encoding="utf-8"))["narrow"]
    assert sum(bool(kernels) for kernels in narrow.values()) > 10  # the modules of kernels have run
    for module, kernels in narrow.items():
        path = root / f"{module.replace('.', '/')}.py"
        found = sums_in_float32(path.read_text(encoding="utf-8"), kernels) if kernels else []
        assert not found, f"{module}: {found} adds in float32 and stops growing at 2^24"
