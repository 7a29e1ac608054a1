"""What holds of every rule: each is drawn by hand in a file of its family."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from data.rules.rulebook import Rulebook
from features.network import FEATURES


def test_every_rule_of_the_rulebook_is_drawn_in_one_of_these_files(book: Rulebook) -> None:
    """But for those of which the predicate is over features; see below."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    names = [name for file in files for name in vars(import_module(f"tests.spec.rules.{file.stem}"))]
    drawn = [name.removeprefix("Test") for name in names if re.fullmatch(r"Test[RN]\d\d?[a-z]?", name)]
    assert sorted(drawn) == sorted(entry.id for entry in book.every_rule if entry.computed_in == "data")


def test_a_rule_that_needs_reports_names_columns_of_the_features_room(book: Rulebook) -> None:
    """R30 looks at reports that are filed after alerts: no alert may come from it."""
    (late,) = [entry for entry in book.rules if entry.computed_in == "features"]
    assert late.id == "R30"
    assert not late.raises_alerts
    columns = {feature.name for feature in FEATURES}
    assert {"reported_counterparty_count_28d", "report_distance_steps"} <= columns
    words = set(late.sql().replace("(", " ").replace(")", " ").split())
    assert {word for word in words if "_" in word} <= columns


@pytest.mark.parametrize("rule_id", ["R21", "R27", "R29"])
def test_held_out_rules_raise_no_alert_and_cast_no_vote(rule_id: str, book: Rulebook) -> None:
    (entry,) = [entry for entry in book.rules if entry.id == rule_id]
    assert entry.use == "held_out"
    assert not entry.raises_alerts
