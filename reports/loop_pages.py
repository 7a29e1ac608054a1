"""View-model of the feedback loop: what was wished, what it did, and whether it was kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from data.words import OCCUPATION_NAMES, REASON_NAMES
from models.results.iterations import FigureChange, Iteration, Iterations
from models.results.world_run import PastCases, ReviewSlice
from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.loop_figures import Mark, MarkRow, marks_chart
from reports.rankings import points, points_range
from reports.tracing import how_many
from reports.wording import RANKERS, SEMICOLON, Text, count, joined, named, names_or_none

REACH, FALSE_ALARMS = "rules_reach", "false_alarms"
FIGURES = {
    REACH: Text("Reach of the rules, whole run", "规则触达（全程）"),
    "false_alarms": Text("false alarms of the slice", "该切片的误报"),
}
PANEL_NAMES = {  # above a panel there is room for few letters
    REACH: Text("Rules, whole run", "规则（全程）"),
    "lightgbm_library": Text("LightGBM, library", "LightGBM 加类型库"),
}
EVEN = 0.5
MOST_REASONS = 3  # that a cell names
SOURCE = ".source: "  # of a number: who wished it stands in the hypothesis
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
FIRMS = Text("firms", "企业")
NOT_RUN = Text(
    "Not run: no change was tried and judged. The command make iterate runs the loop.",
    "尚未运行：没有经过试验与评判的改动。运行命令：make iterate。",
)


def figure_name(key: str) -> Text:
    """A figure that a turn is judged by."""
    return FIGURES.get(key) or named(RANKERS, key)


def occupations_of(keys: list[str]) -> Text:
    """Occupations of a slice; an empty one stands for firms, none at all for everybody."""
    return names_or_none([named(OCCUPATION_NAMES, key) if key else FIRMS for key in keys])


def most_of(counts: Mapping[str, int], names: dict[str, Text]) -> Text:
    """The largest counts under their names."""
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_REASONS]
    return names_or_none(
        [Text(f"{named(names, key).en} {n}", f"{named(names, key).zh} {n}") for key, n in most]
    )


@dataclass(frozen=True)
class SliceRow:
    """A slice of errors under its names."""

    rule: Text
    occupation: Text
    found: ReviewSlice
    reasons: Text
    look_alikes: Text


@dataclass(frozen=True)
class ChangeCell:
    """One figure before and after, in one view."""

    name: Text
    view: str
    found: FigureChange
    size: str
    range: str
    verdict: Text


@dataclass(frozen=True)
class TurnRow:
    """One turn of the loop, as the page tells it."""

    title: Text
    hypothesis: Text
    slice: Text
    aim: Text
    verdict: Text
    why: Text
    said: Text
    found: Iteration
    change: list[str]
    reasons: tuple[Text, Text]
    look_alikes: tuple[Text, Text]
    cells: list[ChangeCell]


@dataclass(frozen=True)
class PastRow:
    """A blind replay under the name of its model."""

    name: Text
    found: PastCases


def verdict_of(turn: Iteration) -> Text:
    """Kept or taken back."""
    return Text("kept", "保留") if turn.is_kept else Text("taken back", "撤回")


def why_of(turn: Iteration) -> Text:
    """Why a turn was taken back; of one that is kept, that nothing spoke against it."""
    if turn.is_kept:
        return Text(
            "its aim is reached and no guarded figure lost more than is allowed",
            "达到目标，且护栏指标的降幅均在容许范围内",
        )
    reasons = [
        Text("its aim is not reached", "未达到目标") if reason == "aim" else fell_said(turn, reason)
        for reason in turn.reasons
    ]
    return joined(reasons, SEMICOLON)


def fell_said(turn: Iteration, figure: str) -> Text:
    """A guarded figure that speaks against a turn: fallen provably, or only by more than is allowed."""
    name = figure_name(figure)
    row = next((one for one in turn.true if one.figure == figure), None)
    if row is not None and told_apart(row.change) < 0:
        return Text(f"{name.en} fell", f"{name.zh} 下降")
    return Text(
        f"{name.en} lost more than is allowed, though no fall is shown",
        f"{name.zh} 的降幅超过容许值（下降未经证实）",
    )


def aim_said(turn: Iteration) -> Text:
    """What a turn did to what it aimed at, and what followed, in a few words."""
    before, after = turn.slice_before, turn.slice_after
    aimed = next((row for row in turn.true if row.figure == turn.aim), None)
    told = Text(
        f"False alarms {count(before.false_alarms)} → {count(after.false_alarms)}, alerts on the illicit "
        f"{count(before.illicit)} → {count(after.illicit)}",
        f"误报 {count(before.false_alarms)} → {count(after.false_alarms)}，"
        f"涉案者预警 {count(before.illicit)} → {count(after.illicit)}",
    )
    if aimed is not None:
        name, size = figure_name(turn.aim), f"{points(aimed.change)} ({points_range(aimed.change)})"
        told = Text(f"{name.en}: {size} points", f"{name.zh}：{size} 个百分点")
    return joined([told, why_of(turn)], SEMICOLON)


def turn_said(turn: Iteration) -> Text:
    """What a turn did to its slice, or to the figure that it aimed at, and to whom all rules reach."""
    before, after = turn.slice_before, turn.slice_after
    if turn.aim not in (FALSE_ALARMS, REACH):
        said = aim_said(turn)
        return Text(f"{said.en}.", f"{said.zh}。")
    reach = next((row for row in turn.true if row.figure == REACH), None)
    told = Text(
        f"False alarms of its slice went from {count(before.false_alarms)} to {count(after.false_alarms)}, "
        f"its alerts on the truly illicit from {count(before.illicit)} to {count(after.illicit)}",
        f"该切片误报由 {count(before.false_alarms)} 变为 {count(after.false_alarms)}，"
        f"其中真实涉案的预警由 {count(before.illicit)} 变为 {count(after.illicit)}",
    )
    if reach is None or reach.change.value is None:
        return Text(f"{told.en}.", f"{told.zh}。")
    size, word = f"{points(reach.change)} ({points_range(reach.change)})", change_word(reach)
    return Text(
        f"{told.en}; the reach of all rules changed by {size} points: {word.en}.",
        f"{told.zh}；全部规则的触达变化 {size} 个百分点：{word.zh}。",
    )


def change_word(change: FigureChange) -> Text:
    """Whether a paired change is proven."""
    return {
        1: Text("more", "提高"),
        0: Text("no change shown", "未显示变化"),
        -1: Text("less", "下降"),
    }[told_apart(change.change)]


def change_cells(turn: Iteration) -> list[ChangeCell]:
    """Every figure of a turn, what is true beside what the bank sees."""
    return [
        ChangeCell(
            figure_name(row.figure), view, row, points(row.change), points_range(row.change), change_word(row)
        )
        for view, rows in (("true", turn.true), ("bank", turn.bank))
        for row in rows
    ]


def turn_row(turn: Iteration, look_alikes: dict[str, Text]) -> TurnRow:
    """As the page tells it."""
    occupations = occupations_of(turn.slice_occupations)
    rules = ", ".join(turn.slice_rules)
    whom = Text(
        (rules or "all rules") + (f"; {occupations.en}" if turn.slice_occupations else ""),
        (rules or "全部规则") + (f"；{occupations.zh}" if turn.slice_occupations else ""),
    )
    return TurnRow(
        title=Text(turn.title_en, turn.title_zh),
        hypothesis=Text(turn.hypothesis_en, turn.hypothesis_zh),
        slice=whom,
        aim=figure_name(turn.aim),
        verdict=verdict_of(turn),
        why=why_of(turn),
        said=turn_said(turn),
        found=turn,
        reasons=(
            most_of(turn.slice_before.reasons, REASON_NAMES),
            most_of(turn.slice_after.reasons, REASON_NAMES),
        ),
        look_alikes=(
            most_of(turn.slice_before.look_alikes, look_alikes),
            most_of(turn.slice_after.look_alikes, look_alikes),
        ),
        change=[_in_letters(line) for line in turn.change if SOURCE not in line],
        cells=change_cells(turn),
    )


def _in_letters(line: str) -> str:
    """A line of the log whose JSON escapes what is no ASCII, as people read it."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), line)


