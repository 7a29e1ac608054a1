"""Pictures of the world: dates stand where they belong, cells count what began, long names break."""

from __future__ import annotations

import re

import pytest

from models.results.bank import Period
from models.results.truth import Histogram, SchemeStarts, Week
from reports import figures, world_figures
from reports.drawing import WIDTH
from reports.wording import Text
from reports.world_figures import MarkedDay

WEEKS = [
    Week(starts_at=day, licit=9, look_alike=2, illicit=1)
    for day in ("2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27")
]
NAMES = {"cycle": Text("Round trip", "回流"), "fan_in": Text("Fan-in", "归集")}
PERIODS = [Period(name="train", starts_at="2025-01-06", ends_at="2025-02-03")]


def mark(number: int, at: str, is_drift: bool = False) -> MarkedDay:
    return MarkedDay(number, at, Text("a", "b"), is_drift)


def events(picture: object, kind: str) -> list[float]:
    """Where the lines of dates of a kind stand."""
    found = re.findall(rf'<line x1="([\d.]+)"[^>]*class="event {kind}"', str(picture))
    return [float(x) for x in found]


def test_a_date_stands_in_its_week_and_one_outside_the_run_is_not_drawn() -> None:
    marks = [mark(1, "2025-01-20"), mark(2, "2025-01-23", True), mark(3, "2025-03-01")]
    picture = world_figures.volume(WEEKS, PERIODS, marks)
    x = figures.scale(0, 4, 60, WIDTH)
    assert events(picture, "day") == pytest.approx([x(2)], abs=0.1)
    assert events(picture, "drift") == pytest.approx([x(2 + 3 / 7)], abs=0.1)


def test_a_run_without_dates_and_without_payments_has_its_pictures_or_none() -> None:
    assert events(world_figures.volume(WEEKS, PERIODS, []), "day") == []
    assert world_figures.volume([], PERIODS, []) is None
    assert world_figures.starts(SchemeStarts(starts_at=[], typologies={}), [], {}) is None


def test_a_cell_is_drawn_for_each_block_in_which_schemes_began() -> None:
    began = {"cycle": [0, 3], "fan_in": [1, 0]}
    found = SchemeStarts(starts_at=["2025-01-06", "2025-02-03"], typologies=began)
    picture = str(world_figures.starts(found, [mark(1, "2025-01-10"), mark(2, "2025-02-10", True)], NAMES))
    cells = re.findall(r'class="fill true" opacity="([\d.]+)"', picture)
    assert cells == ["1", "0.5"]  # three are the most, one is a third of it
    assert "回流" in picture and "Round trip" in picture
    assert events(picture, "day") == [] and len(events(picture, "drift")) == 1


def test_times_and_sums_of_the_axis_lie_within_the_bins() -> None:
    histogram = Histogram(edges=[0.01, 1.0, 100.0], sizes={"illicit": 4}, shares={"illicit": [0.25, 0.75]})
    picture = str(
        world_figures.spread(histogram, Text("t", "t"), Text("payments", "笔"), world_figures.TIMES)
    )
    shown = [name for name in ("1 s", "1 min", "1 h", "1 day", "1 week") if f">{name}<" in picture]
    assert shown == ["1 min", "1 h", "1 day"]


def test_a_long_name_breaks_in_two_lines_in_the_language_in_which_it_is_long() -> None:
    assert figures.two_lines(Text("short", "短"), 20) == [Text("short", "短")]
    broken = figures.two_lines(Text("a name of more than twenty letters", "短"), 20)
    assert broken == [Text("a name of more than", "短"), Text("twenty letters", "")]
    assert figures.two_lines(Text("short", "一二三四五六七八九十甲乙"), 20) == [
        Text("short", "一二三四五六七八九十"),
        Text("", "甲乙"),
    ]
