"""Contracts of the results of the stage audit_labels: HIDDEN TRUTH beside what the bank sees."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval, LabelComparison, LabelSet
from pipeline import Record, Result


class LabelQuality(Record):
    """How a label set's view of the training subjects compares with the truth."""

    suspicious: int = Field(description="training subjects that it calls suspicious")
    belief: float = Field(description="sum of its labels, subjects")
    labelled: int = Field(description="training subjects of which it says anything")
    right: Interval = Field(description="suspicious ones truly illicit; share, Wilson")
    found: Interval = Field(description="truly illicit ones called suspicious; share, Wilson")


class AuditedSet(LabelSet):
    """A label set by the bank's criterion, and what it is worth in truth."""

    labels: LabelQuality = Field(description="of the training subjects, in truth")
    true_log_loss: float | None = Field(
        description="mean log-loss of the votes' beliefs against the truth, nats; null without votes"
    )
    true_recall: Interval = Field(
        description="true recall at the budget of the fixed model that learnt from it"
    )
    below_ceiling: Interval = Field(description="the same less `ceiling`, on the same draws")


class LabelAudit(LabelComparison, Result):
    """What each label set is worth in TRUTH, beside the bank's comparison of them."""

    sets: list[AuditedSet] = Field(description="every label model with each choice of inputs")
    customers: int = Field(description="customers truly illicit in the test, of whom recall is a share")
    ceiling: Interval = Field(description="true recall at the budget of the fixed model taught the truth")


class ReviewSample(Record):
    """What was reviewed on one side of a rule's line, beside the truth of all that lies there."""

    alerts: int = Field(description="alerts (below: what would have been one) on this side")
    alone: int = Field(description="of them raised by this rule alone")
    reviewed: int = Field(description="of them decided")
    cases: int = Field(description="of them looked into, closed or reported")
    reported: int = Field(description="of them reported")
    bank: Interval = Field(description="reported over reviewed, Wilson; the bank knows it")
    at_most: float | None = Field(
        description="largest rate of reports that the sample does not rule out, one-sided 95 %"
    )
    true: Interval = Field(description="truly illicit of all alerts on this side, Wilson")


class RuleFigures(Record):
    """What a rule is worth; of one that raises no alert only hits and truth are known."""

    rule_id: str = Field(description="rule")
    use: str = Field(description="label: raises alerts; feature and held_out: does not")
    is_applied: bool = Field(description="whether the data has every column that it needs")
    hits: int = Field(description="customer-days that met it")
    hit_customers: int = Field(description="different customers among them")
    unique_hits: int = Field(description="customer-days that no other rule that raises alerts hit")
    hits_true: Interval = Field(description="hits within the label window after an illicit payment; share")
    schemes_found: int = Field(description="schemes of which it hit a member in time")
    unique_schemes: int = Field(description="of them hit by no other rule that raises alerts")
    line_cny: float | None = Field(
        default=None, description="money of a hit from which on it is alerted, yuan"
    )
    above: ReviewSample | None = Field(default=None, description="above its line")
    below: ReviewSample | None = Field(default=None, description="below its line")
    hours: float | None = Field(default=None, description="work that fell to it, hours")
    learned: dict[str, float | None] | None = Field(
        default=None, description="by label model: what it believes when this rule alone votes"
    )
    true_alone: Interval | None = Field(
        default=None, description="flagged moments of this rule alone that were truly illicit; share"
    )


class ReportedAndTrue(Record):
    """The same moments as the bank and as the truth count them."""

    bank: Interval = Field(description="reported of those reviewed, share, Wilson")
    true: Interval = Field(description="truly illicit of all, share, Wilson")


class NegativeRuleFigures(Record):
    """What a rule that speaks against suspicion is worth."""

    rule_id: str = Field(description="rule")
    hits: int = Field(description="customer-days that met it")
    flagged: int = Field(description="flagged moments that it speaks of")
    with_vote: ReportedAndTrue = Field(description="those moments")
    without_vote: ReportedAndTrue = Field(description="all other flagged moments")


class LineSamples(Record):
    """The whole rulebook on both sides of the line, each alert once."""

    above: ReviewSample = Field(description="above the line: alerts")
    below: ReviewSample = Field(description="below the line: reviewed by sample")


class ReviewEffort(Record):
    """What a review costs; assumptions of params.yaml (audit_labels.effort)."""

    minutes_per_alert: float = Field(description="minutes to decide on an alert")
    hours_per_case: float = Field(description="further hours of a case")
    hours_per_report: float = Field(description="further hours of a report")
    cny_per_hour: float = Field(description="yuan an hour")


class RuleReport(Result):
    """The numbers of the rulebook page: what each rule is worth, as the bank sees it and in TRUTH."""

    rules: list[RuleFigures] = Field(description="one row a rule that speaks for suspicion")
    negative_rules: list[NegativeRuleFigures] = Field(description="one row a rule that speaks against it")
    lines: LineSamples = Field(description="the whole rulebook")
    effort: ReviewEffort = Field(description="what a review costs")
