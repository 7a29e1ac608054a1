"""Kinds of the accounts' holders, a byte each; a large world has millions of accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.schema import HOLDER_KINDS

_NAMES = np.array(HOLDER_KINDS)


@dataclass(frozen=True)
class Holders:
    """Who holds each account: ``code`` has shape (accounts,), positions in HOLDER_KINDS.

    Asked for some accounts by position it answers with names, of the shape of what it is asked.
    """

    code: np.ndarray

    @classmethod
    def of(cls, names: np.ndarray) -> Holders:
        """Write names as codes."""
        order = np.argsort(_NAMES, kind="stable")
        return cls(order[np.searchsorted(_NAMES[order], names)].astype(np.int8))

    def __getitem__(self, place: np.ndarray | list[int] | int | slice) -> np.ndarray:
        """Names of the kinds of some accounts."""
        return np.asarray(_NAMES[self.code[place]])

    def are(self, *kinds: str) -> np.ndarray:
        """Shape (accounts,), true where the holder is of one of some kinds."""
        return np.isin(self.code, [HOLDER_KINDS.index(kind) for kind in kinds])
