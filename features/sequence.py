"""The continuous line: each customer's payments as tokens, and statistics of its last part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import exp2

import pipeline
from data.asof import Events
from data.schema import DAY_US, HOUR_US
from features import line
from features.catalogue import Feature
from parameters import Days, Hours, KeptRange

MINUTE_US = HOUR_US // 60
STEPS_PER_DOUBLING = 4  # of the amount's bucket: 0.01 to a billion yuan in 120 steps


class Line(pipeline.Parameters):
    """Section ``build.line`` of params.yaml."""

    length: int = Field(ge=2, le=10_000)
    days: Days
    burst_minutes: int = Field(ge=1, le=1_000_000)
    pass_hours: Hours
    pass_kept: KeptRange


def _feature(name: str, label_en: str, label_zh: str, unit: str, source: str, family: str) -> Feature:
    return Feature(name, label_en, label_zh, unit, family, "sequence", source, "line")


FEATURES = [
    _feature(*words)
    for words in (
        (
            "line_payment_count",
            "Payments in the line",
            "流水长度(笔数)",
            "count",
            "profile tags: sequence input",
            "sequence",
        ),
        (
            "line_span_days",
            "Days that the line spans",
            "流水跨越天数",
            "days",
            "profile tags: sequence input",
            "sequence",
        ),
        (
            "line_silent_days",
            "Days since the last payment",
            "距最近一笔交易天数",
            "days",
            "rule R08",
            "dormancy",
        ),
        (
            "line_gap_minutes_median",
            "Typical minutes between payments",
            "交易间隔中位数(分钟)",
            "minutes",
            "AMLGentex burstiness",
            "sequence",
        ),
        (
            "line_gap_days_longest",
            "Longest pause within the line",
            "流水中最长停顿天数",
            "days",
            "rule R08",
            "dormancy",
        ),
        (
            "line_burst_share",
            "Share of payments within an hour of the last",
            "一小时内连续交易占比",
            "share",
            "profile tags: burst index",
            "sequence",
        ),
        (
            "line_burstiness",
            "Burstiness of the gaps (-1 regular, 1 bursty)",
            "交易间隔的突发性(-1规律,1突发)",
            "ratio",
            "profile tags: burst index",
            "rhythm",
        ),
        (
            "line_gap_memory",
            "How alike neighbouring gaps are",
            "相邻间隔的相关性",
            "ratio",
            "profile tags: burst index",
            "rhythm",
        ),
        (
            "line_in_then_out_share",
            "Share of receipts followed at once by a payment out",
            "进账后立即出账占比",
            "share",
            "rule R06",
            "sequence",
        ),
        (
            "line_lag_minutes_median",
            "Typical minutes from a receipt to the next payment out",
            "进账到下一笔出账的分钟数中位数",
            "minutes",
            "rule R06",
            "pass_through",
        ),
        (
            "line_passed_on_share",
            "Share of receipts passed on in like amount",
            "进账后以相近金额转出的占比",
            "share",
            "rule R20",
            "pass_through",
        ),
        (
            "line_alternation_share",
            "How often in and out alternate",
            "进出交替占比",
            "share",
            "rule R06",
            "sequence",
        ),
        (
            "line_longest_run_share",
            "Longest run in one direction",
            "同方向连续交易最长占比",
            "share",
            "rule R04",
            "sequence",
        ),
        (
            "line_repeated_amount_share",
            "Share of payments with the amount of an earlier one",
            "重复金额占比",
            "share",
            "rule R17",
            "sequence",
        ),
        (
            "line_top_amount_share",
            "Share of the most common amount",
            "最常见金额占比",
            "share",
            "rule R17",
            "sequence",
        ),
        (
            "line_largest_amount_jump",
            "Largest jump of the amount between payments",
            "金额最大跳变",
            "ratio",
            "SAML-D behavioural change",
            "sequence",
        ),
        (
            "line_new_counterparty_share",
            "Share of payments with a counterparty new to the line",
            "新交易对手占比",
            "share",
            "rule R14",
            "sequence",
        ),
        (
            "line_counterparty_entropy",
            "Spread over counterparties (bits)",
            "交易对手分散度(比特)",
            "ratio",
            "rule R04",
            "sequence",
        ),
        (
            "line_hour_entropy",
            "Spread over the hours of the day (bits)",
            "交易时段分散度(比特)",
            "ratio",
            "profile tags: hour-of-day profile",
            "rhythm",
        ),
        (
            "line_digit_entropy",
            "Spread of the last digit of whole yuan (bits)",
            "金额个位数分散度(比特)",
            "ratio",
            "rule R17",
            "rhythm",
        ),
        (
            "line_benford_distance",
            "Distance of the leading digits from Benford's law",
            "首位数字与本福特定律的距离",
            "ratio",
            "assumption",
            "rhythm",
        ),
        (
            "line_amount_shift",
            "Change point of the amounts (positive: upwards)",
            "金额变点强度(正为上升)",
            "ratio",
            "rule R14",
            "behaviour_change",
        ),
        (
            "line_tempo_shift",
            "Change point of the tempo (positive: faster)",
            "节奏变点强度(正为加快)",
            "ratio",
            "rule R14",
            "behaviour_change",
        ),
    )
]


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
    """Sequence features by subject, columns as in ``FEATURES``."""
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
    return pd.DataFrame(values.astype(np.float32), columns=list(line.COLUMNS))[[f.name for f in FEATURES]]
