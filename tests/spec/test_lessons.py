"""What the fixed model may be taught beside the bank's labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.audit_injection import Params
from models.truth.lessons import (
    BANK,
    LESSONS,
    School,
    explored_at_random,
    explored_by_model,
    next_unsuspected,
    positive_unlabelled,
    reviewed,
)
from models.zoo import Examples


def school(count: int = 2_000, seed: int = 1) -> School:
    """A tenth is illicit and high in column a; the bank suspects half of them."""
    rng = np.random.default_rng(seed)
    is_true = rng.random(count) < 0.1
    label = (is_true & (rng.random(count) < 0.5)).astype(float)
    values = pd.DataFrame(rng.standard_normal((count, 3)).astype(np.float32), columns=list("abc"))
    values["a"] += (4 * is_true).astype(np.float32)
    train = Examples(
        features=values,
        customer_id=np.arange(count) // 2,
        as_of=pd.Series(pd.date_range("2025-04-07", periods=count, freq="h", tz="UTC")),
        label=label,
        weight=np.ones(count),
    )
    params = pipeline.params("audit_injection", Params)
    return School(
        train=train,
        group=train.customer_id,
        is_true=is_true,
        votes=(label, np.ones(count)),
        decisions=(np.zeros(count), np.ones(count)),
        earlier=replace(train, label=is_true.astype(float)),
        trees=params.trees,
        teaching=params.teaching.model_copy(update={"reviews": 50}),
        seed=1,
    )


def test_reviews_go_to_the_unsuspected_once_a_customer_in_the_order_given() -> None:
    mine = school()
    order = np.arange(len(mine.group))[::-1]
    chosen = next_unsuspected(mine, order)
    assert len(chosen) == 50
    assert not mine.train.label[chosen].any()
    assert len(set(mine.train.customer_id[chosen])) == 50
    assert (np.diff(chosen) < 0).all()


def test_a_reviewer_reports_no_innocent_and_misses_some_of_the_illicit() -> None:
    mine = school()
    chosen = np.flatnonzero(mine.train.label == 0)
    lesson, reported = reviewed(mine, chosen)
    told = lesson.label[chosen] == 1
    assert not (told & ~mine.is_true[chosen]).any()
    assert told.sum() / mine.is_true[chosen].sum() == pytest.approx(mine.teaching.sensitivity, abs=0.15)
    assert 0 < reported <= told.sum()
    others = np.setdiff1d(np.arange(len(mine.group)), chosen)
    np.testing.assert_array_equal(lesson.label[others], mine.train.label[others])


def test_the_models_next_in_line_hold_more_of_the_illicit_than_draws_at_random() -> None:
    _, by_model = explored_by_model(school())
    _, at_random = explored_at_random(school())
    assert by_model > 2 * at_random


def test_unlabelled_rows_that_look_like_labelled_ones_are_believed_and_others_are_not() -> None:
    mine = school()
    told = positive_unlabelled(mine).label
    unlabelled = mine.train.label < 0.5
    hidden, innocent = unlabelled & mine.is_true, unlabelled & ~mine.is_true
    assert (told[~unlabelled] == 1).all()
    assert told[hidden].mean() > 0.4
    assert told[innocent].mean() < 0.1


def test_without_a_library_its_lessons_are_the_banks() -> None:
    mine = school()
    bank = LESSONS[BANK][2](mine)
    for name in ("library", "library_light", "library_heavy", "library_alone"):
        lesson = LESSONS[name][2](mine)
        np.testing.assert_array_equal(lesson.label, bank.label)
        np.testing.assert_array_equal(lesson.weight, bank.weight)


def test_a_library_stands_after_the_banks_rows_by_its_weight_or_alone() -> None:
    mine = school()
    library = school(100, 2).train
    taught = replace(mine, train=replace(mine.train, library=library))
    for name, weight in (("library", 1.0), ("library_light", 0.3), ("library_heavy", 3.0)):
        lesson = LESSONS[name][2](taught)
        assert len(lesson.label) == 2_100
        assert (lesson.weight[2_000:] == weight).all()
    assert len(LESSONS["library_alone"][2](taught).label) == 100


def test_votes_and_decisions_are_lessons_of_their_own() -> None:
    mine = school()
    assert LESSONS["immediate"][2](mine).label.sum() == mine.train.label.sum()
    assert not LESSONS["delayed"][2](mine).label.any()
