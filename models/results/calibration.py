"""Contract of the result of the stage calibrate: cuts and probabilities, by what the bank can measure."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record, Result


class BudgetCut(Record):
    """One score as a threshold, taken from validation, against the budget that is spent week by week."""

    threshold: float | None = Field(description="lowest score alerted on validation; null: nobody was")
    validation_alerts: int = Field(description="alerts on validation, within the budget")
    budget_alerts: int = Field(description="alerts of the test when the budget is spent each week")
    cut_alerts: int = Field(description="alerts of the test when everybody above the threshold is alerted")
    budget_recall: float | None = Field(description="recall of the first by the bank's labels")
    cut_recall: float | None = Field(description="recall of the second likewise")


class ReliabilityBin(Record):
    """Test subjects whose probability lies in one decade."""

    low: float = Field(description="lowest probability of the bin")
    high: float = Field(description="end of the bin")
    subjects: int = Field(description="subjects of the test in the bin")
    mean_probability: float = Field(description="mean probability told")
    mean_label: Interval = Field(description="mean label of the bank, 95 % by customer")


class MappedScore(Record):
    """A model's scores read as probabilities in one way, measured on the test by the bank's labels."""

    mapping: str = Field(description="raw: the score as log-odds; platt, isotonic: learnt on validation")
    mean_probability: float | None = Field(description="mean probability told")
    log_loss: Interval = Field(description="mean log-loss, 95 % by customer")
    gain: Interval = Field(description="log-loss of raw less this one, paired; above zero it helps")
    random_brier: Interval = Field(description="mean squared error on subjects reviewed at random")
    random_mean: float | None = Field(description="mean probability told of them")
    tied_at_budget: int = Field(
        description="test subjects with the very probability of the last alert: the budget cannot order them"
    )


class ModelCalibration(Record):
    """Whether the scores of one ranker can be read as probabilities, and what a fixed cut would spend."""

    ranker: str = Field(description="model")
    cut: BudgetCut = Field(description="threshold and alerts")
    mappings: list[MappedScore] = Field(description="raw, platt, isotonic")
    chosen: str = Field(description="mapping of the least log-loss that is provably better than raw, or raw")
    level: Interval = Field(
        description="mean probability over the mean label on the test, of the chosen mapping; 1 is calibrated"
    )
    is_rank_only: bool = Field(description="the level's interval leaves out 1: only the order may be used")
    reliability: list[ReliabilityBin] = Field(description="chosen mapping by decade of probability")


class Calibration(Result):
    """Cuts and probabilities of every model, by what the bank can measure."""

    models: list[ModelCalibration] = Field(description="by model")
    random_subjects: int = Field(description="test subjects whose label is of a random review")
    random_reported: int = Field(description="of them with a belief of one half and more")
