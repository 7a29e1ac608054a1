"""Places among edges are those of numpy's binary search, whatever the edges and the draws."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.streams import stream
from data.world.weights import LEAST_DRAWS, by_weight, picked, places

WEIGHTS = st.lists(st.sampled_from([0.0, 1e-12, 0.1, 1 / 3, 1.0, 7.5, 1e9]), min_size=1, max_size=60)


@given(WEIGHTS, st.integers(0, 2**31), st.sampled_from([1, LEAST_DRAWS - 1, LEAST_DRAWS, 500]))
def test_places_are_those_of_a_binary_search(weights: list[float], seed: int, count: int) -> None:
    edges = np.cumsum(weights)
    rng = np.random.default_rng(seed)
    draws = np.concatenate([rng.uniform(-0.1, 1.1, count) * edges[-1], edges, edges - 1e-9, edges + 1e-9])
    np.testing.assert_array_equal(places(edges, draws), np.searchsorted(edges, draws))


def test_many_draws_among_many_edges_of_very_different_weight_are_found() -> None:
    rng = np.random.default_rng(1)
    edges = np.cumsum(rng.lognormal(0, 3, 20_000))
    draws = np.append(rng.random(200_000) * edges[-1], edges)
    np.testing.assert_array_equal(places(edges, draws), np.searchsorted(edges, draws))


def test_among_no_edges_everything_has_the_first_place() -> None:
    assert places(np.empty(0), np.array([0.0, 3.0])).tolist() == [0, 0]


def test_who_weighs_nothing_is_never_drawn_and_who_weighs_more_more_often() -> None:
    drawn = by_weight(stream(1, "test"), np.array([7, 8, 9]), np.array([0.0, 1.0, 3.0]), 4_000)
    count = np.bincount(drawn, minlength=10)
    assert count[7] == 0
    assert 2.5 < count[9] / count[8] < 3.5


def test_picked_members_are_those_that_generator_choice_draws() -> None:
    pool = np.arange(100, 137)
    np.testing.assert_array_equal(picked(stream(1, "a"), pool, 500), stream(1, "a").choice(pool, 500))
    assert not len(picked(stream(1, "a"), pool[:0], 0))
