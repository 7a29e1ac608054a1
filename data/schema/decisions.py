"""Contracts of the tables of what people decide, and of the labels made of it."""

from __future__ import annotations

import pandas as pd
from pandera.pandas import Field
from pandera.typing import Series

from data.schema.vocabulary import DECIDED, LABEL_SOURCES, OUTCOMES, STREAMS, Time
from pipeline import Table


class Dispositions(Table):
    """What an investigator decided about an alert or a drawn customer. Key: disposition_id."""

    disposition_id: Series[int] = Field(unique=True, description="key")
    alert_id: Series[pd.Int64Dtype] = Field(
        nullable=True, description="alert above or below the line; empty: random review"
    )
    customer_id: Series[int] = Field(description="customer")
    event_at: Series[Time] = Field(description="moment up to which the behaviour was looked at")
    stream: Series[str] = Field(isin=STREAMS, description="how the customer came to be reviewed")
    propensity: Series[float] = Field(gt=0, le=1, description="chance of being drawn for review")
    opened_at: Series[Time] = Field(nullable=True, description="start of the review")
    known_at: Series[Time] = Field(nullable=True, description="when the outcome was known")
    outcome: Series[str] = Field(
        isin=OUTCOMES, description="dismissed; case: looked into and closed; reported; unreviewed"
    )
    second_outcome: Series[str] = Field(
        nullable=True, isin=DECIDED, description="what a second reviewer says of it; empty: not in the sample"
    )
    reason: Series[str] = Field(description="stated reason")


class TrialDispositions(Dispositions):
    """Dispositions that the same people would have left at other shares of random review.

    For the comparison of label models only; no model of the bank learns from them.
    Key: random_share, disposition_id.
    """

    disposition_id: Series[int] = Field(description="key within the share")
    random_share: Series[float] = Field(
        ge=0, lt=1, description="share of the hands that look at customers drawn at random"
    )


class Labels(Table):
    """What the bank believes of a customer's behaviour, dated. Key: customer_id, event_at, source."""

    customer_id: Series[int] = Field(description="customer")
    event_at: Series[Time] = Field(description="moment up to which the behaviour was judged")
    known_at: Series[Time] = Field(description="from when the label may be used")
    source: Series[str] = Field(isin=LABEL_SOURCES, description="where the label comes from")
    value: Series[float] = Field(ge=0, le=1, description="belief that the behaviour is suspicious")
    weight: Series[float] = Field(gt=0, description="trust in the label")


class TrialLabels(Labels):
    """Labels as each label model on trial gives them by the end of training.

    No model of the bank learns from them.
    Key: model, uses_dispositions, random_share, customer_id, event_at, source.
    """

    model: Series[str] = Field(description="label model")
    uses_dispositions: Series[bool] = Field(description="false: rule votes alone")
    random_share: Series[float] = Field(
        ge=0,
        lt=1,
        description="share of the hands that look at customers drawn at random; 0 without dispositions",
    )
