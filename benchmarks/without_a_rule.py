"""Study audit_rules_out: what a model still finds of what one rule alone would have taught it.

One rule after the other is taken from the bank. Alerts of it alone are never raised and never
decided, its votes are not cast, the label model learns anew; the alert line and everybody's
capacity stay. One fixed model learns from the labels that are left. Beside it the same model
learns from labels put right wherever the bank has any, and from the whole truth: so much is
lost to mistakes, and so much to whom the bank never looks at. The truth is read to judge, and
to put these labels right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import label as labelling
from data import schema
from data.asof import happened_within, moments_of
from data.labels.ballots import Ballots, with_decision
from data.labels.dated import vote_values
from data.results import Interval
from models import examples, split
from models.audit_injection import Params as InjectionParams
from models.budget import Budget
from models.examples import Learnt
from models.intervals import drawn, mean_by_group
from models.metrics import Catches
from models.results.audit_studies import RuleLeftOut, RulesLeftOutStudy
from models.results.headline import PartRecall
from models.schema import Split
from models.truth import fixed_trees, yardstick
from models.truth.illicit import MOMENT_COLUMNS
from models.truth.yardstick import Yardstick
from models.zoo import FEATURES_ALONE
from parameters import Count, Draws, Seed
from provenance import made_now, study_params

if TYPE_CHECKING:
    import lightgbm

DATA = (
    "artifacts/data/labels.parquet",
    "artifacts/features/feature_matrix.parquet",
    "artifacts/models/split.parquet",
)
SECTIONS = ("audit_injection", "budget", "label", "learn", "split")
SUSPECTED = 0.5
CORRECTED, TRUTH = "corrected", "truth"  # lessons beside those without a rule, named "" and by rule
OTHERS = ("", CORRECTED, TRUTH)


class Params(pipeline.Parameters):
    """Section ``audit_rules_out`` of studies/params.yaml."""

    seeds: tuple[Seed, ...] = Field(min_length=1)
    least_customers: Count
    bootstrap_draws: Draws


@dataclass(frozen=True)
class Paper:
    """What the bank's labels are made of."""

    rules: pd.DataFrame
    hits: pd.DataFrame
    negative: pd.DataFrame
    alerts: pd.DataFrame
    below_line: pd.DataFrame
    dispositions: pd.DataFrame
    given: pd.DataFrame
    customers: int
    first_day: pd.Timestamp

    def alone(self, rule_id: str) -> pd.Series:
        """Ids of the alerts that nothing but this rule raised, above and below the line."""
        both = pd.concat([self.alerts, self.below_line])[["alert_id", "rule_ids"]]
        return both.loc[both["rule_ids"] == rule_id, "alert_id"]

    def labels(self, params: labelling.Params, without: str = "") -> pd.DataFrame:
        """The table Labels of the bank without a rule."""
        gone = self.alone(without)
        sides = (side[~side["alert_id"].isin(gone)] for side in (self.alerts, self.below_line))
        flagged = labelling.flagged_moments(*sides)
        decided = with_decision(self.dispositions[~self.dispositions["alert_id"].isin(gone)])
        rules = self.rules.assign(is_applied=self.rules["is_applied"] & (self.rules["rule_id"] != without))
        ballots = Ballots.of(
            rules, self.hits, self.negative, self.customers, self.first_day, params.decision_weeks
        )
        values = vote_values(flagged, ballots, decided, params)
        return labelling.label(flagged, values, decided, self.given, params)


@dataclass(frozen=True)
class Taught:
    """Training subjects under one set of labels; arrays of the shape of the training subjects."""

    label: np.ndarray
    weight: np.ndarray
    is_spoken_of: np.ndarray

    def corrected(self, is_true: np.ndarray) -> Taught:
        """The truth wherever these labels say anything, and nothing elsewhere."""
        return replace(self, label=np.where(self.is_spoken_of, is_true, 0.0))

    def all_true(self, is_true: np.ndarray) -> Taught:
        """The truth of everybody, as sure as a human's decision."""
        return replace(self, label=is_true.astype(float), weight=np.ones(len(is_true)))


