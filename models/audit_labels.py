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

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import happened_within, moments_of
from data.results import Interval, LabelModels
from models import examples, schema
from models import split as splitting
from models.budget import Budget, Watch, watched
from models.intervals import drawn, wilson
from models.metrics import Catches
from models.positives import Positives
from models.results.labels import AuditedSet, LabelAudit, LabelQuality, ReviewEffort, RuleReport
from models.truth import fixed_trees, rule_report
from models.truth.fixed_trees import Trees
from models.truth.illicit import MOMENT_COLUMNS, in_truth
from models.zoo import FEATURES_ALONE, Examples, believable, by_row, learnable
from parameters import Draws, Part, Seed

VOTES = ("rule_vote", "below_line_vote")
SET_KEYS = ["model", "uses_dispositions", "random_share"]


class Params(pipeline.Parameters):
    """Section ``audit_labels`` of params.yaml."""

    fixed: Trees
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


def label_quality(label: np.ndarray, source: pd.Series, is_true: np.ndarray) -> LabelQuality:
    """How a label set's view of the training subjects compares with the truth."""
    suspicious = label >= 0.5
    both = int((suspicious & is_true).sum())
    return LabelQuality(
        suspicious=int(suspicious.sum()),
        belief=round(float(label.sum()), 1),
        labelled=int((source != "unreviewed").sum()),
        right=wilson(both, int(suspicious.sum())),
        found=wilson(both, int(is_true.sum())),
    )


def vote_loss(votes: pd.DataFrame, is_true: np.ndarray, least: float) -> float | None:
    """Mean log-loss of the votes' beliefs at flagged moments against the truth."""
    if not len(votes):
        return None
    sure = np.clip(votes["value"].to_numpy(), least, 1 - least)
    return round(float(-np.where(is_true, np.log(sure), np.log(1 - sure)).mean()), 4)


@dataclass(frozen=True)
class TrialSides:
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
    ) -> TrialSides:
        """Choose the rows that every label set learns from, and those that judge it."""
        train = split[split["role"] == "train"].reset_index(drop=True)
        is_true = happened_within(illicit, train["customer_id"], train["as_of"], days)
        rows, stands_for = training_rows(train, labels, is_true, params)
        learnt = train.iloc[rows].reset_index(drop=True)
        test = split[split["role"] == "test"]
        truth = in_truth(test, illicit, test_starts_at, days)
        return cls(learnt, stands_for, is_true[rows], watched(split), truth)


