"""Chart of what reviews would tell: the recall that a bank would estimate, by reviews and design."""

from __future__ import annotations

from markupsafe import Markup

from data.results import Interval
from models.results.knowledge import ReviewAnswer
from reports.drawing import WIDTH, dot, figure, line, words
from reports.figures import scale, share_axis
from reports.wording import Text, count, percent

ANSWER_ROW = 24  # height
NAMES_END = 300  # where the names at the left end
DESIGNS = {
    "random": Text("drawn at random", "随机抽取"),
    "stratified": Text("by strata of the score", "按得分分层"),
}


def answer_name(row: ReviewAnswer) -> Text:
    """Reviews and design; without a review the design means nothing."""
    if not row.reviews:
        return Text("no review: what is possible", "无复核：可能的范围")
    design = DESIGNS[row.design]
    return Text(f"{row.reviews:,} {design.en}", f"{count(row.reviews)} 次，{design.zh}")


def answers_shown(rows: list[ReviewAnswer]) -> list[ReviewAnswer]:
    """By number of reviews, both designs under each other; nothing reviewed stands once."""
    ordered = sorted(rows, key=lambda row: row.reviews)
    return [row for row in ordered if row.reviews or row.design == "random"]


def answers_chart(rows: list[ReviewAnswer], true: Interval) -> Markup:
    """Estimates of recall with the middle 95 % of their draws; the true recall is a line."""
    shown = answers_shown(rows)
    x, bottom = scale(0, 1, NAMES_END + 20, WIDTH - 60), 26.0 + ANSWER_ROW * len(shown)
    title = Text("recall as the bank would estimate it", "银行会估计出的召回率")
    parts = share_axis(x, 22, bottom, title)
    if true.value is not None:
        parts.append(line(x(true.value), 22, x(true.value), bottom, "range true"))
        name = Text(f"true {percent(true.value)}", f"真实 {percent(true.value)}")
        parts.append(words(x(true.value), 14, name, "true strong", "middle"))
    for place, row in enumerate(shown):
        y = 26 + ANSWER_ROW * (place + 0.5)
        parts.append(words(NAMES_END, y + 4, answer_name(row), "name", "end"))
        if row.answer.low is not None and row.answer.high is not None:
            parts.append(line(x(row.answer.low), y, x(row.answer.high), y, "range bank"))
        if row.answer.value is not None:
            parts.append(dot(x(row.answer.value), y, 4.5, "dot bank"))
    return figure(parts, bottom + 44, title)
