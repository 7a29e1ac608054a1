"""Contract of the result of the stage audit_learning: what more data and more rounds bring."""

from __future__ import annotations

from pydantic import Field

from models.results.trials import TrialWorth
from pipeline import Record, Result


class SizePoint(Record):
    """The fixed model learnt from a share of the training schemes and customers."""

    share: float = Field(description="share of the schemes, and of the customers of none, learnt from")
    repeat: int = Field(
        description="which of the draws, from 0; in one draw a larger share holds the smaller"
    )
    suspicious_customers: int = Field(description="customers believed suspicious among those learnt from")
    train_average_precision: float | None = Field(
        description="average precision on the rows learnt from, bank's labels"
    )
    worth: TrialWorth = Field(description="what it finds; gains are measured from all of the data")


class RoundsPoint(Record):
    """The fixed model after so many rounds of boosting."""

    rounds: int = Field(description="trees")
    train_average_precision: float | None = Field(
        description="average precision on the training rows, bank's labels"
    )
    worth: TrialWorth = Field(description="what it finds; gains are measured from all rounds")


class LearningCurves(Result):
    """Learning curves of the fixed model over the size of the data and over rounds."""

    sizes: list[SizePoint] = Field(description="by share and draw, all of the data last")
    rounds: list[RoundsPoint] = Field(description="by rounds")
    size_reading_en: str = Field(description="what the curve over data says, in English")
    size_reading_zh: str = Field(description="the same in Chinese")
    rounds_reading_en: str = Field(description="what the curve over rounds says, in English")
    rounds_reading_zh: str = Field(description="the same in Chinese")
