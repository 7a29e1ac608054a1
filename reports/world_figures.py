"""Pictures of the world itself: payments over time, their amounts, the customers' counterparties."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from data.words import PERIOD_NAMES
from models.results.bank import Period
from models.results.truth import Histogram, SchemeStarts, Week
from reports.drawing import WIDTH, apart, box, dot, element, figure, line, number, words
from reports.figures import scale
from reports.wording import KINDS, Text, count, named, percent, shortened, yuan

TRIVIAL = 0.0005  # a bin in which no group has more than this share is cut off the ends
NAME_ROOM = 70.0  # a period narrower than this goes without its name


COUNTS = {10.0**power: Text(count(10.0**power), count(10.0**power)) for power in range(8)}
SUMS = {10.0**power: Text(yuan(10.0**power), yuan(10.0**power)) for power in range(9)}
TIMES = {  # in hours
    1 / 3_600: Text("1 s", "1 秒"),
    1 / 60: Text("1 min", "1 分钟"),
    1.0: Text("1 h", "1 小时"),
    24.0: Text("1 day", "1 天"),
    7 * 24.0: Text("1 week", "1 周"),
    30 * 24.0: Text("30 days", "30 天"),
}


def days_between(first: date, day: str) -> int:
    """Days from the first day of the run to another."""
    return (date.fromisoformat(day) - first).days


def top_of(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above ``value``."""
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


@dataclass(frozen=True)
class MarkedDay:
    """A numbered day of the run on which something happens; ``at`` is its local date."""

    number: int
    at: str
    what: Text
    is_drift: bool


def numbered(marks: list[MarkedDay], place: Callable[[str], float], top: float, bottom: float) -> list[str]:
    """A line for each date, its number above; numbers that would overlap stand apart."""
    shown = [(place(row.at), row) for row in marks]
    numbers = apart([x for x, _ in shown], 19, WIDTH - 9)
    parts = []
    for (x, row), at in zip(shown, numbers, strict=True):
        kind = "drift" if row.is_drift else "day"
        parts.append(line(x, top, x, bottom, f"event {kind}"))
        parts.append(line(x, top, at, top - 6, "leader"))
        parts.append(dot(at, top - 14, 8.5, f"badge {kind}"))
        parts.append(words(at, top - 10, str(row.number), f"tiny strong {kind}", "middle"))
    return parts


def volume(weeks: list[Week], periods: list[Period], marks: list[MarkedDay]) -> Markup | None:
    """Payments a week in three panels of their own scale: all, look-alikes, illicit.

    ``marks`` are numbered dates within the run.
    """
    if not weeks:
        return None
    panels: list[tuple[str, Text, tuple[str, ...]]] = [
        ("bank", Text("Bank sees: payments a week", "银行所见：每周交易笔数"), tuple(KINDS)),
        ("look_alike", Text("True: of innocent look-alikes", "真值：其中正常对照的交易"), ("look_alike",)),
        ("true", Text("True: illicit", "真值：其中涉案的交易"), ("illicit",)),
    ]
    first = date.fromisoformat(weeks[0].starts_at)
    x = scale(0, len(weeks), 60, WIDTH)
    height, gap, top = 84, 42, 76 if marks else 52
    parts: list[str] = []
    shown = [panel for panel in panels if any(row.of(kind) for row in weeks for kind in panel[2])]
    bottom = top + len(shown) * (height + gap) - gap
    starts = [x((date.fromisoformat(row.starts_at) - first).days / 7) for row in periods]
    for period, place, end in zip(periods, starts, [*starts[1:], float(WIDTH)], strict=True):
        name = named(PERIOD_NAMES, period.name)  # without what stands in brackets: periods may be short
        parts.append(line(place, 20, place, bottom, "mark"))
        if end - place > NAME_ROOM:
            short = Text(name.en.split(" (")[0], name.zh.split("（")[0])
            parts.append(words(place + 5, 16, short, "tick"))
    days = [row for row in marks if 0 <= days_between(first, row.at) < 7 * len(weeks)]
    parts += numbered(days, lambda at: x(days_between(first, at) / 7), 48, bottom)
    for class_, title, kinds in shown:
        values = [sum(row.of(kind) for kind in kinds) for row in weeks]
        most = top_of(max(values))
        y = scale(0, most, top + height, top)
        parts.append(words(60, top - 9, title, f"{class_} strong halo"))
        for tick in (0, most / 2, most):
            parts.append(line(60, y(tick), WIDTH, y(tick), "grid"))
            parts.append(words(52, y(tick) + 4, f"{tick:,g}", "tick", "end"))
        wide = x(1) - x(0)
        for week, value in enumerate(values):
            parts.append(box(x(week) + 0.12 * wide, y(value), 0.76 * wide, y(0) - y(value), f"fill {class_}"))
        top += height + gap
    for week in range(0, len(weeks), 8):
        anchor = "end" if x(week) > WIDTH - 70 else "start"
        parts.append(words(x(week), bottom + 18, weeks[week].starts_at, "tick", anchor))
    return figure(parts, bottom + 24, Text("Payments a week", "每周交易笔数"))


