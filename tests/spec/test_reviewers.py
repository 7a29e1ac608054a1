"""Reviewers are late, tired and not always of one mind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.investigate import DRAWS, Params
from data.labels.reviewers import decide, sensitivity, tired, visibility_of
from data.schema import DAY_US
from models.reviews import cohens_kappa
from tests.spec.reviewing import at


@pytest.fixture(scope="module")
def params() -> Params:
    return pipeline.params("investigate", Params)


def reviews(size: int, is_true: bool, sure: float, rules: str = "R01") -> pd.DataFrame:
    """Reviews one a day."""
    start = int(at("2025-03-01").value // 1_000)
    return pd.DataFrame(
        {
            "opened_at": start + np.arange(size) * DAY_US,
            "is_suspicious": is_true,
            "sensitivity": sure,
            "rule_ids": rules,
        }
    )


def noise(size: int, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.standard_normal((size, len(DRAWS))), columns=list(DRAWS))
    return table.assign(excuse=rng.random(size))


SIZE = 6_000


def test_a_true_case_is_reported_as_often_as_the_evidence_allows(params: Params) -> None:
    rested = params.reviewers.model_copy(update={"repetition_fall": 0.0})
    outcome = decide(reviews(SIZE, True, 0.62), noise(SIZE), rested)["outcome"]
    assert (outcome == "reported").mean() == pytest.approx(0.62, abs=0.03)


def test_an_innocent_one_is_seldom_looked_into_and_hardly_ever_reported(params: Params) -> None:
    outcome = decide(reviews(SIZE, False, 0.9), noise(SIZE), params.reviewers)["outcome"]
    people = params.reviewers
    assert (outcome != "dismissed").mean() == pytest.approx(people.innocent_case_share, abs=0.015)
    share = people.innocent_case_share * people.innocent_report_share
    assert (outcome == "reported").mean() == pytest.approx(share, abs=0.005)


def test_each_outcome_has_its_own_delay_and_its_own_reasons(params: Params) -> None:
    both = pd.concat([reviews(SIZE, True, 0.6), reviews(SIZE, False, 0.6)], ignore_index=True)
    people = params.reviewers.model_copy(update={"innocent_case_share": 0.3})
    decided = decide(both, noise(2 * SIZE), people)
    days = (decided["known_at"] - both["opened_at"]) / DAY_US
    for outcome, delay in (
        ("dismissed", people.dismissal_delay),
        ("case", people.case_delay),
        ("reported", people.report_delay),
    ):
        mine = decided["outcome"] == outcome
        assert days[mine].median() == pytest.approx(delay.median_days, rel=0.15), outcome
        assert days[mine].quantile(0.9) == pytest.approx(delay.p90_days, rel=0.2), outcome
    reasons = decided.groupby("outcome")["reason"].unique()
    assert len(reasons["dismissed"]) == 4
    assert len(reasons["case"]) == len(reasons["reported"]) == 1
    assert not set(reasons["dismissed"]) & set(reasons["reported"])


def test_the_plainest_typology_and_more_evidence_make_a_case_visible(params: Params) -> None:
    people = params.reviewers.model_copy(
        update={"visibility": {"hidden": 0.6, "plain": 0.8}, "visibility_else": 0.7, "most": 0.92}
    )
    concerned = {
        "hidden": np.array([True, True, False, False]),
        "plain": np.array([False, True, False, False]),
        "other": np.array([False, False, True, False]),
    }
    is_true, seen = visibility_of(concerned, 4, people)
    assert seen.tolist() == [0.6, 0.8, 0.7, 0.0]
    assert is_true.tolist() == [True, True, True, False]
    one_rule = sensitivity(np.array([0.6]), np.array([1]), np.array([0]), people)
    three_rules = sensitivity(np.array([0.6]), np.array([3]), np.array([0]), people)
    with_case = sensitivity(np.array([0.6]), np.array([1]), np.array([2]), people)
    no_alert = sensitivity(np.array([0.6]), np.array([0]), np.array([0]), people)
    most = sensitivity(np.array([0.6]), np.array([30]), np.array([30]), people)
    assert one_rule[0] == 0.6
    assert three_rules[0] == pytest.approx(0.6 + 2 * people.per_further_rule)
    assert with_case[0] == pytest.approx(0.6 + 2 * people.per_further_alert_of_case)
    assert no_alert[0] == pytest.approx(0.6 * people.without_alert)
    assert most[0] == 0.92


def test_a_long_row_of_false_positives_dulls_the_eye(params: Params) -> None:
    people = params.reviewers.model_copy(update={"repetition_fall": 0.2, "repetition_reviews": 10})
    assert [tired(streak, people) for streak in (0, 5, 10, 99)] == pytest.approx([1.0, 0.9, 0.8, 0.8])


def test_repetition_bias_costs_reports_after_a_row_of_dismissals_and_is_counted_by_rule(
    params: Params,
) -> None:
    """Twenty innocent alerts of R01, then true ones of R01 and R06: only R01 has tired anybody."""
    people = params.reviewers.model_copy(
        update={"repetition_fall": 0.5, "repetition_reviews": 20, "innocent_case_share": 0.0}
    )
    share = {}
    for rule in ("R01", "R06"):
        reported = 0
        for seed in range(600):
            row = pd.concat([reviews(20, False, 0.0), reviews(1, True, 0.8, rule)], ignore_index=True)
            row["opened_at"] = np.arange(21) * DAY_US
            reported += decide(row, noise(21, seed), people)["outcome"].iloc[-1] == "reported"
        share[rule] = reported / 600
    assert share["R06"] == pytest.approx(0.8, abs=0.06)
    assert share["R01"] == pytest.approx(0.4, abs=0.06)


def test_two_reviewers_agree_more_than_chance_and_less_than_always(params: Params) -> None:
    both = pd.concat([reviews(1_000, True, 0.7), reviews(SIZE, False, 0.7)], ignore_index=True)
    by_level = {}
    for shared in (0.0, 0.5, 1.0):
        people = params.reviewers.model_copy(update={"shared_impression": shared, "repetition_fall": 0.0})
        decided = decide(both, noise(len(both)), people)
        by_level[shared] = cohens_kappa(decided["outcome"], decided["second_outcome"])
    assert 0.2 < by_level[0.0] < by_level[0.5] < by_level[1.0] < 1.0


def test_kappa_is_one_for_twins_and_zero_for_dice() -> None:
    table = pd.Series(["dismissed"] * 80 + ["case"] * 10 + ["reported"] * 10)
    assert cohens_kappa(table, table) == 1.0
    rng = np.random.default_rng(1)
    dice = pd.Series(rng.choice(["dismissed", "reported"], 20_000))
    assert cohens_kappa(dice, pd.Series(rng.permutation(dice))) == pytest.approx(0.0, abs=0.03)
    # By hand: 3 of 4 alike, chance 0.5 * 0.25 + 0.5 * 0.75.
    one = pd.Series(["reported", "reported", "dismissed", "dismissed"])
    other = pd.Series(["reported", "dismissed", "dismissed", "dismissed"])
    assert cohens_kappa(one, other) == pytest.approx((0.75 - 0.5) / 0.5)
