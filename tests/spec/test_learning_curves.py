"""Learning curves: schemes stay whole, rounds count once, readings claim no more than is shown."""

from __future__ import annotations

import numpy as np
import pytest

from data.results import Interval
from models.results.learning import RoundsPoint, SizePoint
from models.results.trials import TrialWorth
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.learning import part_of_groups, rounds_reading, size_reading, staged

TREES = Trees(
    objective="binary",
    count=12,
    learning_rate=0.2,
    num_leaves=4,
    min_data_in_leaf=5,
    min_sum_hessian_in_leaf=1.0,
    lambda_l2=1.0,
    feature_fraction=1.0,
    positive_weight=1.0,
    max_bin=63,
    threads=1,
)
NONE = Interval(value=0.0, low=0.0, high=0.0)


def worth(gain: tuple[float, float, float], precision: float = 0.1) -> TrialWorth:
    value, low, high = gain
    return TrialWorth(
        validation_recall=0.5,
        validation_average_precision=precision,
        bank_recall=NONE,
        bank_gain=NONE,
        true_recall=NONE,
        true_gain=Interval(value=value, low=low, high=high),
        true_average_precision=0.1,
    )


def size(share: float, gain: tuple[float, float, float]) -> SizePoint:
    return SizePoint(
        share=share, repeat=0, suspicious_customers=9, train_average_precision=0.9, worth=worth(gain)
    )


def after(rounds: int, gain: tuple[float, float, float], precision: float) -> RoundsPoint:
    return RoundsPoint(rounds=rounds, train_average_precision=0.9, worth=worth(gain, precision))


def test_no_group_is_cut_in_two_and_a_larger_share_holds_the_smaller() -> None:
    group = np.random.default_rng(1).integers(50, size=400)
    small, large, whole = (
        part_of_groups(group, share, np.random.default_rng(7)) for share in (0.2, 0.6, 1.0)
    )
    for keep in (small, large):
        for name in np.unique(group):
            assert len(np.unique(keep[group == name])) == 1
    assert (large | ~small).all()
    assert whole.all()
    assert len(np.unique(group[small])) == round(0.2 * len(np.unique(group)))


def test_margins_after_some_rounds_are_those_of_a_shorter_fit() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_normal((500, 3)).astype(np.float32)
    label = (values[:, 0] > 0.5).astype(float)
    whole = fixed_trees.fit(values, label, None, TREES, 1)
    for count, score in zip((3, 7, 12), staged(whole, values, (3, 7, 12)), strict=True):
        short = fixed_trees.fit(values, label, None, TREES.model_copy(update={"count": count}), 1)
        assert np.allclose(score, fixed_trees.margins(short, values), atol=1e-9)


@pytest.mark.parametrize(
    ("gain", "expected"),
    [
        ((-0.1, -0.2, -0.01), "would help"),
        ((-0.1, -0.2, 0.0), "does not show"),
        ((0.1, 0.01, 0.2), "does not show"),
    ],
)
def test_only_an_interval_below_zero_says_that_more_data_would_help(
    gain: tuple[float, float, float], expected: str
) -> None:
    said, _ = size_reading([size(0.25, (-0.3, -0.4, -0.2)), size(0.5, gain), size(1.0, (0, 0, 0))])
    assert expected in said
    assert said.startswith("50 %")


def test_overfitting_is_claimed_only_where_fewer_rounds_are_provably_better() -> None:
    last = after(100, (0, 0, 0), 0.1)
    assert "overfitting." in rounds_reading([after(10, (0.1, 0.02, 0.2), 0.3), last])[0]
    assert "not provably" in rounds_reading([after(10, (0.1, -0.02, 0.2), 0.3), last])[0]
    assert "still rises provably" in rounds_reading([after(10, (-0.1, -0.2, -0.02), 0.3), last])[0]
    assert "have not hurt" in rounds_reading([after(10, (0.1, 0.02, 0.2), 0.05), last])[0]
