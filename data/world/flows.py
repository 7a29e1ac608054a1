"""Intended payments as arrays, before the ledger decides which of them settle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from data.schema import CHANNELS, PURPOSES

CHANNEL = {name: code for code, name in enumerate(CHANNELS)}
PURPOSE = {name: code for code, name in enumerate(PURPOSES)}
NOWHERE = -1
NO_SCHEME = -1
# What a payment is to a plan: it makes its shape, spends its proceeds, or is life and no part of any.
SHAPE, PROCEEDS, LIFE = range(3)


def _column(value: np.ndarray | float, size: int, dtype: type) -> np.ndarray:
    """An array of ``size`` values: the array given, or one value as often."""
    if isinstance(value, np.ndarray) and value.shape == (size,):
        return np.ascontiguousarray(value, dtype)
    filled: np.ndarray = np.empty(size, dtype)
    filled[:] = value
    return filled


@njit(cache=True, nogil=True)
def whole_cents(yuan: np.ndarray) -> np.ndarray:
    """Whole cents, at least one. Shape (n,), as ``yuan``."""
    cents = np.empty(len(yuan), np.int64)
    for i in range(len(yuan)):
        cents[i] = np.int64(max(np.rint(yuan[i] * 100), 1.0))
    return cents


@dataclass(frozen=True)
class Flow:
    """Intended payments; every array has shape (n,).

    Accounts are positions in the population. ``at`` is UTC microseconds, ``amount``
    cents, ``city`` a code or -1, ``scheme`` a scheme number or -1, and ``part`` what the
    payment is to that scheme: SHAPE, PROCEEDS or LIFE, which belongs to none.
    """

    at: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    amount: np.ndarray
    channel: np.ndarray
    purpose: np.ndarray
    city: np.ndarray
    scheme: np.ndarray
    part: np.ndarray

    @classmethod
    def of(
        cls,
        at: np.ndarray,
        payer: np.ndarray,
        payee: np.ndarray,
        yuan: np.ndarray,
        channel: str | np.ndarray,
        purpose: str | np.ndarray,
        city: np.ndarray | int = NOWHERE,
    ) -> Flow:
        """Payments of life with amounts in yuan, at least one cent; channel and purpose by name or code."""
        size = len(at)
        return cls(
            at=_column(at, size, np.int64),
            payer=_column(payer, size, np.int32),
            payee=_column(payee, size, np.int32),
            amount=whole_cents(_column(yuan, size, np.float64)),
            channel=_column(CHANNEL[channel] if isinstance(channel, str) else channel, size, np.int8),
            purpose=_column(PURPOSE[purpose] if isinstance(purpose, str) else purpose, size, np.int8),
            city=_column(city, size, np.int16),
            scheme=_column(NO_SCHEME, size, np.int32),
            part=_column(LIFE, size, np.int8),
        )

    @classmethod
    def concat(cls, parts: list[Flow]) -> Flow:
        """All payments of several flows, in the order given."""
        return cls(*map(np.concatenate, zip(*(part.columns() for part in parts), strict=True)))

    def take(self, index: np.ndarray | slice) -> Flow:
        """The payments at ``index`` (positions, a mask or a slice)."""
        if isinstance(index, np.ndarray) and index.dtype == bool:
            index = np.flatnonzero(index)  # a mask is counted once, not for every array
        return Flow(*[column[index] for column in self.columns()])

    def columns(self) -> tuple[np.ndarray, ...]:
        """The arrays, in the order in which they are declared."""
        return (
            self.at,
            self.payer,
            self.payee,
            self.amount,
            self.channel,
            self.purpose,
            self.city,
            self.scheme,
            self.part,
        )

    def in_order(self) -> Flow:
        """Payments by time; equal moments keep the order in which they were drawn."""
        return self.take(np.argsort(self.at, kind="stable"))

    def __len__(self) -> int:
        return len(self.at)
