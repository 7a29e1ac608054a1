"""Charts of the results: what the bank sees in blue, what is true in amber, always labelled."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from markupsafe import Markup

from explain.results.faithfulness import FeatureShare
from models.results.beyond import RulebookRan
from models.results.judged import BudgetPoint, Judged
from reports.drawing import WIDTH, apart, box, dot, element, figure, line, number, words
from reports.wording import (
    RANKERS,
    VIEWS,
    Text,
    count,
    named,
    percent,
    percent_range,
    shortened,
)

NAME_LETTERS = 72  # that stand on one line left of a bar
LETTERS = 16  # of a ranker beside its line
PANEL = 304  # width of one of two panels side by side
AS_IT_RAN = Text("rulebook as it ran", "规则库实际运行")
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """A linear map from values to places."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def share_axis(x: Callable[[float], float], top: float, bottom: float, title: Text) -> list[str]:
    """Vertical grid of shares with its title below."""
    parts = []
    for tick in TICKS:
        parts.append(line(x(tick), top, x(tick), bottom, "grid"))
        parts.append(words(x(tick), bottom + 16, percent(tick, 0), "tick", "middle"))
    parts.append(words((x(0) + x(1)) / 2, bottom + 36, title, "axis", "middle"))
    return parts


def colour(ranker: str, rankers: list[str]) -> str:
    """CSS classes of a ranker, which has its colour by its place among all."""
    return f"ranker ranker-{rankers.index(ranker)}"


def dumbbell(bank: Judged, truth: Judged, rankers: list[str]) -> Markup:
    """Recall at the budget of each ranker: the bank's dot above, the true one below."""
    x, top, step = scale(0, 1, 132, 700), 14, 58
    bottom = top + step * len(rankers)
    title = Text("recall at the alert budget, with 95% interval", "固定预警量下的召回率及 95% 置信区间")
    parts = share_axis(x, top, bottom, title)
    for place, ranker in enumerate(rankers):
        middle = top + step * (place + 0.5)
        ends = {}
        parts.append(words(120, middle + 4, shortened(named(RANKERS, ranker), LETTERS), "name", "end"))
        for view, measured, shift in (("bank", bank, -10.0), ("true", truth, 10.0)):
            recall = measured.metrics[ranker].recall_at_budget
            if recall.value is None or recall.low is None or recall.high is None:
                continue
            ends[view] = (x(recall.value), middle + shift)
            parts.append(line(x(recall.low), middle + shift, x(recall.high), middle + shift, f"range {view}"))
            shown = f"{percent(recall.value)}  ({percent_range(recall)})"
            parts.append(words(722, middle + shift + 4, VIEWS[view], f"{view} strong"))
            parts.append(words(WIDTH, middle + shift + 4, shown, view, "end"))
        if len(ends) == 2:
            (x1, y1), (x2, y2) = ends.values()
            parts.append(line(x1, y1, x2, y2, "link"))
        parts += [dot(*place_of, 6.5, f"dot {view}") for view, place_of in ends.items()]
    label = Text(
        "Recall at the budget, as the bank sees it and in truth", "固定预警量下的召回率：银行所见与真实情况"
    )
    return figure(parts, bottom + 44, label)


def point_of_rulebook(
    view: str,
    ran: RulebookRan | None,
    x: Callable[[float], float],
    y: Callable[[float], float],
    most: float,
) -> list[str]:
    """The rulebook as it ran in one panel; nothing where it lies outside the panel."""
    if ran is None or ran.budget is None or ran.budget > most:
        return []
    recall = (ran.bank if view == "bank" else ran.true).value
    if recall is None:
        return []
    place = (x(ran.budget), y(recall))
    name = words(place[0] + 9, place[1] - 7, AS_IT_RAN, f"{view} strong")
    return [dot(*place, 5.5, f"dot {view}"), name]


