"""Stage audit_injection: what the bank's knowledge of typologies is worth beside its labels.

A part of the audit: the truth judges rankings, answers simulated reviewers and teaches the
oracle. One fixed model learns from the bank's labels, from the library of planted schemes,
from further reviews, and from what else has been proposed for few and selected labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import happened_within, moments_of
from features import schema as features_schema
from features.results import LibraryMade
from models import examples, schema
from models import split as splitting
from models.budget import Budget
from models.examples import Learnt, learnt, thinned
from models.intervals import drawn, mean_by_group, rounded
from models.positives import as_labelled
from models.results.headline import PartRecall
from models.results.injection import Injection, LessonRow
from models.truth import yardstick
from models.truth.fixed_trees import Trees
from models.truth.illicit import MOMENT_COLUMNS
from models.truth.lessons import BANK, LESSONS, ORACLE, REVIEWED, School, Teaching
from models.truth.yardstick import Yardstick
from models.zoo import FEATURES_ALONE, LIBRARY, learnable
from parameters import Draws, Seed

KEY = "subject_id"


class Params(pipeline.Parameters):
    """Section ``audit_injection`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    teaching: Teaching
    trees: Trees


@dataclass(frozen=True)
class InjectionInputs:
    """The yardstick, what lessons are made of, and who the illicit customers of the test are.

    ``parts`` has a mask for each field of LessonRow that counts customers; their order is
    that of the yardstick's catches in truth.
    """

    yardstick: Yardstick
    school: School
    parts: dict[str, np.ndarray]
    undescribed: list[str]


def told_by(
    subjects: pd.DataFrame, labels: pd.DataFrame, until: pd.Timestamp, days: int, params: splitting.Params
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and weights of thinned training rows from some of the bank's labels alone."""
    known = splitting.known_label(subjects, labels, until, days, params)
    stands_for = subjects["weight"].to_numpy() / subjects["first_weight"].to_numpy()
    return known["label"].to_numpy(), known["weight"].to_numpy() * stands_for


def customer_parts(
    judge: Yardstick, illicit: pd.DataFrame, starts_at: pd.Timestamp, described: set[str]
) -> dict[str, np.ndarray]:
    """Who of the illicit customers of the test belongs to which part; masks of shape (customers,)."""
    test = judge.subjects[judge.watch.is_judged].reset_index(drop=True)
    who = np.unique(test["customer_id"].to_numpy()[judge.is_illicit])
    mine = illicit[illicit["at"] >= starts_at]
    old = set(illicit.loc[illicit["at"] < starts_at, "typology"])
    of_new = np.isin(who, mine.loc[~mine["typology"].isin(old), "customer_id"])
    of_library = np.isin(who, mine.loc[mine["typology"].isin(described), "customer_id"])
    suspected = test["customer_id"][as_labelled(test, starts_at).is_positive]
    is_known = np.isin(who, suspected)
    return {
        "described": of_library & ~of_new,
        "undescribed": ~of_library & ~of_new,
        "novel": of_new,
        "known": is_known,
        "unknown": ~is_known,
    }


def taught_and_judged(inputs: InjectionInputs, params: Params) -> Injection:
    """Every lesson in turn, and the oracle."""
    judge, school, found = inputs.yardstick, inputs.school, {}
    scores: dict[str, np.ndarray] = {}
    for name, (_, _, made) in pipeline.progress(LESSONS.items(), "lessons", "lesson"):
        scores[name] = school.scores(made(school), judge.values)
    for name, (_, _, explored) in pipeline.progress(REVIEWED.items(), "reviews", "lesson"):
        lesson, found[name] = explored(school)
        scores[name] = school.scores(lesson, judge.values)
    oracles = [school.scores(school.earlier, judge.values, seed) for seed in params.teaching.oracle_seeds]
    scores["oracle"] = oracles[0]
    catches = judge.catches["true"]
    weight = drawn(catches.groups, params.bootstrap_draws, params.seed)
    caught = {
        name: catches.caught(judge.watch.alerted(score, judge.budget)) for name, score in scores.items()
    }
    seeds = [catches.caught(judge.watch.alerted(score, judge.budget)) for score in oracles]
    worth = judge.judged(scores, BANK, params.bootstrap_draws, params.seed)
    words = {name: entry[:2] for name, entry in (LESSONS | REVIEWED).items()} | {"oracle": ORACLE}

    def part(name: str, mask: np.ndarray) -> PartRecall:
        mine = caught[name][mask]
        recall = mean_by_group(mine, catches.group[mask], weight)
        return PartRecall(customers=len(mine), caught=int(mine.sum()), recall=recall)

    rows = [
        LessonRow(
            lesson=name,
            label_en=words[name][0],
            label_zh=words[name][1],
            worth=worth[name],
            **{key: part(name, mask) for key, mask in inputs.parts.items()},
        )
        for name in scores
    ]
    return Injection(
        rows=rows,
        reviews=params.teaching.reviews,
        found_at_random=found["explored_at_random"],
        found_by_model=found["explored_by_model"],
        undescribed=inputs.undescribed,
        oracle=catches.mean(np.mean(seeds, axis=0), weight),
        oracle_recalls=[rounded(float(mine.mean())) if len(mine) else None for mine in seeds],
    )


def earlier_weeks(
    subjects: pd.DataFrame, illicit: pd.DataFrame, starts_at: pd.Timestamp, days: int, rows: Learnt
) -> pd.DataFrame:
    """Every week before the test, labelled by the truth; those of the innocent thinned as in training."""
    before = subjects[subjects["as_of"] < starts_at]
    is_true = happened_within(illicit, before["customer_id"], before["as_of"], days)
    told = before.assign(label=is_true.astype(float), weight=1.0)
    return thinned(told, rows.unsuspected_share, np.random.default_rng(rows.seed))


def read_inputs(
    params: Params, budget: Budget, rows: Learnt, split_params: splitting.Params
) -> InjectionInputs:
    """Read the tables, and the features of those subjects only that are learnt from or judged."""
    judge = yardstick.read_inputs(budget, rows)
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    illicit, days = planted[planted["is_illicit"]], budget.label_window_days
    bounds = pipeline.read(data_schema.Periods).set_index("name")
    split, starts_at = pipeline.read(schema.Split), bounds.loc["test", "starts_at"]
    subjects = learnt(split.assign(first_weight=split["weight"]), FEATURES_ALONE, rows)
    weeks = pipeline.read(features_schema.Subjects, columns=[KEY, "customer_id", "as_of"])
    weeks = earlier_weeks(weeks, illicit, starts_at, days, rows)
    nobody, earlier = examples.read_inputs([split.iloc[:0], weeks], frozenset({LIBRARY}))
    made = pipeline.read_result(LibraryMade)
    described = {*made.learnt_schemes, *made.held_out_schemes}
    labels = pipeline.read(data_schema.Labels)
    is_vote = labels["source"].isin(("rule_vote", "below_line_vote"))
    until = bounds.loc["validation", "starts_at"]
    votes, decisions = (
        told_by(subjects, labels[mine], until, days, split_params) for mine in (is_vote, ~is_vote)
    )
    school = School(
        train=replace(judge.train, library=nobody.library),
        group=judge.train_group,
        is_true=happened_within(illicit, subjects["customer_id"], subjects["as_of"], days),
        votes=votes,
        decisions=decisions,
        earlier=learnable(replace(earlier, library=None)),
        trees=params.trees,
        teaching=params.teaching,
        seed=params.seed,
    )
    lacking = sorted(set(illicit["typology"]) - described)
    return InjectionInputs(judge, school, customer_parts(judge, illicit, starts_at, described), lacking)


def main() -> None:
    """Write what each lesson is worth."""
    params, budget = pipeline.params("audit_injection", Params), pipeline.params("budget", Budget)
    rows, split_params = pipeline.params("learn", Learnt), pipeline.params("split", splitting.Params)
    pipeline.write_result(taught_and_judged(read_inputs(params, budget, rows, split_params), params))


if __name__ == "__main__":
    pipeline.run_stage("audit_injection", main)
