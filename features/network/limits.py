"""Bounds and thresholds of the network features, a part of the section ``build``."""

from __future__ import annotations

from pydantic import Field

import pipeline
from parameters import Count, Days, Threads


class Limits(pipeline.Parameters):
    """What counts as a fan or a hub, see params.yaml; what counts as a trail, `TrailLimits` says."""

    threads: Threads
    fan_days: Days
    fan_least: int = Field(ge=2, le=10**9)
    memory_days: int = Field(ge=28, le=36_500)
    fan_arrivals: Count
    hub_degree: Count
    report_steps: int = Field(ge=1, le=10)
