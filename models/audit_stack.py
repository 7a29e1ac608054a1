"""Study audit_stack: whether any weighing of models could beat the best of them, weights chosen by the truth.

A part of the audit, and an oracle: the truth of the judged weeks chooses the weights. Nothing
is fitted; only scores that were kept are weighed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.results import Interval
from models import schema
from models.budget import WATCHED, Budget, Watch
from models.intervals import drawn
from models.judgement import watched_scores
from models.metrics import Catches
from models.results.bounds import BlendedParts, Scale, StackStudy
from models.schema import STACK
from models.stack import Params as StackParams
from models.truth import scheme_moments
from models.truth.blends import Weeks, blended_parts, schemes_needed
from models.truth.illicit import in_truth
from parameters import Count, Draws, Seed
from provenance import made_now, study_params

DATA = (
    "artifacts/models/scores.parquet",
    "artifacts/models/split.parquet",
    "artifacts/data/truth.parquet",
    "artifacts/data/schemes.parquet",
)


class Grid(pipeline.Parameters):
    """Some parts that are weighed, those of the stack and ``added`` ones."""

    added: tuple[str, ...]
    steps: int = Field(ge=2, le=100)


class Params(pipeline.Parameters):
    """Section ``audit_stack`` of studies/params.yaml."""

    grids: tuple[Grid, ...] = Field(min_length=1)
    scales: tuple[Scale, ...] = Field(min_length=1)
    halvings: Count
    bootstrap_draws: Draws
    seed: Seed


@dataclass(frozen=True)
class RankedWeeks:
    """Weeks of one role, and every ranker's scores for all who are watched in them."""

    weeks: Weeks
    by_ranker: dict[str, np.ndarray]

    def worth(self, names: Sequence[str], grid: Grid, params: Params) -> BlendedParts:
        """Every weighting of the named rankers and those that the grid adds."""
        by_part = {name: self.by_ranker[name] for name in (*names, *grid.added)}
        return blended_parts(self.weeks, by_part, params.scales, grid.steps, params.halvings, params.seed)

    def lead_of_stack(self, parts: Sequence[str]) -> Interval:
        """Recall of the stack as it was fitted less that of its best part."""
        best = max((self.weeks.caught(self.by_ranker[name]) for name in parts), key=np.sum)
        return self.weeks.mean(self.weeks.caught(self.by_ranker[STACK]) - best)


def read_inputs(budget: Budget, params: Params) -> dict[str, RankedWeeks]:
    """Read the tables: validation and test with the rankers' scores, by role."""
    planted = scheme_moments.read_inputs()
    illicit = planted[planted["is_illicit"]]
    split, scores = pipeline.read(schema.Split), pipeline.read(schema.Scores)
    periods = pipeline.read(data_schema.Periods).set_index("name")
    found = {}
    for role in WATCHED:
        subjects, by_ranker = watched_scores(split, scores, role)
        watch = Watch.of(subjects, role)
        judged = subjects[watch.is_judged].reset_index(drop=True)
        past = illicit[illicit["at"] < periods.loc[role, "ends_at"]]
        truth = in_truth(judged, past, periods.loc[role, "starts_at"], budget.label_window_days)
        catches = Catches.of(watch.judged.customer, truth)
        weight = drawn(catches.groups, params.bootstrap_draws, params.seed)
        found[role] = RankedWeeks(Weeks(role, watch, catches, budget, weight), by_ranker)
    return found


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_stack", Params), pipeline.params("budget", Budget)
    parts = pipeline.params("stack", StackParams).parts
    judged = read_inputs(budget, params)
    rows = [mine.worth(parts, grid, params) for mine in judged.values() for grid in params.grids]
    test = judged["test"]
    lead = test.lead_of_stack(parts)
    result = StackStudy(
        made_by=made_now(DATA, ("stack.parts", "budget"), "audit_stack"),
        halvings=params.halvings,
        rows=rows,
        stack_lead=lead,
        schemes_needed=schemes_needed(lead, test.weeks.catches.groups),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_stack", main)
