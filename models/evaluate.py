"""Stage evaluate: what the BANK can measure, from its own rules, reviews and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import bank_time
from models import reviews, schema
from models.budget import Budget, Watch
from models.coverage import champion, coverage
from models.intervals import ratio, rounded
from models.judgement import Contest, Params, judge, leading, watched_months, watched_scores
from models.metrics import COMPARED, with_intervals
from models.positives import Positives, as_labelled
from models.results.bank import (
    BankRule,
    BankView,
    BankWorld,
    Chosen,
    Funnel,
    LabelCount,
    Period,
    Reviews,
    StreamCounts,
)
from models.results.judged import Compared, HeadlineMetrics


def rule_table(rules: pd.DataFrame, alerts: pd.DataFrame, dispositions: pd.DataFrame) -> list[BankRule]:
    """For each rule its alerts, how many only it raised, and the share that was reported."""
    known = alerts.merge(dispositions[["alert_id", "outcome"]], on="alert_id", how="left")
    known = known.assign(rule_id=known["rule_ids"].str.split(" ")).explode("rule_id")
    rows = []
    for rule in rules.itertuples(index=False):
        mine = known[known["rule_id"] == rule.rule_id]
        decided = mine[mine["outcome"].isin(data_schema.DECIDED)]
        reported = int((decided["outcome"] == "reported").sum())
        rows.append(
            BankRule(
                rule_id=rule.rule_id,
                name_en=rule.name_en,
                name_zh=rule.name_zh,
                predicate=rule.predicate,
                source_en=rule.source_en,
                source_zh=rule.source_zh,
                known_false_positives_en=rule.known_false_positives_en,
                known_false_positives_zh=rule.known_false_positives_zh,
                red_flags_en=rule.red_flags_en,
                red_flags_zh=rule.red_flags_zh,
                use=rule.use,
                vote=int(rule.vote),
                is_applied=bool(rule.is_applied),
                hits=int(rule.hits),
                alerts=len(mine),
                unique_alerts=int((mine["rule_count"] == 1).sum()),
                reviewed=len(decided),
                reported=reported,
                reported_share=rounded(ratio(reported, len(decided))),
            )
        )
    return rows


def voting_hits(rules: pd.DataFrame) -> int:
    """Customer-days hit by the rules that raise alerts."""
    return int(rules.loc[(rules["use"] == "label") & (rules["vote"] > 0), "hits"].sum())


def review_funnel(
    alerts: pd.DataFrame, dispositions: pd.DataFrame, hits: int, months: float, customers: int
) -> Funnel:
    """Hits, alerts, cases and reports of the whole run, and each per thousand customers and month."""
    outcome = dispositions.groupby(["stream", "outcome"]).size()
    decisions = {
        stream: {result: int(outcome.get((stream, result), 0)) for result in data_schema.OUTCOMES}
        for stream in data_schema.STREAMS
    }
    levels = reviews.review_levels(alerts, dispositions)
    per_month: dict[str, Any] = {
        f"{name}_per_thousand_customers_month": round(count / months / customers * 1_000, 2)
        for name, count in levels.items()
    }
    return Funnel(rule_hits=hits, decisions=StreamCounts.model_validate(decisions), **levels, **per_month)


def choice(
    split: pd.DataFrame, scores: pd.DataFrame, held_out: pd.DataFrame, budget: Budget, params: Params
) -> Chosen:
    """The model that the bank would put to work, by what it knew when the test began.

    Judged on validation as the search of hyper-parameters judges: by labels known by the
    start of the test, whoever is suspicious in a week of validation counts. ``held_out`` are
    rows of HeldOutScores.
    """
    subjects, by_ranker = watched_scores(split, scores, "validation")
    customer, is_positive = subjects["customer_id"].to_numpy(), (subjects["label"] >= 0.5).to_numpy()
    positives = Positives.of(customer, is_positive, is_positive)
    found = Contest.of(Watch.of(subjects, "validation"), by_ranker, positives, budget, params)
    measured = {name: HeadlineMetrics(**with_intervals(sample)) for name, sample in found.samples.items()}
    covered = coverage(held_out, by_ranker, budget, params.bootstrap_draws, params.seed)
    name = champion(measured, covered)
    return Chosen(
        name=name,
        by_validation=leading(measured),
        customers=len(np.unique(customer[is_positive])),
        validation={
            ranker: Compared(**{metric: getattr(row, metric) for metric in COMPARED})
            for ranker, row in measured.items()
        },
        planted=len(held_out[["scheme_id", "customer_id"]].drop_duplicates()),
        coverage=covered,
        differences={name: found.differences()[name]},
    )


@dataclass(frozen=True)
class BankInputs:
    """The tables that the bank has to judge its rankers by."""

    periods: pd.DataFrame
    customers: pd.DataFrame
    transactions: pd.DataFrame
    rules: pd.DataFrame
    alerts: pd.DataFrame
    dispositions: pd.DataFrame
    split: pd.DataFrame
    scores: pd.DataFrame
    held_out: pd.DataFrame


def read_inputs() -> BankInputs:
    """Read them; of customers and transactions little more than their number."""
    return BankInputs(
        periods=pipeline.read(data_schema.Periods),
        customers=pipeline.read(data_schema.Customers, columns=["customer_id", "kind"]),
        transactions=pipeline.read(data_schema.Transactions, columns=["transaction_id"]),
        rules=pipeline.read(data_schema.Rules),
        alerts=pipeline.read(data_schema.Alerts),
        dispositions=pipeline.read(data_schema.Dispositions),
        split=pipeline.read(schema.Split),
        scores=pipeline.read(schema.Scores),
        held_out=pipeline.read(schema.HeldOutScores),
    )


def label_counts(split: pd.DataFrame) -> list[LabelCount]:
    """Subjects and belief by role and source of the label."""
    counts = split.groupby(["role", "label_source"])["label"].agg(subjects="size", suspicious="sum")
    return [
        LabelCount(
            role=role,
            source=source,
            subjects=int(row.subjects),
            suspicious=round(float(row.suspicious), 2),
        )
        for (role, source), row in counts.iterrows()
    ]


def period_dates(periods: pd.DataFrame) -> list[Period]:
    """The periods of the run by local date."""
    midnight = periods["starts_at"].min()
    starts, ends = (bank_time(periods[column], midnight) for column in ("starts_at", "ends_at"))
    return [
        Period(name=name, starts_at=f"{first:%Y-%m-%d}", ends_at=f"{end:%Y-%m-%d}")
        for name, first, end in zip(periods["name"], starts, ends, strict=True)
    ]


def world_sizes(inputs: BankInputs, subjects: pd.DataFrame, positives: Positives) -> BankWorld:
    """How large the bank is, and whom its labels suspect in the test; ``subjects`` are the test's."""
    periods, customer = inputs.periods, subjects["customer_id"]
    return BankWorld(
        customers=len(inputs.customers),
        transactions=len(inputs.transactions),
        days=int((periods["ends_at"].max() - periods["starts_at"].min()) / np.timedelta64(1, "D")),
        test_subjects=len(subjects),
        test_customers=int(customer.nunique()),
        suspicious_customers_in_test=int(customer[positives.is_positive].nunique()),
        suspicious_leftovers_in_test=int(customer[positives.is_leftover].nunique()),
    )


