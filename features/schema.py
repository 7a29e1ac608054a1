"""Contracts of the model inputs: one class a table.

A subject is a customer as of a moment. Everything here is built from events strictly
before that moment.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.pandas import Field
from pandera.typing import Series

from data.schema import Time
from pipeline import Table

TOKEN_COLUMNS = (
    "weekday",
    "hour",
    "amount_bucket",
    "gap_bucket",
    "direction",
    "channel",
    "counterparty_kind",
    "is_new",
)
ENCODINGS = ("number", "order", "name", "flag")
APPLIES_TO = ("all", "person", "firm")


class Subjects(Table):
    """A customer as of a weekly moment, active in the 30 days before. Key: subject_id."""

    subject_id: Series[int] = Field(unique=True, description="key, in order of as_of and customer")
    customer_id: Series[int] = Field(description="customer")
    as_of: Series[Time] = Field(description="moment of scoring; only earlier events count")
    token_first: Series[int] = Field(ge=0, description="first row of the customer's line in Sequences")
    token_end: Series[int] = Field(ge=0, description="row after the last one before as_of")


class FeatureMatrix(Table):
    """One row a subject, one column a feature; the feature catalogue names them. Key: subject_id."""

    subject_id: Series[int] = Field(unique=True, description="subject")
    features: Series[np.float32] = Field(
        alias="^(?!subject_id$)[a-z0-9_]+$",
        regex=True,
        nullable=True,
        description="one column a feature; empty: not measurable",
    )


class FeatureCatalogue(Table):
    """What each feature is, and what became of it in this run. Key: feature."""

    feature: Series[str] = Field(unique=True, description="column of FeatureMatrix")
    label_en: Series[str] = Field(description="English label")
    label_zh: Series[str] = Field(description="Chinese label")
    unit: Series[str] = Field(description="unit")
    family: Series[str] = Field(description="family of reasons")
    group: Series[str] = Field(
        isin=["windows", "profile", "sequence", "network"], description="rung of the feature ladder"
    )
    source_en: Series[str] = Field(description="where the idea comes from, in English")
    source_zh: Series[str] = Field(description="where the idea comes from, in Chinese")
    window: Series[str] = Field(
        str_matches=r"^(\d+(d|h)|line|day)$",
        description="how far it looks back: days or hours, line (the last payments), day (valid on the day)",
    )
    encoding: Series[str] = Field(
        isin=ENCODINGS, description="what the number means: an amount, an order, a name, yes or no"
    )
    levels: Series[int] = Field(
        ge=0, description="of an order or a name: how many there are, codes 0 to levels - 1; otherwise 0"
    )
    applies_to: Series[str] = Field(isin=APPLIES_TO, description="customers who can have a value")
    owner_en: Series[str] = Field(description="who answers for the value, in English")
    owner_zh: Series[str] = Field(description="who answers for the value, in Chinese")
    missing_share: Series[float] = Field(ge=0, le=1, description="share of subjects without a value")
    coverage: Series[float] = Field(
        nullable=True, ge=0, le=1, description="share with a value among those it applies to"
    )
    psi: Series[float] = Field(
        nullable=True,
        ge=0,
        description="population stability index, training to test, over quantiles of training or codes; "
        "values equal to an edge, codes new since training and missing values have bins of their own; "
        "empty: no subjects",
    )
    masked_values: Series[int] = Field(
        ge=0, description="values computed again with every later row deleted; 0: not in this stage"
    )
    masked_differences: Series[int] = Field(ge=0, description="how many of them came out differently")


class Sequences(Table):
    """The payments of each customer as tokens, by customer and time. Key: row number.

    A subject's line is the rows token_first to token_end of Subjects.
    """

    customer_id: Series[int] = Field(description="customer")
    day: Series[np.int16] = Field(ge=0, description="whole days since the first day of the run")
    weekday: Series[np.uint8] = Field(le=6, description="days since the run's first day of the week")
    hour: Series[np.uint8] = Field(le=23, description="local hour")
    amount_bucket: Series[np.uint8] = Field(
        description="whole quarters of the binary logarithm of the amount in yuan plus one"
    )
    gap_bucket: Series[np.uint8] = Field(
        description="whole quarters of the binary logarithm of the minutes since the last one plus one"
    )
    direction: Series[np.uint8] = Field(le=1, description="1 received, 0 paid")
    channel: Series[np.uint8] = Field(description="position in CHANNELS")
    counterparty_kind: Series[np.uint8] = Field(description="position in HOLDER_KINDS")
    is_new: Series[np.uint8] = Field(
        le=1, description="1: the counterparty was not met in the days of a line"
    )


class GraphNodes(Table):
    """A party of the payment graph. Key: node."""

    node: Series[int] = Field(unique=True, description="key; customers first, then outside accounts")
    customer_id: Series[pd.Int64Dtype] = Field(nullable=True, description="customer; empty: outside")
    holder: Series[np.uint8] = Field(description="position in HOLDER_KINDS")


class GraphEdges(Table):
    """A payment as a directed, timed edge, in order of time. Key: row number.

    Payments to merchants and utilities are left out: they are most of the edges and
    end in hubs that money does not leave again within the bank's sight.
    """

    at: Series[Time] = Field(description="moment of the payment")
    payer_node: Series[int] = Field(description="node that pays")
    payee_node: Series[int] = Field(description="node that receives")
    log_amount: Series[np.float32] = Field(description="natural logarithm of the amount in yuan plus one")
    channel: Series[np.uint8] = Field(description="position in CHANNELS")
    hour: Series[np.uint8] = Field(le=23, description="local hour")


class GraphSlices(Table):
    """Which edges a moment may see: rows first_edge to end_edge of GraphEdges. Key: as_of."""

    as_of: Series[Time] = Field(unique=True, description="moment of scoring")
    first_edge: Series[int] = Field(ge=0, description="first row")
    end_edge: Series[int] = Field(ge=0, description="row after the last one, strictly before as_of")


class LibraryExamples(Table):
    """A customer of the library bank as of a week, to learn from or to be tried on. Key: example_id.

    The columns of FeatureMatrix come after its own; in rows to learn from, those that would
    tell the library bank from the bank are empty.
    """

    example_id: Series[int] = Field(unique=True, description="key, in order of as_of and customer")
    customer_id: Series[int] = Field(description="customer of the library bank")
    as_of: Series[Time] = Field(description="moment; only earlier payments count")
    label: Series[float] = Field(ge=0, le=1, description="1: a planted scheme's payment lies in the window")
    weight: Series[float] = Field(gt=0, description="weeks that the row stands for")
    scheme_id: Series[pd.Int64Dtype] = Field(nullable=True, description="planted scheme; empty: none")
    typology: Series[str] = Field(nullable=True, description="its typology; empty: none")
    is_held_out: Series[bool] = Field(description="never learnt from: planted to be tried on")
    features: Series[np.float32] = Field(
        alias="^(?!(example_id|customer_id|as_of|label|weight|scheme_id|typology|is_held_out)$)[a-z0-9_]+$",
        regex=True,
        nullable=True,
        description="one column a feature; empty: not measurable, or it tells which bank",
    )
