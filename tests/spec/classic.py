"""Little tables for the classic models of the zoo, with settings and a choice for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import pipeline
from models.zoo import MODELS, Choice, Examples, Fitted

SUPERVISED = ["logistic", "random_forest", "svm_linear", "svm_rbf"]
UNSUPERVISED = ["isolation_forest", "k_means", "pca"]
CHOICE: dict[str, Choice] = {
    "logistic": {"penalty": 0.001, "l1_share": 0.5, "positive_weight": 3.0},
    "svm_linear": {"penalty": 0.001, "positive_weight": 3.0},
    "svm_rbf": {"gamma": 0.1, "penalty": 0.001, "positive_weight": 3.0},
    "random_forest": {"min_samples_leaf": 5, "max_features": 0.5, "positive_weight": 3.0},
    "pca": {"components": 2},
    "k_means": {"centres": 3},
    "isolation_forest": {"rows": 128},
}
FEWER: dict[str, dict[str, Any]] = {
    "svm_rbf": {"landmarks": 64},
    "random_forest": {"trees": 20, "drawn_share": 0.5},
    "isolation_forest": {"trees": 50},
}


def settings_for(name: str) -> Any:
    """The settings of params.yaml, with less to grow."""
    return pipeline.params(f"models.{name}", MODELS[name].settings).model_copy(update=FEWER.get(name, {}))


def table(count: int = 600, seed: int = 1) -> Examples:
    """Subjects of whom a tenth are suspicious: higher in feature c. Feature d has gaps, e is money."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((count, 5))
    is_suspicious = rng.random(count) < 0.1
    values[:, 0] += 1
    values[:, 2] += 3 * is_suspicious
    values[rng.random(count) < 0.3, 3] = np.nan
    values[:, 4] = np.round(10 ** (2 * values[:, 4]))
    return Examples(
        features=pd.DataFrame(values.astype(np.float32), columns=list("abcde")),
        customer_id=np.arange(count),
        as_of=pd.Series(pd.date_range("2025-01-06", periods=count, freq="h", tz="UTC")),
        label=is_suspicious.astype(float),
        weight=np.ones(count),
    )


def crowd(lonely: int = 10) -> Examples:
    """500 subjects whose features are sums of two habits, and some behind them who have none."""
    rng = np.random.default_rng(1)
    habits = rng.standard_normal((500, 2))
    common = habits @ rng.standard_normal((2, 6)) + 0.1 * rng.standard_normal((500, 6))
    others = 3 * np.sign(rng.standard_normal((lonely, 6))) + 0.1 * rng.standard_normal((lonely, 6))
    values = np.concatenate([common, others]).astype(np.float32)
    return Examples(
        features=pd.DataFrame(values, columns=list("abcdef")),
        customer_id=np.arange(len(values)),
        as_of=pd.Series(np.full(len(values), pd.Timestamp("2025-01-06", tz="UTC"))),
        label=np.zeros(len(values)),
        weight=np.ones(len(values)),
    )


def fit(name: str, examples: Examples, seed: int = 1, **changes: Any) -> Fitted:
    """A fitted model, some of whose hyper-parameters are given."""
    return MODELS[name].fit(examples, CHOICE[name] | changes, settings_for(name), seed)


def order(score: np.ndarray, is_positive: np.ndarray) -> float:
    """Chance that a positive row stands above another one, half of it where they tie."""
    ranks = pd.Series(score).rank()
    many = int(is_positive.sum())
    above = ranks[is_positive].sum() - many * (many + 1) / 2
    return float(above / (many * (len(score) - many)))
