"""Stage audit: what is TRUE, from the planted schemes that no bank can see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

import memory
import pipeline
from data import schema as data_schema
from data.asof import bank_time, moments_of
from data.results import Settlement
from models import examples, judgement, schema
from models.budget import Budget, Watch
from models.intervals import ratio, rounded
from models.metrics import Catches
from models.positives import Positives, as_labelled
from models.results.anomaly_share import AnomalyShare
from models.results.bank import BankView
from models.results.judged import RankerRecall
from models.results.probes import Difficulty, ProbeFindings
from models.results.truth import (
    Distributions,
    DriftDate,
    Histogram,
    SophisticationRecall,
    TrueWorld,
    TruthView,
    TypologyRecall,
)
from models.truth import (
    alerts,
    anatomy,
    anomaly_share,
    calibration,
    difficulty,
    drawn_schemes,
    headline,
    ordinary_life,
    trace,
)
from models.truth.calibration import JudgedBank
from models.truth.illicit import in_truth
from models.truth.probes import answers
from models.truth.probes.goals import goal_rows
from models.truth.probes.learner import Probe
from models.truth.probes.organisers import Organisers, oracle
from models.zoo import FEATURES_ALONE, MODELS

CUSTOMER_FACTS = ["customer_id", "kind", "occupation", "joined_at", "city", "monthly_income_cents"]
ACCOUNT_FACTS = ["account_id", "customer_id", "holder", "country", "opened_at", "closed_at"]


class Params(judgement.Params):
    """Section ``audit`` of params.yaml."""

    anomaly_shares: list[Annotated[float, Field(gt=0, lt=1)]]
    paired_indicators: int = Field(ge=2, le=1_000)
    least_group: int = Field(ge=1, le=1_000_000)
    bins_per_decade: int = Field(ge=1, le=1_000)
    trace_examples: dict[str, list[str]]
    probe: Probe
    targets: calibration.Targets


@dataclass(frozen=True)
class AuditTables:
    """The tables that the audit reads whole, and what it derives from them for all of its parts.

    ``weekly`` are the indicators of the test's weeks, ``hits`` those of rules that raise alerts;
    ``settlement`` is what became of the intended payments; ``chosen`` is the model that the bank
    would put to work.
    """

    periods: pd.DataFrame
    split: pd.DataFrame
    scores: pd.DataFrame
    model_alerts: pd.DataFrame
    customers: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    transactions: pd.DataFrame
    settlement: Settlement
    truth: pd.DataFrame
    schemes: pd.DataFrame
    drift_plan: pd.DataFrame
    weekly: pd.DataFrame
    rules: pd.DataFrame
    hits: pd.DataFrame
    alerts: pd.DataFrame
    dispositions: pd.DataFrame
    labels: pd.DataFrame
    chosen: str

    @cached_property
    def planted(self) -> pd.DataFrame:
        """Moments of schemes and of look-alikes."""
        return moments_of(self.transactions, self.accounts, self.truth, self.schemes)

    @cached_property
    def illicit(self) -> pd.DataFrame:
        """Moments of illicit schemes."""
        return self.planted[self.planted["is_illicit"]]

    @cached_property
    def test_starts_at(self) -> pd.Timestamp:
        """When the test begins."""
        return self.periods.set_index("name").loc["test", "starts_at"]

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """The test's rows of Split."""
        return self.split[self.split["role"] == "test"].reset_index(drop=True)

    @cached_property
    def bank(self) -> JudgedBank:
        """Every payment with what is true of it."""
        return JudgedBank.of(
            self.customers, self.accounts, self.transactions, self.truth, self.planted, self.periods
        )

    def positives(self, days: int) -> Positives:
        """What the truth makes of the test's subjects; ``days`` is the label window."""
        return in_truth(self.subjects, self.illicit, self.test_starts_at, days)


@dataclass(frozen=True)
class AuditInputs:
    """Everything that the audit reads.

    ``learnt`` and ``judged`` are the features of the ``organisers``' subjects. ``picked`` is
    the alert that is followed from its case to its label, ``daily`` its rule's indicators,
    which are called ``names``.
    """

    tables: AuditTables
    organisers: Organisers
    learnt: pd.DataFrame
    judged: pd.DataFrame
    picked: dict[str, Any] | None
    names: list[str]
    daily: pd.DataFrame


