"""Contracts of the JSON results of this room: the cases. The bank knows every word of them."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class Phrase(Record):
    """The same words in both languages."""

    en: str = Field(description="in English")
    zh: str = Field(description="in Chinese")


class RuleCheck(Record):
    """One comparison of a rule's predicate, with what the customer's own figure was at the hit."""

    indicator: str = Field(description="what is compared")
    label: Phrase = Field(description="its label")
    unit: str = Field(description="its unit")
    sign: str = Field(description="one of >= <= > < between")
    threshold: float | None = Field(description="what it is compared with; null: not to be had at the hit")
    upper: float | None = Field(description="the upper bound of between; null: there is none")
    value: float | None = Field(description="the customer's figure at the last hit; null: not measurable")
    is_met: bool = Field(description="whether the comparison holds")


class CaseRuleHit(Record):
    """A rule that hit the customer in the days before the alert."""

    rule_id: str = Field(description="rule")
    name_en: str = Field(description="its name in English")
    name_zh: str = Field(description="its name in Chinese")
    family: str = Field(description="family of reasons that it belongs to")
    is_line: bool = Field(description="whether it raises alerts; false: its hits are recorded only")
    days: int = Field(description="days on which it hit")
    last: str = Field(description="local date of the last hit")
    checks: list[RuleCheck] = Field(description="its comparisons at the last hit, as the rule writes them")
    red_flags: Phrase = Field(description="what a business person sees")
    innocent: Phrase = Field(description="licit behaviour that it is known to hit as well; may be empty")


class CaseReason(Record):
    """A family that contributed to the score, or spoke against it."""

    rank: int = Field(description="1 is the strongest reason; -1 the strongest evidence against")
    family_en: str = Field(description="the family in English")
    family_zh: str = Field(description="the family in Chinese")
    contribution: float = Field(description="sum over the family's features, log-odds")
    rarity: float = Field(
        description="how far the leading value lies from the peers' middle; 0: in it, 1: at an end"
    )
    text_en: str = Field(description="its leading feature in English")
    text_zh: str = Field(description="its leading feature in Chinese")


class WhatIf(Record):
    """The score of the alert were some families of reasons as with the median peer."""

    families: list[Phrase] = Field(description="families set to the peers' medians, the strongest first")
    score: float = Field(description="raw score without them, log-odds")
    cut: float = Field(description="lowest raw score that was alerted that week, log-odds")
    is_below: bool = Field(description="whether there would have been no alert")


class PeopleDecision(Record):
    """What people decided on the customer."""

    known_at: str = Field(description="local date of the outcome")
    outcome: str = Field(description="dismissed, case or reported")
    stream: str = Field(description="alert, below_line or random")
    reason: str = Field(description="stated reason")


class DayOfMoney(Record):
    """Money in and out on one local day."""

    day: str = Field(description="local date")
    money_in: float = Field(description="received, yuan")
    money_out: float = Field(description="paid, yuan")


class ChannelSum(Record):
    """What went through one channel one way in the days."""

    channel: str = Field(description="how it was paid")
    is_in: bool = Field(description="whether it was received")
    payments: int = Field(description="payments")
    yuan: float = Field(description="their sum, yuan")


class MonthOfMoney(Record):
    """Money in and out in one of the months before the alert, of thirty days each."""

    ends: str = Field(description="local date of the first day after it")
    money_in: float = Field(description="received, yuan")
    money_out: float = Field(description="paid, yuan")
    payments: int = Field(description="payments both ways")


class CaseCounterparty(Record):
    """One of the largest counterparties in the days before the alert."""

    name: str = Field(description="kind of party and number, or name of a foreign data set")
    money_in: float = Field(description="received from it, yuan")
    money_out: float = Field(description="paid to it, yuan")
    payments: int = Field(description="payments both ways")
    is_new: bool = Field(description="whether the first payment ever lies in these days")


class CasePayment(Record):
    """A payment of the customer in the days before the alert."""

    at: str = Field(description="local date and minute")
    is_in: bool = Field(description="whether it was received")
    other: str = Field(description="the other party")
    yuan: float = Field(description="amount, yuan")
    channel: str = Field(description="how it was paid")
    purpose: str = Field(description="stated purpose")
    balance: float | None = Field(description="the customer's balance after it, yuan; null: unknown")
    city: int | None = Field(description="city code of the counter or terminal; null: none")


class FlowEdge(Record):
    """A payment of the picture of the money's way."""

    step: int = Field(description="0 into the customer, 1 out, 2 one step beyond")
    at: str = Field(description="local date and minute")
    payer: str = Field(description="who pays")
    payee: str = Field(description="who is paid")
    yuan: float = Field(
        description="what of the customer's money it can carry, yuan: never more than came in"
    )
    whole: float = Field(description="the whole payment, yuan")


class CaseAccount(Record):
    """An account of a party."""

    account_id: int = Field(description="account")
    opened: str | None = Field(description="local date of the opening; null: unknown")
    closed: str | None = Field(description="local date of the closing, if it was before the alert")
    balance: float | None = Field(description="balance at the alert, yuan; null: unknown")


