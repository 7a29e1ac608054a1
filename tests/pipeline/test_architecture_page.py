"""The walk through the house names only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import console

PAGE = Path("docs/architecture.md")


def named() -> list[str]:
    """Everything in backticks on the page."""
    return re.findall(r"`([^`\n]+)`", PAGE.read_text(encoding="utf-8").replace("```", ""))


def test_every_file_and_folder_that_the_walk_names_exists() -> None:
    paths = [name for name in named() if "/" in name or name.endswith((".py", ".yaml", ".md"))]
    assert len(paths) >= 20
    missing = [name for name in paths if not Path(name).exists()]
    assert not missing


def test_the_walk_tells_of_every_stage_once() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## The way")[1].split("## Who may")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(told) == sorted({name.split("@")[0] for name in console.stages()})


def test_the_picture_has_an_arrow_for_every_stage() -> None:
    picture = PAGE.read_text(encoding="utf-8").split("```mermaid")[1].split("```")[0]
    drawn = set(re.findall(r"\b\w+\b", picture))
    assert {name.split("@")[0] for name in console.stages()} <= drawn
