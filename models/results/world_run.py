"""Contract of what a few rankers find in one world: for many worlds, and for many changes of one."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.judged import Compared
from pipeline import Record, Result


class Caught(Record):
    """Customers whom alerts should reach, and who is reached; lists are of one length, a place a customer."""

    customers: list[int] = Field(description="customer, in order of number")
    groups: list[int] = Field(description="what a bootstrap draws together: schemes, or customers")
    caught: dict[str, list[int]] = Field(
        description="by ranker: 1 for each customer it alerts while positive"
    )


class RankerGap(Record):
    """By how much one ranker exceeds another, on the same draws."""

    first: str = Field(description="ranker")
    second: str = Field(description="the one that is subtracted")
    difference: Compared = Field(description="of the headline's metrics, paired")


class WorldView(Record):
    """The rankers by one set of labels: the bank's, or the truth."""

    customers: int = Field(description="positive customers of the test")
    groups: int = Field(description="of them what a bootstrap draws as one: schemes in truth, else customers")
    metrics: dict[str, Compared] = Field(description="by ranker")
    gaps: list[RankerGap] = Field(description="paired differences")
    caught: Caught = Field(description="whom each ranker catches at the budget")


class ReviewSlice(Record):
    """Reviewed alerts of one rule and one occupation, whole run.

    An alert of several rules counts in each.
    """

    rule_id: str = Field(description="rule")
    occupation: str = Field(description="occupation on file; empty for a firm")
    alerts: int = Field(description="alerts above the line")
    reviewed: int = Field(description="of them decided")
    reported: int = Field(description="of those reported")
    reasons: dict[str, int] = Field(description="of those not reported: reviews by stated reason")
    illicit: int = Field(description="alerts that were illicit in truth")
    look_alikes: dict[str, int] = Field(
        description="alerts that were not, by typology whose planted look-alike the customer is"
    )


class RuleReach(Record):
    """What the rules that raise alerts reach in the whole run, at the capacity that the line has."""

    alerts: int = Field(description="alerts above the line")
    reviewed: int = Field(description="of them decided")
    reported: int = Field(description="of those reported")
    illicit: int = Field(description="alerts that were illicit in truth")
    caught: Caught = Field(
        description="illicit customers since rules look at all; rules: by an alert above the line"
    )


class CasesOf(Record):
    """Past cases on which the investigators and a model agree or not."""

    cases: int = Field(description="decided cases")
    illicit: int = Field(description="of them illicit in truth")


class PastCases(Record):
    """A blind replay: a model ranks past cases whose decisions it has not seen.

    A case is a review that was decided, of the weeks of validation and test; the model's score is
    of the first week that ends no earlier than the behaviour looked at, and no later than the
    decision was known. The model picks as many cases as the investigators reported.
    """

    ranker: str = Field(description="model")
    cases: int = Field(description="cases with a decision and a score")
    reported: int = Field(description="of them reported; so many the model picks")
    illicit: int = Field(description="of them illicit in truth")
    reported_above_others: Interval = Field(
        description="chance that the model ranks a reported case above another, by customer"
    )
    illicit_above_others: Interval = Field(description="the same of a case that is illicit in truth")
    both: CasesOf = Field(description="reported and picked")
    only_people: CasesOf = Field(description="reported, and not picked")
    only_model: CasesOf = Field(description="picked, and dismissed or closed")
    neither: CasesOf = Field(description="neither")


class WorldRun(Result):
    """A few rankers in one world, from its rules to its test."""

    seed: int = Field(description="simulate.seed")
    customers: int = Field(description="customers of the bank")
    transactions: int = Field(description="payments of the run")
    bank: WorldView = Field(description="what the bank can measure")
    true: WorldView = Field(description="what is true")
    rules: RuleReach = Field(description="the rules over the whole run")
    slices: list[ReviewSlice] = Field(description="by rule and occupation")
    past_cases: list[PastCases] = Field(description="blind replay of past cases, by model")
