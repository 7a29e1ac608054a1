"""K-means: a subject is unusual by its distance from the nearest of some typical customers.

Nothing is learnt from labels. They choose between numbers of centres, by the same recall at the
budget as for every model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Choice,
    Examples,
    Fitted,
    ModelSettings,
    Trial,
    draw_choice,
)
from models.zoo.scaling import (
    ROWS_AT_A_TIME,
    Scale,
    Scaled,
    ScaledLearner,
    by_block,
    load_tensors,
    save_tensors,
)
from parameters import Count, CountRange


class KMeansSettings(ModelSettings):
    """Section ``models.k_means``: rounds at most, and the search range of the number of centres."""

    rounds: Count
    centres: CountRange


def squared_distances(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distance of rows (n, features) from centres (k, features); shape (n, k)."""
    squares = (values**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * values @ centres.T
    return np.maximum(squares, 0)


def spread_start(values: np.ndarray, weight: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """K-means++: each start is a row drawn by its squared distance from the starts before it.

    Shape (count, features); ``weight`` (n,) multiplies a row's chance (Arthur and Vassilvitskii 2007).
    """
    away = np.ones(len(values))
    starts = np.empty((count, values.shape[1]), values.dtype)
    for number in range(count):
        chance = np.cumsum(weight * away)
        starts[number] = values[np.searchsorted(chance, rng.random() * chance[-1])]
        apart = squared_distances(values, starts[number : number + 1])[:, 0]
        away = apart if number == 0 else np.minimum(away, apart)
    return starts


def lloyd_step(values: np.ndarray, weight: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Lloyd's step: each centre goes to the weighted mean of the rows that are nearest to it.

    A centre that no row is nearest to goes to a row that lies farthest from its own centre.
    """
    total, mass = np.zeros(centres.shape), np.zeros(len(centres))
    apart = np.empty(len(values))
    for start in range(0, len(values), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        squares = squared_distances(values[rows], centres)
        nearest = squares.argmin(axis=1)
        apart[rows] = squares.min(axis=1)
        belongs = (nearest[:, None] == np.arange(len(centres))) * weight[rows, None]
        total += belongs.astype(values.dtype).T @ values[rows]
        mass += belongs.sum(axis=0)
    is_alone = mass == 0
    total[is_alone] = values[np.argsort(-apart, kind="stable")[: is_alone.sum()]]
    return (total / np.where(is_alone, 1, mass)[:, None]).astype(values.dtype)


def centred(values: np.ndarray, weight: np.ndarray, centres: np.ndarray, rounds: int) -> np.ndarray:
    """Centres (k, features) after Lloyd's steps, until none moves or ``rounds`` are over."""
    for _ in range(rounds):
        before, centres = centres, lloyd_step(values, weight, centres)
        if np.array_equal(before, centres):
            break
    return centres


@dataclass(frozen=True)
class FittedKMeans:
    """Centres (k, features) of scaled features."""

    names: tuple[str, ...]
    scale: Scale
    centres: np.ndarray

    def scores(self, examples: Examples) -> np.ndarray:
        """Squared distance of each subject from the nearest centre; shape (n,)."""
        return by_block(
            examples.features,
            self.names,
            lambda features: squared_distances(self.scale(features), self.centres).min(axis=1),
        )

    def save(self, path: Path) -> None:
        """Write safetensors."""
        tensors = {"mean": self.scale.mean, "spread": self.scale.spread, "centres": self.centres}
        save_tensors(path, tensors, {"names": self.names})


def _fit_on(scaled: Scaled, choice: Choice, rounds: int, seed: int) -> Fitted:
    values, weight = scaled.values, scaled.examples.weight
    starts = spread_start(values, weight, choice["centres"], np.random.default_rng(seed))
    return FittedKMeans(scaled.names, scaled.scale, centred(values, weight, starts, rounds))


class KMeansModel:
    """Far from every typical customer."""

    label_en = "K-means distance"
    label_zh = "K均值距离"
    settings = KMeansSettings
    file = "fitted/k_means.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = False

    def suggest(self, trial: Trial, settings: KMeansSettings) -> Choice:
        """Draw a number of centres."""
        return draw_choice(trial, settings)

    def learner(self, examples: Examples, settings: KMeansSettings, seed: int) -> ScaledLearner:
        """The examples on their scale."""
        return ScaledLearner(Scaled.of(examples), partial(_fit_on, rounds=settings.rounds, seed=seed))

    def fit(self, examples: Examples, choice: Choice, settings: KMeansSettings, seed: int) -> Fitted:
        """Find the centres."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedKMeans:
        """Read the centres."""
        tensors, told = load_tensors(path)
        scale = Scale(tensors["mean"], tensors["spread"])
        return FittedKMeans(tuple(told["names"]), scale, tensors["centres"])


MODELS.register("k_means")(KMeansModel())