def turns_chart(found: Iterations, view: str) -> Markup | None:
    """The paired change of every figure by turn, in one view."""
    changes = [(turn, turn.true if view == "true" else turn.bank) for turn in found.iterations]
    figures = list(dict.fromkeys(row.figure for _, rows in changes for row in rows))
    rows = []
    for turn, of_turn in changes:
        by_figure = {row.figure: row.change for row in of_turn}
        panels = tuple((Mark(view, by_figure[name]),) if name in by_figure else () for name in figures)
        rows.append(MarkRow(Text(turn.title_en, turn.title_zh), panels, verdict_of(turn)))
    title = Text(
        "change by the turn, points, paired, with 95% interval", "该轮改动带来的变化，百分点，配对，95% 区间"
    )
    names = [PANEL_NAMES.get(name) or figure_name(name) for name in figures]
    return marks_chart(rows, names, title, is_share=False)


def turns_seen(found: Iterations) -> Text:
    """How many turns were kept, and in how many the bank alone would have decided otherwise."""
    turns = found.iterations
    total = how_many(turns, lambda _: True, "turns")
    kept = how_many(turns, lambda turn: turn.is_kept, "kept")
    back = how_many(turns, lambda turn: not turn.is_kept, "taken back")
    otherwise = how_many(
        turns, lambda turn: turn.is_kept != turn.bank_would_keep, "the bank would end otherwise"
    )
    return Text(
        f"Of {total} changes that somebody wished for, one rule that was written down before keeps {kept} "
        f"and takes {back} back; judged by the bank’s own figures, {otherwise} would have ended otherwise.",
        f"{total} 项改动诉求按事先写定的规则，保留 {kept} 项，撤回 {back} 项；"
        f"若只看银行自身数字，有 {otherwise} 项结论会不同。",
    )


