"""Study audit_heads: other ways to learn from the library of typologies than to mix it in.

A part of the audit: the truth judges. Trees and a plain net learn from the bank's labels alone,
from the library mixed in, from the library first and the bank afterwards, and the net with a
head of its own for each typology.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

import pipeline
from features import schema as features_schema
from models import examples, schema
from models.budget import Budget
from models.examples import Learnt
from models.intervals import drawn
from models.results.studies import HeadsStudy, WayWorth
from models.results.tuned import Choice, Tuned
from models.truth import ways, yardstick
from models.truth.fixed_trees import Trees
from models.truth.lessons import Teaching
from models.truth.ways import BANK, Books, Way
from models.truth.yardstick import Yardstick
from models.zoo import LIBRARY
from models.zoo.nets import NetSettings
from parameters import Draws, Positive, Seed
from provenance import made_now, study_params

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/library_examples.parquet",
    "artifacts/models/split.parquet",
)
NET = "net"  # of the zoo; its choice of hyper-parameters is that of the default run


class Params(pipeline.Parameters):
    """Section ``audit_heads`` of studies/params.yaml."""

    auxiliary: Positive
    seeds: tuple[Seed, ...] = Field(min_length=1)
    bootstrap_draws: Draws


def ways_compared(judge: Yardstick, families: dict[str, dict[str, Way]], params: Params) -> list[WayWorth]:
    """What each way of each family is worth, its catches averaged over the seeds."""
    catches, rows = judge.catches["true"], []
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    for family, mine in families.items():
        caught: dict[str, np.ndarray] = {}
        recalls: dict[str, list[float]] = {}
        for name, way in mine.items():
            found = [
                catches.caught(judge.watch.alerted(way(judge.values, seed), judge.budget))
                for seed in pipeline.progress(params.seeds, f"{family}, {name}", "fit")
            ]
            caught[name] = np.mean(found, axis=0)
            recalls[name] = [round(float(one.mean()), 4) for one in found]
        rows += [
            WayWorth(
                family=family,
                way=name,
                recall=catches.mean(caught[name], weight),
                gain=catches.mean(caught[name] - caught[BANK], weight),
                over_mixed=catches.mean(caught[name] - caught["mixed"], weight),
                by_seed=recalls[name],
            )
            for name in mine
        ]
    return rows


def training(settings: NetSettings, choice: Choice) -> ways.Training:
    """The way down of the zoo's plain net."""
    from models.truth.heads import Training
    from models.zoo.nets.fitting import Descent

    descent = Descent(
        epochs=settings.epochs,
        batch=settings.batch,
        learning_rate=float(choice["learning_rate"]),
        weight_decay=settings.weight_decay,
        seen_share=settings.seen_share,
    )
    dropout, positive_weight = float(choice["dropout"]), float(choice["positive_weight"])
    return Training(descent, settings.width, dropout, positive_weight, settings.threads)


def read_inputs(judge: Yardstick, library_weight: float) -> Books:
    """The bank's examples and the library's."""
    (nobody,) = examples.read_inputs([pipeline.read(schema.Split).iloc[:0]], frozenset({LIBRARY}))
    told = pipeline.read(features_schema.LibraryExamples, columns=["typology", "is_held_out"])
    typology = told.loc[~told["is_held_out"], "typology"].fillna("").to_numpy(object)
    return Books.of(replace(judge.train, library=nobody.library), typology, library_weight)


def main() -> None:
    """Write the study."""
    params = study_params("audit_heads", Params)
    teaching = pipeline.params("audit_injection.teaching", Teaching)
    trees = pipeline.params("audit_injection.trees", Trees)
    settings, choice = pipeline.params(f"models.{NET}", NetSettings), pipeline.read_result(Tuned, NET).choice
    judge = yardstick.read_inputs(pipeline.params("budget", Budget), pipeline.params("learn", Learnt))
    books = read_inputs(judge, teaching.library_weight)
    net = ways.net_ways(books, params.auxiliary, training(settings, choice))
    result = HeadsStudy(
        made_by=made_now(DATA, ("audit_injection", f"models.{NET}", "budget", "learn"), "audit_heads"),
        choice=choice,
        auxiliary=params.auxiliary,
        rows=ways_compared(judge, {"trees": ways.tree_ways(books, trees), "net": net}, params),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_heads", main)
