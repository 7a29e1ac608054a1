"""View-models of the case pages: facts first, reasons second, what is true folded away at the end."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.words import CHANNEL_NAMES, PURPOSE_NAMES
from explain.results.cases import (
    CaseLink,
    CaseParty,
    CasePayment,
    DraftSection,
    ExplainedCase,
)
from reports.case_choice import KnownCase, TrueParts, known_cases
from reports.case_figures import flow, leading_on, months, timeline
from reports.case_ring import ring, tying, whole_ring
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
    with_minus,
)
from reports.case_story import burst_sentence, plain_headline
from reports.case_words import DOCUMENTS, NEXT_STEPS, STATE_WORDS, TIE_WORDS
from reports.decisions import DECISION_OUTCOMES, DECISION_REASONS, ReaderDecision
from reports.evidence import Evidence
from reports.wording import DASH, SEMICOLON, RunNames, Text, chinese, count, joined, named, party


@dataclass(frozen=True)
class PartyPage:
    """All that the page says of one customer of a case."""

    name: str
    also: list[str]
    facts: list[tuple[Text, Text]]
    sentence: Text
    score: str
    files: list[FileRow]
    hits: list[HitRow]
    recorded: list[HitRow]
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


PagesOf = dict[str, list[str]]  # by name of a customer: the cases that have a page about it


def payment_row(row: CasePayment) -> PaymentRow:
    """A payment of the list in words."""
    return PaymentRow(
        row.at,
        row.is_in,
        party(row.other),
        row.yuan,
        named(CHANNEL_NAMES, row.channel),
        named(PURPOSE_NAMES, row.purpose),
        row.balance,
        DASH if row.city is None else str(row.city),
    )


def link_row(row: CaseLink, case_id: str, pages: PagesOf) -> LinkRow:
    """A linked customer in words, with the other cases that have a page about it."""
    others = [other for other in pages.get(row.name, []) if other != case_id]
    how, through = named(TIE_WORDS, row.how), party(row.through)
    return LinkRow(row.name, others, how, through, row.payments, row.yuan, row.is_alerted)


def party_page(case: ExplainedCase, one: CaseParty, pages: PagesOf) -> PartyPage:
    """One customer of a case."""
    reasons_for, against = reason_rows(one)
    hits = hit_rows(one)
    return PartyPage(
        name=one.customer_name,
        also=[case_id for case_id in pages[one.customer_name] if case_id != case.case_id],
        facts=header(one),
        sentence=plain_headline(both_of(one.headline)),
        score=with_minus(one.score),
        files=file_rows(one),
        hits=[row for row in hits if row.is_line],
        recorded=[row for row in hits if not row.is_line],
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
        payments=[payment_row(row) for row in one.payments],
        payments_of_days=one.payments_of_days,
        links=[link_row(row, case.case_id, pages) for row in one.links],
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
    innocent: list[HitRow]
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
    """The case in short: what its leading party did, who else is in it, and what ties them."""
    lead = burst_sentence(case.parties[0]) or plain_headline(both_of(case.parties[0].headline))
    others = [one.customer_name for one in case.parties[1:]]
    if not others:
        return lead
    edges = tying(case)
    total = count(sum(edge.yuan for edge in edges))
    times = f"{len(edges)} payment{'s' if len(edges) > 1 else ''}"
    ties = Text(f"; {times} of CNY {total} tie them", f"，其间交易 {len(edges)} 笔、合计 {total} 元")
    told = ties if edges else Text("", "")
    return Text(
        f"{lead.en} In the same case: customer {', '.join(others)}{told.en}.",
        f"{lead.zh}同案客户：{'、'.join(others)}{told.zh}。",
    )


def innocent_rows(parties: list[PartyPage]) -> list[HitRow]:
    """Rules that met any party and are known to hit licit behaviour as well, each once."""
    hits = {hit.rule_id: hit for page in parties for hit in (*page.hits, *page.recorded)}
    return [hit for hit in hits.values() if hit.innocent.en]


def chinese_form(form: list[DraftSection]) -> list[DraftSection]:
    """The Chinese form with the punctuation that belongs to it."""
    return [section.model_copy(update={"text": [chinese(line) for line in section.text]}) for section in form]


def case_page(evidence: Evidence, known: KnownCase, pages: PagesOf) -> CasePage:
    """The page of one case."""
    case, edges = known.case, tying(known.case)
    parties = [party_page(case, one, pages) for one in case.parties]
    by_rules = [row.documents for page in parties for row in (*page.hits, *page.recorded)]
    by_reasons = [row.documents for page in parties for row in page.reasons]
    return CasePage(
        case_id=case.case_id,
        title=Text(f"Case {case.case_id}", f"案例 {case.case_id}"),
        as_of=case.as_of,
        opened=case.opened,
        deadline=case.deadline,
        days=case.days,
        sentence=case_sentence(case),
        parties=parties,
        ring=ring(whole_ring(case), [one.customer_name for one in case.parties]) if edges else None,
        ring_edges=len(edges),
        innocent=innocent_rows(parties),
        steps=NEXT_STEPS,
        documents=list(dict.fromkeys(by_rules + by_reasons)) or [DOCUMENTS["volume"]],
        narrative=case.drafts.narrative,
        form=chinese_form(case.drafts.report),
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
    pages: PagesOf = {}
    for case in evidence.cases:
        for one in case.parties:
            pages.setdefault(one.customer_name, []).append(case.case_id)
    return [case_page(evidence, known, pages) for known in known_cases(evidence.cases, evidence.members)]