def curves(
    bank: list[BudgetPoint],
    truth: list[BudgetPoint],
    rankers: list[str],
    ran: RulebookRan | None = None,
) -> Markup:
    """Recall by alert budget in two panels, the bank's labels left and the truth right.

    The rulebook as it ``ran`` is a point of its own: its alerts came day by day, at no budget.
    """
    top, bottom, parts = 40, 330, []
    most = max(row.budget for row in truth)
    for view, rows, left in (("bank", bank, 46), ("true", truth, 500)):
        x, y = scale(0, most, left, left + PANEL), scale(0, 1, bottom, top)
        parts.append(words(left, 16, VIEWS[view], f"{view} strong"))
        for tick in TICKS:
            parts.append(line(left, y(tick), left + PANEL, y(tick), "grid"))
            parts.append(words(left - 8, y(tick) + 4, percent(tick, 0), "tick", "end"))
        parts += [
            words(x(budget), bottom + 18, f"{budget}×", "tick", "middle") for budget in range(int(most) + 1)
        ]
        parts.append(line(x(1), top, x(1), bottom, "mark"))
        parts.append(words(x(1) + 5, bottom - 6, Text("the bank’s budget", "银行现行预算"), "tick"))
        title = Text("alert budget, multiples of the bank’s", "预警预算（现行预算的倍数）")
        parts.append(words(left + PANEL / 2, bottom + 40, title, "axis", "middle"))
        ends = []
        for ranker in rankers:
            points = sorted(
                (row.budget, row.recall) for row in rows if row.ranker == ranker and row.recall is not None
            )
            if not points:
                continue
            path = " ".join(f"{number(x(budget))},{number(y(recall))}" for budget, recall in points)
            parts.append(element("polyline", points=path, class_=f"curve {colour(ranker, rankers)}"))
            ends.append((ranker, y(points[-1][1])))
        parts += point_of_rulebook(view, ran, x, y, most)
        spread = apart([end for _, end in ends], 17, bottom)
        for (ranker, end), place in zip(ends, spread, strict=True):
            parts.append(line(left + PANEL + 1, end, left + PANEL + 12, place, "leader"))
            class_ = f"{colour(ranker, rankers)} strong"
            name = shortened(named(RANKERS, ranker), LETTERS)
            parts.append(words(left + PANEL + 15, place + 4, name, class_))
    label = Text("Recall by alert budget", "不同预警预算下的召回率")
    return figure(parts, bottom + 48, label)


def funnel_chart(steps: list[tuple[Text, int]]) -> Markup:
    """From rule hits to reports, each step with its share of the one before."""
    x, parts, y = scale(0, max(size for _, size in steps) or 1, 110, 690), [], 6.0
    for place, (name, size) in enumerate(steps):
        parts.append(words(98, y + 20, name, "name", "end"))
        parts.append(box(110, y, x(size) - 110, 30, "fill bank"))
        parts.append(words(x(size) + 10, y + 20, count(size), "bank strong"))
        if place and steps[place - 1][1]:
            share = percent(size / steps[place - 1][1])
            note = Text(f"{share} of the step before", f"占上一环节 {share}")
            parts.append(words(WIDTH, y + 20, note, "tick", "end"))
        y += 44
    return figure(parts, y, Text("From rule hits to reports", "从规则触发到上报可疑"))


def two_lines(text: Text, letters: int) -> list[Text]:
    """A label as one line, or as two where a language has more letters; a Chinese one counts as two."""
    if len(text.en) <= letters and 2 * len(text.zh) <= letters:
        return [text]
    first, *others = textwrap.wrap(text.en, letters) if len(text.en) > letters else [text.en]
    half = letters // 2
    return [Text(first, text.zh[:half]), Text(" ".join(others), text.zh[half:])]


def top_features(shares: list[FeatureShare]) -> Markup:
    """Share of the total absolute contribution by feature."""
    largest = max((row.share for row in shares), default=1.0) or 1.0
    x, parts, y = scale(0, largest, 500, 870), [], 4.0
    for row in shares:
        lines = two_lines(Text(row.label_en, row.label_zh), NAME_LETTERS)
        for place, line_ in enumerate(lines):
            parts.append(words(488, y + 14 + 15 * place, line_, "name", "end"))
        parts.append(box(500, y + 2, x(row.share) - 500, 15, "fill ink"))
        parts.append(words(x(row.share) + 8, y + 14, percent(row.share), "tick"))
        y += 25 + 13 * (len(lines) - 1)
    return figure(parts, y + 2, Text("Top features by contribution", "贡献最大的特征"))
