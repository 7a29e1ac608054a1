"""Stage audit_money: what money, which schemes and how soon, at which cost; and a verdict on each rule.

A part of the audit: the truth is read to judge rankings, rules and budgets. Beside it stands
what the bank can work out for itself: its reports instead of illicit payments, all that
suspects pay out instead of illicit money, its cases instead of schemes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator

import pipeline
from data import schema as data_schema
from data.asof import happened_within, moments_of
from data.asof.moments import microseconds
from data.schema import DECIDED
from models import schema
from models.budget import Budget, Queue, Watch, spent
from models.judgement import watched_scores
from models.positives import Positives, as_labelled
from models.results.bank import BankView
from models.results.labels import ReviewEffort
from models.results.money import AdviceRow, AlertCost, CostCurve, MoneyAudit, RankerReach
from models.schema import RULES
from models.truth.economics import BudgetSpent, Ledgered, alert_cost, break_even
from models.truth.illicit import in_truth
from models.truth.reach import Stakes, illicit_payments
from models.truth.rule_report import Effort, Reviewed
from models.truth.rule_verdicts import rule_verdicts
from parameters import Count, Days, Draws, Positive, Seed

RULEBOOK = "rulebook"  # the rules' alerts as they really ran, beside the rules as a ranker
VIEW_NAMES = ("bank", "true")
PAID = ["transaction_id", "at", "payer_account_id", "payee_account_id", "amount_cents"]


def rising_multiples(budgets: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse multiples that do not rise, or that leave the bank's own budget out."""
    if list(budgets) != sorted(set(budgets)) or 1.0 not in budgets:
        raise ValueError("expected rising multiples, 1 among them")
    return budgets


class Params(pipeline.Parameters):
    """Section ``audit_money`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    days: tuple[Days, ...]
    budgets: Annotated[tuple[Positive, ...], AfterValidator(rising_multiples)]
    usual_worth: Positive
    worths: tuple[Positive, ...]
    least_judged: Count


@dataclass(frozen=True)
class MoneyInputs:
    """The tables, and the model that the bank would put to work.

    ``bank_paid`` and ``illicit_paid`` are rows as `Stakes.of` takes them, of the whole run;
    ``planted`` are the moments of schemes.
    """

    periods: pd.DataFrame
    split: pd.DataFrame
    scores: pd.DataFrame
    rules: pd.DataFrame
    alerts: pd.DataFrame
    below_line: pd.DataFrame
    dispositions: pd.DataFrame
    bank_paid: pd.DataFrame
    illicit_paid: pd.DataFrame
    planted: pd.DataFrame
    chosen: str

    @cached_property
    def illicit(self) -> pd.DataFrame:
        """Moments of illicit schemes."""
        return self.planted[self.planted["is_illicit"]]

    @cached_property
    def starts_at(self) -> pd.Timestamp:
        """When the test begins."""
        return self.periods.set_index("name").loc["test", "starts_at"]

    @cached_property
    def ends_at(self) -> pd.Timestamp:
        """The last moment that anybody is ranked at."""
        return self.split["as_of"].max()

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """The test's rows of Split."""
        return self.split[self.split["role"] == "test"].reset_index(drop=True)

    @cached_property
    def suspects(self) -> Positives:
        """What the bank's labels make of them."""
        return as_labelled(self.subjects, self.starts_at)


def paid_out(transactions: pd.DataFrame, accounts: pd.DataFrame, customers: pd.Series) -> pd.DataFrame:
    """All that some customers pay out: payment, customer_id, at and yuan."""
    owner = accounts.loc[accounts["customer_id"].isin(customers)].set_index("account_id")["customer_id"]
    mine = transactions[transactions["payer_account_id"].isin(owner.index)]
    return pd.DataFrame(
        {
            "payment": mine["transaction_id"],
            "customer_id": mine["payer_account_id"].map(owner).astype("int64"),
            "at": mine["at"],
            "yuan": mine["amount_cents"] / 100,
        }
    )


def read_inputs() -> MoneyInputs:
    """Read the tables, and of the payments those that are at stake."""
    split = pipeline.read(schema.Split)
    transactions = pipeline.read(data_schema.Transactions, columns=PAID)
    accounts = pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"])
    truth, schemes = pipeline.read(data_schema.Truth), pipeline.read(data_schema.Schemes)
    suspicious = split.loc[(split["role"] == "test") & (split["label"] >= 0.5), "customer_id"]
    return MoneyInputs(
        periods=pipeline.read(data_schema.Periods),
        split=split,
        scores=pipeline.read(schema.Scores),
        rules=pipeline.read(data_schema.Rules),
        alerts=pipeline.read(data_schema.Alerts),
        below_line=pipeline.read(data_schema.BelowLine),
        dispositions=pipeline.read(data_schema.Dispositions),
        bank_paid=paid_out(transactions, accounts, suspicious),
        illicit_paid=illicit_payments(transactions, accounts, truth, schemes),
        planted=moments_of(transactions, accounts, truth, schemes),
        chosen=pipeline.read_result(BankView).chosen.name,
    )


