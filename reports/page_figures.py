"""Pictures of pages that are words otherwise: the calendar, the rulebook, the claims, what broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log10, sqrt

from markupsafe import Markup

from data.results import Interval
from data.words import PERIOD_NAMES
from models.results.bank import Period
from reports.broke import Room
from reports.drawing import WIDTH, apart, box, dot, figure, line, words
from reports.evidence import Evidence
from reports.figures import scale
from reports.results import Metrics
from reports.rulebook import RuleRow
from reports.wording import Text, named, percent, shortened
from verdicts import figure_at

ROLE_OF_A_PERIOD = {
    "warm_up": Text("histories begin", "积累历史"),
    "train": Text("rules alert, people decide, models learn", "规则预警、人员甄别、模型学习"),
    "embargo": Text("labels mature", "等待标签成熟"),
    "validation": Text("the bank chooses", "银行选定模型"),
    "test": Text("judged, by the bank and in truth", "评判：银行所见与真值"),
}
BAND = 30  # height of a period's bar
LETTER = 6.2  # width of a small letter, on the average


def calendar(periods: Sequence[Period]) -> Markup | None:
    """The weeks of the run as one bar: what each period is for; None without a period."""
    if not periods:
        return None
    days = [date.fromisoformat(row.starts_at) for row in periods]
    end = date.fromisoformat(periods[-1].ends_at)
    x = scale(days[0].toordinal(), end.toordinal(), 4, WIDTH - 4)
    lefts = [x(day.toordinal()) for day in days]
    parts, places = [], apart([left + 2 for left in lefts], 0, WIDTH)
    for place, (row, left) in enumerate(zip(periods, lefts, strict=True)):
        right = x(date.fromisoformat(row.ends_at).toordinal())
        view = "true" if row.name == "test" else "bank" if row.name in ("train", "validation") else "ink"
        depth = 66 + 36 * (len(periods) - 1 - place)
        parts.append(box(left, 20, max(right - left - 2, 2), BAND, f"fill {view}"))
        parts.append(words(left, 13, row.starts_at, "tiny"))
        weeks = round((date.fromisoformat(row.ends_at) - days[place]).days / 7)
        name, told = named(PERIOD_NAMES, row.name), named(ROLE_OF_A_PERIOD, row.name)
        said = Text(f"{name.en}, {weeks} weeks: {told.en}", f"{name.zh}，{weeks} 周：{told.zh}")
        # A name stands right of its line, where later lines are shorter; the last ones, for which
        # there is no room, end with the drawing and need no line.
        if places[place] + 6 + LETTER * len(said.en) <= WIDTH:
            parts.append(line(places[place], 20 + BAND, places[place], depth + 4, "leader"))
            parts.append(words(places[place] + 6, depth, said, "small halo"))
        else:
            parts.append(words(WIDTH - 4, depth, said, "small halo", "end"))
    title = Text("The calendar of the run", "运行日历")
    return figure(parts, 74 + 36 * (len(periods) - 1), title)


@dataclass(frozen=True)
class RulePoint:
    """A rule of the picture: its hours of work, the share of its hits that are right, what it alone finds."""

    rule_id: str
    hours: float
    precision: float
    alone: int


NAME_WIDE, NAME_TALL, NAME_STEP = 26, 10, 4  # of a rule's number beside its disc; one step of moving it


def rule_points(rows: Sequence[RuleRow]) -> list[RulePoint]:
    """Rules that raised alerts and cost work."""
    return [
        RulePoint(row.rule_id, row.found.hours, row.precision.value, row.found.unique_schemes)
        for row in rows
        if row.found and row.found.hours and row.precision.value is not None
    ]


def most_precise(points: Sequence[RulePoint]) -> float:
    """The highest precision among rules."""
    return max(point.precision for point in points)


def clear_of_each_other(names: Sequence[tuple[float, float, str]]) -> list[float]:
    """Heights of names, each given by its left, its height and its letters, moved until none covers another.

    A name moves by a step up or down, the nearest free place first; the first ones stay.
    """
    taken: list[tuple[float, float]] = []
    for left, height, _ in names:
        moves = (step * side for step in range(12) for side in (1, -1))
        free = next(
            (
                height + NAME_STEP * move
                for move in moves
                if all(
                    abs(left - other) > NAME_WIDE or abs(height + NAME_STEP * move - at) > NAME_TALL
                    for other, at in taken
                )
            ),
            height,
        )
        taken.append((left, free))
    return [height for _, height in taken]


def rules_chart(rows: Sequence[RuleRow]) -> Markup | None:
    """True precision of each rule's alerts by the hours they cost; discs by schemes found by no other."""
    points = rule_points(rows)
    if not points:
        return None
    tick = next((one for one in (0.01, 0.02, 0.03, 0.05, 0.1) if most_precise(points) < 5 * one), 0.2)
    most = 1.1 * max(most_precise(points), tick)
    low, high = (log10(found(point.hours for point in points)) for found in (min, max))
    x = scale(low - 0.05, max(high, low + 0.1) + 0.05, 70, WIDTH - 56)
    y = scale(0, most, 330, 28)
    parts: list[str] = []
    names: list[tuple[float, float, str]] = []
    for share in (tick * step for step in range(6) if tick * step <= most):
        parts.append(line(70, y(share), WIDTH - 56, y(share), "grid"))
        parts.append(words(62, y(share) + 4, percent(share, 0), "tick", "end"))
    for hours in (1, 3, 10, 30, 100, 300, 1000, 3000):
        if low <= log10(hours) <= high:
            parts.append(line(x(log10(hours)), 28, x(log10(hours)), 330, "grid"))
            parts.append(words(x(log10(hours)), 348, f"{hours:,}", "tick", "middle"))
    for point in sorted(points, key=lambda one: -one.alone):
        across, up = x(log10(point.hours)), y(point.precision)
        parts.append(dot(across, up, 4 + 4 * sqrt(point.alone), "bubble"))
        beside = across + 7 + 4 * sqrt(point.alone)
        names.append((beside, up + 4, point.rule_id))
    parts.append(words(2, 18, Text("truly illicit", "真实涉案占比"), "axis"))
    title = Text("hours of review in the whole run (logarithmic)", "全程甄别工时（对数刻度）")
    parts.append(words((70 + WIDTH - 56) / 2, 370, title, "axis", "middle"))
    heights = clear_of_each_other(names)
    labels = [
        words(across, height, rule_id, "tiny halo")
        for (across, _, rule_id), height in zip(names, heights, strict=True)
    ]
    return figure(
        [*parts, *labels], 378, Text("Precision of rules against their hours", "各规则准确率与工时")
    )