class LabelTrials:
    """The fixed model learns from one label set after the other; everything else stays equal.

    ``train`` and ``watched`` are the examples of both sides; labels and weights they bring
    are not looked at.
    """

    def __init__(
        self, sides: TrialSides, train: Examples, watched: Examples, budget: Budget, params: Params
    ) -> None:
        self.sides, self.budget, self.params, self.train = sides, budget, params, learnable(train)
        self.watched, self.watch = by_row(watched).features.to_numpy(), Watch.of(sides.watched)
        self.catches = Catches.of(self.watch.judged.customer, sides.truth)
        self.weight = drawn(self.catches.groups, params.bootstrap_draws, params.seed)
        # The bins serve every label set: only labels and weights differ.
        values, names = train.features.to_numpy(), list(train.features.columns)
        self.bins = fixed_trees.bins(values, params.fixed, params.seed, names)

    def caught(self, label: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Which truly illicit test customers a model catches that learnt from these labels."""
        told = believable(replace(self.train, label=label, weight=weight * self.sides.stands_for))
        fixed, seed = self.params.fixed, self.params.seed
        booster = fixed_trees.fit_bins(self.bins, told.label, told.weight, fixed, seed)
        score = fixed_trees.margins(booster, self.watched)
        return self.catches.caught(self.watch.alerted(score, self.budget))

    def recall(self, value: np.ndarray) -> Interval:
        """Mean over the truly illicit customers of what `caught` gave, or of a difference, by scheme."""
        return self.catches.mean(value, self.weight)


@dataclass(frozen=True)
class LabelInputs:
    """What the label sets and the rules are judged with.

    ``compared`` is the bank's own comparison of the label sets, ``labels`` are those of all
    sets, ``illicit`` the moments of illicit schemes. ``train`` and ``watched`` are the
    examples of both ``sides``.
    """

    periods: pd.DataFrame
    illicit: pd.DataFrame
    compared: LabelModels
    labels: pd.DataFrame
    sides: TrialSides
    train: Examples
    watched: Examples
    rules: pd.DataFrame
    hits: pd.DataFrame
    negative_hits: pd.DataFrame
    lines: pd.DataFrame
    alerts: pd.DataFrame
    below_line: pd.DataFrame
    dispositions: pd.DataFrame


def read_inputs(params: Params, budget: Budget) -> LabelInputs:
    """Read the tables, and the features of those subjects only that are learnt from or judged."""
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit, periods = planted[planted["is_illicit"]], pipeline.read(data_schema.Periods)
    labels = pipeline.read(data_schema.TrialLabels)
    starts_at = periods.set_index("name").loc["test", "starts_at"]
    split, days = pipeline.read(schema.Split), budget.label_window_days
    sides = TrialSides.of(split, illicit, labels, starts_at, days, params)
    train, judged = examples.read_inputs([sides.train, sides.watched], FEATURES_ALONE)
    return LabelInputs(
        periods,
        illicit,
        pipeline.read_result(LabelModels),
        labels,
        sides,
        train,
        judged,
        pipeline.read(data_schema.Rules),
        pipeline.read(data_schema.RuleHits),
        pipeline.read(data_schema.NegativeHits),
        pipeline.read(data_schema.Lines),
        pipeline.read(data_schema.Alerts),
        pipeline.read(data_schema.BelowLine),
        pipeline.read(data_schema.Dispositions),
    )


def audit_sets(
    trials: LabelTrials,
    labels: pd.DataFrame,
    illicit: pd.DataFrame,
    compared: LabelModels,
    until: pd.Timestamp,
    split_params: splitting.Params,
) -> LabelAudit:
    """The bank's comparison of label sets with the truth beside each, and the ceiling.

    ``until`` is the end of training: no set knows anything later.
    """
    days, truth = trials.budget.label_window_days, trials.sides.train_is_true
    ceiling = trials.caught(truth.astype(float), np.ones(len(truth)))
    rows = []
    for row in pipeline.progress(compared.sets, "label sets", "set"):
        is_mine = np.logical_and.reduce([labels[key] == getattr(row, key) for key in SET_KEYS])
        mine = labels[is_mine]
        known = splitting.known_label(trials.sides.train, mine, until, days, split_params)
        label, weight = known["label"].to_numpy(), known["weight"].to_numpy()
        catches = trials.caught(label, weight)
        votes = mine[mine["source"].isin(VOTES)]
        is_true = happened_within(illicit, votes["customer_id"], votes["event_at"], days)
        rows.append(
            AuditedSet(
                **dict(row),
                labels=label_quality(label, known["label_source"], truth),
                true_log_loss=vote_loss(votes, is_true, compared.least_belief),
                true_recall=trials.recall(catches),
                below_ceiling=trials.recall(catches - ceiling),
            )
        )
    told = dict(compared) | {"sets": rows}
    return LabelAudit(**told, customers=len(ceiling), ceiling=trials.recall(ceiling))


def audit_labels(
    inputs: LabelInputs, params: Params, budget: Budget, split_params: splitting.Params
) -> LabelAudit:
    """What each label set is worth, by what one fixed model finds that learns from it."""
    trials = LabelTrials(inputs.sides, inputs.train, inputs.watched, budget, params)
    until = inputs.periods.set_index("name").loc["validation", "starts_at"]
    return audit_sets(trials, inputs.labels, inputs.illicit, inputs.compared, until, split_params)


def audit_rules(inputs: LabelInputs, effort: rule_report.Effort, days: int) -> RuleReport:
    """What each rule is worth, above its line and below it; ``days`` is the label window."""
    alerts, below_line, illicit = inputs.alerts, inputs.below_line, inputs.illicit
    reviewed = rule_report.Reviewed.of(alerts, below_line, inputs.dispositions, illicit, days, effort)
    flagged = pd.concat([alerts, below_line])[["alert_id", "customer_id", "alerted_at"]]
    learned = inputs.compared.learned
    return RuleReport(
        rules=rule_report.rule_rows(
            inputs.rules, inputs.lines, inputs.hits, reviewed, illicit, learned, days
        ),
        negative_rules=rule_report.negative_rows(inputs.rules, inputs.negative_hits, reviewed, flagged),
        lines=rule_report.line_samples(reviewed),
        effort=ReviewEffort(**effort.model_dump()),
    )


def main() -> None:
    """Write the audit of the label sets and the numbers of the rulebook page."""
    params, budget = pipeline.params("audit_labels", Params), pipeline.params("budget", Budget)
    split_params = pipeline.params("split", splitting.Params)
    inputs = read_inputs(params, budget)
    pipeline.write_result(audit_labels(inputs, params, budget, split_params))
    pipeline.write_result(audit_rules(inputs, params.effort, budget.label_window_days))


if __name__ == "__main__":
    pipeline.run_stage("audit_labels", main)
