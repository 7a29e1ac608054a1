"""Keep, tune or retire: a verdict on each rule, once by what the bank knows and once by the truth."""

from __future__ import annotations

import pandas as pd

from data.asof import pairs_within
from data.results import Interval
from models.results.money import RuleVerdict, RuleWorth
from models.truth.rule_report import Reviewed, named_alone

KEEP, TUNE, RETIRE, UNKNOWN = "keep", "tune", "retire", "unknown"


def rule_verdict(
    precision: Interval, judged: int, found_alone: int, pays_from: float | None, least: int
) -> str:
    """What follows for a rule.

    A rule whose precision lies above ``pays_from`` with its whole interval is kept. One that
    lies below it with its whole interval is tuned if it alone finds something, else retired.
    Where the interval holds it, a rule that alone finds something is kept, another one tuned.
    Fewer than ``least`` judged alerts, or no price to compare with, decide nothing.
    """
    low, high = precision.low, precision.high
    if judged < least or pays_from is None or low is None or high is None:
        return UNKNOWN
    if low >= pays_from:
        return KEEP
    if high < pays_from:
        return TUNE if found_alone else RETIRE
    return KEEP if found_alone else TUNE


def schemes_alerted(alerts: pd.DataFrame, illicit: pd.DataFrame, days: int) -> pd.DataFrame:
    """Which rule's alert fell on a member of which scheme within ``days`` after a payment in it.

    ``alerts`` are customer_id, alerted_at and rule_ids; ``illicit`` moments (customer_id, at,
    scheme_id). Returns rule_id and scheme_id, each pair once.
    """
    votes = alerts.assign(rule_id=alerts["rule_ids"].str.split(" ")).explode("rule_id")
    asked = votes[["customer_id", "alerted_at", "rule_id"]].rename(columns={"alerted_at": "as_of"})
    members = illicit[["customer_id", "at", "scheme_id"]].drop_duplicates()
    asked = asked[asked["customer_id"].isin(members["customer_id"])]
    return pairs_within(members, asked, days)[["rule_id", "scheme_id"]].drop_duplicates()


def cases_reported(alerts: pd.DataFrame, reviewed: Reviewed) -> pd.DataFrame:
    """Which rule's alerts were reported in which case: rule_id and case_id, each pair once."""
    told = reviewed.votes[reviewed.votes["is_above"] & (reviewed.votes["outcome"] == "reported")]
    return told.merge(alerts[["alert_id", "case_id"]], on="alert_id")[
        ["rule_id", "case_id"]
    ].drop_duplicates()


def rule_verdicts(
    names: list[str],
    alerts: pd.DataFrame,
    reviewed: Reviewed,
    illicit: pd.DataFrame,
    days: int,
    pays_from: dict[str, float | None],
    least: int,
) -> list[RuleVerdict]:
    """One row a rule of ``names``; ``pays_from`` are break-even precisions by view, ``bank`` and ``true``."""
    cases, schemes = cases_reported(alerts, reviewed), schemes_alerted(alerts, illicit, days)
    found = {"bank": cases["rule_id"].value_counts(), "true": schemes["rule_id"].value_counts()}
    alone = {"bank": named_alone(cases, ["case_id"]), "true": named_alone(schemes, ["scheme_id"])}

    def worth(name: str, view: str, judged: int, precision: Interval) -> RuleWorth:
        only = int(alone[view].get(name, 0))
        return RuleWorth(
            judged=judged,
            precision=precision,
            found=int(found[view].get(name, 0)),
            found_alone=only,
            verdict=rule_verdict(precision, judged, only, pays_from[view], least),
        )

    rows = []
    for name in names:
        votes = reviewed.votes[reviewed.votes["rule_id"] == name]
        mine, is_alone = votes[votes["is_above"]], votes["rule_count"] == 1
        sample = reviewed.sample(name, True)
        rows.append(
            RuleVerdict(
                rule_id=name,
                alerts=len(mine),
                alerts_alone=int((mine["rule_count"] == 1).sum()),
                hours=reviewed.hours(name),
                hours_alone=round(float(votes.loc[is_alone, "hours"].sum()), 1),
                bank=worth(name, "bank", sample.reviewed, sample.bank),
                true=worth(name, "true", sample.alerts, sample.true),
            )
        )
    return rows
