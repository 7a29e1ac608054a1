"""Alerts and moments of schemes, as tests of investigators write them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.investigate import Params

MICRO = pd.Timedelta(microseconds=1)
DAY = pd.Timedelta(days=1)
MONDAYS = pd.date_range("2025-01-06", periods=12, freq="7D", tz="UTC").as_unit("us")


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def raised(*rows: tuple[Any, ...], case_id: int | None = None) -> pd.DataFrame:
    """Alerts (alert_id, alerted_at, rule_ids); the customer has the alert's number."""
    table = pd.DataFrame(rows, columns=["alert_id", "alerted_at", "rule_ids"])
    table["alerted_at"] = pd.to_datetime(table["alerted_at"], utc=True, format="ISO8601").astype(
        "datetime64[us, UTC]"
    )
    counts = table["rule_ids"].str.split(" ").str.len().astype("int64")
    return table.assign(
        customer_id=table["alert_id"], rule_count=counts, case_id=case_id or table["alert_id"]
    )


NO_ALERTS = raised().astype({"alert_id": "int64", "customer_id": "int64", "case_id": "int64"})


def active(weeks: pd.DatetimeIndex, people: int) -> pd.DataFrame:
    rows = [(who, week) for week in weeks for who in range(people)]
    return pd.DataFrame(rows, columns=["customer_id", "as_of"])


def illicit(*rows: tuple[int, pd.Timestamp], typology: str = "fan_in") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "at"]).assign(typology=typology)
    return table.astype({"customer_id": "int64", "at": "datetime64[us, UTC]"})


def changed(params: Params, people: dict[str, object] | None = None, **team: object) -> Params:
    reviewers = params.reviewers.model_copy(update=people or {})
    return params.model_copy(update=team | {"reviewers": reviewers})
