"""Stage evaluate: what the BANK can measure, from its own rules, reviews and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import bank_time
from models import reviews, schema
from models.budget import Budget, Watch
from models.judgement import Params, judge, leading, watched_months, watched_scores
from models.metrics import COMPARED
from models.positives import Positives, as_labelled


def rule_table(rules: pd.DataFrame, alerts: pd.DataFrame, dispositions: pd.DataFrame) -> list[dict[str, Any]]:
    """For each rule its alerts, how many only it raised, and the share that was reported."""
    known = alerts.merge(dispositions[["alert_id", "outcome"]], on="alert_id", how="left")
    known = known.assign(rule_id=known["rule_ids"].str.split(" ")).explode("rule_id")
    rows = []
    for rule in rules.itertuples(index=False):
        mine = known[known["rule_id"] == rule.rule_id]
        decided = mine[mine["outcome"].isin(data_schema.DECIDED)]
        reported = int((decided["outcome"] == "reported").sum())
        rows.append(
            {
                "rule_id": rule.rule_id,
                "name_en": rule.name_en,
                "name_zh": rule.name_zh,
                "predicate": rule.predicate,
                "source_en": rule.source_en,
                "source_zh": rule.source_zh,
                "known_false_positives_en": rule.known_false_positives_en,
                "known_false_positives_zh": rule.known_false_positives_zh,
                "red_flags_en": rule.red_flags_en,
                "red_flags_zh": rule.red_flags_zh,
                "use": rule.use,
                "vote": int(rule.vote),
                "is_applied": bool(rule.is_applied),
                "hits": int(rule.hits),
                "alerts": len(mine),
                "unique_alerts": int((mine["rule_count"] == 1).sum()),
                "reviewed": len(decided),
                "reported": reported,
                "reported_share": round(reported / len(decided), 4) if len(decided) else None,
            }
        )
    return rows


def voting_hits(rules: pd.DataFrame) -> int:
    """Customer-days hit by the rules that raise alerts."""
    return int(rules.loc[(rules["use"] == "label") & (rules["vote"] > 0), "hits"].sum())


def funnel(
    alerts: pd.DataFrame, dispositions: pd.DataFrame, hits: int, months: float, customers: int
) -> dict[str, Any]:
    """Hits, alerts, cases and reports of the whole run, and each per thousand customers and month."""
    outcome = dispositions.groupby(["stream", "outcome"]).size()
    counts = {
        f"{stream}_{result}": int(outcome.get((stream, result), 0))
        for stream in data_schema.STREAMS
        for result in data_schema.OUTCOMES
    }
    levels = reviews.levels(alerts, dispositions)
    per_month = {
        f"{name}_per_thousand_customers_month": round(count / months / customers * 1_000, 2)
        for name, count in levels.items()
    }
    return {"rule_hits": hits, **levels, **per_month, **counts}


def choice(split: pd.DataFrame, scores: pd.DataFrame, budget: Budget, params: Params) -> dict[str, Any]:
    """The model that the bank would put to work, by what it knew when the test began.

    Judged on validation as the search of hyper-parameters judges: by labels known by the
    start of the test, whoever is suspicious in a week of validation counts.
    """
    subjects, by_ranker = watched_scores(split, scores, "validation")
    customer, label = subjects["customer_id"].to_numpy(), subjects["label"].to_numpy()
    is_positive = label >= 0.5
    positives = Positives.of(customer, is_positive, is_positive)
    found = judge(Watch.of(subjects, "validation"), by_ranker, label, positives, budget, params)
    name = leading(found["metrics"])
    return {
        "name": name,
        "customers": len(np.unique(customer[is_positive])),
        "validation": {
            ranker: {metric: measured[metric] for metric in COMPARED}
            for ranker, measured in found["metrics"].items()
        },
        "differences": {name: found["differences"][name]},
    }


def main() -> None:
    """Write the bank's view as one JSON file."""
    split = pipeline.read(schema.Split)
    periods = pipeline.read(data_schema.Periods)
    scores = pipeline.read(schema.Scores)
    budget, params = pipeline.params("budget", Budget), pipeline.params("evaluate", Params)
    everyone, by_ranker = watched_scores(split, scores)
    subjects = everyone[everyone["role"] == "test"]
    positives = as_labelled(subjects, periods.set_index("name").loc["test", "starts_at"])
    result = judge(
        Watch.of(everyone),
        by_ranker,
        subjects["label"].to_numpy(),
        positives,
        budget,
        params,
    )
    alerts = pipeline.read(data_schema.Alerts)
    dispositions = pipeline.read(data_schema.Dispositions)
    rules = pipeline.read(data_schema.Rules)
    customers = pipeline.read(data_schema.Customers, columns=["customer_id", "kind"])
    transactions = pipeline.read(data_schema.Transactions, columns=["transaction_id"])
    midnight = periods["starts_at"].min()
    months = watched_months(periods, dispositions)
    labels_by_role = split.groupby(["role", "label_source"])["label"].agg(subjects="size", suspicious="sum")
    result |= {
        "chosen": choice(split, scores, budget, params),
        "rule_table": rule_table(rules, alerts, dispositions),
        "funnel": funnel(alerts, dispositions, voting_hits(rules), months, len(customers)),
        "reviews": {
            "agreement": reviews.agreement(dispositions),
            "delays": reviews.delays(dispositions),
        },
        "labels": [
            {
                "role": role,
                "source": source,
                "subjects": int(row.subjects),
                "suspicious": round(float(row.suspicious), 2),
            }
            for (role, source), row in labels_by_role.iterrows()
        ],
        "periods": [
            {"name": name, "starts_at": f"{starts_at:%Y-%m-%d}", "ends_at": f"{ends_at:%Y-%m-%d}"}
            for name, starts_at, ends_at in zip(
                periods["name"],
                bank_time(periods["starts_at"], midnight),
                bank_time(periods["ends_at"], midnight),
                strict=True,
            )
        ],
        "world": {
            "customers": len(customers),
            "transactions": len(transactions),
            "days": int((periods["ends_at"].max() - periods["starts_at"].min()) / np.timedelta64(1, "D")),
            "test_subjects": len(subjects),
            "test_customers": int(subjects["customer_id"].nunique()),
            "suspicious_customers_in_test": int(subjects["customer_id"][positives.is_positive].nunique()),
            "suspicious_leftovers_in_test": int(subjects["customer_id"][positives.is_leftover].nunique()),
        },
    }
    pipeline.write_json("models", "bank.json", result)


if __name__ == "__main__":
    pipeline.run_stage("evaluate", main)
