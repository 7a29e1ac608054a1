"""Evidence of which a test gives only what a page asks about."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from reports.evidence import Evidence
from reports.wording import RunNames


def evidence_of(**given: Any) -> Evidence:
    """Evidence that holds what is given and nothing else: whoever reads more gets None."""
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Evidence))
    nothing["names"] = RunNames()
    unknown = set(given) - set(nothing)
    assert not unknown, f"evidence has no {sorted(unknown)}"
    return Evidence(**(nothing | given))
