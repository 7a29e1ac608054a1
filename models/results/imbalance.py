"""Contract of the result of the stage audit_imbalance: what each handling of rare positives is worth."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.trials import TrialWorth
from pipeline import Record, Result


class ImbalanceRow(Record):
    """One handling of rare positives by the fixed model, everything else equal."""

    handling: str = Field(description="name of the handling")
    label_en: str = Field(description="what it is, in English")
    label_zh: str = Field(description="the same in Chinese")
    worth: TrialWorth = Field(description="what it finds; gains are measured from nothing done")
    calibration_ratio: Interval = Field(
        description="mean probability over the mean label of the test, bank's labels; 1 is calibrated"
    )
    calibration_slope: Interval = Field(
        description="slope of the label on the margin; below 1 scores spread too far"
    )


class Imbalance(Result):
    """What handlings of rare positives are worth, and the one that validation chooses."""

    rows: list[ImbalanceRow] = Field(description="handlings, nothing done first")
    chosen: str = Field(
        description="best recall on validation by the bank's labels; average precision, then order break ties"
    )
    suspicious: int = Field(description="training subjects believed suspicious")
    balance: float = Field(description="weight of all others over theirs, negatives over positives")
