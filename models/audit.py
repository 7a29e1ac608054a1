"""Stage audit: what is TRUE, from the planted schemes that no bank can see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import bank_time, happened_within, moments_of
from models import judgement, schema
from models.budget import Budget, Watch
from models.examples import read_inputs
from models.judgement import judge, watched_scores
from models.metrics import group_share, wilson
from models.positives import Positives
from models.truth import anatomy, calibration, difficulty, drawn_schemes, ordinary_life, trace
from models.truth.illicit import concerned, in_truth
from models.truth.probes import answers, artefacts, cells, look_alikes, organisers
from models.truth.probes.goals import goals
from models.truth.probes.ground import Ground
from models.truth.probes.learner import Probe

CUSTOMER_COLUMNS = ["customer_id", "kind", "occupation", "joined_at", "city", "monthly_income_cents"]
ACCOUNT_COLUMNS = ["account_id", "customer_id", "holder", "country", "opened_at", "closed_at"]


class Params(judgement.Params):
    """Section ``audit`` of params.yaml."""

    paired_indicators: int = Field(ge=2, le=1_000)
    least_group: int = Field(ge=1, le=1_000_000)
    bins_per_decade: int = Field(ge=1, le=1_000)
    trace_examples: dict[str, list[str]]
    probe: Probe
    targets: calibration.Targets


def recall_by(
    planted: pd.DataFrame,
    subjects: pd.DataFrame,
    alerts: pd.DataFrame,
    column: str,
    starts_at: pd.Timestamp,
    days: int,
    least: int,
) -> list[dict[str, Any]]:
    """Share of the customers illicit in the test who are alerted while so, by one property.

    The test begins at ``starts_at``. Groups of fewer than ``least`` such customers are
    counted, and have no share.
    """
    rows = []
    illicit = planted[planted["is_illicit"]]
    for value, moments in illicit.groupby(column):
        customer = subjects["customer_id"].to_numpy()
        whole = Positives.of(customer, *concerned(subjects, moments, starts_at, days))
        active = subjects[whole.is_positive]
        size = active["customer_id"].nunique()
        if not size:  # all of it lies before the test
            continue
        for ranker, mine in alerts.groupby("ranker"):
            caught = active[active["subject_id"].isin(mine["subject_id"])]["customer_id"].nunique()
            rows.append(
                {
                    column: _plain(value),
                    "ranker": ranker,
                    "customers": size,
                    "caught": caught,
                    "recall": group_share(caught, size, least),
                }
            )
    return rows


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def beyond_rules(
    is_illicit: np.ndarray,
    subjects: pd.DataFrame,
    alerts: pd.DataFrame,
    hits: pd.DataFrame,
    days: int,
    least: int,
) -> list[dict[str, Any]]:
    """Recall among illicit customers whom no rule hit in any window in which they were illicit."""
    moments = hits.rename(columns={"hit_at": "at"})[["customer_id", "at"]]
    # A hit carries the as_of of its indicators, so one at this very moment counts as well.
    is_hit = happened_within(moments, subjects["customer_id"], subjects["as_of"], days, at_now=True)
    illicit = subjects[is_illicit]
    seen = set(illicit["customer_id"][is_hit[is_illicit]])
    unseen = illicit[~illicit["customer_id"].isin(seen)]
    size = unseen["customer_id"].nunique()
    rows = []
    for ranker, mine in alerts.groupby("ranker"):
        caught = unseen[unseen["subject_id"].isin(mine["subject_id"])]["customer_id"].nunique()
        recall = group_share(caught, size, least)
        rows.append({"ranker": ranker, "customers": size, "caught": caught, "recall": recall})
    return rows


def alerts_in_truth(
    planted: pd.DataFrame, subjects: pd.DataFrame, alerts: pd.DataFrame, days: int
) -> pd.DataFrame:
    """The AuditedAlerts table: what was really going on at each alert."""
    alerted = alerts.merge(subjects[["subject_id"]], on="subject_id")
    names = pd.Series("", index=alerted.index)
    is_illicit = np.zeros(len(alerted), bool)
    for (illicit, name), moments in planted.groupby(["is_illicit", "typology"]):
        active = happened_within(moments, alerted["customer_id"], alerted["as_of"], days)
        typology = "_".join(str(name).split()) or "unnamed"  # a foreign name may hold blanks, or nothing
        names = names.where(~active, names + (f"{typology} " if illicit else f"like_{typology} "))
        is_illicit |= active & illicit
    return pd.DataFrame(
        {
            "ranker": alerted["ranker"],
            "subject_id": alerted["subject_id"],
            "is_illicit": is_illicit,
            "schemes": names.str.strip(),
        }
    )


def rules_in_truth(alerts: pd.DataFrame, illicit: pd.DataFrame, days: int) -> list[dict[str, Any]]:
    """True precision of every rule's alerts over the whole run."""
    is_true = happened_within(illicit, alerts["customer_id"], alerts["alerted_at"], days)
    votes = alerts.assign(is_true=is_true, rule_id=alerts["rule_ids"].str.split(" ")).explode("rule_id")
    return [
        {
            "rule_id": rule_id,
            "alerts": len(mine),
            "true": int(mine["is_true"].sum()),
            "precision": wilson(int(mine["is_true"].sum()), len(mine)),
        }
        for rule_id, mine in votes.groupby("rule_id")
    ]


