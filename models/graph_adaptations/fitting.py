"""Fits of adapted networks by the recipe of the zoo's; torch is imported here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.graph_adaptations import GraphAdaptation
from models.graph_adaptations.marks import COLUMNS, MarkingShower, told_of
from models.graph_adaptations.networks import AdaptedNetwork
from models.graph_adaptations.stopping import StoppedEarly, held_back
from models.zoo import Choice, Examples, emphasised, learnable
from models.zoo.gnn import GnnSettings
from models.zoo.gnn.network import (
    Schedule,
    device,
    foretelling_loss,
    labelled_loss,
    margins_of,
    use_threads,
)
from models.zoo.gnn.shown import ShownSubjects, foretold, together
from models.zoo.scaling import Scale


@dataclass(frozen=True)
class Stopping:
    """How learning is stopped early: the share of customers held back, and passes without a gain."""

    held_back_share: float
    patience: int


@dataclass(frozen=True)
class Lessons:
    """Training examples with marked surroundings, made ready once for all fits.

    ``ahead`` (subjects, columns) is what is foretold before the labels are learnt from.
    """

    examples: Examples
    settings: GnnSettings
    shown: ShownSubjects
    ahead: np.ndarray
    scale: Scale

    @classmethod
    def of(cls, examples: Examples, settings: GnnSettings) -> Lessons:
        """Learn the scale and look around each subject."""
        scale = Scale.of(learnable(examples).features)
        shown = together(list(MarkingShower(scale, settings.most_ties).by_moment(examples)))
        return cls(examples, settings, shown, foretold(examples, shown.rows), scale)

    def shower(self) -> MarkingShower:
        """What shows other examples by the same scale."""
        return MarkingShower(self.scale, self.settings.most_ties)


def adapted(
    lessons: Lessons, adaptation: GraphAdaptation, choice: Choice, stopping: Stopping, seed: int
) -> AdaptedNetwork:
    """One network, fitted as the zoo fits a member but for what the adaptation says."""
    settings, shown = lessons.settings, told_of(lessons.shown, adaptation.marks)
    use_threads(settings.threads, seed)
    network = AdaptedNetwork(
        node_columns=shown.known.shape[1],
        hidden=settings.hidden,
        dropout=choice["dropout"],
        tie_dropout=settings.tie_dropout,
        marks=sum(len(COLUMNS[mark]) for mark in adaptation.marks),
        is_updated=adaptation.is_updated,
    ).to(device())
    told = {
        "batch": settings.batch,
        "learning_rate": choice["learning_rate"],
        "weight_decay": settings.weight_decay,
        "seed": seed,
    }
    known = np.flatnonzero(~np.isnan(lessons.ahead[:, 0]))
    if adaptation.is_foretelling and settings.foretelling_epochs and len(known):
        first = Schedule(epochs=settings.foretelling_epochs, **told)
        first.run(network, shown, known, foretelling_loss(network, lessons.ahead))
    schedule = Schedule(epochs=settings.epochs, **told)
    if adaptation.is_stopped_early:
        customer = lessons.examples.customer_id[shown.rows]
        mask = held_back(customer, stopping.held_back_share, seed)
        schedule = StoppedEarly(epochs=settings.epochs, **told, is_held_back=mask, patience=stopping.patience)
    weight = emphasised(lessons.examples, choice["positive_weight"])
    loss = labelled_loss(network, lessons.examples.label[shown.rows], weight[shown.rows])
    schedule.run(network, shown, np.arange(len(shown.rows)), loss)
    return network


def margins_by_network(
    networks: Mapping[str, Sequence[AdaptedNetwork]],
    marks: Mapping[str, tuple[str, ...]],
    shower: MarkingShower,
    examples: Examples,
) -> dict[str, list[np.ndarray]]:
    """Raw margins of the examples by each network; ``[name][number]`` of shape (n,).

    What surrounds a subject is looked up once for all networks; ``marks`` says what those of a name
    are told of ties.
    """
    found = {name: [np.full(len(examples.label), np.nan) for _ in mine] for name, mine in networks.items()}
    for shown in shower.by_moment(examples):
        for name, mine in networks.items():
            told = told_of(shown, marks[name])
            for number, network in enumerate(mine):
                found[name][number][shown.rows] = margins_of(network, told)
    return found
