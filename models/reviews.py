"""How the bank's reviews went, in what the bank itself can count: levels, agreement, delay."""

from __future__ import annotations

import pandas as pd

from data.schema import DECIDED
from models.intervals import rounded
from models.results.bank import Agreement, OutcomeDelay

LOOKED_INTO = ("case", "reported")


def review_levels(alerts: pd.DataFrame, dispositions: pd.DataFrame) -> dict[str, int]:
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
    from sklearn.metrics import cohen_kappa_score  # here, for it loads slowly, and few need it

    decided = one.isin(DECIDED) & other.isin(DECIDED)
    if pd.concat([one[decided], other[decided]]).nunique() < 2:
        return float("nan")
    return float(cohen_kappa_score(one[decided], other[decided], labels=list(DECIDED)))


def agreement(dispositions: pd.DataFrame) -> Agreement:
    """What two people who saw the same material decided, and how far they agree."""
    twice = dispositions.dropna(subset="second_outcome")
    same = float((twice["outcome"] == twice["second_outcome"]).mean()) if len(twice) else float("nan")
    kappa = cohens_kappa(twice["outcome"], twice["second_outcome"])
    return Agreement(reviewed_twice=len(twice), same_share=rounded(same), kappa=rounded(kappa))


def delays(dispositions: pd.DataFrame) -> list[OutcomeDelay]:
    """Days from the alert (or the draw) to the outcome by outcome: median and 90th percentile."""
    rows = []
    for outcome in DECIDED:
        mine = dispositions[dispositions["outcome"] == outcome]
        days = (mine["known_at"] - mine["event_at"]) / pd.Timedelta(days=1)
        rows.append(
            OutcomeDelay(
                outcome=outcome,
                decisions=len(mine),
                median_days=rounded(days.median(), 1),
                p90_days=rounded(days.quantile(0.9), 1),
            )
        )
    return rows
