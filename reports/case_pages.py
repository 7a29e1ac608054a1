"""View-models of the case pages: facts first, reasons second, what is true folded away at the end."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.words import CHANNEL_NAMES, PURPOSE_NAMES
from explain.results.cases import (
    CaseParty,
    DraftSection,
    ExplainedCase,
    FlowEdge,
)
from reports.case_choice import KnownCase, TrueParts, known_cases
from reports.case_figures import flow, leading_on, months, ring, timeline
from reports.case_rows import (
    CounterpartyRow,
    DecisionRow,
    FileRow,
    HitRow,
    LinkRow,
    PaymentRow,
    ReasonRow,
    WhatIfRow,
    both_of,
    decision_rows,
    file_rows,
    header,
    hit_rows,
    reason_rows,
    what_if_row,
)
from reports.case_words import DOCUMENTS, NEXT_STEPS, STATE_WORDS, TIE_WORDS
from reports.decisions import DECISION_OUTCOMES, DECISION_REASONS, ReaderDecision
from reports.evidence import Evidence
from reports.wording import DASH, FACTS, SEMICOLON, RunNames, Text, joined, named, party


@dataclass(frozen=True)
class PartyPage:
    """All that the page says of one customer of a case."""

    name: str
    who: Text
    facts: list[tuple[Text, Text]]
    sentence: Text
    files: list[FileRow]
    hits: list[HitRow]
    reasons: list[ReasonRow]
    against: list[ReasonRow]
    what_if: list[WhatIfRow]
    timeline: Markup
    months: Markup
    usual: float
    counterparties: list[CounterpartyRow]
    payments: list[PaymentRow]
    payments_of_days: int
    links: list[LinkRow]
    flow: Markup
    edges: int
    earlier: list[DecisionRow]
    later: list[DecisionRow]


def party_page(case: ExplainedCase, one: CaseParty) -> PartyPage:
    """One customer of a case."""
    reasons_for, against = reason_rows(one)
    return PartyPage(
        name=one.customer_name,
        who=named(FACTS, one.occupation or one.industry or one.kind),
        facts=header(one),
        sentence=both_of(one.headline),
        files=file_rows(one),
        hits=hit_rows(one),
        reasons=reasons_for,
        against=against,
        what_if=[what_if_row(row) for row in one.what_if],
        timeline=timeline(one.timeline, case.as_of, case.days),
        months=months(one.months),
        usual=one.money_in_month_before,
        counterparties=[
            CounterpartyRow(party(row.name), row.money_in, row.money_out, row.payments, row.is_new)
            for row in one.counterparties
        ],
        payments=[
            PaymentRow(
                row.at,
                row.is_in,
                party(row.other),
                row.yuan,
                named(CHANNEL_NAMES, row.channel),
                named(PURPOSE_NAMES, row.purpose),
                row.balance,
                DASH if row.city is None else str(row.city),
            )
            for row in one.payments
        ],
        payments_of_days=one.payments_of_days,
        links=[
            LinkRow(
                row.name,
                named(TIE_WORDS, row.how),
                party(row.through),
                row.payments,
                row.yuan,
                row.is_alerted,
            )
            for row in one.links
        ],
        flow=flow(one.flow, one.customer_name),
        edges=len(leading_on(one.flow, one.customer_name)),
        earlier=decision_rows(one.earlier_decisions),
        later=decision_rows(one.later_decisions),
    )


@dataclass(frozen=True)
class TruthRow:
    """What the simulator knows of one party."""

    name: str
    is_illicit: bool
    told: Text


def truth_row(one: CaseParty, parts: TrueParts, names: RunNames) -> TruthRow:
    """Schemes with the part that the party plays, or look-alikes, or nothing."""
    told = [
        Text(
            f"{named(names.typologies, row.typology).en}, as {named(names.roles, row.role).en} "
            f"(scheme {row.scheme_id}, {row.first} to {row.last}, {row.payments} payments)",
            f"{named(names.typologies, row.typology).zh}，角色：{named(names.roles, row.role).zh}"
            f"（团伙 {row.scheme_id}，{row.first} 至 {row.last}，{row.payments} 笔）",
        )
        for row in parts.illicit
    ]
    if told:
        return TruthRow(one.customer_name, True, joined(told, SEMICOLON))
    alike = [
        names.look_alikes.get(row.typology, named(names.typologies, row.typology)) for row in parts.innocent
    ]
    if alike:
        line = joined(alike, SEMICOLON)
        return TruthRow(
            one.customer_name,
            False,
            Text(f"Innocent look-alike: {line.en}", f"正常对照：{line.zh}"),
        )
    return TruthRow(
        one.customer_name, False, Text("Innocent: nothing was planted here", "正常：未植入任何行为")
    )


@dataclass(frozen=True)
class ReaderRow:
    """What a reader decided, in words."""

    outcome: Text
    reasons: Text
    documents: str
    note: str
    by: str
    on: str


def reader_row(decision: ReaderDecision | None, case: ExplainedCase) -> ReaderRow | None:
    """The reader's decision; None for none, and for one of another run."""
    if decision is None or decision.as_of.isoformat() != case.as_of:
        return None
    return ReaderRow(
        DECISION_OUTCOMES[decision.outcome],
        joined([DECISION_REASONS[reason] for reason in decision.reasons], SEMICOLON),
        "; ".join(decision.documents),
        decision.note,
        decision.decided_by,
        decision.decided_on.isoformat(),
    )