@dataclass(frozen=True)
class Bench:
    """One fixed model over one set of rows, whatever their labels; ``rows`` are places of ``is_drawn``.

    Unsuspected rows stand for ``1 / share`` of their kind where they are drawn; rows that some
    other set of labels suspects are learnt from besides, for themselves alone.
    """

    judge: Yardstick
    values: np.ndarray
    rows: np.ndarray
    is_drawn: np.ndarray
    share: float
    trees: fixed_trees.Trees

    @cached_property
    def data(self) -> lightgbm.Dataset:
        """The rows in bins, which serve every set of labels."""
        return fixed_trees.bins(self.values, self.trees, 1)

    def caught(self, taught: Taught, seeds: tuple[int, ...]) -> np.ndarray:
        """Share of the seeds in which each illicit customer of the test is caught."""
        label, weight = taught.label[self.rows], taught.weight[self.rows]
        weight = np.where((label > 0) | ~self.is_drawn[self.rows], weight, weight / self.share)
        catches, found = self.judge.catches["true"], []
        for seed in seeds:
            booster = fixed_trees.fit_bins(self.data, label, weight, self.trees, seed)
            score = fixed_trees.margins(booster, self.judge.values)
            found.append(catches.caught(self.judge.watch.alerted(score, self.judge.budget)))
        return np.asarray(np.mean(found, axis=0))


def rows_left_out(
    caught: dict[str, np.ndarray],
    catches: Catches,
    is_hit: dict[str, np.ndarray],
    counts: dict[str, dict[str, int]],
    weight: np.ndarray,
) -> list[RuleLeftOut]:
    """One row a rule.

    Parameters
    ----------
    caught : by lesson, see `Bench.caught`; all labels under ""
    is_hit : by rule, the illicit customers of the test that it hit, shape (customers,)
    counts : by rule, fields of RuleLeftOut
    weight : of `drawn`, shape (draws + 1, groups)
    """

    def part(found: np.ndarray, mine: np.ndarray) -> PartRecall:
        recall = mean_by_group(found[mine], catches.group[mine], weight)
        return PartRecall(customers=int(mine.sum()), caught=round(float(found[mine].sum())), recall=recall)

    return [
        RuleLeftOut(
            rule_id=rule_id,
            **counts[rule_id],
            hit=part(caught[""], mine),
            hit_left_out=part(caught[rule_id], mine),
            hit_change=mean_by_group((caught[rule_id] - caught[""])[mine], catches.group[mine], weight),
            change=catches.mean(caught[rule_id] - caught[""], weight),
        )
        for rule_id, mine in is_hit.items()
    ]


def change_of_pairs(
    caught: dict[str, np.ndarray], catches: Catches, is_hit: dict[str, np.ndarray], weight: np.ndarray
) -> Interval:
    """Mean change over all pairs of a rule left out and a customer it hit, by scheme."""
    pairs = [np.zeros((0, 2))]
    for rule_id, mine in is_hit.items():
        pairs.append(np.column_stack([(caught[rule_id] - caught[""])[mine], catches.group[mine]]))
    value, group = np.concatenate(pairs).T
    return mean_by_group(value, group.astype(np.int64), weight)


def counts_of(paper: Paper, rule_id: str, labelled: int) -> dict[str, int]:
    """Alerts of one rule alone, the reports among their decisions, and the labels that hang on it."""
    gone = paper.alone(rule_id)
    decided = paper.dispositions[paper.dispositions["alert_id"].isin(gone)]
    reports = int((decided["outcome"] == "reported").sum())
    return {"alerts": len(gone), "reports": reports, "labelled": labelled}


def customers_of(train: pd.DataFrame, mask: np.ndarray) -> int:
    """How many customers some of the training subjects belong to."""
    return train["customer_id"][mask].nunique()


def lost(train: pd.DataFrame, before: Taught, after: Taught) -> int:
    """Training customers suspected before and not after."""
    customer = train["customer_id"].to_numpy()
    had, has = (np.unique(customer[mine.label >= SUSPECTED]) for mine in (before, after))
    return len(np.setdiff1d(had, has))


def hit_while_illicit(judge: Yardstick, hits: pd.DataFrame, days: int) -> dict[str, np.ndarray]:
    """By rule, the illicit customers of the test whom it hit while they were; shape (customers,)."""
    test = judge.subjects[judge.watch.is_judged].reset_index(drop=True)[judge.is_illicit]
    who = np.unique(test["customer_id"].to_numpy())
    found = {}
    for rule_id, mine in hits[["customer_id", "hit_at", "rule_id"]].groupby("rule_id"):
        moments = mine.rename(columns={"hit_at": "at"})
        is_hit = happened_within(moments, test["customer_id"], test["as_of"], days, at_now=True)
        found[str(rule_id)] = np.isin(who, test["customer_id"][is_hit])
    return found


def read_paper() -> Paper:
    """Read what labels are made of."""
    return Paper(
        rules=pipeline.read(schema.Rules),
        hits=pipeline.read(schema.RuleHits),
        negative=pipeline.read(schema.NegativeHits),
        alerts=pipeline.read(schema.Alerts),
        below_line=pipeline.read(schema.BelowLine),
        dispositions=pipeline.read(schema.Dispositions),
        given=pipeline.read(schema.GivenLabels),
        customers=len(pipeline.read(schema.Customers, columns=["customer_id"])),
        first_day=pipeline.read(schema.Periods)["starts_at"].min(),
    )


