"""View-model of how alerts became labels: levels of review, label models and their price."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval, Judges
from data.words import OUTCOME_NAMES
from models.results.labels import LabelAudit
from reports.evidence import Evidence
from reports.wording import (
    COMMA,
    DASH,
    Text,
    joined,
    named,
    percent,
    percent_range,
)

ALERT_RATE = "rule_alerts_per_thousand_customers_month"  # the target whose source speaks of alerts
CASES_SOURCE = Text(
    "95 in 1,000 alerts, from 40 reports and 42% of cases reported [D]",
    "每千条预警 95 件，由 40 件上报与 42% 深度甄别后上报率推算 [D]",
)
REPORTS_SOURCE = Text("40 in 1,000 alerts, BPI [V2]", "每千条预警 40 件，BPI [V2]")


@dataclass(frozen=True)
class LevelRow:
    """A level of review: its count, its rates, and what sources say of banks."""

    name: Text
    count: int
    monthly: str
    in_thousand: str
    source: Text


def level_rows(evidence: Evidence) -> list[LevelRow]:
    """Alerts, cases and reports: counts, rates, and what sources say of banks."""
    funnel = evidence.bank.funnel
    target = next(row for row in evidence.truth.calibration if row.name == ALERT_RATE)
    sources = (
        Text(f"{target.source_en} [{target.mark}]", f"{target.source_zh} [{target.mark}]"),
        CASES_SOURCE,
        REPORTS_SOURCE,
    )
    found = (
        (Text("alerts", "预警"), funnel.alerts, funnel.alerts_per_thousand_customers_month),
        (Text("looked into", "进入深度甄别"), funnel.cases, funnel.cases_per_thousand_customers_month),
        (Text("reported", "上报可疑"), funnel.reports, funnel.reports_per_thousand_customers_month),
    )
    return [
        LevelRow(
            name=name,
            count=count,
            monthly=f"{rate:.2f}",
            in_thousand=f"{1_000 * count / funnel.alerts:.0f}" if funnel.alerts else DASH,
            source=source,
        )
        for (name, count, rate), source in zip(found, sources, strict=True)
    ]


@dataclass(frozen=True)
class DelayRow:
    """Days to an outcome."""

    outcome: Text
    decisions: int
    median: str
    p90: str


@dataclass(frozen=True)
class People:
    """How far two reviewers agree, and how long an outcome takes."""

    twice: int
    same: str
    kappa: str | None
    delays: list[DelayRow]


def people(evidence: Evidence) -> People:
    """How far two reviewers agree, and how long an outcome takes."""
    found = evidence.bank.reviews
    agreement = found.agreement
    return People(
        twice=agreement.reviewed_twice,
        same=percent(agreement.same_share, 0),
        kappa=None if agreement.kappa is None else f"{agreement.kappa:.2f}",
        delays=[
            DelayRow(
                outcome=named(OUTCOME_NAMES, row.outcome),
                decisions=row.decisions,
                median=DASH if row.median_days is None else f"{row.median_days:.0f}",
                p90=DASH if row.p90_days is None else f"{row.p90_days:.0f}",
            )
            for row in found.delays
        ],
    )


@dataclass(frozen=True)
class Ranged:
    """A figure as the table shows it, with its interval; the interval may be empty."""

    shown: str
    range: str


@dataclass(frozen=True)
class RangedShare(Ranged):
    """A share with what it is a share of."""

    size: int


def loss(value: float | None) -> str:
    """A log-loss as the table shows it."""
    return DASH if value is None else f"{value:.3f}"


def loss_cell(interval: Interval) -> Ranged:
    """A log-loss with its interval."""
    low, high = interval.low, interval.high
    return Ranged(loss(interval.value), "" if low is None or high is None else f"{low:.3f}–{high:.3f}")


def whole_points(interval: Interval) -> Ranged:
    """A difference of recalls in whole percentage points."""
    if interval.value is None or interval.low is None or interval.high is None:
        return Ranged(DASH, "")
    ends = (interval.value, interval.low, interval.high)
    value, low, high = (f"{100 * (end or 0.0):+.0f}" for end in ends)  # no minus before nothing
    return Ranged(value, f"{low} … {high}")


def recall_cell(interval: Interval) -> Ranged:
    """A recall in whole percent."""
    return Ranged(percent(interval.value, 0), percent_range(interval, 0))


@dataclass(frozen=True)
class SetRow:
    """A label set: the bank's own criterion, and what the set is worth in truth."""

    name: Text
    uses: bool
    share: str
    bank: Ranged
    true_loss: str
    right: RangedShare
    recall: Ranged
    gap: Ranged
    is_chosen: bool


