"""How alerts became labels, as the report shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.labels.label_models import LABEL_MODELS
from data.results import Interval
from data.words import Words
from models.results.bank import BankView
from models.results.labels import LabelAudit
from models.results.truth import TruthView
from reports.evidence import Evidence
from reports.label_pages import ALERT_RATE, Ranged, label_page, loss_cell, whole_points
from reports.report import environment
from reports.wording import RunNames
from tests.spec.evidence import evidence_of
from tests.spec.records import partial


def interval(value: float, low: float, high: float) -> Interval:
    return Interval(value=value, low=low, high=high)


def label_set(model: str, behind: float, uses: bool = True) -> dict[str, Any]:
    share = interval(0.5, 0.4, 0.6)
    return {
        "model": model,
        "uses_dispositions": uses,
        "random_share": 0.05 if uses else 0.0,
        "log_loss": interval(0.2 + behind, 0.1, 0.3),
        "behind_best": interval(behind, behind - 0.01, behind + 0.01),
        "true_log_loss": 0.25,
        "labels": {"right": share, "found": share, "suspicious": 40},
        "true_recall": share,
        "below_ceiling": interval(-0.1, -0.2, 0.0),
    }


def evidence(chosen: str, behind: float, alerts: int = 2_000) -> Evidence:
    months = {"alerts": 9.04, "cases": 0.9, "reports": 0.4}
    funnel: dict[str, float] = {"alerts": alerts, "cases": 190, "reports": 80}
    funnel |= {f"{key}_per_thousand_customers_month": value for key, value in months.items()}
    reviews = {
        "agreement": {"reviewed_twice": 230, "same_share": 0.9, "kappa": 0.44},
        "delays": [{"outcome": "case", "decisions": 3, "median_days": 21.3, "p90_days": None}],
    }
    audit = {
        "chosen": chosen,
        "preferred": {"model": "weighted_vote"},
        "until": "2025-09-28",
        "judged_by": "2025-11-17",
        "judges": {"decisions": 900, "reported": 60, "below_line": 100},
        "constant_belief": interval(0.24, 0.2, 0.3),
        "ceiling": interval(0.6, 0.5, 0.7),
        "customers": 150,
        "sets": [
            label_set("weighted_vote", 0.0, uses=False),
            label_set("weighted_vote", 0.0),
            label_set("noisy_or", behind),
        ],
    }
    target = {"name": ALERT_RATE, "mark": "D", "source_en": "a guess", "source_zh": "推测"}
    return evidence_of(
        bank=partial(BankView, funnel=funnel, reviews=reviews),
        truth=partial(TruthView, calibration=[target]),
        label_audit=partial(LabelAudit, **audit),
        names=RunNames(label_models={name: model.label for name, model in LABEL_MODELS.items()}),
    )


def test_each_level_is_counted_in_a_thousand_alerts_beside_its_source() -> None:
    levels = label_page(evidence("weighted_vote", 0.1)).levels
    assert [row.in_thousand for row in levels] == ["1000", "95", "40"]
    assert levels[0].source == ("a guess [D]", "推测 [D]")
    assert [row.monthly for row in levels] == ["9.04", "0.90", "0.40"]
    assert label_page(evidence("weighted_vote", 0.1, alerts=0)).levels[1].in_thousand == "–"


@pytest.mark.parametrize(
    ("chosen", "behind", "words"),
    [
        ("weighted_vote", 0.1, "bears out the choice, Weighted vote"),
        ("noisy_or", 0.005, "cannot tell the choice"),
        ("noisy_or", 0.1, "speaks against the choice"),
        ("any_rule", 0.1, "No later decision"),
    ],
)
def test_the_verdict_is_the_criterion_s_not_the_author_s(chosen: str, behind: float, words: str) -> None:
    found = label_page(evidence(chosen, behind)).verdict
    assert words in found.en
    assert found.zh and found.zh != found.en


def test_a_set_that_uses_no_decisions_has_no_share_of_random_review() -> None:
    without, chosen, other = label_page(evidence("weighted_vote", 0.1)).sets
    assert (without.share, chosen.share) == ("–", "5%")
    assert [row.is_chosen for row in (without, chosen, other)] == [False, True, False]
    assert chosen.gap == Ranged("-10", "-20 … +0")


def test_a_label_model_is_called_what_the_run_that_fitted_it_calls_it() -> None:
    found = evidence("noisy_or", 0.1)
    sets = label_page(found).sets
    assert [row.name for row in sets[1:]] == [("Weighted vote", "加权投票"), ("Noisy-OR", "Noisy-OR模型")]
    other = replace(found, names=RunNames(label_models={"noisy_or": Words("Some causes", "若干成因")}))
    assert [row.name for row in label_page(other).sets[1:]] == [
        ("weighted vote", "weighted vote"),  # of another run: printed as it is
        ("Some causes", "若干成因"),
    ]


def test_what_is_not_measurable_is_a_dash() -> None:
    assert loss_cell(Interval()) == Ranged("–", "")
    assert whole_points(Interval()) == Ranged("–", "")


def test_the_page_is_written_in_both_languages() -> None:
    template = environment().get_template("label_models.html")
    page = template.render(label_page=label_page(evidence("noisy_or", 0.1)))
    for words in ("looked into", "进入深度甄别", "Noisy-OR", "Cohen’s kappa 0.44", "2025-09-28"):
        assert words in page
    assert page.count('class="en"') == page.count('class="zh"')