def within_test(paid: pd.DataFrame, inputs: MoneyInputs) -> pd.DataFrame:
    """Payments from the test's beginning to the last moment that anybody is ranked at."""
    return paid[(paid["at"] >= inputs.starts_at) & (paid["at"] < inputs.ends_at)]


def true_stakes(inputs: MoneyInputs, params: Params, days: int) -> Stakes:
    """Illicit payments of the test, their schemes, and when each member began."""
    illicit, starts_at = inputs.illicit, inputs.starts_at
    began = illicit.groupby("customer_id")["at"].min()
    paid = within_test(inputs.illicit_paid, inputs)
    return Stakes.of(
        inputs.subjects,
        in_truth(inputs.subjects, illicit, starts_at, days),
        paid,
        began[began >= starts_at],
        paid[["customer_id", "scheme_id"]].rename(columns={"scheme_id": "club"}),
        params.bootstrap_draws,
        params.seed,
    )


def bank_stakes(inputs: MoneyInputs, params: Params, days: int) -> Stakes:
    """What suspects pay out from the days that their report looks back on, and the cases of their reports."""
    subjects, suspects = inputs.subjects, inputs.suspects
    mine = subjects[suspects.is_positive]
    began = mine.groupby("customer_id")["label_event_at"].min()
    paid = within_test(inputs.bank_paid, inputs)
    looked_at = began.reindex(paid["customer_id"]) - pd.Timedelta(days=days)
    paid = paid[(paid["at"].reset_index(drop=True) >= looked_at.reset_index(drop=True)).to_numpy()]
    reported = inputs.dispositions.loc[inputs.dispositions["outcome"] == "reported", "alert_id"].dropna()
    tied = inputs.alerts.loc[inputs.alerts["alert_id"].isin(reported), ["customer_id", "case_id"]]
    tied = tied[tied["customer_id"].isin(began.index)].rename(columns={"case_id": "club"})
    alone = began.index.difference(pd.Index(tied["customer_id"]))  # nobody was alerted beside him
    clubs = pd.concat([tied, pd.DataFrame({"customer_id": alone, "club": -1 - np.arange(len(alone))})])
    return Stakes.of(
        subjects,
        suspects,
        paid,
        began[began >= inputs.starts_at],
        clubs,
        params.bootstrap_draws,
        params.seed,
    )


@dataclass(frozen=True)
class BudgetView:
    """One view: what is at stake, and on which watched weeks an alert catches; shape (watched,)."""

    stakes: Stakes
    is_catch: np.ndarray

    def spending(self, queue: Queue, budget: Budget, scale: float) -> BudgetSpent:
        """What a ranker spends; its alerts in validation may catch somebody early, and are not counted."""
        watch = queue.watch
        rows = np.array([row for row, _ in spent(queue.turns, budget, scale)], np.int64)
        caught, judged = rows[self.is_catch[rows]], watch.is_judged
        first_us = self.stakes.first_catch(watch.customer[caught], watch.as_of_us[caught])
        return BudgetSpent(scale, int(judged[rows].sum()), int(judged[caught].sum()), first_us)

    def as_it_ran(self, alerts: pd.DataFrame, is_catch: np.ndarray, starts_at: pd.Timestamp) -> BudgetSpent:
        """What alerts (customer_id, alerted_at) spent that were really raised; those of the test count."""
        at_us, customer = microseconds(alerts["alerted_at"]), alerts["customer_id"].to_numpy()
        judged = (alerts["alerted_at"] >= starts_at).to_numpy()
        first_us = self.stakes.first_catch(customer[is_catch], at_us[is_catch])
        return BudgetSpent(1.0, int(judged.sum()), int((judged & is_catch).sum()), first_us)


Views = dict[str, BudgetView]  # bank and true
Scored = tuple[pd.DataFrame, dict[str, np.ndarray]]  # watched subjects, and their scores by ranker


def views_of_money(inputs: MoneyInputs, everyone: pd.DataFrame, params: Params, days: int) -> Views:
    """What the bank's labels say of the watched weeks, and what is true of them."""
    customer, as_of = everyone["customer_id"], everyone["as_of"]
    return {
        "bank": BudgetView(bank_stakes(inputs, params, days), (everyone["label"] >= 0.5).to_numpy()),
        "true": BudgetView(
            true_stakes(inputs, params, days), happened_within(inputs.illicit, customer, as_of, days)
        ),
    }


def rulebook_as_it_ran(inputs: MoneyInputs, views: Views, days: int) -> dict[str, BudgetSpent]:
    """What the rules' alerts reached over the watched weeks, by view; for the bank a report is a catch."""
    watched_from = inputs.split.loc[inputs.split["role"] != "train", "as_of"].min()
    raised = inputs.alerts[inputs.alerts["alerted_at"].between(watched_from, inputs.ends_at)]
    decided = inputs.dispositions
    reported = decided.loc[decided["outcome"] == "reported", "alert_id"].dropna()
    is_catch = {
        "bank": raised["alert_id"].isin(reported).to_numpy(),
        "true": happened_within(inputs.illicit, raised["customer_id"], raised["alerted_at"], days),
    }
    return {name: view.as_it_ran(raised, is_catch[name], inputs.starts_at) for name, view in views.items()}


