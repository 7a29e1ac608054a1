"""Principal components: a subject is unusual by how much of it the common directions leave out.

Nothing is learnt from labels. They choose between numbers of components, by the same recall at
the budget as for every model.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from parameters import CountRange


class PcaSettings(ModelSettings):
    """Section ``models.pca``: search range of the number of components."""

    components: CountRange


def principal_directions(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weighted mean (features,) and the directions (features, features), of most variance first.

    Sums are taken in float64: in float32 the first variances of columns far from zero are wrong.
    """
    mass = weight / weight.sum()
    centre, products = np.zeros(values.shape[1]), np.zeros((values.shape[1], values.shape[1]))
    for start in range(0, len(values), ROWS_AT_A_TIME):
        block = values[start : start + ROWS_AT_A_TIME].astype(np.float64)
        mine = mass[start : start + ROWS_AT_A_TIME]
        centre += mine @ block
        products += (block * mine[:, None]).T @ block
    _, directions = np.linalg.eigh(products - np.outer(centre, centre))
    return centre, directions[:, ::-1]


@dataclass(frozen=True)
class FittedPca:
    """The centre (features,) of scaled features and the common directions (features, components)."""

    names: tuple[str, ...]
    scale: Scale
    centre: np.ndarray
    directions: np.ndarray

    def scores(self, examples: Examples) -> np.ndarray:
        """Squared distance of each subject from its image in the common directions; shape (n,)."""
        return by_block(examples.features, self.names, self._left_out)

    def _left_out(self, features: np.ndarray) -> np.ndarray:
        values = self.scale(features) - self.centre
        return (values**2).sum(axis=1) - ((values @ self.directions) ** 2).sum(axis=1)

    def save(self, path: Path) -> None:
        """Write safetensors."""
        tensors = {
            "mean": self.scale.mean,
            "spread": self.scale.spread,
            "centre": self.centre,
            "directions": self.directions,
        }
        save_tensors(path, tensors, {"names": self.names})


def _fit_on(scaled: Scaled, choice: Choice) -> FittedPca:
    centre, directions = principal_directions(scaled.values, scaled.examples.weight)
    return FittedPca(scaled.names, scaled.scale, centre, directions[:, : choice["components"]])


class PcaModel:
    """Reconstruction error: what does not fit into the ways in which customers commonly differ."""

    label_en = "PCA reconstruction"
    label_zh = "主成分重构误差"
    settings = PcaSettings
    file = "fitted/pca.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = False

    def suggest(self, trial: Trial, settings: PcaSettings) -> Choice:
        """Draw a number of components."""
        return draw_choice(trial, settings)

    def learner(self, examples: Examples, settings: PcaSettings, seed: int) -> ScaledLearner:  # noqa: ARG002
        """The examples on their scale; nothing is drawn."""
        return ScaledLearner(Scaled.of(examples), _fit_on)

    def fit(self, examples: Examples, choice: Choice, settings: PcaSettings, seed: int) -> Fitted:
        """Find the common directions."""
        return self.learner(examples, settings, seed).fit(choice)

    def load(self, path: Path) -> FittedPca:
        """Read centre and directions."""
        tensors, told = load_tensors(path)
        scale = Scale(tensors["mean"], tensors["spread"])
        return FittedPca(tuple(told["names"]), scale, tensors["centre"], tensors["directions"])


MODELS.register("pca")(PcaModel())
