"""View-model of planted drift: who tells it, who is blind, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from models.results.drift_trials import DriftTrials, PlantedDrift, WatcherAnswer
from reports.audit_figures import drift_grid
from reports.comparison import told_apart
from reports.rankings import points, points_range
from reports.time_words import KIND_NAMES
from reports.tracing import how_many
from reports.wording import SEMICOLON, Text, named, names_or_none

WATCHERS = KIND_NAMES | {
    "missing": Text("Missing values", "缺失检查"),
    "repeated": Text("Repeated rows", "重复行检查"),
}
DRIFT_KINDS = {
    "inputs": Text("inputs", "输入"),
    "meaning": Text("meaning", "含义"),
    "labels": Text("labels", "标签"),
    "population": Text("population", "客群"),
}


@dataclass(frozen=True)
class DriftRow:
    """One planted drift as the table prints it."""

    what: Text
    kind: Text
    expected: Text
    told: Text
    drowned: Text
    found: PlantedDrift
    change: str
    change_range: str
    missed: Text


@dataclass(frozen=True)
class DriftSection:
    """Everything that the template needs."""

    found: DriftTrials
    rows: list[DriftRow]
    seen: Text
    grid: Markup


def after(answer: WatcherAnswer) -> Text:
    """Who tells, and after how many stretches."""
    name, later = named(WATCHERS, answer.watcher), answer.stretches_later or 0
    return Text(f"{name.en} (+{later})", f"{name.zh}（+{later}）")


def drift_row(found: PlantedDrift) -> DriftRow:
    """One drift; whom was expected to tell and did not stands apart."""
    tells = [answer for answer in found.answers if answer.told == "tells"]
    drowned = [answer for answer in found.answers if answer.told == "drowned"]
    told = {answer.watcher for answer in tells}
    return DriftRow(
        what=Text(found.en, found.zh),
        kind=DRIFT_KINDS[found.kind],
        expected=names_or_none([named(WATCHERS, name) for name in found.expected]),
        told=names_or_none([after(answer) for answer in tells]),
        drowned=names_or_none([named(WATCHERS, answer.watcher) for answer in drowned]),
        found=found,
        change=points(found.true_change),
        change_range=points_range(found.true_change),
        missed=names_or_none([named(WATCHERS, name) for name in found.expected if name not in told]),
    )


def is_costly(row: PlantedDrift) -> bool:
    """Whether a planted drift provably costs recall in truth."""
    return row.is_planted and told_apart(row.true_change) < 0


def is_silent(row: PlantedDrift) -> bool:
    """Whether a costly drift is told by no alarm."""
    told = {answer.watcher for answer in row.answers if answer.told == "tells"}
    return is_costly(row) and not told & set(KIND_NAMES)


@dataclass(frozen=True)
class DriftCounts:
    """Drifts that were planted, those of them that cost recall, those of these that no alarm tells."""

    planted: int
    costly: int
    silent: int


def drift_counts(found: DriftTrials) -> DriftCounts:
    """The trials in three numbers."""
    return DriftCounts(
        how_many(found.plants, lambda row: row.is_planted, "planted"),
        how_many(found.plants, is_costly, "provably cost recall in truth"),
        how_many(found.plants, is_silent, "cost recall, and no alarm tells"),
    )


def drift_seen(found: DriftTrials) -> Text:
    """Which drifts cost recall provably, which of these no alarm tells, and whom nobody expected right."""
    planted = [row for row in found.plants if row.is_planted]
    costly = [row for row in planted if is_costly(row)]
    silent = [row for row in planted if is_silent(row)]
    checks = [row for row in silent if any(answer.told == "tells" for answer in row.answers)]
    names = names_or_none([Text(row.en, row.zh) for row in silent], SEMICOLON)
    as_expected = sum(
        set(row.expected) <= {answer.watcher for answer in row.answers if answer.told == "tells"}
        for row in planted
    )
    return Text(
        f"{len(costly)} of {len(planted)} planted drifts provably cost recall in truth. Of these the alarms "
        f"are blind to {len(silent)} (a check of the feed tells {len(checks)} of them): {names.en}. "
        f"In {as_expected} of {len(planted)} everybody who was expected to tell did.",
        f"{len(planted)} 项植入漂移中有 {len(costly)} 项经证实降低真实召回率；"
        f"其中告警未能识别 {len(silent)} 项（数据源检查识别 {len(checks)} 项）：{names.zh}。"
        f"{len(planted)} 项中有 {as_expected} 项，预期应识别者全部识别。",
    )


def drift_section(found: DriftTrials) -> DriftSection:
    """The whole section."""
    planted = [row for row in found.plants if row.is_planted]
    rows = [drift_row(row) for row in planted]
    return DriftSection(found, rows, drift_seen(found), drift_grid(planted, WATCHERS))
