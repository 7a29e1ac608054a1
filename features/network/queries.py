"""What is asked: parties as of moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Queries:
    """Parties as of moments, in order of time; shapes (queries,).

    ``party`` is the node of each query, ``until`` its moment in microseconds, ``place`` where
    its answer belongs among all answers.
    """

    party: np.ndarray
    until: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, node: np.ndarray, as_of: np.ndarray, place: np.ndarray | None = None) -> Queries:
        """Queries in order of ``as_of``, answered in that order unless ``place`` says otherwise.

        Raises
        ------
        ValueError
            where they are not in order: the kernels go through time once
        """
        if (as_of[1:] < as_of[:-1]).any():
            raise ValueError("expected queries in order of time")
        place = np.arange(len(node)) if place is None else place
        return cls(node.astype(np.int32), as_of.astype(np.int64), place.astype(np.int32))

    def __len__(self) -> int:
        return len(self.party)
