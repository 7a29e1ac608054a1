"""Charts of what was tried: paired differences, learning curves, the search, who finds which typology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from data.results import Interval
from models.results.learning import LearningCurves
from models.results.trials import TrialWorth
from models.results.truth import TypologyRecall
from models.results.tuned import Tuned
from reports.drawing import WIDTH, box, dot, element, figure, line, number, words
from reports.figures import TICKS, scale
from reports.wording import RANKERS, Text, named, percent, same, shortened

ROW = 24  # height of a row of the forest and of the map
NAME_END = 292  # where the names left of a map end
CELL = 54  # width of a cell of the map, at most
HEAD = 150  # room for slanted names above the map
HEAD_LETTERS = 26
GROUP_LETTERS = 40  # of a name left of the map
SHADE = 0.75  # of a cell in which everybody is caught
FIT_CURVES = (
    (Text("training, AP", "训练集，AP"), "ranker ranker-3"),
    (Text("validation, AP", "验证集，AP"), "bank"),
    (Text("true recall", "真实召回率"), "true"),
)


@dataclass(frozen=True)
class Curve:
    """A line of a panel: places and heights, with its name and its class of colour."""

    name: Text
    class_: str
    points: list[tuple[float, float]]


def forest_chart(gaps: Sequence[tuple[Text, Interval]], over: Text) -> Markup | None:
    """Paired differences of true recall with their intervals, zero marked; None without any."""
    known = [(name, gap) for name, gap in gaps if gap.value is not None]
    if not known:
        return None
    ends = [end for _, gap in known for end in (gap.low, gap.value, gap.high) if end is not None]
    reach = max(0.05, *(abs(end) for end in ends))
    x, bottom = scale(-reach, reach, 260, 760), 8.0 + ROW * len(known)
    parts = [line(x(0), 4, x(0), bottom, "zero")]
    for share in (-reach, -reach / 2, reach / 2, reach):
        parts.append(line(x(share), 4, x(share), bottom, "grid"))
        parts.append(words(x(share), bottom + 16, f"{100 * share:+.0f}", "tick", "middle"))
    title = Text(
        f"true recall over {over.en}, points, with 95% interval by scheme",
        f"真实召回率相对 {over.zh}，百分点，95% 区间按案件",
    )
    parts.append(words(x(0), bottom + 36, title, "axis", "middle"))
    for place, (name, gap) in enumerate(known):
        y = 8 + ROW * (place + 0.5)
        parts.append(words(248, y + 4, name, "name", "end"))
        if gap.low is not None and gap.high is not None:
            parts.append(line(x(gap.low), y, x(gap.high), y, "range true"))
        parts.append(dot(x(gap.value or 0.0), y, 4.5, "dot true"))
        parts.append(words(WIDTH, y + 4, f"{100 * (gap.value or 0.0):+.1f}", "true", "end"))
    return figure(parts, bottom + 44, title)


def panel(left: float, title: Text, axis: Text, curves: list[Curve], ticks: list[float]) -> list[str]:
    """One panel of shares over a count; ticks are places on the lower axis."""
    top, bottom, width = 40, 270, 300
    low, high = min(ticks), max(ticks)
    x, y = scale(low, high if high > low else low + 1, left, left + width), scale(0, 1, bottom, top)
    parts = [words(left, 16, title, "strong")]
    for tick in TICKS:
        parts.append(line(left, y(tick), left + width, y(tick), "grid"))
        parts.append(words(left - 8, y(tick) + 4, percent(tick, 0), "tick", "end"))
    parts += [words(x(tick), bottom + 18, f"{tick:g}", "tick", "middle") for tick in ticks]
    parts.append(words(left + width / 2, bottom + 40, axis, "axis", "middle"))
    for place, curve in enumerate(curves):
        path = " ".join(f"{number(x(across))},{number(y(up))}" for across, up in curve.points)
        parts.append(element("polyline", points=path, class_=f"curve {curve.class_}"))
        parts += [dot(x(across), y(up), 3, f"dot {curve.class_}") for across, up in curve.points]
        parts.append(words(left + 100 * place, bottom + 62, curve.name, f"{curve.class_} strong"))
    return parts


@dataclass(frozen=True)
class FitPoint:
    """How well a trial fits what it learnt from, and what it finds elsewhere."""

    place: float
    train: float | None
    worth: TrialWorth

    @property
    def heights(self) -> tuple[float | None, float | None, float | None]:
        """Average precision in training and on validation, then true recall."""
        return self.train, self.worth.validation_average_precision, self.worth.true_recall.value


def fit_curves(rows: Sequence[FitPoint]) -> list[Curve]:
    """Training, validation and truth as three lines; a point that was not measured is left out."""
    found = []
    for place, (name, class_) in enumerate(FIT_CURVES):
        heights = [(row.place, row.heights[place]) for row in rows]
        found.append(Curve(name, class_, [(across, up) for across, up in heights if up is not None]))
    return found


def learning_chart(curves: LearningCurves) -> Markup:
    """Training against validation and truth, over the size of the data and over rounds."""
    first = {point.share: point for point in curves.sizes if point.repeat == 0}
    sizes = [
        FitPoint(100 * share, first[share].train_average_precision, first[share].worth)
        for share in sorted(first)
    ]
    rounds = [FitPoint(float(row.rounds), row.train_average_precision, row.worth) for row in curves.rounds]
    panels = (
        (
            50,
            Text("More data", "更多数据"),
            Text("schemes and customers learnt from, %", "用于学习的案件与客户，%"),
            sizes,
        ),
        (560, Text("More rounds", "更多轮数"), Text("rounds of boosting", "提升轮数"), rounds),
    )
    parts: list[str] = []
    for left, title, axis, rows in panels:
        if rows:
            parts += panel(left, title, axis, fit_curves(rows), [row.place for row in rows])
    return figure(parts, 345, Text("Learning curves", "学习曲线"))


def search_chart(tuned: dict[str, Tuned]) -> Markup | None:
    """Recall on the judged folds of every trial of every model; None where nothing was searched."""
    measured = {
        name: [(trial.recall, trial.is_pruned) for trial in result.trials if trial.recall is not None]
        for name, result in tuned.items()
    }
    shown = {name: trials for name, trials in measured.items() if len(trials) > 1}
    if not shown:
        return None
    x, bottom, parts = scale(0, 1, 260, 860), 8.0 + ROW * len(shown), []
    for tick in TICKS:
        parts.append(line(x(tick), 4, x(tick), bottom, "grid"))
        parts.append(words(x(tick), bottom + 16, percent(tick, 0), "tick", "middle"))
    title = Text(
        "recall at the budget, judged folds together; hollow: given up after the first fold",
        "固定预警量下的召回率，各评判折合计；空心：首折后放弃",
    )
    parts.append(words(x(0.5), bottom + 36, title, "axis", "middle"))
    for place, (name, trials) in enumerate(shown.items()):
        y = 8 + ROW * (place + 0.5)
        parts.append(words(248, y + 4, named(RANKERS, name), "name", "end"))
        parts += [dot(x(recall), y, 4, "member" if is_pruned else "dot bank") for recall, is_pruned in trials]
        parts.append(words(WIDTH, y + 4, percent(max(recall for recall, _ in trials)), "bank", "end"))
    return figure(parts, bottom + 44, Text("Trials of the search", "参数搜索的各次试验"))


def slanted(x: float, y: float, text: Text) -> str:
    """A name that ends at a place, written upwards to it from the left, once for each language."""
    return "".join(
        f'<text class="small {language}" text-anchor="end" '
        f'transform="translate({number(x)} {number(y)}) rotate(52)">{escape(shown)}</text>'
        for language, shown in (("en", text.en), ("zh", text.zh))
    )


def caught_map(rows: list[TypologyRecall], rankers: list[str], names: dict[str, Text]) -> Markup:
    """Customers caught by typology and ranker: the darker a cell, the larger the share.

    A group too small for a share has a count and no shade.
    """
    values = list(dict.fromkeys(row.typology for row in rows))
    cells = {(row.typology, row.ranker): row for row in rows}
    width = min(CELL, (WIDTH - NAME_END - 50) / max(len(rankers), 1))
    left, parts = NAME_END + 50, []
    for place, ranker in enumerate(rankers):
        parts.append(
            slanted(left + width * (place + 0.7), HEAD - 8, shortened(named(RANKERS, ranker), HEAD_LETTERS))
        )
    for down, value in enumerate(values):
        y = HEAD + ROW * down
        size = max(cells[value, ranker].customers for ranker in rankers if (value, ranker) in cells)
        parts.append(words(NAME_END, y + 16, shortened(named(names, value), GROUP_LETTERS), "small", "end"))
        parts.append(words(NAME_END + 40, y + 16, same(str(size)), "tick", "end"))
        for place, ranker in enumerate(rankers):
            row = cells.get((value, ranker))
            if row is None:
                continue
            x, share = left + width * place, row.recall.value
            parts.append(box(x, y, width - 2, ROW - 2, "party"))
            if share:
                parts.append(
                    element(
                        "rect",
                        x=x,
                        y=float(y),
                        width=width - 2,
                        height=float(ROW - 2),
                        class_="fill true",
                        opacity=f"{SHADE * share:.2f}",
                    )
                )
            parts.append(words(x + width / 2 - 1, y + 16, str(row.caught), "small", "middle"))
    return figure(
        parts, HEAD + ROW * len(values) + 4, Text("Caught by typology and ranker", "按类型与方法的识别数")
    )
