"""What a reader asks first of the model that the bank chooses, and the goals that it was held to."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from data.results import Interval
from models.results.headline import Headline, PartRecall
from models.results.truth import TruthView
from models.schema import RULES, STACK
from pipeline import Record

# Fixed before the final run on the test, by those who set the task.
ALERT_SHARE = 0.2  # of the rules' alerts, at most, for the rules' recall
OF_ORACLE = 0.85  # of the recall of the oracle, at least
OF_UNKNOWN = 0.45  # of the illicit whom the bank's labels do not know, at least


class HeadlineGoal(Record):
    """A figure that was wanted before the run, and what was found."""

    wanted: float = Field(description="bound, in the unit of the figure")
    found: float | None = Field(description="the figure; null: not measurable")
    missed_by: float | None = Field(description="how far it is on the wrong side of the bound; 0 where met")

    @classmethod
    def at_least(cls, wanted: float, found: float | None) -> HeadlineGoal:
        """A figure that should not be lower."""
        missed = None if found is None else round(max(wanted - found, 0.0), 4)
        return cls(wanted=wanted, found=found, missed_by=missed)

    @classmethod
    def at_most(cls, wanted: float, found: float | None) -> HeadlineGoal:
        """A figure that should not be higher."""
        missed = None if found is None else round(max(found - wanted, 0.0), 4)
        return cls(wanted=wanted, found=found, missed_by=missed)


class Goals(Record):
    """What was wanted of the model that the bank chooses."""

    alert_share_at_rule_recall: HeadlineGoal = Field(description="at most: share of the rules' alerts")
    oracle_share: HeadlineGoal = Field(description="at least: true recall over the oracle's")
    lead_over_rules: HeadlineGoal = Field(
        description="at least: lower end of recall_patterned less the upper end of the rules' own"
    )
    recall_unknown: HeadlineGoal = Field(description="at least: share")


class HeadlineFigures(Record):
    """The model that the bank chooses, in truth, at the budget; shares of illicit customers of the test."""

    champion: str = Field(description="the model of `chosen.name`; bank")
    rule_recall: Interval = Field(description="of the rules; simulator")
    recall: Interval = Field(description="of the champion; simulator")
    alert_share_at_rule_recall: Interval = Field(
        description="fewest alerts that reach the rules' recall, over the rules' alerts; "
        "null: not at three times the budget; simulator"
    )
    recall_at_rule_alerts: Interval = Field(description="with as many alerts as the rules spend; simulator")
    beyond_rule_recall: Interval = Field(description="among those whom no rule hit; simulator")
    recall_known: Interval = Field(description="among those whom the bank's labels know; simulator")
    recall_unknown: Interval = Field(description="among those whom they do not know; simulator")
    recall_patterned: Interval = Field(description="among those with a payment of a shape; simulator")
    rule_recall_patterned: Interval = Field(description="the same of the rules; simulator")
    recall_seen: Interval = Field(
        description="among those who were labelled suspicious in a training week; simulator"
    )
    recall_unseen: Interval = Field(description="among those who were not; simulator")
    oracle_recall_at_budget: Interval = Field(
        description="of one LightGBM taught the truth of all earlier weeks, mean of several seeds; simulator"
    )
    stack_lead: Interval = Field(
        description="recall of the stack less that of its best part in truth, paired; null without a stack; "
        "simulator"
    )
    goals: Goals = Field(description="what was wanted")


def headline_of(truth: TruthView, ranker: str) -> Headline:
    """The row of one ranker."""
    return next(row for row in truth.headlines if row.ranker == ranker)


def stack_lead(truth: TruthView, parts: Sequence[str]) -> Interval:
    """Recall of the stack less that of the part which the truth finds best."""
    known = [name for name in parts if truth.metrics[name].recall_at_budget.value is not None]
    if not known or STACK not in truth.metrics:
        return Interval()
    best = max(known, key=lambda name: truth.metrics[name].recall_at_budget.value or 0.0)
    return truth.differences[STACK][best].recall_at_budget


def headline_figures(
    truth: TruthView, oracle: Interval, champion: str, stack_parts: Sequence[str]
) -> HeadlineFigures:
    """The first figures of the model that the bank chooses; ``oracle`` is taught the truth."""
    mine, rules = headline_of(truth, champion), headline_of(truth, RULES)
    parts = mine.parts
    return HeadlineFigures(
        champion=champion,
        rule_recall=truth.metrics[RULES].recall_at_budget,
        recall=truth.metrics[champion].recall_at_budget,
        alert_share_at_rule_recall=mine.alert_share_at_rule_recall,
        recall_at_rule_alerts=mine.recall_at_rule_alerts,
        beyond_rule_recall=parts.beyond_rules.recall,
        recall_known=parts.known.recall,
        recall_unknown=parts.unknown.recall,
        recall_patterned=parts.patterned.recall,
        rule_recall_patterned=rules.parts.patterned.recall,
        recall_seen=parts.taught.recall,
        recall_unseen=parts.untaught.recall,
        oracle_recall_at_budget=oracle,
        stack_lead=stack_lead(truth, stack_parts),
        goals=goals(mine, rules.parts.patterned, oracle),
    )


def goals(mine: Headline, rules_patterned: PartRecall, oracle: Interval) -> Goals:
    """What was wanted beside what was found."""
    parts = mine.parts
    return Goals(
        alert_share_at_rule_recall=HeadlineGoal.at_most(ALERT_SHARE, mine.alert_share_at_rule_recall.value),
        oracle_share=HeadlineGoal.at_least(OF_ORACLE, _over(parts.everyone.recall.value, oracle.value)),
        lead_over_rules=HeadlineGoal.at_least(
            0.0, _less(parts.patterned.recall.low, rules_patterned.recall.high)
        ),
        recall_unknown=HeadlineGoal.at_least(OF_UNKNOWN, parts.unknown.recall.value),
    )


def _over(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else round(part / whole, 4)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 4)
