"""Ways to learn from the library beside the bank's labels: mixed in, beforehand, or as heads of their own.

Each way is tried for the audit's fixed trees and for a plain net; what it finds is judged by the
truth, which teaches nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.zoo import Examples, with_library
from models.zoo.scaling import Scale

if TYPE_CHECKING:
    from models.truth.heads import Training as Training

Way = Callable[[np.ndarray, int], np.ndarray]  # margins of values (n, columns), from a seed
BANK = "bank"  # from which the gains of a family are measured


@dataclass(frozen=True)
class Books:
    """What may be learnt from: the bank's rows and the library's after them, of the same columns.

    ``typology`` names that of each library row, empty for those of no scheme, shape (library rows,).
    """

    joined: Examples
    bank_rows: int
    typology: np.ndarray

    @classmethod
    def of(cls, train: Examples, typology: np.ndarray, library_weight: float) -> Books:
        """Join a bank's examples, which bring their library, as the zoo does."""
        return cls(with_library(train, library_weight), len(train.label), typology)

    @property
    def bank(self) -> Examples:
        """The bank's rows alone."""
        return some_rows(self.joined, slice(0, self.bank_rows))

    @property
    def library(self) -> Examples:
        """The library's rows alone."""
        return some_rows(self.joined, slice(self.bank_rows, None))

    @property
    def heads(self) -> np.ndarray:
        """Typology by row of ``joined``: None for the bank's, which say nothing of it."""
        return np.concatenate([np.full(self.bank_rows, None, object), self.typology.astype(object)])


def some_rows(examples: Examples, rows: slice) -> Examples:
    """Some rows of examples that read features alone."""
    return replace(
        examples,
        features=examples.features.iloc[rows].reset_index(drop=True),
        customer_id=examples.customer_id[rows],
        as_of=examples.as_of.iloc[rows].reset_index(drop=True),
        label=examples.label[rows],
        weight=examples.weight[rows],
    )


def tree_ways(books: Books, trees: Trees) -> dict[str, Way]:
    """Ways of the fixed trees."""

    def plain(lesson: Examples) -> Way:
        def scores(values: np.ndarray, seed: int) -> np.ndarray:
            learnt = lesson.features.to_numpy()
            grown = fixed_trees.fit(learnt, lesson.label, lesson.weight, trees, seed)
            return fixed_trees.margins(grown, values)

        return scores

    def warmed(values: np.ndarray, seed: int) -> np.ndarray:
        """The bank's trees begin where the library's ended."""
        library, bank = books.library, books.bank
        first = fixed_trees.fit(library.features.to_numpy(), library.label, library.weight, trees, seed)
        learnt = bank.features.to_numpy()
        data = fixed_trees.bins(learnt, trees, seed)
        data.set_init_score(fixed_trees.margins(first, learnt))
        second = fixed_trees.fit_bins(data, bank.label, bank.weight, trees, seed)
        return fixed_trees.margins(first, values) + fixed_trees.margins(second, values)

    return {BANK: plain(books.bank), "mixed": plain(books.joined), "warmed": warmed}


def net_ways(books: Books, auxiliary: float, training: Training) -> dict[str, Way]:
    """Ways of a plain net; in one of them each typology has a head, which counts ``auxiliary``."""
    from models.truth import heads

    scale = Scale.of(books.joined.features)

    def lesson(examples: Examples) -> heads.Lesson:
        return heads.Lesson(examples, np.full(len(examples.label), None, object), 0.0)

    def way(*lessons: heads.Lesson) -> Way:
        def scores(values: np.ndarray, seed: int) -> np.ndarray:
            network = heads.taught(lessons, scale, training, seed)
            return heads.first_margins(network, scale, values)

        return scores

    return {
        BANK: way(lesson(books.bank)),
        "mixed": way(lesson(books.joined)),
        "warmed": way(lesson(books.library), lesson(books.bank)),
        "headed": way(heads.Lesson(books.joined, books.heads, auxiliary)),
    }
