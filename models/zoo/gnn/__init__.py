"""A graph neural network on the payments around each subject, and its control.

The control is the same network fitted by the same recipe with every payment taken out: what it
reaches, the features reach through a network of this shape, without the graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from models.zoo import (
    GRAPH,
    MODELS,
    Choice,
    Examples,
    ModelSettings,
    Trial,
    draw_choice,
    emphasised,
    learnable,
)
from parameters import Count, PartRange, Positive, PositiveRange, in_order

if TYPE_CHECKING:
    from models.zoo.gnn.network import PaymentNetwork
    from models.zoo.gnn.shown import Shower, ShownSubjects


Seen = Callable[[Examples], Examples]
Dropped = Annotated[float, Field(ge=0, lt=1)]  # share of the units


class GnnSettings(ModelSettings):
    """Section ``models.gnn``: fixed shape and schedule, and search ranges (low and high)."""

    members: int = Field(ge=1, le=1_000)
    hidden: int = Field(ge=1, le=4_096)
    most_ties: int = Field(ge=1, le=10_000)
    tie_dropout: Dropped
    foretelling_epochs: int = Field(ge=0, le=100_000)
    epochs: Count
    batch: Count
    weight_decay: Positive
    learning_rate: PartRange
    dropout: Annotated[tuple[Dropped, Dropped], AfterValidator(in_order)]
    positive_weight: PositiveRange


class FittedGnn:
    """Networks with the scale of their inputs, and with what of the examples they are shown."""

    def __init__(
        self,
        networks: list[PaymentNetwork],
        shower: Shower,
        shape: dict[str, Any],
        threads: int,
        seen: Seen,
    ) -> None:
        self.networks = networks
        self.shower = shower
        self.shape = shape
        self.threads = threads
        self.seen = seen

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, the mean of all members; shape (n,)."""
        from models.zoo.gnn import network as gnn_network

        gnn_network.use_threads(self.threads, 0)
        result = np.full(len(examples.label), np.nan)
        for shown in self.shower.by_moment(self.seen(examples)):
            found = [gnn_network.margins_of(network, shown) for network in self.networks]
            result[shown.rows] = np.mean(found, axis=0)
        return result

    def save(self, path: Path) -> None:
        """Write tensors as safetensors, the shape as its metadata."""
        import torch
        from safetensors.torch import save_file

        tensors = {
            f"{number}.{name}": part.cpu().contiguous()
            for number, network in enumerate(self.networks)
            for name, part in network.state_dict().items()
        }
        tensors["scale.mean"] = torch.from_numpy(self.shower.scale.mean)
        tensors["scale.spread"] = torch.from_numpy(self.shower.scale.spread)
        told = {
            "network": self.shape,
            "members": len(self.networks),
            "threads": self.threads,
            "most_ties": self.shower.most,
        }
        save_file(tensors, path, metadata={"shape": json.dumps(told)})


