"""What a judge says of every ranker, by the bank's labels in one result and by the truth in the other."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record


class Compared(Record):
    """The metrics in which rankers differ, or a difference of two rankers in them."""

    recall_at_budget: Interval = Field(description="positive customers alerted while positive; share of them")
    precision_at_budget: Interval = Field(description="alerts on positive subjects; share of the alerts")
    average_precision: Interval = Field(description="area under precision over recall, all subjects; share")

    def figure(self, metric: str) -> Interval:
        """A metric by its name; an unknown one is a KeyError."""
        return {
            "recall_at_budget": self.recall_at_budget,
            "precision_at_budget": self.precision_at_budget,
            "average_precision": self.average_precision,
        }[metric]


class McNemar(Record):
    """Whom only one of two rankers caught, and the chance of so uneven a number if both were alike."""

    only_first: int = Field(description="caught by the first alone")
    only_second: int = Field(description="caught by the second alone")
    p_value: float | None = Field(description="exact, two-sided; null where both caught the same")


class Difference(Compared):
    """By how much a ranker exceeds another one, on the same draws, with McNemar's test beside it.

    Customers of one scheme act together and are no independent observations: the test by
    customer is too sure of itself in truth, and stands here to be compared with others' results.
    """

    by_customer: McNemar = Field(description="positive customers caught")
    by_group: McNemar = Field(
        description="what is drawn together, anybody of it caught: schemes in truth, customers for the bank"
    )

    @classmethod
    def alike(cls) -> Difference:
        """The difference of a ranker from itself."""
        nothing = Interval(value=0.0, low=0.0, high=0.0)
        nobody = McNemar(only_first=0, only_second=0, p_value=None)
        return cls(
            recall_at_budget=nothing,
            precision_at_budget=nothing,
            average_precision=nothing,
            by_customer=nobody,
            by_group=nobody,
        )


class HeadlineMetrics(Compared):
    """The five headline metrics of a ranker by one set of labels."""

    precision_ceiling: Interval = Field(description="precision at the budget of a ranking by the labels")
    base_rate: Interval = Field(description="positive subjects; share of all that count")

    def figure(self, metric: str) -> Interval:
        """A metric by its name; an unknown one is a KeyError."""
        more = {"precision_ceiling": self.precision_ceiling, "base_rate": self.base_rate}
        return more[metric] if metric in more else super().figure(metric)


class Measured(HeadlineMetrics):
    """The headline metrics, and of a model how far its scores are from probabilities; null for the rules."""

    calibration_ratio: Interval | None = Field(
        default=None, description="mean of the sigmoid of the scores over the mean label; 1 is calibrated"
    )
    calibration_slope: Interval | None = Field(
        default=None,
        description="slope of the label's log-odds on the score; below 1: scores are spread too far",
    )


class AlertsSpent(Record):
    """What a ranker spent of the budget of the test."""

    ranker: str = Field(description="model, or rules")
    alerts: int = Field(description="alerts in the test")
    silent: int = Field(
        description="positive customers who cannot be alerted at first, since validation alerted them"
    )


class RankerRecall(Record):
    """Whom of a group of customers a ranker catches at the budget."""

    ranker: str = Field(description="model, or rules")
    customers: int = Field(description="customers of the group")
    caught: int = Field(description="of them alerted while positive")
    recall: Interval = Field(description="share caught, Wilson; null for a group that is too small")


class Leftovers(RankerRecall):
    """Customers whose events all lie in the label window before the test; part of no other figure."""

    alerts: int = Field(description="alerts that fell on them")


class BudgetPoint(Record):
    """Recall of one ranker at a multiple of the alert budget."""

    ranker: str = Field(description="model, or rules")
    budget: float = Field(description="multiple of the budget of params.yaml")
    recall: float | None = Field(description="positive customers caught, share; null without any")


class Judged(Record):
    """Every ranker by one set of labels, on the test."""

    metrics: dict[str, Measured] = Field(description="by ranker")
    differences: dict[str, dict[str, Difference]] = Field(
        description="by how much a ranker (first key) exceeds another one (second), on the same draws"
    )
    alerts_spent: list[AlertsSpent] = Field(description="one row a ranker")
    leftovers: list[Leftovers] = Field(description="one row a ranker")
    recall_by_budget: list[BudgetPoint] = Field(description="one row a ranker and multiple of the budget")
