"""Statistics of lines: what the kernels need is laid out, and they are asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import MINUTE_US
from features.line.kernel import COLUMNS, Payments, link, measure_lines, tell


def neighbours(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows before and after each one that have the same value, -1 and n where none has; shape (n,)."""
    key, keys = pd.factorize(values)
    before, after = np.full(len(key), -1), np.full(len(key), len(key))
    link(key, np.full(len(keys), -1), before, after)
    return before, after


def statistics(
    first: np.ndarray,
    end: np.ndarray,
    as_of: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    counterparty: np.ndarray,
    is_new: np.ndarray,
    hour: np.ndarray,
    burst_us: int,
    pass_us: int,
    kept_low: float,
    kept_high: float,
) -> np.ndarray:
    """Statistics of each line, shape (lines, len(COLUMNS)); NaN for fewer than two payments.

    Parameters
    ----------
    first, end, as_of : shape (lines,), rows of the line and the moment asked about (µs)
    at, cents, is_credit, counterparty, is_new, hour : the events, shape (n,) each
    burst_us : a gap up to this counts as a burst
    pass_us : how long after a receipt a payment out may pass it on
    kept_low, kept_high : share of the receipt that such a payment has
    """
    size = len(at)
    at, cents = (np.require(column, np.int64, ("C", "W")) for column in (at, cents))
    is_credit = np.require(is_credit, bool, ("C", "W"))
    numbers, digits, places = (
        np.empty((3, size)),
        np.empty((2, size), np.uint8),
        np.empty((2, size), np.int64),
    )
    same = [*neighbours(cents), *neighbours(counterparty)]
    told = Payments(*numbers, *digits, *places, *same)
    tell(at, cents, is_credit, pass_us, kept_low, kept_high, told)
    lines = [np.array(column, np.int64) for column in (first, end, as_of)]
    result = np.full((len(first), len(COLUMNS)), np.nan)
    counts = (np.empty(places, np.int64) for places in (24, 10, 9, size))
    events = at, is_credit, *(np.require(column, np.uint8, ("C", "W")) for column in (is_new, hour))
    measure_lines(*lines, *events, told, burst_us / MINUTE_US, *counts, np.empty(size), result)
    return result
