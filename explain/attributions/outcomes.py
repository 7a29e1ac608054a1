"""The checks of one explainer as a table: value, interval, and the threshold stated beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

import pipeline
from explain.attributions.checks import against_chance, rank_correlation, top_overlap, with_noise
from explain.attributions.explainers import Asked, Explainer
from explain.results.attribution_checks import CheckOutcome
from models.intervals import drawn, mean_by_group
from parameters import Count, Draws, Part, Seed


class Thresholds(pipeline.Parameters):
    """What every check must reach, or must not exceed, stated before anything was measured."""

    additivity_gap: float = Field(gt=0, le=1_000)
    above_chance: float = Field(ge=-1_000, le=1_000)
    rank_correlation: float = Field(ge=-1, le=1)
    top_overlap: float = Field(ge=0, le=1)
    untrained_rank_correlation: float = Field(ge=-1, le=1)


class CheckSettings(pipeline.Parameters):
    """How checks are made: the part of section ``attribute`` that they need."""

    steps: Count
    orders: Count
    noise: Part
    bootstrap_draws: Draws
    thresholds: Thresholds
    seed: Seed


@dataclass(frozen=True)
class Checked:
    """Turns numbers by alert into outcomes; ``customer`` (n,) are whose the alerts are."""

    explainer: str
    customer: np.ndarray
    params: CheckSettings

    def outcome(self, check: str, value: np.ndarray, threshold: float, is_least: bool = True) -> CheckOutcome:
        """A mean over alerts that are measured, with its interval, beside the threshold."""
        known = np.isfinite(value)
        names, number = np.unique(self.customer[known], return_inverse=True)
        if not len(names):
            return CheckOutcome(
                explainer=self.explainer,
                check=check,
                value=None,
                low=None,
                high=None,
                threshold=threshold,
                is_least=is_least,
                is_met=None,
            )
        weight = drawn(len(names), self.params.bootstrap_draws, self.params.seed)
        found = mean_by_group(value[known], number, weight)
        end = found.low if is_least else found.high
        is_met = None if end is None else bool(end > threshold if is_least else end <= threshold)
        return CheckOutcome(
            explainer=self.explainer,
            check=check,
            **dict(found),
            threshold=threshold,
            is_least=is_least,
            is_met=is_met,
        )

    def alike(self, what: str, one: np.ndarray, other: np.ndarray) -> list[CheckOutcome]:
        """Whether two explanations of the same alerts name the same groups in the same order."""
        asked = self.params.thresholds
        return [
            self.outcome(f"{what}_order", rank_correlation(one, other), asked.rank_correlation),
            self.outcome(f"{what}_top", top_overlap(one, other), asked.top_overlap),
        ]


def checks(
    explainer: Explainer, asked: Asked, values: np.ndarray, background: np.ndarray, told: Checked
) -> list[CheckOutcome]:
    """All checks of one explainer; ``background`` (rows, features) stands in for the baseline once."""
    params, bound = told.params, told.params.thresholds
    gap = np.full(len(values), explainer.gap(asked, values))
    found = [told.outcome("additivity", gap, bound.additivity_gap, is_least=False)]
    moved = against_chance(explainer, asked, values, params.steps, params.orders, params.seed)
    found += [told.outcome(name, mine - chance, bound.above_chance) for name, (mine, chance) in moved.items()]
    noisy = explainer.values(with_noise(asked, params.noise, params.seed), params.seed)
    found += told.alike("noise", values, noisy)
    found += told.alike("seed", values, explainer.with_another_seed(asked, params.seed))
    found += told.alike("background", values, explainer.against(asked, background, params.seed))
    empty = explainer.untrained(params.seed).values(asked, params.seed)
    return [
        *found,
        told.outcome(
            "untrained_order",
            rank_correlation(values, empty),
            bound.untrained_rank_correlation,
            is_least=False,
        ),
    ]
