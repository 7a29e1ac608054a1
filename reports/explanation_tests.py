"""View-model of the tests of explanations: what they must reach, what they reached, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from data.words import FAMILIES
from explain.results.attribution_checks import AttributionChecks, CheckOutcome
from explain.results.explanation_audit import ExplanationAudit, MissedSignature, RingRecovery
from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.explanation_figures import recovery_chart
from reports.explanation_words import CHECKS, EXPLAINERS, METHODS, REASONS_SHOWN, missed_why
from reports.rankings import points, points_range
from reports.wording import COMMA, DASH, RANKERS, Text, joined, named, percent, worded_interval

RANDOM = "random"  # the planted bad explainer
MASKS = "gnn"


@dataclass(frozen=True)
class CheckCell:
    """What one explainer reached in one check."""

    shown: str
    range: str
    is_met: bool | None


@dataclass(frozen=True)
class CheckRow:
    """One check of every explainer, in their order."""

    name: Text
    asked: str
    cells: list[CheckCell]


def check_cell(found: CheckOutcome | None) -> CheckCell:
    """Value and interval as the table prints them."""
    if found is None or found.value is None:
        return CheckCell(DASH, "", None)
    both = "" if found.low is None or found.high is None else f"{found.low:.2f} … {found.high:.2f}"
    return CheckCell(f"{found.value:.2f}", both, found.is_met)


def check_rows(checks: AttributionChecks, explainers: list[str]) -> list[CheckRow]:
    """One row a check, in the order in which they were made."""
    by_pair = {(row.explainer, row.check): row for row in checks.outcomes}
    rows = []
    for check in dict.fromkeys(row.check for row in checks.outcomes):
        first = next(row for row in checks.outcomes if row.check == check)
        sign = ">" if first.is_least else "≤"
        cells = [check_cell(by_pair.get((name, check))) for name in explainers]
        rows.append(CheckRow(named(CHECKS, check), f"{sign} {first.threshold:g}", cells))
    return rows


@dataclass(frozen=True)
class RingRow:
    """One way to name the parties of a ring."""

    name: Text
    found: RingRecovery
    masks_above: str
    masks_range: str


def ring_rows(audit: ExplanationAudit) -> list[RingRow]:
    """Every method, the best first."""
    ordered = sorted(audit.rings, key=lambda row: (-(row.found.value or 0.0), row.method))
    return [
        RingRow(
            named(METHODS, row.method),
            row,
            DASH if row.method == MASKS else points(row.gnn_above),
            "" if row.method == MASKS else points_range(row.gnn_above),
        )
        for row in ordered
    ]


def ring_seen(audit: ExplanationAudit) -> Text | None:
    """What to see of the rings: whom the masks beat and whom they do not; None without a ring."""
    by_method = {row.method: row for row in audit.rings}
    masks = by_method.pop(MASKS, None)
    if masks is None:
        return None
    ahead = [named(METHODS, name) for name, row in by_method.items() if told_apart(row.gnn_above) > 0]
    level = [named(METHODS, name) for name, row in by_method.items() if told_apart(row.gnn_above) == 0]
    behind = [named(METHODS, name) for name, row in by_method.items() if told_apart(row.gnn_above) < 0]
    parts = [
        Text(
            f"Of the active members around {masks.alerts} alerts, {audit.parties} parties named by the graph "
            f"network’s own masks hold {worded_interval(masks.found)}",
            f"在 {masks.alerts} 条预警中，图模型自身掩码点名的 {audit.parties} 个对手方覆盖了 "
            f"{worded_interval(masks.found)} 的活跃团伙成员",
        )
    ]
    for names, en, zh in (
        (ahead, "more than", "多于"),
        (level, "not told apart from", "未能区分于"),
        (behind, "less than", "少于"),
    ):
        if names:
            listed = joined(names, COMMA)
            parts.append(Text(f"{en} {listed.en}", f"{zh}：{listed.zh}"))
    return Text("; ".join(part.en for part in parts) + ".", "；".join(part.zh for part in parts) + "。")


def signature_seen(audit: ExplanationAudit) -> Text | None:
    """Whether the reasons name the scheme; None without a true alert."""
    found = audit.signature
    if not found.alerts:
        return None
    verdict = {
        1: Text("the reasons reach more than that", "高于该水平"),
        0: Text("the reasons cannot be told apart from that", "与该水平未能区分"),
        -1: Text("the reasons reach less than that", "低于该水平"),
    }[told_apart(found.above_exchanged)]
    met = Text("reached", "达到") if found.is_met else Text("a miss", "未达到")
    return Text(
        f"Of {found.alerts} alerts on true schemes, {worded_interval(found.hit)} name the family that the "
        f"scheme is known by among the first {audit.reasons} reasons (asked for: above "
        f"{percent(found.least, 0)}; {met.en}). With other schemes’ families exchanged in, the same pages "
        f"hit {worded_interval(found.exchanged)}: {verdict.en} "
        f"(difference in points {points(found.above_exchanged)}, {points_range(found.above_exchanged)}). "
        f"On {found.look_alikes} alerts on innocent look-alikes it is "
        f"{worded_interval(found.look_alike_hit)}.",
        f"在 {found.alerts} 条真实涉案预警中，前 {audit.reasons} 条理由点出该类案件特征类别的占 "
        f"{worded_interval(found.hit)}（事先要求：高于 {percent(found.least, 0)}；{met.zh}）。"
        f"若换成其他案件的特征类别，同样的页面列中 {worded_interval(found.exchanged)}：{verdict.zh}"
        f"（差值 {points(found.above_exchanged)} 个百分点，区间 {points_range(found.above_exchanged)}）。"
        f"对 {found.look_alikes} 条正常对照预警，该比例为 {worded_interval(found.look_alike_hit)}。",
    )


@dataclass(frozen=True)
class MissShown:
    """The bad explanation in words."""

    found: MissedSignature
    schemes: Text
    expected: Text
    told: list[Text]
    why: Text


def miss_shown(evidence: Evidence, missed: MissedSignature) -> MissShown:
    """The bad explanation, with why it is one."""
    names = evidence.names.typologies
    return MissShown(
        missed,
        joined([named(names, name) for name in missed.typologies], COMMA),
        Text(*FAMILIES[missed.expected]),
        [
            Text(
                f"{FAMILIES[row.family].en} ({row.contribution:+.2f}): {row.text_en}",
                f"{FAMILIES[row.family].zh}（{row.contribution:+.2f}）：{row.text_zh}",
            )
            for row in missed.reasons
        ],
        missed_why(missed.expected_place, missed.expected_contribution, len(missed.reasons)),
    )


@dataclass(frozen=True)
class ReviewerRow:
    """Reviewers who trust reasons so far; ``changes`` in reported true alerts by kind of reasons."""

    trust: str
    harm: str
    innocent: str
    changes: list[tuple[str, str]]


def reviewer_rows(audit: ExplanationAudit) -> Iterator[ReviewerRow]:
    """One row a harm and trust."""
    for harm, trust in dict.fromkeys((row.harm, row.trust) for row in audit.reviewers):
        mine = [row for row in audit.reviewers if (row.harm, row.trust) == (harm, trust)]
        cells = [next(row for row in mine if row.reasons == name) for name in REASONS_SHOWN]
        changes = [(points(row.change), points_range(row.change)) for row in cells]
        yield ReviewerRow(f"{trust:g}", f"{harm:g}", percent(cells[0].innocent_looked_into), changes)


def reviewers_seen(audit: ExplanationAudit) -> Text | None:
    """From which share of fitting pages on reasons would help, beside the measured one."""
    bounds = [row for row in audit.break_even if row.hit is not None]
    if audit.unaided is None or not bounds:
        return None
    listed = joined(
        [
            Text(
                f"{percent(row.hit)} where a misleading reason takes {row.harm:g} times "
                f"what a fitting one gives",
                f"误导性理由的损害为有效理由增益的 {row.harm:g} 倍时为 {percent(row.hit)}",
            )
            for row in bounds
        ],
        COMMA,
    )
    return Text(
        f"Without reasons these reviewers report {percent(audit.unaided)} of true alerts. Reasons help them, "
        f"however far they trust, only if enough pages fit: {listed.en}. Measured: "
        f"{worded_interval(audit.signature.hit)}.",
        f"没有理由时，这些审核员上报 {percent(audit.unaided)} 的真实预警。无论信任程度如何，"
        f"只有足够多的页面理由相符时才有帮助：{listed.zh}。实测为 {worded_interval(audit.signature.hit)}。",
    )


@dataclass(frozen=True)
class ExplanationTests:
    """What the template needs."""

    alerts: int
    explainers: list[Text]
    checks: list[CheckRow]
    missed_checks: int
    measured_checks: int
    stack: list[tuple[Text, str, str]]
    signature_seen: Text | None
    typologies: list[tuple[Text, int, int]]
    missed: MissShown | None
    ring_size: float | None
    ring_seen: Text | None
    rings: list[RingRow]
    recovery: Markup | None
    parties: int
    reviewers_seen: Text | None
    reviewers: list[ReviewerRow]
    reasons_shown: list[Text]


def explanation_tests(evidence: Evidence) -> ExplanationTests:
    """The tests of explanations of this run."""
    checks, audit = evidence.attribution_checks, evidence.explanation_audit
    explainers = list(checks.alerts)
    judged = [row for row in checks.outcomes if row.explainer != RANDOM and row.is_met is not None]
    return ExplanationTests(
        alerts=max(checks.alerts.values(), default=0),
        explainers=[named(EXPLAINERS | RANKERS, name) for name in explainers],
        checks=check_rows(checks, explainers),
        missed_checks=sum(not row.is_met for row in judged),
        measured_checks=len(judged),
        stack=[
            (named(RANKERS, row.part), f"{row.mean_contribution:+.2f}", f"{row.leads:,}")
            for row in checks.stack
        ],
        signature_seen=signature_seen(audit),
        typologies=[
            (named(evidence.names.typologies, row.typology), row.alerts, row.hits)
            for row in audit.signature.typologies
        ],
        missed=None if audit.missed is None else miss_shown(evidence, audit.missed),
        ring_size=audit.ring_size,
        ring_seen=ring_seen(audit),
        rings=ring_rows(audit),
        recovery=recovery_chart([(named(METHODS, row.method), row.found) for row in audit.rings]),
        parties=audit.parties,
        reviewers_seen=reviewers_seen(audit),
        reviewers=list(reviewer_rows(audit)),
        reasons_shown=list(REASONS_SHOWN.values()),
    )
