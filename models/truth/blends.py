"""Weighted means of models' scores whose weights are chosen by the truth: what no stack can exceed.

An oracle. Its weights are judged twice: by the customers that chose them, an upper bound, and
by the schemes that did not, which is what an honest learner of weights could hope for if it
were told the truth instead of the bank's labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

import pipeline
from data.results import Interval
from models.budget import Budget, Watch
from models.metrics import Catches
from models.results.bounds import Blend, BlendedParts, PartCatch, Scale
from models.stack import weekly_places


def weightings(parts: int, steps: int) -> np.ndarray:
    """Every way to deal ``steps`` equal pieces of weight to the parts, those nearest to equal first.

    Each part alone is among them. Shape (weightings, parts), rows sum to 1.
    """
    bars = np.array(list(combinations(range(steps + parts - 1), parts - 1)), np.int64)
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), steps + parts - 1)])
    found = (np.diff(edges, axis=1) - 1) / steps
    distance = np.square(found - 1 / parts).sum(axis=1).round(9)
    return np.asarray(found[np.argsort(distance, kind="stable")])


def scaled(score: np.ndarray, as_of_us: np.ndarray, scale: Scale) -> np.ndarray:
    """A part's scores as they are weighed; shape (n,)."""
    if scale == "places":
        return weekly_places(score, as_of_us)
    spread = float(score.std())
    return np.asarray(score / spread if spread > 0 else score)


def chosen(caught: np.ndarray, mask: np.ndarray) -> int:
    """The row that catches most of the customers of ``mask``; the first of several.

    Parameters
    ----------
    caught : shape (rows, customers)
    """
    return int(np.argmax(caught[:, mask].sum(axis=1)))


def crossed(caught: np.ndarray, group: np.ndarray, halvings: int, seed: int) -> np.ndarray:
    """Whom rows catch that the other half of the groups has chosen, mean of the halvings; (customers,).

    Parameters
    ----------
    caught : by row that can be chosen, shape (rows, customers)
    group : of each customer, numbered from 0; no group is cut in two
    """
    rng, groups = np.random.default_rng(seed), int(group.max(initial=-1)) + 1
    found = np.zeros(caught.shape[1])
    for _ in range(halvings):
        is_first = (rng.permutation(groups) < groups // 2)[group]
        for judged in (is_first, ~is_first):
            found[judged] += caught[chosen(caught, ~judged), judged]
    return found / halvings


def schemes_needed(lead: Interval, groups: int) -> int | None:
    """Groups from which on the lower end of a lead of this size would lie above zero.

    The distance from a value to the end of its interval falls with the square root of the
    number of groups. None where there is no lead, or it is shown already.
    """
    if lead.value is None or lead.low is None or lead.value <= 0 or lead.low > 0:
        return None
    return ceil(groups * ((lead.value - lead.low) / lead.value) ** 2)


@dataclass(frozen=True)
class Weeks:
    """Weeks of one role, who is to be caught in them, and the draws that all are weighed by.

    ``weight`` is of `models.intervals.drawn` over the groups of ``catches``.
    """

    role: str
    watch: Watch
    catches: Catches
    budget: Budget
    weight: np.ndarray

    def caught(self, score: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """1 for each illicit customer whom a score catches with ``scale`` times the budget."""
        return self.catches.caught(self.watch.queue(score).alerted(self.budget, scale))

    def mean(self, value: np.ndarray) -> Interval:
        """Mean over the illicit customers with its interval."""
        return self.catches.mean(value, self.weight)


def blend(
    weeks: Weeks, by_part: dict[str, np.ndarray], scale: Scale, steps: int, halvings: int, seed: int
) -> Blend:
    """Every weighting of the parts' scores, and the best one in hindsight and crosswise."""
    columns = np.column_stack([scaled(score, weeks.watch.as_of_us, scale) for score in by_part.values()])
    weights = weightings(len(by_part), steps)
    tried = pipeline.progress(weights, f"{weeks.role}, {scale}", "weighting")
    caught = np.stack([weeks.caught(columns @ one) for one in tried])
    alone = caught[[int(np.flatnonzero(one == 1)[0]) for one in weights.T]]
    everybody = np.ones(caught.shape[1], bool)
    best, top = alone[chosen(alone, everybody)], chosen(caught, everybody)
    equal = weeks.caught(columns.mean(axis=1))
    across = crossed(caught, weeks.catches.group, halvings, seed)
    part_across = crossed(alone, weeks.catches.group, halvings, seed)
    return Blend(
        scale=scale,
        weightings=len(weights),
        better=round(float((caught.sum(axis=1) > best.sum()).mean()), 4),
        equal_lead=weeks.mean(equal - best),
        weights=dict(zip(by_part, weights[top].round(4).tolist(), strict=True)),
        hindsight=weeks.mean(caught[top]),
        hindsight_lead=weeks.mean(caught[top] - best),
        crossed=weeks.mean(across),
        crossed_lead=weeks.mean(across - best),
        crossed_over_chosen=weeks.mean(across - part_across),
    )


def blended_parts(
    weeks: Weeks,
    by_part: dict[str, np.ndarray],
    scales: Sequence[Scale],
    steps: int,
    halvings: int,
    seed: int,
) -> BlendedParts:
    """What the parts find together, and every weighting of them."""
    caught = np.stack([weeks.caught(score) for score in by_part.values()])
    part = np.stack([weeks.caught(score, 1 / len(by_part)) for score in by_part.values()])
    best = chosen(caught, np.ones(caught.shape[1], bool))
    times = caught.sum(axis=0)
    return BlendedParts(
        role=weeks.role,
        customers=caught.shape[1],
        groups=weeks.catches.groups,
        best_part=list(by_part)[best],
        parts=[
            PartCatch(part=name, recall=weeks.mean(mine), alone=int((mine[times == 1]).sum()))
            for name, mine in zip(by_part, caught, strict=True)
        ],
        by_all=int((times == len(caught)).sum()),
        together=weeks.mean(caught.max(axis=0)),
        together_lead=weeks.mean(caught.max(axis=0) - caught[best]),
        shared=weeks.mean(part.max(axis=0)),
        shared_lead=weeks.mean(part.max(axis=0) - caught[best]),
        blends=[blend(weeks, by_part, scale, steps, halvings, seed) for scale in scales],
    )
