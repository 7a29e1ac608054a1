"""Stage audit_labels: what each label set is worth in truth, and the price of selection bias.

One LightGBM, never tuned, learns from each label set on trial and from the truth as the
ceiling; recall at the alert budget is the true one. Two files for the report:

- ``label_audit.json``: the bank's comparison of the label models (of the stage label) with
  the true columns beside it;
- ``rule_report.json``: the numbers of the rulebook page. ``rules`` has one row a rule
  (hits, unique hits, schemes found; for rules that raise alerts also the samples ``above``
  and ``below`` the line, hours of work, what each label model learned of its vote beside
  ``true_alone``), ``negative_rules`` one a negative rule, ``lines`` the samples of the
  whole rulebook, ``effort`` what an hour is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import happened_within, moments_of
from models import schema
from models import split as splitting
from models.budget import Budget, Watch, watched
from models.examples import read_inputs
from models.metrics import Catches, Interval, drawn, wilson
from models.positives import Positives
from models.truth import rule_report
from models.truth.illicit import in_truth
from models.zoo import MODELS, Examples, by_row
from parameters import Draws, Leaves, Part, Positive, Seed, TreeCount

FIXED = "lightgbm"
VOTES = ("rule_vote", "below_line_vote")
KEY = ["model", "uses_dispositions", "random_share"]


class Fixed(pipeline.Parameters):
    """Section ``audit_labels.fixed`` of params.yaml: the one model, never tuned."""

    trees: TreeCount
    learning_rate: Part
    num_leaves: Leaves
    min_sum_hessian_in_leaf: Positive
    lambda_l2: float = Field(ge=0, le=1e9)
    feature_fraction: Part
    positive_weight: Positive


class Params(pipeline.Parameters):
    """Section ``audit_labels`` of params.yaml."""

    fixed: Fixed
    unlabelled_share: Part
    bootstrap_draws: Draws
    seed: Seed
    effort: rule_report.Effort


def training_rows(
    train: pd.DataFrame, labels: pd.DataFrame, is_true: np.ndarray, params: Params
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the training subjects that every label set learns from, and how many each stands for.

    All subjects of customers whom any label set speaks of or who are truly illicit, and a
    share of the others: those are alike to every label set.
    """
    told = train["customer_id"].isin(labels["customer_id"]).to_numpy() | is_true
    drawn = np.random.default_rng(params.seed).random(len(train)) < params.unlabelled_share
    rows = np.flatnonzero(told | drawn)
    return rows, np.where(told[rows], 1.0, 1 / params.unlabelled_share)


def label_quality(label: np.ndarray, source: pd.Series, is_true: np.ndarray) -> dict[str, Any]:
    """How a label set's view of the training subjects compares with the truth."""
    suspicious = label >= 0.5
    both = int((suspicious & is_true).sum())
    return {
        "suspicious": int(suspicious.sum()),
        "belief": round(float(label.sum()), 1),
        "labelled": int((source != "unreviewed").sum()),
        "right": wilson(both, int(suspicious.sum())),
        "found": wilson(both, int(is_true.sum())),
    }


def vote_loss(votes: pd.DataFrame, is_true: np.ndarray, least: float) -> float | None:
    """Mean log-loss of the votes' beliefs at flagged moments against the truth."""
    if not len(votes):
        return None
    sure = np.clip(votes["value"].to_numpy(), least, 1 - least)
    return round(float(-np.where(is_true, np.log(sure), np.log(1 - sure)).mean()), 4)


@dataclass(frozen=True)
class Sides:
    """Subjects to learn from, those to judge by, and what is true of both.

    ``train`` and ``watched`` are rows of Split, the latter of validation and test, of which
    the test is judged; ``stands_for`` says how many each training row stands for. Arrays have
    the shape of their side, ``truth`` that of the test.
    """

    train: pd.DataFrame
    stands_for: np.ndarray
    train_is_true: np.ndarray
    watched: pd.DataFrame
    truth: Positives

    @classmethod
    def of(
        cls,
        split: pd.DataFrame,
        illicit: pd.DataFrame,
        labels: pd.DataFrame,
        test_starts_at: pd.Timestamp,
        days: int,
        params: Params,
    ) -> Sides:
        """Choose the rows that every label set learns from, and those that judge it."""
        train = split[split["role"] == "train"].reset_index(drop=True)
        is_true = happened_within(illicit, train["customer_id"], train["as_of"], days)
        rows, stands_for = training_rows(train, labels, is_true, params)
        learnt = train.iloc[rows].reset_index(drop=True)
        test = split[split["role"] == "test"]
        truth = in_truth(test, illicit, test_starts_at, days)
        return cls(learnt, stands_for, is_true[rows], watched(split), truth)


