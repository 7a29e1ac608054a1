"""View-models of the case pages: facts first, reasons second, what is true folded away at the end."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.words import CHANNEL_NAMES, PURPOSE_NAMES, REASON_NAMES, STREAM_NAMES, UNITS
from explain.results.cases import (
    CaseParty,
    DraftSection,
    ExplainedCase,
    FlowEdge,
    PeopleDecision,
    Phrase,
    RuleCheck,
    WhatIf,
)
from reports.case_choice import Known, Parts, known_cases
from reports.case_figures import flow, leading_on, months, ring, timeline
from reports.case_words import DOCUMENTS, FOUND_BY_WORDS, NEXT_STEPS, STATE_WORDS, TAG_WORDS, TIE_WORDS
from reports.decisions import DECISION_OUTCOMES, DECISION_REASONS, ReaderDecision
from reports.evidence import Evidence
from reports.wording import DASH, FACTS, SEMICOLON, RunNames, Text, chinese, count, joined, named, party, same

YES_NO = {"yes": Text("yes", "有"), "no": Text("no", "无")}
RATINGS = {"low": Text("low", "低"), "medium": Text("medium", "中"), "high": Text("high", "高")}


def figure_words(value: float | None, unit: str) -> Text:
    """A figure of a rule with its unit; a dash where there is none."""
    if value is None:
        return same(DASH)
    if unit == "CNY":
        return Text(f"CNY {value:,.0f}", f"{value:,.0f} 元")
    if unit == "share":
        return same(f"{value:.0%}")
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    if unit in ("count", "ratio", "code"):
        return same(number)
    return Text(f"{number} {UNITS[unit].en}", f"{number} {UNITS[unit].zh}")


def both_of(phrase: Phrase) -> Text:
    """A pair of the results as a pair of the page."""
    return Text(phrase.en, chinese(phrase.zh))


def header(one: CaseParty) -> list[tuple[Text, Text]]:
    """What the bank knows of a customer, as pairs of name and value; unknown facts are left out."""
    facts: list[tuple[Text, Text | None]] = [
        (Text("Customer", "客户号"), same(one.customer_name)),
        (Text("Found by", "发现方式"), named(FOUND_BY_WORDS, one.found_by)),
        (Text("Scored as of", "评分日期"), same(one.as_of)),
        (Text("Rank that week", "当周排名"), same(str(one.rank)) if one.rank is not None else None),
        (Text("Kind", "客户类型"), named(FACTS, one.kind)),
        (Text("Occupation", "职业"), named(FACTS, one.occupation) if one.occupation else None),
        (Text("Industry", "行业"), named(FACTS, one.industry) if one.industry else None),
        (Text("City code", "城市代码"), same(str(one.city)) if one.city is not None else None),
        (Text("Customer since", "建立业务关系"), same(one.joined_at)),
        (Text("Founded", "成立日期"), same(one.founded_at) if one.founded_at else None),
        (
            Text("Declared a month", "申报月收入"),
            Text(f"CNY {count(one.declared_income)}", f"{count(one.declared_income)} 元")
            if one.declared_income is not None
            else None,
        ),
    ]
    return [(name, value) for name, value in facts if value is not None]


@dataclass(frozen=True)
class ReasonRow:
    """A reason for the score or evidence against it, with the length of its bar in percent."""

    rank: int
    family: Text
    text: Text
    shown: str
    rarity: str
    bar: str


def reason_rows(one: CaseParty) -> tuple[list[ReasonRow], list[ReasonRow]]:
    """Reasons for the score and evidence against it."""
    longest = max((abs(row.contribution) for row in one.reasons), default=1.0) or 1.0
    rows = [
        ReasonRow(
            rank=row.rank,
            family=Text(row.family_en, row.family_zh),
            text=Text(row.text_en, chinese(row.text_zh)),
            shown=f"{row.contribution:+.2f}".replace("-", "−"),
            rarity=f"{row.rarity:.0%}",
            bar=f"{abs(row.contribution) / longest * 100:.1f}",
        )
        for row in sorted(one.reasons, key=lambda row: row.rank)
    ]
    return [row for row in rows if row.rank > 0], [row for row in rows if row.rank < 0]


@dataclass(frozen=True)
class CheckRow:
    """One comparison of a rule with the customer's figure."""

    label: Text
    value: Text
    bound: Text
    is_met: bool


