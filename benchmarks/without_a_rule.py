"""Study audit_rules_out: what a model still finds of what one rule alone would have taught it.

One rule after the other is taken from the bank. Alerts of it alone are never raised and never
decided, its votes are not cast, the label model learns anew; the alert line and everybody's
capacity stay. One fixed model learns from the labels that are left. The truth is read to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import label as labelling
from data import schema
from data.asof import happened_within
from data.labels.ballots import Ballots, with_decision
from data.labels.dated import vote_values
from models import examples, split
from models.audit_injection import Params as InjectionParams
from models.budget import Budget
from models.examples import Learnt
from models.intervals import drawn, mean_by_group
from models.results.audit_studies import RuleLeftOut, RulesLeftOutStudy
from models.results.headline import PartRecall
from models.schema import Split
from models.truth import fixed_trees, yardstick
from models.truth.yardstick import Yardstick
from models.zoo import FEATURES_ALONE
from parameters import Count, Draws, Seed
from provenance import made_now, study_params

if TYPE_CHECKING:
    import lightgbm

DATA = ("artifacts/data/labels.parquet", "artifacts/features/feature_matrix.parquet")
SECTIONS = ("audit_injection", "budget", "label", "learn", "split")
SUSPECTED = 0.5


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
    bench: Bench,
    lessons: dict[str, Taught],
    is_hit: dict[str, np.ndarray],
    counts: dict[str, dict[str, int]],
    params: Params,
) -> tuple[list[RuleLeftOut], np.ndarray, np.ndarray]:
    """One row a rule; then whom the model with all labels catches, and the pairs' change and group.

    ``lessons`` hold all labels under "" and those without each rule; ``is_hit`` are the illicit
    customers of the test that a rule hit.
    """
    catches = bench.judge.catches["true"]
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    everything, rows, pairs = bench.caught(lessons[""], params.seeds), [], [np.zeros((0, 2))]

    def part(caught: np.ndarray, mine: np.ndarray) -> PartRecall:
        recall = mean_by_group(caught[mine], catches.group[mine], weight)
        return PartRecall(customers=int(mine.sum()), caught=round(float(caught[mine].sum())), recall=recall)

    for rule_id, taught in pipeline.progress(
        [(name, mine) for name, mine in lessons.items() if name], "rules", "fit"
    ):
        caught, mine = bench.caught(taught, params.seeds), is_hit[rule_id]
        pairs.append(np.column_stack([(caught - everything)[mine], catches.group[mine]]))
        rows.append(
            RuleLeftOut(
                rule_id=rule_id,
                **counts[rule_id],
                hit=part(everything, mine),
                hit_left_out=part(caught, mine),
                hit_change=mean_by_group((caught - everything)[mine], catches.group[mine], weight),
                change=catches.mean(caught - everything, weight),
            )
        )
    return rows, everything, np.concatenate(pairs)


def counts_of(paper: Paper, rule_id: str, labelled: int) -> dict[str, int]:
    """Alerts of one rule alone, the reports among their decisions, and the labels that hang on it."""
    gone = paper.alone(rule_id)
    decided = paper.dispositions[paper.dispositions["alert_id"].isin(gone)]
    reports = int((decided["outcome"] == "reported").sum())
    return {"alerts": len(gone), "reports": reports, "labelled": labelled}


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
        found[rule_id] = Taught(known["label"].to_numpy(), known["weight"].to_numpy())
    return found


def bench_of(train: pd.DataFrame, tried: dict[str, Taught], budget: Budget, learn: Learnt) -> Bench:
    """Read the features of the rows that any set of labels asks for, and of those judged."""
    is_drawn = np.random.default_rng(learn.seed).random(len(train)) < learn.unsuspected_share
    rows = np.flatnonzero(is_drawn | np.any([mine.label > 0 for mine in tried.values()], axis=0))
    judge = yardstick.read_inputs(budget, learn)
    (taught,) = examples.read_inputs([train.iloc[rows]], FEATURES_ALONE)
    trees = pipeline.params("audit_injection", InjectionParams).trees
    return Bench(judge, taught.features.to_numpy(), rows, is_drawn, learn.unsuspected_share, trees)


def main() -> None:
    """Write the study."""
    params, budget = study_params("audit_rules_out", Params), pipeline.params("budget", Budget)
    paper, days = read_paper(), budget.label_window_days
    train = examples.of_role(pipeline.read(Split), "train").reset_index(drop=True)
    until = pipeline.read(schema.Periods).set_index("name").loc["validation", "starts_at"]
    lessons = lessons_of(
        paper,
        train,
        until,
        days,
        pipeline.params("split", split.Params),
        pipeline.params("label", labelling.Params),
    )
    hanging = {name: lost(train, lessons[""], mine) for name, mine in lessons.items() if name}
    order = sorted(hanging, key=lambda name: (-hanging[name], name))
    chosen = [name for name in order if hanging[name] >= params.least_customers]
    tried = {name: lessons[name] for name in ["", *chosen]}
    bench = bench_of(train, tried, budget, pipeline.params("learn", Learnt))
    catches, hit = bench.judge.catches["true"], hit_while_illicit(bench.judge, paper.hits, days)
    nobody = np.zeros(len(catches.group), bool)
    found, caught, pairs = rows_left_out(
        bench,
        tried,
        {name: hit.get(name, nobody) for name in chosen},
        {name: counts_of(paper, name, hanging[name]) for name in chosen},
        params,
    )
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    result = RulesLeftOutStudy(
        made_by=made_now(DATA, SECTIONS, "audit_rules_out"),
        least_customers=params.least_customers,
        recall=catches.mean(caught, weight),
        rows=found,
        untaught=[name for name in order if name not in chosen],
        together=mean_by_group(pairs[:, 0], pairs[:, 1].astype(np.int64), weight),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_rules_out", main)
