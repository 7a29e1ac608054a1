"""View-models of the case pages: facts first, reasons second, the simulator's knowledge apart."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.words import OUTCOME_NAMES, STREAM_NAMES
from explain.results.cases import ExplainedCase
from reports.case_figures import flow, leading_on, timeline
from reports.evidence import Evidence
from reports.wording import (
    FACTS,
    RunNames,
    Text,
    chinese,
    count,
    named,
    party,
    same,
)

LIKE = "like_"


def header(case: ExplainedCase) -> list[tuple[Text, Text]]:
    """What the bank knows of the customer, as pairs of name and value; unknown facts are left out."""
    facts: list[tuple[Text, Text | None]] = [
        (Text("Customer", "客户号"), same(case.customer_name)),
        (Text("Alerted as of", "预警日期"), same(case.as_of)),
        (Text("Rank that week", "当周排名"), same(str(case.rank))),
        (Text("Kind", "客户类型"), named(FACTS, case.kind)),
        (Text("Occupation", "职业"), named(FACTS, case.occupation) if case.occupation else None),
        (Text("Industry", "行业"), named(FACTS, case.industry) if case.industry else None),
        (Text("City code", "城市代码"), same(str(case.city)) if case.city is not None else None),
        (Text("Customer since", "开户日期"), same(case.joined_at)),
        (
            Text("Declared income", "申报月收入"),
            Text(f"CNY {count(case.declared_income)} a month", f"每月 {count(case.declared_income)} 元")
            if case.declared_income is not None
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
    bar: str


def reason_rows(case: ExplainedCase) -> tuple[list[ReasonRow], list[ReasonRow]]:
    """Reasons for the score and evidence against it."""
    longest = max((abs(row.contribution) for row in case.reasons), default=1.0) or 1.0
    rows = [
        ReasonRow(
            rank=row.rank,
            family=Text(row.family_en, row.family_zh),
            text=Text(row.text_en, chinese(row.text_zh)),
            shown=f"{row.contribution:+.2f}".replace("-", "−"),
            bar=f"{abs(row.contribution) / longest * 100:.1f}",
        )
        for row in sorted(case.reasons, key=lambda row: row.rank)
    ]
    return [row for row in rows if row.rank > 0], [row for row in rows if row.rank < 0]


@dataclass(frozen=True)
class Knowledge:
    """What the simulator knows of an alert."""

    is_illicit: bool
    schemes: Text
    look_alikes: Text


def knowledge(schemes_of: str, names: RunNames) -> Knowledge:
    """What the simulator knows of an alert; ``schemes_of`` is the schemes of AuditedAlerts."""
    found = schemes_of.split()
    schemes = [named(names.typologies, name) for name in found if not name.startswith(LIKE)]
    licit = [
        names.look_alikes.get(name.removeprefix(LIKE), named(names.typologies, name.removeprefix(LIKE)))
        for name in found
        if name.startswith(LIKE)
    ]
    return Knowledge(
        is_illicit=bool(schemes),
        schemes=Text(" and ".join(name.en for name in schemes), "、".join(name.zh for name in schemes)),
        look_alikes=Text(" and ".join(name.en for name in licit), "、".join(name.zh for name in licit)),
    )


@dataclass(frozen=True)
class HitRow:
    """A rule that hit the customer."""

    rule_id: str
    name: Text
    days: int
    last: str


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
    """What people had decided before the alert."""

    known_at: str
    outcome: Text
    stream: Text


@dataclass(frozen=True)
class CasePage:
    """All that the page of one case shows."""

    anchor: str
    number: int
    customer_name: str
    as_of: str
    kind: Text
    facts: list[tuple[Text, Text]]
    sentence: Text
    rule_hits: list[HitRow]
    rules: str
    reasons: list[ReasonRow]
    against: list[ReasonRow]
    timeline: Markup
    counterparties: list[CounterpartyRow]
    flow: Markup
    edges: int
    decisions: list[DecisionRow]
    truth: Knowledge | None


def case_page(evidence: Evidence, place: int, case: ExplainedCase) -> CasePage:
    """One case; ``place`` counts from 1 in order of the score."""
    reasons_for, against = reason_rows(case)
    schemes = evidence.schemes.get(case.subject_id)
    return CasePage(
        anchor=f"case-{place}",
        number=place,
        customer_name=case.customer_name,
        as_of=case.as_of,
        kind=named(FACTS, case.occupation or case.industry or case.kind),
        facts=header(case),
        sentence=Text(case.headline.en, chinese(case.headline.zh)),
        rule_hits=[
            HitRow(row.rule_id, Text(row.name_en, row.name_zh), row.days, row.last) for row in case.rule_hits
        ],
        rules=" ".join(row.rule_id for row in case.rule_hits),
        reasons=reasons_for,
        against=against,
        timeline=timeline(case.timeline, case.as_of, case.days),
        counterparties=[
            CounterpartyRow(party(row.name), row.money_in, row.money_out, row.payments, row.is_new)
            for row in case.counterparties
        ],
        flow=flow(case.flow, case.customer_name),
        edges=len(leading_on(case.flow, case.customer_name)),
        decisions=[
            DecisionRow(row.known_at, named(OUTCOME_NAMES, row.outcome), named(STREAM_NAMES, row.stream))
            for row in case.earlier_decisions
        ],
        truth=None if schemes is None else knowledge(schemes, evidence.names),
    )


def case_pages(evidence: Evidence) -> list[CasePage]:
    """One entry a case, in order of the score."""
    return [case_page(evidence, place, case) for place, case in enumerate(evidence.cases, start=1)]
