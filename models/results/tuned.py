"""Contract of the result of the stage tune: the choice for one model, and every trial behind it."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result

Choice = dict[str, int | float | str]  # hyper-parameters by name, as a model of the zoo suggests them


class TunedTrial(Record):
    """One trial of the search, judged on validation by the bank's labels."""

    number: int = Field(description="place in the search, from 0")
    choice: Choice = Field(description="hyper-parameters by name")
    recall: float | None = Field(description="recall at the alert budget; null without a positive customer")
    average_precision: float | None = Field(description="average precision; null likewise")


class Tuned(Result):
    """The hyper-parameters chosen for one model, on validation by the bank's labels alone."""

    choice: Choice = Field(description="hyper-parameters of the best trial")
    trials: list[TunedTrial] = Field(description="every trial in order")