def rows_since(moment: pd.Timestamp, pages: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows as of a moment or later, of a table that comes page by page and is never held whole."""
    return pd.concat([page[page["as_of"] >= moment] for page in pages], ignore_index=True)


def read_inputs(params: Params, budget: Budget) -> AuditInputs:
    """Read the tables, and of the large ones what the tables say is needed."""
    hits, days = pipeline.read(data_schema.RuleHits), budget.label_window_days
    periods = pipeline.read(data_schema.Periods)
    tables = AuditTables(
        periods=periods,
        split=pipeline.read(schema.Split),
        scores=pipeline.read(schema.Scores),
        model_alerts=pipeline.read(schema.ModelAlerts),
        customers=pipeline.read(data_schema.Customers, CUSTOMER_FACTS),
        accounts=pipeline.read(data_schema.Accounts, ACCOUNT_FACTS),
        devices=pipeline.read(data_schema.Devices),
        transactions=pipeline.read(data_schema.Transactions),
        settlement=pipeline.read_result(Settlement),
        truth=pipeline.read(data_schema.Truth),
        schemes=pipeline.read(data_schema.Schemes),
        drift_plan=pipeline.read(data_schema.DriftPlan),
        weekly=rows_since(
            periods.set_index("name").loc["test", "starts_at"], pipeline.pages(data_schema.WeeklyIndicators)
        ),
        rules=pipeline.read(data_schema.Rules),
        hits=hits[hits["use"] == "label"],  # what no rule sees is what no rule that raises alerts sees
        alerts=pipeline.read(data_schema.Alerts),
        dispositions=pipeline.read(data_schema.Dispositions),
        labels=pipeline.read(data_schema.Labels),
        chosen=pipeline.read_result(BankView).chosen.name,
    )
    asked = Organisers.of(
        tables.split,
        tables.transactions,
        tables.accounts,
        tables.truth,
        tables.schemes,
        days,
        params.probe,
        params.seed,
    )
    learnt, judged = examples.read_inputs([asked.train, asked.test], FEATURES_ALONE)
    reported = trace.reported_truly(tables.alerts, tables.dispositions, tables.illicit, days)
    picked = trace.alert_to_follow(reported, tables.rules, params.trace_examples)
    names = trace.indicators_of(picked, tables.rules, list(tables.weekly.columns))
    daily = pipeline.read(data_schema.DailyIndicators, columns=["customer_id", "as_of", *names])
    return AuditInputs(tables, asked, learnt.features, judged.features, picked, names, daily)


def against_truth(tables: AuditTables, params: Params, budget: Budget) -> dict[str, Any]:
    """Every ranker judged by the truth, by groups of the illicit and beyond the rules.

    Returned by field of TruthView.
    """
    days, least = budget.label_window_days, params.least_group
    everyone, by_ranker = judgement.watched_scores(tables.split, tables.scores)
    positives, subjects, raised = tables.positives(days), tables.subjects, tables.model_alerts
    label, starts_at = positives.is_positive.astype(float), tables.test_starts_at
    contest = judgement.Contest.of(Watch.of(everyone), by_ranker, positives, budget, params)
    found = judgement.judged_rankers(contest, label, least)
    illicit = headline.Illicit.of(tables.split, positives, tables.hits, tables.illicit, starts_at, days)
    headlines = headline.headlines(contest, illicit)

    def recall_by(column: str) -> list[tuple[Any, RankerRecall]]:
        return alerts.recall_by(tables.planted, subjects, raised, column, starts_at, days, least)

    return {
        **dict(found),
        "headlines": headlines,
        "anomaly_shares": shares_of_budget(tables, contest, by_ranker, params),
        "chosen_by_truth": judgement.leading(found.metrics),
        "least_group": least,
        "by_typology": [TypologyRecall(typology=name, **dict(row)) for name, row in recall_by("typology")],
        "by_sophistication": [
            SophisticationRecall(sophistication=int(level), **dict(row))
            for level, row in recall_by("sophistication")
        ],
        "beyond_rules": alerts.beyond_rules(headlines, least),
        "rule_table": alerts.rules_in_truth(tables.alerts, tables.illicit, days),
        "dispositions": alerts.disposition_errors(tables.dispositions, tables.illicit, days),
    }


def shares_of_budget(
    tables: AuditTables, contest: judgement.Contest, by_ranker: dict[str, np.ndarray], params: Params
) -> list[AnomalyShare]:
    """What a share of the budget buys that a model without labels spends, beside the bank's choice."""
    subjects, starts_at = tables.subjects, tables.test_starts_at
    customer = subjects["customer_id"].to_numpy()
    suspected = Catches.of(customer, as_labelled(subjects, starts_at))
    novel = anomaly_share.novel_customers(tables.illicit, starts_at)
    is_novel = np.isin(np.unique(customer[contest.positives.is_positive]), novel)
    return anomaly_share.anomaly_shares(
        contest.watch,
        by_ranker,
        tables.chosen,
        [name for name, model in MODELS.items() if not model.is_supervised and name in by_ranker],
        params.anomaly_shares,
        anomaly_share.CatchesOfBoth(contest.catches, suspected, is_novel),
        contest.budget,
        params,
    )


def true_world(tables: AuditTables, days: int) -> TrueWorld:
    """How many payments and customers are illicit, in the run and in the test."""
    positives, customer, bank = tables.positives(days), tables.subjects["customer_id"], tables.bank
    payments = int(bank.is_illicit.sum())
    return TrueWorld(
        illicit_transactions=payments,
        illicit_transaction_share=rounded(ratio(payments, len(bank.kind)), 6),
        illicit_customers=int(bank.is_ever_illicit.sum()),
        illicit_customers_in_test=int(customer[positives.is_positive].nunique()),
        illicit_groups_in_test=len(np.unique(positives.group[positives.is_positive])),
        leftover_customers_in_test=int(customer[positives.is_leftover].nunique()),
    )


def hardness(inputs: AuditInputs, params: Params, budget: Budget) -> Difficulty:
    """How hard the world is: indicators alone, every probe, schemes that no rule ever hit."""
    tables, days, least = inputs.tables, budget.label_window_days, params.least_group
    draws, seed, probe = params.bootstrap_draws, params.seed, params.probe
    positives = tables.positives(days)
    subjects, is_illicit = tables.subjects[positives.counts], positives.is_positive[positives.counts]
    plans = answers.Plans(tables.bank, tables.truth, tables.schemes, tables.illicit, tables.periods)
    found = ProbeFindings(
        indicators=difficulty.of_indicators(
            subjects, tables.weekly, is_illicit, tables.illicit, params.paired_indicators, days, least
        ),
        rule_invisible=difficulty.rule_invisible(tables.illicit, tables.hits, days, least),
        organisers=oracle(inputs.organisers, inputs.learnt, inputs.judged, budget, probe, draws, seed),
        **answers.of_payments(plans, probe, draws, seed),
        **answers.of_customers(plans, tables.devices, subjects, is_illicit, budget, probe, draws, seed),
    )
    return Difficulty(**dict(found), goals=goal_rows(found, probe.wanted))


def measured_world(tables: AuditTables, spreads: dict[str, Histogram], days: int) -> dict[str, float]:
    """Every figure that has a target; ``spreads`` are histograms of payments and customers."""
    months, customers = judgement.watched_months(tables.periods, tables.dispositions), len(tables.customers)
    declined = tables.settlement.declined_payments
    return {
        "patternless_illicit_share": calibration.patternless_share(tables.truth),
        "declined_share": calibration.declined_share(declined, len(tables.transactions)),
        **calibration.rule_performance(tables.alerts, tables.illicit, days, months, customers),
        **calibration.payment_life(tables.bank),
        **ordinary_life.life_figures(tables.bank),
        **calibration.overlaps(spreads),
    }


def audit(inputs: AuditInputs, audited: pd.DataFrame, params: Params, budget: Budget) -> TruthView:
    """The true view; ``audited`` is the table AuditedAlerts."""
    tables, days = inputs.tables, budget.label_window_days
    bank, schemes = tables.bank, tables.schemes
    spreads = calibration.histograms(bank, params.bins_per_decade)
    return TruthView(
        **against_truth(tables, params, budget),
        alerts=alerts.alert_counts(audited),
        world=true_world(tables, days),
        difficulty=hardness(inputs, params, budget),
        calibration=calibration.target_rows(measured_world(tables, spreads, days), params.targets),
        drift=drift_dates(tables.drift_plan, bank.first_day),
        anatomy=anatomy.target_parts(bank, schemes, tables.alerts),
        distributions=Distributions(
            **spreads,
            weeks=calibration.weekly_volume(bank),
            scheme_starts=anatomy.scheme_starts(schemes, bank.first_day),
        ),
        trace=trace.followed(
            inputs.picked,
            inputs.daily,
            inputs.names,
            tables.labels,
            tables.customers,
            schemes,
            bank.first_day,
        ),
    )


def drift_dates(plan: pd.DataFrame, first_day: pd.Timestamp) -> list[DriftDate]:
    """The drift plan by local date, in both languages."""
    local = bank_time(plan["starts_at"], first_day)
    return [
        DriftDate(at=f"{day:%Y-%m-%d}", en=str(en), zh=str(zh))
        for day, en, zh in zip(local, plan["description_en"], plan["description_zh"], strict=True)
    ]


def main() -> None:
    """Write the true view, one scheme a typology as a drawing, and the truth of every model alert."""
    budget, params = pipeline.params("budget", Budget), pipeline.params("audit", Params)
    inputs = read_inputs(params, budget)
    memory.give_back()  # what the tables were unpacked from
    tables = inputs.tables
    audited = alerts.audited_alerts(
        tables.planted, tables.subjects, tables.model_alerts, budget.label_window_days
    )
    pipeline.write_result(audit(inputs, audited, params, budget))
    pipeline.write_result(
        drawn_schemes.scheme_outlines(tables.transactions, tables.truth, tables.schemes, tables.accounts)
    )
    pipeline.write(schema.AuditedAlerts, audited)


if __name__ == "__main__":
    pipeline.run_stage("audit", main)
