"""How the bank's reviews went, in what the bank itself can count: levels, agreement, delay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.schema import DECIDED

LOOKED_INTO = ("case", "reported")


def levels(alerts: pd.DataFrame, dispositions: pd.DataFrame) -> dict[str, int]:
    """Alerts, alerts that were looked into, and reports: what each level keeps of the one above.

    ``case_files`` and ``report_files`` count the same by case: alerts of one customer, or
    of tied ones, close in time.
    """
    known = alerts.merge(dispositions[["alert_id", "outcome"]].dropna(subset="alert_id"), on="alert_id")
    cases = known[known["outcome"].isin(LOOKED_INTO)]
    reports = known[known["outcome"] == "reported"]
    return {
        "alerts": len(alerts),
        "cases": len(cases),
        "reports": len(reports),
        "case_files": int(cases["case_id"].nunique()),
        "report_files": int(reports["case_id"].nunique()),
    }


def cohens_kappa(one: pd.Series, other: pd.Series) -> float:
    """Agreement of two reviewers beyond chance: 1 always, 0 no more than chance; NaN without a choice."""
    table = pd.crosstab(one, other).reindex(index=DECIDED, columns=DECIDED, fill_value=0).to_numpy(float)
    total = table.sum()
    if total == 0:
        return float("nan")
    observed = np.trace(table) / total
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    return float("nan") if chance == 1 else float((observed - chance) / (1 - chance))


def agreement(dispositions: pd.DataFrame) -> dict[str, Any]:
    """What two people who saw the same material decided, and how far they agree."""
    twice = dispositions.dropna(subset="second_outcome")
    kappa = cohens_kappa(twice["outcome"], twice["second_outcome"])
    same = float((twice["outcome"] == twice["second_outcome"]).mean()) if len(twice) else float("nan")
    return {
        "reviewed_twice": len(twice),
        "same_share": None if np.isnan(same) else round(same, 4),
        "kappa": None if np.isnan(kappa) else round(kappa, 4),
    }


def delays(dispositions: pd.DataFrame) -> list[dict[str, Any]]:
    """Days from the alert (or the draw) to the outcome by outcome: median and 90th percentile."""
    rows = []
    for outcome in DECIDED:
        mine = dispositions[dispositions["outcome"] == outcome]
        days = (mine["known_at"] - mine["event_at"]) / pd.Timedelta(days=1)
        rows.append(
            {
                "outcome": outcome,
                "decisions": len(mine),
                "median_days": round(float(days.median()), 1) if len(mine) else None,
                "p90_days": round(float(days.quantile(0.9)), 1) if len(mine) else None,
            }
        )
    return rows
