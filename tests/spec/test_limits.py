"""Learners taught the truth: who is dealt where, what a budget reaches, what a bound allows to be said."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.audit_limits import LimitsInputs
from models.results.bounds import Reach
from models.results.trials import TrialWorth
from models.truth import fixed_trees
from models.truth.headline import TRIED, Spending
from models.truth.limits import at_budget, budget_for, dealt_groups
from models.zoo import Examples
from reports.experiments import Experiments, Studies
from reports.limit_tables import limits_section, patterned_said, side_of
from reports.steps import tuning_step
from tests.spec.evidence import evidence_of
from verdicts import Claim


def test_whoever_belongs_together_is_dealt_into_one_fold_and_folds_are_alike() -> None:
    group = np.repeat(np.arange(40), 3)
    fold = dealt_groups(group, 4, seed=1)
    assert all(len(set(fold[group == one])) == 1 for one in range(40))
    assert np.bincount(fold).tolist() == [30] * 4


def spending() -> Spending:
    """Two customers: one from the bank's budget on, the other from twice as much in half of the fits."""
    caught = np.zeros((len(TRIED), 2))
    caught[TRIED >= 1 - 1e-9, 0] = 1
    caught[TRIED >= 2 - 1e-9, 1] = 0.5
    return Spending(np.arange(len(TRIED)), caught)


def test_a_budget_is_looked_up_by_its_multiple() -> None:
    assert at_budget(spending(), 1.0).tolist() == [1, 0]
    assert at_budget(spending(), 2.0).tolist() == [1, 0.5]


@pytest.mark.parametrize(("wanted", "least"), [(0.5, 1.0), (0.75, 2.0), (0.8, None)])
def test_the_least_budget_that_reaches_a_share_is_told_or_none(wanted: float, least: float | None) -> None:
    assert budget_for(spending(), np.ones(2, bool), wanted) == least
    assert budget_for(spending(), np.zeros(2, bool), wanted) is None


def test_hindsight_never_learns_from_the_fold_that_it_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every watched row is its own number, so that what was learnt from can be told."""
    learnt: list[set[int]] = []

    def fit(values: np.ndarray, *_: object) -> int:
        learnt.append(set(values[:, 0].astype(int).tolist()))
        return len(learnt) - 1

    def margins(booster: int, values: np.ndarray) -> np.ndarray:
        assert not learnt[booster] & set(values[:, 0].astype(int).tolist())
        return values[:, 0]

    monkeypatch.setattr(fixed_trees, "fit", fit)
    monkeypatch.setattr(fixed_trees, "margins", margins)
    nothing = dict.fromkeys(LimitsInputs.__dataclass_fields__)
    earlier = dict.fromkeys(Examples.__dataclass_fields__)
    earlier |= {"features": pd.DataFrame([[-1.0]]), "label": np.zeros(1), "weight": np.ones(1)}
    further = pd.DataFrame({"label": 1.0, "weight": 1.0}, index=[0, 2, 3, 5])
    given = {
        "earlier": Examples(**cast("dict[str, Any]", earlier)),
        "further": further,
        "fold": np.arange(6) % 2,
    }
    inputs = LimitsInputs(**cast("dict[str, Any]", nothing | given))
    values = np.arange(6.0)[:, None]
    assert inputs.in_hindsight(values, cast("Any", None), 1).tolist() == values[:, 0].tolist()
    assert learnt == [{-1, 3, 5}, {-1, 0, 2}]


@pytest.mark.parametrize(
    ("found", "at_most", "side"),
    [
        (Interval(value=0.5, low=0.46, high=0.6), False, 1),
        (Interval(value=0.3, low=0.2, high=0.44), False, -1),
        (Interval(value=0.5, low=0.4, high=0.6), False, 0),
        (Interval(value=0.3, low=0.2, high=0.44), True, 1),
        (Interval(value=0.5, low=0.46, high=0.6), True, -1),
        (Interval(), False, 0),
    ],
)
def test_a_bound_is_reached_or_missed_by_the_whole_interval_alone(
    found: Interval, at_most: bool, side: int
) -> None:
    assert side_of(found, 0.45, at_most) == side


def experiments(**given: Any) -> Experiments:
    """Experiments that hold what is given."""
    return Experiments(**cast("dict[str, Any]", dict.fromkeys(Experiments.__dataclass_fields__) | given))


class Told:
    """Attributes by name."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)


def test_the_goal_set_anew_leaves_the_earlier_claim_as_it_failed() -> None:
    claim = Claim(name="shaped", en="", zh="", figure="headline.recall_patterned", above=0.6)
    goal = Told(found=0.895, missed_by=0.0)
    figures = Told(
        recall_patterned=Interval(value=0.46, low=0.39, high=0.55),
        oracle_recall_at_budget=Interval(value=0.4, low=0.33, high=0.45),
        goals=Told(oracle_share=goal),
    )
    evidence = evidence_of(experiments=experiments(verdicts=Told(claims=[claim])))
    said = patterned_said(evidence, cast("Any", figures))
    assert said is not None
    assert "60% of those" in said.en and "“failed”" in said.en and "89.5%, met" in said.en
    assert "不成立" in said.zh and "89.5%，达到" in said.zh
    none = evidence_of(experiments=experiments(verdicts=Told(claims=[])))
    assert patterned_said(none, cast("Any", figures)) is None


@pytest.mark.parametrize("is_stale", [False, True])
def test_the_search_is_a_step_of_the_ladder_while_its_study_is_of_this_run(is_stale: bool) -> None:
    unmeasured = dict.fromkeys(TrialWorth.model_fields, Interval())
    gain = Interval(value=0.02, low=0.01, high=0.03)
    nothing = {
        name: None for name in unmeasured if "average_precision" in name or name == "validation_recall"
    }
    worth = TrialWorth.model_validate(unmeasured | nothing | {"true_gain": gain})
    none = dict.fromkeys(Studies.__dataclass_fields__)
    studies = Studies(**cast("dict[str, Any]", none | {"limits": Told(tuned=worth), "are_stale": is_stale}))
    step = tuning_step(evidence_of(experiments=experiments(studies=studies)))
    assert (step is None) == is_stale
    if step is not None:
        assert step.true_gain == gain


def test_what_limits_the_goals_is_told_by_the_choices_own_family_taught_the_truth() -> None:
    """A recall below 85 % of what that family reaches is called short, whatever the run's oracle says."""
    nothing: dict[str, Any] = dict.fromkeys(Reach.model_fields, Interval())
    nothing |= {"silent": 0.0, "budget_for_unknown": None}

    def row(learner: str, recall: float) -> Reach:
        found = Interval(value=recall, low=recall - 0.05, high=recall + 0.05)
        return Reach.model_validate(
            nothing | {"learner": learner, "everyone": found, "patterned": found, "unknown": found}
        )

    def said(taught: float) -> str:
        rows = [row(name, 0.3) for name in ("champion", "bank", "oracle", "hindsight")]
        study = Told(rows=[*rows, row("oracle_of_champion", taught)], wanted_unknown=0.45, seeds=3, folds=4)
        studies = dict.fromkeys(Studies.__dataclass_fields__) | {"limits": study}
        found = limits_section(
            evidence_of(experiments=experiments(studies=Studies(**cast("dict[str, Any]", studies))))
        )
        assert found is not None
        return found.seen.en

    assert "short of the goal" in said(0.39) and "would miss it as well" in said(0.39)
    assert "enough by this measure" in said(0.34)
    assert "would reach it" in said(0.55)
