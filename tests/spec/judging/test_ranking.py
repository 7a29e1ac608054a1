"""The rulebook as a ranker, and many weightings of one ranking at once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from models.metrics import AveragePrecision
from models.score import rule_scores


def test_the_rulebook_scores_a_subject_by_the_strongest_vote_of_the_label_window() -> None:
    """A ranker that forgets sooner than a label looks back cannot find what counts as a catch."""
    as_of = pd.Timestamp("2025-03-10", tz="UTC")
    window = pd.Timedelta(days=28)
    micro = pd.Timedelta(microseconds=1)
    votes = pd.DataFrame(
        [
            (1, as_of, "rule_vote", 0.2),
            (1, as_of - window + micro, "rule_vote", 0.6),
            (1, as_of - window, "rule_vote", 0.9),
            (1, as_of + micro, "rule_vote", 0.8),
            (2, as_of - window, "rule_vote", 0.9),
            (3, as_of - micro, "disposition", 1.0),
        ],
        columns=["customer_id", "event_at", "source", "value"],
    )
    subjects = pd.DataFrame({"customer_id": [3, 2, 1], "as_of": as_of})
    assert rule_scores(subjects, votes, 28).tolist() == [-math.inf, -math.inf, 0.6]


def test_votes_below_the_line_come_after_all_of_those_above_it() -> None:
    as_of = pd.Timestamp("2025-03-10", tz="UTC")
    votes = pd.DataFrame(
        [(1, "rule_vote", 0.1), (2, "below_line_vote", 0.9), (3, "below_line_vote", 0.4)],
        columns=["customer_id", "source", "value"],
    ).assign(event_at=as_of)
    subjects = pd.DataFrame({"customer_id": [3, 4, 2, 1], "as_of": as_of})
    score = rule_scores(subjects, votes, 28)
    assert subjects["customer_id"].to_numpy()[np.argsort(-score)].tolist() == [1, 2, 3, 4]
    assert np.isneginf(score).sum() == 1


@pytest.mark.parametrize("levels", [3, 40, 1_000])
def test_many_weightings_at_once_give_what_each_gives_alone(levels: int) -> None:
    rng = np.random.default_rng(levels)
    count, groups = 600, 50
    score = rng.integers(0, levels, count).astype(float)
    score[:20] = -np.inf
    positive = rng.random(count) < 0.05
    group = rng.integers(0, groups, count)
    weight = rng.multinomial(groups, np.full(groups, 1 / groups), 30).astype(float)
    weight[0] = 1
    weight[1] = np.isin(np.arange(groups), group[~positive])  # a positive may weigh nothing
    weight[2] = ~np.isin(np.arange(groups), group[positive])  # no positive weighs anything
    weigh = AveragePrecision(score, positive)
    alone = [weigh(row[group]) for row in weight]
    np.testing.assert_allclose(weigh.by_group(weight, group), alone, rtol=1e-12)
    assert np.isnan(alone[2])
    nobody = AveragePrecision(score, np.zeros(count, bool))
    assert np.isnan(nobody.by_group(weight, group)).all()