def lessons_of(
    paper: Paper,
    train: pd.DataFrame,
    until: pd.Timestamp,
    days: int,
    settings: split.Params,
    params: labelling.Params,
) -> dict[str, Taught]:
    """Labels known by ``until`` of the ``train`` subjects, with all rules under "" and without each."""
    rules = paper.rules
    votes = (rules["use"] == "label") & (rules["vote"] > 0) & rules["is_applied"]
    found = {}
    for rule_id in pipeline.progress(["", *rules.loc[votes, "rule_id"]], "labels", "rule"):
        known = split.known_label(train, paper.labels(params, rule_id), until, days, settings)
        is_spoken_of = (known["label_source"] != "unreviewed").to_numpy()
        found[rule_id] = Taught(known["label"].to_numpy(), known["weight"].to_numpy(), is_spoken_of)
    return found


def bench_of(train: pd.DataFrame, tried: dict[str, Taught], budget: Budget, learn: Learnt) -> Bench:
    """Read the features of the rows that any set of labels asks for, and of those judged."""
    is_drawn = np.random.default_rng(learn.seed).random(len(train)) < learn.unsuspected_share
    rows = np.flatnonzero(is_drawn | np.any([mine.label > 0 for mine in tried.values()], axis=0))
    judge = yardstick.read_inputs(budget, learn)
    (taught,) = examples.read_inputs([train.iloc[rows]], FEATURES_ALONE)
    trees = pipeline.params("audit_injection", InjectionParams).trees
    return Bench(judge, taught.features.to_numpy(), rows, is_drawn, learn.unsuspected_share, trees)


def read_lessons(paper: Paper, train: pd.DataFrame, days: int) -> dict[str, Taught]:
    """Every set of labels of the ``train`` subjects: with all rules, put right, true, without each rule."""
    until = pipeline.read(schema.Periods).set_index("name").loc["validation", "starts_at"]
    settings, params = pipeline.params("split", split.Params), pipeline.params("label", labelling.Params)
    found = lessons_of(paper, train, until, days, settings, params)
    planted = moments_of(
        pipeline.read(schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(schema.Truth),
        pipeline.read(schema.Schemes),
    )
    illicit = planted[planted["is_illicit"]]
    is_true = happened_within(illicit, train["customer_id"], train["as_of"], days)
    return found | {CORRECTED: found[""].corrected(is_true), TRUTH: found[""].all_true(is_true)}


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_rules_out", Params), pipeline.params("budget", Budget)
    paper, days = read_paper(), budget.label_window_days
    train = examples.of_role(pipeline.read(Split), "train").reset_index(drop=True)
    lessons = read_lessons(paper, train, days)
    rules = [name for name in lessons if name not in OTHERS]
    hanging = {name: lost(train, lessons[""], lessons[name]) for name in rules}
    order = sorted(hanging, key=lambda name: (-hanging[name], name))
    chosen = [name for name in order if hanging[name] >= params.least_customers]
    tried = {name: lessons[name] for name in (*OTHERS, *chosen)}
    bench = bench_of(train, tried, budget, pipeline.params("learn", Learnt))
    catches, hit = bench.judge.catches["true"], hit_while_illicit(bench.judge, paper.hits, days)
    is_hit = {name: hit.get(name, np.zeros(len(catches.group), bool)) for name in chosen}
    counts = {name: counts_of(paper, name, hanging[name]) for name in chosen}
    fits = pipeline.progress(tried.items(), "lessons", "fit")
    caught = {name: bench.caught(mine, params.seeds) for name, mine in fits}
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    result = RulesLeftOutStudy(
        made_by=made_now(DATA, SECTIONS, "audit_rules_out"),
        least_customers=params.least_customers,
        recall=catches.mean(caught[""], weight),
        corrected=catches.mean(caught[CORRECTED], weight),
        corrected_change=catches.mean(caught[CORRECTED] - caught[""], weight),
        truth=catches.mean(caught[TRUTH], weight),
        truth_change=catches.mean(caught[TRUTH] - caught[CORRECTED], weight),
        labelled=customers_of(train, lessons[""].label >= SUSPECTED),
        illicit=customers_of(train, lessons[TRUTH].label > 0),
        illicit_spoken_of=customers_of(train, lessons[CORRECTED].label > 0),
        rows=rows_left_out(caught, catches, is_hit, counts, weight),
        untaught=[name for name in order if name not in chosen],
        together=change_of_pairs(caught, catches, is_hit, weight),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_rules_out", main)
