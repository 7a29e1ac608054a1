"""Hits and decisions become labels: dated, with what was known by then and nothing later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data.label import Params, flagged_moments, label
from data.labels.ballots import Ballots, with_decision
from data.labels.comparison import compare, log_loss, verdict
from data.labels.dated import vote_values
from data.labels.label_models import LABEL_MODELS, Settings
from data.results import Interval, Judges, LabelSet
from data.schema import DECIDED, Labels, TrialLabels
from models.split import FoldPlan, known_label
from models.split import Params as SplitParams

ORIGIN = pd.Timestamp("2025-01-06", tz="UTC")  # a Monday
DAY = pd.Timedelta(days=1)
PRIOR = 0.1  # 10 reviews at 10 %
FOLDS = FoldPlan(earlier=0, judged_weeks=1, embargo_weeks=0)
PARAMS = Params(
    model="weighted_vote",
    refit_days=7,
    decision_weeks=4,
    prior_sweep=[1.0],
    vote_weight=0.3,
    disposition_weight=1.0,
    settings=Settings(
        class_prior=0.01,
        prior_precision=PRIOR,
        prior_sensitivity=0.1,
        prior_negative_ratio=0.5,
        prior_reviews=10,
        iterations=20,
    ),
    least_belief=0.001,
    bootstrap_draws=50,
    seed=1,
)
RULES = pd.DataFrame(
    {
        "rule_id": ["R01", "R06", "R21", "N1"],
        "use": ["label", "label", "held_out", "label"],
        "vote": [1, 1, 1, -1],
        "is_applied": True,
        "typologies": ["fan_in smurfing", "fan_in", "", ""],
    }
)


def at(moment: str) -> pd.Timestamp:
    return pd.Timestamp(moment, tz="UTC")


def dated(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for column in columns:
        table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
    return table


def hits(*rows: tuple[int, str, str]) -> pd.DataFrame:
    return dated(pd.DataFrame(rows, columns=["customer_id", "hit_at", "rule_id"]), "hit_at")


def ballots(*rows: tuple[int, str, str], customers: int = 100) -> Ballots:
    table = hits(*rows)
    is_negative = table["rule_id"].str.startswith("N")
    return Ballots.of(RULES, table[~is_negative], table[is_negative], customers, ORIGIN, 4)


def dispositions(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows (customer, event_at, stream, known_at, outcome)."""
    columns = ["customer_id", "event_at", "stream", "known_at", "outcome"]
    table = dated(pd.DataFrame(rows, columns=columns), "event_at", "known_at")
    return table.assign(propensity=1.0).astype({"customer_id": "int64"})


def flagged(*rows: tuple[int, str]) -> pd.DataFrame:
    table = dated(pd.DataFrame(rows, columns=["customer_id", "alerted_at"]), "alerted_at")
    table.insert(0, "alert_id", np.arange(1, len(table) + 1))
    return table.astype({"customer_id": "int64"}).assign(source="rule_vote")


NONE_GIVEN = dated(
    pd.DataFrame(columns=["customer_id", "event_at", "known_at", "value"]), "event_at", "known_at"
)

# ------------------------------------------------------------------ ballots


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


# --------------------------------------------------------------- vote values


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


# --------------------------------------------------------------------- labels


def test_every_flagged_moment_votes_and_every_decision_is_a_label_with_its_own_date() -> None:
    told = dispositions(
        (1, "2025-03-01", "alert", "2025-03-09", "reported"),
        (2, "2025-03-02", "below_line", "2025-03-05", "case"),
        (9, "2025-03-03", "random", "2025-03-04", "dismissed"),
    )
    table = label(
        flagged((1, "2025-03-01"), (2, "2025-03-02")), np.array([0.1, 0.2]), told, NONE_GIVEN, PARAMS
    )
    rows = Labels.validate(table)[["customer_id", "source", "known_at", "value", "weight"]]
    assert [tuple(row) for row in rows.itertuples(index=False)] == [
        (1, "disposition", at("2025-03-09"), 1.0, 1.0),
        (1, "rule_vote", at("2025-03-01"), 0.1, 0.3),
        (2, "below_line_review", at("2025-03-05"), 0.0, 1.0),
        (2, "rule_vote", at("2025-03-02"), 0.2, 0.3),
        (9, "random_review", at("2025-03-04"), 0.0, 1.0),
    ]


def test_an_alert_that_nobody_reviewed_is_no_negative() -> None:
    waiting = dispositions((1, "2025-03-01", "alert", None, "unreviewed"))
    table = label(flagged((1, "2025-03-01")), np.array([0.1]), with_decision(waiting), NONE_GIVEN, PARAMS)
    assert table["source"].tolist() == ["rule_vote"]


def test_labels_that_a_data_set_brings_replace_decisions_and_stand_alone() -> None:
    """Votes are kept to rank the rulebook, but they speak for no subject."""
    brought = dated(
        pd.DataFrame(
            [(5, "2025-03-01", "2025-03-01", 1.0)], columns=["customer_id", "event_at", "known_at", "value"]
        ),
        "event_at",
        "known_at",
    )
    told = dispositions((1, "2025-03-01", "alert", "2025-03-02", "reported"))
    table = label(flagged((1, "2025-03-01")), np.array([0.1]), told, brought, PARAMS)
    assert sorted(zip(table["customer_id"], table["source"], strict=True)) == [(1, "rule_vote"), (5, "given")]
    people = dated(
        pd.DataFrame({"subject_id": [1, 2], "customer_id": [1, 5], "as_of": ["2025-03-03"] * 2}), "as_of"
    )
    split = SplitParams(unreviewed_weight=0.3, maturity_days=60, folds=FOLDS)
    known = known_label(people, table, at("2025-06-01"), 28, split)
    assert known["label_source"].tolist() == ["unreviewed", "given"]


def test_alerts_above_and_below_the_line_are_flagged_in_order() -> None:
    above, below = flagged((1, "2025-03-01"), (2, "2025-03-03")), flagged((3, "2025-03-02"))
    above["alert_id"], below["alert_id"] = [1, 3], [2]
    found = flagged_moments(above, below)
    assert found["customer_id"].tolist() == [1, 3, 2]
    assert found["source"].tolist() == ["rule_vote", "below_line_vote", "rule_vote"]


# ----------------------------------------------------------------- comparison


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


@pytest.mark.parametrize(
    "change",
    [
        {"model": "majority"},
        {"refit_days": 0},
        {"least_belief": 0.6},
        {"prior_sweep": []},
        {"vote_weight": 0},
    ],
)
def test_impossible_parameters_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(pipeline.BadInput, match=next(iter(change))):
        pipeline.parse(Params, PARAMS.model_dump() | change, "params.yaml: label")


def test_an_unknown_label_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        pipeline.BadInput, match="'majority', expected one of: any_rule, weighted_vote, dawid_skene"
    ):
        pipeline.parse(Params, PARAMS.model_dump() | {"model": "majority"}, "params.yaml: label")


def test_every_decided_outcome_is_a_decision() -> None:
    table = pd.DataFrame({"outcome": [*DECIDED, "unreviewed"]})
    assert with_decision(table)["outcome"].tolist() == list(DECIDED)
