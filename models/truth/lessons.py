"""What the fixed model may be taught: the bank's labels, its library, further reviews, the truth.

A lesson is labels and weights of the same training rows, or rows after or instead of them.
All but the reviews and the oracle are what a bank could teach; these two are told by the truth,
as a reviewer is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field
from scipy.special import expit

import pipeline
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.zoo import Examples, with_library
from parameters import Count, Part, Positive, Seed


class Teaching(pipeline.Parameters):
    """Section ``audit_injection.teaching`` of params.yaml."""

    library_weight: Positive
    light: Positive
    heavy: Positive
    reviews: Count
    sensitivity: Part
    decision_weight: Positive
    oracle_seeds: list[Seed] = Field(min_length=2)


@dataclass(frozen=True)
class School:
    """Everything that lessons are made of; arrays have the shape of the training rows.

    ``train`` brings its library; ``group`` numbers what must not be cut in two; ``is_true`` is
    known to reviewers only. ``votes`` and ``decisions`` are (label, weight) by rules alone and
    by people alone. ``earlier`` are all weeks before the test with the truth as labels.
    """

    train: Examples
    group: np.ndarray
    is_true: np.ndarray
    votes: tuple[np.ndarray, np.ndarray]
    decisions: tuple[np.ndarray, np.ndarray]
    earlier: Examples
    trees: Trees
    teaching: Teaching
    seed: int

    def scores(self, lesson: Examples, values: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Margins of rows of shape (n, columns), by the fixed model that was taught a lesson."""
        seed = self.seed if seed is None else seed
        learnt = lesson.features.to_numpy()
        return fixed_trees.margins(
            fixed_trees.fit(learnt, lesson.label, lesson.weight, self.trees, seed), values
        )

    def taught(self, label: np.ndarray, weight: np.ndarray) -> Examples:
        """The training rows alone under other labels."""
        return replace(self.train, label=label, weight=weight, library=None)


def reviewed(school: School, chosen: np.ndarray) -> tuple[Examples, int]:
    """The bank's labels and further reviews of the rows ``chosen``, and how many customers were reported.

    A reviewer misses some of the illicit and reports no innocent one.
    """
    rng = np.random.default_rng(school.seed)
    reports = school.is_true[chosen] & (rng.random(len(chosen)) < school.teaching.sensitivity)
    label, weight = school.train.label.copy(), school.train.weight.copy()
    label[chosen], weight[chosen] = reports, school.teaching.decision_weight
    return school.taught(label, weight), len(np.unique(school.train.customer_id[chosen[reports]]))


def next_unsuspected(school: School, order: np.ndarray) -> np.ndarray:
    """The first unsuspected rows in an ``order``, one a customer, as many as there are reviews."""
    rows = order[school.train.label[order] == 0]
    _, first = np.unique(school.train.customer_id[rows], return_index=True)
    return rows[np.sort(first)[: school.teaching.reviews]]


def explored_at_random(school: School) -> tuple[Examples, int]:
    """Reviews of customers drawn at random."""
    rng = np.random.default_rng(school.seed + 1)
    return reviewed(school, next_unsuspected(school, rng.permutation(len(school.group))))


def explored_by_model(school: School) -> tuple[Examples, int]:
    """Reviews of those whom the bank's model ranks highest among the unsuspected.

    It ranks rows that it learnt from, as innocent: each half by what the other half taught.
    """
    score = np.empty(len(school.group))
    for side in (0, 1):
        mine = school.group % 2 == side
        score[mine] = _by_others(school, ~mine)[mine]
    return reviewed(school, next_unsuspected(school, np.argsort(-score, kind="stable")))


def positive_unlabelled(school: School) -> Examples:
    """Who is not suspected counts as unlabelled (Elkan and Noto 2008).

    A classifier of "labelled" learns from half of the groups; among the labelled of the other
    half its mean probability is the share of the positive that get a label, and from it
    follows how probably an unlabelled row is positive.
    """
    is_labelled, half = school.train.label >= 0.5, school.group % 2 == 0
    probability = expit(_by_others(school, half))
    others = is_labelled & ~half
    share = float(probability[others].mean()) if others.any() else 1.0
    odds = probability / np.maximum(1 - probability, 1e-9)
    label = np.where(is_labelled, 1.0, np.clip((1 - share) / share * odds, 0, 1))
    return school.taught(label, school.train.weight)


def _by_others(school: School, learnt: np.ndarray) -> np.ndarray:
    """Margins of all training rows by what the ``learnt`` ones, a mask, teach of being suspected."""
    values, label = school.train.features.to_numpy(), (school.train.label >= 0.5).astype(float)
    booster = fixed_trees.fit(
        values[learnt], label[learnt], school.train.weight[learnt], school.trees, school.seed
    )
    return fixed_trees.margins(booster, values)


def library_alone(school: School) -> Examples:
    """The library without any label of the bank; without a library its labels."""
    return school.train.library or replace(school.train, library=None)


BANK = "bank"  # from which gains are measured
LESSONS: dict[str, tuple[str, str, Callable[[School], Examples]]] = {
    BANK: (
        "the bank's labels alone",
        "仅用银行标签",
        lambda school: school.taught(school.train.label, school.train.weight),
    ),
    "library": (
        "the bank's labels and the library",
        "银行标签加类型库",
        lambda school: with_library(school.train, school.teaching.library_weight),
    ),
    "library_light": (
        "the same, the library weighing less",
        "银行标签加类型库，库权重较低",
        lambda school: with_library(school.train, school.teaching.light),
    ),
    "library_heavy": (
        "the same, the library weighing more",
        "银行标签加类型库，库权重较高",
        lambda school: with_library(school.train, school.teaching.heavy),
    ),
    "library_alone": ("the library alone, no label of the bank", "仅用类型库，不用银行标签", library_alone),
    "positive_unlabelled": (
        "who is not suspected counts as unlabelled (Elkan and Noto)",
        "未被怀疑者视为未标注（Elkan 与 Noto 方法）",
        positive_unlabelled,
    ),
    "immediate": (
        "votes of rules alone, known at once",
        "仅用规则投票，即时可得",
        lambda school: school.taught(*school.votes),
    ),
    "delayed": (
        "decisions of people alone, known late",
        "仅用人工结论，较晚可得",
        lambda school: school.taught(*school.decisions),
    ),
}
REVIEWED: dict[str, tuple[str, str, Callable[[School], tuple[Examples, int]]]] = {
    "explored_at_random": (
        "the bank's labels and further reviews drawn at random",
        "银行标签加随机复核",
        explored_at_random,
    ),
    "explored_by_model": (
        "the bank's labels and further reviews of the model's next in line",
        "银行标签加模型排序靠前者的复核",
        explored_by_model,
    ),
}
ORACLE = ("the truth of every week before the test (no bank has it)", "测试期前各周的真实情况（银行不可得）")
