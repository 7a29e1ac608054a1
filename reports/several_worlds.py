"""View-model of the page on several worlds: what differs between them beside what one is unsure of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from models.results.worlds import GapSpread, RankerSpread, WorldFigures, Worlds, WorldSpread
from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.loop_figures import Mark, MarkRow, marks_chart
from reports.rankings import points, points_range
from reports.tracing import how_many
from reports.wording import DASH, RANKERS, Text, named, percent, worded_interval

NO_NAME = Text("", "")


def pair_name(first: str, second: str) -> Text:
    """The first less the second, under their names."""
    one, other = named(RANKERS, first), named(RANKERS, second)
    return Text(f"{one.en} less {other.en}", f"{one.zh} 减 {other.zh}")


def in_points_of(value: float | None) -> str:
    """A standard deviation of shares, in points."""
    return DASH if value is None else f"{100 * value:.1f}"


@dataclass(frozen=True)
class SpreadCell:
    """A figure over the worlds in one view, as the table prints it."""

    view: str
    mean: str
    range: str
    ends: str
    between: str
    within: str
    surely: str


@dataclass(frozen=True)
class SpreadRow:
    """One ranker, or one difference, in both views."""

    name: Text
    cells: tuple[SpreadCell, SpreadCell]


def spread_cell(view: str, found: WorldSpread, worlds: int, is_gap: bool) -> SpreadCell:
    """A difference is printed in points with its sign, a share in percent."""
    if is_gap:
        mean, spread = points(found.mean), points_range(found.mean)
        ends = " … ".join(DASH if end is None else f"{100 * end:+.1f}" for end in (found.least, found.most))
    else:
        mean, spread = percent(found.mean.value), worded_interval(found.mean).partition("(")[2].rstrip(")")
        ends = f"{percent(found.least)} … {percent(found.most)}"
    surely = f"{found.above_zero} / {found.below_zero} / {worlds}" if is_gap else DASH
    return SpreadCell(
        view, mean, spread, ends, in_points_of(found.between), in_points_of(found.within), surely
    )


def spread_row(row: RankerSpread | GapSpread, worlds: int) -> SpreadRow:
    """As the table prints it."""
    is_gap = isinstance(row, GapSpread)
    name = pair_name(row.first, row.second) if isinstance(row, GapSpread) else named(RANKERS, row.ranker)
    return SpreadRow(
        name,
        (spread_cell("bank", row.bank, worlds, is_gap), spread_cell("true", row.true, worlds, is_gap)),
    )


def _spread_words(found: WorldSpread) -> Text:
    between, within = in_points_of(found.between), in_points_of(found.within)
    return Text(f"{between} | {within}", f"{between} | {within}")


def recall_chart(found: Worlds) -> Markup | None:
    """Recall at the budget of each ranker, every world a dot."""
    rows = []
    for row in found.rankers:
        marks = tuple(
            Mark(
                view,
                spread.mean,
                _values([getattr(world, view)[row.ranker].recall_at_budget.value for world in found.worlds]),
                getattr(found.reported, view)[row.ranker].recall_at_budget.value,
            )
            for view, spread in (("bank", row.bank), ("true", row.true))
        )
        rows.append(MarkRow(named(RANKERS, row.ranker), (marks,), _spread_words(row.true)))
    title = Text("recall at the budget", "固定预警量下的召回率")
    return marks_chart(rows, [NO_NAME], title, is_share=True)


def gap_chart(found: Worlds) -> Markup | None:
    """The paired differences, every world a dot."""
    rows = []
    for place, row in enumerate(found.gaps):
        marks = tuple(
            Mark(
                view,
                spread.mean,
                _values([_gap(world, place, view) for world in found.worlds]),
                _gap(found.reported, place, view),
            )
            for view, spread in (("bank", row.bank), ("true", row.true))
        )
        rows.append(MarkRow(pair_name(row.first, row.second), (marks,), _spread_words(row.true)))
    title = Text("difference of recall at the budget, points", "固定预警量下的召回率之差，百分点")
    return marks_chart(rows, [NO_NAME], title, is_share=False)


def _gap(world: WorldFigures, place: int, view: str) -> float | None:
    gap = world.gaps[place]
    return (gap.true if view == "true" else gap.bank).recall_at_budget.value


def _values(values: list[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def worlds_seen(found: Worlds) -> Text:
    """What the mean over the worlds says of the first differences, and which spread is the larger."""
    worlds, gaps = (how_many(rows, lambda _: True, "all") for rows in (found.worlds, found.gaps))
    told = [_gap_said(row, worlds) for row in found.gaps[:2]]
    wider = how_many(
        found.gaps, lambda row: (row.true.between or 0.0) > (row.true.within or 0.0), "between above within"
    )
    return Text(
        f"In {worlds} worlds that nobody had looked at: {told[0].en}"
        + (f"; {told[1].en}" if len(told) > 1 else "")
        + f". Of {gaps} true differences {wider} differ more between worlds than the interval "
        f"of one world says.",
        f"在 {worlds} 个此前无人看过的世界中：{told[0].zh}"
        + (f"；{told[1].zh}" if len(told) > 1 else "")
        + f"。{gaps} 项真实差异中有 {wider} 项在世界之间的离散大于单个世界区间所示。",
    )


def _gap_said(row: GapSpread, worlds: int) -> Text:
    name, size = pair_name(row.first, row.second), f"{points(row.true.mean)} ({points_range(row.true.mean)})"
    word = {
        1: Text("above zero", "大于零"),
        0: Text("not shown to differ from zero", "未显示异于零"),
        -1: Text("below zero", "小于零"),
    }[told_apart(row.true.mean)]
    above = row.true.above_zero
    return Text(
        f"{name.en} is {size} points of true recall, {word.en} over the worlds, and provably above zero "
        f"in {above} of {worlds} worlds on their own",
        f"{name.zh} 的真实召回率差为 {size} 个百分点，各世界平均{word.zh}，"
        f"单独看有 {above}/{worlds} 个世界经证实大于零",
    )


@dataclass(frozen=True)
class SeveralWorlds:
    """Everything that the template of the page needs; of a study that was not run only that."""

    found: Worlds | None
    seen: Text
    recall: Markup | None = None
    gaps: Markup | None = None
    rankers: tuple[SpreadRow, ...] = ()
    differences: tuple[SpreadRow, ...] = ()


def worlds_page(evidence: Evidence) -> SeveralWorlds:
    """The whole page."""
    found = evidence.experiments.studies.worlds
    if found is None:
        return SeveralWorlds(
            None,
            Text(
                "Not run: one world, and nothing said of another. make worlds runs it.",
                "尚未运行：仅一个世界，对其他世界不作结论。运行命令：make worlds。",
            ),
        )
    number = len(found.worlds)
    return SeveralWorlds(
        found=found,
        seen=worlds_seen(found),
        recall=recall_chart(found),
        gaps=gap_chart(found),
        rankers=tuple(spread_row(row, number) for row in found.rankers),
        differences=tuple(spread_row(row, number) for row in found.gaps),
    )
