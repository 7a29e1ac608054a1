"""Intended payments of one plan as they are drawn, one call after the other, and as one Flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.world.flows import CHANNEL, NO_SCHEME, PURPOSE, Flow, whole_cents

# at, payer, payee, yuan (numbers or arrays of one size), channel, occasion, city
Payment = tuple[
    "np.ndarray | int", "np.ndarray | int", "np.ndarray | int", "np.ndarray | float", int, int, int
]


@dataclass
class Spender:
    """Who spends proceeds of a scheme: account, from when, until when, how much more, cents left."""

    account: int
    from_us: int
    until_us: int
    growth: float
    left: int


def enter(
    payments: list[Payment],
    at: np.ndarray | int,
    payer: np.ndarray | int,
    payee: np.ndarray | int,
    yuan: np.ndarray | float,
    channel: str,
    purpose: str,
    city: int,
) -> None:
    """Enter one intended payment, or many of one kind; nothing where one of the arrays is empty."""
    if _size(at) and _size(payer) and _size(payee) and _size(yuan):
        payments.append((at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city))


def _size(value: np.ndarray | float) -> int:
    """Numbers in an array, 1 for a number; without the ceremony of numpy, since it is asked very often."""
    return int(getattr(value, "size", 1))


def in_cents(yuan: np.ndarray | float) -> np.ndarray:
    """Whole cents, at least one. Shape of ``yuan``."""
    return np.maximum(np.rint(np.asarray(yuan, np.float64) * 100), 1).astype(np.int64)


def as_flow(payments: list[Payment], scheme: np.ndarray | None = None) -> Flow:
    """Payments as one Flow; built once for all, because a small array costs as much as a large one.

    ``scheme``, shape (len(payments),), is the number of the scheme of each call.
    """
    sizes = [max(map(_size, payment[:4])) for payment in payments]
    count, is_many = sum(sizes), any(size > 1 for size in sizes)
    whole = np.array([payment[4:] for payment in payments], np.int64).reshape(-1, 3)
    number = np.full(len(payments), NO_SCHEME) if scheme is None else scheme

    def spread(values: np.ndarray, dtype: type) -> np.ndarray:
        return (np.repeat(values, sizes) if is_many else values).astype(dtype)

    def column(place: int, dtype: type) -> np.ndarray:
        values = [payment[place] for payment in payments]
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
    )


def _is_plain(value: np.ndarray | float) -> bool:
    return not isinstance(value, np.ndarray)
