"""Accounts of an AMLGentex log, told apart by what they did in windows of days.

Two splits of AMLGentex: ``trans``, in which accounts of one window are parted by lot, and ``induc``,
in which windows follow each other (days 0-50, 51-75, 76-100). An account is positive if a payment
marked SAR touches it in the window. Features see payments inside the row's own window and nothing
of labels, patterns or profiles. How ``induc`` trains, on the whole first window, on its last days,
or on windows as long as those that are judged, is chosen on the validation rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from benchmarks.peers.accounts import window_features, without_spending_and_balance
from benchmarks.peers.judging import (
    SEEDS,
    Figures,
    Roles,
    best_threshold,
    figures,
    fitted_scores,
    over_seeds,
    resampled_interval,
)
from data.feeds import read_transactions, shipped
from data.schema import DAY_US

LOG = "tx_log.parquet"
BALANCES = {"newbalanceOrig": "balance_payer", "newbalanceDest": "balance_payee"}
JUDGED_DAYS = 25  # length of the windows that are judged in induc
APART_DAYS = 5  # between the starts of the windows that are learnt from
BOOSTER: dict[str, object] = {
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_data_in_leaf": 5,
    "lambda_l2": 5,
    "feature_fraction": 0.2,
}

Window = tuple[int, int]


def read_log(path: Path) -> tuple[pd.DataFrame, str]:
    """The log's payments as ``window_features`` takes them, with ``label``; and the account of its rows."""
    mapping = shipped("amlgentex").model_copy(update={"keep": tuple(BALANCES)})
    stream = read_transactions(path, mapping)
    rows = pd.concat([table.to_pandas() for table in stream], ignore_index=True)
    day = rows["at"].astype("datetime64[us, UTC]").astype("int64") // DAY_US
    number = {end: rows[end].str.rpartition("/")[2].astype("int64") for end in ("payer", "payee")}
    log = pd.DataFrame(
        {
            "day": day - day.min(),
            "type": rows["kind"],
            "amount": rows["amount"],
            **number,
            **{new: rows[old].astype(float) for old, new in BALANCES.items()},
            "label": rows["label"].fillna(False).astype(bool),
        }
    )
    return log, stream.accounting.lines()[0]


