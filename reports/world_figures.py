"""Pictures of the world itself: payments over time, their amounts, the customers' counterparties."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from markupsafe import Markup

from reports.drawing import WIDTH, box, element, figure, line, number, words
from reports.figures import scale
from reports.wording import KINDS, PERIODS, Text, count, named, percent, yuan

TRIVIAL = 0.0005  # a bin in which no group has more than this share is cut off the ends
NAME_ROOM = 70.0  # a period narrower than this goes without its name


def top_of(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above ``value``."""
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def volume(weeks: list[dict[str, Any]], periods: list[dict[str, Any]]) -> Markup | None:
    """Payments a week in three panels of their own scale: all, look-alikes, illicit."""
    if not weeks:
        return None
    panels: list[tuple[str, Text, tuple[str, ...]]] = [
        ("bank", Text("Bank sees: payments a week", "银行所见：每周交易笔数"), tuple(KINDS)),
        ("look_alike", Text("True: of innocent look-alikes", "真实：其中形似正常的交易"), ("look_alike",)),
        ("true", Text("True: illicit", "真实：其中违法的交易"), ("illicit",)),
    ]
    first = date.fromisoformat(weeks[0]["starts_at"])
    x = scale(0, len(weeks), 60, WIDTH)
    height, gap, top, parts = 84, 42, 52, []
    shown = [panel for panel in panels if any(row[kind] for row in weeks for kind in panel[2])]
    bottom = top + len(shown) * (height + gap) - gap
    starts = [x((date.fromisoformat(row["starts_at"]) - first).days / 7) for row in periods]
    for period, place, end in zip(periods, starts, [*starts[1:], float(WIDTH)], strict=True):
        name = named(PERIODS, period["name"])  # without what stands in brackets: periods may be short
        parts.append(line(place, 20, place, bottom, "mark"))
        if end - place > NAME_ROOM:
            short = Text(name.en.split(" (")[0], name.zh.split("（")[0])
            parts.append(words(place + 5, 16, short, "tick"))
    for class_, title, kinds in shown:
        values = [sum(row[kind] for kind in kinds) for row in weeks]
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
        parts.append(words(x(week), bottom + 18, weeks[week]["starts_at"], "tick", anchor))
    return figure(parts, bottom + 24, Text("Payments a week", "每周交易笔数"))


def spread(histogram: dict[str, Any], title: Text, is_money: bool, unit: Text) -> Markup | None:
    """Shares of each group by logarithmic bins, drawn as steps."""
    edges, sizes = histogram["edges"], histogram["sizes"]
    groups = [name for name in KINDS if sizes.get(name)]
    if not groups:
        return None
    shares = {name: histogram["shares"][name] for name in groups}
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
    for power in range(
        math.ceil(math.log10(edges[first]) - 1e-6), math.floor(math.log10(edges[end]) + 1e-6) + 1
    ):
        parts.append(line(x(power), top, x(power), bottom, "grid"))
        value = 10.0**power
        anchor = "end" if x(power) > WIDTH - 30 else "middle"
        parts.append(words(x(power), bottom + 18, yuan(value) if is_money else count(value), "tick", anchor))
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
