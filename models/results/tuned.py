"""Contract of the result of the stage tune: the choice for one model, and every trial behind it."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result

Choice = dict[str, int | float | str]  # hyper-parameters by name, as a model of the zoo suggests them


class FoldWorth(Record):
    """What one trial is worth on the judged weeks of one fold."""

    fold: int = Field(description="place of the fold in order of time")
    customers: int = Field(description="positive customers of the judged weeks, by the bank's labels")
    caught: int = Field(description="of them alerted at the budget while positive")
    average_precision: float | None = Field(description="average precision; null without a positive")


class TunedTrial(Record):
    """One trial of the search, judged on every fold by the bank's labels."""

    number: int = Field(description="place in the search, from 0")
    choice: Choice = Field(description="hyper-parameters by name")
    is_pruned: bool = Field(description="given up after the first fold, being worse than the median")
    recall: float | None = Field(
        description="recall at the alert budget, all positive customers of the judged folds together; "
        "null where nothing was measured: a search of one trial has nothing to compare"
    )
    average_precision: float | None = Field(description="mean of the judged folds; null likewise")
    folds: list[FoldWorth] = Field(description="the folds that were judged, in the order of the search")


class Tuned(Result):
    """The hyper-parameters chosen for one model, on folds in time by the bank's labels alone."""

    choice: Choice = Field(description="hyper-parameters of the best trial")
    trials: list[TunedTrial] = Field(description="every trial in order")