def disposition_errors(dispositions: pd.DataFrame, illicit: pd.DataFrame, days: int) -> dict[str, int]:
    """How often the simulated investigators were right, by outcome."""
    decided = dispositions[dispositions["outcome"].isin(data_schema.DECIDED)]
    is_true = happened_within(illicit, decided["customer_id"], decided["event_at"], days)
    reported = (decided["outcome"] == "reported").to_numpy()
    return {
        "reported_true": int((reported & is_true).sum()),
        "reported_false": int((reported & ~is_true).sum()),
        "dismissed_true": int((~reported & is_true).sum()),
        "dismissed_false": int((~reported & ~is_true).sum()),
    }


def alert_counts(audited: pd.DataFrame) -> list[dict[str, Any]]:
    """How many alerts of each ranker were illicit, and how many a look-alike."""
    return [
        {
            "ranker": ranker,
            "alerts": len(mine),
            "illicit": int(mine["is_illicit"].sum()),
            "look_alike": int((~mine["is_illicit"] & (mine["schemes"] != "")).sum()),
        }
        for ranker, mine in audited.groupby("ranker")
    ]


def drift_dates(plan: pd.DataFrame, first_day: pd.Timestamp) -> list[dict[str, str]]:
    """The drift plan by local date, in both languages."""
    local = bank_time(plan["starts_at"], first_day)
    return [
        {"at": f"{day:%Y-%m-%d}", "en": str(en), "zh": str(zh)}
        for day, en, zh in zip(local, plan["description_en"], plan["description_zh"], strict=True)
    ]


