"""Probes: small classifiers that may only see what must NOT tell laundering apart.

The artefact probe sees how the data were made (ids, order, digits below the yuan and the
minute); where it beats chance, the simulator gives its secret away. The look-alike probe
sees amounts alone; where it beats chance, a scheme is told from an innocent double
without any behaviour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from models.calibration import Bank
from models.difficulty import AreaUnderRoc, area_under_roc, plain, ranks
from models.metrics import Interval, interval
from models.zoo.lightgbm import binned, grown
from parameters import Count, Leaves, Part, Positive, Threads, TreeCount

MINUTE_US = 60_000_000
SECOND_US = 1_000_000


class Probe(pipeline.Parameters):
    """Section ``audit.probe`` of params.yaml: one small LightGBM for every probe."""

    trees: TreeCount
    learning_rate: Part
    num_leaves: Leaves
    min_data_in_leaf: Count
    min_sum_hessian_in_leaf: Positive
    lambda_l2: float = Field(ge=0, le=1e9)
    threads: Threads
    own_payments: int = Field(ge=2, le=1_000_000)
    licit_per_illicit: int = Field(ge=1, le=1_000_000)
    folds: int = Field(ge=2, le=1_000)
    repeats: int = Field(ge=1, le=1_000)
    round_to_cny: Count
    exploratory_below: Count


def customer_artefacts(bank: Bank, own_payments: int, rng: np.random.Generator) -> pd.DataFrame:
    """How the rows of each customer were made; one row an early customer with enough payments.

    Who joined during the run had less time for anything; only customers of the first day
    are compared, so that the order of joining is an artefact and not a lack of time.

    Each customer gives the same number of payments, drawn at random among all but the
    first, so that no column tells how active a customer is. Gaps between ids shrink with
    activity, so only their last digit is used: it is even unless payments were inserted
    side by side.
    """
    events, count = bank.events, np.diff(bank.events.starts)
    by_id = bank.customers.reset_index(drop=True).sort_values("customer_id", kind="stable")
    chosen = np.flatnonzero((count > own_payments) & (by_id["joined_at"] <= bank.first_day).to_numpy())
    by_id = by_id.iloc[chosen]
    key = rng.random(len(events))
    key[events.starts[:-1][count > 0]] = 1.0  # the first has no gap before it: drawn last
    order = np.lexsort((key, events.customer))
    drawn = np.sort(order[events.starts[chosen][:, None] + np.arange(own_payments)], axis=1)
    row = events.payment[drawn]
    ids = bank.transactions["transaction_id"].to_numpy()
    gap = ids[row] - ids[events.payment[drawn - 1]]
    second, microsecond = events.at[drawn] % MINUTE_US // SECOND_US, events.at[drawn] % SECOND_US

    last = drawn[:, -1]
    ends = bank.transactions[["payer_account_id", "payee_account_id"]].to_numpy()
    account = ends[events.payment[last], events.is_credit[last].astype(int)]
    place = pd.Series(np.arange(len(bank.accounts)), index=bank.accounts["account_id"].to_numpy())
    return pd.DataFrame(
        {
            "customer_id": by_id["customer_id"].to_numpy(),
            "customer_row": by_id.index.to_numpy(),
            "account_id": account,
            "account_row": place.loc[account].to_numpy(),
            "joined_order": by_id["joined_at"].rank(method="dense").to_numpy(),
            "cents_median": np.median(events.cents[drawn] % 100, axis=1),
            "second_mean": second.mean(axis=1),
            "second_spread": second.std(axis=1),
            "microsecond_mean": microsecond.mean(axis=1),
            "microsecond_spread": microsecond.std(axis=1),
            "id_gap_digit_mean": (gap % 10).mean(axis=1),
            "id_behind_row": np.median(row - ids[row], axis=1),
        }
    )


def payment_artefacts(transactions: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """How single payments were made; ``rows`` are places in the table. Cents are behaviour here."""
    ids = transactions["transaction_id"].to_numpy()
    at = transactions["at"].astype("int64").to_numpy()
    before = np.maximum(rows - 1, 0)
    return pd.DataFrame(
        {
            "second": at[rows] % MINUTE_US // SECOND_US,
            "microsecond": at[rows] % SECOND_US,
            "id_digits": ids[rows] % 100,
            "id_gap": ids[rows] - ids[before],
            "id_behind_row": rows - ids[rows],
        }
    )


def held_out_ranks(
    columns: pd.DataFrame, is_positive: np.ndarray, fold: np.ndarray, probe: Probe, seed: int
) -> np.ndarray:
    """Rank of each row within its fold by a model that saw the other folds only. Shape (n,)."""
    values, result = columns.to_numpy(dtype=float), np.full(len(columns), np.nan)
    options = {
        "objective": "binary",
        "learning_rate": probe.learning_rate,
        "num_leaves": probe.num_leaves,
        "min_data_in_leaf": probe.min_data_in_leaf,
        "min_sum_hessian_in_leaf": probe.min_sum_hessian_in_leaf,
        "lambda_l2": probe.lambda_l2,
        "num_threads": probe.threads,
        "seed": seed,
    }
    for number in np.unique(fold):
        held = fold == number
        data = binned(values[~held], options)
        booster = grown(data, is_positive[~held].astype(float), None, options, probe.trees)
        # Models of two folds share no scale, their ranks do.
        result[held] = ranks(np.asarray(booster.predict(values[held], raw_score=True)))
    return result


def auc_interval(
    rank: np.ndarray, is_positive: np.ndarray, group: np.ndarray, draws: int, rng: np.random.Generator
) -> Interval:
    """Area under the ROC with a 95 % interval from a bootstrap of whole groups."""
    _, number = np.unique(group, return_inverse=True)
    groups = int(number.max()) + 1
    area = AreaUnderRoc(rank, is_positive)
    even = np.full(groups, 1 / groups)
    sample = [area(rng.multinomial(groups, even).astype(float)[number]) for _ in range(draws)]
    low, high = np.nanquantile(sample, [0.025, 0.975])
    return interval(area(np.ones(len(rank))), float(low), float(high))


NOTHING: Interval = {"value": None, "low": None, "high": None}


def halves(group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 or 1 by row so that a group lies in one half. Shape (n,)."""
    names, number = np.unique(group, return_inverse=True)
    return np.asarray((rng.permutation(len(names)) % 2)[number])


