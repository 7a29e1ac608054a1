"""The solver behind the linear models, beside scikit-learn's and by the rules of a minimum."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from models.zoo.linear import newton
from models.zoo.linear.descent import descended
from models.zoo.linear.losses import LOGISTIC, SQUARED_HINGE, Loss
from models.zoo.linear.newton import Penalty, Problem, solved
from models.zoo.linear.svm_rbf import gaussian_kernel, turned
from tests.spec.classic import fit, table


def problem(loss: Loss, count: int = 500, seed: int = 3) -> Problem:
    """Labels that hang on three of eight features, two of which are nearly one."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((count, 8))
    values[:, 1] = values[:, 0] + 0.05 * values[:, 1]
    margin = 1.5 * values[:, 0] - values[:, 2] + 0.5 * values[:, 3] - 1
    label = (rng.random(count) < 1 / (1 + np.exp(-margin))).astype(float)
    return Problem(values, label, rng.random(count) + 0.5, loss)


@pytest.mark.parametrize("l1_share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("strength", [0.001, 0.03])
def test_the_elastic_net_is_that_of_scikit_learn(l1_share: float, strength: float) -> None:
    given = problem(LOGISTIC)
    mine = solved(given, Penalty(strength, l1_share), settled=1e-14)
    other = LogisticRegression(
        C=1 / (strength * given.weight.sum()), l1_ratio=l1_share, solver="saga", tol=1e-10, max_iter=20_000
    ).fit(given.values, given.label, given.weight)
    np.testing.assert_allclose(mine[:-1], other.coef_[0], atol=2e-5)
    assert mine[-1] == pytest.approx(other.intercept_[0], abs=2e-5)
    assert ((mine[:-1] == 0) == (np.abs(other.coef_[0]) < 1e-7)).all()


def test_the_linear_machine_is_that_of_scikit_learn() -> None:
    """Which is told a column of ones so long that its penalty on the intercept is none."""
    given = problem(SQUARED_HINGE)
    mine = solved(given, Penalty(0.01, 0.0), settled=1e-14)
    other = LinearSVC(
        C=1 / (0.01 * given.weight.sum()), dual=False, intercept_scaling=1e3, tol=1e-10, max_iter=10_000
    )
    other.fit(given.values, given.label, given.weight)
    np.testing.assert_allclose(mine[:-1], other.coef_[0], atol=1e-4)
    assert mine[-1] == pytest.approx(other.intercept_[0], abs=1e-3)


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED_HINGE])
@pytest.mark.parametrize("l1_share", [0.0, 0.3, 1.0])
def test_no_coefficient_can_be_moved_to_a_lower_place(loss: Loss, l1_share: float) -> None:
    given = problem(loss)
    penalty = Penalty(0.02, l1_share)
    place = solved(given, penalty, settled=1e-14)
    slope = given.gradient(given.margins(place))
    assert slope[-1] == pytest.approx(0, abs=1e-6)
    free = slope[:-1] + penalty.l2 * place[:-1]
    is_out = place[:-1] == 0
    assert (np.abs(free[is_out]) <= penalty.l1 + 1e-9).all()
    np.testing.assert_allclose(free[~is_out], -penalty.l1 * np.sign(place[:-1][~is_out]), atol=1e-6)


