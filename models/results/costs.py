"""What each model costs to search, fit and score: measured by hand, for no time is the same twice."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record


class ModelCost(Record):
    """The cost of one model in one run."""

    tune_seconds: float | None = Field(description="stage tune: reading and every trial")
    fit_seconds: float | None = Field(description="the one fit of the stage train, seconds")
    peak_mb: int | None = Field(description="largest memory of the stage train, its features included")
    rows_per_second: float | None = Field(description="subjects scored a second, of validation and test")


class ZooCosts(Record):
    """The costs of a run, on one machine."""

    cores: int = Field(description="processors that the run could use")
    customers: int = Field(description="customers of the world")
    scored_rows: int = Field(description="subjects that each model scored")
    models: dict[str, ModelCost] = Field(description="by model")
