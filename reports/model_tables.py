"""View-models of what the rankers are worth: the tables of the sections on models and on recall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from data.results import Interval
from models.results.judged import HeadlineMetrics, Leftovers, RankerRecall
from models.schema import RULES
from reports.evidence import Evidence, Said
from reports.results import Metrics
from reports.wording import DASH, METRICS, RANKERS, Text, named, percent

DIGITS = {"base_rate": 2}  # a rare event needs one more
PLAIN = ("average_precision",)  # an area, no share of anything


def printed(metric: str, value: float | None) -> str:
    """A headline metric as the tables show it."""
    if value is None:
        return "–"
    return f"{value:.3f}" if metric in PLAIN else percent(value, DIGITS.get(metric, 1))


def printed_range(metric: str, interval: Interval) -> str:
    """Its interval, without the sign."""
    if interval.low is None or interval.high is None:
        return ""
    return "–".join(printed(metric, end).rstrip("%") for end in (interval.low, interval.high))


@dataclass(frozen=True)
class MetricCell:
    """A metric of the main table with its interval, and the key under which metrics.json holds it."""

    view: str
    key: str
    shown: str
    range: str
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, view: str, key: str, metric: str, interval: Interval) -> MetricCell:
        """As the table prints it."""
        return cls(
            view,
            key,
            printed(metric, interval.value),
            printed_range(metric, interval),
            interval.value,
            interval.low,
            interval.high,
        )


@dataclass(frozen=True)
class MainRow:
    """A ranker of the main table."""

    name: Text
    cells: list[MetricCell]


def main_table(metrics: Metrics, rankers: list[str]) -> list[MainRow]:
    """One row a ranker: five metrics, each as the bank sees it and in truth."""
    rows = []
    for ranker in rankers:
        place = RULES if ranker == RULES else f"models.{ranker}"
        found = metrics.rules if ranker == RULES else metrics.models[ranker]
        views: tuple[tuple[str, HeadlineMetrics], ...] = (("bank", found.bank), ("true", found.true))
        cells = [
            MetricCell.of(view, f"{place}.{view}.{metric}", metric, measured.figure(metric))
            for metric in METRICS
            for view, measured in views
        ]
        rows.append(MainRow(named(RANKERS, ranker), cells))
    return rows


@dataclass(frozen=True)
class Level:
    """A plain number with its interval in one view."""

    view: str
    shown: str
    range: str

    @classmethod
    def of(cls, view: str, interval: Interval, digits: int = 2) -> Level:
        """As the table prints it."""
        low, high = interval.low, interval.high
        return cls(
            view,
            DASH if interval.value is None else f"{interval.value:.{digits}f}",
            "" if low is None or high is None else f"{low:.{digits}f}–{high:.{digits}f}",
        )


@dataclass(frozen=True)
class ProbabilityRow:
    """A model of the table on probabilities."""

    name: Text
    cells: list[Level]


def probabilities(metrics: Metrics, models: list[str]) -> list[ProbabilityRow]:
    """One row a model: how far its scores are from probabilities, by the bank's labels and in truth."""
    rows = []
    for model in models:
        bank, true = metrics.models[model].bank, metrics.models[model].true
        cells = [
            Level.of("bank", bank.calibration_ratio),
            Level.of("true", true.calibration_ratio),
            Level.of("bank", bank.calibration_slope),
            Level.of("true", true.calibration_slope),
        ]
        rows.append(ProbabilityRow(named(RANKERS, model), cells))
    return rows


@dataclass(frozen=True)
class TuningRow:
    """The search of one model; recall is on validation and by the bank's labels."""

    name: Text
    trials: int
    best: float | None
    worst: float | None
    choice: str