def test_a_curvature_told_from_some_rows_leads_to_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    given = problem(LOGISTIC, 5_000)
    for l1_share in (0.0, 0.5):
        whole = solved(given, Penalty(0.001, l1_share), settled=1e-14)
        with monkeypatch.context() as patch:
            patch.setattr(newton, "CURVATURE_ROWS", 600)
            part = solved(given, Penalty(0.001, l1_share), settled=1e-14)
        np.testing.assert_allclose(part, whole, atol=1e-5)


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED_HINGE])
def test_slope_and_curvature_are_those_of_the_loss(loss: Loss) -> None:
    margin = np.array([-3.0, -1.2, -0.4, 0.3, 0.8, 2.5])
    label = np.array([0.0, 1.0, 0.3, 0.5, 1.0, 0.0])
    step = 1e-6
    above, below = loss.value(margin + step, label), loss.value(margin - step, label)
    np.testing.assert_allclose(loss.slope(margin, label), (above - below) / (2 * step), atol=1e-6)
    rise = loss.slope(margin + step, label) - loss.slope(margin - step, label)
    np.testing.assert_allclose(loss.curvature(margin, label), rise / (2 * step), atol=1e-6)


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED_HINGE])
def test_a_belief_is_a_row_of_each_kind(loss: Loss) -> None:
    given = problem(loss)
    belief = np.where(given.label > 0, 0.8, 0.1)
    twice = Problem(
        np.concatenate([given.values, given.values]),
        np.repeat([1.0, 0.0], 500),
        np.concatenate([given.weight * belief, given.weight * (1 - belief)]),
        loss,
    )
    soft = Problem(given.values, belief, given.weight, loss)
    one, other = (solved(each, Penalty(0.01, 0.0), settled=1e-14) for each in (soft, twice))
    np.testing.assert_allclose(one, other, atol=1e-7)


def test_of_two_alike_features_l1_takes_one_and_l2_shares() -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_normal((800, 3))
    values[:, 1] = values[:, 0] + 0.02 * values[:, 1]
    label = (values[:, 0] + 0.3 * rng.standard_normal(800) > 1).astype(float)
    given = Problem(values, label, np.ones(800), LOGISTIC)
    lasso = solved(given, Penalty(0.03, 1.0))
    ridge = solved(given, Penalty(0.03, 0.0))
    assert 0 <= lasso[1] < 0.15 * lasso[0]
    assert lasso[2] == 0
    assert ridge[0] == pytest.approx(ridge[1], rel=0.1)


def test_descent_ends_where_the_quadratic_is_smallest() -> None:
    curvature = np.array([[2.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.5]])
    gradient = np.array([1.0, -0.2, 0.4])
    start = np.array([0.3, -0.1, 0.2])
    free = descended(gradient, curvature, start, 0.0, 0.0, 1e-12, 1_000)
    np.testing.assert_allclose(free, start - np.linalg.solve(curvature, gradient), atol=1e-9)
    bound = descended(gradient, curvature, start, 100.0, 0.0, 1e-12, 1_000)
    assert bound[:2].tolist() == [0, 0]
    assert bound[2] != 0


def test_features_of_all_landmarks_have_the_kernel_as_their_products() -> None:
    rng = np.random.default_rng(1)
    landmarks = rng.standard_normal((40, 4))
    kernel = gaussian_kernel(landmarks, landmarks, 0.3)
    apart = ((landmarks[:, None] - landmarks[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(kernel, np.exp(-0.3 * apart), atol=1e-12)
    seen = kernel @ turned(landmarks, 0.3)
    np.testing.assert_allclose(seen @ seen.T, kernel, atol=1e-4)


def test_a_kernel_finds_a_ring_that_no_line_finds() -> None:
    examples = table(1_500)
    radius = (examples.features[["a", "b"]] ** 2).sum(axis=1).to_numpy()
    for name, is_found in (("svm_linear", False), ("svm_rbf", True)):
        given = type(examples)(
            examples.features[["a", "b"]],
            examples.customer_id,
            examples.as_of,
            (radius < 0.7).astype(float),
            examples.weight,
        )
        score = fit(name, given, **({"gamma": 1.0} if is_found else {})).scores(given)
        right = ((score > np.median(score)) == (radius < np.median(radius))).mean()
        assert bool(right > 0.85) == is_found


def test_the_saved_line_is_read_by_people(tmp_path: Path) -> None:
    fitted = fit("logistic", table(), l1_share=1.0, penalty=0.02)
    fitted.save(tmp_path / "model.json")
    told = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert list(told["features"]) == list("abcde")
    weights = {name: each["coefficient"] for name, each in told["features"].items()}
    assert weights["c"] > 0.3
    assert max(abs(weights[name]) for name in "abde") < 0.1
