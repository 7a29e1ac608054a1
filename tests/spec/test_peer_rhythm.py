"""Whether a payment was due, and what was thought of its ends' others: by hand, and never from later days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers.rhythm import rhythm_features, same_day_counts
from benchmarks.peers.suspects import Learning, score_features

PARTIES = 12
PAYER = 0


def told(*payments: tuple[int, int, int]) -> pd.Series:
    """The features of the last of the payments (day, payer, payee)."""
    day, payer, payee = (np.array(column) for column in zip(*payments, strict=True))
    return rhythm_features(payer, payee, day, PARTIES).iloc[-1]


def rounds(until: int, payees: int = 4, period: int = 3) -> list[tuple[int, int, int]]:
    """One payer who pays each third day, through the payees in turn."""
    return [(day, PAYER, 1 + (day // period) % payees) for day in range(0, until, period)]


def test_a_payment_on_its_day_keeps_the_payers_rhythm_and_one_beside_it_does_not() -> None:
    due, beside = told(*rounds(60), (60, PAYER, 1)), told(*rounds(60), (61, PAYER, 1))
    assert due["payer_made_period"] == beside["payer_made_period"] == 3
    assert (due["payer_made_on_period"], beside["payer_made_on_period"]) == (1, 0)
    assert (due["payer_made_residue_3"], beside["payer_made_residue_3"]) == (3, 0)
    assert (due["payer_made_lag_3"], beside["payer_made_lag_3"]) == (1, 0)


def test_the_payee_whose_turn_it_is_was_due_and_another_was_not() -> None:
    due, other, stranger = (told(*rounds(60), (60, PAYER, payee)) for payee in (1, 3, 9))
    assert due["payer_made_top_return"] == due["payer_made_gap"] == 12
    assert (due["payer_made_due"], due["payer_made_due_is_it"]) == (1, 1)
    assert (other["payer_made_due"], other["payer_made_due_is_it"]) == (1, 0)
    assert due["payer_made_foretold_is_it"] == 3
    assert other["payer_made_foretold_is_it"] == stranger["payer_made_foretold_is_it"] == 0
    assert due["payer_made_gap_seen"] > 0 == other["payer_made_gap_seen"]
    assert np.isnan(stranger["payer_made_gap"])


def test_pairs_seen_for_the_first_time_are_counted_on_their_day() -> None:
    """Two payments of a pair's first day are both of a new pair; the day after, it is known."""
    seen = told((1, PAYER, 5), (2, PAYER, 6), (2, PAYER, 6), (3, PAYER, 6), (4, PAYER, 7))
    lags = (1, 2, 3, 4)
    assert [seen[f"payer_made_lag_{lag}"] for lag in lags] == [1, 2, 1, 0]
    assert [seen[f"payer_made_new_pairs_lag_{lag}"] for lag in lags] == [0, 2, 1, 0]


def test_the_day_itself_is_counted_only_where_it_is_asked_for() -> None:
    payer, payee, day = np.array([0, 0, 2]), np.array([1, 1, 1]), np.array([4, 4, 4])
    assert told((4, 0, 1), (4, 0, 1), (4, 2, 1)).filter(like="lag_").sum() == 0
    seen = same_day_counts(payer, payee, day, PARTIES).iloc[0]
    assert (seen["payer_made_lag_0"], seen["payee_got_lag_0"], seen["payee_made_lag_0"]) == (2, 3, 0)


def drawn(seed: int, n: int = 1_500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    payer, payee = rng.integers(0, PARTIES, n), rng.integers(0, PARTIES, n)
    return payer, payee, np.sort(rng.integers(0, 120, n))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cut", [1, 40, 77])
def test_no_feature_changes_when_the_day_itself_or_later_days_become_others(seed: int, cut: int) -> None:
    payer, payee, day = drawn(seed)
    other_payer, other_payee, _ = drawn(seed + 100)
    later = day >= cut
    score = np.random.default_rng(seed).random(len(day))
    changed = np.where(later, other_payer, payer), np.where(later, other_payee, payee)
    other_score = np.where(later, 1 - score, score)
    told_of = day <= cut
    # Rows of the day are asked of the same ends, so that only what is known of them can differ.
    ends = [np.append(column[day < cut], column[day == cut]) for column in (payer, payee)]
    whole = rhythm_features(payer, payee, day, PARTIES)[told_of]
    alone = rhythm_features(ends[0], ends[1], day[told_of], PARTIES)
    pd.testing.assert_frame_equal(whole, alone)
    before = day < cut
    pd.testing.assert_frame_equal(whole[before[told_of]], rhythm_features(*changed, day, PARTIES)[before])
    pd.testing.assert_frame_equal(
        score_features(payer, payee, day, score, PARTIES)[before],
        score_features(*changed, day, other_score, PARTIES)[before],
    )
    scored = score_features(payer, payee, day, score, PARTIES)[told_of]
    pd.testing.assert_frame_equal(
        scored, score_features(payer, payee, day, np.where(later, 0, score), PARTIES)[told_of]
    )


def test_scores_of_earlier_payments_are_summed_by_hand() -> None:
    payer, payee = np.array([0, 0, 3, 0]), np.array([1, 2, 1, 1])
    day, score = np.array([1, 9, 10, 10]), np.array([0.5, 0.2, 0.9, 0.7])
    row = score_features(payer, payee, day, score, PARTIES).iloc[-1]
    assert row["scores_payer_made_sum_3d"] == pytest.approx(0.2)
    assert row["scores_payer_made_sum_14d"] == pytest.approx(0.7)
    assert row["scores_payer_made_most_14d"] == pytest.approx(0.5)
    assert (row["scores_payer_made_suspects_14d"], row["scores_payer_made_others"]) == (1, 0)
    assert (row["scores_payer_made_days_since"], row["scores_payer_made_last"]) == (9, pytest.approx(0.2))
    assert row["scores_payee_got_most_400d"] == pytest.approx(0.5)
    same_day = score_features(payer, payee, day, score, PARTIES, ahead=1).iloc[-1]
    assert same_day["scores_payee_got_most_400d"] == pytest.approx(0.9)


def test_no_training_payment_is_scored_by_a_booster_that_knows_labels_of_its_stretch() -> None:
    """With the labels of one stretch turned round its scores stay, and all others move."""
    rng = np.random.default_rng(0)
    n = 600
    features, label = rng.random((n, 3)).astype(np.float32), rng.integers(0, 2, n)
    day = np.sort(rng.integers(0, 40, n))
    learning = Learning(day < 30, np.ones(n), day)
    stretches = learning.stretches()
    assert np.array_equal(np.sum(stretches, axis=0), learning.learnt)
    one = stretches[1]
    score = learning.first_scores(features, label, 0)
    turned = learning.first_scores(features, np.where(one, 1 - label, label), 0)
    assert np.array_equal(score[one], turned[one])
    assert (score[~one] != turned[~one]).mean() > 0.9
    assert np.array_equal(
        score[~learning.learnt], learning.fitted(features, label, 0).predict(features[~learning.learnt])
    )
