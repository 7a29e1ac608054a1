"""What is written down of a model for files: from what it learnt, what it cannot see, what that costs."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record


class MissingFeature(Record):
    """A feature of the bank's own models that a file with these facts cannot have."""

    feature: str = Field(description="its name")
    label_en: str = Field(description="its label in English")
    label_zh: str = Field(description="its label in Chinese")
    why_en: str = Field(description="why, in English")
    why_zh: str = Field(description="why, in Chinese")


class NarrowCost(Record):
    """The narrow model against the bank's own of the same kind, on the bank's validation weeks and labels.

    Intervals are of a bootstrap by customer, differences paired.
    """

    customers: int = Field(description="positive customers of the validation weeks, by the bank's labels")
    recall_of_bank: Interval = Field(description="recall at the alert budget, the bank's own model")
    recall_of_file: Interval = Field(description="the same of the model for files")
    recall_lost: Interval = Field(description="the bank's less the file's, paired")
    precision_of_bank: Interval = Field(description="average precision, the bank's own model")
    precision_of_file: Interval = Field(description="the same of the model for files")
    precision_lost: Interval = Field(description="the bank's less the file's, paired")


class FileModelCard(Record):
    """A model for files that say ``facts`` beside payer, payee, amount and day."""

    facts: list[str] = Field(description="cash, hour, both or none")
    learner: str = Field(description="entry of the zoo")
    choice: dict[str, int | float | str] = Field(description="hyper-parameters, those tuned for the bank")
    features: list[str] = Field(description="what it reads, in the order of its columns")
    medians: dict[str, float] = Field(description="of features that no training row lacks: fill of a new gap")
    left_out: list[MissingFeature] = Field(description="features of the bank's model that it does without")
    learnt_from: int = Field(description="training subjects, customers as of a week")
    suspicious: int = Field(description="of them with a label of one half or more")
    alerts_per_thousand_customers_week: float = Field(description="the bank's alert budget")
    suppress_days: int = Field(description="days in which a customer is not alerted again")
    psi_bins: int = Field(description="quantile bins of the stability index")
    cost: NarrowCost = Field(description="what the narrow view costs, as the bank can measure it")
    split_sha256: str = Field(description="of the bank's split that it learnt from")
