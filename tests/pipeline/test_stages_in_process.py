"""A stage leans on nothing that its process has done before it.

The stages told here are those with the longest way from tables to a result; each has run in a
process of its own, and is called once more in this one, which has imported and called much else.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import console
from tests.pipeline.conftest import STAGES, Made, bytes_of, lay_out, outs_of

LONG = ["audit_time", "audit_money", "audit_beyond", "audit_drift", "attribute", "report"]


@pytest.mark.parametrize("name", LONG)
def test_a_process_that_has_done_other_work_writes_the_same(
    name: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, first, again = STAGES[name], made.upto(name), tmp_path / "again"
    lay_out(again, stage, first)
    monkeypatch.chdir(again)
    importlib.import_module(console.module_of(stage["cmd"])).main()
    for out in outs_of(stage):
        assert bytes_of(first / out) == bytes_of(again / out), out
