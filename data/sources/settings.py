"""What must be said of a foreign data set because its files do not: sections of params.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, field_validator

from data.world.calendar import Span
from pipeline import PARAMS_FILE, Parameters


class SourceParams(Parameters):
    """One entry of section ``sources`` of params.yaml; docs/sources.md explains every key."""

    calendar: Span
    start: date | None = None
    utc_offset_hours: float | None = Field(default=None, ge=-12, le=14)
    time_unit: Literal["s", "ms", "us", "ns", "days"] | None = None
    time_format: str | None = Field(default=None, min_length=1)
    ties: Literal["together", "in_order_of_file"] = "together"
    bank_of: dict[str, str] = Field(default_factory=dict)
    rates: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default_factory=dict)

    @field_validator("time_format")
    @classmethod
    def form_can_be_read(cls, form: str | None) -> str | None:
        """Directives are known; names of time zones are not read, they are not unique."""
        if form is not None:
            if "%Z" in form:
                raise ValueError("a name of a time zone is not read, expected %z or none")
            pd.to_datetime(["no time"], format=form, errors="coerce")
        return form


class SourceLimits(Parameters):
    """Section ``source_limits``: how much of a file may be of no use before it is refused."""

    most_unreadable_share: float = Field(ge=0, lt=1)
    most_unknown_share: float = Field(ge=0, lt=1)
    most_outside_share: float = Field(ge=0, lt=1)
    thin_day_share: float = Field(ge=0, lt=1)
    least_covered_share: float = Field(ge=0, le=1)


@dataclass(frozen=True)
class Terms:
    """On what terms a source is read: its name in params.yaml, its section and the limits."""

    source: str
    params: SourceParams
    limits: SourceLimits

    def key(self, name: str) -> str:
        """A key of the source's section as messages name it."""
        return f"{PARAMS_FILE}: sources.{self.source}.{name}"

    def limit(self, name: str) -> str:
        """A limit and its value as messages name it."""
        return f"{PARAMS_FILE}: source_limits.{name} {getattr(self.limits, name)}"