def main() -> None:
    """Write the true view as one JSON file, and the truth of every model alert."""
    budget, params = pipeline.params("budget", Budget), pipeline.params("audit", Params)
    window, least = budget.label_window_days, params.least_group
    split = pipeline.read(schema.Split)
    everyone, by_ranker = watched_scores(split, pipeline.read(schema.Scores))
    subjects = everyone[everyone["role"] == "test"].reset_index(drop=True)
    customers = pipeline.read(data_schema.Customers, CUSTOMER_COLUMNS)
    accounts = pipeline.read(data_schema.Accounts, ACCOUNT_COLUMNS)
    transactions = pipeline.read(data_schema.Transactions)
    truth, schemes = pipeline.read(data_schema.Truth), pipeline.read(data_schema.Schemes)
    alerts, rule_alerts = pipeline.read(schema.ModelAlerts), pipeline.read(data_schema.Alerts)
    hits, dispositions = pipeline.read(data_schema.RuleHits), pipeline.read(data_schema.Dispositions)
    hits = hits[hits["use"] == "label"]  # what no rule sees is what no rule that raises alerts sees
    periods = pipeline.read(data_schema.Periods)
    planted = moments_of(transactions, accounts, truth, schemes)
    illicit = planted[planted["is_illicit"]]
    starts_at = periods.set_index("name").loc["test", "starts_at"]
    positives = in_truth(subjects, illicit, starts_at, window)
    is_illicit = positives.is_positive
    audited = alerts_in_truth(planted, subjects, alerts, window)

    result = judge(Watch.of(everyone), by_ranker, is_illicit.astype(float), positives, budget, params, least)
    result |= {
        "chosen_by_truth": judgement.leading(result["metrics"]),
        "least_group": least,
        "by_typology": recall_by(planted, subjects, alerts, "typology", starts_at, window, least),
        "by_sophistication": recall_by(planted, subjects, alerts, "sophistication", starts_at, window, least),
        "beyond_rules": beyond_rules(is_illicit, subjects, alerts, hits, window, least),
        "rule_table": rules_in_truth(rule_alerts, illicit, window),
        "dispositions": disposition_errors(dispositions, illicit, window),
        "alerts": alert_counts(audited),
    }

    bank = calibration.Bank.of(customers, accounts, transactions, truth, planted, periods)
    asked = organisers.Organisers.of(
        split, transactions, accounts, truth, schemes, window, params.probe, params.seed
    )
    learnt, judged = read_inputs([asked.train, asked.test], needs_graph=False)
    ground = Ground.of(customers, accounts, transactions, truth, bank.parties, bank.first_day)
    spreads = calibration.distributions(bank, params.bins_per_decade)
    draws, seed = params.bootstrap_draws, params.seed
    months = judgement.watched_months(periods, dispositions)
    settlement = pipeline.read_json("data", "settlement.json")
    measured = {
        "patternless_illicit_share": calibration.patternless_share(truth),
        "declined_share": calibration.declined_share(settlement, len(transactions)),
        **calibration.rule_performance(rule_alerts, illicit, window, months, len(customers)),
        **calibration.payment_life(bank),
        **ordinary_life.figures(bank),
        **calibration.overlaps(spreads),
    }
    weekly = pipeline.read(data_schema.WeeklyIndicators)
    result |= {
        "world": calibration.illicit_counts(bank)
        | {
            "illicit_customers_in_test": int(subjects["customer_id"][is_illicit].nunique()),
            "illicit_groups_in_test": len(np.unique(positives.group[is_illicit])),
            "leftover_customers_in_test": int(subjects["customer_id"][positives.is_leftover].nunique()),
        },
        "difficulty": {
            "indicators": difficulty.of_indicators(
                subjects[positives.counts],
                weekly,
                is_illicit[positives.counts],
                illicit,
                params.paired_indicators,
                window,
                least,
            ),
            "artefacts": {
                "customers": artefacts.on_customers(
                    bank, pipeline.read(data_schema.Devices), illicit, params.probe, draws, seed
                ),
                "payments": artefacts.on_payments(bank, params.probe, draws, seed),
            },
            **look_alikes.on_amounts(bank, truth, schemes, params.probe, draws, seed),
            **answers.of_payments(ground, truth, schemes, periods, params.probe, draws, seed),
            "cell_lookup": cells.lookup(
                ground,
                subjects[positives.counts],
                is_illicit[positives.counts],
                illicit,
                periods,
                budget,
                draws,
                seed,
            ),
            "organisers": organisers.oracle(
                asked, learnt.features, judged.features, budget, params.probe, draws, seed
            ),
            "rule_invisible": difficulty.rule_invisible(illicit, hits, window, least),
        },
        "calibration": calibration.table(measured, params.targets),
        "drift": drift_dates(pipeline.read(data_schema.DriftPlan), bank.first_day),
        "anatomy": anatomy.parts(bank, schemes, rule_alerts),
        "distributions": spreads | {"scheme_starts": anatomy.scheme_starts(schemes, bank.first_day)},
    }
    result["difficulty"]["goals"] = goals(result["difficulty"], params.probe.wanted)
    rules, labels = pipeline.read(data_schema.Rules), pipeline.read(data_schema.Labels)
    reported = trace.reported_truly(rule_alerts, dispositions, illicit, window)
    picked = trace.chosen(reported, rules, params.trace_examples)
    names = trace.indicators_of(picked, rules, list(weekly.columns))
    daily = pipeline.read(data_schema.DailyIndicators, columns=["customer_id", "as_of", *names])
    result["trace"] = trace.followed(picked, daily, names, labels, customers, schemes, bank.first_day)
    pipeline.write_json("models", "truth.json", result)
    drawn = drawn_schemes.drawn(transactions, truth, schemes, accounts)
    pipeline.write_json("models", "drawn_schemes.json", drawn)
    pipeline.write(schema.AuditedAlerts, audited)


if __name__ == "__main__":
    pipeline.run_stage("audit", main)