@dataclass(frozen=True)
class ClaimMark:
    """A claim fixed beforehand: its words, the bound, on which side it must lie, and what was found."""

    said: Text
    bound: float
    is_above: bool
    found: Interval


def claim_marks(evidence: Evidence, metrics: Metrics) -> list[ClaimMark]:
    """Every claim whose figure was measured."""
    figures = metrics.model_dump()
    marks = [
        ClaimMark(
            Text(claim.en, claim.zh),
            float(claim.above if claim.above is not None else claim.below or 0),
            claim.above is not None,
            figure_at(figures, claim.figure),
        )
        for claim in evidence.experiments.verdicts.claims
    ]
    return [mark for mark in marks if mark.found.value is not None]


def claims_chart(marks: Sequence[ClaimMark]) -> Markup | None:
    """Each claim's figure with its interval, and the bound beside which it must lie; None without one."""
    if not marks:
        return None
    ends = [end for mark in marks for end in (mark.bound, mark.found.value, mark.found.low, mark.found.high)]
    known = [end for end in ends if end is not None]
    x, step = scale(min(known) - 0.03, max(known) + 0.03, 500, WIDTH - 16), 30
    bottom = 18 + step * len(marks)
    parts = [line(x(0), 8, x(0), bottom, "zero")] if min(known) <= 0 <= max(known) else []
    for place, mark in enumerate(marks):
        middle = 8 + step * (place + 0.5)
        value, low, high = mark.found.value, mark.found.low, mark.found.high
        assert value is not None
        parts.append(words(488, middle + 4, shortened(mark.said, 78), "small", "end"))
        if low is not None and high is not None:
            parts.append(line(x(low), middle, x(high), middle, "range true"))
        parts.append(line(x(mark.bound), middle - 10, x(mark.bound), middle + 10, "zero"))
        arrow = "→" if mark.is_above else "←"
        away, anchor = (5, "start") if mark.is_above else (-5, "end")
        parts.append(words(x(mark.bound) + away, middle - 4, arrow, "strong", anchor))
        parts.append(dot(x(value), middle, 5, "dot true"))
    return figure(parts, bottom + 4, Text("Claims beside what was found", "事先写定的判断与结果"))


def defects_chart(rooms: Sequence[Room]) -> Markup:
    """One disc a defect by where it was found; filled where a test holds it now."""
    step, parts = 46, []
    for place, room in enumerate(rooms):
        middle = 24 + step * place
        parts.append(words(330, middle + 4, shortened(room.title, 46), "name", "end"))
        for number, one in enumerate(room.defects):
            held = "tests/" in one.evidence
            parts.append(dot(358 + 34 * number, middle, 11, "fill ink" if held else "member"))
        parts.append(words(358 + 34 * room.size, middle + 4, str(room.size), "strong"))
    bottom = 24 + step * len(rooms)
    keys = (
        ("fill ink", Text("held by a test now", "现由测试保证")),
        ("member", Text("shown by a script, a document or the change", "由脚本、文档或改动说明")),
    )
    for place, (class_, said) in enumerate(keys):
        parts.append(dot(358 + 190 * place, bottom, 7, class_))
        parts.append(words(372 + 190 * place, bottom + 4, said, "small"))
    return figure(parts, bottom + 16, Text("Defects by where they were found", "缺陷按发现之处"))
