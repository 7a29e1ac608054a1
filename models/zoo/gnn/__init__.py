"""A graph neural network (GINE, torch-geometric) on time slices of the payment graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from models.zoo import MODELS, Anew, Choice, Examples, Graph, ModelSettings, Trial, draw_choice, emphasised
from parameters import PartRange, PositiveRange, in_order

if TYPE_CHECKING:
    from models.zoo.gnn.network import PaymentNetwork, Scale


Dropped = Annotated[float, Field(ge=0, lt=1)]  # share of the units


class Settings(ModelSettings):
    """Section ``models.gnn``: fixed shape, and search ranges (low and high)."""

    hidden: int = Field(ge=1, le=4_096)
    layers: int = Field(ge=1, le=64)
    slice_stride: int = Field(ge=1, le=1_000)
    epochs: int = Field(ge=1, le=100_000)
    learning_rate: PartRange
    dropout: Annotated[tuple[Dropped, Dropped], AfterValidator(in_order)]
    positive_weight: PositiveRange


def _graph(examples: Examples) -> Graph:
    if examples.graph is None:
        raise ValueError("the GNN needs the graph")
    return examples.graph


class FittedGnn:
    """A network with the scale of its inputs."""

    def __init__(self, network: PaymentNetwork, scale: Scale, shape: dict[str, Any], threads: int) -> None:
        self.network = network
        self.scale = scale
        self.shape = shape
        self.threads = threads

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, shape (n,)."""
        from models.zoo.gnn import network as gnn_network

        gnn_network.use_threads(self.threads, 0)
        parts = gnn_network.slices(examples, _graph(examples), self.scale)
        return gnn_network.score(self.network, parts, len(examples.label))

    def save(self, path: Path) -> None:
        """Write tensors as safetensors, the shape as its metadata."""
        import torch
        from safetensors.torch import save_file

        tensors = dict(self.network.state_dict())
        tensors["scale.mean"] = torch.from_numpy(self.scale.mean)
        tensors["scale.spread"] = torch.from_numpy(self.scale.spread)
        save_file(tensors, path, metadata={"shape": json.dumps(self.shape | {"threads": self.threads})})


class GnnModel:
    """Searches little: a fit takes minutes where trees take seconds."""

    settings = Settings
    file = "gnn.model"
    needs_graph = True
    is_trees = False

    def suggest(self, trial: Trial, settings: Settings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("dropout",))

    def fit(self, examples: Examples, choice: Choice, settings: Settings, seed: int) -> FittedGnn:
        """Fit on the slices of the training moments."""
        from models.zoo.gnn import network as gnn_network

        gnn_network.use_threads(settings.threads, seed)
        scale = gnn_network.Scale.of(examples.features)
        parts = list(gnn_network.slices(examples, _graph(examples), scale, settings.slice_stride))
        shape = {
            "node_columns": parts[0].nodes.shape[1],
            "hidden": settings.hidden,
            "layers": settings.layers,
            "dropout": choice["dropout"],
        }
        network = gnn_network.PaymentNetwork(**shape)
        weight = emphasised(examples, choice["positive_weight"])
        gnn_network.fit(
            network, parts, examples.label, weight, settings.epochs, choice["learning_rate"], seed
        )
        return FittedGnn(network, scale, shape, settings.threads)

    def learner(self, examples: Examples, settings: Settings, seed: int) -> Anew:
        """The examples as they are."""
        return Anew(self, examples, settings, seed)

    def load(self, path: Path) -> FittedGnn:
        """Read tensors and shape."""
        from safetensors import safe_open

        from models.zoo.gnn import network as gnn_network

        with safe_open(path, framework="pt") as file:
            shape = json.loads(file.metadata()["shape"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        threads = shape.pop("threads")
        scale = gnn_network.Scale(tensors.pop("scale.mean").numpy(), tensors.pop("scale.spread").numpy())
        network = gnn_network.PaymentNetwork(**shape)
        network.load_state_dict(tensors)
        return FittedGnn(network, scale, shape, threads)


MODELS.register("gnn")(GnnModel())
