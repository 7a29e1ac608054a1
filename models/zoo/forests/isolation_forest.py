"""An isolation forest: a subject is unusual by how few random cuts leave it alone.

Nothing is learnt from labels. They choose between numbers of rows, by the same recall at the
budget as for every model. Gaps are filled on the scale of the others: a forest that sees whole
rows would take an empty one for the most ordinary of all.
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
from models.zoo.forests.nodes import Nodes
from models.zoo.scaling import Scale, Scaled, ScaledLearner, by_block, load_tensors, save_tensors
from parameters import CountRange, TreeCount


class IsolationForestSettings(ModelSettings):
    """Section ``models.isolation_forest``: trees, and the search range of the rows of each."""

    trees: TreeCount
    rows: CountRange


def further_cuts(rows: np.ndarray) -> np.ndarray:
    """Cuts that on average would have told so many rows apart; shape as given (Liu et al. 2008)."""
    count = np.maximum(rows, 2).astype(np.float64)
    many = 2 * (np.log(np.maximum(count - 1, 1)) + np.euler_gamma) - 2 * (count - 1) / count
    return np.where(rows <= 1, 0.0, np.where(rows == 2, 1.0, many))


@dataclass(frozen=True)
class FittedIsolationForest:
    """Trees whose leaves hold the number of cuts that lead to them."""

    names: tuple[str, ...]
    scale: Scale
    nodes: Nodes
    threads: int

    def scores(self, examples: Examples) -> np.ndarray:
        """Minus the mean number of cuts by subject: the fewer, the more unusual; shape (n,)."""
        return by_block(
            examples.features,
            self.names,
            lambda features: -self.nodes.mean(self.scale(features)),
            self.threads,
        )

    def save(self, path: Path) -> None:
        """Write safetensors."""
        tensors = {"mean": self.scale.mean, "spread": self.scale.spread, **self.nodes.tensors()}
        save_tensors(path, tensors, {"names": self.names, "threads": self.threads})


def _fit_on(scaled: Scaled, choice: Choice, settings: IsolationForestSettings, seed: int) -> Fitted:
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(
        n_estimators=settings.trees,
        max_samples=min(choice["rows"], len(scaled.values)),
        random_state=seed,
    )
    forest.fit(scaled.values, sample_weight=scaled.examples.weight)  # a row's chance to be drawn
    trees = [grown.tree_ for grown in forest.estimators_]
    cuts = [tree.compute_node_depths() - 1 + further_cuts(tree.n_node_samples) for tree in trees]
    return FittedIsolationForest(scaled.names, scaled.scale, Nodes.of(trees, cuts), settings.threads)


class IsolationForestModel:
    """Random cuts through few rows: the common ones need many, a lonely one few."""

    label_en = "Isolation forest"
    label_zh = "孤立森林"
    settings = IsolationForestSettings
    file = "fitted/isolation_forest.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = False

    def suggest(self, trial: Trial, settings: IsolationForestSettings) -> Choice:
        """Draw how many rows a tree sees."""
        return draw_choice(trial, settings)

    def learner(self, examples: Examples, settings: IsolationForestSettings, seed: int) -> ScaledLearner:
        """The examples on their scale."""
        return ScaledLearner(Scaled.of(examples), partial(_fit_on, settings=settings, seed=seed))

    def fit(self, examples: Examples, choice: Choice, settings: IsolationForestSettings, seed: int) -> Fitted:
        """Grow the trees."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedIsolationForest:
        """Read scale and nodes."""
        tensors, told = load_tensors(path)
        scale = Scale(tensors.pop("mean"), tensors.pop("spread"))
        return FittedIsolationForest(tuple(told["names"]), scale, Nodes(**tensors), told["threads"])


MODELS.register("isolation_forest")(IsolationForestModel())
