"""Chart of the penalty's paths: coefficients against the strength of L2, of the elastic net and of L1."""

from __future__ import annotations

import math

from markupsafe import Markup

from models.results.penalties import PathPoint, PenaltyPaths
from reports.drawing import WIDTH, apart, element, figure, line, number, words
from reports.figures import scale
from reports.wording import Text

TOP, BOTTOM, LEFT, GAP = 40.0, 330.0, 60.0, 26.0
PLACES = 24  # pixels by which a figure is lower than its axis
NAMED = 5  # features of most weight whose names stand beside their lines


def kind_of_penalty(l1_share: float) -> Text:
    """What a share of L1 is called."""
    if l1_share == 0:
        return Text("L2: all shrink, none goes", "L2：全部收缩，无一归零")
    if l1_share == 1:
        return Text("L1: few are kept", "L1：只保留少数")
    return Text(f"both, {l1_share:.0%} of it L1", f"弹性网，其中 L1 占 {l1_share:.0%}")


def penalty_curves(found: PenaltyPaths) -> Markup:
    """One panel a kind of penalty, from the strongest at the left to the weakest; a line a feature."""
    shares = list(dict.fromkeys(point.l1_share for point in found.points))
    width = (WIDTH - LEFT - GAP * (len(shares) - 1)) / len(shares)
    most = max((abs(value) for point in found.points for value in point.coefficients.values()), default=0.0)
    parts = []
    for place, share in enumerate(shares):
        mine = [point for point in found.points if point.l1_share == share]
        parts += _panel(mine, share, LEFT + place * (width + GAP), width, most or 1.0, place == 0)
    label = Text("Coefficients along the penalty", "系数随惩罚强度的变化")
    return figure(parts, BOTTOM + 60, label)


def _panel(
    points: list[PathPoint], share: float, left: float, width: float, most: float, has_axis: bool
) -> list[str]:
    powers = [-math.log10(point.penalty) for point in points]
    x, y = scale(powers[0], powers[-1], left, left + width), scale(-most, most, BOTTOM, TOP)
    parts = [words(left, 16, kind_of_penalty(share), "strong")]
    for level in (-most, 0.0, most):
        parts.append(line(left, y(level), left + width, y(level), "grid"))
        if has_axis:
            parts.append(words(left - 8, y(level) + 4, f"{level:.2f}", "tick", "end"))
    for point, power in ((points[0], powers[0]), (points[-1], powers[-1])):
        anchor = "start" if point is points[0] else "end"
        kept = Text(f"{point.penalty:.0e}: {point.kept} kept", f"{point.penalty:.0e}：保留 {point.kept} 个")
        parts.append(words(x(power), BOTTOM + PLACES, kept, "tick", anchor))
    title = Text("penalty, weaker to the right", "惩罚强度，向右减弱")
    parts.append(words(left + width / 2, BOTTOM + 2 * PLACES, title, "axis", "middle"))
    last = points[-1].coefficients
    strongest = sorted(last, key=lambda name: -abs(last[name]))
    for place, name in enumerate(strongest):
        path = " ".join(
            f"{number(x(power))},{number(y(point.coefficients[name]))}"
            for point, power in zip(points, powers, strict=True)
        )
        parts.append(element("polyline", points=path, class_=f"curve ranker ranker-{place % 8}"))
    shown = strongest[:NAMED]
    levels = apart([y(last[name]) - 3 for name in shown], 12, BOTTOM)
    parts += [
        words(left + width, level, name, "tick", "end") for name, level in zip(shown, levels, strict=True)
    ]
    return parts
