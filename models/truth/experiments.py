"""What leaks would add, and whether what must tell nothing does: one refit of the fixed model each.

The tests themselves, and what they deal or encode, are in `leakage` and `encoding`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.intervals import UNMEASURED, ratio, rounded
from models.results.ladder import IdProbe, LabelShuffle
from models.truth import fixed_trees, leakage
from models.truth.areas import area_under_roc, average_precision, ranks
from models.truth.encoding import Encoder, TargetEncoder, encoded_in_fold, integer_codes
from models.truth.ladder import Bench, Rows

if TYPE_CHECKING:
    import lightgbm

SHUFFLED_PART = 4  # a model of shuffled labels has one tree in so many of the fixed one (assumption)
# Ranking, is it learnt from the dated rating, is it scored with the dated rating.
RATED = (
    ("rating_dated", True, True),
    ("rating_leaked", False, False),
    ("rating_leaked_live", False, True),
)


def rated(bench: Bench, whole: list[np.ndarray], ratings: dict[bool, np.ndarray]) -> dict[str, np.ndarray]:
    """Scores with one more column: the rating of the day, today's, and today's put to work.

    Parameters
    ----------
    whole : all columns of the training and of the scored subjects
    ratings : by whether they are dated, of every subject of the matrix
    """
    boosters = {
        is_dated: bench.fit(with_column(whole[0], rating[bench.train.place]))
        for is_dated, rating in ratings.items()
    }
    return {
        name: fixed_trees.margins(
            boosters[is_learnt_dated], with_column(whole[1], ratings[is_read_dated][bench.test.place])
        )
        for name, is_learnt_dated, is_read_dated in RATED
    }


def with_column(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Values with one more column, in single precision; shape (n, columns + 1)."""
    return np.column_stack([values, column.astype(np.float32)])


def encoded_names(
    features: list[pd.DataFrame], catalogue: pd.DataFrame, train: Rows, test: Rows, encoder: Encoder
) -> tuple[np.ndarray, np.ndarray]:
    """Every coded column by its mean label: training rows in fold, test rows by all training rows."""
    coded = catalogue[catalogue["levels"] > 0].set_index("feature")["levels"].to_dict()
    (codes, sizes), (test_codes, _) = (integer_codes(mine, coded) for mine in features)
    inside, outside = [], []
    for code, test_code, levels in zip(codes.T, test_codes.T, sizes, strict=True):
        label, weight = train.label, train.weight
        inside.append(
            encoded_in_fold(
                code,
                label,
                weight,
                train.customer,
                train.as_of_us,
                levels,
                encoder.folds,
                encoder.prior_rows,
            )
        )
        whole = TargetEncoder.fit(code, label, weight, levels, encoder.prior_rows)
        outside.append(whole.transform(test_code))
    if not inside:
        return np.empty((len(train.place), 0)), np.empty((len(test.place), 0))
    return np.column_stack(inside), np.column_stack(outside)


def network_dealt(bench: Bench, whole: list[np.ndarray], network: np.ndarray) -> np.ndarray:
    """Scores with the network's columns dealt anew among the customers of each week.

    ``network`` are places of columns; those of ``whole`` are overwritten.
    """
    for rows, values in zip((bench.train, bench.test), whole, strict=True):
        values[:, network] = leakage.exchanged_within(values[:, network], rows.as_of_us, bench.seed)
    return bench.scores(*whole)


def id_probe(bench: Bench, customer_id: np.ndarray, draws: int) -> IdProbe:
    """Whether a customer's number or the order of rows tells anything: it must be at chance.

    Learnt on one half of the customers, measured on the other: a customer who was
    suspicious once may be so again, and that is no leak. ``customer_id`` are those of all
    subjects.
    """
    rng = np.random.default_rng(bench.seed)
    names = np.unique(customer_id)
    half = dict(zip(names, rng.permutation(len(names)) % 2, strict=True))
    train, test = bench.train, bench.test
    learns = np.array([half[customer] == 0 for customer in train.customer])
    judged = np.array([half[customer] == 1 for customer in test.customer]) & test.is_judged
    if not learns.any() or not judged.any():
        return IdProbe(auc=UNMEASURED)
    label, weight = train.label[learns], train.weight[learns]
    booster = fixed_trees.fit(id_columns(train)[learns], label, weight, bench.trees, bench.seed)
    score = fixed_trees.margins(booster, id_columns(test)[judged])
    is_illicit, customer = test.is_illicit[judged], test.customer[judged]
    return IdProbe(auc=leakage.auc_by_customer(score, is_illicit, customer, draws, bench.seed))


def id_columns(rows: Rows) -> np.ndarray:
    """A customer's number, its last digit, and the place of a row within its week; shape (n, 3)."""
    week = np.unique(rows.as_of_us, return_inverse=True)[1]
    order = np.arange(len(week)) - np.searchsorted(week, week)
    return np.column_stack([rows.customer, order, rows.customer % 10]).astype(float)


def shuffled_labels(data: lightgbm.Dataset, values: np.ndarray, bench: Bench, shuffles: int) -> LabelShuffle:
    """What models find that learnt from meaningless labels: area under the ROC, by deal.

    A label is a fair coin here and a weight is another row's: whom the bank reviewed would
    else be told by the weight alone. Dealt labels of the bank's own rarity will not do.
    Few positives make a model's favourites outliers, and the illicit are outliers too; only
    with coins is every model as likely as its own reverse, and the area 0.5 on average.

    Parameters
    ----------
    data, values : all columns of the training subjects in bins, and of the scored ones
    """
    rng, train, is_judged = np.random.default_rng(bench.seed), bench.train, bench.test.is_judged
    is_illicit = bench.test.is_illicit[is_judged]
    few = {"count": max(bench.trees.count // SHUFFLED_PART, 1), "positive_weight": 1.0}
    trees = bench.trees.model_copy(update=few)
    areas, precisions = [], []
    for _ in range(shuffles):
        coins = rng.integers(2, size=len(train.label)).astype(float)
        booster = fixed_trees.fit_bins(data, coins, rng.permutation(train.weight), trees, bench.seed)
        score = fixed_trees.margins(booster, values)[is_judged]
        areas.append(area_under_roc(ranks(score), is_illicit))
        precisions.append(average_precision(score, is_illicit))
    return LabelShuffle(
        areas=[rounded(area) for area in areas],
        average_precision=rounded(float(np.median(precisions))),
        base_rate=rounded(ratio(float(is_illicit.sum()), len(is_illicit))),
    )
