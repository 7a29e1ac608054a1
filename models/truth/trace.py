"""One alert followed from the public case behind its rule to the label that came of it.

The alert is not chosen for its looks: of those that were truly illicit and reported, the
first one whose rule was drawn from a public case and whose scheme is of a kind that the
case is an example of. Only the audit knows which those are.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from data.asof import bank_time, pairs_within
from models.intervals import rounded
from models.results.truth import AlertTrace, TracedIndicator, TracedLabel


def reported_truly(
    alerts: pd.DataFrame, dispositions: pd.DataFrame, illicit: pd.DataFrame, days: int
) -> pd.DataFrame:
    """Alerts that were reported while their customer took part in a scheme, one row a scheme.

    ``illicit`` are moments: customer_id, at, scheme_id, typology; they count within ``days``
    before the alert.
    """
    reported = dispositions[(dispositions["outcome"] == "reported") & dispositions["alert_id"].notna()]
    known = alerts.merge(
        reported[["alert_id", "opened_at", "known_at", "reason"]].astype({"alert_id": "int64"}), on="alert_id"
    )
    moments = illicit[["customer_id", "at", "scheme_id", "typology"]]
    pairs = pairs_within(moments, known.assign(as_of=known["alerted_at"]), days).drop(columns="as_of")
    order = ["alert_id", "scheme_id"]
    return pairs.sort_values([*order, "at"]).drop_duplicates(order).reset_index(drop=True)


def alert_to_follow(
    candidates: pd.DataFrame, rules: pd.DataFrame, examples: dict[str, list[str]]
) -> dict[str, Any] | None:
    """The alert, rule and case to follow; None without any alert that was reported and true.

    ``examples`` says which typologies a case of the rulebook is an example of, the best
    case first. An alert whose rule has no fitting case is followed without one.
    """
    if candidates.empty:
        return None
    refs = {rule.rule_id: rule.case_refs.split() for rule in rules.itertuples(index=False)}
    for case, typologies in examples.items():
        fitting = candidates[candidates["typology"].isin(typologies)]
        for row in fitting.itertuples(index=False):
            for rule_id in row.rule_ids.split():
                if case in refs.get(rule_id, []):
                    return {"row": row, "rule_id": rule_id, "case_id": case}
    row = next(candidates.itertuples(index=False))
    return {"row": row, "rule_id": row.rule_ids.split()[0], "case_id": None}


def indicators_of(picked: dict[str, Any] | None, rules: pd.DataFrame, columns: list[str]) -> list[str]:
    """Indicators that the predicate of the rule names, in its order; none without an alert."""
    if picked is None:
        return []
    predicate = rules.set_index("rule_id").at[picked["rule_id"], "predicate"]
    words = re.findall(r"[a-z_0-9]+", predicate.lower())
    return [word for word in dict.fromkeys(words) if word in columns]


def local_day(moment: pd.Timestamp, midnight: pd.Timestamp) -> str | None:
    """Local date of a moment, None of no moment."""
    if pd.isna(moment):
        return None
    return f"{bank_time(pd.Series([moment]), midnight).iloc[0]:%Y-%m-%d}"


def followed(
    picked: dict[str, Any] | None,
    daily: pd.DataFrame,
    names: list[str],
    labels: pd.DataFrame,
    customers: pd.DataFrame,
    members: pd.DataFrame,
    midnight: pd.Timestamp,
) -> AlertTrace | None:
    """Every station of the alert that was picked; None of none.

    ``daily`` holds the rule's indicators, which are called ``names``; ``members`` are the
    rows of Schemes, ``midnight`` is the first moment of the run.
    """
    if picked is None:
        return None
    row = picked["row"]
    is_day = (daily["customer_id"] == row.customer_id) & (daily["as_of"] == row.alerted_at)
    values = daily.loc[is_day, names].iloc[0]
    customer = customers.set_index("customer_id").loc[row.customer_id]
    mine = labels[(labels["customer_id"] == row.customer_id) & (labels["source"] == "disposition")]
    # The label of this decision carries its moments.
    of_decision = mine[(mine["event_at"] == row.alerted_at) & (mine["known_at"] == row.known_at)]
    label = next(of_decision.itertuples(index=False), None)
    part = members[(members["scheme_id"] == row.scheme_id) & (members["customer_id"] == row.customer_id)]
    return AlertTrace(
        case_id=picked["case_id"],
        rule_id=picked["rule_id"],
        rule_ids=row.rule_ids.split(),
        alert_id=int(row.alert_id),
        customer_id=int(row.customer_id),
        kind=str(customer["kind"]),
        occupation=None if pd.isna(customer["occupation"]) else str(customer["occupation"]),
        alerted=local_day(row.alerted_at, midnight),
        indicators=[
            TracedIndicator(name=str(name), value=rounded(float(value))) for name, value in values.items()
        ],
        opened=local_day(row.opened_at, midnight),
        known=local_day(row.known_at, midnight),
        reason=str(row.reason),
        label=None if label is None else traced_label(label, midnight),
        typology=str(row.typology),
        role=str(part["role"].iloc[0]) if len(part) else None,
        sophistication=int(part["sophistication"].iloc[0]) if len(part) else None,
        first_payment=local_day(part["starts_at"].iloc[0], midnight) if len(part) else None,
    )


def traced_label(label: Any, midnight: pd.Timestamp) -> TracedLabel:
    """A row of Labels in plain numbers."""
    return TracedLabel(
        value=round(float(label.value), 4),
        weight=round(float(label.weight), 4),
        source=str(label.source),
        known=local_day(label.known_at, midnight),
    )