class Windows:
    """Features and labels of windows of one log, each window's features worked out once."""

    def __init__(self, log: pd.DataFrame) -> None:
        self.log = log
        self.last_day = int(log["day"].max())
        self._features: dict[Window, pd.DataFrame] = {}

    def features(self, window: Window) -> pd.DataFrame:
        """One row an account that appears; a window that outlasts the log ends with it."""
        first, last = window[0], min(window[1], self.last_day)
        if (first, last) not in self._features:
            self._features[first, last] = window_features(self.log, first, last)
        return self._features[first, last]

    def labels(self, window: Window, accounts: pd.Index) -> np.ndarray:
        """Which accounts a payment marked SAR touches in the window, shape (n,)."""
        marked = self.log[self.log["label"] & self.log["day"].between(*window)]
        return accounts.isin(np.concatenate([marked["payer"], marked["payee"]])).astype(int)

    def of_split(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
        """Features and labels of a role's rows, which share one window."""
        window = int(rows["win_start"].iloc[0]), int(rows["win_end"].iloc[0])
        return self.features(window).reindex(rows["account"]), rows["is_sar"].to_numpy(int)


Role = tuple[pd.DataFrame, np.ndarray]


def stacked(train: list[Role], chosen: Role, test: Role) -> tuple[pd.DataFrame, np.ndarray, Roles]:
    """One table of all roles."""
    parts = [*train, chosen, test]
    role = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    last = len(parts) - 1
    features = pd.concat([part[0] for part in parts])
    label = np.concatenate([part[1] for part in parts])
    roles = Roles(role < last - 1, role == last - 1, role == last, np.ones(len(role)))
    return features, label, roles


Scores = list[tuple[np.ndarray, np.ndarray]]


def scored(table: pd.DataFrame, label: np.ndarray, roles: Roles, seeds: tuple[int, ...] = SEEDS) -> Scores:
    """Scores of validation and test rows, seed after seed."""
    return [fitted_scores(table, label, roles, seed, BOOSTER) for seed in seeds]


def row_of(chosen: np.ndarray, test: np.ndarray, scores: Scores, of_test: np.ndarray) -> dict[str, Any]:
    """A row of the results: figures over seeds on the test rows ``of_test``, and how sure they are."""
    runs: list[Figures] = []
    for valid, score in scores:
        found = figures(test[of_test], score[of_test], best_threshold(chosen, valid))
        ahead = float(figures(chosen, valid, 0.5)["average_precision"])
        runs.append(found | {"validation_average_precision": ahead})
    mean = np.mean([score[of_test] for _, score in scores], axis=0)
    return over_seeds(runs) | {
        "rows": int(of_test.sum()),
        "positive": int(test[of_test].sum()),
        "resampled_average_precision": resampled_interval(test[of_test], mean),
    }


def trans_rows(windows: Windows, split: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Accounts of one window, parted by lot."""
    train, chosen, test = (
        windows.of_split(split[split["split"] == role]) for role in ("train", "val", "test")
    )
    table, label, roles = stacked([train], chosen, test)
    everyone = np.ones(roles.test.sum(), bool)
    own = [name for name in table if not name.startswith("hop_")]
    for name, features in (
        ("trans", table),
        ("trans_without_spending_and_balance", without_spending_and_balance(table)),
        ("trans_without_partners", table[own]),
    ):
        found = row_of(chosen[1], test[1], scored(features, label, roles), everyone)
        yield name, found | {"features": features.shape[1]}


def ways_to_train(windows: Windows, rows: pd.DataFrame) -> dict[str, list[Role]]:
    """The first window as a whole, its last days, and windows of equal length side by side."""
    first, last = int(rows["win_start"].iloc[0]), int(rows["win_end"].iloc[0])

    def own(begin: int) -> Role:
        window = begin, begin + JUDGED_DAYS - 1
        features = windows.features(window)
        return features, windows.labels(window, features.index)

    end = last - JUDGED_DAYS + 1
    begins = range(end, first - 1, -APART_DAYS)
    return {
        "whole_window": [windows.of_split(rows)],
        "last_days": [own(end)],
        "windows_of_equal_length": [own(begin) for begin in begins],
    }


def induc_rows(windows: Windows, split: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Windows that follow each other; those positive for the first time apart."""
    by_role = dict(iter(split.groupby("split")))
    chosen, test = windows.of_split(by_role["val"]), windows.of_split(by_role["test"])
    tables = {
        name: stacked(train, chosen, test) for name, train in ways_to_train(windows, by_role["train"]).items()
    }
    found = {name: scored(*table) for name, table in tables.items()}
    ahead = {
        name: float(np.mean([figures(chosen[1], valid, 0.5)["average_precision"] for valid, _ in scores]))
        for name, scores in found.items()
    }
    best = max(ahead, key=lambda name: ahead[name])
    yield "induc_ways_to_train", {name: round(value, 4) for name, value in ahead.items()} | {"chosen": best}
    (table, label, roles), scores = tables[best], found[best]
    positive = {role: by_role[role].loc[by_role[role]["is_sar"] == 1, "account"] for role in ("train", "val")}
    earlier_chosen = by_role["val"]["account"].isin(positive["train"]).to_numpy()
    earlier = by_role["test"]["account"].isin(pd.concat(list(positive.values()))).to_numpy()
    everyone = np.ones(len(earlier), bool)
    size = {"features": table.shape[1]}
    yield "induc", row_of(chosen[1], test[1], scores, everyone) | size
    yield "induc_trained_as_published", row_of(chosen[1], test[1], found["whole_window"], everyone) | size
    yield "induc_first_time", row_of(chosen[1], test[1], scores, ~earlier) | size
    yield "induc_positive_before", row_of(chosen[1], test[1], scores, earlier) | size
    joined = [with_earlier_label(chosen[1], both, earlier_chosen, earlier) for both in scores]
    yield "induc_with_earlier_labels", row_of(chosen[1], test[1], joined, everyone) | size
    known = [(earlier_chosen.astype(float), earlier.astype(float))]
    yield "induc_no_model_positive_before", row_of(chosen[1], test[1], known, everyone)
    apart = without_spending_and_balance(table)
    of_apart = row_of(chosen[1], test[1], scored(apart, label, roles), everyone)
    yield "induc_without_spending_and_balance", of_apart | {"features": apart.shape[1]}


def with_earlier_label(
    label: np.ndarray, scores: tuple[np.ndarray, np.ndarray], chosen: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores joined with whether the account was positive before, as the validation rows weigh them."""

    def columns(score: np.ndarray, earlier: np.ndarray) -> np.ndarray:
        kept = np.clip(score, 1e-6, 1 - 1e-6)
        return np.column_stack([np.log(kept / (1 - kept)), earlier])

    valid, judged = scores
    weighed = LogisticRegression().fit(columns(valid, chosen), label)
    asked = (columns(valid, chosen), columns(judged, test))
    joined, of_test = (weighed.predict_proba(features)[:, 1] for features in asked)
    return joined, of_test


def measured(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures of one protocol after another."""
    log, account = read_log(folder / LOG)
    yield "data", {"rows": account}
    windows = Windows(log)
    yield from induc_rows(windows, pd.read_parquet(folder / "split_induc.parquet"))
    yield from trans_rows(windows, pd.read_parquet(folder / "split_trans.parquet"))
