"""What reviews, recapture, swaps and rates tell, on cases counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.budget import Watch
from models.intervals import drawn
from models.metrics import Catches
from models.positives import Positives
from models.results.knowledge import BankKnowledge, Swap
from models.truth.circularity import apparent_less_true, hit_flags, magnitude, told_by_hits
from models.truth.fairness import Cut, fairness_rows, person_groups
from models.truth.swap_sets import alerted_ever, in_line, next_in_line, swap
from models.truth.unseen import (
    RANDOM_DESIGN,
    ReviewStratum,
    chapman,
    effective_groups,
    jackknife,
    recaptured,
    review_answer,
    reviews_dealt,
    strata_sizes,
)
from reports.fairness_tables import fair_seen
from reports.knowledge import reviews_seen, swap_verdict
from tests.spec.judging.rankings import budget
from tests.spec.records import partial

STRATA = (ReviewStratum(of_customers=0.1, of_reviews=0.5), ReviewStratum(of_customers=0.9, of_reviews=0.5))


def catches_of(customer: list[int], positive: list[bool], group: list[int]) -> Catches:
    mask = np.array(positive)
    return Catches.of(np.array(customer), Positives(mask, np.zeros(len(mask), bool), np.array(group)))


# ------------------------------------------------------------------ reviews


def test_whoever_reviews_everybody_knows_the_recall() -> None:
    hidden = np.arange(100) < 10
    answer = review_answer("random", 100, 5, hidden, RANDOM_DESIGN, 50, np.random.default_rng(1))
    assert answer.answer == Interval(value=0.3333, low=0.3333, high=0.3333)
    assert answer.found == 10 and answer.found_none == 0


def test_without_a_review_everything_between_two_bounds_is_possible() -> None:
    hidden = np.arange(95) < 10
    answer = review_answer("random", 0, 5, hidden, RANDOM_DESIGN, 50, np.random.default_rng(1))
    assert answer.answer == Interval(value=None, low=0.05, high=1.0)
    assert answer.found is None


def test_reviews_that_find_nobody_call_the_recall_whole() -> None:
    """One hidden customer of a thousand, one review: 999 of 1,000 draws find nothing."""
    hidden = np.arange(1_000) < 1
    answer = review_answer("random", 1, 9, hidden, RANDOM_DESIGN, 4_000, np.random.default_rng(1))
    assert answer.answer.value == 1.0
    assert answer.found_none == pytest.approx(0.999, abs=0.003)


def test_a_stratum_is_counted_up_by_its_own_share_of_reviews() -> None:
    """All ten hidden lie in the first stratum, which is reviewed whole: nothing is left to chance."""
    hidden = np.arange(100) < 10
    answer = review_answer("stratified", 20, 10, hidden, STRATA, 50, np.random.default_rng(1))
    assert answer.answer == Interval(value=0.5, low=0.5, high=0.5)


def test_the_estimate_of_the_hidden_is_right_on_average() -> None:
    """Ten of 200 are hidden: what single draws say is missed has ten for its mean."""
    hidden = np.arange(200) % 20 == 0
    rng = np.random.default_rng(3)
    found = [review_answer("stratified", 60, 10, hidden, STRATA, 1, rng).answer.value for _ in range(800)]
    missed = [10 / value - 10 for value in found if value is not None]
    assert np.mean(missed) == pytest.approx(10, abs=0.6)


def test_strata_hold_everybody_and_nobody_is_reviewed_twice() -> None:
    assert strata_sizes(15, STRATA).tolist() == [2, 13]
    assert reviews_dealt(10, np.array([2, 13]), STRATA).tolist() == [2, 5]


# ---------------------------------------------------- recapture and certainty


def test_chapman_knows_the_pond_of_two_independent_catches() -> None:
    assert chapman(50, 40, 20) == pytest.approx(51 * 41 / 21 - 1)


def test_one_who_copies_the_other_claims_to_have_found_everybody() -> None:
    catches = catches_of(list(range(8)), [True] * 8, list(range(8)))
    mine = np.array([1.0] * 4 + [0.0] * 4)
    row = recaptured("rules", "copy", {"rules": mine, "copy": mine}, catches, drawn(8, 50, 1))
    assert (row.caught, row.estimated, row.claimed) == (4, 4.0, 1.0)
    assert row.true.value == 0.5


def test_schemes_of_one_size_count_in_full_and_one_large_one_hardly() -> None:
    assert effective_groups(np.repeat(np.arange(5), 3)) == 5
    assert effective_groups(np.array([0] * 9 + [1])) == pytest.approx(100 / 82)


def test_the_jackknife_of_single_customers_is_the_t_interval_of_a_mean() -> None:
    value = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
    half = 2.7764 * value.std(ddof=1) / np.sqrt(5)
    found = jackknife(value, np.arange(5))
    assert found.value == 0.6
    assert found.low == pytest.approx(0.6 - half, abs=1e-3) and found.high == pytest.approx(
        0.6 + half, abs=1e-3
    )


def test_one_scheme_has_no_jackknife() -> None:
    assert jackknife(np.array([1.0, 0.0]), np.zeros(2, int)).value is None


# -------------------------------------------------------------- circularity


def test_a_queue_by_the_rules_is_told_by_them_and_noise_is_not() -> None:
    rng = np.random.default_rng(1)
    hits = rng.random((4_000, 2)) < 0.1
    by_rules = hits @ np.array([2.0, 1.0]) + 1e-6 * rng.random(4_000)
    half = slice(0, 2_000), slice(2_000, None)
    assert told_by_hits(hits[half[0]], by_rules[half[0]], hits[half[1]], by_rules[half[1]]) > 0.5
    noise = rng.random(4_000)
    assert told_by_hits(hits[half[0]], noise[half[0]], hits[half[1]], noise[half[1]]) < 0.02


def test_equal_scores_tell_nothing() -> None:
    flags = np.zeros((3, 1), bool)
    assert np.isnan(told_by_hits(flags, np.ones(3), flags, np.ones(3)))


def test_a_place_in_the_queue_is_an_order_of_magnitude_and_minus_infinity_is_last() -> None:
    score = np.append(np.arange(99.0), -np.inf)
    assert magnitude(score)[98] == 2.0
    assert magnitude(score)[[89, 99]].tolist() == pytest.approx([1.0, 0.0], abs=1e-12)


def test_a_hit_counts_up_to_the_very_moment_and_for_the_window_only() -> None:
    at = pd.Timestamp("2025-03-10", tz="UTC")
    days = [0, 27, 29]
    hits = pd.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "hit_at": [at - pd.Timedelta(days=back) for back in days],
            "rule_id": ["R1", "R2", "R1"],
        }
    )
    subjects = pd.DataFrame({"customer_id": [1, 2, 3], "as_of": [at] * 3})
    assert hit_flags(hits, subjects, 28).tolist() == [[True, False], [False, True], [False, False]]


def test_apparent_less_true_is_a_difference_on_the_same_draws() -> None:
    weight = drawn(4, 60, 1)
    caught = np.array([1.0, 0.0]), np.array([0, 1])
    found = apparent_less_true(caught, caught, weight)
    assert found["bank_recall"].value == 0.5
    assert found["apparent_less_true"] == Interval(value=0.0, low=0.0, high=0.0)


# ------------------------------------------------------------------- swaps


def queue_of(scores: list[float], weeks: int = 1):
    """Scores of six customers, week after week; the last week is judged."""
    size = len(scores) // weeks
    customer = np.tile(np.arange(size), weeks)
    at = np.repeat(np.arange(weeks), size) * 7 * 86_400_000_000
    return Watch(customer, at, at == at.max()).queue(np.array(scores))


def test_a_swap_counts_whom_each_alerts_and_says_why_a_case_is_lost() -> None:
    """Two alerts: the champion takes 0 and 1, the challenger 1 and 2; 0 and 2 are of one scheme."""
    catches = catches_of(list(range(6)), [True, False, True, False, False, True], [0, 1, 0, 2, 3, 4])
    old, new = queue_of([9, 8, 3, 2, 1, 0]), queue_of([3, 9, 8, 2, 1, 0])
    views = {"bank": catches_of(list(range(6)), [True] + [False] * 5, list(range(6))), "true": catches}
    found = swap(("old", old), ("new", new), budget(333), views, drawn(2, 50, 1), {0: "cycle"})
    assert (found.champion_alerts, found.challenger_alerts) == (2, 2)
    counts = {
        name: (cell.customers, cell.illicit, cell.suspected)
        for name in ("both", "swapped_out", "swapped_in", "neither")
        if (cell := getattr(found, name))
    }
    assert counts == {
        "both": (1, 0, 0),
        "swapped_out": (1, 1, 1),
        "swapped_in": (1, 1, 0),
        "neither": (3, 1, 0),
    }
    assert found.gain.value == 0.0
    assert (found.by_scheme.only_first, found.by_scheme.only_second, found.by_scheme.p_value) == (0, 0, None)
    assert [(case.customer_id, case.typologies, case.reason) for case in found.lost] == [(0, "cycle", "near")]


def test_whoever_was_alerted_in_the_week_before_was_not_overlooked() -> None:
    queue = queue_of([9, 1, 0, 9, 1, 0], weeks=2)
    assert alerted_ever(queue, budget(334, suppress_days=28)).tolist() == [0, 1]


def test_the_line_goes_by_the_highest_score_and_ends_with_everybody() -> None:
    score, customer = np.array([1.0, 5.0, 3.0, 4.0, 2.0]), np.array([7, 7, 8, 9, 9])
    assert in_line(score, customer, np.ones(5, bool)).tolist() == [7, 9, 8]
    is_alerted, is_illicit = customer == 7, customer == 8
    rows = next_in_line(score, customer, is_alerted, is_illicit, (1, 50))
    assert [(row.places, row.illicit) for row in rows] == [(1, 0), (2, 1)]


# ---------------------------------------------------------------- fairness


def persons(genders: list[str | None], years: list[int | None], cities: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": range(len(genders)),
            "kind": "person",
            "birth_year": pd.array(years, dtype="Int16"),
            "gender": pd.array(genders, dtype="string"),
            "city": pd.array(cities, dtype="Int16"),
        }
    )


def test_groups_are_bands_of_age_and_quarters_of_cities_and_the_unknown_are_in_none() -> None:
    groups = person_groups(
        persons(["female", None, "male", "male"], [2001, 2000, None, 1950], [1, 1, 2, 3]), 2025, (25, 65)
    )
    assert groups["gender"].tolist() == ["female", None, "male", "male"]
    assert groups["age"].tolist() == ["<25", "25-64", None, "65+"]
    assert groups["city"].tolist() == ["1", "1", "3", "4"]


def test_rates_are_of_persons_and_a_small_group_has_none() -> None:
    """Eight persons, half of them women; two women and one man of the innocent are alerted."""
    customer = np.arange(8)
    is_positive = np.array([True, False, False, False] * 2)
    alerted = np.array([True, True, True, False, False, True, False, False])
    positives = Positives(is_positive, np.zeros(8, bool), customer)
    cut = Cut.of(customer, positives, alerted, customer, 60, 1)
    women, least = customer < 4, 2
    rates = cut.rates(women, least)
    assert (rates.positives, rates.others) == (1, 3)
    assert rates.caught.value is None and rates.caught_gap.value is None
    assert rates.alerted.value == pytest.approx(2 / 3, abs=1e-4)
    assert rates.alerted_gap.value == pytest.approx(1 / 3, abs=1e-4)


def test_a_leftover_is_neither_bothered_nor_missed() -> None:
    customer = np.arange(3)
    positives = Positives(np.zeros(3, bool), np.array([True, False, False]), customer)
    cut = Cut.of(customer, positives, np.ones(3, bool), customer, 50, 1)
    assert cut.customer.tolist() == [1, 2]


def test_every_group_of_every_attribute_has_a_row() -> None:
    customer = np.arange(4)
    positives = Positives(np.zeros(4, bool), np.zeros(4, bool), customer)
    cut = Cut.of(customer, positives, np.ones(4, bool), customer, 50, 1)
    groups = person_groups(persons(["female"] * 2 + ["male"] * 2, [1990] * 4, [1] * 4), 2025, (25,))
    rows = [
        (row.attribute, row.group, row.true.others) for row in fairness_rows("rules", cut, cut, groups, 1)
    ]
    assert rows == [("gender", "female", 2), ("gender", "male", 2), ("age", "25+", 4), ("city", "1", 4)]


# --------------------------------------------------------------- the words


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.01, 0.2, "challenger finds more"),
        (-0.1, 0.2, "no difference shown"),
        (-0.2, -0.01, "champion finds more"),
    ],
)
def test_a_swap_is_won_only_where_the_paired_interval_leaves_zero_out(
    low: float, high: float, word: str
) -> None:
    row = partial(Swap, gain=Interval(value=(low + high) / 2, low=low, high=high))
    assert word in swap_verdict(row).en


def test_a_group_is_named_only_where_its_gap_leaves_zero_out() -> None:
    def row(group: str, low: float, high: float) -> dict[str, object]:
        gap = Interval(value=0.1, low=low, high=high)
        return {"attribute": "gender", "group": group, "ranker": "rules", "true": {"alerted_gap": gap}}

    told = fair_seen(partial(BankKnowledge, fairness=[row("female", 0.01, 0.2), row("male", -0.1, 0.2)])).en
    assert "gender women (the rules)" in told
    assert "men (the rules)" not in told.replace("women (the rules)", "")


def test_the_sentence_on_reviews_speaks_of_those_of_today_and_of_the_most() -> None:
    def row(reviews: int, low: float) -> dict[str, object]:
        answer = Interval(value=0.5, low=low, high=1.0)
        return {"design": "random", "reviews": reviews, "answer": answer, "found": 1.0, "found_none": 0.25}

    found = partial(
        BankKnowledge,
        answers=[row(54, 0.1), row(300, 0.2), row(2_400, 0.3)],
        reviews_today=54,
        true_recall=Interval(value=0.4, low=0.3, high=0.5),
        hidden=8,
        not_found=1_000,
    )
    told = reviews_seen(found)
    assert "54 random reviews" in told.en and "10.0–100.0 %" in told.en
    assert "2,400 random reviews" in told.en and "300 random" not in told.en.replace("2,400 random", "")