def reach_of(
    ranker: str, views: Views, spending: dict[str, BudgetSpent], rules: dict[str, BudgetSpent], params: Params
) -> RankerReach:
    """What one ranker reaches, in both views; ``rules`` is what the rules as a ranker spend."""
    bank, true = (
        views[name].stakes.reached(spending[name].first_us, rules[name].first_us, params.days)
        for name in VIEW_NAMES
    )
    return RankerReach(ranker=ranker, alerts=spending["true"].alerts, bank=bank, true=true)


def alert_costs(inputs: MoneyInputs, effort: Effort, days: int) -> AlertCost:
    """What an alert costs, by what became of those that were decided."""
    decided = inputs.dispositions[inputs.dispositions["outcome"].isin(DECIDED)]
    is_true = happened_within(inputs.illicit, decided["customer_id"], decided["event_at"], days)
    return AlertCost(
        mean_cny=round(alert_cost(decided["outcome"], effort), 2),
        true_cny=round(alert_cost(decided.loc[is_true, "outcome"], effort), 2),
        false_cny=round(alert_cost(decided.loc[~is_true, "outcome"], effort), 2),
    )


def ledgered(
    views: Views, spendings: Sequence[dict[str, BudgetSpent]], cost: AlertCost
) -> dict[str, Ledgered]:
    """Budgets with their price: one for all alerts as the bank knows it, in truth by what they are."""
    price = {"bank": (cost.mean_cny, cost.mean_cny), "true": (cost.true_cny, cost.false_cny)}
    return {
        name: Ledgered(view.stakes, [row[name] for row in spendings], *price[name])
        for name, view in views.items()
    }


def spendings_of(
    inputs: MoneyInputs, everyone: Scored, views: Views, params: Params, budget: Budget
) -> dict[str, list[dict[str, BudgetSpent]]]:
    """By ranker what it spends, by view: rules and chosen model at every budget, others at the bank's."""
    subjects, by_ranker = everyone
    watch, found = Watch.of(subjects), {}
    for ranker, score in pipeline.progress(by_ranker.items(), "spend", "ranker"):
        queue = watch.queue(score)
        tried = params.budgets if ranker in (RULES, inputs.chosen) else (1.0,)
        found[ranker] = [
            {name: view.spending(queue, budget, scale) for name, view in views.items()} for scale in tried
        ]
    return found


def audit_money(inputs: MoneyInputs, params: Params, budget: Budget, effort: Effort) -> MoneyAudit:
    """The whole result."""
    days = budget.label_window_days
    everyone = watched_scores(inputs.split, inputs.scores)
    views, cost = views_of_money(inputs, everyone[0], params, days), alert_costs(inputs, effort, days)
    spendings = spendings_of(inputs, everyone, views, params, budget)
    usual = {name: next(row for row in rows if row["true"].budget == 1.0) for name, rows in spendings.items()}
    ran = rulebook_as_it_ran(inputs, views, days)
    pays_from = {
        name: break_even(row.points()[0], params.usual_worth)
        for name, row in ledgered(views, [ran], cost).items()
    }
    priced = {ranker: ledgered(views, spendings[ranker], cost) for ranker in (RULES, inputs.chosen)}
    return MoneyAudit(
        bank=views["bank"].stakes.size,
        true=views["true"].stakes.size,
        rankers=[
            reach_of(ranker, views, spending, usual[RULES], params)
            for ranker, spending in (usual | {RULEBOOK: ran}).items()
        ],
        effort=ReviewEffort(**effort.model_dump()),
        alert_cost=cost,
        chosen=inputs.chosen,
        curves=[
            CostCurve(ranker=ranker, **{name: row.points() for name, row in mine.items()})
            for ranker, mine in priced.items()
        ],
        usual_worth=params.usual_worth,
        rules_pay_from=pays_from,
        advice=[
            AdviceRow(worth=worth, **{name: row.advice(worth) for name, row in priced[inputs.chosen].items()})
            for worth in params.worths
        ],
        rules=rule_verdicts(
            voting_rules(inputs.rules),
            inputs.alerts,
            Reviewed.of(inputs.alerts, inputs.below_line, inputs.dispositions, inputs.illicit, days, effort),
            inputs.illicit,
            days,
            pays_from,
            params.least_judged,
        ),
    )


def voting_rules(rules: pd.DataFrame) -> list[str]:
    """Rules that raise alerts."""
    is_asked = (rules["use"] == "label") & (rules["vote"] > 0) & rules["is_applied"]
    return [str(name) for name in rules.loc[is_asked, "rule_id"]]


def main() -> None:
    """Write what is reached for which money."""
    params, budget = pipeline.params("audit_money", Params), pipeline.params("budget", Budget)
    effort = pipeline.params("audit_labels.effort", Effort)
    pipeline.write_result(audit_money(read_inputs(), params, budget, effort))


if __name__ == "__main__":
    pipeline.run_stage("audit_money", main)
