"""What rules voted and what was decided by then: weeks, moments, outcomes known in time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.labels.dated import vote_values
from tests.spec.labelling import PARAMS, PRIOR, at, ballots, dispositions, flagged


def test_rules_that_only_label_vote_and_negative_ones_vote_against() -> None:
    laid = ballots((1, "2025-03-03", "R01"), (1, "2025-03-03", "R21"), (1, "2025-03-03", "N1"))
    assert (laid.rule_ids, laid.negative_ids) == (["R01", "R06"], ["N1"])
    said = laid.before(pd.Series([1, 2]), pd.Series([at("2025-03-03")] * 2))
    assert said.fired.tolist() == [[True, False], [False, False]]
    assert said.against.tolist() == [[True], [False]]


def test_votes_of_a_moment_are_those_of_seven_days_up_to_it() -> None:
    laid = ballots((1, "2025-03-03", "R01"), (1, "2025-03-09", "R06"), (1, "2025-03-11", "R06"))
    for moment, expected in (
        ("2025-03-09", [True, True]),
        ("2025-03-10", [False, True]),
        ("2025-03-02", [False] * 2),
    ):
        assert laid.before(pd.Series([1]), pd.Series([at(moment)])).fired.tolist() == [expected], moment


def test_a_week_ends_with_its_last_moment_and_silence_is_counted() -> None:
    """The hit on a Monday's midnight speaks of the week that ends there."""
    laid = ballots((1, "2025-01-13", "R01"), (1, "2025-01-13 00:00:01", "R06"))
    votes = laid.known_by(dispositions(), at("2025-01-20"))
    assert votes.weight.sum() == 100 * 2
    assert sorted(map(tuple, votes.fired.tolist())) == [(False, False), (False, True), (True, False)]
    one_week = laid.known_by(dispositions(), at("2025-01-13"))
    assert (one_week.weight.sum(), one_week.fired.sum()) == (100, 1)


def test_a_decision_is_an_outcome_of_its_week_and_of_the_hits_of_the_weeks_after() -> None:
    laid = ballots(
        (1, "2025-01-13", "R01"), (1, "2025-01-27", "R01"), (1, "2025-02-10", "R01"), (2, "2025-01-13", "R01")
    )
    told = dispositions((1, "2025-01-13", "alert", "2025-01-15", "reported"))
    votes = laid.known_by(told, at("2025-03-01"))
    reported = votes.fired[:, 0] & (votes.outcome == 1)
    unknown = votes.fired[:, 0] & np.isnan(votes.outcome)
    assert votes.weight[reported].sum() == 2  # its week and the one two weeks later
    assert votes.weight[unknown].sum() == 2  # four weeks later, and another customer
    assert not np.isnan(votes.weight).any()


def test_what_is_not_known_yet_is_not_told() -> None:
    laid = ballots((1, "2025-01-13", "R01"), (1, "2025-01-20", "R06"))
    told = dispositions((1, "2025-01-13", "alert", "2025-02-15", "reported"))
    before = laid.known_by(told, at("2025-02-15") - pd.Timedelta(microseconds=1))
    assert np.isnan(before.outcome).all()
    assert (laid.known_by(told, at("2025-02-15")).outcome == 1).any()
    assert not laid.known_by(told, at("2025-01-19")).fired[:, 1].any()


def test_a_random_review_tells_of_a_silent_week() -> None:
    told = dispositions((7, "2025-01-13", "random", "2025-01-14", "dismissed"))
    votes = ballots((1, "2025-01-13", "R01")).known_by(told, at("2025-01-20"))
    silent = votes.is_silent & (votes.outcome == 0)
    assert votes.weight[silent].sum() == 1


def test_a_vote_uses_outcomes_known_at_its_fit_and_no_later_ones() -> None:
    laid = ballots((1, "2025-03-03", "R01"), (2, "2025-03-10", "R01"), (3, "2025-03-17", "R01"))
    moments = flagged((1, "2025-03-03"), (2, "2025-03-10"), (3, "2025-03-17"))
    told = dispositions((1, "2025-03-03", "alert", "2025-03-12", "reported"))
    values = vote_values(moments, laid, told, PARAMS)
    assert values == pytest.approx([PRIOR, PRIOR, (1 + 1) / (10 + 1)])
    # Fitted every four weeks, the third moment is still judged by the first fit.
    slow = PARAMS.model_copy(update={"refit_days": 28})
    assert vote_values(moments, laid, told, slow) == pytest.approx([PRIOR] * 3)


def test_votes_of_several_rules_and_of_a_negative_one_are_heard_together() -> None:
    laid = ballots(
        (1, "2025-03-03", "R01"), (1, "2025-03-02", "R06"), (2, "2025-03-03", "R01"), (2, "2025-03-03", "N1")
    )
    values = vote_values(flagged((1, "2025-03-03"), (2, "2025-03-03")), laid, dispositions(), PARAMS)
    assert values == pytest.approx([1 - (1 - PRIOR) ** 2, PRIOR * 0.5])