def artefact_probe(
    columns: pd.DataFrame, is_positive: np.ndarray, group: np.ndarray, probe: Probe, draws: int, seed: int
) -> dict[str, Any]:
    """Whether artefacts tell the positives: all columns together, then each alone.

    One half of the groups (customers) trains, the other is measured, and the other way
    round; no group is in both. Repeated with other halves, so that the result is not
    that of one lucky division. 0.5 is chance.
    """
    rng = np.random.default_rng(seed)
    result: dict[str, Any] = {
        "rows": len(columns),
        "positives": int(is_positive.sum()),
        "auc": NOTHING,
        "columns": [],
    }
    folds = [halves(group, rng) for _ in range(probe.repeats)]
    if any(len(np.unique(is_positive[fold == half])) < 2 for fold in folds for half in (0, 1)):
        return result

    def repeated(chosen: pd.DataFrame) -> np.ndarray:
        parts = [
            held_out_ranks(chosen, is_positive, fold, probe, seed + repeat)
            for repeat, fold in enumerate(folds)
        ]
        return np.asarray(np.mean(parts, axis=0))

    result["auc"] = auc_interval(repeated(columns), is_positive, group, draws, rng)
    for name in columns:
        alone = ranks(repeated(columns[[name]]))
        result["columns"].append({"column": name, "auc": plain(area_under_roc(alone, is_positive))})
    return result


def on_customers(bank: Bank, probe: Probe, draws: int, seed: int) -> dict[str, Any]:
    """The artefact probe on customers: those ever illicit against all others."""
    columns = customer_artefacts(bank, probe.own_payments, np.random.default_rng(seed))
    customer = columns["customer_id"].to_numpy()
    illicit = bank.parties.customer_id[bank.is_ever_illicit]
    return artefact_probe(columns, np.isin(customer, illicit), customer, probe, draws, seed)