@dataclass(frozen=True)
class GnnLearner:
    """Training examples with their surroundings made ready once, for many fits."""

    examples: Examples
    settings: GnnSettings
    seed: int
    shown: ShownSubjects
    ahead: np.ndarray | None
    shower: Shower
    seen: Seen

    @classmethod
    def of(cls, examples: Examples, settings: GnnSettings, seed: int, seen: Seen) -> GnnLearner:
        """Learn the scale and look around each subject."""
        from models.zoo.gnn.shown import Shower, foretold, together
        from models.zoo.scaling import Scale

        learnable(examples)
        shower = Shower(Scale.of(examples.features), settings.most_ties)
        shown = together(list(shower.by_moment(examples)))
        is_told = settings.foretelling_epochs > 0 and len(shown.ties.node) > 1
        ahead = foretold(examples, shown.rows) if is_told else None
        return cls(examples, settings, seed, shown, ahead, Shower(shower.scale, shower.most), seen)

    def fit(self, choice: Choice) -> FittedGnn:
        """Fit every member, each from a beginning of its own; what they agree on is less noise."""
        settings = self.settings
        shape = {
            "node_columns": self.shown.known.shape[1],
            "hidden": settings.hidden,
            "dropout": choice["dropout"],
            "tie_dropout": settings.tie_dropout,
        }
        members = [self._member(choice, shape, self.seed + number) for number in range(settings.members)]
        return FittedGnn(members, self.shower, shape, settings.threads, self.seen)

    def _member(self, choice: Choice, shape: dict[str, Any], seed: int) -> PaymentNetwork:
        """First, without labels, learn to foretell payments, then from the labels."""
        from models.zoo.gnn import network as gnn_network

        settings, shown = self.settings, self.shown
        gnn_network.use_threads(settings.threads, seed)
        network = gnn_network.PaymentNetwork(**shape).to(gnn_network.device())
        told = {
            "batch": settings.batch,
            "learning_rate": choice["learning_rate"],
            "weight_decay": settings.weight_decay,
            "seed": seed,
        }
        if self.ahead is not None and len(known := np.flatnonzero(~np.isnan(self.ahead[:, 0]))):
            loss = gnn_network.foretelling_loss(network, self.ahead)
            schedule = gnn_network.Schedule(epochs=settings.foretelling_epochs, **told)
            schedule.run(network, shown, known, loss)
        weight = emphasised(self.examples, choice["positive_weight"])
        loss = gnn_network.labelled_loss(network, self.examples.label[shown.rows], weight[shown.rows])
        schedule = gnn_network.Schedule(epochs=settings.epochs, **told)
        schedule.run(network, shown, np.arange(len(shown.rows)), loss)
        return network

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> GnnLearner:
        """The same surroundings under other labels and weights of shape (n,)."""
        return replace(self, examples=replace(self.examples, label=label, weight=weight))


def without_edges(examples: Examples) -> Examples:
    """The same subjects and parties at the same moments, between whom nothing was paid."""
    graph = examples.graph
    if graph is None:
        return examples
    empty = graph.slices.assign(first_edge=0, end_edge=0)
    return replace(examples, graph=replace(graph, edges=graph.edges.iloc[:0], slices=empty))


class GnnModel:
    """Searches little: a fit takes longer than that of trees. ``sees_payments`` is false for the control."""

    settings = GnnSettings
    needs = frozenset({GRAPH})
    is_trees = False
    is_supervised = True

    def __init__(self, file: str, label_en: str, label_zh: str, sees_payments: bool) -> None:
        self.file = file
        self.label_en, self.label_zh = label_en, label_zh
        self.sees_payments = sees_payments

    def seen(self, examples: Examples) -> Examples:
        """What of the examples the network is shown."""
        return examples if self.sees_payments else without_edges(examples)

    def suggest(self, trial: Trial, settings: GnnSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("dropout",))

    def learner(self, examples: Examples, settings: GnnSettings, seed: int) -> GnnLearner:
        """The examples with their surroundings, ready for many fits."""
        return GnnLearner.of(self.seen(examples), settings, seed, self.seen)

    def fit(self, examples: Examples, choice: Choice, settings: GnnSettings, seed: int) -> FittedGnn:
        """Fit on the training subjects and what surrounds them."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedGnn:
        """Read tensors and shape."""
        from safetensors import safe_open

        from models.zoo.gnn.network import PaymentNetwork, device
        from models.zoo.gnn.shown import Shower
        from models.zoo.scaling import Scale

        with safe_open(path, framework="pt") as file:
            told = json.loads(file.metadata()["shape"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        scale = Scale(tensors.pop("scale.mean").numpy(), tensors.pop("scale.spread").numpy())
        networks = []
        for number in range(told["members"]):
            network, prefix = PaymentNetwork(**told["network"]), f"{number}."
            network.load_state_dict(
                {name.removeprefix(prefix): part for name, part in tensors.items() if name.startswith(prefix)}
            )
            networks.append(network.to(device()))
        return FittedGnn(
            networks, Shower(scale, told["most_ties"]), told["network"], told["threads"], self.seen
        )


MODELS.register("gnn")(GnnModel("fitted/gnn.model", "GNN", "GNN", sees_payments=True))
MODELS.register("gnn_without_edges")(
    GnnModel("fitted/gnn_without_edges.model", "GNN, no edges", "无边 GNN", sees_payments=False)
)
