"""Payments of AMLSim's Python port, told apart before their day and at its end.

Run by hand from the repository's root: ``python -m benchmarks.peers FOLDER`` with the folder of
``transactions.zstd.parquet``; figures go to benchmarks/results/peers.json. Days 0 to 195 train,
196 to 276 choose the threshold, 277 to 364 are judged. Rows of a day are shuffled: their order in the
file gives the labels away. Before the day, a payment is told from earlier days alone; at its end, from
the whole day. Every figure is the mean over seeds, with its least and largest value.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score

import pipeline
from benchmarks.peers.rolling import rolling_features
from data.asof.network import TrailLimits
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US
from features.build import Params
from features.network import transaction_features

RESULT = Path("benchmarks/results/peers.json")
FIRST_VALIDATION, FIRST_TEST = 196, 277  # days
SEEDS = (0, 1, 2)
ORDINARY_SHARE = 0.3  # of the unlabelled training payments that each seed learns from
ROUNDS = 300
BOOSTER = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 31, "min_sum_hessian_in_leaf": 3,
    "lambda_l2": 5, "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1,
    "num_threads": 2, "verbosity": -1,
    "enable_bundle": False, "deterministic": True,
}  # fmt: skip
SHORTCUT = ("pair_", "back_", "new_pairs", "new_in_degree", "new_out_degree", "partners_again", "port")

Matrices = dict[str, pd.DataFrame]


def shuffled(ledger: Ledger) -> dict[str, np.ndarray]:
    """The payments day by day, in a drawn order within the day."""
    lot = np.random.default_rng(0).permutation(len(ledger))
    order = lot[np.argsort(ledger.at_us[lot], kind="stable")]
    names = ("payer", "payee", "at_us", "cents", "label")
    return {name: np.asarray(getattr(ledger, name))[order] for name in names}


def matrices(rows: dict[str, np.ndarray], parties: int) -> Matrices:
    """Features before the day, with the network's and without, and at its end."""
    payer, payee, at, amount = rows["payer"], rows["payee"], rows["at_us"], rows["cents"] / 100
    midnight = at // DAY_US * DAY_US
    limits = pipeline.params("build", Params).network, pipeline.params("observe.trails", TrailLimits)
    before = rolling_features(payer, payee, at, midnight, amount, parties)
    network = transaction_features(payer, payee, midnight, rows["cents"], parties, *limits)
    both = pd.concat([before, network.add_prefix("network_")], axis=1)
    known = [name for name in both if any(word in name for word in SHORTCUT)]
    return {
        "rolling_before_the_day": before,
        "network_before_the_day": network,
        "before_the_day": both,
        "before_the_day_without_first_seen_pairs": both.drop(columns=known),
        "end_of_day": rolling_features(payer, payee, at, midnight + DAY_US, amount, parties),
    }


def best_threshold(label: np.ndarray, score: np.ndarray) -> float:
    """The score from which on F1 is largest."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(label[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + label.sum())
    return float(score[order][f1.argmax()])


def judged(features: pd.DataFrame, label: np.ndarray, day: np.ndarray, seed: int) -> dict[str, float]:
    """Figures of the test days for one seed."""
    drawn = np.random.default_rng(seed).random(len(label)) < ORDINARY_SHARE
    learnt = (day < FIRST_VALIDATION) & (drawn | (label == 1))
    chosen, test = (day >= FIRST_VALIDATION) & (day < FIRST_TEST), day >= FIRST_TEST
    started = time.perf_counter()
    data = lightgbm.Dataset(features[learnt], label[learnt])
    booster = lightgbm.train(BOOSTER | {"seed": seed}, data, ROUNDS)
    score = np.asarray(booster.predict(features[test]))
    threshold = best_threshold(label[chosen], np.asarray(booster.predict(features[chosen])))
    ranked = label[test][np.argsort(-score, kind="stable")]
    return {
        "average_precision": average_precision_score(label[test], score),
        "f1_at_half": f1_score(label[test], score >= 0.5),
        "f1_at_validation_threshold": f1_score(label[test], score >= threshold),
        "recall_in_top_half_percent": ranked[: len(ranked) // 200].sum() / label[test].sum(),
        "seconds_of_fit_and_score": time.perf_counter() - started,
    }


def over_seeds(features: pd.DataFrame, label: np.ndarray, day: np.ndarray) -> dict[str, Any]:
    """Each figure's mean over the seeds, with the least and the largest."""
    runs = pd.DataFrame([judged(features, label, day, seed) for seed in SEEDS])
    return {
        name: {
            "mean": round(values.mean(), 4),
            "least": round(values.min(), 4),
            "most": round(values.max(), 4),
        }
        for name, values in runs.items()
    } | {"features": features.shape[1]}


def main() -> None:
    """Read, measure, print and write."""
    folder = Path(pipeline.argument("folder of amlsim-paper"))
    stream = read_transactions(folder / "transactions.zstd.parquet", shipped("amlsim_run"))
    ledger = gather_stream(stream)
    rows = shuffled(ledger)
    day = rows["at_us"] // DAY_US
    day -= day.min()
    test = day >= FIRST_TEST
    found = {
        name: over_seeds(features, rows["label"], day)
        for name, features in matrices(rows, len(ledger.accounts)).items()
    }
    result = {
        "amlsim_paper": found,
        "amlsim_paper_ap": found["before_the_day"]["average_precision"]["mean"],
        "amlsim_paper_f1": found["before_the_day"]["f1_at_validation_threshold"]["mean"],
        "amlsim_paper_end_of_day_ap": found["end_of_day"]["average_precision"]["mean"],
        "amlsim_paper_test": {"payments": int(test.sum()), "positive": int(rows["label"][test].sum())},
        "amlsim_paper_rows": stream.accounting.lines()[0],
        "seeds": len(SEEDS),
    }
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
