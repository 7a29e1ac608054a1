"""Numbers with their 95 % intervals: shares of counts, and bootstraps that draw whole groups.

What is drawn together is one observation: all payments of a scheme, all weeks of a
customer. Everything is rounded to four digits on its way out, so that noise of the last
bits does not show; None stands for what cannot be measured.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.results import Interval

Statistic = Callable[[np.ndarray], float]  # of weights, one a row

MIDDLE = (0.025, 0.975)  # quantiles of a bootstrap, likewise
UNMEASURED = Interval()  # what cannot be measured


def rounded(value: float, digits: int = 4) -> float | None:
    """A number for a result; None for NaN."""
    return None if np.isnan(value) else round(float(value), digits)


def interval(value: float, low: float, high: float) -> Interval:
    """A number between the two ends of its interval."""
    return Interval(value=rounded(value), low=rounded(low), high=rounded(high))


def ratio(part: float, whole: float) -> float:
    """``part / whole``, NaN where there is no whole."""
    return part / whole if whole > 0 else float("nan")


def quantile(values: np.ndarray, share: float) -> float:
    """A quantile, NaN of nothing."""
    return float(np.quantile(values, share)) if len(values) else float("nan")


def middle_part(sample: np.ndarray) -> tuple[float, float]:
    """Ends of the middle 95 % of a sample, NaN where it holds no number."""
    known = sample[np.isfinite(sample)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, MIDDLE)
    return float(low), float(high)


def wilson(hits: int, size: int) -> Interval:
    """`Interval.of_count`, rounded."""
    value_and_ends = (number for _, number in Interval.of_count(hits, size))
    return interval(*value_and_ends) if size else UNMEASURED


def group_share(hits: int, size: int, least: int) -> Interval:
    """A share of one group among others; None for a group of fewer than ``least``, and of none.

    Groups are compared by it. One of two that is caught would lead with 50 %, and a group
    without a single positive would trail with 0 %: neither says anything.
    """
    return wilson(hits, size) if size >= max(least, 1) else UNMEASURED


def drawn(groups: int, draws: int, seed: int | np.random.Generator) -> np.ndarray:
    """How often each group is drawn; shape (draws + 1, groups), row 0 has every group once."""
    rng = np.random.default_rng(seed)
    weight = np.ones((draws + 1, groups), order="F")  # many read it group by group
    if groups:
        weight[1:] = rng.multinomial(groups, np.full(groups, 1 / groups), draws)
    return weight


def bootstrap_by(
    group: np.ndarray, statistic: Statistic, draws: int, seed: int | np.random.Generator
) -> Interval:
    """A statistic with the middle 95 % of its values when whole groups are drawn with replacement.

    Parameters
    ----------
    group : shape (n,), what a row is drawn with; at least one row
    statistic : weights of shape (n,), 1 where each row counts once, to a number
    seed : or a generator, which goes on from where it stands
    """
    names, number = np.unique(group, return_inverse=True)
    rng, even = np.random.default_rng(seed), np.full(len(names), 1 / len(names))
    sample = [statistic(rng.multinomial(len(names), even).astype(float)[number]) for _ in range(draws)]
    return interval(statistic(np.ones(len(group))), *middle_part(np.array(sample)))


def mean_by_group(value: np.ndarray, group: np.ndarray, weight: np.ndarray) -> Interval:
    """Mean of the rows with the middle 95 % of its draws.

    Parameters
    ----------
    value : shape (n,)
    group : shape (n,), numbered from 0
    weight : of `drawn`, shape (draws + 1, groups)
    """
    groups = weight.shape[1]
    sample, size = weight @ np.bincount(group, value, groups), weight @ np.bincount(group, minlength=groups)
    means = np.divide(sample, size, out=np.full(len(size), np.nan), where=size > 0)
    return interval(means[0], *middle_part(means[1:]))
