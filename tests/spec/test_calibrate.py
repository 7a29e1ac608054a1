"""Cuts and probabilities: learnt on validation, measured on the test, never better than they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from models import schema
from models.budget import Budget
from models.calibrate import Params, calibrate
from models.mappings import mappings
from models.results.calibration import ModelCalibration

BUDGET = Budget(alerts_per_thousand_customers_week=10, suppress_days=0, label_window_days=28)
PARAMS = Params(bootstrap_draws=60, seed=1, lowest_decade=-4)
CUSTOMERS = 3_000
WEEKS = {"validation": 3, "test": 3}


def world(seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """A split, and the log-odds with which its labels were drawn."""
    rng = np.random.default_rng(seed)
    begin = pd.Timestamp("2025-09-01", tz="UTC").as_unit("us")
    weeks = [(role, number) for role, count in WEEKS.items() for number in range(count)]
    parts = [
        pd.DataFrame(
            {
                "customer_id": np.arange(CUSTOMERS),
                "as_of": begin + pd.Timedelta(weeks=place),
                "role": role,
            }
        )
        for place, (role, _) in enumerate(weeks)
    ]
    split = pd.concat(parts, ignore_index=True)
    margin = rng.normal(-5, 1.5, len(split))
    split["label"] = (rng.random(len(split)) < expit(margin)).astype(float)
    split["label_source"] = np.where(rng.random(len(split)) < 0.2, "random_review", "unreviewed")
    split.insert(0, "subject_id", np.arange(len(split)))
    return split, margin


def scored(split: pd.DataFrame, score: np.ndarray, ranker: str = "one") -> pd.DataFrame:
    return split[["subject_id"]].assign(ranker=ranker, score=score)


def found(score_of: float = 1.0, shift: float = 0.0) -> ModelCalibration:
    split, margin = world()
    (mine,) = calibrate(split, scored(split, score_of * margin + shift), BUDGET, PARAMS).models
    return mine


def test_true_log_odds_are_left_as_they_are() -> None:
    mine = found()
    assert mine.chosen == "raw"
    assert not mine.is_rank_only
    for row in mine.reliability:
        assert row.mean_label.low is not None and row.mean_label.high is not None
        assert row.mean_label.low - 0.01 <= row.mean_probability <= row.mean_label.high + 0.01


def test_scores_spread_too_far_and_too_high_are_mended_by_a_line() -> None:
    mine = found(score_of=2.0, shift=8.0)
    assert mine.chosen in ("platt", "isotonic")
    loss = {row.mapping: row.log_loss.value for row in mine.mappings}
    assert loss["platt"] is not None and loss["raw"] is not None and loss["platt"] < 0.5 * loss["raw"]
    assert not mine.is_rank_only


def test_steps_tie_whom_a_line_keeps_in_order() -> None:
    tied = {row.mapping: row.tied_at_budget for row in found().mappings}
    assert tied["platt"] == tied["raw"] == 1
    assert tied["isotonic"] > 10


def test_a_level_that_changes_after_validation_is_said_to_be_rank_only() -> None:
    split, margin = world()
    split.loc[split["role"] == "test", "label"] *= np.arange((split["role"] == "test").sum()) % 4 == 0
    (mine,) = calibrate(split, scored(split, margin), BUDGET, PARAMS).models
    assert mine.is_rank_only


def test_the_cut_is_the_lowest_alerted_score_of_validation() -> None:
    split, margin = world()
    margin[split["role"] == "test"] += 0.5  # scores drift upwards: a fixed cut spends more
    mine = calibrate(split, scored(split, margin), BUDGET, PARAMS).models[0].cut
    assert mine.validation_alerts == mine.budget_alerts == 90
    by_week = margin[split["role"] == "validation"].reshape(3, CUSTOMERS)
    assert mine.threshold == pytest.approx(np.sort(by_week, axis=1)[:, -30].min(), abs=1e-4)
    assert mine.cut_alerts == int((margin[split["role"] == "test"] >= mine.threshold).sum())
    assert mine.cut_alerts > mine.budget_alerts


def test_rules_are_no_model_and_the_random_stream_is_counted() -> None:
    split, margin = world()
    scores = pd.concat([scored(split, margin, name) for name in (schema.RULES, "one", "two")])
    result = calibrate(split, scores, BUDGET, PARAMS)
    assert [mine.ranker for mine in result.models] == ["one", "two"]
    is_random = (split["role"] == "test") & (split["label_source"] == "random_review")
    assert result.random_subjects == is_random.sum()
    assert result.random_reported == (is_random & (split["label"] >= 0.5)).sum()


def test_a_line_through_scores_finds_the_line_that_drew_them() -> None:
    split, margin = world(seed=2)
    label = split["label"].to_numpy()
    probability = mappings(3 * margin + 40, label)["platt"](np.array([3 * -3.0 + 40, 3 * -6.0 + 40]))
    assert np.allclose(logit(probability), [-3, -6], atol=0.25)
