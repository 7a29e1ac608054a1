"""A random forest on the features as they are, gaps included."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Anew,
    Choice,
    Examples,
    ModelSettings,
    Trial,
    by_row,
    draw_choice,
    emphasised,
    learnable,
)
from models.zoo.forests.nodes import Nodes
from models.zoo.scaling import by_block, in_learnt_order, load_tensors, save_tensors
from parameters import CountRange, Part, PartRange, PositiveRange, TreeCount


class RandomForestSettings(ModelSettings):
    """Section ``models.random_forest``: trees, rows drawn for each, and search ranges, low and high.

    ``drawn_share`` is of the training rows.
    """

    trees: TreeCount
    drawn_share: Part
    min_samples_leaf: CountRange
    max_features: PartRange
    positive_weight: PositiveRange


@dataclass(frozen=True)
class FittedRandomForest:
    """Trees whose leaves hold beliefs; scores are their means, from 0 to 1."""

    names: tuple[str, ...]
    nodes: Nodes
    threads: int

    def scores(self, examples: Examples) -> np.ndarray:
        """Mean belief by subject, shape (n,)."""
        return by_block(examples.features, self.names, self.nodes.mean, self.threads)

    def save(self, path: Path) -> None:
        """Write safetensors."""
        save_tensors(path, self.nodes.tensors(), {"names": self.names, "threads": self.threads})


class RandomForestModel:
    """Trees on rows drawn by their weight, each split chosen among some of the features.

    A regression on beliefs: on labels of 0 and 1 its splits are those of Gini's impurity, and
    a belief between them needs no row of each kind. Since scikit-learn 1.9 a weight is a
    row's chance to be drawn, so that "balanced" weights would fill half of every tree with
    the same few suspicious rows and leave none of them out; ``positive_weight`` stays small.
    """

    label_en = "Random forest"
    label_zh = "随机森林"
    settings = RandomForestSettings
    file = "fitted/random_forest.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = True

    def suggest(self, trial: Trial, settings: RandomForestSettings) -> Choice:
        """Draw one choice of hyper-parameters."""
        return draw_choice(trial, settings, linear=("max_features",))

    def learner(self, examples: Examples, settings: RandomForestSettings, seed: int) -> Anew:
        """The examples by row, as scikit-learn reads them."""
        return Anew(self, by_row(examples), settings, seed)

    def fit(
        self, examples: Examples, choice: Choice, settings: RandomForestSettings, seed: int
    ) -> FittedRandomForest:
        """Grow the trees."""
        from sklearn.ensemble import RandomForestRegressor

        names = tuple(map(str, learnable(examples).features.columns))
        forest = RandomForestRegressor(
            n_estimators=settings.trees,
            max_samples=max(1, round(settings.drawn_share * len(examples.label))),
            min_samples_leaf=choice["min_samples_leaf"],
            max_features=choice["max_features"],
            n_jobs=settings.threads,
            random_state=seed,
        )
        values = np.array(in_learnt_order(examples.features, names))  # pandas' own are read-only
        forest.fit(values, examples.label, emphasised(examples, choice["positive_weight"]))
        trees = [grown.tree_ for grown in forest.estimators_]
        return FittedRandomForest(
            names, Nodes.of(trees, [tree.value[:, 0, 0] for tree in trees]), settings.threads
        )

    def load(self, path: Path) -> FittedRandomForest:
        """Read the nodes."""
        tensors, told = load_tensors(path)
        return FittedRandomForest(tuple(told["names"]), Nodes(**tensors), told["threads"])


MODELS.register("random_forest")(RandomForestModel())
