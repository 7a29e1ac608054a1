"""What counts as a trail of money: one set of bounds for the rules and for the models' features."""

from __future__ import annotations

from pydantic import Field

import pipeline
from data.asof.network.cycles import Cycles, cycles
from data.asof.network.multigraph import Multigraph
from data.asof.network.trails import Trails
from data.schema import DAY_US, HOUR_US
from parameters import Count, Days, Hours, KeptRange


class TrailLimits(pipeline.Parameters):
    """Section ``observe.trails``; each value is commented in params.yaml."""

    hop_hours: Hours
    kept: KeptRange
    chain_hops: int = Field(ge=2, le=20)
    cycle_hops: int = Field(ge=2, le=20)
    cycle_days: Days
    most_arrivals: Count
    most_steps: Count

    @property
    def hop_us(self) -> int:
        """The longest time in which received money is passed on."""
        return self.hop_hours * HOUR_US

    def trails(self, graph: Multigraph, threads: int) -> Trails:
        """Which payment may continue which, as long as money may take to come back.

        The number of threads changes nothing.
        """
        longest_us = max(self.hop_us, self.cycle_days * DAY_US)
        return Trails.of(graph, longest_us, self.kept, self.most_arrivals, threads)

    def cycles(self, graph: Multigraph, trails: Trails, threads: int) -> Cycles:
        """The cycles that each payment closes."""
        return cycles(graph, trails, self.cycle_days * DAY_US, self.cycle_hops, self.most_steps, threads)