def check_row(check: RuleCheck) -> CheckRow:
    """A comparison as the page says it."""
    value, low, high = (
        figure_words(figure, check.unit) for figure in (check.value, check.threshold, check.upper)
    )
    sign = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "between": ""}[check.sign]
    upper = Text(f" to {high.en}", f" 至 {high.zh}") if check.upper is not None else Text("", "")
    bound = Text(f"{sign}{low.en}{upper.en}", f"{sign}{low.zh}{upper.zh}")
    return CheckRow(both_of(check.label), value, bound, check.is_met)


@dataclass(frozen=True)
class HitRow:
    """A rule that hit the customer, with its comparisons and what else it is known to hit."""

    rule_id: str
    name: Text
    days: int
    last: str
    is_line: bool
    checks: list[CheckRow]
    flags: Text
    innocent: Text
    documents: Text


def hit_rows(one: CaseParty) -> list[HitRow]:
    """The rules that hit a party; those that raise alerts first."""
    return [
        HitRow(
            rule_id=row.rule_id,
            name=Text(row.name_en, row.name_zh),
            days=row.days,
            last=row.last,
            is_line=row.is_line,
            checks=[check_row(check) for check in row.checks],
            flags=both_of(row.red_flags),
            innocent=both_of(row.innocent),
            documents=DOCUMENTS.get(row.family, DOCUMENTS["volume"]),
        )
        for row in sorted(one.rule_hits, key=lambda row: not row.is_line)
    ]


@dataclass(frozen=True)
class WhatIfRow:
    """Families gone, the score then, and whether there would have been no alert."""

    families: Text
    score: str
    cut: str
    is_below: bool


def what_if_row(row: WhatIf) -> WhatIfRow:
    """A what-if as the page says it."""
    families = joined([both_of(family) for family in row.families], Text(" and ", "、"))
    return WhatIfRow(families, f"{row.score:.2f}", f"{row.cut:.2f}", row.is_below)


@dataclass(frozen=True)
class PaymentRow:
    """A payment of the list."""

    at: str
    is_in: bool
    other: Text
    yuan: float
    channel: Text
    purpose: Text
    balance: float | None
    city: str


@dataclass(frozen=True)
class LinkRow:
    """A linked customer and how."""

    name: str
    how: Text
    through: Text
    payments: int
    yuan: float
    is_alerted: bool


@dataclass(frozen=True)
class CounterpartyRow:
    """One of the largest counterparties."""

    name: Text
    money_in: float
    money_out: float
    payments: int
    is_new: bool


@dataclass(frozen=True)
class DecisionRow:
    """What people had decided."""

    known_at: str
    outcome: Text
    stream: Text
    reason: Text


def decision_rows(rows: list[PeopleDecision]) -> list[DecisionRow]:
    """Decisions in words."""
    return [
        DecisionRow(
            row.known_at,
            named(DECISION_OUTCOMES, row.outcome),
            named(STREAM_NAMES, row.stream),
            named(REASON_NAMES, row.reason),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class FileRow:
    """An account, device or tag on file."""

    name: Text
    value: Text
    since: str


def file_rows(one: CaseParty) -> list[FileRow]:
    """Accounts, devices and tags of a party."""
    accounts = [
        FileRow(
            Text(f"account {row.account_id}", f"账户 {row.account_id}"),
            Text(
                f"balance CNY {count(row.balance)}" if row.balance is not None else "balance unknown",
                f"余额 {count(row.balance)} 元" if row.balance is not None else "余额未知",
            )
            if row.closed is None
            else Text(f"closed {row.closed}", f"{row.closed} 销户"),
            row.opened or DASH,
        )
        for row in one.accounts
    ]
    devices = [
        FileRow(
            Text(f"device {row.device_id}", f"设备 {row.device_id}"),
            Text(f"shared with {', '.join(row.others)}", f"与客户 {'、'.join(row.others)} 共用")
            if row.others
            else Text("used by nobody else", "无他人使用"),
            row.since,
        )
        for row in one.devices
    ]
    tags = [
        FileRow(named(TAG_WORDS, row.tag), named(RATINGS | YES_NO | FACTS, row.value), row.since)
        for row in one.tags
    ]
    return [*accounts, *devices, *tags]


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


def truth_row(one: CaseParty, parts: Parts, names: RunNames) -> TruthRow:
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


def sentence_of(case: ExplainedCase) -> Text:
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


def case_page(evidence: Evidence, known: Known) -> CasePage:
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
        sentence=sentence_of(case),
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
