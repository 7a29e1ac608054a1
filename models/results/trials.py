"""Contract of what one ranking on trial is worth, shared by the audit's experiments on the fixed model."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record


class TrialWorth(Record):
    """A ranking at the alert budget: on validation as the bank sees it, on the test in both views."""

    validation_recall: float | None = Field(description="recall at the budget on validation, bank's labels")
    validation_average_precision: float | None = Field(description="average precision likewise")
    bank_recall: Interval = Field(description="recall at the budget on the test, bank's labels")
    bank_gain: Interval = Field(description="it less that of the ranking compared with, paired by customer")
    true_recall: Interval = Field(description="recall at the budget on the test in truth, by scheme")
    true_gain: Interval = Field(description="it less that of the ranking compared with, paired by scheme")
    true_average_precision: float | None = Field(description="average precision on the test in truth")