class CaseDevice(Record):
    """A device that a party used in the days before the alert."""

    device_id: int = Field(description="device")
    since: str = Field(description="local date since which the party uses it")
    others: list[str] = Field(description="other customers who used it in the days, by name")


class CaseTag(Record):
    """A tag of the profile that holds at the alert."""

    tag: str = Field(description="name of the tag")
    value: str = Field(description="its value")
    since: str = Field(description="local date since which the bank knows it")


class CaseLink(Record):
    """A customer who is tied to a party, and how."""

    name: str = Field(description="the other customer")
    how: str = Field(description="same_case, device, paid, paid_by or shared_payee")
    payments: int = Field(description="payments of the tie; 0: none")
    yuan: float = Field(description="their sum, yuan")
    through: str = Field(description="device or shared payee; empty: none")
    is_alerted: bool = Field(description="whether rules or the model alerted the other in the days")


class CaseParty(Record):
    """One customer of a case, as of the case: who, what, with whom, and why an alert was raised."""

    subject_id: int = Field(description="subject that is explained")
    customer_id: int = Field(description="customer")
    customer_name: str = Field(description="its number, or name in a foreign data set")
    found_by: str = Field(description="model, below_cut, rules or asked: why it is in the case")
    as_of: str = Field(description="local date on which it was scored")
    rank: int | None = Field(description="place of the alert in its week; null: the model raised none")
    score: float = Field(description="raw score of the model, log-odds")
    kind: str = Field(description="kind of customer")
    occupation: str | None = Field(description="occupation, if one is known")
    industry: str | None = Field(description="trade, if one is known")
    city: int | None = Field(description="city code, if one is known")
    joined_at: str = Field(description="local date since which it is a customer")
    founded_at: str | None = Field(description="local date of the founding; null: no firm, or unknown")
    declared_income: int | None = Field(description="declared monthly income, yuan; null: unknown")
    money_in: float = Field(description="received in the days, yuan")
    money_out: float = Field(description="paid in the days, yuan")
    money_in_month_before: float = Field(
        description="median of the earlier months since the first payment, yuan"
    )
    payers: int = Field(description="different payers in the days")
    payees: int = Field(description="different payees in the days")
    new_parties: int = Field(description="counterparties of whom the bank saw no earlier payment")
    channels: list[ChannelSum] = Field(description="money by channel and direction, the most first")
    cities: list[int] = Field(description="city codes of counters at which cash was paid in or out")
    busiest_day: DayOfMoney | None = Field(description="day with most money both ways; null: no payment")
    headline: Phrase = Field(description="the plain sentence")
    accounts: list[CaseAccount] = Field(description="in order of opening")
    devices: list[CaseDevice] = Field(description="in order of first use")
    tags: list[CaseTag] = Field(description="products, channels, risk rating and the like")
    rule_hits: list[CaseRuleHit] = Field(description="one row a rule")
    reasons: list[CaseReason] = Field(description="what contributed to the score; empty: not the model's")
    what_if: list[WhatIf] = Field(description="which reasons gone would have dropped the alert")
    earlier_decisions: list[PeopleDecision] = Field(description="known at the alert, in order of time")
    later_decisions: list[PeopleDecision] = Field(description="of the days after; the reviewers' own")
    timeline: list[DayOfMoney] = Field(description="days with payments")
    months: list[MonthOfMoney] = Field(description="twelve months, the oldest first")
    counterparties: list[CaseCounterparty] = Field(description="the ten with the most money")
    payments: list[CasePayment] = Field(description="the largest payments of the days, in order of time")
    payments_of_days: int = Field(description="all payments of the days")
    links: list[CaseLink] = Field(description="customers tied to it")
    flow: list[FlowEdge] = Field(description="largest payments in, out and beyond")


class DraftSection(Record):
    """A section of a draft report; what a human must write is left empty."""

    key: str = Field(description="who, what, when, where, why, how or one of 1 to 7")
    title: str = Field(description="heading of the section in the language of its form")
    text: list[str] = Field(description="paragraphs; none: left to a human")


class ReportDrafts(Record):
    """Drafts of the report to the authority in two forms; a human decides whether one is sent."""

    narrative: list[DraftSection] = Field(description="narrative of a SAR (FinCEN, FFIEC), English")
    report: list[DraftSection] = Field(description="重点可疑交易报告, sections one to seven, Chinese")


class ExplainedCase(Record):
    """Alerts that hang together, with all that an investigator needs; nothing later is used.

    But for ``later_decisions``, which are shown apart: what the bank's own people decided afterwards.
    """

    case_id: str = Field(description="C and number of the bank's case, or M and subject where only the model")
    opened: str = Field(description="local date of the first alert in it")
    as_of: str = Field(description="local date of the latest alert in it; what is told is told as of it")
    deadline: str = Field(description="local date by which it must be decided")
    days: int = Field(description="days before the alert that are looked at")
    parties: list[CaseParty] = Field(description="the highest score first")
    ring: list[FlowEdge] = Field(description="payments among the parties and with parties of several of them")
    drafts: ReportDrafts = Field(description="drafts of the report in both forms")


class ExplainedCases(Result):
    """Cases of the explained model: those of its highest scores, and the nearest below its cut."""

    model: str = Field(description="the explained model")
    cases: list[ExplainedCase] = Field(description="the highest score first")
