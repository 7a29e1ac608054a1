"""Charts of the feedback loop and of several worlds: paired differences side by side, worlds as dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from reports.drawing import WIDTH, dot, figure, line, words
from reports.figures import scale
from reports.wording import Text, percent, shortened

LINE_HEIGHT = 44  # of a row: the bank's mark above, the true one below
SHIFT = 9.0  # of a view's mark from the middle of its row
LEFT = 300  # where names end
LETTERS_OF_NAME = 46
RIGHT = 800  # where panels end and the words beside them begin
LEAST_REACH = 0.05  # of an axis of differences


@dataclass(frozen=True)
class Mark:
    """A figure of one view: its interval, and the single worlds that it is the mean of."""

    view: str
    found: Interval
    singles: tuple[float, ...] = ()
    reported: float | None = None


@dataclass(frozen=True)
class MarkRow:
    """A row of a chart: its marks by panel, and words at its end."""

    name: Text
    panels: tuple[tuple[Mark, ...], ...]
    end: Text


def marks_chart(
    rows: Sequence[MarkRow], panels: Sequence[Text], title: Text, is_share: bool
) -> Markup | None:
    """Rows of marks in panels side by side; None without a value.

    Parameters
    ----------
    panels : name of each panel; one panel has none
    title : below the axis
    is_share : shares from 0 to 1; else differences around zero
    """
    ends = [end for row in rows for marks in row.panels for mark in marks for end in _ends(mark)]
    if not ends:
        return None
    reach = max(LEAST_REACH, *(abs(end) for end in ends))
    low, high = (0.0, 1.0) if is_share else (-reach, reach)
    ticks = (0.0, 0.5, 1.0) if is_share else (-reach / 2, 0.0, reach / 2)
    top, step = 26.0, (RIGHT - LEFT) / len(panels)
    bottom = top + LINE_HEIGHT * len(rows)
    parts = []
    for place, name in enumerate(panels):
        left = LEFT + 20 + step * place
        x = scale(low, high, left, left + step - 20)
        parts.append(words((x(low) + x(high)) / 2, 14, name, "strong small", "middle"))
        parts += _axis(x, ticks, top, bottom, is_share)
        for number, row in enumerate(rows):
            for mark in row.panels[place] if place < len(row.panels) else ():
                parts += _drawn(mark, x, top + LINE_HEIGHT * (number + 0.5))
    for number, row in enumerate(rows):
        y = top + LINE_HEIGHT * (number + 0.5) + 4
        parts.append(words(LEFT, y, shortened(row.name, LETTERS_OF_NAME), "name", "end"))
        parts.append(words(WIDTH, y, row.end, "small", "end"))
    parts.append(words((LEFT + RIGHT) / 2, bottom + 36, title, "axis", "middle"))
    return figure(parts, bottom + 44, title)


def _ends(mark: Mark) -> list[float]:
    known = (mark.found.low, mark.found.value, mark.found.high, mark.reported, *mark.singles)
    return [one for one in known if one is not None]


def _axis(
    x: Callable[[float], float], ticks: tuple[float, ...], top: float, bottom: float, is_share: bool
) -> list[str]:
    parts = []
    for tick in ticks:
        parts.append(line(x(tick), top, x(tick), bottom, "grid" if tick or is_share else "zero"))
        shown = percent(tick, 0) if is_share else f"{100 * tick:+.0f}" if tick else "0"
        parts.append(words(x(tick), bottom + 16, shown, "tick", "middle"))
    return parts


def _drawn(mark: Mark, x: Callable[[float], float], middle: float) -> list[str]:
    found, y = mark.found, middle + (-SHIFT if mark.view == "bank" else SHIFT)
    parts = []
    if found.low is not None and found.high is not None:
        parts.append(line(x(found.low), y, x(found.high), y, f"range {mark.view}"))
    parts += [dot(x(one), y, 2.5, f"dot {mark.view}") for one in mark.singles]
    if mark.reported is not None:
        parts.append(dot(x(mark.reported), y, 4.0, "member"))
    if found.value is not None:
        parts.append(dot(x(found.value), y, 4.5, f"dot {mark.view}"))
    return parts
