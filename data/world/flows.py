"""Intended payments as arrays, before the ledger decides which of them settle."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from data.schema import CHANNELS, PURPOSES

CHANNEL = {name: code for code, name in enumerate(CHANNELS)}
PURPOSE = {name: code for code, name in enumerate(PURPOSES)}
NOWHERE = -1
NO_SCHEME = -1


@dataclass(frozen=True)
class Flow:
    """Intended payments; every array has shape (n,).

    Accounts are positions in the population. ``at`` is UTC microseconds, ``amount``
    cents, ``city`` a code or -1, ``scheme`` a scheme number or -1.
    """

    at: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    amount: np.ndarray
    channel: np.ndarray
    purpose: np.ndarray
    city: np.ndarray
    scheme: np.ndarray

    @classmethod
    def of(
        cls,
        at: np.ndarray,
        payer: np.ndarray,
        payee: np.ndarray,
        yuan: np.ndarray,
        channel: str,
        purpose: str,
        city: np.ndarray | int = NOWHERE,
    ) -> Flow:
        """Payments of one channel and purpose; amounts in yuan, at least one cent."""
        size = len(at)
        return cls(
            at=at.astype(np.int64),
            payer=np.broadcast_to(payer, size).astype(np.int32),
            payee=np.broadcast_to(payee, size).astype(np.int32),
            amount=np.maximum(np.round(np.broadcast_to(yuan, size) * 100), 1).astype(np.int64),
            channel=np.full(size, CHANNEL[channel], np.int8),
            purpose=np.full(size, PURPOSE[purpose], np.int8),
            city=np.broadcast_to(city, size).astype(np.int16),
            scheme=np.full(size, NO_SCHEME, np.int32),
        )

    @classmethod
    def concat(cls, parts: list[Flow]) -> Flow:
        """All payments of several flows, in the order given."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def take(self, index: np.ndarray | slice) -> Flow:
        """The payments at ``index`` (positions, a mask or a slice)."""
        if isinstance(index, np.ndarray) and index.dtype == bool:
            index = np.flatnonzero(index)  # a mask is counted once, not for every array
        return Flow(*(getattr(self, f.name)[index] for f in fields(self)))

    def in_order(self) -> Flow:
        """Payments by time; equal moments keep the order in which they were drawn."""
        return self.take(np.argsort(self.at, kind="stable"))

    def __len__(self) -> int:
        return len(self.at)
