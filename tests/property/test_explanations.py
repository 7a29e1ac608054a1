"""What explains a score adds up to it, and reasons say no more than the contributions do."""

from __future__ import annotations

from functools import cache
from typing import cast

import numpy as np
import pandas as pd
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline
from data.words import FAMILIES
from explain.attribution import contributions, contributions_table, peer_values
from explain.faithfulness import deletion
from explain.flow import ego_flow
from explain.reasons import VALIDATORS_ONLY, reasons
from models.zoo import MODELS, Examples
from models.zoo.lightgbm import FittedLightgbm
from models.zoo.xgboost import FittedXgboost

FAMILY_NAMES = sorted(FAMILIES)
CHOICES = {
    "lightgbm": {
        "trees": 25,
        "learning_rate": 0.1,
        "num_leaves": 7,
        "min_sum_hessian_in_leaf": 1.0,
        "lambda_l2": 1.0,
        "feature_fraction": 0.8,
        "positive_weight": 3.0,
    },
    "xgboost": {
        "trees": 25,
        "learning_rate": 0.1,
        "max_depth": 3,
        "min_child_weight": 1.0,
        "reg_lambda": 1.0,
        "colsample_bytree": 0.8,
        "positive_weight": 3.0,
    },
}


def examples(seed: int, size: int = 400) -> Examples:
    """Random features with holes, soft labels that depend on two of them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 50, (size, 6)).astype(np.float32)
    values[:, 2] = np.round(np.abs(values[:, 2]))
    label = 1 / (1 + np.exp(-(values[:, 0] + 2 * values[:, 2] - 80) / 30))
    values[rng.random(values.shape) < 0.15] = np.nan
    moments = pd.Series(pd.DatetimeIndex(["2025-03-10"] * size, tz="UTC"))
    return Examples(
        pd.DataFrame(values, columns=[f"feature_{n}" for n in range(6)]),
        np.arange(size),
        moments,
        label.round(2),
        np.ones(size),
    )


@cache
def fitted(name: str):
    model = MODELS[name]
    return model.fit(examples(0), CHOICES[name], pipeline.params(f"models.{name}", model.settings), 1)


@pytest.mark.parametrize("name", sorted(CHOICES))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_contributions_and_one_base_sum_to_the_score(name: str, seed: int) -> None:
    given_examples = examples(seed, 60)
    score = fitted(name).scores(given_examples)
    values = contributions(fitted(name).booster, given_examples.features, score)
    base = score - values.sum(axis=1)
    assert values.shape == given_examples.features.shape
    assert np.ptp(score) > 0.5
    np.testing.assert_allclose(base, base.mean(), atol=1e-3)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_contributions_are_the_librarys_own(name: str) -> None:
    given_examples = examples(4, 40)
    booster, features = fitted(name).booster, given_examples.features
    values = contributions(booster, features, fitted(name).scores(given_examples))
    if name == "xgboost":
        own = booster.predict(
            xgboost.DMatrix(features.to_numpy(), feature_names=list(features.columns)), pred_contribs=True
        )
    else:
        own = booster.predict(features.to_numpy(), pred_contrib=True)
    np.testing.assert_allclose(values, own[:, :-1], atol=1e-3)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_contributions_that_miss_the_score_are_an_error(name: str) -> None:
    given_examples = examples(5, 20)
    score = fitted(name).scores(given_examples)
    score[7] += 0.01
    with pytest.raises(ValueError, match="contributions miss the score by"):
        contributions(fitted(name).booster, given_examples.features, score)


def stopped_early() -> tuple[xgboost.Booster, xgboost.DMatrix, pd.DataFrame]:
    """A booster that goes on for five rounds after its best one."""
    rng = np.random.default_rng(0)
    names = list("abcde")
    tables = [
        pd.DataFrame(rng.normal(size=(size, 5)).astype(np.float32), columns=names) for size in (600, 300)
    ]
    data = [
        xgboost.DMatrix(table, (table["a"] + rng.normal(size=len(table)) > 0).astype(float))
        for table in tables
    ]
    options = {"objective": "binary:logistic", "nthread": 1, "eta": 0.3}
    stop = {"early_stopping_rounds": 5, "verbose_eval": False}
    return xgboost.train(options, data[0], 400, evals=[(data[1], "later")], **stop), data[1], tables[1]


def test_a_booster_stopped_early_is_never_explained_by_other_trees_than_it_scores_with() -> None:
    """shap 0.51 explains the trees up to the best round, XGBoost 3.2 scores with all; neither says so."""
    booster, data, features = stopped_early()
    assert booster.num_boosted_rounds() > booster.best_iteration + 1
    with pytest.raises(ValueError, match="contributions miss the score by"):
        contributions(booster, features, booster.predict(data, output_margin=True))
    cut = booster[: booster.best_iteration + 1]
    contributions(cut, features, cut.predict(data, output_margin=True))


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_saved_model_holds_as_many_trees_as_were_asked_for(name: str, tmp_path) -> None:
    """So that what is scored, saved and explained are the same trees."""
    fitted(name).save(tmp_path / "model")
    loaded = cast("FittedLightgbm | FittedXgboost", MODELS[name].load(tmp_path / "model"))
    booster = loaded.booster
    size = booster.num_trees() if name == "lightgbm" else booster.num_boosted_rounds()
    assert size == CHOICES[name]["trees"]


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_saved_model_gives_the_same_scores_and_the_same_bytes(name: str, tmp_path) -> None:
    model, before = MODELS[name], fitted(name)
    before.save(tmp_path / "one")
    loaded = model.load(tmp_path / "one")
    loaded.save(tmp_path / "two")
    given_examples = examples(6, 50)
    np.testing.assert_array_equal(before.scores(given_examples), loaded.scores(given_examples))
    again = model.fit(examples(0), CHOICES[name], pipeline.params(f"models.{name}", model.settings), 1)
    again.save(tmp_path / "three")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "three").read_bytes()


# ------------------------------------------------------------------ reasons

WHOLE = st.integers(-40, 40).map(lambda value: value / 8)  # sums are exact
ALERTS = st.lists(
    st.lists(st.tuples(st.sampled_from(FAMILY_NAMES), WHOLE), min_size=1, max_size=14), min_size=1, max_size=4
)
LABELS = pd.DataFrame(
    {
        "label_en": [f"Feature {n}" for n in range(14)],
        "label_zh": [f"特征{n}" for n in range(14)],
        "unit": ["CNY", "count", "share", "ratio", "days", "hours", "minutes"] * 2,
    },
    index=[f"feature_{n}" for n in range(14)],
)


def table_of(alerts: list[list[tuple[str, float]]]) -> pd.DataFrame:
    rows = [
        (subject, f"feature_{n}", family, 1.5, 0.5, np.nan, value)
        for subject, features in enumerate(alerts, start=1)
        for n, (family, value) in enumerate(features)
    ]
    columns = ["subject_id", "feature", "family", "value", "peer_median", "peer_p99", "contribution"]
    return pd.DataFrame(rows, columns=columns)


@settings(max_examples=60)
@given(alerts=ALERTS, most=st.integers(1, 6))
def test_reasons_are_the_largest_family_sums_in_order_and_one_against(alerts, most) -> None:
    table = table_of(alerts)
    told = reasons(table, LABELS, most)
    for subject, features in enumerate(alerts, start=1):
        sums: dict[str, float] = {}
        for family, value in features:
            if family != VALIDATORS_ONLY:
                sums[family] = sums.get(family, 0.0) + value
        mine = told[told["subject_id"] == subject] if len(told) else pd.DataFrame(columns=["rank"])
        for_it, against = mine[mine["rank"] > 0], mine[mine["rank"] < 0]
        positive = sorted((value for value in sums.values() if value > 0), reverse=True)[:most]
        assert for_it["rank"].tolist() == list(range(1, len(positive) + 1))
        assert for_it.get("contribution", pd.Series()).tolist() == positive
        lowest = min(sums.values(), default=0.0)
        assert against["rank"].tolist() == ([-1] if lowest < 0 else [])
        assert against.get("contribution", pd.Series()).tolist() == ([lowest] if lowest < 0 else [])
        for row in mine.itertuples(index=False):
            assert row.contribution == sums[row.family]
            parts = {n: value for n, (family, value) in enumerate(features) if family == row.family}
            strongest = max(parts.values()) if row.rank > 0 else min(parts.values())
            assert parts[int(row.feature.removeprefix("feature_"))] == strongest
            assert row.text_en.startswith(f"{LABELS.loc[row.feature, 'label_en']}: ")
            assert row.text_zh.startswith(LABELS.loc[row.feature, "label_zh"])


def test_who_somebody_is_is_never_a_reason() -> None:
    told = reasons(table_of([[(VALIDATORS_ONLY, 9.0), ("cash", 1.0), (VALIDATORS_ONLY, -20.0)]]), LABELS, 4)
    assert told["family"].tolist() == ["cash"]


def test_no_alerts_have_no_reasons_but_a_whole_table() -> None:
    from explain.schema import Reasons

    Reasons.validate(reasons(table_of([[("cash", 1.0)]]).iloc[:0], LABELS, 4))


def test_the_table_keeps_values_beside_those_of_the_peers() -> None:
    features = pd.DataFrame({"a": [1.0, 2.0, 30.0], "b": [np.nan, 5.0, 7.0]}, dtype=np.float32)
    group = pd.Series(["x", "x", "y"])
    median, p99 = peer_values(features, group, (0.5, 0.99))
    values = np.arange(6.0).reshape(3, 2)
    table = contributions_table(
        np.array([11, 12, 13]), group, features, values, median, p99, {"a": "cash", "b": "volume"}
    )
    assert table["subject_id"].tolist() == [11, 11, 12, 12, 13, 13]
    assert table["feature"].tolist() == ["a", "b"] * 3
    assert table["contribution"].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["peer_median"].tolist() == [1.5, 5, 1.5, 5, 30, 7]
    assert table.loc[table["subject_id"] == 12, "value"].tolist() == [2, 5]


# ------------------------------------------------------------- faithfulness


@settings(max_examples=30)
@given(seed=st.integers(0, 1_000), deleted=st.integers(1, 3))
def test_deleting_families_takes_their_contributions_from_a_linear_score(seed: int, deleted: int) -> None:
    """Of a linear score deletion takes exactly the sums of the deleted families."""
    rng = np.random.default_rng(seed)
    family = np.array(["cash", "cash", "volume", "network", "network"])
    features = pd.DataFrame(rng.integers(-8, 8, (6, 5)).astype(np.float32), columns=list("abcde"))
    median = rng.integers(-8, 8, (6, 5)).astype(float)
    weight = rng.integers(-4, 4, 5) / 4
    values = (features.to_numpy() - median) * weight
    result = deletion(lambda table: table.to_numpy() @ weight, features, median, values, family, deleted, 3)
    totals = np.stack([values[:, family == name].sum(axis=1) for name in np.unique(family)], axis=1)
    expected = np.sort(totals, axis=1)[:, ::-1][:, :deleted].sum(axis=1).mean()
    assert result.top == pytest.approx(expected, abs=1e-3)
    assert result.top >= result.at_random - 1e-3


# --------------------------------------------------------------------- flow


def test_a_payment_stands_once_in_the_picture_of_a_case() -> None:
    rows = [
        ("2025-03-03 10:00", "customer 1", "customer 2", 500.0),
        ("2025-03-03 12:00", "customer 1", "customer 2", 400.0),
        ("2025-03-04 10:00", "customer 2", "person 9", 850.0),
    ]
    payments = pd.DataFrame(rows, columns=["at", "payer", "payee", "yuan"]).assign(channel="transfer")
    payments["at"] = pd.to_datetime(payments["at"])
    edges = ego_flow(payments, "1", pd.Timestamp("2025-03-10"), 30)
    assert [edge.yuan for edge in edges] == [500.0, 400.0, 850.0]
