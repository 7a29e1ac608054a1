"""Leakage tests: what a model must NOT gain from, and what it would gain if the future leaked in.

A test of this kind is worth something only if it can fail, so each has a twin that leaks
on purpose: a rating without dates, an encoder that sees its own label, a graph whose
slices reach into the test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import count_so_far, value_as_of
from data.results import Interval
from models.intervals import UNMEASURED, interval, middle_part, rounded
from models.results.ladder import EncoderTest, MaskCount
from models.truth.areas import AreaUnderRoc
from models.truth.encoding import TargetEncoder, encoded_in_fold

RATINGS = ("low", "medium", "high")
RAISED = len(RATINGS)  # the rating of a customer about whom a report was filed


@dataclass(frozen=True)
class Histories:
    """What a rating is read from: dated tags, and dispositions with their known_at."""

    tags: pd.DataFrame
    dispositions: pd.DataFrame

    def before(self, moment: pd.Timestamp) -> Histories:
        """The same with every row deleted that was not yet known."""
        return Histories(
            self.tags[self.tags["valid_from"] < moment],
            self.dispositions[(self.dispositions["known_at"] < moment).to_numpy()],
        )


def risk_rating(subjects: pd.DataFrame, histories: Histories, tag: str, is_dated: bool) -> np.ndarray:
    """The risk rating of each subject, raised after a report as the rules demand; shape (n,).

    Dated, it is what the bank had on the day: the tag's last value and the reports known
    strictly before as_of. Undated, it is the customer's current rating: the latest value,
    and any report ever filed. Both are columns that a data warehouse offers; only one of
    them existed on the day.
    """
    stated = histories.tags[histories.tags["tag"] == tag].sort_values("valid_from", kind="stable")
    codes = stated["value"].map({name: float(code) for code, name in enumerate(RATINGS)})
    stated = stated[["customer_id", "valid_from"]].assign(rating=codes)
    reports = histories.dispositions[histories.dispositions["outcome"] == "reported"]
    if not is_dated:
        latest = stated.drop_duplicates("customer_id", keep="last").set_index("customer_id")["rating"]
        rating = subjects["customer_id"].map(latest).to_numpy(dtype=float)
        return np.where(subjects["customer_id"].isin(reports["customer_id"]), RAISED, rating)
    who, as_of = subjects["customer_id"], subjects["as_of"]
    value = stated["rating"].to_numpy(dtype=float)
    rating = value_as_of(stated["customer_id"], stated["valid_from"], value, who, as_of)
    is_raised = count_so_far(reports["customer_id"], reports["known_at"], who, as_of) > 0
    return np.where(is_raised, RAISED, rating)


def changed_by_mask(subjects: pd.DataFrame, histories: Histories, tag: str, is_dated: bool) -> MaskCount:
    """The as-of test of the rating: how many values at the middle moment need later rows."""
    moments = np.sort(subjects["as_of"].unique())
    if not len(moments):
        return MaskCount(values=0, differences=0)
    moment = pd.Timestamp(moments[len(moments) // 2])
    mine = subjects[subjects["as_of"] == moment]
    whole = risk_rating(mine, histories, tag, is_dated)
    past = risk_rating(mine, histories.before(moment), tag, is_dated)
    alike = (whole == past) | (np.isnan(whole) & np.isnan(past))
    return MaskCount(values=len(mine), differences=int((~alike).sum()))


def encoder_of_noise(
    label: np.ndarray,
    weight: np.ndarray,
    customer: np.ndarray,
    as_of_us: np.ndarray,
    customers_per_name: int,
    folds: int,
    prior_rows: float,
    seed: int,
) -> EncoderTest:
    """Correlation of the labels with the mean label of a meaningless name.

    Each customer draws a name at random, ``customers_per_name`` of them share one. Encoded
    in fold it is worth nothing (about 0; a little below, for a name's other customers see
    the label that its owner does not). With its own rows it seems to tell the labels.
    """
    rng = np.random.default_rng(seed)
    _, number = np.unique(customer, return_inverse=True)
    customers = int(number.max(initial=0)) + 1
    levels = max(customers // customers_per_name, 2)
    code = rng.integers(levels, size=customers)[number]
    naive = TargetEncoder.fit(code, label, weight, levels, prior_rows).transform(code)
    honest = encoded_in_fold(code, label, weight, customer, as_of_us, levels, folds, prior_rows)
    return EncoderTest(
        in_fold=rounded(correlation(honest, label)), own_rows=rounded(correlation(naive, label))
    )


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation, NaN where a side is constant."""
    if len(one) < 2 or one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def auc_by_customer(
    score: np.ndarray, is_positive: np.ndarray, customer: np.ndarray, draws: int, seed: int
) -> Interval:
    """Area under the ROC, with a 95 % interval from a bootstrap of customers.

    One row a customer: the highest score, positive if ever so.
    """
    _, number = np.unique(customer, return_inverse=True)
    size = number.max(initial=-1) + 1
    best = np.full(size, -np.inf)
    np.maximum.at(best, number, score)
    positive = np.bincount(number, is_positive, size) > 0
    if positive.all() or not positive.any():
        return UNMEASURED
    rng = np.random.default_rng(seed)
    area = AreaUnderRoc(best, positive)  # sorted once, for every draw
    sample = [
        area(np.bincount(rng.integers(size, size=size), minlength=size).astype(float)) for _ in range(draws)
    ]
    return interval(area(np.ones(size)), *middle_part(np.array(sample)))


def exchanged_within(values: np.ndarray, group: np.ndarray, seed: int) -> np.ndarray:
    """Rows of ``values`` dealt anew among the rows of one group; shape (n, columns)."""
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(group)), group))
    result = np.empty_like(values)
    result[np.argsort(group, kind="stable")] = values[order]
    return result