def tuning(evidence: Evidence) -> list[TuningRow]:
    """Trials of each model; recall here is on validation and by the bank's labels."""
    rows = []
    for name in sorted(evidence.tuned, key=evidence.models.index):
        tuned = evidence.tuned[name]
        recalls = [trial.recall for trial in tuned.trials if trial.recall is not None]
        choice = ", ".join(
            f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in tuned.choice.items()
        )
        best, worst = max(recalls, default=None), min(recalls, default=None)
        rows.append(TuningRow(named(RANKERS, name), len(tuned.trials), best, worst, choice))
    return rows


Group = TypeVar("Group", bound=RankerRecall)
Key = TypeVar("Key", str, int)


@dataclass(frozen=True)
class GroupRow(Generic[Group]):
    """One group of a breakdown: its size, and whom of it each ranker catches."""

    name: Text
    customers: int
    by_ranker: dict[str, Group]


def by_group(
    rows: list[Group], value_of: Callable[[Group], Key], names: Mapping[Key, Text]
) -> list[GroupRow[Group]]:
    """Rows of a breakdown grouped by value: name, customers and one cell a ranker."""
    grouped = []
    for value in dict.fromkeys(value_of(row) for row in rows):
        mine = {row.ranker: row for row in rows if value_of(row) == value}
        size = max(row.customers for row in mine.values())
        grouped.append(GroupRow(names.get(value) or named({}, str(value)), size, mine))
    return grouped


@dataclass(frozen=True)
class AlertsRow:
    """What the alerts of one ranker really were."""

    name: Text
    alerts: int
    illicit: int
    look_alike: int
    other: int
    illicit_share: Interval
    look_alike_share: Interval


def alert_rows(evidence: Evidence) -> list[AlertsRow]:
    """What each ranker's alerts really were."""
    rows = {row.ranker: row for row in evidence.truth.alerts}
    found = []
    for ranker in evidence.rankers:
        if ranker not in rows:
            continue
        row = rows[ranker]
        found.append(
            AlertsRow(
                name=named(RANKERS, ranker),
                alerts=row.alerts,
                illicit=row.illicit,
                look_alike=row.look_alike,
                other=row.alerts - row.illicit - row.look_alike,
                illicit_share=Interval.of_count(row.illicit, row.alerts),
                look_alike_share=Interval.of_count(row.look_alike, row.alerts),
            )
        )
    return found


@dataclass(frozen=True)
class BeyondRow:
    """Whom a ranker catches of the illicit customers whom no rule hit."""

    name: Text
    found: RankerRecall


def beyond(evidence: Evidence) -> list[BeyondRow]:
    """Recall among illicit customers whom no rule hit."""
    rows = {row.ranker: row for row in evidence.truth.beyond_rules}
    return [BeyondRow(named(RANKERS, ranker), rows[ranker]) for ranker in evidence.rankers if ranker in rows]


@dataclass(frozen=True)
class SpendingRow:
    """What a ranker spent, and what it found of the leftovers on both sides."""

    name: Text
    alerts: int
    silent: int
    bank: Leftovers
    true: Leftovers


def spending(evidence: Evidence) -> list[SpendingRow]:
    """What each ranker spent of the budget, and what it found of the leftovers on both sides."""
    spent = {row.ranker: row for row in evidence.truth.alerts_spent}
    seen, real = (
        {row.ranker: row for row in measured.leftovers} for measured in (evidence.bank, evidence.truth)
    )
    return [
        SpendingRow(
            named(RANKERS, ranker), spent[ranker].alerts, spent[ranker].silent, seen[ranker], real[ranker]
        )
        for ranker in evidence.rankers
    ]


@dataclass(frozen=True)
class ComparisonRow:
    """What may be said of the chosen model against another ranker."""

    name: Text
    cells: list[Text]


def comparisons(evidence: Evidence) -> list[ComparisonRow]:
    """What may be said of the chosen model against each other ranker, in truth."""
    told = {ranker: Said.of(evidence.truth, evidence.chosen, ranker) for ranker in evidence.rankers}
    return [
        ComparisonRow(named(RANKERS, ranker), [said.recall, said.precision])
        for ranker, said in told.items()
        if ranker != evidence.chosen
    ]