def spread(histogram: Histogram, title: Text, unit: Text, ticks: dict[float, Text]) -> Markup | None:
    """Shares of each group by logarithmic bins, drawn as steps; ``ticks`` name values of the axis."""
    edges, sizes = histogram.edges, histogram.sizes
    groups = [name for name in KINDS if sizes.get(name)]
    if not groups:
        return None
    shares = {name: histogram.shares[name] for name in groups}
    kept = [place for place in range(len(edges) - 1) if max(row[place] for row in shares.values()) > TRIVIAL]
    first, end = kept[0], kept[-1] + 1
    most = max(max(row) for row in shares.values())
    step = next(size for size in (0.02, 0.05, 0.1, 0.2) if most / size <= 5.0 or size == 0.2)
    ceiling = math.ceil(most / step) * step
    left, top, bottom = 60, 36, 236
    x = scale(math.log10(edges[first]), math.log10(edges[end]), left, WIDTH)
    y, parts = scale(0, ceiling, bottom, top), []
    for tick in range(round(ceiling / step) + 1):
        parts.append(line(left, y(tick * step), WIDTH, y(tick * step), "grid"))
        parts.append(words(left - 8, y(tick * step) + 4, percent(tick * step, 0), "tick", "end"))
    for value, told in ticks.items():
        at = x(math.log10(value))
        if left - 1 <= at <= WIDTH + 1:
            parts.append(line(at, top, at, bottom, "grid"))
            parts.append(words(at, bottom + 18, told, "tick", "end" if at > WIDTH - 30 else "middle"))
    parts.append(words((left + WIDTH) / 2, bottom + 40, title, "axis", "middle"))
    place = float(left)
    for name in groups:
        path = [(x(math.log10(edges[first])), y(0))]
        for start in range(first, end):
            level = y(shares[name][start])
            path += [(x(math.log10(edges[start])), level), (x(math.log10(edges[start + 1])), level)]
        path.append((x(math.log10(edges[end])), y(0)))
        points = " ".join(f"{number(across)},{number(down)}" for across, down in path)
        parts.append(element("polyline", points=points, class_=f"curve {name}"))
        label = named(KINDS, name)
        size = count(sizes[name])
        parts.append(element("rect", x=place, y=10.0, width=14.0, height=4.0, class_=f"fill {name}"))
        legend = Text(f"{label.en} ({size} {unit.en})", f"{label.zh}（{size} {unit.zh}）")
        parts.append(words(place + 21, 17, legend, f"{name} strong"))
        place += 300
    return figure(parts, bottom + 46, title)


def starts(found: SchemeStarts, marks: list[MarkedDay], names: dict[str, Text]) -> Markup | None:
    """How many schemes of each typology begin in every four weeks, as shaded cells; ``names`` name them."""
    days, typologies = found.starts_at, found.typologies
    if not days:
        return None
    left, top, row_high = 250.0, 34.0, 21.0
    wide = (WIDTH - left) / len(days)
    most = max(max(counts) for counts in typologies.values())
    bottom = top + row_high * len(typologies)
    first = date.fromisoformat(days[0])
    span = days_between(first, days[1]) if len(days) > 1 else 28
    drift = [row for row in marks if row.is_drift]
    inside = [row for row in drift if 0 <= days_between(first, row.at) < span * len(days)]
    parts = numbered(inside, lambda at: left + days_between(first, at) / span * wide, top - 4, bottom)
    for row, (name, counts) in enumerate(typologies.items()):
        y = top + row * row_high
        parts.append(words(left - 10, y + 15, shortened(named(names, name), 38), "small", "end"))
        parts.append(line(0, y + row_high, WIDTH, y + row_high, "grid"))
        for place, value in enumerate(counts):
            if value:
                shade = number(round(0.25 + 0.75 * value / most, 1))
                cell = box(left + place * wide + 1, y + 1, wide - 2, row_high - 2, "fill true")
                parts.append(cell.replace("/>", f' opacity="{shade}"/>'))
                dark = " paper" if value / most > 0.4 else ""
                parts.append(words(left + (place + 0.5) * wide, y + 15, str(value), f"tiny{dark}", "middle"))
    for place in range(0, len(days), 2):
        parts.append(words(left + place * wide, bottom + 18, days[place], "tick"))
    return figure(parts, bottom + 24, Text("Schemes that begin in every four weeks", "每四周开始的案件数"))