def slice_row(row: ReviewSlice, evidence: Evidence) -> SliceRow:
    """A slice of errors under its names."""
    names = {rule.rule_id: Text(rule.name_en, rule.name_zh) for rule in evidence.bank.rule_table}
    rule = named(names, row.rule_id)
    return SliceRow(
        rule=Text(f"{row.rule_id} {rule.en}", f"{row.rule_id} {rule.zh}"),
        occupation=occupations_of([row.occupation]),
        found=row,
        reasons=most_of(row.reasons, REASON_NAMES),
        look_alikes=most_of(row.look_alikes, evidence.names.look_alikes),
    )


def replay_of(evidence: Evidence) -> list[PastCases]:
    """The blind replay in the world of this report, else in that of the loop; empty without either."""
    studies = evidence.experiments.studies
    if studies.worlds is not None:
        return studies.worlds.reported.past_cases
    return studies.iterations.past_cases if studies.iterations is not None else []


def replay_said(rows: list[PastCases], chosen: str, is_judged: bool = True) -> Text | None:
    """What people and the chosen model, else the first, say of the same cases.

    Parameters
    ----------
    is_judged : whether what follows is said as well
    """
    row = next((one for one in rows if one.ranker == chosen), rows[0] if rows else None)
    if row is None or not row.cases:
        return None
    name = named(RANKERS, row.ranker)
    people, model = row.only_people, row.only_model
    told = Text(
        f"Blind replay of {count(row.cases)} past cases: investigators reported {count(row.reported)}, and "
        f"{name.en}, asked for as many, picks {count(row.both.cases)} of them. Of the {count(people.cases)} "
        f"that only people report {count(people.illicit)} are truly illicit, of the {count(model.cases)} "
        f"that only the model picks {count(model.illicit)}.",
        f"盲测回放 {count(row.cases)} 个历史案例：甄别人员上报 {count(row.reported)} 个，"
        f"{name.zh} 选取同样数量，其中重合 {count(row.both.cases)} 个。"
        f"仅人工上报的 {count(people.cases)} 个中真实涉案 {count(people.illicit)} 个，"
        f"仅模型选取的 {count(model.cases)} 个中真实涉案 {count(model.illicit)} 个。",
    )
    return joined([told, who_decides(row)], Text(" ", "")) if is_judged else told


def who_decides(row: PastCases) -> Text:
    """What follows from the illicit cases that one side alone picks, by Wilson's interval."""
    people, model = row.only_people.illicit, row.only_model.illicit
    of_people = Interval.of_count(people, people + model)
    if (of_people.low or 0.0) > EVEN:
        return Text(
            "Among customers already alerted people, who see the papers, judge better: the model says whom "
            "to look at, and people decide.",
            "对已预警客户，能看到材料的人判断更准：模型只决定先看谁，结论由人作出。",
        )
    if of_people.high is not None and of_people.high < EVEN:
        return Text(
            "Among customers already alerted the model judges better than the people did.",
            "对已预警客户，模型的判断比当时的人工更准。",
        )
    return Text(
        "Neither is shown to judge better among customers already alerted.",
        "对已预警客户，未显示两者孰优。",
    )


@dataclass(frozen=True)
class LoopPage:
    """Everything that the template of the page needs; of a loop that was not run only that."""

    found: Iterations | None
    seen: Text
    chart: Markup | None
    bank_chart: Markup | None
    slices: list[SliceRow]
    turns: list[TurnRow]
    guards: Text
    past: list[PastRow]
    past_said: Text | None


def loop_page(evidence: Evidence) -> LoopPage:
    """The whole page."""
    found, past = evidence.experiments.studies.iterations, replay_of(evidence)
    return LoopPage(
        found=found,
        seen=turns_seen(found) if found else NOT_RUN,
        chart=turns_chart(found, "true") if found else None,
        bank_chart=turns_chart(found, "bank") if found else None,
        slices=[slice_row(row, evidence) for row in found.false_alarms] if found else [],
        turns=[turn_row(turn, evidence.names.look_alikes) for turn in found.iterations] if found else [],
        guards=names_or_none([figure_name(name) for name in found.guards] if found else []),
        past=[PastRow(named(RANKERS, row.ranker), row) for row in past],
        past_said=replay_said(past, evidence.chosen),
    )


def turns_told(found: Iterations) -> Text:
    """The turns in one line each: what was wished, what it did, what became of it."""
    parts = [
        Text(
            f"{turn.title_en} ({verdict_of(turn).en}: {why_of(turn).en})",
            f"{turn.title_zh}（{verdict_of(turn).zh}：{why_of(turn).zh}）",
        )
        for turn in found.iterations
    ]
    return joined(parts, SEMICOLON)
