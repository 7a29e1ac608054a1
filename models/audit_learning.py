"""Stage audit_learning: learning curves over the size of the data and over rounds of boosting.

A part of the audit: the truth is read to judge, and to keep schemes whole where the data
are cut. What is learnt from are the bank's labels.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

import pipeline
from models.budget import Budget
from models.examples import Learnt
from models.results.learning import LearningCurves, RoundsPoint, SizePoint
from models.truth import fixed_trees, learning
from models.truth.fixed_trees import Trees
from models.truth.yardstick import Yardstick, read_inputs
from parameters import Count, Draws, Part, Seed, TreeCount, increasing

Cut = tuple[float, int]  # share of the data, and which draw
ALL: Cut = (1.0, 0)


class Params(pipeline.Parameters):
    """Section ``audit_learning`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    shares: Annotated[tuple[Part, ...], Field(min_length=1), AfterValidator(increasing)]
    repeats: Count
    rounds: Annotated[tuple[TreeCount, ...], Field(min_length=1), AfterValidator(increasing)]
    trees: Trees


def over_sizes(yardstick: Yardstick, params: Params) -> list[SizePoint]:
    """The fixed model on parts of the training groups, then on all of them."""
    train = yardstick.train
    cuts: list[Cut] = [(share, repeat) for share in params.shares for repeat in range(params.repeats)]
    scores, told = {}, {}
    for share, repeat in pipeline.progress([*cuts, ALL], "sizes", "fit"):
        rng = np.random.default_rng([params.seed, repeat])
        mine = learning.rows_of(train, learning.part_of_groups(yardstick.train_group, share, rng))
        score, precision = learning.learnt_from(mine, yardstick.values, params.trees, params.seed)
        scores[str((share, repeat))] = score
        told[share, repeat] = learning.suspicious_customers(mine), precision
    worth = yardstick.judged(scores, str(ALL), params.bootstrap_draws, params.seed)
    return [
        SizePoint(
            share=cut[0],
            repeat=cut[1],
            suspicious_customers=customers,
            train_average_precision=precision,
            worth=worth[str(cut)],
        )
        for cut, (customers, precision) in told.items()
    ]


def over_rounds(yardstick: Yardstick, params: Params) -> list[RoundsPoint]:
    """One long fit, judged after some of its rounds."""
    train, rounds = yardstick.train, params.rounds
    trees = params.trees.model_copy(update={"count": rounds[-1]})
    values = train.features.to_numpy()
    booster = fixed_trees.fit(values, train.label, train.weight, trees, params.seed)
    names = [str(count) for count in rounds]
    scores = dict(zip(names, learning.staged(booster, yardstick.values, rounds), strict=True))
    fits = [learning.train_precision(score, train) for score in learning.staged(booster, values, rounds)]
    worth = yardstick.judged(scores, names[-1], params.bootstrap_draws, params.seed)
    return [
        RoundsPoint(rounds=count, train_average_precision=fit, worth=worth[str(count)])
        for count, fit in zip(rounds, fits, strict=True)
    ]


def learning_curves(yardstick: Yardstick, params: Params) -> LearningCurves:
    """Both learning curves with a reading of each."""
    sizes, rounds = over_sizes(yardstick, params), over_rounds(yardstick, params)
    size_en, size_zh = learning.size_reading(sizes)
    rounds_en, rounds_zh = learning.rounds_reading(rounds)
    return LearningCurves(
        sizes=sizes,
        rounds=rounds,
        size_reading_en=size_en,
        size_reading_zh=size_zh,
        rounds_reading_en=rounds_en,
        rounds_reading_zh=rounds_zh,
    )


def main() -> None:
    """Write the learning curves."""
    params, budget = pipeline.params("audit_learning", Params), pipeline.params("budget", Budget)
    pipeline.write_result(learning_curves(read_inputs(budget, pipeline.params("learn", Learnt)), params))


if __name__ == "__main__":
    pipeline.run_stage("audit_learning", main)
