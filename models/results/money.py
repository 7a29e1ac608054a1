"""Contract of the result of the stage audit_money: money, schemes, days and hours, HIDDEN TRUTH beside."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.labels import ReviewEffort
from pipeline import Record, Result


class AtStake(Record):
    """What there is to reach in the test, in one view."""

    customers: int = Field(description="positive customers of the test")
    clubs: int = Field(description="schemes with a payment in the test; for the bank reported cases")
    yuan: float = Field(
        description="illicit money moved in the test; for the bank all that suspects paid out"
    )
    began: int = Field(description="customers whose first illicit payment (first report) lies in the test")


class DelayPoint(Record):
    """Who is alerted by a day after the beginning, by Kaplan and Meier."""

    days: int = Field(description="days since the first illicit payment; for the bank since its first report")
    alerted: Interval = Field(description="share alerted by then; null beyond the longest time observed")


class Reached(Record):
    """What a ranker reaches in one view; intervals by scheme in truth, by customer for the bank."""

    money: Interval = Field(description="money moved at or after the first catch; share of what is at stake")
    clubs: Interval = Field(description="schemes (cases) of which anybody is caught; share")
    money_over_rules: Interval = Field(description="the same less that of the rules, on the same draws")
    clubs_over_rules: Interval = Field(description="the same of `clubs`")
    delays: list[DelayPoint] = Field(description="by day")
    median_days: float | None = Field(description="days by which half are caught; null: not reached")


class RankerReach(Record):
    """What a ranker reaches at the budget, in both views."""

    ranker: str = Field(description="model, stack, rules, or rulebook: the rules' alerts as they really ran")
    alerts: int = Field(description="alerts in the test")
    bank: Reached = Field(description="by the bank's labels")
    true: Reached = Field(description="in truth; only the simulator knows it")


class CostPoint(Record):
    """What a budget costs and reaches, in one view."""

    budget: float = Field(description="multiple of the budget of params.yaml")
    alerts: int = Field(description="alerts in the test")
    caught: int = Field(description="positive customers caught")
    cost_cny: float = Field(description="work on these alerts, yuan")
    reached_cny: Interval = Field(description="money moved at or after the first catch, yuan")
    missed_cny: float = Field(description="money at stake that is not, yuan")
    per_alert_cny: float | None = Field(description="cost of an alert, yuan; null without any")
    per_case_cny: float | None = Field(description="cost of a customer caught, yuan; null without any")
    per_reached_cny: float | None = Field(description="cost of a yuan reached, yuan; null without any")
    per_missed_cny: float | None = Field(
        description="cost of a yuan less missed than at the budget before, yuan; null where none is"
    )


class CostCurve(Record):
    """Cost and reach of one ranker over budgets, the smallest first."""

    ranker: str = Field(description="model, or rules")
    bank: list[CostPoint] = Field(description="by the bank's labels")
    true: list[CostPoint] = Field(description="in truth")


class Advice(Record):
    """The budget that leaves most, of those tried."""

    budget: Interval = Field(description="multiple of the budget; interval over draws of schemes (customers)")
    net_cny: float = Field(description="worth of the money reached less the work, yuan")
    break_even: float | None = Field(
        description="customers caught an alert from which on an alert pays, at the bank's own budget; share"
    )


class AdviceRow(Record):
    """The budget recommended if a yuan reached is worth so much."""

    worth: float = Field(description="yuan that a yuan reached is worth; an assumption")
    bank: Advice = Field(description="by the bank's labels")
    true: Advice = Field(description="in truth")


class RuleWorth(Record):
    """What a rule is worth in one view, whole run, and the verdict that follows."""

    judged: int = Field(description="alerts above the line of which something is known")
    precision: Interval = Field(description="reported (truly illicit) of them; share, Wilson")
    found: int = Field(description="cases reported (schemes found) with its alerts")
    found_alone: int = Field(description="of them by alerts of no other rule: lost if it is switched off")
    verdict: str = Field(description="keep, tune, retire, or unknown: too little is known")


class RuleVerdict(Record):
    """A rule that raises alerts, judged twice."""

    rule_id: str = Field(description="rule")
    alerts: int = Field(description="alerts above the line, whole run")
    alerts_alone: int = Field(description="of them raised by it alone: saved if it is switched off")
    hours: float = Field(description="work that fell to it, hours")
    hours_alone: float = Field(description="of them on alerts raised by it alone")
    bank: RuleWorth = Field(description="by the investigators' decisions")
    true: RuleWorth = Field(description="in truth")


class AlertCost(Record):
    """What an alert costs on average, yuan, by what became of reviewed ones."""

    mean_cny: float = Field(description="of all decided alerts; the bank knows it")
    true_cny: float = Field(description="of truly illicit ones")
    false_cny: float = Field(description="of all others")


class MoneyAudit(Result):
    """What is reached for which money, by ranker, budget and rule, as the bank sees it and in TRUTH."""

    bank: AtStake = Field(description="what there is to reach by the bank's labels")
    true: AtStake = Field(description="what there is to reach in truth")
    rankers: list[RankerReach] = Field(description="at the budget; the rulebook as it ran last")
    effort: ReviewEffort = Field(description="what a review costs")
    alert_cost: AlertCost = Field(description="what an alert costs")
    chosen: str = Field(description="model that the bank would put to work")
    curves: list[CostCurve] = Field(description="of the rules and the chosen model")
    usual_worth: float = Field(description="worth of a yuan reached that rules are judged by; an assumption")
    rules_pay_from: dict[str, float | None] = Field(
        default_factory=dict,
        description="by view, bank and true: precision from which an alert of the rulebook as it ran pays",
    )
    advice: list[AdviceRow] = Field(description="of the chosen model, by worth of a yuan reached")
    rules: list[RuleVerdict] = Field(description="one row a rule that raises alerts and is applied")
