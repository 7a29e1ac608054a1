"""A forest as arrays of its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Nodes:
    """The nodes of all trees, one tree behind the other.

    ``roots`` has shape (trees,), all else shape (nodes,). A leaf is its own ``left`` and
    ``right``; ``worth`` is what it adds to a score.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    is_missing_left: np.ndarray
    worth: np.ndarray

    @classmethod
    def of(cls, trees: Sequence[Any], worths: Sequence[np.ndarray]) -> Nodes:
        """Of scikit-learn's low-level trees (``tree_``), with the worth of each one's nodes."""
        counts = [tree.node_count for tree in trees]
        roots = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32)

        def children(side: str) -> np.ndarray:
            mine = []
            for root, tree in zip(roots, trees, strict=True):
                child = getattr(tree, f"children_{side}")
                mine.append(np.where(child < 0, np.arange(len(child)), child) + root)
            return np.concatenate(mine).astype(np.int32)

        def joined(name: str, kind: Any) -> np.ndarray:
            return np.concatenate([getattr(tree, name) for tree in trees]).astype(kind)

        return cls(
            roots,
            np.maximum(joined("feature", np.int32), 0),  # a leaf looks at none
            _not_above(joined("threshold", np.float64)),
            children("left"),
            children("right"),
            joined("missing_go_to_left", np.bool_),
            np.concatenate(worths).astype(np.float64),
        )

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean worth of the leaves that each row of ``values`` (n, features) reaches; shape (n,)."""
        from models.zoo.forests.walk import summed_leaves

        total = summed_leaves(values, self.roots, self._records, self.is_missing_left, self.worth)
        return total / len(self.roots)

    @cached_property
    def _records(self) -> np.ndarray:
        columns = (self.threshold, self.feature, self.left, self.right)
        names = ("threshold", "feature", "left", "right")
        return np.rec.fromarrays(columns, names=names)  # type: ignore[call-overload]

    def tensors(self) -> dict[str, np.ndarray]:
        """The arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _not_above(threshold: np.ndarray) -> np.ndarray:
    """The largest float32 numbers that are not above; a float32 value is below the one as below the other."""
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)