def bank_view(inputs: BankInputs, params: Params, budget: Budget) -> BankView:
    """Every ranker judged by the bank's labels, the model that it chooses, its rules and its reviews."""
    periods, rules, alerts, dispositions = inputs.periods, inputs.rules, inputs.alerts, inputs.dispositions
    everyone, by_ranker = watched_scores(inputs.split, inputs.scores)
    subjects = everyone[everyone["role"] == "test"]
    positives = as_labelled(subjects, periods.set_index("name").loc["test", "starts_at"])
    label, months = subjects["label"].to_numpy(), watched_months(periods, dispositions)
    judged = judge(Watch.of(everyone), by_ranker, label, positives, budget, params)
    return BankView(
        **dict(judged),
        chosen=choice(inputs.split, inputs.scores, inputs.held_out, budget, params),
        rule_table=rule_table(rules, alerts, dispositions),
        funnel=review_funnel(alerts, dispositions, voting_hits(rules), months, len(inputs.customers)),
        reviews=Reviews(agreement=reviews.agreement(dispositions), delays=reviews.delays(dispositions)),
        labels=label_counts(inputs.split),
        periods=period_dates(periods),
        world=world_sizes(inputs, subjects, positives),
    )


def main() -> None:
    """Write the bank's view."""
    budget, params = pipeline.params("budget", Budget), pipeline.params("evaluate", Params)
    pipeline.write_result(bank_view(read_inputs(), params, budget))


if __name__ == "__main__":
    pipeline.run_stage("evaluate", main)
