"""Which model the bank would put to work, by its labels and by planted schemes that nobody learnt from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.coverage import champion, coverage, validation_cut
from models.results.judged import Compared
from tests.spec.judging.rankings import budget


def seen(recall: float, precision: float = 0.1) -> Compared:
    figures = {"recall_at_budget": recall, "precision_at_budget": 0.1, "average_precision": precision}
    return Compared(**{name: Interval(value=value) for name, value in figures.items()})


def covering(share: float) -> Interval:
    return Interval(value=share)


def test_a_cut_lets_as_many_weeks_pass_as_the_budget_has_alerts() -> None:
    score = np.random.default_rng(1).permutation(1_000).astype(float)
    assert (score > validation_cut(score, budget(25))).sum() == 25
    assert validation_cut(score, budget(0.1)) == np.inf


def test_a_planted_customer_is_found_by_its_best_week() -> None:
    """Scheme 1 has two customers, one of whom lies above the cut in its second week; scheme 2 none."""
    held_out = pd.DataFrame(
        {
            "ranker": "m",
            "scheme_id": [1, 1, 1, 2],
            "customer_id": [7, 7, 8, 9],
            "score": [0.0, 999.5, 0.0, 0.0],
        }
    )
    found = coverage(held_out, {"m": np.arange(1_000.0)}, budget(1), 60, 1)
    assert found["m"].value == pytest.approx(1 / 3, abs=1e-4)
    assert found["m"].low == 0


def test_the_model_of_the_highest_mean_of_both_figures_is_chosen() -> None:
    validation = {"rules": seen(1.0), "a": seen(0.6), "b": seen(0.5)}
    assert champion(validation, {"a": covering(0.3), "b": covering(0.6)}) == "b"
    assert champion(validation, {}) == "a"


def test_a_model_without_a_score_of_planted_customers_is_not_compared() -> None:
    validation = {"graph": seen(0.9), "a": seen(0.6), "b": seen(0.5)}
    assert champion(validation, {"a": covering(0.3), "b": covering(0.3)}) == "a"


def test_equal_means_go_to_the_higher_average_precision_and_then_to_the_first_name() -> None:
    covered = {"a": covering(0.3), "b": covering(0.4), "c": covering(0.4)}
    validation = {"a": seen(0.6, 0.1), "b": seen(0.5, 0.2), "c": seen(0.5, 0.2)}
    assert champion(validation, covered) == "b"
