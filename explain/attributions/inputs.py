"""What is explained: subjects with all that models read of them, and the models themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.results.stack import Stack
from models.zoo import MODELS, Choice, Examples

if TYPE_CHECKING:
    from models.zoo.gnn.shown import ShownSubjects

LINE_MODEL, GRAPH_MODEL = "sequence", "gnn"  # networks that read more than features


@dataclass(frozen=True)
class AttributeInputs:
    """Subjects with all that models read of them, and who of them is explained.

    ``subjects`` are rows of Split, ``examples`` theirs; ``of_ranker`` holds rows of them by
    ranker, ``ordinary`` those of the background, ``parties_of`` those whose parties are ranked.
    ``places`` are the stack's alerts with the places that its parts give them; ``train``,
    ``choice`` and ``settings`` are what the explained model was fitted with.
    """

    explained: str
    flow_edges: int
    subjects: pd.DataFrame
    examples: Examples
    kind: np.ndarray
    family: list[str]
    of_ranker: dict[str, np.ndarray]
    ordinary: np.ndarray
    parties_of: np.ndarray
    fitted: dict[str, Any]
    stack: Stack
    places: pd.DataFrame
    train: Examples
    choice: Choice
    settings: Any

    def twin(self) -> Any:
        """The explained model fitted to the same rows with another seed."""
        return MODELS[self.explained].fit(self.train, self.choice, self.settings, self.settings.seed + 1)

    @cached_property
    def shown(self) -> ShownSubjects:
        """What the graph network is shown of all subjects, in their order."""
        from explain.attributions.networks import shown_in_order

        return shown_in_order(self.fitted[GRAPH_MODEL], self.examples)