def set_rows(audit: LabelAudit, names: dict[str, Text]) -> list[SetRow]:
    """One row a label set; ``names`` are those of label models."""
    return [
        SetRow(
            name=named(names, row.model),
            uses=row.uses_dispositions,
            share=percent(row.random_share, 0) if row.uses_dispositions else DASH,
            bank=loss_cell(row.log_loss),
            true_loss=loss(row.true_log_loss),
            right=RangedShare(
                percent(row.labels.right.value, 0),
                percent_range(row.labels.right, 0),
                row.labels.suspicious,
            ),
            recall=recall_cell(row.true_recall),
            gap=whole_points(row.below_ceiling),
            is_chosen=row.model == audit.chosen and row.uses_dispositions,
        )
        for row in audit.sets
    ]


def not_told_apart(audit: LabelAudit) -> list[str]:
    """Label models beside the chosen one with a set that is not measured to be worse than the best."""
    close = [row.model for row in audit.sets if row.behind_best.low is not None and row.behind_best.low <= 0]
    return [name for name in dict.fromkeys(close) if name != audit.chosen]


def verdict_on_choice(audit: LabelAudit, names: dict[str, Text]) -> Text:
    """Whether what the bank sees bears out its choice of a label model; ``names`` are those of all."""
    chosen, preferred = named(names, audit.chosen), named(names, audit.preferred.model)
    mine = [row for row in audit.sets if row.model == audit.chosen and row.uses_dispositions]
    gaps = [row.behind_best.low for row in mine if row.behind_best.low is not None]
    if not gaps:
        return Text("No later decision judges the choice.", "没有后续结论可供评判该选择。")
    if audit.chosen == audit.preferred.model:
        close = not_told_apart(audit)
        if not close:
            return Text(
                f"The criterion bears out the choice, {chosen.en}.", f"该准则支持当前选择：{chosen.zh}。"
            )
        others = joined([named(names, name) for name in close], COMMA)
        return Text(
            f"The criterion puts the choice, {chosen.en}, first and cannot tell it from {others.en}.",
            f"该准则将当前选择“{chosen.zh}”排在首位，但无法与{others.zh}区分。",
        )
    if min(gaps) <= 0:
        return Text(
            f"The criterion cannot tell the choice, {chosen.en}, from its favourite, {preferred.en}.",
            f"该准则无法区分当前选择“{chosen.zh}”与最优的“{preferred.zh}”。",
        )
    return Text(
        f"The criterion speaks against the choice, {chosen.en}: {preferred.en} foretells better.",
        f"该准则不支持当前选择“{chosen.zh}”：“{preferred.zh}”更能预示后续结论。",
    )


@dataclass(frozen=True)
class Ceiling(Ranged):
    """The recall of the model that was taught the truth, and of how many customers."""

    customers: int


@dataclass(frozen=True)
class LabelPage:
    """All that the section shows."""

    levels: list[LevelRow]
    people: People
    sets: list[SetRow]
    verdict: Text
    ceiling: Ceiling
    constant: Ranged
    judges: Judges
    until: str
    judged_by: str


def label_page(evidence: Evidence) -> LabelPage:
    """All that the section shows."""
    audit = evidence.label_audit
    top = recall_cell(audit.ceiling)
    return LabelPage(
        levels=level_rows(evidence),
        people=people(evidence),
        sets=set_rows(audit, evidence.names.label_models),
        verdict=verdict_on_choice(audit, evidence.names.label_models),
        ceiling=Ceiling(top.shown, top.range, audit.customers),
        constant=loss_cell(audit.constant_belief),
        judges=audit.judges,
        until=audit.until,
        judged_by=audit.judged_by,
    )