class Ladder:
    """The fixed model learns from one label set after the other; everything else stays equal.

    ``train`` and ``watched`` are the examples of both sides; labels and weights they bring
    are not looked at.
    """

    def __init__(
        self, sides: Sides, train: Examples, watched: Examples, budget: Budget, settings: Any, params: Params
    ) -> None:
        self.sides, self.budget, self.params = sides, budget, params
        self.watched, self.watch = by_row(watched), Watch.of(sides.watched)
        self.catches = Catches.of(self.watch.judged.customer, sides.truth)
        self.weight = drawn(self.catches.groups, params.bootstrap_draws, params.seed)
        # The bins serve every label set: only labels and weights differ.
        model = MODELS.lookup(FIXED, "audit_labels")
        self.learner = model.learner(train, settings, params.seed)

    def climb(self, label: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Which truly illicit test customers a model catches that learnt from these labels."""
        learner = self.learner.relabelled(label, weight * self.sides.stands_for)
        score = learner.fit(self.params.fixed.model_dump()).scores(self.watched)
        return self.catches.caught(self.watch.alerted(score, self.budget))

    def recall(self, value: np.ndarray) -> Interval:
        """Mean over the truly illicit customers of what `climb` gave, or of a difference, by scheme."""
        return self.catches.mean(value, self.weight)


def audit_sets(
    ladder: Ladder,
    labels: pd.DataFrame,
    illicit: pd.DataFrame,
    compared: dict[str, Any],
    until: pd.Timestamp,
    split_params: splitting.Params,
    least_belief: float,
) -> dict[str, Any]:
    """The bank's comparison of label sets with the truth beside each, and the ceiling."""
    days = ladder.budget.label_window_days
    truth = ladder.sides.train_is_true
    ceiling = ladder.climb(truth.astype(float), np.ones(len(truth)))
    rows = []
    for row in pipeline.progress(compared["sets"], "label sets", "set"):
        is_mine = np.logical_and.reduce([labels[key] == row[key] for key in KEY])
        mine = labels[is_mine]
        known = splitting.known_label(ladder.sides.train, mine, until, days, split_params)
        catches = ladder.climb(known["label"].to_numpy(), known["weight"].to_numpy())
        votes = mine[mine["source"].isin(VOTES)]
        is_true = happened_within(illicit, votes["customer_id"], votes["event_at"], days)
        rows.append(
            row
            | {
                "labels": label_quality(known["label"].to_numpy(), known["label_source"], truth),
                "true_log_loss": vote_loss(votes, is_true, least_belief),
                "true_recall": ladder.recall(catches),
                "below_ceiling": ladder.recall(catches - ceiling),
            }
        )
    return compared | {
        "sets": rows,
        "customers": len(ceiling),
        "ceiling": ladder.recall(ceiling),
    }


def main() -> None:
    """Write the audit of the label sets and the numbers of the rulebook page."""
    params, budget = pipeline.params("audit_labels", Params), pipeline.params("budget", Budget)
    settings = pipeline.params(f"models.{FIXED}", MODELS.lookup(FIXED, "audit_labels").settings)
    accounts = pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"])
    transactions = pipeline.read(
        data_schema.Transactions, columns=["transaction_id", "at", "payer_account_id", "payee_account_id"]
    )
    truth, schemes = pipeline.read(data_schema.Truth), pipeline.read(data_schema.Schemes)
    planted = moments_of(transactions, accounts, truth, schemes)
    illicit = planted[planted["is_illicit"]]
    compared = pipeline.read_json("data", "label_models.json")

    labels = pipeline.read(data_schema.TrialLabels)
    starts_at = pipeline.read(data_schema.Periods).set_index("name")["starts_at"]
    sides = Sides.of(
        pipeline.read(schema.Split), illicit, labels, starts_at["test"], budget.label_window_days, params
    )
    train, judged = read_inputs([sides.train, sides.watched], needs_graph=False)
    ladder = Ladder(sides, train, judged, budget, settings, params)
    audited = audit_sets(
        ladder,
        labels,
        illicit,
        compared,
        starts_at["validation"],
        pipeline.params("split", splitting.Params),
        compared["least_belief"],
    )
    pipeline.write_json("models", "label_audit.json", audited)

    rules, hits = pipeline.read(data_schema.Rules), pipeline.read(data_schema.RuleHits)
    alerts, below_line = pipeline.read(data_schema.Alerts), pipeline.read(data_schema.BelowLine)
    days = budget.label_window_days
    reviewed = rule_report.Reviewed.of(
        alerts, below_line, pipeline.read(data_schema.Dispositions), illicit, days, params.effort
    )
    lines = pipeline.read(data_schema.Lines)
    flagged = pd.concat([alerts, below_line])[["alert_id", "customer_id", "alerted_at"]]
    pipeline.write_json(
        "models",
        "rule_report.json",
        {
            "rules": rule_report.rule_rows(rules, lines, hits, reviewed, illicit, compared["learned"], days),
            "negative_rules": rule_report.negative_rows(
                rules, pipeline.read(data_schema.NegativeHits), reviewed, flagged
            ),
            "lines": rule_report.line_rows(reviewed),
            "effort": params.effort.model_dump(),
        },
    )


if __name__ == "__main__":
    pipeline.run_stage("audit_labels", main)
