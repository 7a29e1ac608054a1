"""Contracts of the JSON results of this room: the cases."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class CaseHeadline(Record):
    """The plain sentence of a case, from facts only."""

    en: str = Field(description="in English")
    zh: str = Field(description="in Chinese")


class CaseRuleHit(Record):
    """A rule that hit the customer in the days before the alert."""

    rule_id: str = Field(description="rule")
    name_en: str = Field(description="its name in English")
    name_zh: str = Field(description="its name in Chinese")
    days: int = Field(description="days on which it hit")
    last: str = Field(description="local date of the last hit")


class CaseReason(Record):
    """A family that spoke for the score, or against it."""

    rank: int = Field(description="1 is the strongest reason; -1 the strongest evidence against")
    family_en: str = Field(description="the family in English")
    family_zh: str = Field(description="the family in Chinese")
    contribution: float = Field(description="sum over the family's features, log-odds")
    text_en: str = Field(description="its leading feature in English")
    text_zh: str = Field(description="its leading feature in Chinese")


class EarlierDecision(Record):
    """What people had decided on the customer before the alert."""

    known_at: str = Field(description="local date of the outcome")
    outcome: str = Field(description="dismissed, case or reported")
    stream: str = Field(description="alert, below_line or random")


class DayOfMoney(Record):
    """Money in and out on one local day."""

    day: str = Field(description="local date")
    money_in: float = Field(description="received, yuan")
    money_out: float = Field(description="paid, yuan")


class CaseCounterparty(Record):
    """One of the largest counterparties in the days before the alert."""

    name: str = Field(description="kind of party and number, or name of a foreign data set")
    money_in: float = Field(description="received from it, yuan")
    money_out: float = Field(description="paid to it, yuan")
    payments: int = Field(description="payments both ways")
    is_new: bool = Field(description="whether the first payment ever lies in these days")


class FlowEdge(Record):
    """A payment of the picture of the money's way."""

    step: int = Field(description="0 into the customer, 1 out, 2 one step beyond")
    at: str = Field(description="local date and minute")
    payer: str = Field(description="who pays")
    payee: str = Field(description="who is paid")
    yuan: float = Field(description="amount, yuan")


class ExplainedCase(Record):
    """What an investigator needs of one alert, all as of the alert; the bank knows every word of it."""

    subject_id: int = Field(description="alerted subject")
    customer_id: int = Field(description="customer")
    customer_name: str = Field(description="its number, or name in a foreign data set")
    as_of: str = Field(description="local date of the alert; nothing later is used")
    days: int = Field(description="days before the alert that are looked at")
    rank: int = Field(description="place of the alert in its week")
    kind: str = Field(description="kind of customer")
    occupation: str | None = Field(description="occupation, if one is known")
    industry: str | None = Field(description="trade, if one is known")
    city: int | None = Field(description="city, if one is known")
    joined_at: str = Field(description="local date since which it is a customer")
    declared_income: int | None = Field(description="declared monthly income, yuan; null: unknown")
    headline: CaseHeadline = Field(description="the plain sentence")
    rule_hits: list[CaseRuleHit] = Field(description="one row a rule")
    reasons: list[CaseReason] = Field(description="why the model scored as it did")
    earlier_decisions: list[EarlierDecision] = Field(description="in order of time")
    timeline: list[DayOfMoney] = Field(description="days with payments")
    counterparties: list[CaseCounterparty] = Field(description="the ten with the most money")
    flow: list[FlowEdge] = Field(description="largest payments in, out and beyond")


class ExplainedCases(Result):
    """The alerts with the highest scores of the explained model, one a customer."""

    cases: list[ExplainedCase] = Field(description="the highest score first")
