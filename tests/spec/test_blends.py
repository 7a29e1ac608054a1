"""Weights chosen by the truth: what is tried, what chooses, and who judges."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from data.results import Interval
from models.budget import Budget, Watch
from models.intervals import drawn
from models.metrics import Catches
from models.positives import Positives
from models.truth.blends import Weeks, blended_parts, chosen, crossed, schemes_needed, weightings
from reports.bound_tables import bound_section
from reports.experiments import Experiments, Studies
from tests.spec.evidence import evidence_of

BUDGET = Budget(alerts_per_thousand_customers_week=20, suppress_days=28, label_window_days=28)
WEEK_US = 7 * 86_400_000_000
CUSTOMERS, ILLICIT = 400, 16


def test_weights_are_dealt_in_equal_pieces_from_equal_to_each_part_alone() -> None:
    found = weightings(3, 6)
    assert len(found) == len(np.unique(found, axis=0)) == 28
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[0], 1 / 3)
    assert {tuple(row) for row in np.eye(3)} <= {tuple(row) for row in found}
    distance = np.square(found - 1 / 3).sum(axis=1).round(9)
    assert (np.diff(distance) >= 0).all()


def test_the_half_that_chooses_does_not_judge() -> None:
    """Each row catches one group alone, so that what one half chooses is worth nothing in the other."""
    group = np.repeat(np.arange(8), 2)
    caught = (group == np.arange(8)[:, None]).astype(float)
    everybody = np.ones(16, bool)
    assert caught[chosen(caught, everybody)].sum() == 2
    assert crossed(caught, group, halvings=5, seed=1).sum() == 0


def test_what_is_good_in_every_half_is_chosen_by_both() -> None:
    group = np.repeat(np.arange(8), 2)
    caught = np.stack([np.zeros(16), np.tile([1.0, 0.0], 8)])
    np.testing.assert_array_equal(crossed(caught, group, halvings=3, seed=1), caught[1])


@pytest.mark.parametrize(
    ("lead", "needed"),
    [
        (Interval(value=0.02, low=-0.02, high=0.06), 400),
        (Interval(value=0.02, low=0.01, high=0.03), None),
        (Interval(value=-0.01, low=-0.02, high=0.03), None),
        (Interval(), None),
    ],
)
def test_an_interval_narrows_with_the_square_root_of_the_schemes(lead: Interval, needed: int | None) -> None:
    assert schemes_needed(lead, 100) == needed


def weeks() -> Weeks:
    """Two weeks of one budget each, in which the first customers are illicit, each a scheme alone."""
    customer = np.tile(np.arange(CUSTOMERS), 2)
    as_of_us = np.repeat([0, 5 * WEEK_US], CUSTOMERS)
    is_positive = customer < ILLICIT
    positives = Positives(is_positive, np.zeros(len(customer), bool), customer)
    catches = Catches.of(customer, positives)
    watch = Watch(customer, as_of_us, np.ones(len(customer), bool))
    return Weeks("test", watch, catches, BUDGET, drawn(catches.groups, 50, 1))


def test_parts_that_see_other_customers_are_told_together_and_win_when_weighed() -> None:
    """Eight alerts a week; each part is sure of four illicit customers, and next of eight innocent ones."""
    mine, customer = weeks(), np.tile(np.arange(CUSTOMERS), 2)
    noise = np.random.default_rng(1).random(CUSTOMERS)[customer]
    first = noise + 9 * (customer < 4) + 3 * ((customer >= 100) & (customer < 108))
    second = noise + 9 * ((customer >= 4) & (customer < 8)) + 3 * ((customer >= 200) & (customer < 208))
    found = blended_parts(mine, {"one": first, "other": second}, ["margins"], 4, 3, 1)
    assert [one.alone for one in found.parts] == [4, 4]
    assert found.by_all == 0
    assert found.together.value == 8 / ILLICIT
    assert found.together_lead.value == 4 / ILLICIT
    (blend,) = found.blends
    assert blend.weights == {"one": 0.5, "other": 0.5}
    assert blend.hindsight_lead.value == blend.equal_lead.value == blend.crossed_lead.value == 4 / ILLICIT


def test_no_weighting_falls_behind_the_best_part_in_hindsight() -> None:
    mine, rng = weeks(), np.random.default_rng(2)
    good = rng.random(2 * CUSTOMERS) + (np.tile(np.arange(CUSTOMERS), 2) < 6)
    found = blended_parts(mine, {"good": good, "blind": rng.random(2 * CUSTOMERS)}, ["places"], 4, 3, 1)
    assert found.best_part == "good"
    assert (found.blends[0].hindsight_lead.value or 0) >= 0


def test_a_report_without_the_study_has_no_part_on_it() -> None:
    studies = Studies([], [], [], None, None, None, None, None, None, None, are_stale=False)
    nothing = dict.fromkeys(Experiments.__dataclass_fields__)
    experiments = Experiments(**cast("dict[str, Any]", nothing | {"studies": studies}))
    assert bound_section(evidence_of(experiments=experiments)) is None
