"""View-model of the section on recall over time: what fell, which alarm told, learning anew."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from models.results.over_time import OverTime, RecallChange, Retraining, TypologyHalves
from models.schema import RULES, STACK
from reports.comparison import told_apart
from reports.drift_tables import DriftSection, drift_section
from reports.evidence import GRAPH, Evidence
from reports.rankings import points, points_range
from reports.time_figures import alarm_grid, recall_lines
from reports.time_words import KIND_NAMES, RUNBOOK, RunbookEntry
from reports.tracing import how_many, how_many_of
from reports.wording import DASH, RANKERS, Text, named, names_or_none

RULEBOOK_RAN = "rulebook"
NAMES = RANKERS | {RULEBOOK_RAN: Text("Rulebook as it ran", "规则库实际运行")}
MOST_MOVED = 3  # features named of the stretch in which most have moved


@dataclass(frozen=True)
class ChangeRow:
    """A ranker's recall in the later half less that in the earlier one."""

    name: Text
    found: RecallChange


@dataclass(frozen=True)
class StretchAnswer:
    """A planned change and what the alarms made of it, names of kinds joined."""

    at: str
    what: Text
    answered: Text
    already: Text
    blind: Text
    idle: Text


@dataclass(frozen=True)
class InputRow:
    """How many features have moved in a stretch, and which most."""

    starts_at: str
    shifted: int
    features: int
    most: str


@dataclass(frozen=True)
class TimeSection:
    """Everything that the template of the section needs."""

    found: OverTime
    lines: Markup
    alarms: Markup
    seen: Text
    changes: list[ChangeRow]
    answers: list[StretchAnswer]
    answers_seen: Text
    inputs: list[InputRow]
    fallen: list[tuple[Text, TypologyHalves]]
    fallen_of: Text
    retraining: Retraining
    starts: dict[int, str]
    retraining_seen: Text
    runbook: tuple[RunbookEntry, ...]
    drift: DriftSection | None = None


def in_points(gap: Interval) -> str:
    """A difference of shares in points with its interval."""
    spread = points_range(gap)
    return f"{points(gap)} ({spread})" if spread else DASH


def shown_rankers(evidence: Evidence) -> dict[str, Text]:
    """Those with a line: the rulebook as it ran, the rules, and models that the page speaks of."""
    known = {row.ranker for row in evidence.experiments.over_time.recall}
    wanted = [RULEBOOK_RAN, RULES, evidence.chosen, evidence.truth.chosen_by_truth, GRAPH, STACK]
    return {name: named(NAMES, name) for name in dict.fromkeys(wanted) if name in known}


def kinds_named(kinds: list[str]) -> Text:
    """Kinds of alarms as one text."""
    return names_or_none([KIND_NAMES[kind] for kind in kinds])


def changes_seen(rows: list[ChangeRow]) -> Text:
    """Whose recall has provably fallen or risen in truth, and how many of whom neither was measured."""
    sides: dict[int, list[Text]] = {-1: [], 0: [], 1: []}
    for row in rows:
        size = in_points(row.found.true)
        name = Text(f"{row.name.en} {size}", f"{row.name.zh} {size}")
        sides[told_apart(row.found.true)].append(name)
    fell, rose = (names_or_none(sides[side]) for side in (-1, 1))
    compared, level = (
        how_many_of(rows, holds, lambda row: row.found.true.low, what)
        for holds, what in (
            (lambda _: True, "rankers"),
            (lambda row: told_apart(row.found.true) == 0, "no difference measured"),
        )
    )
    if level == compared:
        return Text(
            "From the earlier to the later half of the weeks at work no ranker’s true recall is shown to "
            f"have changed ({level} of {compared} compared).",
            f"由前半段到后半段，没有一种方法的真实召回率显示出变化（比较 {compared} 种，"
            f"{level} 种未测得变化）。",
        )
    return Text(
        f"From the earlier to the later half of the weeks at work, true recall fell provably for: {fell.en}; "
        f"it rose provably for: {rose.en}; for {level} of {compared} no change was measured.",
        f"由前半段到后半段，真实召回率经证实下降的：{fell.zh}；经证实上升的：{rose.zh}；"
        f"{compared} 个中有 {level} 个未测得变化。",
    )


