"""A ranker above the models: a logistic regression on the places that they give a subject.

Its weights are learnt on validation, which none of its parts has learnt from, by the labels
known when the test begins. Places instead of scores, for margins of different models share
no unit; weights are never negative, for a part that is good for the opposite alone is noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field
from scipy.optimize import minimize
from scipy.special import expit

import pipeline
from models.results.stack import Stack, StackWeights
from parameters import Seed


class Params(pipeline.Parameters):
    """Section ``stack`` of params.yaml."""

    parts: list[str] = Field(min_length=2)
    folds: int = Field(ge=2, le=100)
    ridge: float = Field(gt=0, le=1e6)
    seed: Seed


def weekly_places(score: np.ndarray, as_of_us: np.ndarray) -> np.ndarray:
    """How far up a subject stands in its week; shape (n,).

    The first of n has log n, one in the middle log 2, the last 0: what a budget reads is the
    top, and there places are spread. Equal scores share their mean place.
    """
    result = np.empty(len(score))
    order = np.argsort(as_of_us, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(as_of_us[order])) + 1):
        _, tie, size = np.unique(-score[rows], return_inverse=True, return_counts=True)
        mean_rank = np.cumsum(size) - (size - 1) / 2
        result[rows] = np.log(len(rows) / mean_rank[tie])
    return result


@dataclass(frozen=True)
class ValidationLabels:
    """What was known of the subjects of validation when the test began; arrays of shape (n,).

    ``label`` is a belief from 0 to 1, ``weight`` the trust in it.
    """

    customer: np.ndarray
    label: np.ndarray
    weight: np.ndarray

    @property
    def is_suspicious(self) -> np.ndarray:
        """Whether the belief is as sure as not."""
        return self.label >= 0.5


def fit_stack(
    columns: np.ndarray, label: np.ndarray, weight: np.ndarray, parts: Sequence[str], ridge: float
) -> StackWeights | None:
    """Weights of the parts, none below zero; None where nobody is suspicious.

    Parameters
    ----------
    columns : of `weekly_places`, shape (n, parts)
    label, weight : belief from 0 to 1 and the trust in it, shape (n,)
    ridge : half of it times the sum of the squared weights is added to the weighted log-losses
    """
    if not (label >= 0.5).any():
        return None
    beside = np.column_stack([np.ones(len(columns)), columns])
    mass = weight / weight.mean()
    share = float(mass @ label / mass.sum())
    start = np.array([np.log(share / (1 - share)), *np.full(len(parts), 0.1)])

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        value = beside @ found
        slope = beside.T @ (mass * (expit(value) - label))
        slope[1:] += ridge * found[1:]
        told = mass @ (np.logaddexp(0, value) - label * value)
        return float(told + ridge / 2 * found[1:] @ found[1:]), slope

    bounds = [(None, None)] + [(0.0, None)] * len(parts)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x.round(6)
    return StackWeights(intercept=found[0], weights=dict(zip(parts, found[1:].tolist(), strict=True)))


def stack_margins(columns: np.ndarray, fitted: StackWeights | None) -> np.ndarray:
    """Log-odds by subject, or the mean place where nothing could be learnt; shape (n,)."""
    if fitted is None:
        return np.asarray(columns.mean(axis=1))
    return np.asarray(fitted.intercept + columns @ np.array(list(fitted.weights.values())))


def stacked(
    by_part: Mapping[str, np.ndarray],
    as_of_us: np.ndarray,
    is_validation: np.ndarray,
    known: ValidationLabels,
    params: Params,
) -> tuple[np.ndarray, Stack]:
    """The stack's score of every subject, and what it is made of.

    Parameters
    ----------
    by_part : scores of the parts, shape (n,) each
    is_validation : marks the subjects of ``known``, in its order
    """
    columns = np.column_stack([weekly_places(by_part[name], as_of_us) for name in params.parts])

    def learnt(mask: np.ndarray) -> StackWeights | None:
        return fit_stack(mine[mask], known.label[mask], known.weight[mask], params.parts, params.ridge)

    mine = columns[is_validation]
    whole = learnt(np.ones(len(mine), bool))
    names, number = np.unique(known.customer, return_inverse=True)
    fold = (np.random.default_rng(params.seed).permutation(len(names)) % params.folds)[number]
    crossed = [learnt(fold != place) for place in range(params.folds)]
    score = stack_margins(columns, whole)
    by_fold = np.stack([stack_margins(mine, weights) for weights in crossed])
    score[is_validation] = by_fold[fold, np.arange(len(fold))]
    return score, Stack(
        customers=len(np.unique(known.customer[known.is_suspicious])),
        fitted=whole,
        crossed=[weights for weights in crossed if weights is not None],
    )
