"""View-model of the section that says how hard the world is, and whether it came out as meant."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from data.words import MARK_NAMES
from models.results.probes import IndicatorCeilings, RuleInvisible
from reports import world_figures
from reports.doubles_tables import ManyDoubles, many_doubles
from reports.evidence import Evidence, headline
from reports.ordinary_misses import EXPLANATIONS
from reports.probe_tables import (
    Area,
    ArtefactTables,
    GoalTable,
    LookAlikeTable,
    artefacts,
    figure_of,
    figure_with_unit,
    goal_table,
    look_alike_table,
)
from reports.wording import (
    DIRECTIONS,
    SEMICOLON,
    Text,
    chinese,
    joined,
    named,
)
from reports.world_figures import MarkedDay
from reports.world_wording import CALENDAR, CALIBRATION

ALL = "all"  # in place of a typology: all of them together


def indicator_name(name: str | None, direction: str | None, evidence: Evidence) -> Text | None:
    """An indicator's label and which end of it is suspicious; None without an indicator."""
    if name is None or direction is None:
        return None
    row = evidence.catalogue.get(name)
    label, end = row.label if row else named({}, name), DIRECTIONS[direction]
    return Text(f"{label.en} ({end.en})", f"{label.zh}（{end.zh}）")


@dataclass(frozen=True)
class FindCell:
    """An average precision in one view, its interval if it has one, and what it is of."""

    view: str
    shown: str
    range: str = ""
    of: Text | None = None


@dataclass(frozen=True)
class FindRow:
    """What one way of ranking finds, as the bank sees it and in truth."""

    name: Text
    cells: list[FindCell]


def found_in_view(
    view: str, found: IndicatorCeilings, model: Interval, evidence: Evidence
) -> tuple[FindCell, FindCell, FindCell, FindCell]:
    """What nothing, one indicator, two of them and the model of the finding find by one set of labels."""
    single, pair, area = found.best_single, found.best_pair, Area.of(model)
    of_single = indicator_name(single.indicator, single.direction, evidence) if single else None
    names = (
        [indicator_name(one.indicator, one.direction, evidence) for one in pair.indicators] if pair else []
    )
    parts = [name for name in names if name is not None]
    return (
        FindCell(view, figure_of(found.base_rate, 4)),
        FindCell(view, figure_of(single.average_precision if single else None), of=of_single),
        FindCell(
            view,
            figure_of(pair.average_precision if pair else None),
            of=joined(parts, SEMICOLON),
        ),
        FindCell(view, area.shown, area.range),
    )


def single_and_pair(evidence: Evidence) -> list[FindRow]:
    """What nothing, one indicator, two of them and the chosen model find, in both views."""
    found, best = evidence.truth.difficulty.indicators, headline(evidence)
    names = (
        Text("Nothing (base rate)", "不用任何指标（基准占比）"),
        Text("Best single indicator", "最佳单一指标"),
        Text("Best pair of indicators", "最佳指标组合（两个）"),
        best.best_name,
    )
    seen, real = (
        found_in_view(view, ceilings, measured.metrics[best.best].average_precision, evidence)
        for (view, measured), ceilings in zip(evidence.views, (found.bank, found.true), strict=True)
    )
    return [FindRow(name, [one, other]) for name, one, other in zip(names, seen, real, strict=True)]


@dataclass(frozen=True)
class TypologyDifficulty:
    """The best indicator of a typology, and how many of its schemes no rule ever hit."""

    name: Text
    indicator: Text | None
    auc: str
    unseen: RuleInvisible | None


def by_typology(evidence: Evidence) -> list[TypologyDifficulty]:
    """The best indicator of each typology, and how many of its schemes no rule ever hit."""
    found = evidence.truth.difficulty
    best = {row.typology: row for row in found.indicators.by_typology}
    unseen = {row.typology: row for row in found.rule_invisible}
    names = [name for name in unseen if name in best] + [name for name in best if name not in unseen]
    rows = []
    for name in sorted(set(names)) + [ALL] * (ALL in unseen):
        row = best.get(name)
        rows.append(
            TypologyDifficulty(
                name=Text("All", "合计") if name == ALL else named(evidence.names.typologies, name),
                indicator=indicator_name(row.indicator, row.direction, evidence) if row else None,
                auc=figure_of(row.auc if row else None),
                unseen=unseen.get(name),
            )
        )
    return rows


