"""The model zoo: one file a model. To add one, add a file and its section in params.yaml.

An entry says what it wants searched, how it is fitted and how it is read back. Models
are given features, labels and (if they ask for it) the graph; they never see rule hits
or the truth. A file imports its library in the methods that use it: every stage that
opens one model loads the whole zoo, and a library takes a second or two.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Protocol

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from models.zoo.gaps import Gap
from parameters import Seed, Threads
from pipeline import BadInput, Registry, import_siblings

Choice = dict[str, Any]

# What a model may read beside the features.
GRAPH, LINES, LIBRARY = "graph", "lines", "library"
FEATURES_ALONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Graph:
    """The payment graph: tables GraphNodes, GraphEdges and GraphSlices."""

    nodes: pd.DataFrame
    edges: pd.DataFrame
    slices: pd.DataFrame


@dataclass(frozen=True)
class PaymentLines:
    """The continuous lines of payments of subjects.

    ``tokens`` (payments, columns) holds bytes, columns as in ``TOKEN_COLUMNS``, payments of a
    customer in order of time. The line of a subject is the rows ``first`` to ``end``, both of
    shape (n,): its last payments before its moment, oldest first. ``opens`` (n,) is the row of
    the customer's first payment of all, which may stand before the line.
    """

    tokens: np.ndarray
    opens: np.ndarray
    first: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class OthersAround:
    """Customers who are no subjects of the examples but dealt with some, known at the same moments.

    ``features`` has the columns of the examples' features; ``customer_id`` and ``as_of``
    (datetime) have shape (n,).
    """

    features: pd.DataFrame
    customer_id: np.ndarray
    as_of: pd.Series


@dataclass(frozen=True)
class Examples:
    """Subjects to learn from or to score.

    ``features`` has one row a subject and float32 columns (NaN: not measurable);
    ``customer_id``, ``as_of`` (datetime), ``label`` (0 to 1) and ``weight`` have shape (n,).
    Features of the ``library`` are the same columns; those that it cannot say are empty.
    """

    features: pd.DataFrame
    customer_id: np.ndarray
    as_of: pd.Series
    label: np.ndarray
    weight: np.ndarray
    graph: Graph | None = None
    around: OthersAround | None = None  # whoever else stands in the graph and has features
    lines: PaymentLines | None = None
    gaps: tuple[Gap, ...] = ()  # filled, for no training row has them
    library: Examples | None = None  # planted schemes to learn from beside the subjects


# Bounded far beyond any range: who mistypes a start is told so, not given the range's nearer end.
WholeStart = Annotated[int, Field(ge=-(10**9), le=10**9)]
PartStart = Annotated[float, Field(ge=-1e9, le=1e9)]


class ModelSettings(pipeline.Parameters):
    """What every model's section of params.yaml holds.

    ``start`` is the choice that is tried first, as a long search has found it: a value for
    each searched name. One beyond its range counts as the range's nearer end. With one
    trial it is the choice.
    """

    trials: int = Field(ge=1, le=100_000)
    seed: Seed
    threads: Threads
    start: dict[str, WholeStart | PartStart] = Field(default_factory=dict)


class Fitted(Protocol):
    """A fitted model."""

    def scores(self, examples: Examples) -> np.ndarray:
        """Raw margin by subject, higher is more suspicious; shape (n,)."""

    def save(self, path: Path) -> None:
        """Write the model in its library's own text, JSON or tensor format."""


class Learner(Protocol):
    """Examples made ready once, for many fits: what depends on the features alone is not done again."""

    def fit(self, choice: Choice) -> Fitted:
        """Fit on the examples; equal to `Model.fit` on them."""

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> Learner:
        """The same features under other labels and weights of shape (n,)."""


class Trial(Protocol):
    """What a search space may ask; an Optuna trial is one."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """A number between two bounds."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        """A whole number between two bounds, both included."""


class Model(Protocol):
    """An entry of the zoo; its labels are what the report calls it."""

    label_en: str
    label_zh: str
    settings: type[Any]
    file: str
    needs: frozenset[str]  # what it reads beside the features: GRAPH, LINES, LIBRARY
    is_trees: bool  # whose margins fall apart into contributions of features
    is_supervised: bool  # false: an anomaly score, which no label has taught

    def suggest(self, trial: Trial, settings: Any) -> Choice:
        """Draw one choice of hyper-parameters."""

    def fit(self, examples: Examples, choice: Choice, settings: Any, seed: int) -> Fitted:
        """Fit on the given examples only."""

    def learner(self, examples: Examples, settings: Any, seed: int) -> Learner:
        """The given examples made ready for many fits."""

    def load(self, path: Path) -> Fitted:
        """Read a saved model."""


def library(name: str) -> Any:
    """A library of trees, imported without scikit-learn.

    For wrappers that are not used here it would load scikit-learn, which costs every stage
    a second and each process the memory of thirty thousand pages.
    """
    if "sklearn" in sys.modules:
        return importlib.import_module(name)
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules["sklearn"]


MODELS: Registry[Model] = Registry("model")


def draw_choice(trial: Trial, settings: ModelSettings, linear: tuple[str, ...] = ()) -> Choice:
    """One value within each range of ``settings``, its pairs of numbers.

    Values are drawn on a logarithmic scale but for those named ``linear``.
    """
    choice: Choice = {}
    for name, value in settings:
        if isinstance(value, tuple):
            low, high = value
            draw = trial.suggest_int if isinstance(low, int) else trial.suggest_float
            choice[name] = draw(name, low, high, log=name not in linear)
    return choice


@dataclass(frozen=True)
class Start:
    """A trial that draws what a section's ``start`` says; ``place`` names the section in refusals."""

    values: dict[str, int | float]
    place: str

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """The start value, or the nearer end of the range; ``log`` changes nothing."""
        del log
        return float(min(max(self._value(name), low), high))

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        """The same of a whole number."""
        del log
        return round(min(max(self._value(name), low), high))

    def _value(self, name: str) -> int | float:
        if name not in self.values:
            raise BadInput(f"{self.place}.start: expected a value of each searched name, {name} is missing")
        return self.values[name]


