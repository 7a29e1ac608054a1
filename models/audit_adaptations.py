"""Study audit_adaptations: what the graph network of the literature has and the zoo's lacks, part by part.

A part of the audit: the truth judges. Every network here learns from the bank's labels, with the
hyper-parameters, the shape and the passes of the zoo's graph network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

import pipeline
from data import schema as data_schema
from models import schema
from models.budget import Budget, Watch
from models.examples import Learnt, learnt, of_role
from models.examples import read_inputs as read_examples
from models.graph_adaptations import ADAPTATIONS, AS_IT_IS
from models.graph_adaptations.fitting import Lessons, Stopping, adapted, margins_by_network
from models.graph_adaptations.marks import MarkingShower
from models.graph_adaptations.networks import AdaptedNetwork, weights_of
from models.intervals import drawn
from models.metrics import Catches
from models.positives import as_labelled
from models.results.adaptations import AdaptationStudy, AdaptationWorth, AdaptedRecall
from models.results.tuned import Choice, Tuned
from models.truth import scheme_moments
from models.truth.illicit import in_truth
from models.zoo import MODELS, Examples, Fitted
from models.zoo.gnn import GnnSettings
from models.zoo.nets import NetSettings
from parameters import Count, Draws, Part, Seed
from provenance import made_now, study_params
from stopwatch import processor_seconds

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/graph_edges.parquet",
    "artifacts/models/split.parquet",
)
MODEL, NET = "gnn", "net"


def _tried(name: str) -> str:
    """A name that is tried beside the network as it is."""
    if name == AS_IT_IS or name not in ADAPTATIONS:
        raise ValueError(f"expected one of: {', '.join(sorted(ADAPTATIONS.keys() - {AS_IT_IS}))}")
    return name


class Params(pipeline.Parameters):
    """Section ``audit_adaptations`` of studies/params.yaml."""

    adaptations: tuple[Annotated[str, AfterValidator(_tried)], ...] = Field(min_length=1)
    seeds: tuple[Seed, ...] = Field(min_length=1)
    held_back_share: Part
    patience: Count
    bootstrap_draws: Draws


@dataclass(frozen=True)
class Arena:
    """What is learnt from and judged.

    ``subjects`` are the test's rows of Split, in order of time; ``weeks`` their examples, a moment
    each. ``views`` says whom there is to catch among them, ``bank`` and ``true``.
    """

    train: Examples
    weeks: list[Examples]
    subjects: pd.DataFrame
    views: dict[str, Catches]
    choices: dict[str, Choice]
    settings: GnnSettings
    net_settings: NetSettings


@dataclass
class Entrants:
    """Fitted networks by name and seed, what shows them subjects, and the processor seconds of each fit."""

    shower: MarkingShower
    networks: dict[str, list[AdaptedNetwork]] = field(default_factory=dict)
    nets: list[Fitted] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)


def read_inputs(budget: Budget, rows: Learnt) -> Arena:
    """Read the tables; the features of those subjects only that are learnt from or judged."""
    planted = scheme_moments.read_inputs()
    illicit = planted[planted["is_illicit"]]
    starts_at = pipeline.read(data_schema.Periods).set_index("name").loc["test", "starts_at"]
    split, needs = pipeline.read(schema.Split), MODELS[MODEL].needs
    subjects = of_role(split, "test").sort_values("as_of", kind="stable", ignore_index=True)
    by_week = [week for _, week in subjects.groupby("as_of")]
    train, *weeks = read_examples([learnt(split, needs, rows), *by_week], needs)
    customer = subjects["customer_id"].to_numpy()
    views = {
        "bank": as_labelled(subjects, starts_at),
        "true": in_truth(subjects, illicit, starts_at, budget.label_window_days),
    }
    return Arena(
        train=train,
        weeks=weeks,
        subjects=subjects,
        views={view: Catches.of(customer, positives) for view, positives in views.items()},
        choices={name: pipeline.read_result(Tuned, name).choice for name in (MODEL, NET)},
        settings=pipeline.params(f"models.{MODEL}", GnnSettings),
        net_settings=pipeline.params(f"models.{NET}", NetSettings),
    )


def entered(arena: Arena, params: Params, clock: Callable[[], float]) -> Entrants:
    """Fit the network as it is, its adaptations and the plain net, each with every seed."""
    lessons = Lessons.of(arena.train, arena.settings)
    stopping = Stopping(params.held_back_share, params.patience)
    found = Entrants(lessons.shower())
    for name in (AS_IT_IS, *params.adaptations):
        found.networks[name], found.seconds[name] = [], []
        for seed in pipeline.progress(params.seeds, name, "fit"):
            begun = clock()
            network = adapted(lessons, ADAPTATIONS[name], arena.choices[MODEL], stopping, seed)
            found.networks[name].append(network)
            found.seconds[name].append(clock() - begun)
    found.seconds[NET] = []
    for seed in pipeline.progress(params.seeds, NET, "fit"):
        begun = clock()
        found.nets.append(MODELS[NET].fit(arena.train, arena.choices[NET], arena.net_settings, seed))
        found.seconds[NET].append(clock() - begun)
    return found


def judged_scores(arena: Arena, entrants: Entrants) -> dict[str, list[np.ndarray]]:
    """Margins of the subjects, ``[name][seed's place]`` of shape (subjects,)."""
    marks = {name: ADAPTATIONS[name].marks for name in entrants.networks}
    parts: dict[str, list[list[np.ndarray]]] = {}
    for week in pipeline.progress(arena.weeks, "scores", "week"):
        found = margins_by_network(entrants.networks, marks, entrants.shower, week)
        found[NET] = [net.scores(week) for net in entrants.nets]
        for name, mine in found.items():
            parts.setdefault(name, []).append(mine)
    return {name: [np.concatenate(one) for one in zip(*weeks, strict=True)] for name, weeks in parts.items()}


def worth_of_each(
    arena: Arena, entrants: Entrants, scores: dict[str, list[np.ndarray]], budget: Budget, params: Params
) -> list[AdaptationWorth]:
    """What each entrant is worth, its catches averaged over the seeds."""
    watch = Watch.alone(arena.subjects["customer_id"].to_numpy(), arena.subjects["as_of"])
    alerted = {name: [watch.alerted(one, budget) for one in mine] for name, mine in scores.items()}
    views: dict[str, dict[str, AdaptedRecall]] = {}
    for view, catches in arena.views.items():
        weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
        caught = {
            name: np.mean([catches.caught(one) for one in mine], axis=0) for name, mine in alerted.items()
        }
        views[view] = {
            name: AdaptedRecall(
                recall=catches.mean(mine, weight),
                over_network=catches.mean(mine - caught[AS_IT_IS], weight),
                over_net=catches.mean(mine - caught[NET], weight),
            )
            for name, mine in caught.items()
        }
    true = arena.views["true"]
    return [
        AdaptationWorth(
            adaptation=name,
            weights=weights_of(entrants.networks[name][0]) if name in entrants.networks else None,
            seconds=round(float(np.mean(entrants.seconds[name])), 1),
            bank=views["bank"][name],
            true=views["true"][name],
            by_seed=[round(float(true.caught(one).mean()), 4) for one in mine],
        )
        for name, mine in alerted.items()
    ]


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_adaptations", Params), pipeline.params("budget", Budget)
    arena = read_inputs(budget, pipeline.params("learn", Learnt))
    entrants = entered(arena, params, processor_seconds)
    rows = worth_of_each(arena, entrants, judged_scores(arena, entrants), budget, params)
    sections = (f"models.{MODEL}", f"models.{NET}", "budget", "learn")
    result = AdaptationStudy(
        made_by=made_now(DATA, sections, "audit_adaptations"),
        choice=arena.choices[MODEL],
        held_back_share=params.held_back_share,
        patience=params.patience,
        customers={view: len(catches.group) for view, catches in arena.views.items()},
        rows=rows,
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_adaptations", main)