@dataclass(frozen=True)
class TargetRow:
    """A target of calibration beside what came out."""

    name: Text
    view: str
    target: Text
    measured: Text
    is_hit: bool | None
    why: Text | None
    mark: Text
    source: Text


@dataclass(frozen=True)
class TargetTable:
    """Targets beside what came out, and how many were hit."""

    rows: list[TargetRow]
    hits: int
    judged: int


def target_table(evidence: Evidence) -> TargetTable:
    """Targets beside what came out; a miss is printed as a miss."""
    rows = []
    for row in evidence.truth.calibration:
        name, unit, view = CALIBRATION.get(row.name, (named({}, row.name), "", "true"))
        low, high = figure_with_unit(row.low, unit), figure_with_unit(row.high, unit)
        rows.append(
            TargetRow(
                name=name,
                view=view,
                target=Text(f"{low.en} – {high.en}", f"{low.zh} – {high.zh}"),
                measured=figure_with_unit(row.measured, unit),
                is_hit=row.is_hit,
                why=EXPLANATIONS[row.name](evidence) if row.is_hit is False else None,
                mark=MARK_NAMES[row.mark],
                source=Text(row.source_en, row.source_zh),
            )
        )
    judged = [row for row in rows if row.is_hit is not None]
    return TargetTable(rows, sum(row.is_hit is True for row in judged), len(judged))


def dates(evidence: Evidence) -> list[MarkedDay]:
    """What happens during the run, numbered in order of time: the calendar's days and the drift plan."""
    world = evidence.simulate
    of_calendar = {"festivals": world.festivals, "promotions": world.promotions} if world else {}
    events = [(str(day), what, False) for key, what in CALENDAR.items() for day in of_calendar.get(key, [])]
    events += [(row.at, Text(row.en, chinese(row.zh)), True) for row in evidence.truth.drift]
    ordered = sorted(events, key=lambda event: event[0])
    return [MarkedDay(number, *event) for number, event in enumerate(ordered, 1)]


@dataclass(frozen=True)
class DifficultyFigures:
    """The pictures of the world; None where there is nothing to draw."""

    volume: Markup | None
    starts: Markup | None
    amounts: Markup | None
    gaps: Markup | None
    counterparties: Markup | None


def world_pictures(evidence: Evidence, marks: list[MarkedDay]) -> DifficultyFigures:
    """The pictures of the world, in both languages."""
    spreads = evidence.truth.distributions
    return DifficultyFigures(
        volume=world_figures.volume(spreads.weeks, evidence.bank.periods, marks),
        starts=world_figures.starts(spreads.scheme_starts, marks, evidence.names.typologies),
        amounts=world_figures.spread(
            spreads.amounts,
            Text("amount of a payment (logarithmic)", "单笔金额（对数坐标）"),
            Text("payments", "笔"),
            world_figures.SUMS,
        ),
        gaps=world_figures.spread(
            spreads.gaps,
            Text(
                "time since the customer’s payment before (logarithmic)",
                "距该客户上一笔交易的时间（对数坐标）",
            ),
            Text("payments", "笔"),
            world_figures.TIMES,
        ),
        counterparties=world_figures.spread(
            spreads.counterparties,
            Text(
                "different counterparties of a customer over the run (logarithmic)",
                "客户全程交易对手数（对数坐标）",
            ),
            Text("customers", "名客户"),
            world_figures.COUNTS,
        ),
    )


@dataclass(frozen=True)
class DifficultyPage:
    """Everything that the section's template needs."""

    dates: list[MarkedDay]
    finds: list[FindRow]
    tried: int
    artefacts: ArtefactTables
    goals: GoalTable
    look_alikes: LookAlikeTable
    many_doubles: ManyDoubles | None
    by_typology: list[TypologyDifficulty]
    calibration: TargetTable
    figures: DifficultyFigures


def difficulty(evidence: Evidence) -> DifficultyPage:
    """Everything that the section's template needs."""
    marks = dates(evidence)
    return DifficultyPage(
        dates=marks,
        finds=single_and_pair(evidence),
        tried=len(evidence.truth.difficulty.indicators.true.singles),
        artefacts=artefacts(evidence),
        goals=goal_table(evidence),
        look_alikes=look_alike_table(evidence),
        many_doubles=many_doubles(evidence),
        by_typology=by_typology(evidence),
        calibration=target_table(evidence),
        figures=world_pictures(evidence, marks),
    )
