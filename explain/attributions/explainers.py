"""What explains a score, model by model, behind one face: trees by TreeSHAP, networks by drawn orders.

An explainer is asked about rows of features beside a baseline (what an ordinary customer has in
the same place), and tells by group what moved the score. Groups are the families of reasons and,
for networks, the payments that they read beside the features.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd

from explain.attribution import contributions, interventional, with_shuffled_leaves
from explain.attributions.shapley import sampled_shapley


@dataclass(frozen=True)
class Asked:
    """Rows to explain: ``features`` and the ``baseline`` beside them, both (n, features), float32."""

    features: np.ndarray
    baseline: np.ndarray

    def shown(self, present: np.ndarray) -> np.ndarray:
        """The features where ``present`` (n, features), elsewhere the baseline."""
        return np.where(present, self.features, self.baseline)


class Explainer(Protocol):
    """Explains one model, always over the same subjects."""

    @property
    def groups(self) -> Sequence[str]:
        """Groups of inputs, in the order of the columns of every array."""

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """Raw margin where only the groups ``present`` (n, groups) are there; shape (n,)."""

    def values(self, asked: Asked, seed: int) -> np.ndarray:
        """What each group gave to the margin, shape (n, groups)."""

    def with_another_seed(self, asked: Asked, seed: int) -> np.ndarray:
        """The same with whatever is drawn drawn anew; ``seed`` is that of the first time."""

    def against(self, asked: Asked, background: np.ndarray, seed: int) -> np.ndarray:
        """The same against another notion of ordinary: rows of a background, (rows, features)."""

    def gap(self, asked: Asked, values: np.ndarray) -> float:
        """How far the values miss the margin at most."""

    def untrained(self, seed: int) -> Self:
        """The same of a model whose learnt numbers are drawn anew."""


@dataclass(frozen=True)
class Families:
    """Which family each feature belongs to; ``place`` (features,) is its row among ``names``."""

    names: tuple[str, ...]
    place: np.ndarray

    @classmethod
    def of(cls, family: Sequence[str]) -> Families:
        """Families in order of their names; ``family`` is that of each feature."""
        names, place = np.unique(np.asarray(family, dtype=str), return_inverse=True)
        return cls(tuple(names.tolist()), place)

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Sums over each family, (n, features) to (n, families)."""
        return values @ (self.place[:, None] == np.arange(len(self.names)))


@dataclass(frozen=True)
class TreeExplainer:
    """Trees by TreeSHAP, path-dependent as on the case pages, summed by family.

    ``twin`` are trees fitted to the same rows with another seed: TreeSHAP itself draws nothing.
    """

    booster: Any
    twin: Any
    families: Families
    columns: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The families."""
        return self.families.names

    def margin(self, values: np.ndarray) -> np.ndarray:
        """Raw margin of rows of features."""
        if hasattr(self.booster, "inplace_predict"):  # XGBoost
            return np.asarray(self.booster.inplace_predict(values, predict_type="margin"), float)
        return np.asarray(self.booster.predict(values, raw_score=True), float)

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """A family that is not there has the baseline's values."""
        return self.margin(asked.shown(present[:, self.families.place]))

    def values(self, asked: Asked, seed: int) -> np.ndarray:
        """TreeSHAP, whose additivity is checked on every row; nothing is drawn."""
        del seed
        features = pd.DataFrame(asked.features, columns=list(self.columns))
        return self.families.summed(contributions(self.booster, features, self.margin(asked.features)))

    def with_another_seed(self, asked: Asked, seed: int) -> np.ndarray:
        """TreeSHAP of the twin."""
        return replace(self, booster=self.twin).values(asked, seed)

    def against(self, asked: Asked, background: np.ndarray, seed: int) -> np.ndarray:
        """Interventional TreeSHAP: what the trees' own rows were is here the background's."""
        del seed
        features = pd.DataFrame(asked.features, columns=list(self.columns))
        return self.families.summed(interventional(self.booster, features, background))

    def gap(self, asked: Asked, values: np.ndarray) -> float:
        """Every row must leave one and the same base."""
        base = self.margin(asked.features) - values.sum(axis=1)
        return float(np.abs(base - np.median(base)).max(initial=0.0))

    def untrained(self, seed: int) -> TreeExplainer:
        """Trees whose leaves were dealt anew within each tree."""
        return replace(self, booster=with_shuffled_leaves(self.booster, seed))


class DrawnOrders(ABC):
    """Values by drawn orders of the groups: what every explainer of a network has in common."""

    pairs: int

    @property
    @abstractmethod
    def groups(self) -> Sequence[str]:
        """Groups of inputs."""

    @abstractmethod
    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """Of the network."""

    def values(self, asked: Asked, seed: int) -> np.ndarray:
        """Shapley values of the groups, which add up exactly."""
        rng = np.random.default_rng(seed)
        size = len(asked.features)
        return sampled_shapley(
            lambda present: self.masked(asked, present), size, len(self.groups), self.pairs, rng
        )

    def with_another_seed(self, asked: Asked, seed: int) -> np.ndarray:
        """Other orders."""
        return self.values(asked, seed + 1)

    def against(self, asked: Asked, background: np.ndarray, seed: int) -> np.ndarray:
        """The median of the background in the place of the baseline, for everybody."""
        median = pd.DataFrame(background).median().to_numpy(np.float32)
        return self.values(Asked(asked.features, np.broadcast_to(median, asked.features.shape)), seed)

    def gap(self, asked: Asked, values: np.ndarray) -> float:
        """Between the sum of the values and the score with all groups less that without any."""
        size = len(asked.features), len(self.groups)
        none, every = (self.masked(asked, np.full(size, there)) for there in (False, True))
        return float(np.abs(values.sum(axis=1) - (every - none)).max(initial=0.0))


@dataclass(frozen=True)
class RandomExplainer:
    """The planted bad explainer: noise in place of reasons, drawn anew for whatever it is shown."""

    beside: Explainer

    @property
    def groups(self) -> Sequence[str]:
        """Those of the explainer in whose place it stands."""
        return self.beside.groups

    def masked(self, asked: Asked, present: np.ndarray) -> np.ndarray:
        """The same model is asked."""
        return self.beside.masked(asked, present)

    def values(self, asked: Asked, seed: int) -> np.ndarray:
        """Normal draws."""
        shown = zlib.crc32(asked.features.tobytes()) + zlib.crc32(
            np.ascontiguousarray(asked.baseline).tobytes()
        )
        return np.random.default_rng([seed, shown]).normal(size=(len(asked.features), len(self.groups)))

    def with_another_seed(self, asked: Asked, seed: int) -> np.ndarray:
        """Other draws."""
        return self.values(asked, seed + 1)

    def against(self, asked: Asked, background: np.ndarray, seed: int) -> np.ndarray:
        """Normal draws."""
        return self.values(Asked(asked.features, np.broadcast_to(background[:1], asked.features.shape)), seed)

    def gap(self, asked: Asked, values: np.ndarray) -> float:
        """As of the explainer in whose place it stands."""
        return self.beside.gap(asked, values)

    def untrained(self, seed: int) -> RandomExplainer:
        """Noise asks no model, and so is the same of every one."""
        del seed
        return self
