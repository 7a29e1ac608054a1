"""Bounds and thresholds of the network features, a part of the section ``build``."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

import pipeline


class Limits(pipeline.Parameters):
    """What counts as a trail, a fan or a hub; each value is commented in params.yaml."""

    threads: int = Field(ge=1)
    hop_hours: int = Field(ge=1)
    kept: tuple[float, float]
    chain_hops: int = Field(ge=2, le=20)
    cycle_hops: int = Field(ge=2, le=20)
    cycle_days: int = Field(ge=1)
    fan_days: int = Field(ge=1)
    fan_least: int = Field(ge=2)
    memory_days: int = Field(ge=28)
    most_arrivals: int = Field(ge=1)
    most_steps: int = Field(ge=1)
    hub_degree: int = Field(ge=1)
    report_steps: int = Field(ge=1, le=10)

    @model_validator(mode="after")
    def _kept_is_a_range(self) -> Self:
        low, high = self.kept
        if not 0 <= low <= high:
            raise ValueError(f"kept: expected a low share up to a high one, found {low} to {high}")
        return self
