"""What every LightGBM of the project is told, and what no model of the zoo learns from."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from models.audit_ladder import Params as LadderParams
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.probes.learner import Probe, held_out_ranks
from models.zoo import MODELS, Choice, Examples, learnable
from models.zoo.lightgbm import FIXED, binned, grown

ROOMS = ("data", "features", "models", "explain", "reports")
HOME = Path("models/zoo/lightgbm.py")
CHOICE = {
    "lightgbm": {
        "trees": 12,
        "learning_rate": 0.1,
        "num_leaves": 15,
        "min_sum_hessian_in_leaf": 1.0,
        "lambda_l2": 1.0,
        "feature_fraction": 0.8,
        "positive_weight": 3.0,
    },
    "xgboost": {
        "trees": 12,
        "learning_rate": 0.1,
        "max_depth": 4,
        "min_child_weight": 1.0,
        "reg_lambda": 1.0,
        "colsample_bytree": 0.8,
        "positive_weight": 3.0,
    },
}


def some(count: int = 400, seed: int = 1) -> Examples:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((count, 5)).astype(np.float32)
    values[:, 3] = np.round(values[:, 3])
    values[rng.random(count) < 0.3, 4] = np.nan
    return Examples(
        features=pd.DataFrame(values, columns=list("abcde")),
        customer_id=np.arange(count),
        as_of=pd.Series(pd.date_range("2025-01-06", periods=count, freq="h", tz="UTC")),
        label=np.clip(values[:, 0] / 4 + rng.random(count) / 4, 0, 1).astype(float),
        weight=rng.random(count) + 0.5,
    )


def least_choice(name: str) -> Choice:
    """The lower end of every range that is searched."""
    return {key: value[0] for key, value in settings_of(name) if isinstance(value, tuple)}


def settings_of(name: str, **changes: Any) -> Any:
    return pipeline.params(f"models.{name}", MODELS[name].settings).model_copy(update=changes)


# ------------------------------------------------------- one way to tell LightGBM


def test_the_model_is_the_same_text_on_one_two_and_four_threads(tmp_path: Path) -> None:
    """So many rows that sums by row would be cut into one part a thread."""
    examples = some(200_000)
    texts = []
    for threads in (1, 2, 4):
        fitted = MODELS["lightgbm"].fit(
            examples, CHOICE["lightgbm"], settings_of("lightgbm", threads=threads), 7
        )
        fitted.save(tmp_path / "model.txt")
        text = (tmp_path / "model.txt").read_text(encoding="utf-8")
        texts.append(text.replace(f"[num_threads: {threads}]", ""))
    assert texts[0] == texts[1] == texts[2]


def test_probes_and_ladder_are_the_same_on_every_number_of_threads() -> None:
    trees = pipeline.params("audit_ladder", LadderParams).trees.model_copy(update={"count": 12})
    probe = pipeline.params("audit.probe", Probe).few_rows.model_copy(update={"count": 12})
    examples = some(200_000)
    values, positive = examples.features.to_numpy(), examples.label > 0.4
    fold = np.arange(len(positive)) % 2
    scores, ranks = [], []
    for threads in (1, 2, 4):
        told = trees.model_copy(update={"threads": threads})
        booster = fixed_trees.fit(values, examples.label, examples.weight, told, 1)
        scores.append(fixed_trees.margins(booster, values))
        mine = probe.model_copy(update={"threads": threads})
        ranks.append(held_out_ranks(examples.features, positive, fold, mine, 3))
    for other in (1, 2):
        np.testing.assert_array_equal(scores[0], scores[other])
        np.testing.assert_array_equal(ranks[0], ranks[other])


def rare_flag() -> tuple[np.ndarray, np.ndarray]:
    """A flag of 21 rows of 300,000, all of them positive, and behind it a dense column.

    Fewer than 20 rows are no leaf, and of more than one row in 10,000 no flag is lost.
    """
    rng = np.random.default_rng(1)
    rows = 300_000
    values = np.zeros((rows, 2), np.float32)
    values[:, 1] = rng.standard_normal(rows)
    flagged = rng.choice(rows, 21, replace=False)
    values[flagged, 0] = 1
    label = (rng.random(rows) < 0.001).astype(float)
    label[flagged] = 1
    return values, label


def test_a_flag_of_one_row_in_ten_thousand_is_not_lost_beside_a_dense_column() -> None:
    values, label = rare_flag()
    examples = Examples(
        features=pd.DataFrame(values, columns=["flag", "dense"]),
        customer_id=np.arange(len(label)),
        as_of=pd.Series(np.full(len(label), pd.Timestamp("2025-01-06", tz="UTC"))),
        label=label,
        weight=np.ones(len(label)),
    )
    choice = CHOICE["lightgbm"] | {"trees": 3, "feature_fraction": 1.0, "min_sum_hessian_in_leaf": 1e-3}
    fitted = MODELS["lightgbm"].fit(examples, choice, settings_of("lightgbm"), 1)
    assert fitted.booster.feature_importance("split")[0] > 0  # type: ignore[attr-defined]
    score = fitted.scores(examples)
    assert score[values[:, 0] == 1].min() > score[values[:, 0] == 0].max()


def test_the_ladder_sees_a_rare_flag_too() -> None:
    values, label = rare_flag()
    trees = Trees(
        objective="cross_entropy",
        count=3,
        learning_rate=0.1,
        num_leaves=7,
        min_data_in_leaf=20,
        min_sum_hessian_in_leaf=1e-3,
        lambda_l2=1,
        feature_fraction=1,
        positive_weight=1,
        max_bin=63,
        threads=2,
    )
    booster = fixed_trees.fit(values, label, np.ones(len(label)), trees, 1)
    assert booster.feature_importance("split")[0] > 0


def test_no_options_of_a_caller_undo_what_is_fixed() -> None:
    examples = some()
    loose = {"objective": "cross_entropy", "enable_bundle": True, "deterministic": False, "verbosity": -1}
    booster = grown(
        binned(examples.features.to_numpy(), loose), examples.label, examples.weight, loose, trees=2
    )
    text = booster.model_to_string()
    assert "[enable_bundle: 0]" in text
    assert "[deterministic: 1]" in text
    assert "[force_col_wise: 1]" in text
    assert "[force_row_wise: 0]" in text


def test_lightgbm_is_binned_and_grown_in_one_file_only() -> None:
    """A call elsewhere could forget `FIXED`; so could an option that contradicts it."""
    assert FIXED["deterministic"] and FIXED["force_col_wise"] and not FIXED["enable_bundle"]
    growing = {"train", "cv", "Dataset", "LGBMClassifier", "LGBMRegressor", "LGBMRanker", "LGBMModel"}
    home = 0
    for file in sorted(path for room in ROOMS for path in Path(room).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        names = {
            alias.asname or alias.name.split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import | ast.ImportFrom)
            and "lightgbm" in (getattr(node, "module", None) or "", *(a.name for a in node.names))
            for alias in node.names
        } | {"lightgbm"}
        calls = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in growing
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in names
        ]
        home += len(calls) if file == HOME else 0
        assert file == HOME or not calls, f"{file} grows trees past {HOME}"
        assert "force_row_wise" not in text, f"{file}: sums by row depend on the number of threads"
    assert home == 2  # one Dataset, one train


# ------------------------------------------------------- what is not learnt from


@pytest.mark.parametrize(
    ("what", "value", "sentence"),
    [
        ("label", np.nan, r"row 3 \(customer 3 as of 2025-01-06\): expected a number from 0 to 1 as label"),
        ("label", 1.5, "expected a number from 0 to 1 as label, found 1.5"),
        ("label", -0.1, "expected a number from 0 to 1 as label, found -0.1"),
        ("weight", np.nan, "expected a number above 0 as weight, found nan"),
        ("weight", 0.0, "expected a number above 0 as weight, found 0.0"),
        ("weight", -1.0, "expected a number above 0 as weight, found -1.0"),
        ("weight", np.inf, "expected a number above 0 as weight, found inf"),
    ],
)
@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_model_learns_from_such_a_row(name: str, what: str, value: float, sentence: str) -> None:
    examples = some()
    column = getattr(examples, what).copy()
    column[3] = value
    with pytest.raises(pipeline.BadInput, match=sentence):
        MODELS[name].fit(replace(examples, **{what: column}), least_choice(name), settings_of(name), 1)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_model_learns_from_an_infinite_feature(name: str, value: float) -> None:
    examples = some()
    examples.features.loc[5, "d"] = value
    with pytest.raises(pipeline.BadInput, match=r"row 5 .*, feature d: expected a finite number or nothing"):
        MODELS[name].fit(examples, least_choice(name), settings_of(name), 1)


def test_missing_features_and_soft_labels_are_learnt_from() -> None:
    examples = some()
    assert learnable(examples) is examples
    for name in ("lightgbm", "xgboost"):
        score = MODELS[name].fit(examples, CHOICE[name], settings_of(name), 1).scores(examples)
        assert np.corrcoef(score, examples.label)[0, 1] > 0.5


# ------------------------------------------------------------- bins that serve


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_a_learner_fits_as_a_model_does_alone_also_under_other_labels(name: str) -> None:
    examples, model, settings = some(), MODELS[name], settings_of(name)
    other = replace(examples, label=examples.label[::-1].copy(), weight=examples.weight[::-1].copy())
    learner = model.learner(examples, settings, 5)
    turned = learner.relabelled(other.label, other.weight)
    for choice in (CHOICE[name], CHOICE[name] | {"trees": 5, "learning_rate": 0.3, "positive_weight": 8.0}):
        for given, ready in ((examples, learner), (other, turned), (examples, learner)):
            alone = model.fit(given, choice, settings, 5).scores(examples)
            np.testing.assert_array_equal(ready.fit(choice).scores(examples), alone)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_the_layout_in_memory_changes_no_score(name: str) -> None:
    by_row = some()
    values = np.asfortranarray(by_row.features.to_numpy())
    by_column = replace(by_row, features=pd.DataFrame(values, columns=by_row.features.columns, copy=False))
    fits = [MODELS[name].fit(mine, CHOICE[name], settings_of(name), 1) for mine in (by_row, by_column)]
    scores = [fitted.scores(mine) for fitted in fits for mine in (by_row, by_column)]
    for other in scores[1:]:
        np.testing.assert_array_equal(scores[0], other)


def test_xgboost_refuses_features_in_another_order() -> None:
    examples = some()
    fitted = MODELS["xgboost"].fit(examples, CHOICE["xgboost"], settings_of("xgboost"), 1)
    with pytest.raises(ValueError, match="name or order"):
        fitted.scores(replace(examples, features=examples.features[list("edcba")]))
