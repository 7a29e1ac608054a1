"""How an act is refused, and how a file is edited until it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import BadInput

RULEBOOK = "data/rules/rulebook.yaml"


def refusal(act: Callable[..., object], *arguments: object) -> str:
    """The one sentence with which an act is refused."""
    with pytest.raises(BadInput) as refused:
        act(*arguments)
    sentence = str(refused.value)
    assert sentence
    assert "\n" not in sentence
    return sentence


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change a YAML file in place."""
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")


def written(book: dict[str, Any], rule_id: str = "R01") -> dict[str, Any]:
    """A rule as it stands in the book, wherever that is."""
    return next(rule for rule in book["rules"] if rule.get("id") == rule_id)
