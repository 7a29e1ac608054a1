"""docs/metrics.md and metrics.json name the same keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pipeline
from reports.metrics import metrics

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs/metrics.md"
PARTS = ("value", "low", "high")


def key_paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Paths of all numbers, models named <name> and the parts of an interval left off."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from key_paths(inner, (*path, key))
        return
    place = list(path[:-1] if path[-1] in PARTS else path)
    if place[0] == "models":
        place[1] = "<name>"
    if place[:2] == ["chosen", "validation"]:
        place[2] = "<name>"
    yield ".".join(place)


@pytest.fixture
def result() -> dict[str, Any]:
    try:
        found = [pipeline.read_json("models", f"{name}.json") for name in ("bank", "truth", "label_audit")]
        return metrics(*found)
    except pipeline.BadInput as fault:
        pytest.skip(f"no results yet: {fault}")


def test_every_key_is_described_and_every_description_has_a_key(result: dict[str, Any]) -> None:
    described = set(
        re.findall(
            r"^\| `((?:world|rules|labels|models|chosen|differences)\.[^`]+)`",
            DOC.read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert described == set(key_paths(result))


def test_an_interval_has_three_parts(result: dict[str, Any]) -> None:
    for name in ("recall_at_budget", "base_rate"):
        assert set(result["rules"][name]) == set(PARTS)
        assert result["rules"][name] == result["rules"]["true"][name]
