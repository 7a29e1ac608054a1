"""Elliptic's transactions judged by the publication's split of time, each from its own columns alone.

Steps 1 to 34 train and 35 to 49 are judged (Weber et al. 2019). The threshold is that of a booster that
learnt steps 1 to 29 and chose on 30 to 34; scores come from one that learnt all 34. Transactions
without a label are left out. An edge never joins two steps, so that the columns that the
publication summed over neighbours hold nothing later; no edge is used beside them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

import pipeline
from benchmarks.peers.judging import (
    BOOSTER,
    ROUNDS,
    SEEDS,
    best_threshold,
    figures,
    over_seeds,
    resampled_interval,
)
from data.feeds.elliptic import FEATURES, EllipticGraph, read_elliptic
from parameters import BadInput

FIRST_CHOSEN, FIRST_TEST = 30, 35  # steps
SHUTDOWN = 43  # the step in which a dark market closes; the publication's models miss most after it
LOCAL = 93  # columns of the transaction itself; the others are sums over its neighbours


def fitted(table: np.ndarray, label: np.ndarray, learnt: np.ndarray, seed: int) -> lightgbm.Booster:
    """A booster of the learnt rows."""
    data = lightgbm.Dataset(table[learnt], label[learnt])
    return lightgbm.train(BOOSTER | {"seed": seed}, data, ROUNDS)


def judged_rows(graph: EllipticGraph) -> Iterator[tuple[str, dict[str, Any]]]:
    """With all columns and with the local ones, by part of the judged time.

    Raises
    ------
    BadInput
        If training, choosing or judged steps lack illicit or licit transactions.
    """
    known = graph.label >= 0
    step, label, features = graph.step[known], graph.label[known].astype(int), graph.features[known]
    before, chosen, test = step < FIRST_CHOSEN, step < FIRST_TEST, step >= FIRST_TEST
    chosen &= ~before
    for role in (before, chosen, test):
        if len(np.unique(label[role])) < 2:
            raise BadInput("training, choosing and judged steps must each hold illicit and licit ones")
    for name, columns in (("all_columns", features.shape[1]), ("local_columns", LOCAL)):
        table, started = features[:, :columns], time.perf_counter()
        thresholds, scores = [], []
        for seed in SEEDS:
            chooser = fitted(table, label, before, seed)
            thresholds.append(best_threshold(label[chosen], np.asarray(chooser.predict(table[chosen]))))
            scores.append(np.asarray(fitted(table, label, ~test, seed).predict(table[test])))
        seconds = round(time.perf_counter() - started, 1)
        for part, asked in _parts(step[test]):
            if len(np.unique(label[test][asked])) < 2:
                continue
            truth = label[test][asked]
            runs = [figures(truth, score[asked], cut) for score, cut in zip(scores, thresholds, strict=True)]
            size = {"rows": len(truth), "positive": int(truth.sum()), "features": columns}
            interval = resampled_interval(truth, np.mean(scores, axis=0)[asked])
            more = {"resampled_average_precision": interval, **size, "seconds": seconds}
            yield name + part, over_seeds(runs) | more


def _parts(step: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The judged rows, those before the shutdown and those from it on."""
    return [
        ("", np.ones(len(step), bool)),
        ("_before_shutdown", step < SHUTDOWN),
        ("_from_shutdown", step >= SHUTDOWN),
    ]


def measured(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was read, and the figures of each set of columns."""
    if not (folder / FEATURES).exists():
        pipeline.say(f"{folder}: no file {FEATURES}, not run")
        return
    graph = read_elliptic(folder)
    counts = {name: int((graph.label == value).sum()) for name, value in (("illicit", 1), ("licit", 0))}
    yield "data", {"transactions": len(graph.label), **counts, "notes": graph.notes}
    yield from judged_rows(graph)
