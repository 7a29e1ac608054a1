"""View-models of the probes: what they find, beside what is wanted of the world."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.probes import ArtefactProbe, Cell
from reports.evidence import Evidence
from reports.wording import DASH, Text, count, named, yuan
from reports.world_wording import ARTEFACTS, GOALS

CHANCE = 0.5


def figure_of(value: float | None, digits: int = 3) -> str:
    """An area (average precision, AUC) as the tables show it."""
    return DASH if value is None else f"{value:.{digits}f}"


@dataclass(frozen=True)
class Area:
    """An area with its interval, as words."""

    value: float | None
    shown: str
    range: str

    @classmethod
    def of(cls, interval: Interval) -> Area:
        """As the tables print it."""
        low, high = interval.low, interval.high
        ends = "" if low is None or high is None else f"{low:.3f}–{high:.3f}"
        return cls(interval.value, figure_of(interval.value), ends)


def figure_with_unit(value: float | None, unit: str) -> Text:
    """A calibrated figure with its unit."""
    if value is None:
        return Text(DASH, DASH)
    if unit == "share":
        return Text(f"{value * 100:.3g}%", f"{value * 100:.3g}%")
    if unit == "CNY":
        return Text(yuan(value), yuan(value))
    if unit == "hours":
        return Text(f"{value:.3g} h", f"{value:.3g} 小时")
    plain = f"{value:.3g}" if value < 1_000 else count(value)
    return Text(plain, plain)


@dataclass(frozen=True)
class ColumnRow:
    """What one column of the artefact probe finds alone."""

    name: Text
    shown: str


@dataclass(frozen=True)
class ProbeTable:
    """The artefact probe on one unit, its columns from the most telling down."""

    rows: int
    positives: int
    auc: Area
    columns: list[ColumnRow]

    @classmethod
    def of(cls, probe: ArtefactProbe) -> ProbeTable:
        """As the table prints it."""
        columns = sorted(probe.columns, key=lambda row: -(row.auc or 0))
        told = [ColumnRow(named(ARTEFACTS, row.column), figure_of(row.auc)) for row in columns]
        return cls(probe.rows, probe.positives, Area.of(probe.auc), told)


@dataclass(frozen=True)
class ArtefactTables:
    """The artefact probe on both units, and whether it finds a leak."""

    customers: ProbeTable
    payments: ProbeTable
    leaks: bool


def artefacts(evidence: Evidence) -> ArtefactTables:
    """The artefact probe: together, and its columns from the most telling down."""
    found = evidence.truth.difficulty.artefacts
    low = found.customers.auc.low
    return ArtefactTables(
        ProbeTable.of(found.customers), ProbeTable.of(found.payments), low is not None and low > CHANCE
    )


@dataclass(frozen=True)
class GoalRow:
    """A probe's figure beside what is wanted."""

    label: Text
    shown: str
    range: str
    asked: str
    is_met: bool | None


@dataclass(frozen=True)
class GoalTable:
    """What the probes find beside what is wanted."""

    rows: list[GoalRow]
    judged: int
    met: int
    cell: Cell | None


def goal_table(evidence: Evidence) -> GoalTable:
    """What the probes find beside what is wanted; a miss is printed as a miss."""
    found = evidence.truth.difficulty
    rows = []
    for row in found.goals:
        whole = row.figure if isinstance(row.figure, Interval) else Interval(value=row.figure)
        ends = [probed(end, row.name) for end in (whole.low, whole.high) if end is not None]
        asked_for = "" if row.wanted is None else asked(*row.wanted, row.name)
        shown = probed(whole.value, row.name)
        rows.append(GoalRow(named(GOALS, row.name), shown, DASH.join(ends), asked_for, row.is_met))
    judged = [row for row in rows if row.is_met is not None]
    met = sum(row.is_met is True for row in judged)
    return GoalTable(rows, len(judged), met, next(iter(found.cells.worst), None))


def probed(value: float | None, name: str) -> str:
    """A probe's figure: an area, a share, or a number."""
    if "_auc" in name:
        return figure_of(value)
    return figure_with_unit(value, "share" if name.endswith(("_share", "_recall")) else "").en


def asked(low: float, high: float, name: str) -> str:
    """A range that is wanted; without its lower end where that is nothing."""
    if not high:
        return probed(high, name)
    return DASH.join(probed(end, name) for end in (low, high)) if low else f"≤ {probed(high, name)}"


@dataclass(frozen=True)
class LookAlikeRow:
    """Whether the amounts of a typology's schemes tell them from its look-alikes."""

    name: Text
    schemes: int
    look_alikes: int
    is_exploratory: bool
    auc: Area


@dataclass(frozen=True)
class LookAlikeTable:
    """The look-alike probe by typology, and how often amounts alone beat chance."""

    rows: list[LookAlikeRow]
    measured: int
    told: int
    clearest: LookAlikeRow | None
    hardest: LookAlikeRow | None


def look_alike_table(evidence: Evidence) -> LookAlikeTable:
    """The look-alike probe by typology, and how often amounts alone beat chance."""
    found = evidence.truth.difficulty.look_alikes
    rows = [
        LookAlikeRow(
            named(evidence.names.typologies, row.typology),
            row.schemes,
            row.look_alikes,
            row.is_exploratory,
            Area.of(row.auc),
        )
        for row in found
    ]
    measured = [row for row in rows if row.auc.value is not None and not row.is_exploratory]
    return LookAlikeTable(
        rows=rows,
        measured=len(measured),
        told=sum((row.auc.low or CHANCE) > CHANCE for row in found if not row.is_exploratory),
        clearest=max(measured, key=lambda row: row.auc.value or 0.0, default=None),
        hardest=min(measured, key=lambda row: row.auc.value or 0.0, default=None),
    )
