"""Chart of the feature ladder: one step a rung, the bank's recall and the true one."""

from __future__ import annotations

from markupsafe import Markup

from reports.drawing import WIDTH, dot, figure, line, words
from reports.figures import scale, share_axis
from reports.rankings import RankingRow
from reports.wording import VIEWS, Text, percent


def ladder(rungs: list[RankingRow]) -> Markup:
    """Recall at the budget of every rung, with its interval; the bank's dot above the true one."""
    x, top, step = scale(0, 1, 200, 790), 10, 52
    bottom = top + step * len(rungs)
    title = Text("recall at the alert budget, with 95% interval", "固定预警量下的召回率及 95% 置信区间")
    parts = share_axis(x, top, bottom, title)
    for place, row in enumerate(rungs):
        middle = top + step * (place + 0.5)
        parts.append(words(188, middle + 4, row.name, "name", "end"))
        for (view, found), shift in zip(row.views, (-9.0, 9.0), strict=True):
            recall = found.recall
            if recall.value is None or recall.low is None or recall.high is None:
                continue
            level = middle + shift
            parts.append(line(x(recall.low), level, x(recall.high), level, f"range {view}"))
            parts.append(dot(x(recall.value), level, 5.5, f"dot {view}"))
            shown = Text(*(f"{name} {percent(recall.value)}" for name in VIEWS[view]))
            parts.append(words(WIDTH, level + 4, shown, view, "end"))
    return figure(parts, bottom + 44, Text("The feature ladder", "特征阶梯"))
