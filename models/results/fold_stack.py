"""Contract of the study of a stack that out-of-fold scores of the training weeks have taught."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.stack import StackWeights
from models.results.studies import Provenance
from models.results.tuned import FoldWorth
from pipeline import Record, StudyResult

Lesson = Literal["training", "training_and_validation"]


class PartOutOfFold(Record):
    """What one part finds in weeks that it has not learnt from, by the bank's labels."""

    part: str = Field(description="model of the zoo")
    folds: list[FoldWorth] = Field(description="by fold in order of time; the last one is validation")

    @property
    def caught(self) -> str:
        """Positive customers caught, fold by fold."""
        return ", ".join(f"{fold.caught} of {fold.customers}" for fold in self.folds)


class StackedView(Record):
    """One stack on the test, in one view; differences are paired."""

    customers: int = Field(description="positive customers of the test")
    groups: int = Field(description="what a bootstrap draws as one: schemes in truth, customers for the bank")
    best_part: str = Field(description="part with the highest recall on the test itself, in this view")
    recall: Interval = Field(description="recall at the budget")
    over_best: Interval = Field(description="it less that of the best part")
    over_stack: Interval = Field(description="it less that of the stack of the run, taught on validation")

    @property
    def found(self) -> tuple[Interval, ...]:
        """All its figures, in the order in which tables show them."""
        return self.recall, self.over_best, self.over_stack


class FoldStackRow(Record):
    """A stack of some parts, taught on the out-of-fold scores of some weeks."""

    parts: list[str] = Field(description="models of the zoo")
    lesson: Lesson = Field(description="weeks whose out-of-fold scores taught it")
    suspicious: int = Field(description="customers with a suspicious label in these weeks")
    fitted: StackWeights | None = Field(description="its weights; null: nobody is suspicious")
    true: StackedView = Field(description="by the truth")
    bank: StackedView = Field(description="by the bank's labels")

    @property
    def weights(self) -> dict[str, float]:
        """By part; empty where nobody is suspicious and all count alike."""
        return self.fitted.weights if self.fitted else {}

    @property
    def told_weights(self) -> str:
        """The same in words."""
        return ", ".join(f"{name} {weight:.2f}" for name, weight in self.weights.items()) or "alike"


class FoldStackStudy(StudyResult):
    """A stack taught by scores that no part gave to a week it had learnt from.

    The folds are those of the search: each learns from the weeks before an embargo and scores
    those after it. A fold's parts have learnt from fewer weeks than those that score the test.
    Unlike the weights of `StackStudy` these are chosen by the bank's labels alone: a bank could
    do it.
    """

    made_by: Provenance = Field(description="data and parameters")
    parts: list[PartOutOfFold] = Field(description="by part")
    rows: list[FoldStackRow] = Field(
        description="the first is the one that was asked for: the parts of the run's stack, taught on the "
        "training weeks; the others are further looks at the same test"
    )
