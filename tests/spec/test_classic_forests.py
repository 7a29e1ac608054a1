"""Forests walked by a kernel of their own give the scores of scikit-learn's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest, RandomForestClassifier, RandomForestRegressor

from models.zoo.forests.isolation_forest import further_cuts
from models.zoo.scaling import Scale
from tests.spec.classic import CHOICE, fit, settings_for, table


def test_a_walk_through_the_nodes_ends_in_the_leaves_of_scikit_learn() -> None:
    """Rows with gaps go the way that their tree has learnt, and new gaps that of most rows."""
    examples, later = table(), table(seed=2)
    later.features.loc[5:50, "a"] = np.nan
    settings, choice = settings_for("random_forest"), CHOICE["random_forest"]
    forest = RandomForestRegressor(
        n_estimators=settings.trees,
        max_samples=300,
        min_samples_leaf=choice["min_samples_leaf"],
        max_features=choice["max_features"],
        random_state=1,
    )
    weight = np.where(examples.label > 0, choice["positive_weight"], 1.0)
    forest.fit(np.array(examples.features), examples.label, weight)
    mine = fit("random_forest", examples).scores(later)
    np.testing.assert_allclose(mine, forest.predict(later.features.to_numpy()), atol=1e-12)


def test_a_regression_on_certain_labels_grows_the_trees_of_a_classification() -> None:
    examples = table()
    told = {"n_estimators": 20, "max_features": 0.5, "min_samples_leaf": 5, "random_state": 1}
    values = np.array(examples.features)
    chance = RandomForestClassifier(**told).fit(values, examples.label > 0).predict_proba(values)[:, 1]
    belief = RandomForestRegressor(**told).fit(values, examples.label).predict(values)
    # Whether two cuts of equal gain tie hangs on the last digit; all but a few leaves are the same.
    assert np.isclose(chance, belief, atol=1e-9).mean() > 0.9
    assert np.corrcoef(chance, belief)[0, 1] > 0.99


def test_an_isolated_subject_has_the_score_of_scikit_learn() -> None:
    examples, later = table(), table(seed=2)
    scale = Scale.of(examples.features)
    forest = IsolationForest(n_estimators=50, max_samples=128, random_state=1)
    forest.fit(scale(examples.features), sample_weight=examples.weight)
    mine = fit("isolation_forest", examples).scores(later)
    theirs = forest.score_samples(scale(later.features))  # minus 2 to the power of minus the share of cuts
    usual = float(further_cuts(np.array([128]))[0])
    np.testing.assert_allclose(-(2 ** (mine / usual)), theirs, atol=1e-9)


@pytest.mark.parametrize(("rows", "cuts"), [(1, 0.0), (2, 1.0), (3, 1.2073924), (256, 10.2447709)])
def test_further_cuts_are_those_of_the_authors(rows: int, cuts: float) -> None:
    assert further_cuts(np.array([rows]))[0] == pytest.approx(cuts, abs=1e-6)


@pytest.mark.parametrize("name", ["random_forest", "isolation_forest"])
def test_threads_change_no_bit(name: str) -> None:
    examples = table(40_000)
    fitted = fit(name, examples)
    alone, together = (replace(fitted, threads=threads).scores(examples) for threads in (1, 2))  # type: ignore[type-var]
    np.testing.assert_array_equal(alone, together)


def test_an_empty_row_is_no_more_ordinary_than_the_middle_of_all() -> None:
    examples = table()
    fitted = fit("isolation_forest", examples)
    rows = examples.features.iloc[:1].copy()
    rows.loc[:, :] = np.nan
    empty = fitted.scores(replace(examples, features=rows))[0]
    assert empty == pytest.approx(fitted.nodes.mean(np.zeros((1, 5), np.float32))[0] * -1)  # type: ignore[attr-defined]
