"""What the tests of bad input share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.spec.bad_input.refusals import RULEBOOK


@pytest.fixture
def here(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with copies of the parameters and the rulebook."""
    for folder in ("data/rules", "docs", "folder"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/no_source").touch()
    shutil.copy(root / "params.yaml", tmp_path)
    shutil.copy(root / RULEBOOK, tmp_path / "data/rules")
    monkeypatch.chdir(tmp_path)
    return tmp_path
