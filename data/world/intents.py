"""Intended payments of one plan as they are drawn, one call after the other, and as one Flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.world.flows import CHANNEL, NO_SCHEME, PURPOSE, Flow

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
    if all(np.size(value) for value in (at, payer, payee, yuan)):
        payments.append((at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city))


def in_cents(yuan: np.ndarray | float) -> np.ndarray:
    """Whole cents, at least one. Shape of ``yuan``."""
    return np.maximum(np.round(np.asarray(yuan, np.float64) * 100), 1).astype(np.int64)


def as_flow(payments: list[Payment], scheme: np.ndarray | None = None) -> Flow:
    """Payments as one Flow; built once for all, because a small array costs as much as a large one.

    ``scheme``, shape (len(payments),), is the number of the scheme of each call.
    """
    sizes = [max(np.size(value) for value in payment[:4]) for payment in payments]

    def column(place: int, dtype: type) -> np.ndarray:
        if not payments:
            return np.empty(0, dtype)
        parts = [
            np.full(size, value) if np.size(value) == 1 else np.asarray(value)
            for size, value in zip(sizes, (payment[place] for payment in payments), strict=True)
        ]
        return np.concatenate(parts).astype(dtype)

    whole = [np.repeat(np.array([p[place] for p in payments], np.int64), sizes) for place in (4, 5, 6)]
    number = np.full(len(payments), NO_SCHEME) if scheme is None else scheme
    return Flow(
        at=column(0, np.int64),
        payer=column(1, np.int32),
        payee=column(2, np.int32),
        amount=in_cents(column(3, np.float64)),
        channel=whole[0].astype(np.int8),
        purpose=whole[1].astype(np.int8),
        city=whole[2].astype(np.int16),
        scheme=np.repeat(number, sizes).astype(np.int32),
    )
