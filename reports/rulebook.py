"""View-models of the rulebook page: each rule in words and numbers, and one alert from case to label."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from data.words import MARK_NAMES, REASON_NAMES, RULE_USE_NAMES, SOPHISTICATION_NAMES
from data.words.citations import cited
from models.results.bank import BankRule
from models.results.labels import ReportedAndTrue, ReviewEffort, ReviewSample, RuleFigures
from models.results.truth import AlertTrace
from reports.evidence import Evidence
from reports.sentences import amount, rule_sentence
from reports.wording import (
    COMMA,
    DASH,
    FACTS,
    Text,
    count,
    joined,
    named,
    percent,
    same,
)
from reports.written import WrittenCase, WrittenRule

CLAIM = 0.01  # the rate below the line that a sample is meant to exclude
SAMPLE = 299  # reviews without a report that exclude it with 95 % confidence: ln 0.05 / ln 0.99


@dataclass(frozen=True)
class RuleWords:
    """A rule in words: its name, its sentence, whom it hits innocently, and what the bank counts."""

    seen: BankRule
    name: Text
    sentence: Text | None
    false_positives: Text
    share: Interval
    precision: Interval


def rulebook(evidence: Evidence) -> list[RuleWords]:
    """One entry a rule: its words, what the bank counts, what is true."""
    truth = {row.rule_id: row.precision for row in evidence.truth.rule_table}
    return [
        RuleWords(
            seen=rule,
            name=Text(rule.name_en, rule.name_zh),
            sentence=rule_sentence(rule.predicate, evidence.catalogue),
            false_positives=Text(rule.known_false_positives_en, rule.known_false_positives_zh),
            share=Interval.of_count(rule.reported, rule.reviewed),
            precision=truth.get(rule.rule_id, Interval()),
        )
        for rule in evidence.bank.rule_table
    ]


@dataclass(frozen=True)
class CaseWords:
    """A public case: what it is, and how well its source is known."""

    name: Text
    source: Text

    @classmethod
    def of(cls, case: WrittenCase) -> CaseWords:
        """In both languages."""
        mark, source = MARK_NAMES[case.evidence], cited(case.source)
        return cls(case.name, Text(f"{source.en} ({mark.en})", f"{source.zh}（{mark.zh}）"))


@dataclass(frozen=True)
class NumberRow:
    """A number of a rule with where it comes from."""

    name: str
    value: Text
    source: Text


def number_rows(entry: WrittenRule) -> list[NumberRow]:
    """The numbers of a rule with where each comes from."""
    rows = []
    for name, told in entry.parameters.items():
        if isinstance(told.value, dict):
            parts = [
                Text(
                    f"{amount(part, told.unit).en} ({named(FACTS, kind).en})",
                    f"{amount(part, told.unit).zh}（{named(FACTS, kind).zh}）",
                )
                for kind, part in told.value.items()
            ]
            shown = joined(parts, COMMA)
        else:
            shown = amount(told.value, told.unit)
        rows.append(NumberRow(name, shown, cited(told.source)))
    return rows


@dataclass(frozen=True)
class SampleRow:
    """A reviewed sample on one side of the line, and whether it excludes one report in a hundred."""

    alerts: int
    reviewed: int
    reported: int
    at_most: float | None
    true: Interval
    claim: bool

    @classmethod
    def of(cls, row: ReviewSample) -> SampleRow:
        """As the table prints it."""
        claim = row.at_most is not None and row.at_most < CLAIM
        return cls(row.alerts, row.reviewed, row.reported, row.at_most, row.true, claim)


@dataclass(frozen=True)
class Vote:
    """What a label model learned of a rule's vote."""

    model: Text
    value: str


def votes(row: RuleFigures | None, names: dict[str, Text]) -> list[Vote]:
    """What each label model, as ``names`` calls it, learned of a rule's vote."""
    learned = row.learned if row and row.learned else {}
    return [Vote(named(names, model), percent(value)) for model, value in learned.items()]


@dataclass(frozen=True)
class RuleRow:
    """A rule on the page: its words, the bank's counts, and what the audit found."""

    rule_id: str
    name: Text
    sentence: Text | None
    predicate: str
    source: Text
    false_positives: Text
    use: str
    use_name: Text
    vote: int
    is_applied: bool
    is_elsewhere: bool
    hits: int
    alerts: int
    unique_alerts: int
    reviewed: int
    reported: int
    share: Interval
    precision: Interval
    flags: Text
    cases: list[CaseWords]
    owner: Text
    last_review: str
    parameters: list[NumberRow]
    found: RuleFigures | None
    above: SampleRow | None
    below: SampleRow | None
    votes: list[Vote]
    true_alone: Interval | None


