"""What is said first of a ranker, on banks small enough to count on fingers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.budget import Watch
from models.judgement import Contest
from models.judgement import Params as JudgeParams
from models.metrics import Catches
from models.paired import mcnemar
from models.positives import Positives
from models.results.headline import Headline
from models.truth.anomaly_share import CatchesOfBoth, anomaly_shares, novel_customers, shared_scores
from models.truth.headline import Illicit, headlines
from reports.headline import HeadlineGoal
from tests.spec.judging.rankings import WEEK, budget

PARAMS = JudgeParams(bootstrap_draws=60, seed=1)
SIZE = 100  # customers, of one week; the first four are illicit
ILLICIT = np.arange(SIZE) < 4


def one_week() -> Watch:
    return Watch(np.arange(SIZE), np.zeros(SIZE, np.int64), np.ones(SIZE, bool))


def score_of(first: list[int]) -> np.ndarray:
    """A ranker who takes these customers first, in this order, and then the others from the last on."""
    score = np.arange(SIZE) / SIZE
    score[first] = [SIZE - place for place in range(len(first))]
    return score


def illicit(**marks: list[bool]) -> Illicit:
    nobody = dict.fromkeys(("is_known", "is_hit", "is_patterned", "is_taught"), [False] * 4)
    return Illicit(np.arange(4), **{name: np.array(mark) for name, mark in (nobody | marks).items()})


def found(rankers: dict[str, np.ndarray], who: Illicit) -> dict[str, Headline]:
    watch, positives = one_week(), Positives.of(np.arange(SIZE), ILLICIT, ILLICIT)
    contest = Contest.of(watch, rankers, positives, budget(100), PARAMS)
    return {row.ranker: row for row in headlines(contest, who)}


def test_a_ranker_that_needs_two_of_the_rules_ten_alerts_needs_a_fifth() -> None:
    rules, model = score_of([50, 51, 52, 0, 53, 54, 55, 56, 57, 1]), score_of([2, 3, 50, 51])
    rows = found({"rules": rules, "model": model}, illicit())
    assert rows["model"].alert_share_at_rule_recall.value == pytest.approx(0.2)
    assert rows["rules"].alert_share_at_rule_recall.value == pytest.approx(1.0)
    assert rows["model"].recall_at_rule_alerts.value == 0.5


def test_a_ranker_that_never_reaches_the_rules_has_no_share() -> None:
    rules, model = score_of([0, 1, 2]), score_of([])
    assert (
        found({"rules": rules, "model": model}, illicit())["model"].alert_share_at_rule_recall.value is None
    )


def test_rules_that_catch_nobody_are_reached_by_no_alert_at_all_and_have_no_share() -> None:
    rules, model = score_of([]), score_of([0])
    assert (
        found({"rules": rules, "model": model}, illicit())["model"].alert_share_at_rule_recall.value is None
    )


def test_recall_is_told_apart_by_what_the_bank_knew_of_whom_it_caught() -> None:
    who = illicit(is_known=[True, True, False, False], is_hit=[True, False, False, False])
    parts = found({"rules": score_of([0]), "model": score_of([1, 2])}, who)["model"].parts
    assert (parts.everyone.caught, parts.everyone.customers) == (2, 4)
    assert (parts.known.caught, parts.known.customers) == (1, 2)
    assert (parts.unknown.caught, parts.unknown.customers) == (1, 2)
    assert (parts.hit.caught, parts.beyond_rules.caught, parts.beyond_rules.customers) == (0, 2, 3)
    assert parts.taught.customers == 0 and parts.taught.recall.value is None


def test_the_illicit_are_looked_up_by_their_own_labels_hits_and_payments() -> None:
    """Customer 1 is reported and was taught, 2 was hit by a rule, 3 only spent proceeds."""
    day, starts_at = pd.Timedelta(days=1), pd.Timestamp("2025-06-02", tz="UTC")
    ids, roles = [1, 2, 3, 1], ["test", "test", "test", "train"]
    split = pd.DataFrame(
        {
            "customer_id": ids,
            "as_of": [starts_at + 7 * day] * 3 + [starts_at - 70 * day],
            "role": roles,
            "label": [1.0, 0.0, 0.0, 1.0],
            "label_event_at": [starts_at + day, pd.NaT, pd.NaT, starts_at - 71 * day],
        }
    )
    moments = pd.DataFrame(
        {"customer_id": [1, 2, 3], "at": [starts_at + day] * 3, "is_patterned": [True, True, False]}
    )
    hits = pd.DataFrame({"customer_id": [2], "hit_at": [starts_at + 2 * day]})
    everyone = np.ones(3, bool)
    positives = Positives.of(np.array([1, 2, 3]), everyone, everyone)
    who = Illicit.of(split, positives, hits, moments, starts_at, 28)
    assert who.customer.tolist() == [1, 2, 3]
    assert who.is_known.tolist() == [True, False, False]
    assert who.is_taught.tolist() == [True, False, False]
    assert who.is_hit.tolist() == [False, True, False]
    assert who.is_patterned.tolist() == [True, True, False]


def test_mcnemar_counts_only_those_whom_one_alone_caught() -> None:
    """Five against none: twice a half to the fifth power."""
    first, second = np.array([1, 1, 1, 1, 1, 1, 0]), np.array([0, 0, 0, 0, 0, 1, 0])
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second, found.p_value) == (5, 0, 0.0625)
    assert mcnemar(first, first).p_value is None
    assert mcnemar(first, 1 - first).p_value == 0.125  # six against one: 16 of 128


def test_half_of_the_budget_for_a_second_ranker_takes_from_both_lists_in_turn() -> None:
    watch = one_week()
    score = shared_scores(watch, score_of([10, 11, 12, 13]), score_of([20, 21, 10, 22]), 0.5)
    assert set(np.flatnonzero(watch.alerted(score, budget(50)))) == {10, 11, 20, 21, 12}


def test_a_fifth_of_the_budget_takes_one_in_five_each_week() -> None:
    customer = np.tile(np.arange(SIZE), 2)
    watch = Watch(customer, np.repeat([0, WEEK], SIZE), np.ones(2 * SIZE, bool))
    first, second = (np.tile(score_of(list(range(low, low + 20))), 2) for low in (0, 40))
    alerted = watch.alerted(shared_scores(watch, first, second, 0.2), budget(100))
    assert [int((customer[alerted] >= 40).sum()), int(alerted.sum())] == [4, 20]


def test_what_a_shared_budget_buys_is_counted_beside_what_it_costs() -> None:
    watch, positives = one_week(), Positives.of(np.arange(SIZE), ILLICIT, ILLICIT)
    suspected = np.arange(SIZE) < 2
    catches = Catches.of(np.arange(SIZE), positives)
    known = Catches.of(np.arange(SIZE), Positives.of(np.arange(SIZE), suspected, suspected))
    model, anomaly = score_of([0, 50, 51, 1]), score_of([3, 60])
    sides = CatchesOfBoth(catches, known, np.array([False, False, False, True]))
    rows = anomaly_shares(watch, {"m": model, "a": anomaly}, "m", ["a"], [0.5], sides, budget(40), PARAMS)
    alone, shared = rows
    assert (alone.share, alone.true.caught, alone.novel.caught, alone.bank.caught) == (0.0, 2, 0, 2)
    assert (shared.share, shared.true.caught, shared.novel.caught, shared.bank.caught) == (0.5, 2, 1, 1)
    assert (shared.gain_true.value, shared.gain_bank.value) == (0.0, -0.5)


def test_a_typology_is_novel_where_none_of_its_payments_lies_before_the_test() -> None:
    starts_at = pd.Timestamp("2025-06-02", tz="UTC")
    moments = pd.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "typology": ["old", "old", "new"],
            "at": [starts_at - pd.Timedelta(days=1), starts_at, starts_at],
        }
    )
    assert novel_customers(moments, starts_at).tolist() == [3]


def test_a_goal_says_by_how_much_it_was_missed() -> None:
    assert HeadlineGoal.at_most(0.2, 0.25).missed_by == 0.05
    assert HeadlineGoal.at_most(0.2, 0.1).missed_by == 0
    assert HeadlineGoal.at_least(0.45, 0.4).missed_by == 0.05
    assert HeadlineGoal.at_least(0.45, None).missed_by is None