def start_of(model: Model, settings: Any, place: str) -> Choice | None:
    """The choice that a search tries first; None where its section says nothing."""
    if not settings.start:
        return None
    choice = model.suggest(Start(settings.start, place), settings)
    for name in settings.start:
        if name not in choice:
            known = ", ".join(sorted(choice))
            raise BadInput(f"{place}.start: {name} is not searched, expected one of: {known}")
    return choice


@dataclass(frozen=True)
class Anew:
    """A learner that makes nothing ready: every fit begins with the examples."""

    model: Model
    examples: Examples
    settings: Any
    seed: int

    def fit(self, choice: Choice) -> Fitted:
        """Fit on the examples."""
        return self.model.fit(self.examples, choice, self.settings, self.seed)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> Anew:
        """The same features under other labels and weights."""
        return replace(self, examples=replace(self.examples, label=label, weight=weight))


def with_library(examples: Examples, library_weight: float) -> Examples:
    """The examples with those of their library after them, each ``library_weight`` as much as it stands for.

    What no row of the library says is taken from the others, too: it would tell the two
    apart. Without a library the examples are as they were.
    """
    library = examples.library
    if library is None:
        return examples
    names = list(examples.features.columns)
    rows, more = len(examples.features), len(library.features)
    values = np.empty((len(names), rows + more), np.float32)  # column by column, as trees bin them
    for place, name in enumerate(names):
        values[place, rows:] = library.features[name]
        is_mute = np.isnan(values[place, rows:]).all()
        values[place, :rows] = np.nan if is_mute else examples.features[name]
    return replace(
        examples,
        features=pd.DataFrame(values.T, columns=names, copy=False),
        customer_id=np.concatenate([examples.customer_id, library.customer_id]),
        as_of=pd.concat([examples.as_of, library.as_of], ignore_index=True),
        label=np.concatenate([examples.label, library.label]),
        weight=np.concatenate([examples.weight, library.weight * library_weight]),
        library=None,
    )


@dataclass(frozen=True)
class WithLibrary:
    """A learner of examples `with_library`: other labels are the examples', the library keeps its own."""

    learner: Learner
    label: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, learner: Learner, examples: Examples, library_weight: float) -> WithLibrary:
        """A learner made ready on the `with_library` ``examples``."""
        library = examples.library
        if library is None:
            return cls(learner, np.zeros(0), np.zeros(0))
        return cls(learner, library.label, library.weight * library_weight)

    def fit(self, choice: Choice) -> Fitted:
        """Fit on both."""
        return self.learner.fit(choice)

    def relabelled(self, label: np.ndarray, weight: np.ndarray) -> WithLibrary:
        """The same features; labels and weights of shape (n,) are those of the examples alone."""
        both = np.concatenate([label, self.label]), np.concatenate([weight, self.weight])
        return replace(self, learner=self.learner.relabelled(*both))


def believable(examples: Examples) -> Examples:
    """The same examples; labels and weights that no model should learn from are bad input.

    Libraries take a missing label for 0, and any weight without a word. A weight of 0 is
    refused like a negative one: who is not to be learnt from is left out, not weighed with
    nothing.
    """
    faults = (
        ("label", examples.label, ~((examples.label >= 0) & (examples.label <= 1)), "a number from 0 to 1"),
        (
            "weight",
            examples.weight,
            ~((examples.weight > 0) & (examples.weight < np.inf)),
            "a number above 0",
        ),
    )
    for what, values, is_wrong, expected in faults:
        if is_wrong.any():
            row = int(np.argmax(is_wrong))
            raise BadInput(f"{_named(examples, row)}: expected {expected} as {what}, found {values[row]}")
    return examples


def learnable(examples: Examples) -> Examples:
    """`believable` examples whose features are numbers or missing, never infinite."""
    for name in examples.features:
        is_infinite = np.isinf(examples.features[name].to_numpy())
        if is_infinite.any():
            row = int(np.argmax(is_infinite))
            found = examples.features[name].iloc[row]
            place = f"{_named(examples, row)}, feature {name}"
            raise BadInput(f"{place}: expected a finite number or nothing, found {found}")
    return believable(examples)


def by_row(examples: Examples) -> Examples:
    """The same examples with their features row by row in memory, as trees read them to score."""
    values = np.ascontiguousarray(examples.features.to_numpy())
    features = pd.DataFrame(values, columns=examples.features.columns, copy=False)
    return replace(examples, features=features)


def _named(examples: Examples, row: int) -> str:
    as_of = examples.as_of.iloc[row]
    return f"training row {row} (customer {examples.customer_id[row]} as of {as_of:%Y-%m-%d})"


def emphasised(examples: Examples, positive_weight: float) -> np.ndarray:
    """Example weights with suspicious ones counted ``positive_weight`` times; shape (n,)."""
    return examples.weight * np.where(examples.label >= 0.5, positive_weight, 1.0)


import_siblings(__name__, str(Path(__file__).parent))
