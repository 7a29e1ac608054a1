"""Contract of the result of the stage audit_beyond: beyond the rules that label, and beyond the headline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.headline import PartRecall
from pipeline import Record, Result

Attribute = Literal["segment", "role"]


class HeldOutFound(Record):
    """What one ranker makes of the customers whom a rule flagged that labels nobody."""

    ranker: str = Field(description="model, stack, or rules: those that label")
    bank_alerted: Interval = Field(description="of the flagged customers alerted in the test; share, Wilson")
    true: PartRecall = Field(description="of those illicit while flagged")


class HeldOutRule(Record):
    """A rule that is read, and never raises an alert nor labels anybody."""

    rule_id: str = Field(description="rule")
    flagged: int = Field(description="customers of the test whom it hit within the label window")
    illicit: int = Field(description="of them illicit while so")
    beyond_rules: int = Field(description="of these, whom no rule that labels hit while they were")
    found: list[HeldOutFound] = Field(description="by ranker")


class WeekOfAlerts(Record):
    """The alerts of one ranker in one week of the test."""

    ranker: str = Field(description="rules, or the chosen model")
    week: str = Field(description="local date of the alerts")
    alerts: int = Field(description="alerts in it, leftovers left out")
    bank_right: int = Field(description="of them on customers suspicious by the bank's labels")
    bank_most: int = Field(description="that could have been: suspicious customers, no more than alerts")
    true_right: int = Field(description="of them on customers illicit")
    true_most: int = Field(description="that could have been, likewise")


class NetworkCoverage(Record):
    """How much of the schemes a ranker's alerts open, when an investigator follows their payments."""

    ranker: str = Field(description="model, stack or rules")
    caught: Interval = Field(description="members of the test alerted while illicit; share, by scheme")
    within_hops: Interval = Field(description="the same, and members within so many payments of one; share")


class GroupRecall(Record):
    """Whom of one group a ranker catches at the budget."""

    attribute: Attribute = Field(description="segment: kind of customer; role: in the scheme, in truth only")
    group: str = Field(description="kind, or role")
    ranker: str = Field(description="rules, or the chosen model")
    bank: PartRecall | None = Field(description="by the bank's labels; null: the bank knows of no roles")
    true: PartRecall = Field(description="in truth, by scheme")


class ThreeLists(Record):
    """How many illicit customers three rankers seem to leave, from how many of them caught each."""

    rankers: list[str] = Field(description="the three")
    caught: list[int] = Field(description="illicit customers caught by one, two, three of them")
    estimated: float = Field(description="illicit customers by Chao's estimate, a lower bound")
    claimed: float | None = Field(description="caught by any over the estimate; share")
    true: Interval = Field(description="caught by any over all illicit customers, by scheme; share")


class RulebookRan(Record):
    """The rulebook's own alerts as they were raised, day by day, beside rankers that spend the budget."""

    alerts: int = Field(description="alerts in the test")
    budget: float | None = Field(description="the same over the alerts of the rules as a ranker; multiple")
    bank: Interval = Field(description="recall by the bank's labels, by customer")
    true: Interval = Field(description="recall in truth, by scheme")


class Beyond(Result):
    """What lies beyond the rules that label, and beyond the headline."""

    hops: int = Field(description="payments of a scheme that an investigator follows")
    least_group: int = Field(description="customers of a group below which it is left out")
    held_out: list[HeldOutRule] = Field(description="by rule")
    everybody_alerted: dict[str, Interval] = Field(
        description="by ranker: of all customers of the test alerted; share"
    )
    weeks: list[WeekOfAlerts] = Field(description="by ranker and week")
    coverage: list[NetworkCoverage] = Field(description="by ranker")
    groups: list[GroupRecall] = Field(description="by attribute, group and ranker")
    lists: ThreeLists | None = Field(description="null for fewer than three rankers")
    rulebook: RulebookRan = Field(description="the rulebook as it ran")
