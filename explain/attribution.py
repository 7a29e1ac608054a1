"""TreeSHAP on the raw margin, checked for additivity, with the peers' values beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

ROWS_AT_A_TIME = 20  # explained against a background together
TOLERANCE = 1e-3  # of the raw margin; models store single-precision leaves


def contributions(booster: Any, features: pd.DataFrame, margin: np.ndarray) -> np.ndarray:
    """Contribution of each feature to each margin, shape (n, features).

    Path-dependent TreeSHAP: a missing feature is averaged over the training rows that
    reach a node. No rows have no contributions, shape (0, features). Raises ValueError where
    contributions and base do not add up to the margin.
    """
    if features.empty:
        return np.zeros(features.shape)
    import shap  # here, for it is slow to load, and reading the parameters needs none of it

    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(features), dtype=float)
    base = float(np.ravel(explainer.expected_value)[-1])
    gap = np.abs(values.sum(axis=1) + base - margin).max()
    if gap > TOLERANCE:
        raise ValueError(f"contributions miss the score by {gap:.2g}, expected at most {TOLERANCE}")
    return values


def interventional(booster: Any, features: pd.DataFrame, background: np.ndarray) -> np.ndarray:
    """Contributions against rows of a background, shape (n, features).

    "True to the model": a feature that is not there takes the values that it has in the
    background, whatever goes with it; ``background`` has shape (rows, features).
    """
    if features.empty:
        return np.zeros(features.shape)
    import shap

    explainer = shap.TreeExplainer(booster, background, feature_perturbation="interventional")
    # shap's own check fails on single-precision leaves; ours is in `contributions`. In parts, for
    # shap draws a bar of progress on standard error that nothing turns off.
    parts = [
        explainer.shap_values(rows, check_additivity=False)
        for rows in np.array_split(features.to_numpy(), -(-len(features) // ROWS_AT_A_TIME))
    ]
    return np.concatenate(parts).astype(float)


def with_shuffled_leaves(booster: Any, seed: int) -> Any:
    """A copy whose leaves were dealt anew within each tree: the shape stays, what was learnt is gone.

    Of LightGBM and XGBoost, through their own formats.
    """
    rng = np.random.default_rng(seed)
    if hasattr(booster, "set_leaf_output"):
        import lightgbm

        copy = lightgbm.Booster(model_str=booster.model_to_string())
        for number, tree in enumerate(booster.dump_model()["tree_info"]):
            dealt = rng.permutation(tree["num_leaves"])
            values = [booster.get_leaf_output(number, int(leaf)) for leaf in dealt]
            for leaf, value in enumerate(values):
                copy.set_leaf_output(number, leaf, value)
        return copy
    return _shuffled_xgboost(booster, rng)


def _shuffled_xgboost(booster: Any, rng: np.random.Generator) -> Any:
    kept = json.loads(booster.save_raw("json"))
    for tree in kept["learner"]["gradient_booster"]["model"]["trees"]:
        leaves = [node for node, child in enumerate(tree["left_children"]) if child < 0]
        values = [tree["base_weights"][node] for node in leaves]
        for node, place in zip(leaves, rng.permutation(len(leaves)), strict=True):
            # XGBoost keeps a leaf's value in the place of a split's threshold as well.
            tree["base_weights"][node] = tree["split_conditions"][node] = values[place]
    copy = booster.copy()
    copy.load_model(bytearray(json.dumps(kept).encode()))
    return copy


def peer_values(
    features: pd.DataFrame, groups: pd.Series, shares: tuple[float, ...]
) -> tuple[pd.DataFrame, ...]:
    """Quantiles of every feature by peer group, sorted once for all; one table a share, index: group."""
    if features.empty:  # of which pandas makes a table without the level of the shares
        return tuple(features for _ in shares)
    table = features.groupby(groups.to_numpy()).quantile(list(shares))
    return tuple(table.xs(share, level=1) for share in shares)


def contributions_table(
    subject_id: np.ndarray,
    group: pd.Series,
    features: pd.DataFrame,
    values: np.ndarray,
    median: pd.DataFrame,
    p99: pd.DataFrame,
    family: dict[str, str],
) -> pd.DataFrame:
    """The Contributions table of all alerts, in order of subject and feature."""
    names = np.array(features.columns)
    size, width = features.shape
    return pd.DataFrame(
        {
            "subject_id": np.repeat(subject_id, width),
            "feature": np.tile(names, size),
            "family": np.tile([family[name] for name in names], size),
            "value": features.to_numpy(float).ravel(),
            "peer_median": median.loc[group, names].to_numpy(float).ravel(),
            "peer_p99": p99.loc[group, names].to_numpy(float).ravel(),
            "contribution": values.ravel(),
        }
    )
