"""Charts of the audit: filled is what is proven, a measure has its place, and nothing draws nothing."""

from __future__ import annotations

import re

import pytest

from data.results import Interval
from models.results.drift_trials import PlantedDrift, WatcherAnswer
from models.results.judged import McNemar
from models.results.knowledge import Swap, SwapCell
from reports.audit_figures import Panel, drift_grid, interval_panels, swap_bars
from reports.wording import Text

TITLE = Text("points", "百分点")


def interval(low: float, value: float, high: float) -> Interval:
    return Interval(value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("found", "line_at", "is_filled"),
    [
        (interval(0.01, 0.02, 0.03), 0.0, True),
        (interval(-0.01, 0.02, 0.05), 0.0, False),
        (interval(0.01, 0.02, 0.03), 0.025, False),
        (interval(0.01, 0.02, 0.03), 0.04, True),
        (interval(-0.01, 0.02, 0.05), None, True),
    ],
)
def test_a_dot_is_filled_where_the_interval_leaves_the_line_out(
    found: Interval, line_at: float | None, is_filled: bool
) -> None:
    drawn = interval_panels([Text("a", "甲")], [Panel(TITLE, "true", [found], line_at)], TITLE)
    assert drawn is not None
    assert ('class="dot true"' in drawn) == is_filled
    assert ('class="member"' in drawn) != is_filled


def test_panels_without_a_value_are_not_drawn_and_a_missing_row_has_no_dot() -> None:
    names = [Text("a", "甲"), Text("b", "乙")]
    assert interval_panels(names, [Panel(TITLE, "bank", [Interval(), Interval()])], TITLE) is None
    drawn = interval_panels(names, [Panel(TITLE, "bank", [Interval(), interval(0.1, 0.2, 0.3)])], TITLE)
    assert drawn is not None and drawn.count("<circle") == 1


def answer(watcher: str, told: str) -> WatcherAnswer:
    values = {"watcher": watcher, "told": told, "stretches_later": None, "reading": None}
    return WatcherAnswer.model_validate(values | {"reading_without": None})


def test_a_cell_is_filled_only_for_a_watcher_that_tells_and_a_dot_marks_the_expected_one() -> None:
    plant = PlantedDrift(
        name="late",
        kind="inputs",
        en="A shifted month",
        zh="错月",
        expected=["repeated"],
        is_planted=True,
        answers=[answer("data", "drowned"), answer("labels", "blind"), answer("repeated", "tells")],
        bank=Interval(),
        true=Interval(),
        true_change=interval(-0.1, -0.05, 0.01),
    )
    names = {name: Text(name, name) for name in ("data", "labels", "repeated")}
    drawn = drift_grid([plant], names)
    assert (drawn.count("fill bank"), drawn.count("party"), drawn.count("member own")) == (1, 2, 1)
    assert drawn.count("drowned") == 1
    assert "-5.0, not shown" in drawn and "proven" not in drawn


def test_a_swap_draws_whom_it_wins_and_loses_and_counts_whom_both_miss() -> None:
    def cell(illicit: int) -> SwapCell:
        return SwapCell(customers=100, illicit=illicit, suspected=0)

    swap = Swap(
        champion="rules",
        challenger="lightgbm",
        champion_alerts=9,
        challenger_alerts=9,
        both=cell(2),
        swapped_out=cell(1),
        swapped_in=cell(5),
        neither=cell(7),
        gain=Interval(),
        by_scheme=McNemar(only_first=0, only_second=0, p_value=None),
        lost=[],
    )
    drawn = swap_bars([swap])
    widths = [float(one) for one in re.findall(r'width="([\d.]+)" height="24"', drawn)]
    assert len(widths) == 3
    assert widths[2] == pytest.approx(5 * widths[1], rel=0.01)
    assert "7 missed by both" in drawn
    assert "<rect" in swap_bars([])  # the key alone
