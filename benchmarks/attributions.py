"""How many customers a second the explained trees' scores are attributed, beside plain libraries.

Run by hand from the repository's root after a run: ``python -m benchmarks.attributions``; the
result goes to benchmarks/results/attributions.json. The model is the run's explained one, the
rows are the first of the test's subjects. Three ways take turns in one process on the same rows:
the project's, which builds the explainer and checks on every row that contributions add up to the
margin; shap's ``TreeExplainer`` alone, without a check; and, for LightGBM, the model's own
``pred_contrib``, to which shap hands such a model: the three differ by what is around it. The best
turn counts, in time of the wall and of the processors: other work on the machine slows the first
more than the second.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shap

import pipeline
from explain.attribution import contributions
from explain.inputs import Params, read_inputs

RESULT = Path("benchmarks/results/attributions.json")
ROWS, TURNS = 500, 3
PROJECT, PLAIN, OWN = "project", "shap_alone", "lightgbm_pred_contrib"


def plain(booster: Any, features: pd.DataFrame) -> np.ndarray:
    """Path-dependent TreeSHAP as its library gives it, unchecked, shape (n, features)."""
    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    return np.asarray(explainer.shap_values(features, check_additivity=False))


def spent(way: Callable[[], np.ndarray]) -> tuple[float, float]:
    """Seconds of the wall and of the processors that a way takes."""
    wall, processors = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - wall, time.process_time() - processors


def main() -> None:
    """Measure, print and write."""
    params = pipeline.params("explain", Params)
    inputs = read_inputs(params)
    booster = inputs.fitted.booster
    features = inputs.features.head(ROWS)
    margin = inputs.margin(features)
    ways: dict[str, Callable[[], np.ndarray]] = {
        PROJECT: lambda: contributions(booster, features, margin),
        PLAIN: lambda: plain(booster, features),
    }
    if hasattr(booster, "set_leaf_output"):
        ways[OWN] = lambda: np.asarray(booster.predict(features, pred_contrib=True))[:, :-1]
    found = {name: way() for name, way in ways.items()}  # warms up, and is compared
    turns = [{name: spent(way) for name, way in ways.items()} for _ in range(TURNS)]
    best = {name: np.array([turn[name] for turn in turns]).min(axis=0) for name in ways}
    result = {
        "model": params.model,
        "customers": len(features),
        "features": features.shape[1],
        "trees": booster.num_trees() if OWN in ways else None,
        "turns": TURNS,
        "ways": {
            name: {
                "customers_a_second": round(len(features) / seconds[0]),
                "customers_a_processor_second": round(len(features) / seconds[1]),
                "wall_to_project": round(float(seconds[0] / best[PROJECT][0]), 3),
                "largest_difference": float(f"{np.abs(found[name] - found[PROJECT]).max():.2g}"),
            }
            for name, seconds in best.items()
        },
    }
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
