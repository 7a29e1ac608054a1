"""Rows of a case page's tables: what the bank knows of a customer, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from data.words import FAMILIES, REASON_NAMES, UNITS
from explain.results.cases import (
    CaseParty,
    CaseReason,
    PeopleDecision,
    Phrase,
    RuleCheck,
    WhatIf,
)
from reports.case_words import DOCUMENTS, FOUND_BY_WORDS, STREAM_WORDS, TAG_WORDS
from reports.decisions import DECISION_OUTCOMES
from reports.wording import DASH, FACTS, Text, chinese, count, joined, named, same

OCCUPATION = "Occupation (ordered by typical income)"  # a feature whose value is a place in an order
NOTHING = "−0.00"  # a contribution that is none in print
FAMILY_OF = {words.en: family for family, words in FAMILIES.items()}
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


def with_minus(score: float) -> str:
    """A score with the sign that print has for less than nothing."""
    return f"{score:.2f}".replace("-", "−")


def both_of(phrase: Phrase) -> Text:
    """A pair of the results as a pair of the page."""
    return Text(phrase.en, chinese(phrase.zh))


def header(one: CaseParty) -> list[tuple[Text, Text]]:
    """What the bank knows of a customer, as pairs of name and value; unknown facts are left out."""
    facts: list[tuple[Text, Text | None]] = [
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
    documents: Text


def documents_for(family: str) -> Text:
    """What would clear a look-alike that meets a rule or reason of a family."""
    return DOCUMENTS.get(family, DOCUMENTS["volume"])


def reason_text(one: CaseParty, row: CaseReason) -> Text:
    """A reason in words; an occupation by its name rather than by its place in the order of incomes."""
    if row.text_en.startswith(OCCUPATION) and one.occupation:
        name = named(FACTS, one.occupation)
        return Text(f"Occupation on file: {name.en}", f"登记职业：{name.zh}")
    return Text(row.text_en, chinese(row.text_zh))


def reason_rows(one: CaseParty) -> tuple[list[ReasonRow], list[ReasonRow]]:
    """Reasons for the score and evidence against it."""
    longest = max((abs(row.contribution) for row in one.reasons), default=1.0) or 1.0
    rows = [
        ReasonRow(
            rank=row.rank,
            family=Text(row.family_en, row.family_zh),
            text=reason_text(one, row),
            shown=f"{row.contribution:+.2f}".replace("-", "−"),
            rarity=f"{row.rarity:.0%}",
            bar=f"{abs(row.contribution) / longest * 100:.1f}",
            documents=documents_for(FAMILY_OF.get(row.family_en, "")),
        )
        for row in sorted(one.reasons, key=lambda row: row.rank)
    ]
    against = [row for row in rows if row.rank < 0 and row.shown != NOTHING]
    return [row for row in rows if row.rank > 0], against


@dataclass(frozen=True)
class RuleCheckRow:
    """One comparison of a rule with the customer's figure."""

    label: Text
    value: Text
    bound: Text
    is_met: bool


def check_row(check: RuleCheck) -> RuleCheckRow:
    """A comparison as the page says it."""
    value, low, high = (
        figure_words(figure, check.unit) for figure in (check.value, check.threshold, check.upper)
    )
    sign = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "between": ""}[check.sign]
    upper = Text(f" to {high.en}", f" 至 {high.zh}") if check.upper is not None else Text("", "")
    bound = Text(f"{sign}{low.en}{upper.en}", f"{sign}{low.zh}{upper.zh}")
    return RuleCheckRow(both_of(check.label), value, bound, check.is_met)


@dataclass(frozen=True)
class HitRow:
    """A rule that hit the customer, with its comparisons and what else it is known to hit."""

    rule_id: str
    name: Text
    days: int
    last: str
    is_line: bool
    checks: list[RuleCheckRow]
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
            documents=documents_for(row.family),
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
    families = joined([both_of(family) for family in row.families], Text(" + ", " + "))
    return WhatIfRow(families, with_minus(row.score), with_minus(row.cut), row.is_below)


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
    """A linked customer and how; ``cases`` are those of its pages.

    ``cases`` is empty where no page of the run is about it.
    """

    name: str
    cases: list[str]
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
            named(STREAM_WORDS, row.stream),
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
