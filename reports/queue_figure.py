"""The picture of the queue: every alert by week and rank, what people decided, and what is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from reports.drawing import PHONE, at_both_widths, box, figure, line, words
from reports.figures import scale
from reports.wording import Text, count

LANE = 10  # height of a week's lane; a week has one for each view
STEP = 30  # from one week to the next
WEEKS_TOP = 34
NAME_ROOM = 62  # of a week left of its lanes
TICK = 25  # ranks between two lines of the grid
FIRST = 10  # ranks a week of which the sentence speaks
REPORTED, CLEARED = "reported", "cleared"


@dataclass(frozen=True)
class QueueMark:
    """An alert of the picture.

    ``outcome`` is what people decided of it later, ``reported``, ``cleared`` or nothing;
    ``is_illicit`` what only the simulator knows.
    """

    as_of: str
    rank: int
    outcome: str
    is_illicit: bool


def queue_chart(marks: Sequence[QueueMark], is_simulated: bool) -> Markup | None:
    """Weeks below each other, ranks to the right: decided alerts in blue, illicit ones in amber below.

    None without an alert. What is true is drawn only of a world that is ``is_simulated``.
    """
    if not marks:
        return None
    return at_both_widths(lambda width: _drawn(marks, is_simulated, width))


def _drawn(marks: Sequence[QueueMark], is_simulated: bool, width: float) -> Markup:
    weeks = sorted({mark.as_of for mark in marks})
    last = max(mark.rank for mark in marks)
    x = scale(0, last, NAME_ROOM, width - 4)
    bottom = WEEKS_TOP + STEP * len(weeks) - (STEP - 2 * LANE)
    parts = _key(is_simulated, width)
    for rank in range(TICK, last + 1, TICK if width > PHONE else 2 * TICK):
        parts.append(line(x(rank), WEEKS_TOP - 4, x(rank), bottom + 4, "grid"))
        parts.append(words(x(rank), bottom + 18, str(rank), "tick", "middle"))
    for place, week in enumerate(weeks):
        top, day = WEEKS_TOP + STEP * place, date.fromisoformat(week)
        mine = [mark for mark in marks if mark.as_of == week]
        shown = Text(f"{day.day} {day:%b}", f"{day.month}月{day.day}日")
        parts.append(words(NAME_ROOM - 8, top + LANE + 4, shown, "small", "end"))
        end = x(max(mark.rank for mark in mine))
        parts.append(box(NAME_ROOM, top, end - NAME_ROOM, LANE * (1 + is_simulated), "party"))
        for mark in mine:
            parts += _cells(mark, x(mark.rank - 1), top, x(1) - x(0) - 0.6, is_simulated)
    axis = Text("rank within the week", "周内排名")
    parts.append(words((NAME_ROOM + width) / 2, bottom + 36, axis, "axis", "middle"))
    return figure(parts, bottom + 44, Text("The queue by week and rank", "按周与排名的预警队列"), width)


def _cells(mark: QueueMark, left: float, top: float, wide: float, is_simulated: bool) -> list[str]:
    parts = []
    if mark.outcome:
        pale = "" if mark.outcome == REPORTED else " pale"
        parts.append(box(left, top, wide, LANE, f"fill bank{pale}"))
    if is_simulated and mark.is_illicit:
        parts.append(box(left, top + LANE, wide, LANE, "fill true"))
    return parts


def _key(is_simulated: bool, width: float) -> list[str]:
    keys = [
        ("fill bank", Text("reported", "上报")),
        ("fill bank pale", Text("cleared", "排除")),
        *([("fill true", Text("truly illicit", "真实涉案"))] if is_simulated else []),
    ]
    parts, each = [], 170.0 if width > PHONE else 106.0
    for place, (class_, said) in enumerate(keys):
        at = NAME_ROOM + each * place
        parts += [box(at, 8, LANE, LANE, class_), words(at + LANE + 6, 17, said, "small")]
    return parts


def queue_seen(marks: Sequence[QueueMark], model: Text, is_simulated: bool) -> Text:
    """What to see in the picture: how the alerts ended, and where the illicit ones stand."""
    first = [mark for mark in marks if mark.rank <= FIRST]
    everyone, nobody = count(len(marks)), count(sum(not mark.outcome for mark in marks))
    reported, cleared = (
        count(sum(mark.outcome == outcome for mark in marks)) for outcome in (REPORTED, CLEARED)
    )
    said = Text(
        f"Of {everyone} alerts of {model.en} people later reported {reported} and cleared {cleared}; "
        f"on {nobody} nobody decided",
        f"{model.zh} 的 {everyone} 条预警中，其后上报 {reported} 条、排除 {cleared} 条，"
        f"其余 {nobody} 条尚无甄别结论",
    )
    if not is_simulated:
        return Text(f"{said.en}.", f"{said.zh}。")
    illicit, early = (count(sum(mark.is_illicit for mark in of)) for of in (marks, first))
    return Text(
        f"{said.en}. In truth {illicit} are illicit, {early} of them among the {count(len(first))} "
        f"that stood in the first {FIRST} places of a week.",
        f"{said.zh}。真实涉案 {illicit} 条，其中 {early} 条位于各周前 {FIRST} 名"
        f"（共 {count(len(first))} 条）。",
    )
