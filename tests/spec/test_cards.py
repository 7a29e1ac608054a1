"""The card of a model says what the run found of it, in both languages and in both views."""

from __future__ import annotations

from typing import Any

import pytest

from data.results import Interval
from models.metrics import METRICS
from models.results.bank import BankView
from models.results.costs import ModelCost, ZooCosts
from models.results.truth import TruthView
from models.results.tuned import Tuned
from reports.report import model_cards
from reports.results import Metrics
from tests.spec.evidence import evidence_of
from tests.spec.records import partial


def share(value: float, low: float, high: float) -> Interval:
    return Interval(value=value, low=low, high=high)


def figures(recall: Interval) -> dict[str, Interval]:
    return dict.fromkeys(METRICS, recall)


def cards_of(gap: Interval) -> dict[str, str]:
    parts = {"known": {"recall": share(0.6, 0.5, 0.7)}, "unknown": {"recall": share(0.2, 0.1, 0.3)}}
    models = ("pca", "xgboost")
    gaps: dict[str, Any] = {name: {"lightgbm": {"recall_at_budget": gap}} for name in models}
    metrics: Metrics = partial(
        Metrics,
        world={"customers": 1_234, "transactions": 56_789},
        models={
            key: {"bank": figures(share(0.5, 0.4, 0.6)), "true": figures(share(0.25, 0.2, 0.3))}
            for key in models
        },
    )
    evidence = evidence_of(
        bank=partial(
            BankView,
            labels=[
                {"role": "train", "source": "rule_vote", "subjects": 40, "suspicious": 12.5},
                {"role": "test", "source": "rule_vote", "subjects": 900, "suspicious": 70.0},
            ],
            periods=[{"name": "train", "starts_at": "2025-03-03", "ends_at": "2025-08-04"}],
        ),
        truth=partial(
            TruthView,
            metrics={"lightgbm": {}, **{name: {} for name in models}},
            differences=gaps,
            headlines=[{"ranker": name, "parts": parts} for name in models],
        ),
        tuned={name: Tuned(choice={"depth_of_it": 4, "rate": 0.123456}, trials=[]) for name in models},
        catalogue={"one": None, "two": None},
        costs=ZooCosts(
            cores=2,
            customers=1_234,
            scored_rows=10,
            models={
                "xgboost": ModelCost(tune_seconds=1.0, fit_seconds=2.5, peak_mb=1_500, rows_per_second=90_000)
            },
        ),
    )
    return model_cards(evidence, metrics)


@pytest.fixture(scope="module")
def pages(_at_the_root: None) -> dict[str, str]:
    return cards_of(share(-0.05, -0.12, 0.02))


def test_each_model_has_a_card_with_its_data_parameters_and_both_views(pages: dict[str, str]) -> None:
    assert set(pages) == {"pca", "xgboost"}
    lines = pages["xgboost"].splitlines()
    assert lines[0].startswith("# XGBoost")
    for wanted in ("| Customers of the bank · 银行客户数 | 1,234 | 1,234 |", "| rate | 0.1235 | 0.1235 |"):
        assert wanted in lines
    assert "| Sum of their labels · 标签之和 | 12.5 | 12.5 |" in lines
    recall = [line for line in lines if line.startswith("| Recall at the budget")]
    assert ["50.0% (40.0% to 60.0%)" in recall[0], "25.0% (20.0% to 30.0%)" in recall[1]] == [True, True]
    assert "| Seconds to fit · 拟合秒数 | 2.5 | 2.5 |" in lines


def test_a_card_calls_no_difference_one_whose_interval_holds_zero(pages: dict[str, str]) -> None:
    assert "no difference was measured" in pages["xgboost"]
    assert "is ahead of" in cards_of(share(0.05, 0.02, 0.12))["xgboost"]


def test_a_score_without_labels_says_so_and_a_model_of_labels_whose_they_are(pages: dict[str, str]) -> None:
    assert "It has no labels" in pages["pca"] and "investigators" not in pages["pca"]
    assert "investigators" in pages["xgboost"] and "不使用标签" not in pages["xgboost"]


def test_what_was_not_measured_of_a_cost_is_a_dash(pages: dict[str, str]) -> None:
    assert "| Seconds to fit · 拟合秒数 | – | – |" in pages["pca"].splitlines()
