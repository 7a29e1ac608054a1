"""Do 95 % intervals hold the truth in 95 % of the cases? Tests of which the recall is known."""

from __future__ import annotations

import numpy as np
import pytest

from models.intervals import drawn, mean_by_group
from models.truth.beyond import chao, three_lists
from models.truth.delays import WaitingCurve
from models.truth.few_schemes import share_of_schemes
from models.truth.unseen import jackknife
from tests.spec.catching import catches_of

RECALL, TESTS, DRAWS = 0.3, 400, 300


def simulated_test(schemes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Who is caught, and of which scheme: one to four members, who are mostly caught together."""
    group = np.repeat(np.arange(schemes), rng.integers(1, 5, schemes))
    together = rng.random(schemes) < RECALL
    alone = rng.random(len(group)) < RECALL
    return np.where(rng.random(len(group)) < 0.7, together[group], alone).astype(float), group


def test_the_bootstrap_by_scheme_holds_the_true_recall_in_95_of_100_tests() -> None:
    """As many schemes as the standard world has; between 92 and 97 %."""
    rng, held, by_customer = np.random.default_rng(7), 0, 0
    for _ in range(TESTS):
        value, group = simulated_test(137, rng)
        found = mean_by_group(value, group, drawn(137, DRAWS, rng))
        held += found.low <= RECALL <= found.high
        alone = mean_by_group(value, np.arange(len(value)), drawn(len(value), DRAWS, rng))
        by_customer += alone.low <= RECALL <= alone.high
    assert 0.92 <= held / TESTS <= 0.97
    assert by_customer / TESTS < 0.90  # members of a scheme are not independent


def test_the_jackknife_by_scheme_holds_where_schemes_are_few() -> None:
    rng, held = np.random.default_rng(8), 0
    for _ in range(TESTS):
        found = jackknife(*simulated_test(25, rng))
        held += found.low <= RECALL <= found.high
    assert 0.92 <= held / TESTS <= 0.97


@pytest.mark.parametrize("schemes", [3, 8, 20])
def test_the_share_of_a_few_schemes_holds_the_truth_in_95_of_100_tests_and_more(schemes: int) -> None:
    """Drawn schemes hold it less often: of three that nobody caught, every draw catches nobody."""
    rng, held, by_draws = np.random.default_rng(12), 0, 0
    for _ in range(TESTS):
        value, group = simulated_test(schemes, rng)
        found = share_of_schemes(value > 0, group)
        held += found.low <= RECALL <= found.high
        drawn_ones = mean_by_group(value, group, drawn(schemes, 100, rng))
        by_draws += drawn_ones.low <= RECALL <= drawn_ones.high
    assert held / TESTS >= 0.95
    assert by_draws < held


def test_a_paired_difference_of_equals_leaves_zero_out_in_5_of_100_tests() -> None:
    rng, apart = np.random.default_rng(9), 0
    for _ in range(TESTS):
        value, group = simulated_test(137, rng)
        other = rng.permutation(137)[group]  # another ranker, as good, that finds other schemes
        rival = np.where(rng.random(len(group)) < 0.5, rng.random(137)[other] < RECALL, value)
        found = mean_by_group(rival - value, group, drawn(137, DRAWS, rng))
        apart += not found.low <= 0 <= found.high
    assert apart / TESTS <= 0.08


def test_the_waiting_curve_is_that_of_a_known_law_though_most_are_censored() -> None:
    """Waits of an exponential law with a mean of 20 days, watched for 5 to 40 days."""
    rng = np.random.default_rng(10)

    def curve(customers: int, draws: int) -> WaitingCurve:
        wait, watched = rng.exponential(20, customers), rng.uniform(5, 40, customers)
        weight = drawn(customers, draws, rng)
        return WaitingCurve.of(np.minimum(wait, watched), wait <= watched, np.arange(customers), weight)

    large = curve(6_000, 20)
    for day in (7, 14, 28):
        assert large.alerted_by(day).value == pytest.approx(1 - np.exp(-day / 20), abs=0.02)
    assert large.median == pytest.approx(20 * np.log(2), abs=1.0)
    fortnight = [curve(200, 200).alerted_by(14) for _ in range(200)]
    held = np.mean([found.low <= 1 - np.exp(-0.7) <= found.high for found in fortnight])
    assert 0.91 <= held <= 0.98


def test_chao_knows_the_pond_of_three_independent_catches() -> None:
    rng = np.random.default_rng(11)
    caught = {str(number): (rng.random(2_000) < 0.4).astype(float) for number in range(3)}
    catches = catches_of(2_000)
    found = three_lists(caught, catches, drawn(2_000, 20, 1))
    assert found.estimated == pytest.approx(2_000, rel=0.06)
    assert found.claimed == pytest.approx(found.true.value, rel=0.06)


def test_three_lists_that_copy_each_other_claim_to_have_found_everybody() -> None:
    first = np.repeat([1.0, 0.0], [100, 300])
    second = np.repeat([1.0, 0.0], [95, 305])
    found = three_lists({"a": first, "b": second, "c": second}, catches_of(400), drawn(400, 20, 1))
    assert found.claimed > 0.9 and found.true.value == 0.25
    assert found.caught == [5, 0, 95]
    assert chao(0, 0, 3) == 0
