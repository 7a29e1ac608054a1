"""The picture of the tests of explanations: true ring members recovered, by method."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data.results import Interval
from reports.drawing import WIDTH, dot, figure, line, words
from reports.figures import scale, share_axis
from reports.wording import Text, percent

ROW_HEIGHT = 34.0


def recovery_chart(rows: Sequence[tuple[Text, Interval]]) -> Markup | None:
    """Share of the active members that each method names, with its interval; None without any."""
    known = [(name, share) for name, share in rows if share.value is not None]
    if not known:
        return None
    known.sort(key=lambda row: -(row[1].value or 0.0))
    x, bottom = scale(0, 1, 330, 840), 8 + ROW_HEIGHT * len(known)
    title = Text(
        "share of active ring members named, with 95% interval by scheme",
        "点名的活跃团伙成员占比，95% 区间按案件",
    )
    parts = share_axis(x, 4, bottom, title)
    for place, (name, share) in enumerate(known):
        y = 8 + ROW_HEIGHT * (place + 0.5)
        parts.append(words(318, y + 4, name, "name", "end"))
        if share.low is not None and share.high is not None:
            parts.append(line(x(share.low), y, x(share.high), y, "range true"))
        parts.append(dot(x(share.value or 0.0), y, 5.5, "dot true"))
        parts.append(words(WIDTH, y + 4, percent(share.value), "true strong", "end"))
    return figure(parts, bottom + 44, Text("True ring members recovered", "找回的真实团伙成员"))
