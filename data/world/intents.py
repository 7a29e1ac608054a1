"""Intended payments of one plan as they are drawn, one call after the other, and as one Flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.world.flows import NO_SCHEME, Flow, whole_cents


class Intent(NamedTuple):
    """One intended payment, or many of one kind: numbers or arrays of one size, then what all share.

    ``channel`` and ``occasion`` are codes, ``city`` one or -1, ``part`` is SHAPE, PROCEEDS or LIFE.
    """

    at: np.ndarray | int
    payer: np.ndarray | int
    payee: np.ndarray | int
    yuan: np.ndarray | float
    channel: int
    occasion: int
    city: int
    part: int

    @property
    def is_empty(self) -> bool:
        """Whether one of the arrays is empty, so that there is nothing to pay."""
        return not all(map(_size, self[:4]))


@dataclass
class Spender:
    """Who spends proceeds of a scheme: account, from when, until when, how much more, cents left."""

    account: int
    from_us: int
    until_us: int
    growth: float
    left: int


def _size(value: np.ndarray | float) -> int:
    """Numbers in an array, 1 for a number; without the ceremony of numpy, since it is asked very often."""
    return int(getattr(value, "size", 1))


def in_cents(yuan: np.ndarray | float) -> np.ndarray:
    """Whole cents, at least one. Shape of ``yuan``."""
    return np.maximum(np.rint(np.asarray(yuan, np.float64) * 100), 1).astype(np.int64)


def as_flow(intents: list[Intent], scheme: np.ndarray | None = None) -> Flow:
    """Payments as one Flow; built once for all, because a small array costs as much as a large one.

    ``scheme``, shape (len(intents),), is the number of the scheme of each intent.
    """
    sizes = [max(map(_size, intent[:4])) for intent in intents]
    count, is_many = sum(sizes), any(size > 1 for size in sizes)
    whole = np.array([intent[4:] for intent in intents], np.int64).reshape(-1, 4)
    number = np.full(len(intents), NO_SCHEME) if scheme is None else scheme

    def spread(values: np.ndarray, dtype: type) -> np.ndarray:
        return (np.repeat(values, sizes) if is_many else values).astype(dtype)

    def column(place: int, dtype: type) -> np.ndarray:
        values = [intent[place] for intent in intents]
        if not is_many:
            return np.array([value if _is_plain(value) else np.ravel(value)[0] for value in values], dtype)
        filled: np.ndarray = np.empty(count, dtype)
        end = 0
        for value, size in zip(values, sizes, strict=True):
            filled[end : end + size] = value
            end += size
        return filled

    return Flow(
        at=column(0, np.int64),
        payer=column(1, np.int32),
        payee=column(2, np.int32),
        amount=whole_cents(column(3, np.float64)),
        channel=spread(whole[:, 0], np.int8),
        purpose=spread(whole[:, 1], np.int8),
        city=spread(whole[:, 2], np.int16),
        scheme=spread(number, np.int32),
        part=spread(whole[:, 3], np.int8),
    )


def _is_plain(value: np.ndarray | float) -> bool:
    return not isinstance(value, np.ndarray)
