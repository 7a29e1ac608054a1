"""Contract of the result of the stage audit: HIDDEN TRUTH, for the audit's own pages."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.anomaly_share import AnomalyShare
from models.results.headline import Headline
from models.results.judged import Judged, RankerRecall
from models.results.probes import Difficulty
from pipeline import Record, Result


class TypologyRecall(RankerRecall):
    """Whom of the customers illicit in the test by one typology a ranker catches."""

    typology: str = Field(description="typology")


class SophisticationRecall(RankerRecall):
    """Whom of the customers of schemes of one level of care a ranker catches."""

    sophistication: int = Field(description="0 careless, 1 usual, 2 careful")


class RuleTruth(Record):
    """What the alerts of a rule really were; whole run."""

    rule_id: str = Field(description="rule")
    alerts: int = Field(description="alerts that it raised, alone or with others")
    true: int = Field(description="of them within the label window after an illicit payment")
    precision: Interval = Field(description="true over alerts, Wilson")


class InvestigatorErrors(Record):
    """How often the simulated investigators were right; decisions, whole run."""

    reported_true: int = Field(description="reported, and illicit")
    reported_false: int = Field(description="reported, and innocent")
    dismissed_true: int = Field(description="not reported, and illicit")
    dismissed_false: int = Field(description="not reported, and innocent")


class AlertsInTruth(Record):
    """What the alerts of a ranker in the test really were."""

    ranker: str = Field(description="model, or rules")
    alerts: int = Field(description="alerts")
    illicit: int = Field(description="of them illicit")
    look_alike: int = Field(description="of them innocent look-alikes")


class TrueWorld(Record):
    """Sizes of the world that only the simulator knows."""

    illicit_transactions: int = Field(description="payments that belong to a laundering scheme")
    illicit_transaction_share: float | None = Field(description="the same as a share of all payments")
    illicit_customers: int = Field(description="customers with at least one such payment, whole run")
    illicit_customers_in_test: int = Field(
        description="customers with an illicit payment inside the test weeks; what true recall is a share of"
    )
    illicit_groups_in_test: int = Field(
        description="schemes among them (those that share a customer are one); what the bootstrap draws"
    )
    leftover_customers_in_test: int = Field(
        description="customers with illicit payments in the label window before the test and none in it"
    )


class CalibrationRow(Record):
    """A figure of the world beside the range that it was calibrated to."""

    name: str = Field(description="figure, as in audit.targets of params.yaml")
    low: float = Field(description="lower end of the range")
    high: float = Field(description="upper end of the range")
    mark: str = Field(description="V read in a primary text, V2 in a secondary one, D an assumption")
    source_en: str = Field(description="where the range comes from, in English")
    source_zh: str = Field(description="where the range comes from, in Chinese")
    measured: float | None = Field(description="the figure; null: nothing to measure")
    is_hit: bool | None = Field(description="whether it lies in the range")


class DriftDate(Record):
    """A day on which the world changes."""

    at: str = Field(description="local date")
    en: str = Field(description="what changes, in English")
    zh: str = Field(description="what changes, in Chinese")


class Segment(Record):
    """Payments, amounts, gaps and counterparties of one kind of customer."""

    kind: str = Field(description="kind of customer")
    customers: int = Field(description="customers")
    payments_per_month: float | None = Field(description="payments a customer and month of 30.4 days")
    amount_median: float | None = Field(description="yuan")
    amount_p90: float | None = Field(description="90th percentile, yuan")
    gap_median_hours: float | None = Field(description="time since the payment before, hours")
    counterparties_median: float | None = Field(description="different counterparties, whole run")
    counterparties_p99: float | None = Field(description="99th percentile of the same")


class ChannelShare(Record):
    """How much of the payments goes through one channel."""

    channel: str = Field(description="channel")
    share: float | None = Field(description="share of the payments")
    median: float | None = Field(description="amount, yuan")
    p90: float | None = Field(description="90th percentile of the amount, yuan")


class AmountsByKind(Record):
    """Median amount of a payment, yuan; null without any."""

    licit: float | None = Field(description="ordinary")
    look_alike: float | None = Field(description="of a look-alike")
    illicit: float | None = Field(description="of a scheme")


class RuleAlerts(Record):
    """How many alerts a rule raised."""

    rule_id: str = Field(description="rule")
    alerts: int = Field(description="alerts, alone or with others")


class Anatomy(Record):
    """The parts that say why a target of calibration was met or missed."""

    segments: list[Segment] = Field(description="one row a kind of customer")
    channels: list[ChannelShare] = Field(description="one row a channel, the most used first")
    amounts_by_kind: AmountsByKind = Field(description="median amounts")
    alerts: int = Field(description="alerts of the rules")
    alerts_by_rule: list[RuleAlerts] = Field(description="one row a rule, the loudest first")
    schemes: int = Field(description="illicit schemes")
    look_alikes: int = Field(description="innocent look-alikes")


class Week(Record):
    """Payments of one week of the run by kind."""

    starts_at: str = Field(description="first local date")
    licit: int = Field(description="ordinary payments")
    look_alike: int = Field(description="payments of look-alikes")
    illicit: int = Field(description="payments of schemes")

    def of(self, kind: str) -> int:
        """Payments of a kind by its name; an unknown one is a KeyError."""
        return {"licit": self.licit, "look_alike": self.look_alike, "illicit": self.illicit}[kind]


class Histogram(Record):
    """Shares of values by bins that are even in their logarithm; all empty without values."""

    edges: list[float] = Field(description="edges of the bins, one more than bins")
    sizes: dict[str, int] = Field(description="by kind: how many values")
    shares: dict[str, list[float]] = Field(description="by kind: share of each bin")


class SchemeStarts(Record):
    """How many illicit schemes begin in every four weeks of the run."""

    starts_at: list[str] = Field(description="first local dates of the blocks")
    typologies: dict[str, list[int]] = Field(description="by typology: schemes of each block")


class Distributions(Record):
    """Pictures of the world by kind: licit, look_alike, illicit."""

    weeks: list[Week] = Field(description="payments by week")
    amounts: Histogram = Field(description="payments by amount, yuan")
    gaps: Histogram = Field(description="payments by the time since the one before, hours")
    counterparties: Histogram = Field(description="customers by different counterparties")
    scheme_starts: SchemeStarts = Field(description="schemes by the time at which they begin")


class TracedIndicator(Record):
    """An indicator on the day of the traced alert."""

    name: str = Field(description="indicator that the rule names")
    value: float | None = Field(description="in the indicator's unit; null: unknown")


class TracedLabel(Record):
    """The label that came of the traced alert."""

    value: float = Field(description="belief that the behaviour is suspicious")
    weight: float = Field(description="trust in the label")
    source: str = Field(description="where the label comes from")
    known: str | None = Field(description="local date from which on it is known")


class AlertTrace(Record):
    """One truly illicit and reported alert, from the public case behind its rule to the label."""

    case_id: str | None = Field(description="public case of the rulebook; null: none fits")
    rule_id: str = Field(description="rule that the case stands behind")
    rule_ids: list[str] = Field(description="all rules that raised the alert")
    alert_id: int = Field(description="alert")
    customer_id: int = Field(description="customer")
    kind: str = Field(description="kind of customer")
    occupation: str | None = Field(description="occupation, if one is known")
    alerted: str | None = Field(description="local date of the alert")
    indicators: list[TracedIndicator] = Field(description="in the order of the rule's predicate")
    opened: str | None = Field(description="local date on which a reviewer opened it")
    known: str | None = Field(description="local date of the outcome")
    reason: str = Field(description="reviewer's reason")
    label: TracedLabel | None = Field(description="label of this decision, if there is one")
    typology: str = Field(description="typology of the scheme behind it")
    role: str | None = Field(description="role of the customer in the scheme")
    sophistication: int | None = Field(description="0 careless, 1 usual, 2 careful")
    first_payment: str | None = Field(description="local date of the scheme's first payment")


class TruthView(Judged, Result):
    """What is TRUE, from the planted schemes: only the simulator knows it, and no bank ever can."""

    headlines: list[Headline] = Field(description="one row a ranker")
    anomaly_shares: list[AnomalyShare] = Field(description="one row an anomaly score and share")
    chosen_by_truth: str = Field(description="the model with the highest true recall at the budget")
    least_group: int = Field(description="customers or schemes below which no share is given")
    by_typology: list[TypologyRecall] = Field(
        description="one row a typology and ranker; Wilson for schemes of equal size"
    )
    by_sophistication: list[SophisticationRecall] = Field(
        description="one row a level of care and ranker; Wilson for schemes of equal size"
    )
    beyond_rules: list[RankerRecall] = Field(
        description="one row a ranker, of illicit customers whom no rule that raises alerts ever hit; "
        "interval by scheme"
    )
    rule_table: list[RuleTruth] = Field(description="one row a rule that raised an alert")
    dispositions: InvestigatorErrors = Field(description="how people decided")
    alerts: list[AlertsInTruth] = Field(description="one row a ranker")
    world: TrueWorld = Field(description="sizes")
    difficulty: Difficulty = Field(description="how hard the world is")
    calibration: list[CalibrationRow] = Field(description="one row a target")
    drift: list[DriftDate] = Field(description="the drift plan")
    anatomy: Anatomy = Field(description="what the calibrated figures are made of")
    distributions: Distributions = Field(description="pictures of the world")
    trace: AlertTrace | None = Field(description="one alert followed; null where none was reported and true")
