"""PCA and K-means, beside scikit-learn's on the same start."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from models.zoo.k_means import centred, lloyd_step, spread_start, squared_distances
from models.zoo.pca import principal_directions
from models.zoo.scaling import Scale
from tests.spec.classic import fit, table


def heaps(count: int = 300) -> np.ndarray:
    rng = np.random.default_rng(4)
    places = np.array([[0.0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6]])
    return places[rng.integers(0, 4, count)] + rng.standard_normal((count, 3))


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("clusters", [2, 4, 9])
def test_lloyd_ends_at_the_centres_of_scikit_learn(clusters: int, is_weighted: bool) -> None:
    values = heaps()
    weight = np.random.default_rng(1).random(300) + 0.1 if is_weighted else np.ones(300)
    starts = spread_start(values, weight, clusters, np.random.default_rng(2))
    other = KMeans(clusters, init=starts, n_init=1, max_iter=200, tol=0, algorithm="lloyd")
    other.fit(values, sample_weight=weight)
    np.testing.assert_allclose(centred(values, weight, starts, 200), other.cluster_centers_, atol=1e-9)


def test_a_step_of_lloyd_by_hand() -> None:
    values = np.array([[0.0], [1.0], [10.0], [14.0]])
    weight = np.array([1.0, 3.0, 1.0, 1.0])
    assert lloyd_step(values, weight, np.array([[0.0], [11.0]])).tolist() == [[0.75], [12.0]]


def test_a_centre_that_nobody_is_near_goes_to_the_farthest_row() -> None:
    values = np.array([[0.0], [1.0], [10.0]])
    assert lloyd_step(values, np.ones(3), np.array([[0.0], [500.0]])).tolist()[1] == [10.0]


def test_the_start_takes_one_of_each_heap_and_leaves_out_who_weighs_nothing() -> None:
    places = np.array([[0.0, 0], [100, 0], [0, 100], [100, 100]])
    values = np.repeat(places, 50, axis=0)
    weight = np.ones(200)
    weight[150:] = 1e-12
    for seed in range(20):
        starts = spread_start(values, weight, 3, np.random.default_rng(seed))
        assert sorted(map(tuple, starts)) == [(0, 0), (0, 100), (100, 0)]


def test_far_rows_are_drawn_by_the_square_of_their_distance() -> None:
    values = np.array([[0.0]] * 1_000 + [[1.0], [3.0]])
    second = [
        spread_start(values, np.ones(1_002), 2, np.random.default_rng(seed))[1, 0] for seed in range(400)
    ]
    drawn = pd.Series(second).value_counts()
    assert drawn[3.0] / drawn[1.0] == pytest.approx(9, rel=0.5)


def test_squared_distances_are_never_below_zero() -> None:
    values = np.full((5, 3), 1e4, np.float32) + np.arange(5, dtype=np.float32)[:, None]
    squares = squared_distances(values, values)
    assert (squares >= 0).all()


@pytest.mark.parametrize("components", [1, 2, 4])
def test_the_reconstruction_error_is_that_of_scikit_learn(components: int) -> None:
    examples, later = table(), table(seed=2)
    scale = Scale.of(examples.features)
    other = PCA(components, svd_solver="full").fit(scale(examples.features).astype(np.float64))
    asked = scale(later.features).astype(np.float64)
    error = ((asked - other.inverse_transform(other.transform(asked))) ** 2).sum(axis=1)
    np.testing.assert_allclose(fit("pca", examples, components=components).scores(later), error, atol=1e-8)


def test_all_components_leave_nothing_out() -> None:
    examples = table()
    np.testing.assert_allclose(fit("pca", examples, components=5).scores(examples), 0, atol=1e-9)


def test_directions_of_columns_far_from_zero_are_right_in_float32() -> None:
    rng = np.random.default_rng(1)
    values = (rng.standard_normal((5_000, 3)) * [3, 2, 1] + [20_000, 0, 0]).astype(np.float32)
    centre, directions = principal_directions(values, np.ones(5_000))
    exact = PCA(3, svd_solver="full").fit(values.astype(np.float64))
    np.testing.assert_allclose(np.abs(directions.T), np.abs(exact.components_), atol=1e-5)
    np.testing.assert_allclose(centre, exact.mean_, atol=1e-6)


def test_a_weight_is_as_many_rows() -> None:
    rng = np.random.default_rng(1)
    values, many = rng.standard_normal((200, 3)), rng.integers(1, 5, 200)
    one = principal_directions(values, many.astype(float))
    other = principal_directions(np.repeat(values, many, axis=0), np.ones(many.sum()))
    np.testing.assert_allclose(one[0], other[0], atol=1e-12)
    np.testing.assert_allclose(np.abs(one[1]), np.abs(other[1]), atol=1e-9)
