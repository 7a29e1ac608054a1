"""Payments of AMLSim's Python port, told apart strictly before their day and at its end.

Days 0 to 195 train, 196 to 276 choose the threshold, 277 to 364 are judged. Rows of a day are
shuffled: their order in the file gives the labels away. Before the day, a payment is told from earlier
days alone; at its end, from the whole day. Ordinary payments of pairs seen before are thinned for
the training and weigh what they stand for; every other training payment is learnt from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from benchmarks.peers.judging import SEEDS, Roles, judged, over_seeds
from benchmarks.peers.rolling import rolling_features
from data.asof.network import TrailLimits
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US
from features.build import Params
from features.network import transaction_features

FILE = "transactions.zstd.parquet"
FIRST_VALIDATION, FIRST_TEST = 196, 277  # days
WARM_DAYS = 7  # in which nearly every pair is new
THINNED_TO = 0.1
SHORTCUT = ("pair_", "back_", "new_pairs", "new_in_degree", "new_out_degree", "partners_again", "port")

Matrices = dict[str, Callable[[], pd.DataFrame]]


def shuffled(ledger: Ledger) -> dict[str, np.ndarray]:
    """The payments day by day, in a drawn order within the day."""
    lot = np.random.default_rng(0).permutation(len(ledger))
    order = lot[np.argsort(ledger.at_us[lot], kind="stable")]
    names = ("payer", "payee", "at_us", "cents", "label")
    return {name: np.asarray(getattr(ledger, name))[order] for name in names}


def told_until(rows: dict[str, np.ndarray], until: np.ndarray, parties: int) -> pd.DataFrame:
    """Rolling features of both ends and of the pair, from what came strictly before ``until`` (n,)."""
    payer, payee, at, amount = rows["payer"], rows["payee"], rows["at_us"], rows["cents"] / 100
    return rolling_features(payer, payee, at, until, amount, parties)


def network_of(rows: dict[str, np.ndarray], midnight: np.ndarray, parties: int) -> pd.DataFrame:
    """The project's network features of a payment from what came strictly before ``midnight`` (n,)."""
    limits = pipeline.params("build", Params).network, pipeline.params("observe.trails", TrailLimits)
    columns = rows["payer"], rows["payee"], midnight, rows["cents"]
    return transaction_features(*columns, parties, *limits).add_prefix("network_")


def matrices(rows: dict[str, np.ndarray], parties: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """What each row of the table is fitted on."""
    midnight = rows["at_us"] // DAY_US * DAY_US
    rolling, network = told_until(rows, midnight, parties), network_of(rows, midnight, parties)
    both = pd.concat([rolling, network], axis=1)
    yield "before_the_day", both
    end = told_until(rows, midnight + DAY_US, parties).add_prefix("whole_day_")
    yield "end_of_day", pd.concat([both, end], axis=1)
    known = [name for name in both if any(word in name for word in SHORTCUT)]
    yield "before_the_day_without_first_seen_pairs", both.drop(columns=known)
    yield "rolling_before_the_day", rolling
    yield "network_before_the_day", network


def roles_of(label: np.ndarray, day: np.ndarray, is_new: np.ndarray) -> Roles:
    """Roles by day; ``is_new`` (n,) whether the pair was never seen before the day."""
    whole = (label == 1) | (is_new & (day >= WARM_DAYS))
    lot = np.random.default_rng(0).random(len(label)) < THINNED_TO
    learnt = (day < FIRST_VALIDATION) & (whole | lot)
    weight = np.where(whole, 1.0, 1 / THINNED_TO)
    return Roles(learnt, (day >= FIRST_VALIDATION) & (day < FIRST_TEST), day >= FIRST_TEST, weight)


def measured(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures of one set of features after another."""
    stream = read_transactions(folder / FILE, shipped("amlsim_run"))
    ledger = gather_stream(stream)
    rows = shuffled(ledger)
    day = rows["at_us"] // DAY_US
    day -= day.min()
    test = day >= FIRST_TEST
    yield (
        "data",
        {
            "rows": stream.accounting.lines()[0],
            "test_payments": int(test.sum()),
            "test_positive": int(rows["label"][test].sum()),
        },
    )
    roles = None
    for name, features in matrices(rows, len(ledger.accounts)):
        if roles is None:
            roles = roles_of(rows["label"], day, (features["pair_count"] == 0).to_numpy())
        runs = [judged(features, rows["label"], roles, seed, {})[0] for seed in SEEDS]
        yield name, over_seeds(runs) | {"features": features.shape[1]}
