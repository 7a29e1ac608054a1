"""No sentence calls one ranker better where the paired interval holds zero; validation chooses, not truth."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.results import Interval
from docs_pages import finding_in_words
from models.budget import Budget
from models.evaluate import choice
from models.judgement import Params, leading
from models.metrics import COMPARED
from models.results.bank import BankView
from models.results.judged import McNemar, Measured
from models.results.truth import TruthView
from reports.comparison import comparison_sentence, gap_between, told_apart
from reports.evidence import headline
from reports.results import Metrics
from reports.wording import METRICS, Text
from tests.spec.evidence import evidence_of
from tests.spec.records import partial

GNN, TREES = Text("GNN", "图模型"), Text("LightGBM", "树模型")
PLACE = re.compile(r"ahead of|behind|better|领先|落后|优于")
ENDS = st.floats(-1, 1, allow_nan=False)


def interval(value: float | None, low: float | None, high: float | None) -> Interval:
    return Interval(value=value, low=low, high=high)


@given(st.lists(ENDS, min_size=3, max_size=3), st.sampled_from(sorted(METRICS)))
def test_a_place_is_named_exactly_where_the_interval_leaves_out_zero(ends: list[float], metric: str) -> None:
    low, value, high = sorted(ends)
    words = comparison_sentence(GNN, TREES, interval(value, low, high), metric)
    for text in words:
        assert bool(PLACE.search(text)) == (low > 0 or high < 0)
    assert ("no difference was measured" in words.en) == (low <= 0 <= high)
    assert ("未测得差异" in words.zh) == (low <= 0 <= high)


def test_the_sentence_says_how_much_in_points_and_an_area_as_a_number() -> None:
    recall = comparison_sentence(GNN, TREES, interval(0.12, 0.04, 0.2), "recall_at_budget")
    assert recall.en == (
        "In recall at the budget GNN is ahead of LightGBM (+12.0 points, 95% +4.0 to +20.0)."
    )
    area = comparison_sentence(GNN, TREES, interval(-0.05, -0.09, -0.01), "average_precision")
    assert area.en == "In average precision GNN is behind LightGBM (-0.050, 95% -0.090 to -0.010)."


def test_what_could_not_be_measured_is_said_to_be_so() -> None:
    words = comparison_sentence(GNN, TREES, interval(None, None, None), "recall_at_budget")
    assert "could not be compared" in words.en and "无法比较" in words.zh
    assert not any(PLACE.search(text) for text in words)
    assert told_apart(interval(0.1, None, None)) == 0


def test_nothing_lies_between_a_ranker_and_itself() -> None:
    gap = interval(0.1, 0.05, 0.2)
    measured = partial(BankView, differences={"gnn": {"rules": {"recall_at_budget": gap}}})
    assert gap_between(measured, "gnn", "rules").recall_at_budget == gap
    nothing = interval(0.0, 0.0, 0.0)
    alike = gap_between(measured, "gnn", "gnn")
    assert {alike.figure(metric) for metric in COMPARED} == {nothing}
    assert alike.by_customer == alike.by_group == McNemar(only_first=0, only_second=0, p_value=None)


def test_only_one_place_of_the_report_writes_that_a_ranker_is_ahead() -> None:
    files = [
        *Path("reports").glob("*.py"),
        *(file for file in Path("reports/templates").rglob("*") if file.is_file()),
        Path("console.py"),
        Path("docs_pages.py"),
        Path("study_pages.py"),
    ]
    said = re.compile(r"\bahead of\b|\bis behind\b|\bbeats\b|outperform|领先|优于|落后于")
    found = [str(file) for file in files if said.search(file.read_text(encoding="utf-8"))]
    assert found == ["reports/comparison.py"]


def of_ranker(recall: float | None, precision: float | None) -> Measured:
    """Metrics of a ranker of which these two are of interest."""
    found = {"recall_at_budget": recall, "average_precision": precision}
    return partial(Measured, **{name: interval(value, value, value) for name, value in found.items()})


def measured(**recalls: float) -> dict[str, Measured]:
    """Metrics of rankers of which recall alone is of interest."""
    return {name: of_ranker(value, value) for name, value in recalls.items()}


def test_the_leading_model_has_the_highest_recall_and_the_rules_are_no_model() -> None:
    assert leading(measured(rules=0.9, gnn=0.3, lightgbm=0.4)) == "lightgbm"
    tied = measured(rules=0.9, gnn=0.4, lightgbm=0.4, xgboost=0.4)
    assert leading(tied) == "gnn"
    assert leading(tied | {"xgboost": of_ranker(0.4, 0.5)}) == "xgboost"
    assert leading(measured(rules=0.9, gnn=0.0) | {"a": of_ranker(None, None)}) == "gnn"


def test_the_bank_chooses_by_its_labels_on_validation_whatever_the_test_holds() -> None:
    """Two models, opposite on validation and test: the one that is right on validation is taken."""
    weeks = pd.date_range("2025-09-01", periods=4, freq="7D", tz="UTC", unit="us")
    rows = [(who, week) for week in range(4) for who in range(40)]
    split = pd.DataFrame(rows, columns=["customer_id", "week"])
    split["subject_id"] = np.arange(len(split))
    split["as_of"] = weeks[split["week"]]
    split["role"] = np.where(split["week"] < 2, "validation", "test")
    split["label"] = (split["customer_id"] < 4).astype(float)
    is_right = (split["label"] > 0) == (split["role"] == "validation")
    scores = pd.concat(
        split[["subject_id"]].assign(ranker=name, score=score.astype(float))
        for name, score in (("early", is_right), ("late", ~is_right), ("rules", is_right))
    )
    budget = Budget(alerts_per_thousand_customers_week=100, suppress_days=28, label_window_days=28)
    nobody = pd.DataFrame({"ranker": [], "customer_id": [], "scheme_id": [], "score": []})
    found = choice(split, scores, nobody, budget, Params(bootstrap_draws=50, seed=1))
    assert found.name == "early"
    assert (found.by_validation, found.planted, found.coverage) == ("early", 0, {})
    assert found.customers == 4
    assert found.validation["early"].recall_at_budget.value == 1
    assert found.validation["late"].recall_at_budget.value == 0
    assert set(found.differences["early"]) == {"late", "rules"}


def found_by(chosen: str, by_truth: str, gap: Interval) -> Metrics:
    """Metrics of two models, of which the truth prefers the other one."""
    block = {view: {"recall_at_budget": interval(0.5, 0.4, 0.6)} for view in ("bank", "true")}
    gaps = {"true": dict.fromkeys(("recall_at_budget", "average_precision"), gap)}
    return partial(
        Metrics,
        rules=block,
        models={"gnn": block, "lightgbm": block},
        chosen={"name": chosen, "by_truth": by_truth},
        differences=dict.fromkeys(("chosen_over_rules", "chosen_over_by_truth"), gaps),
    )


def test_the_headline_is_of_the_chosen_model_and_names_the_one_of_the_truth_beside_it() -> None:
    words = finding_in_words(found_by("lightgbm", "gnn", interval(-0.05, -0.12, 0.02)))
    assert "before the test, lightgbm, catches 50%" in words
    assert "The truth would have chosen gnn" in words
    assert words.count("no difference was measured") == 2
    assert not PLACE.search(words)
    same = finding_in_words(found_by("gnn", "gnn", interval(0.2, 0.1, 0.3)))
    assert "The truth would have chosen the same model." in same
    assert "gnn is ahead of the rules (+20.0 points" in same


@pytest.mark.parametrize("by_truth", ["gnn", "lightgbm"])
def test_the_report_shows_the_chosen_model_first_whichever_is_truly_best(by_truth: str) -> None:
    true = measured(rules=0.2, gnn=0.6, lightgbm=0.4)
    metrics = ("recall_at_budget", "precision_at_budget", "average_precision")
    gap = {name: interval(0.1, 0.0, 0.3) for name in metrics}
    gaps = {one: {other: gap for other in true if other != one} for one in true}
    seen = measured(rules=0.9, gnn=0.3, lightgbm=0.5)
    spent = [{"ranker": name, "alerts": 7, "silent": 0} for name in true]
    leftovers = [{"ranker": name, "customers": 0, "caught": 0, "alerts": 0} for name in true]
    bank = {"metrics": seen, "differences": gaps}
    chosen = {"name": "lightgbm", "by_validation": "lightgbm", "customers": 9, "coverage": {}}
    bank["chosen"] = chosen | {"validation": seen, "differences": gaps}
    truth = {"metrics": true, "differences": gaps, "chosen_by_truth": by_truth, "beyond_rules": []}
    truth |= {"alerts_spent": spent, "leftovers": leftovers}
    evidence = evidence_of(bank=partial(BankView, **bank), truth=partial(TruthView, **truth))
    assert evidence.rankers == ["rules", "lightgbm", "gnn"]
    top = headline(evidence)
    assert top.best == "lightgbm"
    assert (top.over_by_truth is None) == (by_truth == "lightgbm")
    assert "no difference was measured between LightGBM and GNN" in top.runner_up.en
