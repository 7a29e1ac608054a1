"""Bounds and thresholds of the network features, a part of the section ``build``."""

from __future__ import annotations

from pydantic import Field

import pipeline
from parameters import Count, Days, Hours, KeptRange, Threads


class Limits(pipeline.Parameters):
    """What counts as a trail, a fan or a hub; each value is commented in params.yaml."""

    threads: Threads
    hop_hours: Hours
    kept: KeptRange
    chain_hops: int = Field(ge=2, le=20)
    cycle_hops: int = Field(ge=2, le=20)
    cycle_days: Days
    fan_days: Days
    fan_least: int = Field(ge=2, le=10**9)
    memory_days: int = Field(ge=28, le=36_500)
    most_arrivals: Count
    most_steps: Count
    hub_degree: Count
    report_steps: int = Field(ge=1, le=10)
