"""Contracts of the explanations: one class a table.

Contributions are parts of the model's raw margin (log-odds). They say what
contributed to the score, never what caused the behaviour.
"""

from __future__ import annotations

from pandera.pandas import Field
from pandera.typing import Series

from pipeline import Table


class Contributions(Table):
    """What one feature contributed to the score of one alert. Key: subject_id, feature."""

    subject_id: Series[int] = Field(description="alerted subject")
    feature: Series[str] = Field(description="feature")
    family: Series[str] = Field(description="family of reasons")
    value: Series[float] = Field(nullable=True, description="value of the feature, in its unit")
    peer_median: Series[float] = Field(
        nullable=True, description="median among customers of the kind that week"
    )
    peer_p99: Series[float] = Field(nullable=True, description="99th percentile among them")
    contribution: Series[float] = Field(description="part of the raw margin")


class Reasons(Table):
    """A reason for (or against) one alert in words, one a family. Key: subject_id, rank."""

    subject_id: Series[int] = Field(description="alerted subject")
    rank: Series[int] = Field(description="1 is the strongest reason; -1 the strongest evidence against")
    family: Series[str] = Field(description="family of reasons")
    feature: Series[str] = Field(description="feature that speaks for the family")
    contribution: Series[float] = Field(description="sum over the family's features, raw margin")
    rarity: Series[float] = Field(
        ge=0, le=1, description="how far its leading value lies from the peers' middle; 1: beyond all of them"
    )
    text_en: Series[str] = Field(description="the reason in English")
    text_zh: Series[str] = Field(description="the reason in Chinese")


class AlertQueue(Table):
    """Every alert of the explained model in the test, as its reviewers see it. Key: subject_id.

    The bank knows every word of it; what people decided later stands in columns of its own.
    """

    case_id: Series[str] = Field(description="case that the alert belongs to, as in ExplainedCases")
    subject_id: Series[int] = Field(unique=True, description="alerted subject")
    customer_name: Series[str] = Field(description="customer: its number, or name in a foreign data set")
    as_of: Series[str] = Field(description="local date of the alert")
    rank: Series[int] = Field(ge=1, description="place within the week")
    score: Series[float] = Field(description="raw score of the model, log-odds")
    kind: Series[str] = Field(description="kind of customer")
    customers: Series[int] = Field(ge=1, description="alerted customers of the case")
    rule_ids: Series[str] = Field(description="rules that hit in the days before, separated by blanks")
    money_in: Series[float] = Field(description="received in the days before, yuan")
    money_out: Series[float] = Field(description="paid in the days before, yuan")
    reason_en: Series[str] = Field(description="family of the first reason, in English; empty: none")
    reason_zh: Series[str] = Field(description="the same in Chinese")
    outcome: Series[str] = Field(
        description="what people decided in the days after: dismissed, case or reported; empty: nothing"
    )
    has_page: Series[bool] = Field(description="whether the case is written out in full")


class Attributions(Table):
    """What one group of inputs gave to one model's margin of an alert. Key: explainer, subject_id, group."""

    explainer: Series[str] = Field(description="explained model")
    subject_id: Series[int] = Field(description="alerted subject")
    group: Series[str] = Field(
        description="family of reasons; line, own_payments or ties: what a network reads beside the features"
    )
    contribution: Series[float] = Field(description="part of the raw margin, log-odds")


class PartyWeights(Table):
    """A party around an alerted customer, as one method ranks it. Key: method, subject_id, rank."""

    method: Series[str] = Field(description="how parties are ranked")
    subject_id: Series[int] = Field(description="alerted subject of the graph network")
    rank: Series[int] = Field(ge=1, description="place among the parties, 1 weighs most")
    node: Series[int] = Field(description="party: node of GraphNodes")
    weight: Series[float] = Field(description="what it is ranked by, in the method's own unit")
