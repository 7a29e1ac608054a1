"""The command of the engines: by part as the stage, or one clear word why not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from data import schema
from data.sources import Whole
from tests.property.dealt import differing, in_one


def told(root: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the file says when it is run in a folder, as spark-submit would run it."""
    command = [sys.executable, str(root / "engines/__main__.py"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_writes_what_the_stage_does(
    root: Path, written_bank: Path, small_world: Whole, whole_indicators: dict[str, pd.DataFrame]
) -> None:
    pipeline.write(schema.Periods, small_world.periods.copy())
    pipeline.write(schema.Offers, pd.DataFrame({"name": list(schema.OFFERS)}))
    shutil.copy(root / "params.yaml", written_bank)
    done = told(root, written_bank, "parts", "a/new/out", "--parts", "3", "--processes", "0")
    assert done.returncode == 0, done.stderr
    for name, expected in whole_indicators.items():
        assert f"{name}: {len(expected):,} rows" in done.stdout
        assert not differing(in_one(written_bank / "a/new/out" / name), expected)
    assert [path.name for path in (written_bank / "a/new").iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "artifacts/data/periods.parquet"),
        (("--parts", "0"), "--parts: '0'"),
        (("--processes", "-1"), "--processes: '-1'"),
        (("--memory", "plenty"), "--memory: 'plenty'"),
        (("--scores", "--network"), "--scores asks for the whole matrix"),
    ],
)
def test_what_cannot_be_is_one_clear_word(
    words: tuple[str, ...], named: str, root: Path, tmp_path: Path
) -> None:
    shutil.copy(root / "params.yaml", tmp_path)
    done = told(root, tmp_path, "parts", "out", *words)
    assert done.returncode == 2
    assert named in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
