"""Stage penalise: coefficients of the logistic regression along the penalty, for L1, L2 and both.

Nothing is chosen here and no ranking leaves it. Everything is seen by the bank: training
subjects are learnt from, validation is judged by its labels.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

import pipeline
from models import penalties, schema
from models.budget import Budget, Watch
from models.examples import Learnt, filled, learnt, of_role
from models.examples import read_inputs as read_examples
from models.metrics import AveragePrecision, recall_at_budget
from models.results.penalties import PathPoint, PenaltyPaths
from models.zoo import FEATURES_ALONE, Examples, by_row, emphasised
from models.zoo.linear.losses import LOGISTIC
from models.zoo.linear.newton import Penalty, Problem
from models.zoo.scaling import Scaled, by_block
from parameters import Count, Part, Positive, PositiveRange, Seed, Share


class Params(pipeline.Parameters):
    """Section ``penalise`` of params.yaml."""

    seed: Seed
    l1_shares: Annotated[tuple[Share, ...], Field(min_length=1)]
    penalty: PositiveRange
    points: Annotated[int, Field(ge=2, le=1_000)]
    compared_at: Positive
    positive_weight: Positive
    drawn_features: Count
    alike_from: Part
    pairs: Count
    draws: Annotated[int, Field(ge=2, le=10_000)]


def read_inputs(params: Learnt) -> tuple[Examples, Examples]:
    """The training subjects that models learn from, and those of validation."""
    split = pipeline.read(schema.Split)
    groups = [learnt(split, FEATURES_ALONE, params), of_role(split, "validation")]
    train, validation = read_examples(groups, FEATURES_ALONE)
    return train, by_row(filled(validation, train.features))


def margins_under(solutions: np.ndarray, scaled: Scaled, judged: Examples) -> np.ndarray:
    """Margins of subjects under many solutions (solutions, features + 1); shape (solutions, n)."""
    aim = solutions[:, :-1].T.astype(np.float32)
    parts: list[np.ndarray] = []

    def kept(features: np.ndarray) -> np.ndarray:
        parts.append(scaled.scale(features) @ aim)
        return np.zeros(len(features))

    by_block(judged.features, scaled.names, kept)
    return np.concatenate(parts).T + solutions[:, -1:]


def path_points(
    scaled: Scaled, problem: Problem, judged: Examples, budget: Budget, params: Params
) -> list[PathPoint]:
    """Every point of every path, judged on validation."""
    strengths = penalties.strengths(params.penalty[1], params.penalty[0], params.points)
    places = [(share, float(strength)) for share in params.l1_shares for strength in strengths]
    found = [
        solution
        for share in params.l1_shares
        for solution in pipeline.progress(
            penalties.path(problem, share, strengths), f"L1 share {share:g}", "fit"
        )
    ]
    solutions = np.stack(found)
    # The features of most weight under any kind at the end of its path are drawn.
    last = np.abs(solutions[params.points - 1 :: params.points, :-1]).max(axis=0)
    drawn = np.argsort(-last, kind="stable")[: params.drawn_features]
    is_positive = judged.label >= 0.5
    watch = Watch.alone(judged.customer_id, judged.as_of)
    points = []
    for (share, strength), solution, margin in zip(
        places, solutions, margins_under(solutions, scaled, judged), strict=True
    ):
        recall = recall_at_budget(judged.customer_id, is_positive, watch.alerted(margin, budget))
        precision = AveragePrecision(margin, is_positive)(np.ones(len(margin)))
        points.append(
            PathPoint(
                l1_share=share,
                penalty=float(f"{strength:.6g}"),
                kept=int((solution[:-1] != 0).sum()),
                train_loss=round(problem.mean_loss(problem.margins(solution)), 6),
                recall=None if np.isnan(recall) else round(recall, 6),
                average_precision=None if np.isnan(precision) else round(precision, 6),
                coefficients={scaled.names[place]: round(float(solution[place]), 4) for place in drawn},
            )
        )
    return points


def penalty_paths(train: Examples, judged: Examples, budget: Budget, params: Params) -> PenaltyPaths:
    """The paths of every kind, and what becomes of the most collinear pairs."""
    scaled = Scaled.of(train)
    problem = Problem(scaled.values, train.label, emphasised(train, params.positive_weight), LOGISTIC)
    points = path_points(scaled, problem, judged, budget, params)
    correlation = penalties.correlations(scaled.values)
    chosen = penalties.alike_pairs(correlation, params.alike_from, params.pairs)
    pairs = []
    for share in pipeline.progress(params.l1_shares, "samples", "kind"):
        penalty = Penalty(params.compared_at, share)
        (whole,) = penalties.path(problem, share, np.array([params.compared_at]))
        drawn = penalties.samples(problem, penalty, whole, train.customer_id, params.draws, params.seed)
        kind = penalties.Kind(penalty, whole, drawn)
        pairs += [
            kind.pair(one, other, scaled.names, float(correlation[one, other])) for one, other in chosen
        ]
    customers = len(np.unique(judged.customer_id[judged.label >= 0.5]))
    path_en, path_zh = penalties.path_reading(points, customers)
    alike_en, alike_zh = penalties.alike_reading(pairs)
    return PenaltyPaths(
        features=len(scaled.names),
        customers=customers,
        alike_from=params.alike_from,
        alike_features=int((np.abs(correlation).max(axis=0) >= params.alike_from).sum()),
        points=points,
        pairs=pairs,
        path_reading_en=path_en,
        path_reading_zh=path_zh,
        alike_reading_en=alike_en,
        alike_reading_zh=alike_zh,
    )


def main() -> None:
    """Write the paths."""
    train, validation = read_inputs(pipeline.params("learn", Learnt))
    params, budget = pipeline.params("penalise", Params), pipeline.params("budget", Budget)
    pipeline.write_result(penalty_paths(train, validation, budget, params))


if __name__ == "__main__":
    pipeline.run_stage("penalise", main)
