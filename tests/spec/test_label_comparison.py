"""The bank compares label models: on equal terms, by later decisions, before the test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.label import label
from data.labels.ballots import Ballots
from data.labels.comparison import compare, log_loss, verdict
from data.labels.dated import vote_values
from data.labels.label_models import LABEL_MODELS
from data.results import Interval, Judges, LabelSet
from data.schema import TrialLabels
from tests.spec.labelling import DAY, NONE_GIVEN, ORIGIN, PARAMS, RULES, ballots, dispositions, flagged, hits


def a_run(seed: int = 0) -> tuple[pd.DataFrame, Ballots, pd.DataFrame, pd.DataFrame]:
    """Rule R06 is right in four of five cases, R01 in one of fifty; reviews say so."""
    rng = np.random.default_rng(seed)
    rows, told = [], []
    for number in range(600):
        moment = ORIGIN + int(rng.integers(1, 180)) * DAY
        rule = "R06" if number % 3 == 0 else "R01"
        is_true = rng.random() < (0.8 if rule == "R06" else 0.02)
        rows.append((number, str(moment), rule))
        outcome = "reported" if is_true else "dismissed"
        told.append(
            (number, str(moment), "alert" if number % 5 else "below_line", str(moment + 9 * DAY), outcome)
        )
    moments = flagged(*[(row[0], row[1]) for row in sorted(rows, key=lambda row: pd.Timestamp(row[1]))])
    decided = dispositions(*told)
    trials = pd.concat([decided.assign(random_share=share) for share in (0.0, 0.1)], ignore_index=True)
    return moments, ballots(*rows, customers=1_000), decided, trials


UNTIL = ORIGIN + 120 * DAY
JUDGED_BY = ORIGIN + 170 * DAY


def test_every_label_model_is_compared_with_and_without_dispositions() -> None:
    sets, result = compare(*a_run(), UNTIL, JUDGED_BY, PARAMS)
    TrialLabels.validate(sets)
    keys = [(row.model, row.uses_dispositions, row.random_share) for row in result.sets]
    assert len(set(keys)) == len(keys) == 4 * 3
    assert set(zip(sets["model"], sets["uses_dispositions"], sets["random_share"], strict=True)) == set(keys)
    assert (sets["known_at"] <= UNTIL).all()
    without = sets[~sets["uses_dispositions"]]
    assert set(without["source"]) == {"rule_vote"}


def test_the_criterion_prefers_who_learnt_from_decisions_and_nobody_judges_himself() -> None:
    moments, laid, decided, trials = a_run()
    _, result = compare(moments, laid, decided, trials, UNTIL, JUDGED_BY, PARAMS)
    assert result.preferred.uses_dispositions
    later = decided[(decided["known_at"] > UNTIL) & (decided["known_at"] <= JUDGED_BY)]
    assert result.judges.decisions == len(later) < len(decided[decided["known_at"] > UNTIL])
    loss = {(row.model, row.uses_dispositions): row.log_loss.value for row in result.sets}
    assert loss["weighted_vote", True] < result.constant_belief.value < loss["any_rule", False]
    assert loss["weighted_vote", True] < loss["weighted_vote", False]
    learned = result.learned["weighted_vote"]
    assert learned["R06"] == pytest.approx(0.8, abs=0.1)
    assert learned["R01"] < 0.08
    # What is known after the end of training changes the judges, never the label sets.
    flipped = decided.assign(outcome=decided["outcome"].where(decided["known_at"] <= UNTIL, "dismissed"))
    sets, _ = compare(moments, laid, flipped, trials, UNTIL, JUDGED_BY, PARAMS)
    pd.testing.assert_frame_equal(sets, compare(moments, laid, decided, trials, UNTIL, JUDGED_BY, PARAMS)[0])


def test_what_is_decided_once_the_test_has_begun_judges_no_label_model() -> None:
    moments, laid, decided, trials = a_run()
    _, result = compare(moments, laid, decided, trials, UNTIL, JUDGED_BY, PARAMS)
    is_known = decided["known_at"] <= JUDGED_BY
    for changed in (decided[is_known], decided.assign(outcome=decided["outcome"].where(is_known, "case"))):
        assert compare(moments, laid, changed, trials, UNTIL, JUDGED_BY, PARAMS)[1] == result
    sooner = compare(moments, laid, decided, trials, UNTIL, JUDGED_BY - 14 * DAY, PARAMS)[1]
    assert sooner.judges.decisions < result.judges.decisions


def test_a_decision_below_the_line_stands_for_as_many_as_its_propensity_says() -> None:
    moments, laid, decided, trials = a_run()
    rare = decided.assign(propensity=np.where(decided["stream"] == "below_line", 1e-6, 1.0))
    _, result = compare(moments, laid, rare, trials, UNTIL, JUDGED_BY, PARAMS)
    only = decided[decided["stream"] == "below_line"]
    _, alone = compare(moments, laid, only, trials, UNTIL, JUDGED_BY, PARAMS)
    for row, other in zip(result.sets, alone.sets, strict=True):
        assert row.log_loss.value == pytest.approx(other.log_loss.value, abs=1e-3)


def test_the_verdict_says_whether_the_choice_is_borne_out() -> None:
    _, result = compare(*a_run(), UNTIL, JUDGED_BY, PARAMS)
    chosen = result.preferred.model
    assert verdict(result.model_copy(update={"chosen": chosen})).startswith(
        f"label model {chosen}: first by later decisions"
    )
    assert "worse than" in verdict(result.model_copy(update={"chosen": "any_rule"}))
    nobody = a_run()[2].iloc[:0]
    moments, laid, _, trials = a_run()
    _, empty = compare(moments, laid, nobody, trials, UNTIL, JUDGED_BY, PARAMS)
    assert "no later decision" in verdict(empty)
    assert empty.constant_belief.value is None


@pytest.mark.parametrize(
    ("low", "words"),
    [(0.01, "first by later decisions, ahead of all others"), (-0.01, "not told apart from b")],
)
def test_the_first_label_model_is_ahead_only_of_those_that_are_measured_to_be_worse(
    low: float, words: str
) -> None:
    rows = [
        LabelSet(
            model=name,
            uses_dispositions=True,
            random_share=0.0,
            log_loss=Interval(value=0.0, low=0.0, high=0.0),
            behind_best=Interval(value=0.0, low=least, high=1.0),
        )
        for name, least in (("a", 0.0), ("b", low))
    ]
    _, result = compare(*a_run(), UNTIL, JUDGED_BY, PARAMS)
    changed = {"chosen": "a", "preferred": rows[0], "sets": rows}
    assert words in verdict(result.model_copy(update=changed))


def test_a_bank_whose_rules_never_spoke_has_label_sets_without_votes() -> None:
    """A foreign data set may lack what every rule needs."""
    silent, nobody = ballots(), dispositions().assign(random_share=0.0)
    assert vote_values(flagged(), silent, nobody, PARAMS).tolist() == []
    sets, result = compare(
        flagged(), silent, nobody.drop(columns="random_share"), nobody, UNTIL, JUDGED_BY, PARAMS
    )
    assert len(sets) == 0
    assert result.judges == Judges(decisions=0, reported=0, below_line=0)
    assert "no later decision" in verdict(result)
    told = dispositions((7, "2025-01-13", "random", "2025-01-14", "reported")).assign(random_share=0.0)
    sets, _ = compare(flagged(), silent, nobody.drop(columns="random_share"), told, UNTIL, JUDGED_BY, PARAMS)
    assert set(TrialLabels.validate(sets)["source"]) == {"random_review"}


@pytest.mark.parametrize("use", ["feature", "held_out"])
def test_a_rulebook_of_which_no_rule_votes_has_labels_of_reviews_alone(use: str) -> None:
    """A trial run: every rule is recorded and none raises alerts; only customers drawn at random are seen."""
    table = hits((1, "2025-01-14", "R01"))
    watching = Ballots.of(RULES.assign(use=use), table, table.iloc[:0], 100, ORIGIN, 4)
    told = dispositions(
        (7, "2025-01-13", "random", "2025-01-14", "reported"),
        (8, "2025-01-20", "random", "2025-01-21", "dismissed"),
    )
    values = vote_values(flagged(), watching, told, PARAMS)
    assert set(label(flagged(), values, told, NONE_GIVEN, PARAMS)["source"]) == {"random_review"}
    sets, result = compare(flagged(), watching, told, told.assign(random_share=0.1), UNTIL, JUDGED_BY, PARAMS)
    assert set(TrialLabels.validate(sets)["source"]) == {"random_review"}
    assert result.learned == {name: {} for name in LABEL_MODELS}
    assert "no later decision" in verdict(result)


def test_nobody_decided_anything_and_no_rule_votes() -> None:
    nobody = dispositions()
    watching = Ballots.of(RULES.assign(use="feature"), hits(), hits(), 100, ORIGIN, 4)
    sets, result = compare(
        flagged(), watching, nobody, nobody.assign(random_share=0.0), UNTIL, JUDGED_BY, PARAMS
    )
    assert len(sets) == 0
    assert [row.uses_dispositions for row in result.sets] == [False] * len(LABEL_MODELS)
    assert all(row.log_loss.value is None for row in result.sets)


def test_a_loss_is_bounded_however_sure_the_belief() -> None:
    losses = log_loss(np.array([1.0, 1.0, 0.5]), np.array([True, False, True]), 0.001)
    assert losses == pytest.approx([-np.log(0.999), -np.log(0.001), np.log(2)])
