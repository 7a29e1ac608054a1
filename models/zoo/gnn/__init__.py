"""A graph neural network (GINE, torch-geometric) on time slices of the payment graph, and its control.

The control is the same network on the same slices with every payment taken out: what it
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
from parameters import PartRange, PositiveRange, in_order

if TYPE_CHECKING:
    from models.zoo.gnn.network import PaymentNetwork
    from models.zoo.gnn.slices import Slice, Slicer


Seen = Callable[[Examples], Examples]
Dropped = Annotated[float, Field(ge=0, lt=1)]  # share of the units


class GnnSettings(ModelSettings):
    """Section ``models.gnn``: fixed shape, and search ranges (low and high)."""

    hidden: int = Field(ge=1, le=4_096)
    layers: int = Field(ge=1, le=64)
    slice_stride: int = Field(ge=1, le=1_000)
    epochs: int = Field(ge=1, le=100_000)
    learning_rate: PartRange
    dropout: Annotated[tuple[Dropped, Dropped], AfterValidator(in_order)]
    positive_weight: PositiveRange


class FittedGnn:
    """A network with the scale of its inputs, and with what of the examples it is shown."""

    def __init__(
        self, network: PaymentNetwork, slicer: Slicer, shape: dict[str, Any], threads: int, seen: Seen
    ) -> None:
        self.network = network
        self.slicer = slicer
        self.shape = shape
        self.threads = threads
        self.seen = seen

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, shape (n,)."""
        from models.zoo.gnn import network as gnn_network

        gnn_network.use_threads(self.threads, 0)
        return gnn_network.score(self.network, self.slicer(self.seen(examples)), len(examples.label))

    def save(self, path: Path) -> None:
        """Write tensors as safetensors, the shape as its metadata."""
        import torch
        from safetensors.torch import save_file

        tensors = dict(self.network.state_dict())
        tensors["scale.mean"] = torch.from_numpy(self.slicer.scale.mean)
        tensors["scale.spread"] = torch.from_numpy(self.slicer.scale.spread)
        save_file(tensors, path, metadata={"shape": json.dumps(self.shape | {"threads": self.threads})})


@dataclass(frozen=True)
class GnnLearner:
    """Training examples cut into slices once, for many fits."""

    examples: Examples
    settings: GnnSettings
    seed: int
    parts: list[Slice]
    slicer: Slicer
    seen: Seen

    @classmethod
    def of(cls, examples: Examples, settings: GnnSettings, seed: int, seen: Seen) -> GnnLearner:
        """Learn the scale and cut the training moments."""
        from models.zoo.gnn.slices import Slicer
        from models.zoo.scaling import Scale

        learnable(examples)
        scale = Scale.of(examples.features)
        parts = Slicer(scale)(examples, settings.slice_stride)
        return cls(examples, settings, seed, parts, Slicer(scale), seen)

    def fit(self, choice: Choice) -> FittedGnn:
        """Fit on the slices of the training moments."""
        from models.zoo.gnn import network as gnn_network

        settings = self.settings
        gnn_network.use_threads(settings.threads, self.seed)
        shape = {
            "node_columns": self.parts[0].features.shape[1],
            "hidden": settings.hidden,
            "layers": settings.layers,
            "dropout": choice["dropout"],
        }
        network = gnn_network.PaymentNetwork(**shape)
        weight = emphasised(self.examples, choice["positive_weight"])
        gnn_network.fit_network(
            network,
            self.parts,
            self.examples.label,
            weight,
            settings.epochs,
            choice["learning_rate"],
            self.seed,
        )
        return FittedGnn(network, self.slicer, shape, settings.threads, self.seen)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> GnnLearner:
        """The same slices under other labels and weights of shape (n,)."""
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
        """The examples cut into slices, ready for many fits."""
        return GnnLearner.of(self.seen(examples), settings, seed, self.seen)

    def fit(self, examples: Examples, choice: Choice, settings: GnnSettings, seed: int) -> FittedGnn:
        """Fit on the slices of the training moments."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedGnn:
        """Read tensors and shape."""
        from safetensors import safe_open

        from models.zoo.gnn.network import PaymentNetwork
        from models.zoo.gnn.slices import Slicer
        from models.zoo.scaling import Scale

        with safe_open(path, framework="pt") as file:
            shape = json.loads(file.metadata()["shape"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        threads = shape.pop("threads")
        scale = Scale(tensors.pop("scale.mean").numpy(), tensors.pop("scale.spread").numpy())
        network = PaymentNetwork(**shape)
        network.load_state_dict(tensors)
        return FittedGnn(network, Slicer(scale), shape, threads, self.seen)


MODELS.register("gnn")(GnnModel("fitted/gnn.model", "GNN", "GNN", sees_payments=True))
MODELS.register("gnn_without_edges")(
    GnnModel("fitted/gnn_without_edges.model", "GNN, no edges", "无边 GNN", sees_payments=False)
)
