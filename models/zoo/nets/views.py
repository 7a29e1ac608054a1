"""What a network is shown of examples, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import torch
from torch import Tensor

from models.zoo import Examples, PaymentLines
from models.zoo.nets.lines import SEEN, LineStretch
from models.zoo.scaling import Scale

BLOCK = 16_384  # rows scored at a time; bounds the memory


class View(Protocol):
    """Examples as inputs of a network."""

    @property
    def together(self) -> np.ndarray:
        """Rows of one number share work, so that they come in one step; shape (n,)."""

    def __call__(self, rows: np.ndarray) -> tuple[Tensor, ...]:
        """The inputs of some rows."""

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows, some at a time."""

    def kept(self) -> Self:
        """The same, with what every pass over the rows asks for made once."""


@dataclass(frozen=True)
class FeatureView:
    """The features on one scale; ``values`` (n, features) holds those of all rows, if they are kept."""

    examples: Examples
    scale: Scale
    values: np.ndarray | None = None

    @property
    def together(self) -> np.ndarray:
        """Each row stands alone."""
        return np.arange(len(self.examples.label))

    def __call__(self, rows: np.ndarray) -> tuple[Tensor, ...]:
        """Scaled features, shape (rows, features)."""
        kept = self.values
        values = self.scale(self.examples.features.iloc[rows]) if kept is None else kept[rows]
        return (torch.from_numpy(values),)

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows in order."""
        count = len(self.examples.label)
        return (np.arange(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK))

    def kept(self) -> Self:
        """The same with the scaled features of all rows in memory."""
        return replace(self, values=self.scale(self.examples.features))


@dataclass(frozen=True)
class LineView(FeatureView):
    """The features and the lines of payments."""

    @property
    def together(self) -> np.ndarray:
        """Weeks of one customer: most of their payments are the same."""
        return self.examples.customer_id

    @property
    def lines(self) -> PaymentLines:
        """The lines of all rows."""
        if self.examples.lines is None:
            raise ValueError("the sequence network needs the lines of payments")
        return self.examples.lines

    def __call__(self, rows: np.ndarray) -> tuple[Tensor, ...]:
        """Scaled features, and the stretch of payments in which the lines of the rows lie."""
        stretch = LineStretch.of(self.lines, self.examples.customer_id[rows], rows, SEEN)
        return (*super().__call__(rows), *stretch.tensors())

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows, customer by customer."""
        order = np.argsort(self.examples.customer_id, kind="stable")
        return (order[first : first + BLOCK] for first in range(0, len(order), BLOCK))
