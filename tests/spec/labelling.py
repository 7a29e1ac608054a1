"""Hits, votes and decisions of a little bank, as tests of labels write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.label import Params
from data.labels.ballots import Ballots
from data.labels.label_models import Settings

ORIGIN = pd.Timestamp("2025-01-06", tz="UTC")  # a Monday
DAY = pd.Timedelta(days=1)
PRIOR = 0.1  # 10 reviews at 10 %
PARAMS = Params(
    model="weighted_vote",
    refit_days=7,
    decision_weeks=4,
    prior_sweep=[1.0],
    vote_weight=0.3,
    disposition_weight=1.0,
    settings=Settings(
        class_prior=0.01,
        prior_precision=PRIOR,
        prior_sensitivity=0.1,
        prior_negative_ratio=0.5,
        prior_reviews=10,
        iterations=20,
    ),
    least_belief=0.001,
    bootstrap_draws=50,
    seed=1,
)
RULES = pd.DataFrame(
    {
        "rule_id": ["R01", "R06", "R21", "N1"],
        "use": ["label", "label", "held_out", "label"],
        "vote": [1, 1, 1, -1],
        "is_applied": True,
        "typologies": ["fan_in smurfing", "fan_in", "", ""],
    }
)


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def dated(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for column in columns:
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    return table


def hits(*rows: tuple[int, str, str]) -> pd.DataFrame:
    return dated(pd.DataFrame(rows, columns=["customer_id", "hit_at", "rule_id"]), "hit_at")


def ballots(*rows: tuple[int, str, str], customers: int = 100) -> Ballots:
    table = hits(*rows)
    is_negative = table["rule_id"].str.startswith("N")
    return Ballots.of(RULES, table[~is_negative], table[is_negative], customers, ORIGIN, 4)


def dispositions(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows (customer, event_at, stream, known_at, outcome)."""
    columns = ["customer_id", "event_at", "stream", "known_at", "outcome"]
    table = dated(pd.DataFrame(rows, columns=columns), "event_at", "known_at")
    return table.assign(propensity=1.0).astype({"customer_id": "int64"})


def flagged(*rows: tuple[int, str]) -> pd.DataFrame:
    table = dated(pd.DataFrame(rows, columns=["customer_id", "alerted_at"]), "alerted_at")
    table.insert(0, "alert_id", np.arange(1, len(table) + 1))
    return table.astype({"customer_id": "int64"}).assign(source="rule_vote")


NONE_GIVEN = dated(
    pd.DataFrame(columns=["customer_id", "event_at", "known_at", "value"]), "event_at", "known_at"
)
