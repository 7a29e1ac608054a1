"""Charts over time: recall by stretch in both views, and which alarm fires when."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from markupsafe import Markup

from models.results.over_time import OverTime, RecallInStretch
from reports.drawing import WIDTH, apart, box, dot, element, figure, line, number, words
from reports.figures import TICKS, colour, scale
from reports.time_words import RUNBOOK
from reports.wording import VIEWS, Text, percent, same

LEFT, RIGHT = 60.0, 720.0
HEIGHT, GAP = 170.0, 74.0  # of a panel, and between two
ROW = 26.0


def _places(found: OverTime) -> Callable[[float], float]:
    return scale(0, max(len(found.stretches), 1), LEFT, RIGHT)


def _marks(found: OverTime, top: float, bottom: float) -> list[str]:
    """The planned changes as dashed lines with their numbers, in the middle of their stretch."""
    x, parts = _places(found), []
    for place, event in enumerate(found.events, 1):
        if event.stretch is not None:
            at = x(event.stretch + 0.5) - 6
            parts.append(line(at, top, at, bottom, "mark"))
            parts.append(words(at + 3, top + 10, same(str(place)), "tick"))
    return parts


def recall_lines(found: OverTime, names: dict[str, Text]) -> Markup:
    """Recall by stretch of the named rankers: the bank's view above, the truth below."""
    x, shown, parts = _places(found), list(names), []
    for panel, view in enumerate(("bank", "true")):
        top = 26 + panel * (HEIGHT + GAP)
        y = scale(0, 1, top + HEIGHT, top)
        parts.append(words(LEFT, top - 10, VIEWS[view], f"{view} strong"))
        for tick in TICKS:
            parts.append(line(LEFT, y(tick), RIGHT, y(tick), "grid"))
            parts.append(words(LEFT - 8, y(tick) + 4, percent(tick, 0), "tick", "end"))
        parts += _marks(found, top, top + HEIGHT)
        for mine in found.stretches[::2]:
            parts.append(
                words(x(mine.number + 0.5), top + HEIGHT + 16, same(mine.starts_at[2:]), "tick", "middle")
            )
        ends = []
        for ranker in shown:
            rows = [row for row in found.recall if row.ranker == ranker]
            parts += _path(rows, view, x, y, colour(ranker, shown))
            last = [_share(row, view) for row in rows if _share(row, view) is not None]
            ends.append(y(last[-1] or 0.0) if last else top + HEIGHT)
        for ranker, place in zip(shown, apart(ends, 16, top + HEIGHT), strict=True):
            parts.append(words(RIGHT + 10, place + 4, names[ranker], f"{colour(ranker, shown)} strong"))
    label = Text("Recall over time, as the bank sees it and in truth", "召回率随时间变化：银行所见与真实情况")
    return figure(parts, 26 + 2 * HEIGHT + GAP + 24, label)


def _share(row: RecallInStretch, view: str) -> float | None:
    return (row.bank if view == "bank" else row.true).value


def _path(
    rows: list[RecallInStretch],
    view: str,
    x: Callable[[float], float],
    y: Callable[[float], float],
    class_: str,
) -> list[str]:
    """Dots, and a line between stretches next to each other; one without anybody to find has neither."""
    points = [(row.stretch, share) for row in rows if (share := _share(row, view)) is not None]
    parts = []
    for (one, low), (other, high) in pairwise(points):
        if other == one + 1:
            ends = f"{number(x(one + 0.5))},{number(y(low))} {number(x(other + 0.5))},{number(y(high))}"
            parts.append(element("polyline", points=ends, class_=f"curve {class_}"))
    return parts + [dot(x(at + 0.5), y(share), 3, f"dot {class_}") for at, share in points]


def alarm_grid(found: OverTime) -> Markup:
    """A row an alarm, a cell a stretch: filled where it fires, none where it has nothing to read."""
    x, parts = _places(found), []
    cells = {(row.kind, row.stretch): row for row in found.alarms}
    for place, entry in enumerate(RUNBOOK):
        y = 24 + ROW * place
        parts.append(words(RIGHT + 10, y + 16, entry.name, "strong"))
        for mine in found.stretches:
            row = next((cell for key, cell in cells.items() if key == (entry.kind, mine.number)), None)
            if row is not None and row.reading is not None:
                width = x(1) - x(0) - 3
                parts.append(box(x(mine.number), y, width, ROW - 4, "fill bank" if row.fires else "party"))
    bottom = 24 + ROW * len(RUNBOOK)
    parts += _marks(found, 10, bottom)
    parts += [
        words(x(mine.number + 0.5), bottom + 14, same(mine.starts_at[2:]), "tick", "middle")
        for mine in found.stretches[::2]
    ]
    return figure(parts, bottom + 22, Text("Alarms by stretch", "各阶段的告警"), WIDTH)
