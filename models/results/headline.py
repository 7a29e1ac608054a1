"""What is said first of a ranker in truth: against the rules, and by what the bank knew of whom it caught."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record


class PartRecall(Record):
    """Whom of a part of the illicit customers of the test a ranker catches at the budget."""

    customers: int = Field(description="illicit customers of the part")
    caught: int = Field(description="of them alerted while illicit")
    recall: Interval = Field(description="share caught, by scheme; null for a part of nobody")


class Parts(Record):
    """The illicit customers of the test in parts."""

    everyone: PartRecall = Field(description="all of them")
    known: PartRecall = Field(description="whom the bank's matured labels call suspicious in the test")
    unknown: PartRecall = Field(description="whom they do not")
    hit: PartRecall = Field(description="whom a rule that raises alerts hit while they were illicit")
    beyond_rules: PartRecall = Field(description="whom none ever hit then")
    patterned: PartRecall = Field(
        description="who made or received a payment of a typology's shape in the test"
    )
    patternless: PartRecall = Field(description="who only placed or spent proceeds outside any shape")
    taught: PartRecall = Field(description="who have a training week that its label calls suspicious")
    untaught: PartRecall = Field(description="who have none: no model was taught to remember them")


class Headline(Record):
    """One ranker in truth, on the test."""

    ranker: str = Field(description="model, stack, or rules")
    parts: Parts = Field(description="recall at the budget by parts of the illicit customers")
    recall_at_rule_alerts: Interval = Field(
        description="recall with at most as many alerts as the rules spend"
    )
    alert_share_at_rule_recall: Interval = Field(
        description="fewest alerts that reach the rules' recall, over the rules' alerts; null: not "
        "even at three times the budget, the last multiple tried"
    )
