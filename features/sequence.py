"""The continuous line: each customer's payments as tokens, and statistics of its last part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numba import njit

from data.asof import Events
from data.schema import DAY_US, HOUR_US
from features.catalogue import Feature

MINUTE_US = HOUR_US // 60

FEATURES = [
    Feature(
        "line_gap_minutes_median",
        "Typical minutes between payments",
        "交易间隔中位数(分钟)",
        "minutes",
        "sequence",
        "sequence",
        "AMLGentex burstiness",
    ),
    Feature(
        "line_burst_share",
        "Share of payments within an hour of the last",
        "一小时内连续交易占比",
        "share",
        "sequence",
        "sequence",
        "domain G burst index",
    ),
    Feature(
        "line_in_then_out_share",
        "Share of receipts followed at once by a payment out",
        "进账后立即出账占比",
        "share",
        "sequence",
        "sequence",
        "domain R06",
    ),
    Feature(
        "line_repeated_amount_share",
        "Share of payments with the amount of an earlier one",
        "重复金额占比",
        "share",
        "sequence",
        "sequence",
        "domain R17",
    ),
    Feature(
        "line_new_counterparty_share",
        "Share of payments with a first-time counterparty",
        "首次交易对手占比",
        "share",
        "sequence",
        "sequence",
        "domain R14",
    ),
    Feature(
        "line_largest_amount_jump",
        "Largest jump of the amount between payments",
        "金额最大跳变",
        "ratio",
        "sequence",
        "sequence",
        "SAML-D behavioural change",
    ),
]


def _bucket(values: np.ndarray) -> np.ndarray:
    return np.minimum(np.floor(np.log2(np.maximum(values, 0) + 1)), 255).astype(np.uint8)


@njit(cache=True)
def _first_meetings(starts: np.ndarray, counterparty: np.ndarray) -> np.ndarray:
    """1 where a customer's event is the first with its counterparty; shape (n,)."""
    is_new = np.zeros(len(counterparty), np.uint8)
    for c in range(len(starts) - 1):
        first, end = starts[c], starts[c + 1]
        order = np.argsort(counterparty[first:end], kind="mergesort")
        for i in range(len(order)):
            if i == 0 or counterparty[first + order[i]] != counterparty[first + order[i - 1]]:
                is_new[first + order[i]] = 1
    return is_new


def tokens(events: Events, customer_id: np.ndarray, origin_us: int) -> pd.DataFrame:
    """The Sequences table. Each token depends on its own and earlier events only."""
    gap = np.zeros(len(events), np.int64)
    gap[1:] = np.where(events.customer[1:] == events.customer[:-1], np.diff(events.at), 0)
    return pd.DataFrame(
        {
            "customer_id": customer_id[events.customer],
            "at": pd.DatetimeIndex(events.at.astype("datetime64[us]"), tz="UTC"),
            "amount_bucket": _bucket(events.cents / 100),
            "gap_bucket": _bucket(gap / MINUTE_US),
            "direction": events.is_credit.astype(np.uint8),
            "channel": events.channel.astype(np.uint8),
            "counterparty_kind": events.holder.astype(np.uint8),
            "is_new": _first_meetings(events.starts, events.counterparty),
            "hour": ((events.at - origin_us) % DAY_US // HOUR_US).astype(np.uint8),
        }
    )


@njit(cache=True)
def _line(
    first: np.ndarray,
    end: np.ndarray,
    at: np.ndarray,
    cents: np.ndarray,
    is_credit: np.ndarray,
    is_new: np.ndarray,
) -> np.ndarray:
    """Statistics of each line ``first:end``, shape (lines, 6), NaN for fewer than two events."""
    result = np.full((len(first), 6), np.nan)
    for q in range(len(first)):
        a, b = first[q], end[q]
        size = b - a
        if size < 2:
            continue
        gaps = np.empty(size - 1)
        burst = receipts = passed = new = 0
        jump = 0.0
        for k in range(a, b):
            new += is_new[k]
            if k + 1 < b:
                gap = (at[k + 1] - at[k]) / 60_000_000
                gaps[k - a] = gap
                burst += gap <= 60
                if is_credit[k]:
                    receipts += 1
                    passed += not is_credit[k + 1]
                jump = max(jump, abs(np.log(cents[k + 1] / cents[k])))
        amounts = np.sort(cents[a:b])
        repeated = 0
        for i in range(1, size):
            repeated += amounts[i] == amounts[i - 1]
        result[q, 0] = np.median(gaps)
        result[q, 1] = burst / (size - 1)
        if receipts:
            result[q, 2] = passed / receipts
        result[q, 3] = repeated / size
        result[q, 4] = new / size
        result[q, 5] = jump
    return result


def line_statistics(
    events: Events, is_new: np.ndarray, token_first: np.ndarray, token_end: np.ndarray
) -> pd.DataFrame:
    """Sequence features by subject, columns as in ``FEATURES``."""
    values = _line(token_first, token_end, events.at, events.cents, events.is_credit, is_new)
    return pd.DataFrame(values.astype(np.float32), columns=[f.name for f in FEATURES])
