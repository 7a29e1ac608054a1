"""What is asked: parties as of moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.network.multigraph import by_node


@dataclass(frozen=True)
class Queries:
    """Parties as of moments, by party and time; shapes (queries,).

    ``row`` is the place of each query in the order in which it was asked, ``party`` its node,
    ``until`` its moment in microseconds.
    """

    row: np.ndarray
    party: np.ndarray
    until: np.ndarray

    @classmethod
    def of(cls, node: np.ndarray, as_of: np.ndarray, nodes: int) -> Queries:
        """Put queries in order, which were asked in order of ``as_of``."""
        first, row = by_node(node, nodes)
        return cls(row, np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first)), as_of[row])

    def __len__(self) -> int:
        return len(self.row)
