"""Neural networks over the features: a plain one, TabM, and one that reads the line of payments beside.

All are fitted alike (`fitting`), so that what differs between their results is what they are. The plain
one is the control of every network of the zoo: who reads payments or the graph beside the features has
to find more than the features reach through a net of this shape.
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
    FEATURES_ALONE,
    LINES,
    MODELS,
    Choice,
    Examples,
    ModelSettings,
    Trial,
    believable,
    draw_choice,
    emphasised,
    learnable,
)
from models.zoo.scaling import Scale
from parameters import Part, PartRange, PositiveRange, in_order

if TYPE_CHECKING:
    from torch import nn

    from models.zoo.nets.views import View

Shape = dict[str, Any]
Dropped = Annotated[float, Field(ge=0, lt=1)]  # share of the units


class NetSettings(ModelSettings):
    """Section ``models.net``: fixed shape and way down, and search ranges (low and high)."""

    width: int = Field(ge=1, le=4_096)
    epochs: int = Field(ge=1, le=100_000)
    batch: int = Field(ge=1, le=1_000_000)
    seen_share: Part
    weight_decay: float = Field(ge=0, le=10)
    learning_rate: PartRange
    dropout: Annotated[tuple[Dropped, Dropped], AfterValidator(in_order)]
    positive_weight: PositiveRange

    def shape(self) -> Shape:
        """What a network is built with beside its inputs and its choice."""
        return {"width": self.width}


class TabmSettings(NetSettings):
    """Section ``models.tabm``: as of the plain net, and how many members share its weights."""

    members: int = Field(ge=1, le=1_024)

    def shape(self) -> Shape:
        """What a network is built with beside its inputs and its choice."""
        return super().shape() | {"members": self.members}


class SequenceSettings(NetSettings):
    """Section ``models.sequence``: as of the plain net, and how wide the state of a payment is."""

    line_width: int = Field(ge=1, le=4_096)

    def shape(self) -> Shape:
        """What a network is built with beside its inputs and its choice."""
        return super().shape() | {"line_width": self.line_width}


@dataclass(frozen=True)
class FittedNet:
    """A network, and how it sees examples: ``features`` are the names that it learnt from, in order."""

    network: nn.Module
    model: NetModel
    scale: Scale
    features: list[str]
    shape: Shape
    threads: int

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, the mean of the members' if there are several; shape (n,)."""
        from models.zoo.nets import fitting, networks

        if list(examples.features.columns) != self.features:
            raise ValueError("the features differ in name or order from those that the model learnt from")
        fitting.begin(self.threads, 0)
        view = self.model.view(examples, self.scale)
        result = np.full(len(examples.label), np.nan)
        for rows in view.blocks():
            result[rows] = networks.member_mean(self.network, *view(rows)).numpy()
        return result

    def save(self, path: Path) -> None:
        """Write tensors as safetensors, all else as its one metadata entry."""
        from safetensors.torch import save_file
        from torch import from_numpy

        tensors = {name: value.contiguous() for name, value in self.network.state_dict().items()}
        tensors["scale.mean"] = from_numpy(self.scale.mean)
        tensors["scale.spread"] = from_numpy(self.scale.spread)
        told = {"shape": self.shape, "threads": self.threads, "features": self.features}
        save_file(tensors, path, metadata={"net": json.dumps(told)})


@dataclass(frozen=True)
class NetLearner:
    """Training examples on one scale, for many fits."""

    model: NetModel
    examples: Examples
    settings: NetSettings
    seed: int
    scale: Scale
    view: View

    def fit(self, choice: Choice) -> FittedNet:
        """Fit a new network on the examples."""
        from models.zoo.nets import fitting

        settings = self.settings
        fitting.begin(settings.threads, self.seed)
        shape = {"columns": len(self.scale.mean), "dropout": choice["dropout"]} | settings.shape()
        network = self.model.build(shape)
        descent = fitting.Descent(
            epochs=settings.epochs,
            batch=settings.batch,
            learning_rate=choice["learning_rate"],
            weight_decay=settings.weight_decay,
            seen_share=settings.seen_share,
        )
        label, weight = self.examples.label, emphasised(self.examples, choice["positive_weight"])
        steps = list(descent.batches(label, weight, self.view.together, self.seed))
        descent.run(network, lambda rows: network(*self.view(rows)), label, steps)
        features = list(self.examples.features.columns)
        return FittedNet(network, self.model, self.scale, features, shape, settings.threads)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> NetLearner:
        """The same view under other labels and weights of shape (n,)."""
        return replace(self, examples=believable(replace(self.examples, label=label, weight=weight)))


@dataclass(eq=False)
class NetModel:
    """An entry: ``build`` makes a network of a shape, ``view`` turns rows of examples into its inputs."""

    file: str
    label_en: str
    label_zh: str
    settings: type[NetSettings]
    needs: frozenset[str]
    build: Callable[[Shape], nn.Module]
    view: Callable[[Examples, Scale], View]
    is_trees: bool = False
    is_supervised: bool = True

    def suggest(self, trial: Trial, settings: NetSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("dropout",))

    def learner(self, examples: Examples, settings: NetSettings, seed: int) -> NetLearner:
        """The examples put on one scale, ready for many fits."""
        scale = Scale.of(learnable(examples).features)
        return NetLearner(self, examples, settings, seed, scale, self.view(examples, scale).kept())

    def fit(self, examples: Examples, choice: Choice, settings: NetSettings, seed: int) -> FittedNet:
        """Fit one network."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedNet:
        """Read tensors and shape."""
        from safetensors import safe_open

        with safe_open(path, framework="pt") as file:
            told = json.loads(file.metadata()["net"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        scale = Scale(tensors.pop("scale.mean").numpy(), tensors.pop("scale.spread").numpy())
        network = self.build(told["shape"])
        network.load_state_dict(tensors)
        network.eval()
        return FittedNet(network, self, scale, told["features"], told["shape"], told["threads"])


def _plain(shape: Shape) -> nn.Module:
    from models.zoo.nets.networks import perceptron

    return perceptron(**shape)


def _tabm(shape: Shape) -> nn.Module:
    from models.zoo.nets.networks import ManyPerceptrons

    return ManyPerceptrons(**shape)


def _sequence(shape: Shape) -> nn.Module:
    from models.zoo.nets.lines import LineNetwork

    return LineNetwork(**shape)


def _features(examples: Examples, scale: Scale) -> View:
    from models.zoo.nets.views import FeatureView

    return FeatureView(examples, scale)


def _lines(examples: Examples, scale: Scale) -> View:
    from models.zoo.nets.views import LineView

    return LineView(examples, scale)


for _name, _model in {
    "net": NetModel(
        "fitted/net.model", "Neural net", "神经网络", NetSettings, FEATURES_ALONE, _plain, _features
    ),
    "tabm": NetModel("fitted/tabm.model", "TabM", "TabM", TabmSettings, FEATURES_ALONE, _tabm, _features),
    "sequence": NetModel(
        "fitted/sequence.model",
        "Sequence network",
        "序列网络",
        SequenceSettings,
        frozenset({LINES}),
        _sequence,
        _lines,
    ),
}.items():
    MODELS.register(_name)(_model)