def answer_rows(found: OverTime) -> list[StretchAnswer]:
    """Every planned change, numbered as in the drawings by their order."""
    return [
        StretchAnswer(
            row.at,
            Text(row.en, row.zh),
            *(kinds_named(list(kinds)) for kinds in (row.answered, row.already, row.blind, row.idle)),
        )
        for row in found.events
    ]


def answers_seen(found: OverTime) -> Text:
    """How many changes an alarm answers, how often alarms fire at all, and which never did."""
    events = how_many(found.events, lambda _: True, "planned changes")
    told = how_many(found.events, lambda row: bool(row.answered), "answered")
    readings = how_many(found.alarms, lambda row: row.reading is not None, "readings")
    fires = how_many(found.alarms, lambda row: row.reading is not None and bool(row.fires), "fires")
    fired = {row.kind for row in found.alarms if row.reading is not None and row.fires}
    silent = [kind for kind in KIND_NAMES if kind not in fired]
    return Text(
        f"{told} of {events} planned changes are followed by an alarm that was silent "
        f"before; alarms fire in {fires} of {readings} readings, so that "
        f"following is no proof of telling. "
        f"Never fired: {kinds_named(silent).en}.",
        f"{events} 项预设变化中有 {told} 项之后出现了此前未响的告警；"
        f"{readings} 次读数中告警 {fires} 次，因此先后出现不等于识别。"
        f"从未告警：{kinds_named(silent).zh}。",
    )


def input_rows(found: OverTime) -> list[InputRow]:
    """Features that have moved, by stretch."""
    starts = {mine.number: mine.starts_at for mine in found.stretches}
    rows = []
    for row in found.inputs:
        most = sorted(row.index.items(), key=lambda item: (-item[1], item[0]))[:MOST_MOVED]
        words = ", ".join(f"{name} {value:.2f}" for name, value in most)
        rows.append(InputRow(starts[row.stretch], row.shifted, len(row.index), words))
    return rows


def fallen_rows(evidence: Evidence) -> list[tuple[Text, TypologyHalves]]:
    """Typologies of the chosen model's later half, those with most missed first."""
    mine = [row for row in evidence.experiments.over_time.typologies if row.ranker == evidence.chosen]
    mine = sorted(mine, key=lambda row: (row.late_caught - row.late_customers, row.typology))
    return [(named(evidence.names.typologies, row.typology), row) for row in mine]


def retraining_seen(found: Retraining) -> Text:
    """Whether learning anew wins recall back, in both views."""
    true, bank = found.true_gain, found.bank_gain
    verdict = {
        1: Text("it wins recall back in truth", "真实召回率有所恢复"),
        0: Text("no difference was measured in truth", "真实情况中未测得差异"),
        -1: Text("it loses recall in truth", "真实召回率反而下降"),
    }[told_apart(true)]
    return Text(
        f"Learning anew before each stretch instead of once: {verdict.en}, {in_points(true)} points "
        f"by scheme; "
        f"the bank sees {in_points(bank)} by customer.",
        f"每阶段前重训与只训练一次相比：{verdict.zh}，按案件 {in_points(true)} 个百分点；"
        f"银行所见按客户 {in_points(bank)}。",
    )


def time_section(evidence: Evidence) -> TimeSection:
    """The whole section."""
    found = evidence.experiments.over_time
    changes = [ChangeRow(named(NAMES, row.ranker), row) for row in found.changes]
    return TimeSection(
        found=found,
        lines=recall_lines(found, shown_rankers(evidence)),
        alarms=alarm_grid(found),
        seen=changes_seen(changes),
        changes=changes,
        answers=answer_rows(found),
        answers_seen=answers_seen(found),
        inputs=input_rows(found),
        fallen=fallen_rows(evidence),
        fallen_of=named(NAMES, evidence.chosen),
        retraining=found.retraining,
        starts={mine.number: mine.starts_at for mine in found.stretches},
        retraining_seen=retraining_seen(found.retraining),
        runbook=RUNBOOK,
        drift=drift_section(evidence.experiments.drift),
    )