@dataclass(frozen=True)
class CasePage:
    """All that the page of one case shows."""

    case_id: str
    title: Text
    as_of: str
    opened: str
    deadline: str
    days: int
    sentence: Text
    parties: list[PartyPage]
    ring: Markup | None
    ring_edges: int
    steps: tuple[Text, ...]
    documents: list[Text]
    narrative: list[DraftSection]
    form: list[DraftSection]
    reader: ReaderRow | None
    outcomes: dict[str, Text]
    decision_reasons: dict[str, Text]
    truth: list[TruthRow] | None
    state: Text


def case_sentence(case: ExplainedCase) -> Text:
    """The case in one sentence: that of its leading party, and who else is in it."""
    lead, others = both_of(case.parties[0].headline), [one.customer_name for one in case.parties[1:]]
    if not others:
        return lead
    return Text(
        f"{lead.en} Alerted in the same case: customer {', '.join(others)}.",
        f"{lead.zh}同案预警：客户 {'、'.join(others)}。",
    )


def ring_edges(case: ExplainedCase) -> list[FlowEdge]:
    """The payments that tie the parties, without those of one customer to itself."""
    return [edge for edge in case.ring if edge.payer != edge.payee]


def case_page(evidence: Evidence, known: KnownCase) -> CasePage:
    """The page of one case."""
    case, tying = known.case, ring_edges(known.case)
    parties = [party_page(case, one) for one in case.parties]
    families = dict.fromkeys(hit.documents for page in parties for hit in page.hits)
    return CasePage(
        case_id=case.case_id,
        title=Text(f"Case {case.case_id}", f"案例 {case.case_id}"),
        as_of=case.as_of,
        opened=case.opened,
        deadline=case.deadline,
        days=case.days,
        sentence=case_sentence(case),
        parties=parties,
        ring=ring(tying, [one.customer_name for one in case.parties]) if tying else None,
        ring_edges=len(tying),
        steps=NEXT_STEPS,
        documents=list(families) or [DOCUMENTS["volume"]],
        narrative=case.drafts.narrative,
        form=case.drafts.report,
        reader=reader_row(evidence.decisions.get(case.case_id), case),
        outcomes=dict(DECISION_OUTCOMES),
        decision_reasons=dict(DECISION_REASONS),
        truth=[
            truth_row(one, part, evidence.names) for one, part in zip(case.parties, known.parts, strict=True)
        ]
        if evidence.is_simulated
        else None,
        state=STATE_WORDS[known.state],
    )


def case_pages(evidence: Evidence) -> list[CasePage]:
    """One page a case, in order of the score."""
    return [case_page(evidence, known) for known in known_cases(evidence.cases, evidence.members)]
