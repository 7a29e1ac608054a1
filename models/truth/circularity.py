"""How far a ranker repeats the rules, and how far its apparent recall lies from the true one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof import happened_within
from data.results import Interval
from models.intervals import interval, middle_part


def hit_flags(hits: pd.DataFrame, subjects: pd.DataFrame, days: int) -> np.ndarray:
    """Whether each rule hit a subject's customer in the window up to its moment; shape (n, rules).

    ``hits`` are customer_id, hit_at and rule_id of rules that raise alerts; a hit at the very
    moment counts, for it carries the moment of its indicators.
    """
    columns = [
        happened_within(
            mine.rename(columns={"hit_at": "at"}),
            subjects["customer_id"],
            subjects["as_of"],
            days,
            at_now=True,
        )
        for _, mine in hits[["customer_id", "hit_at", "rule_id"]].groupby("rule_id", sort=True)
    ]
    return np.column_stack(columns) if columns else np.zeros((len(subjects), 0), bool)


def magnitude(score: np.ndarray) -> np.ndarray:
    """Place of each score in the queue as an order of magnitude, 0 for the last; ties share a place.

    Only order counts, as for the budget; and the top counts more than the crowd, whom
    nobody looks at. Shape of ``score``.
    """
    above = len(score) - np.searchsorted(np.sort(score), score, side="right")
    return np.asarray(np.log10(len(score) / (above + 1)))


def told_by_hits(
    learnt_hits: np.ndarray, learnt_score: np.ndarray, hits: np.ndarray, score: np.ndarray
) -> float:
    """R² of a linear model of the place in the queue on the rules' hits; NaN where nothing varies.

    Learnt on the first two, shapes (m, rules) and (m,), judged on the others, (n, rules) and (n,).
    """
    wanted = magnitude(score)
    spread = float(((wanted - wanted.mean()) ** 2).sum())
    if not len(learnt_score) or spread == 0:
        return float("nan")
    base = np.column_stack([learnt_hits, np.ones(len(learnt_hits))]).astype(np.float32)
    slopes, *_ = np.linalg.lstsq(
        (base.T @ base).astype(float), (base.T @ magnitude(learnt_score).astype(np.float32)).astype(float)
    )
    told = hits @ slopes[:-1] + slopes[-1]
    return 1 - float(((wanted - told) ** 2).sum()) / spread


def apparent_less_true(
    bank: tuple[np.ndarray, np.ndarray], true: tuple[np.ndarray, np.ndarray], weight: np.ndarray
) -> dict[str, Interval]:
    """Recall by the bank's labels and in truth, and the difference, under the same draws of schemes.

    Parameters
    ----------
    bank, true : whether each positive customer is caught, shape (positives,), and its group
    weight : of `drawn`, shape (draws + 1, groups)
    """
    apparent, real = (weighed_mean(caught, weight[:, group]) for caught, group in (bank, true))
    found = {"bank_recall": apparent, "true_recall": real, "apparent_less_true": apparent - real}
    return {name: interval(value[0], *middle_part(value[1:])) for name, value in found.items()}


def weighed_mean(value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Mean of ``value`` (n,) under each row of ``weight`` (draws + 1, n), NaN where all weigh nothing."""
    whole = weight.sum(axis=1)
    return np.divide(weight @ value, whole, out=np.full(len(whole), np.nan), where=whole > 0)
