"""Charts of the audit: intervals in panels, who tells a planted drift, what a swap changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from models.results.drift_trials import PlantedDrift
from models.results.knowledge import Swap
from reports.comparison import told_apart
from reports.drawing import WIDTH, box, dot, figure, line, number, words
from reports.figures import scale
from reports.wording import RANKERS, Text, count, named, shortened

ROW = 22.0
NAMES_END = 268.0
PANELS_END = 930.0
GAP = 34.0  # between two panels
HEAD = 30.0
NAME_LETTERS = 42
CELL = 58.0  # width of a watcher's column
CELLS_FROM = 392.0
DRIFT_LETTERS = 62
BARS_FROM, BARS_END = 330.0, 800.0


@dataclass(frozen=True)
class Panel:
    """A column of intervals with a scale of its own.

    Parameters
    ----------
    name : above it
    view : bank or true, its colour
    values : one a row, in the order of the rows
    line_at : a value that a line marks: zero of a difference, or a threshold
    unit : what a value is multiplied by for the ticks' labels, 100 for points
    """

    name: Text
    view: str
    values: Sequence[Interval]
    line_at: float | None = 0.0
    unit: float = 100.0


def interval_panels(names: Sequence[Text], panels: Sequence[Panel], title: Text) -> Markup | None:
    """Rows of intervals, panels side by side; filled dots lie apart from the marked line. None of nothing."""
    if not any(one.value is not None for panel in panels for one in panel.values):
        return None
    bottom = HEAD + ROW * len(names)
    width = (PANELS_END - NAMES_END - GAP * len(panels)) / len(panels)
    parts = []
    for place, name in enumerate(names):
        y = HEAD + ROW * (place + 0.5) + 4
        parts.append(words(NAMES_END, y, shortened(name, NAME_LETTERS), "name small", "end"))
    for place, panel in enumerate(panels):
        left = NAMES_END + GAP + place * (width + GAP)
        parts += _panel(panel, left, left + width, bottom)
    parts.append(words((NAMES_END + PANELS_END) / 2, bottom + 36, title, "axis", "middle"))
    return figure(parts, bottom + 44, title)


def _panel(panel: Panel, left: float, right: float, bottom: float) -> list[str]:
    ends = [end for one in panel.values for end in (one.low, one.value, one.high) if end is not None]
    ends += [panel.line_at] if panel.line_at is not None else []
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    x = scale(low, high if high > low else low + 1, left, right)
    parts = [words((left + right) / 2, 14, panel.name, f"{panel.view} strong small", "middle")]
    for tick in {low, high}:
        parts.append(line(x(tick), HEAD - 8, x(tick), bottom, "grid"))
        parts.append(words(x(tick), bottom + 16, f"{panel.unit * tick:.3g}", "tick", "middle"))
    if panel.line_at is not None:
        parts.append(line(x(panel.line_at), HEAD - 8, x(panel.line_at), bottom, "zero"))
        if panel.line_at not in (low, high):
            at = f"{panel.unit * panel.line_at:.3g}"
            parts.append(words(x(panel.line_at), bottom + 16, at, "tick", "middle"))
    for place, one in enumerate(panel.values):
        y = HEAD + ROW * (place + 0.5)
        if one.low is not None and one.high is not None:
            parts.append(line(x(one.low), y, x(one.high), y, f"range {panel.view}"))
        if one.value is not None:
            parts.append(dot(x(one.value), y, 4.0, f"dot {panel.view}" if _apart(one, panel) else "member"))
    return parts


def _apart(found: Interval, panel: Panel) -> bool:
    """Whether the whole interval lies on one side of the line; without a line every dot is filled."""
    if panel.line_at is None or found.low is None or found.high is None:
        return True
    return found.low > panel.line_at or found.high < panel.line_at


def drift_grid(plants: Sequence[PlantedDrift], watchers: dict[str, Text]) -> Markup:
    """A row a planted drift, a column a watcher: filled where it tells, hollow where it drowns or is blind.

    A ring marks whom somebody expected to tell; at the right whether recall provably fell.
    """
    parts, bottom = [], 40.0 + 30.0 * len(plants)
    for place, name in enumerate(watchers.values()):
        at = CELLS_FROM + CELL * (place + 0.5)
        for row, part in enumerate(_in_two(name)):
            parts.append(words(at, 14 + 13 * row, part, "small", "middle"))
    for place, plant in enumerate(plants):
        y, told = 40 + 30.0 * place, {str(answer.watcher): answer for answer in plant.answers}
        parts += [
            words(CELLS_FROM - 12, y + 12 + 13 * row, part, "name tiny", "end")
            for row, part in enumerate(_in_lines(Text(plant.en, plant.zh)))
        ]
        for column, watcher in enumerate(watchers):
            left = CELLS_FROM + CELL * column
            answer = told.get(watcher)
            tells = answer is not None and answer.told == "tells"
            parts.append(box(left + 3, y, CELL - 6, 24, "fill bank" if tells else "party"))
            if answer is not None and answer.told == "drowned":
                parts.append(words(left + CELL / 2, y + 16, Text("drowned", "淹没"), "tiny", "middle"))
            if watcher in plant.expected:
                parts.append(dot(left + CELL - 10, y + 5, 4, "member own"))
        parts.append(words(WIDTH, y + 16, _cost(plant.true_change), "true small", "end"))
    label = Text("Who tells which planted drift", "各项植入漂移由谁识别")
    return figure(parts, bottom + 6, label)


def _in_two(name: Text) -> list[Text]:
    head, _, tail = name.en.partition(" ")
    return [Text(head, name.zh), *([Text(tail, "")] if tail else [])]


def _in_lines(name: Text) -> list[Text]:
    """A name in at most two lines, cut at a blank; a Chinese letter is twice as wide."""
    if len(name.en) <= DRIFT_LETTERS and 2 * len(name.zh) <= DRIFT_LETTERS:
        return [name]
    cut = name.en.rfind(" ", 0, DRIFT_LETTERS) if len(name.en) > DRIFT_LETTERS else len(name.en)
    half = DRIFT_LETTERS // 2
    return [Text(name.en[:cut], name.zh[:half]), Text(name.en[cut:].strip(), name.zh[half:])]


def _cost(change: Interval) -> Text:
    if change.value is None:
        return Text("not measured", "未测得")
    size = f"{100 * change.value:+.1f}"
    side = told_apart(change)
    if side == 0:
        return Text(f"{size}, not shown", f"{size}，未显示")
    return Text(f"{size}, proven", f"{size}，经证实")


def swap_bars(swaps: Sequence[Swap]) -> Markup:
    """Illicit customers of each swap: caught by both, lost, won; those whom both miss are a number."""
    x = scale(0, max((sum(_cells(swap)) for swap in swaps), default=0) or 1, BARS_FROM, BARS_END)
    classes, parts, y = ("fill ink", "fill bank", "fill true"), [], 26.0
    names = (
        Text("caught by both", "两者均捕获"),
        Text("lost by the swap", "替换后失去"),
        Text("won by the swap", "替换后新增"),
    )
    for place, (name, class_) in enumerate(zip(names, classes, strict=True)):
        parts.append(box(BARS_FROM + 180 * place, 2, 12, 12, class_))
        parts.append(words(BARS_FROM + 18 + 180 * place, 13, name, "small"))
    for swap in swaps:
        rivals = [named(RANKERS, ranker) for ranker in (swap.champion, swap.challenger)]
        told = Text(" → ".join(one.en for one in rivals), " → ".join(one.zh for one in rivals))
        parts.append(words(BARS_FROM - 12, y + 17, shortened(told, NAME_LETTERS + 8), "name small", "end"))
        at = BARS_FROM
        for size, class_ in zip(_cells(swap), classes, strict=True):
            width = x(size) - BARS_FROM
            parts.append(box(at, y, width, 24, class_))
            if size:
                parts.append(words(at + width / 2, y + 16, number(float(size)), "tiny paper", "middle"))
            at += width
        missed = count(swap.neither.illicit)
        note = Text(f"{missed} missed by both", f"两者均漏 {missed}")
        parts.append(words(WIDTH, y + 17, note, "true small", "end"))
        y += 32
    return figure(parts, y, Text("Illicit customers won and lost by a swap", "替换带来的违法客户得失"))


def _cells(swap: Swap) -> tuple[int, int, int]:
    return swap.both.illicit, swap.swapped_out.illicit, swap.swapped_in.illicit
