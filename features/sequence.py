"""The continuous line: each customer's payments as tokens, and statistics of its last part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import exp2

import pipeline
from data.asof import Events
from data.schema import DAY_US, HOUR_US, MINUTE_US
from features import line
from parameters import Days, Hours, KeptRange

STEPS_PER_DOUBLING = 4  # of the amount's bucket: 0.01 to a billion yuan in 120 steps


class Line(pipeline.Parameters):
    """Section ``build.line`` of params.yaml."""

    length: int = Field(ge=2, le=10_000)
    days: Days
    burst_minutes: int = Field(ge=1, le=1_000_000)
    pass_hours: Hours
    pass_kept: KeptRange


def _bucket(values: np.ndarray, steps: int = 1) -> np.ndarray:
    """Whole steps of the binary logarithm of ``values + 1``, at most 255."""
    edges = exp2(np.arange(1, 256) / steps)
    return np.searchsorted(edges, np.maximum(values, 0) + 1, side="right").astype(np.uint8)


def new_meetings(events: Events, known_days: int) -> np.ndarray:
    """1 where a customer did not meet the counterparty in ``known_days`` before; shape (n,)."""
    met, _ = line.neighbours(events.counterparty)
    is_known = (met >= events.starts[events.customer]) & (events.at - events.at[met] <= known_days * DAY_US)
    return (~is_known).astype(np.uint8)


def hours_of(events: Events, origin_us: int) -> np.ndarray:
    """Local hour of each event; ``origin_us`` is a local midnight. Shape (n,)."""
    return ((events.at - origin_us) % DAY_US // HOUR_US).astype(np.uint8)


def tokens(events: Events, customer_id: np.ndarray, origin_us: int, known_days: int) -> pd.DataFrame:
    """The Sequences table. Each token depends on its own and earlier events only.

    One byte a column and two for the day: about ten bytes a payment before compression.
    A counterparty not met in ``known_days`` is new: "never met" would become rarer with
    every week of history, and a model would learn the calendar.
    """
    gap = np.zeros(len(events), np.int64)
    gap[1:] = np.where(events.customer[1:] == events.customer[:-1], np.diff(events.at), 0)
    day = (events.at - origin_us) // DAY_US
    return pd.DataFrame(
        {
            "customer_id": customer_id[events.customer],
            "day": day.astype(np.int16),
            "weekday": (day % 7).astype(np.uint8),
            "hour": hours_of(events, origin_us),
            "amount_bucket": _bucket(events.cents / 100, STEPS_PER_DOUBLING),
            "gap_bucket": _bucket(gap / MINUTE_US, STEPS_PER_DOUBLING),
            "direction": events.is_credit.astype(np.uint8),
            "channel": events.channel.astype(np.uint8),
            "counterparty_kind": events.holder.astype(np.uint8),
            "is_new": new_meetings(events, known_days),
        }
    )


def line_statistics(
    events: Events, is_new: np.ndarray, hour: np.ndarray, subjects: pd.DataFrame, params: Line
) -> pd.DataFrame:
    """Sequence features by subject, columns as in `LINE`."""
    low, high = params.pass_kept
    values = line.statistics(
        subjects["token_first"].to_numpy(),
        subjects["token_end"].to_numpy(),
        subjects["as_of"].astype("int64").to_numpy(),
        events.at,
        events.cents,
        events.is_credit,
        events.counterparty,
        is_new,
        hour,
        params.burst_minutes * MINUTE_US,
        params.pass_hours * HOUR_US,
        low,
        high,
    )
    return pd.DataFrame(values.astype(np.float32), columns=list(line.COLUMNS))