def on_payments(bank: Bank, probe: Probe, draws: int, seed: int) -> dict[str, Any]:
    """The artefact probe on single payments: illicit ones against a draw of all others.

    Payments of one payer (or, paid from outside, of one payee) are in one half.
    """
    rng = np.random.default_rng(seed)
    illicit, others = np.flatnonzero(bank.is_illicit), np.flatnonzero(~bank.is_illicit)
    size = min(len(illicit) * probe.licit_per_illicit, len(others))
    rows = np.sort(np.concatenate([illicit, rng.choice(others, size, replace=False)]))
    owner = bank.accounts.set_index("account_id")["customer_id"]
    ends = bank.transactions[["payer_account_id", "payee_account_id"]].iloc[rows]
    group = ends["payer_account_id"].map(owner).fillna(ends["payee_account_id"].map(owner))
    columns = payment_artefacts(bank.transactions, rows)
    known = group.to_numpy(dtype=np.int64, na_value=-1)
    return artefact_probe(columns, bank.is_illicit[rows], known, probe, draws, seed)


def on_look_alikes(
    bank: Bank, truth: pd.DataFrame, schemes: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> list[dict[str, Any]]:
    """The look-alike probe on the amounts of the schemes' shapes; spent proceeds have none."""
    truth = truth[truth["is_patterned"]]
    cents = bank.transactions.set_index("transaction_id")["amount_cents"]
    amounts = scheme_amounts(truth, cents, probe.round_to_cny)
    return look_alike_probe(schemes, amounts, probe, draws, seed)


def scheme_amounts(truth: pd.DataFrame, amounts: pd.Series, round_to_cny: int) -> pd.DataFrame:
    """What the amounts of each scheme look like, whatever their number; index scheme_id.

    ``truth`` has transaction_id and scheme_id; ``amounts`` are cents by transaction id.
    """
    cents = amounts.loc[truth["transaction_id"]].to_numpy()
    log = pd.Series(np.log10(cents)).groupby(truth["scheme_id"].to_numpy())
    is_round = pd.Series(cents % (round_to_cny * 100) == 0).groupby(truth["scheme_id"].to_numpy())
    return pd.DataFrame(
        {
            "log_mean": log.mean(),
            "log_spread": log.std(ddof=0),
            "smallest": log.min(),
            "largest": log.max(),
            "round_share": is_round.mean(),
        }
    )


def look_alike_probe(
    schemes: pd.DataFrame, amounts: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> list[dict[str, Any]]:
    """For each typology, how well amounts alone tell its schemes from its own look-alikes.

    Cross-validated and repeated with other folds; each scheme's rank is its mean over
    the repeats. A group of few schemes is exploratory.
    """
    rows = []
    sides = schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    for typology, mine in sides.loc[sides.index.isin(amounts.index)].groupby("typology"):
        is_illicit = mine["is_illicit"].to_numpy(dtype=bool)
        row = {
            "typology": typology,
            "schemes": int(is_illicit.sum()),
            "look_alikes": int((~is_illicit).sum()),
            "is_exploratory": bool(min(is_illicit.sum(), (~is_illicit).sum()) < probe.exploratory_below),
            "auc": NOTHING,
        }
        if min(row["schemes"], row["look_alikes"]) >= probe.folds:
            rng = np.random.default_rng(seed)
            columns = amounts.loc[mine.index]
            rank = np.zeros(len(mine))
            for repeat in range(probe.repeats):
                fold = _stratified(is_illicit, probe.folds, rng)
                rank += held_out_ranks(columns, is_illicit, fold, probe, seed + repeat)
            row["auc"] = auc_interval(rank, is_illicit, np.arange(len(mine)), draws, rng)
        rows.append(row)
    return rows


def _stratified(is_positive: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """A fold by row, each with its share of the positives. Shape (n,)."""
    fold = np.empty(len(is_positive), np.int64)
    for side in (is_positive, ~is_positive):
        fold[side] = rng.permutation(int(side.sum())) % folds
    return fold
