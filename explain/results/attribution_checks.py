"""Contract of the checks of explanations that need no truth."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class CheckOutcome(Record):
    """One check of one explainer beside the threshold that was stated for it beforehand."""

    explainer: str = Field(description="explained model, or random: noise in place of reasons of the trees")
    check: str = Field(description="what is checked")
    value: float | None = Field(description="mean over the alerts; null: nothing to measure")
    low: float | None = Field(description="lower end of its 95 % interval, customers drawn")
    high: float | None = Field(description="upper end")
    threshold: float = Field(description="what the value must reach, or must not exceed")
    is_least: bool = Field(description="true: the value must be above the threshold, false: below it")
    is_met: bool | None = Field(
        description="whether the end of the interval on the wrong side still is; null"
    )


class StackPart(Record):
    """A part of the stack in the scores of the stack's alerts."""

    part: str = Field(description="model")
    weight: float = Field(description="log-odds a unit of its place")
    mean_contribution: float = Field(
        description="mean part of the score above a customer in mid-week, log-odds"
    )
    leads: int = Field(description="alerts to which it gave most")


class AttributionChecks(Result):
    """Whether explanations are the models' own, by what can be seen without the truth."""

    explained: str = Field(description="tree model whose reasons the case pages give")
    alerts: dict[str, int] = Field(description="alerts looked at, by explainer")
    outcomes: list[CheckOutcome] = Field(description="every check of every explainer")
    stack: list[StackPart] = Field(
        description="what the stack's scores are made of; empty: it learnt nothing"
    )
    stack_gap: float | None = Field(description="how far the parts miss the stack's score at most; null")
