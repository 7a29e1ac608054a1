"""A booster fitted, its threshold chosen on the validation rows, the test rows judged; over seeds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score

SEEDS = (0, 1, 2)
BUDGETS = (0.001, 0.005, 0.01)  # shares of the test rows that are looked at
BOOSTER = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 10,
    "min_sum_hessian_in_leaf": 0.01, "lambda_l2": 1, "feature_fraction": 0.3, "bagging_fraction": 0.8,
    "bagging_freq": 1, "max_bin": 63, "num_threads": 1, "verbosity": -1, "deterministic": True,
}  # fmt: skip
ROUNDS = 250
RESAMPLES = 500

Figures = dict[str, float]


@dataclass(frozen=True)
class Roles:
    """Which rows are learnt from, choose the threshold and are judged, each bool of shape (n,).

    ``weight`` (n,): how many rows each learnt row stands for.
    """

    learnt: np.ndarray
    chosen: np.ndarray
    test: np.ndarray
    weight: np.ndarray


def best_threshold(label: np.ndarray, score: np.ndarray) -> float:
    """The score from which on F1 is largest."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(label[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + label.sum())
    return float(score[order][f1.argmax()])


def fitted_scores(
    features: pd.DataFrame, label: np.ndarray, roles: Roles, seed: int, booster: dict[str, object]
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the rows that choose and of those that are judged, from a booster fitted on the learnt."""
    learnt = roles.learnt
    data = lightgbm.Dataset(features[learnt], label[learnt], weight=roles.weight[learnt])
    model = lightgbm.train(BOOSTER | booster | {"seed": seed}, data, ROUNDS)
    chosen, test = (np.asarray(model.predict(features[role])) for role in (roles.chosen, roles.test))
    return chosen, test


def judged(
    features: pd.DataFrame, label: np.ndarray, roles: Roles, seed: int, booster: dict[str, object]
) -> tuple[Figures, np.ndarray]:
    """Figures of the test rows for one seed, and their scores."""
    started = time.perf_counter()
    chosen, test = fitted_scores(features, label, roles, seed, booster)
    threshold = best_threshold(label[roles.chosen], chosen)
    found = figures(label[roles.test], test, threshold)
    return found | {"seconds": time.perf_counter() - started}, test


def figures(label: np.ndarray, score: np.ndarray, threshold: float) -> Figures:
    """Average precision, F1 at two thresholds and recall at budgets."""
    ranked = label[np.argsort(-score, kind="stable")]
    return {
        "average_precision": float(average_precision_score(label, score)),
        "f1_at_half": float(f1_score(label, score >= 0.5)),
        "f1_at_validation_threshold": float(f1_score(label, score >= threshold)),
    } | {
        f"recall_at_{share:.1%}": float(ranked[: round(share * len(ranked))].sum() / label.sum())
        for share in BUDGETS
    }


def over_seeds(runs: list[Figures]) -> dict[str, dict[str, float]]:
    """Each figure's mean over the seeds, with the least and the largest."""
    return {
        name: {
            "mean": round(float(v.mean()), 4),
            "least": round(float(v.min()), 4),
            "most": round(float(v.max()), 4),
        }
        for name, v in pd.DataFrame(runs).items()
    }


def resampled_interval(label: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """Average precision's 95 % interval when the test rows are drawn anew, with replacement."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(label), len(label))
        if label[rows].any():
            found.append(average_precision_score(label[rows], score[rows]))
    low, high = np.quantile(found, [0.025, 0.975])
    return {"low": round(float(low), 4), "high": round(float(high), 4)}
