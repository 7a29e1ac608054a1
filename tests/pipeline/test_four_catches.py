"""An over-fitted model, a leaking feature, a shifted month and a broken feed: each page catches its own.

All four are planted into the small world that the pipeline has made.
"""

from __future__ import annotations

import pytest

import pipeline
from models import audit_learning
from models.budget import Budget
from models.examples import Learnt
from models.results.drift_trials import DriftTrials
from models.results.ladder import Ladder
from models.results.learning import LearningCurves
from models.results.truth import TruthView
from models.truth.yardstick import read_inputs
from reports.drift_tables import WATCHERS, DriftRow, drift_section
from reports.features import leakage_tests
from reports.report import environment
from tests.pipeline.conftest import Made
from tests.spec.evidence import evidence_of
from tests.spec.records import partial

DRIFT_PAGE = "{% import 'macros.html' as m with context %}{% include 'drift.html' %}"
DATED_RATING = 4  # of the nine leakage tests


def told(row: DriftRow, watcher: str) -> bool:
    """Whether the page says that a watcher tells a drift which it does not tell without it."""
    return f"{WATCHERS[watcher].en} (+" in row.told.en


def test_a_shifted_month_and_a_broken_feed_are_caught_by_the_page_of_monitoring(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as there:
        there.chdir(made.upto("audit_drift"))
        section = drift_section(pipeline.read_result(DriftTrials))
    rows = {row.found.name: row for row in section.rows}
    assert told(rows["late_month"], "repeated")
    assert told(rows["lost_columns"], "missing")
    assert told(rows["half_a_feed"], "missing") and told(rows["half_a_feed"], "behaviour")
    for name in ("other_meaning", "stricter_reviewers", "other_population"):  # no fault of a feed
        assert not told(rows[name], "missing") and not told(rows[name], "repeated")
    page = environment().from_string(DRIFT_PAGE).render({"time": {"drift": section}})
    assert "Repeated rows (+0)" in page and "重复行检查（+0）" in page


def test_a_rating_without_dates_is_caught_by_the_page_of_features(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.upto("audit_ladder"))
    honest = pipeline.read_result(Ladder)
    mask = honest.rating_mask
    assert mask.dated.differences == 0 < mask.undated.differences
    leaking = honest.model_copy(update={"rating_mask": mask.model_copy(update={"dated": mask.undated})})
    area = {"customers": {"auc": {"value": 0.5, "low": 0.4, "high": 0.6}}}
    truth = partial(TruthView, difficulty={"artefacts": area})
    passed = [
        leakage_tests(evidence_of(ladder=ladder, truth=truth), [])[DATED_RATING - 1].passed
        for ladder in (honest, leaking)
    ]
    assert passed == [True, False]


def test_a_model_that_learns_by_heart_is_caught_by_the_page_of_experiments(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaves as small as a row, no penalty: all of training is known, and next to nothing of validation."""
    monkeypatch.chdir(made.upto("split"))
    params = pipeline.params("audit_learning", audit_learning.Params)
    by_heart = {
        "learning_rate": 0.3,
        "num_leaves": 63,
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": 0.001,
        "lambda_l2": 0,
        "feature_fraction": 1,
        "positive_weight": 1,
    }
    trees = params.trees.model_copy(update=by_heart)
    yardstick = read_inputs(pipeline.params("budget", Budget), pipeline.params("learn", Learnt))
    asked = params.model_copy(update={"trees": trees, "rounds": (1, 5, 40), "shares": (0.5,), "repeats": 1})
    found: LearningCurves = audit_learning.learning_curves(yardstick, asked)
    last = found.rounds[-1]
    assert last.train_average_precision is not None and last.train_average_precision > 0.99
    validation = max(row.worth.validation_average_precision or 0.0 for row in found.rounds)
    assert validation < 0.1
    assert f"({validation:.2f})" in found.rounds_reading_en and "to 1.00" in found.rounds_reading_en