def rule_row(
    rule: RuleWords, entry: WrittenRule | None, found: RuleFigures | None, evidence: Evidence
) -> RuleRow:
    """A rule on the page; what was not written or not audited is a dash, or left out."""
    seen, book = rule.seen, evidence.rulebook
    public = book.public_cases()
    return RuleRow(
        rule_id=seen.rule_id,
        name=rule.name,
        sentence=rule.sentence,
        predicate=seen.predicate,
        source=Text(seen.source_en, seen.source_zh),
        false_positives=rule.false_positives,
        use=seen.use,
        use_name=RULE_USE_NAMES["against" if seen.vote < 0 else seen.use],
        vote=seen.vote,
        is_applied=seen.is_applied,
        is_elsewhere=entry is not None and entry.computed_in == "features",
        hits=seen.hits,
        alerts=seen.alerts,
        unique_alerts=seen.unique_alerts,
        reviewed=seen.reviewed,
        reported=seen.reported,
        share=rule.share,
        precision=rule.precision,
        flags=Text(seen.red_flags_en, seen.red_flags_zh),
        cases=[CaseWords.of(public[case]) for case in entry.case_refs if case in public] if entry else [],
        owner=book.owners[entry.owner] if entry else same(DASH),
        last_review=str(entry.reviewed) if entry else DASH,
        parameters=number_rows(entry) if entry else [],
        found=found,
        above=SampleRow.of(found.above) if found and found.above else None,
        below=SampleRow.of(found.below) if found and found.below else None,
        votes=votes(found, evidence.names.label_models),
        true_alone=found.true_alone if found else None,
    )


@dataclass(frozen=True)
class NegativeRow:
    """A rule that speaks against suspicion."""

    rule_id: str
    name: Text
    flagged: int
    with_vote: ReportedAndTrue
    without_vote: ReportedAndTrue


@dataclass(frozen=True)
class LineRows:
    """The whole rulebook on both sides of the line."""

    above: SampleRow
    below: SampleRow


@dataclass(frozen=True)
class RulebookPage:
    """Everything that the page's template needs."""

    rules: list[RuleRow]
    is_audited: bool  # whether any rule speaks for suspicion
    voting: list[RuleRow]
    models: list[Text]
    negative: list[NegativeRow]
    lines: LineRows
    effort: ReviewEffort
    hours: float
    sample: int
    trace: TracePage | None


def rulebook_page(evidence: Evidence) -> RulebookPage:
    """Everything that the page's template needs."""
    report, written, public = (
        evidence.rule_report,
        evidence.rulebook.by_id(),
        evidence.rulebook.public_cases(),
    )
    audited = {row.rule_id: row for row in report.rules}
    rows = [
        rule_row(rule, written.get(rule.seen.rule_id), audited.get(rule.seen.rule_id), evidence)
        for rule in rulebook(evidence)
    ]
    names = {row.rule_id: row.name for row in rows}
    return RulebookPage(
        rules=rows,
        is_audited=bool(audited),
        voting=[row for row in rows if row.above],
        models=[vote.model for vote in next((row.votes for row in rows if row.votes), [])],
        negative=[
            NegativeRow(row.rule_id, names[row.rule_id], row.flagged, row.with_vote, row.without_vote)
            for row in report.negative_rules
        ],
        lines=LineRows(SampleRow.of(report.lines.above), SampleRow.of(report.lines.below)),
        effort=report.effort,
        hours=sum(row.found.hours or 0.0 for row in rows if row.found),
        sample=SAMPLE,
        trace=trace_page(evidence, {row.rule_id: row for row in rows}, public),
    )


def shown_value(value: float | None, unit: str) -> Text:
    """A measured indicator with its unit."""
    if value is None:
        return same(DASH)
    return amount(round(value, 3 if unit == "share" else 2) if abs(value) < 100 else round(value), unit)


@dataclass(frozen=True)
class IndicatorOnTheDay:
    """An indicator of the rule on the day of the alert."""

    name: Text
    value: Text


@dataclass(frozen=True)
class TracePage:
    """One alert from the public case behind its rule to its label."""

    found: AlertTrace
    rule: RuleRow
    case: CaseWords | None
    who: Text
    shown: list[IndicatorOnTheDay]
    reason: Text
    typology_name: Text
    role_name: Text | None
    level: Text | None
    alert_number: str


def trace_page(
    evidence: Evidence, rules: dict[str, RuleRow], public: dict[str, WrittenCase]
) -> TracePage | None:
    """One alert from the public case behind its rule to its label; None where none was reported and true."""
    found = evidence.truth.trace
    if found is None:
        return None
    case = public.get(found.case_id) if found.case_id else None
    indicators = []
    for row in found.indicators:
        feature = evidence.catalogue.get(row.name)
        name = feature.label if feature else named({}, row.name)
        indicators.append(IndicatorOnTheDay(name, shown_value(row.value, feature.unit if feature else "")))
    return TracePage(
        found=found,
        rule=rules[found.rule_id],
        case=CaseWords.of(case) if case else None,
        who=named(FACTS, found.occupation or found.kind),
        shown=indicators,
        reason=named(REASON_NAMES, found.reason),
        typology_name=named(evidence.names.typologies, found.typology),
        role_name=named(evidence.names.roles, found.role) if found.role else None,
        level=None if found.sophistication is None else SOPHISTICATION_NAMES[found.sophistication],
        alert_number=count(found.alert_id),
    )
