"""Contracts of what the models are given and what they say: one class a table."""

from __future__ import annotations

from pandera.pandas import Field
from pandera.typing import Series

from data.schema import LABEL_SOURCES, Time
from pipeline import Table

ROLES = ("train", "validation", "test")
FOLD_ROLES = ("learn", "judged")
RULES = "rules"  # the rulebook as a ranker, beside the models
STACK = "stack"  # the ranker above the models


class Split(Table):
    """The role of a subject and what the bank believes of it. Key: subject_id.

    The label is what was known when the role is used: at the start of validation for
    training, at the start of the test for validation, and after maturity for the test.
    """

    subject_id: Series[int] = Field(unique=True, description="subject")
    customer_id: Series[int] = Field(description="customer")
    as_of: Series[Time] = Field(description="moment of scoring")
    role: Series[str] = Field(isin=ROLES, description="what the subject is used for")
    label: Series[float] = Field(ge=0, le=1, description="belief that the behaviour is suspicious")
    weight: Series[float] = Field(gt=0, description="trust in the label")
    label_source: Series[str] = Field(
        isin=(*LABEL_SOURCES, "unreviewed"), description="where the label comes from"
    )
    label_event_at: Series[Time] = Field(nullable=True, description="what it speaks of; empty: nobody spoke")


class Folds(Table):
    """A subject's part in one fold of the search for hyper-parameters. Key: fold, subject_id.

    Folds expand in time: each learns from the weeks before an embargo and is judged on weeks
    after it; the last one is training and validation as they are in Split. Labels to learn
    from are those known when the judged weeks begin, labels to judge by those known at the
    start of the test.
    """

    fold: Series[int] = Field(ge=0, description="place in order of time")
    subject_id: Series[int] = Field(description="training or validation subject")
    role: Series[str] = Field(isin=FOLD_ROLES, description="what the subject is used for in the fold")
    label: Series[float] = Field(ge=0, le=1, description="belief that the behaviour is suspicious")
    weight: Series[float] = Field(gt=0, description="trust in the label")


class Scores(Table):
    """A subject's score by a ranker: higher is more suspicious, no probability.

    Key: ranker, subject_id.
    """

    ranker: Series[str] = Field(description="model, stack or rules")
    subject_id: Series[int] = Field(description="validation or test subject")
    score: Series[float] = Field(description="rank only; minus infinity: never alerted")


class ModelAlerts(Table):
    """The test subjects that a ranker would alert within the budget. Key: ranker, subject_id."""

    ranker: Series[str] = Field(description="model, stack or rules")
    subject_id: Series[int] = Field(description="subject")
    customer_id: Series[int] = Field(description="customer")
    as_of: Series[Time] = Field(description="week of the alert")
    rank: Series[int] = Field(ge=1, description="place within the week")


class HeldOutScores(Table):
    """A ranker's score of a week of a planted scheme that nobody learnt from. Key: row number.

    Rankers that read payments beside the features have none: the library bank's lines and
    graph are not the bank's.
    """

    ranker: Series[str] = Field(description="model")
    customer_id: Series[int] = Field(description="customer of the library bank")
    scheme_id: Series[int] = Field(description="planted scheme")
    typology: Series[str] = Field(description="its typology")
    score: Series[float] = Field(description="as in Scores, of the same model")


class AuditedAlerts(Table):
    """HIDDEN TRUTH of a model's alerts, for the audit's own pages. Key: ranker, subject_id."""

    ranker: Series[str] = Field(description="model, stack or rules")
    subject_id: Series[int] = Field(description="subject")
    is_illicit: Series[bool] = Field(description="an illicit payment in the label window")
    schemes: Series[str] = Field(
        description="typologies (or look-alikes) active in the window, separated by blanks"
    )
