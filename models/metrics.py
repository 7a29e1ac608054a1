"""What a ranking is worth at a fixed budget, with intervals by customer.

The same functions serve what the bank can measure and what is true: they are given
labels and do not know whose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.budget import Budget, alerts_within_budget

Interval = dict[str, float | None]
PROBABILITY = ("calibration_ratio", "calibration_slope")
METRICS = ("recall_at_budget", "precision_at_budget", "precision_ceiling", "average_precision", "base_rate")


@dataclass(frozen=True)
class Ranking:
    """A ranking of test subjects and labels for them; arrays of shape (n,).

    ``alerted`` marks the subjects within the budget, ``ideal`` those that a ranking by
    the labels themselves would have alerted.
    """

    customer: np.ndarray
    score: np.ndarray
    is_positive: np.ndarray
    alerted: np.ndarray
    ideal: np.ndarray

    @classmethod
    def of(
        cls,
        customer: np.ndarray,
        as_of_us: np.ndarray,
        score: np.ndarray,
        is_positive: np.ndarray,
        budget: Budget,
    ) -> Ranking:
        """Spend the budget on a score, and for comparison on the labels."""
        _, number = np.unique(customer, return_inverse=True)
        return cls(
            number,
            score,
            is_positive,
            alerts_within_budget(score, customer, as_of_us, budget) > 0,
            alerts_within_budget(is_positive.astype(float), customer, as_of_us, budget) > 0,
        )


def ratio(part: float, whole: float) -> float:
    """``part / whole``, NaN where there is no whole."""
    return part / whole if whole > 0 else float("nan")


class AveragePrecision:
    """Average precision of one ranking under many weightings; ties share one threshold."""

    def __init__(self, score: np.ndarray, is_positive: np.ndarray) -> None:
        # Ranks rather than scores: minus infinity (no vote at all) is a tie like any other.
        _, place = np.unique(-score, return_inverse=True)
        self.order = np.argsort(place, kind="stable")
        self.is_positive = is_positive[self.order]
        self.last_of_tie = np.append(np.flatnonzero(np.diff(place[self.order])), len(score) - 1)

    def __call__(self, weight: np.ndarray) -> float:
        """Weighted average precision; ``weight`` has shape (n,)."""
        mass = weight[self.order]
        hits = np.cumsum(mass * self.is_positive)[self.last_of_tie]
        seen = np.cumsum(mass)[self.last_of_tie]
        if hits[-1] <= 0:
            return float("nan")
        precision = np.divide(hits, seen, out=np.zeros(len(hits)), where=seen > 0)
        return float(np.sum(np.diff(hits, prepend=0) * precision) / hits[-1])

    def by_group(self, weight: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Weighted average precision of many weightings of groups of rows; shape (weightings,).

        Only the thresholds at which a positive stands are looked at: between two of them
        the rows of a group are counted once, for all weightings.

        Parameters
        ----------
        weight : shape (weightings, groups)
        group : shape (n,), whole numbers below groups
        """
        from scipy.sparse import csr_array  # here, for the search of hyper-parameters needs none

        tie = np.repeat(np.arange(len(self.last_of_tie)), np.diff(self.last_of_tie, prepend=-1))
        with_positive = np.unique(tie[self.is_positive])
        if not len(with_positive):
            return np.full(len(weight), np.nan)
        stretch = np.searchsorted(with_positive, tie)  # those after the last positive count nowhere
        owner, shape = group[self.order], (len(with_positive), weight.shape[1])

        def summed(rows: np.ndarray) -> np.ndarray:
            counted = csr_array((np.ones(len(rows)), (stretch[rows], owner[rows])), shape=shape)
            return np.asarray(counted @ np.ascontiguousarray(weight.T))

        hits = summed(np.flatnonzero(self.is_positive))
        seen = np.cumsum(summed(np.flatnonzero(stretch < len(with_positive))), axis=0)
        precision = np.divide(np.cumsum(hits, axis=0), seen, out=np.zeros(seen.shape), where=seen > 0)
        whole = hits.sum(axis=0)
        value = np.full(len(weight), np.nan)
        return np.divide((hits * precision).sum(axis=0), whole, out=value, where=whole > 0)


def recall_at_budget(customer: np.ndarray, is_positive: np.ndarray, alerted: np.ndarray) -> float:
    """Share of the positive customers who are alerted at least once while positive."""
    return ratio(len(np.unique(customer[is_positive & alerted])), len(np.unique(customer[is_positive])))


def measure(ranking: Ranking, draws: int, seed: int) -> dict[str, Interval]:
    """The five headline metrics with 95 % intervals from a bootstrap by customer.

    Customers are drawn with replacement together with all their weeks; the alerts stay
    as they were raised.
    """
    customers = int(ranking.customer.max()) + 1

    def by_customer(mask: np.ndarray) -> np.ndarray:
        return np.bincount(ranking.customer[mask], minlength=customers).astype(float)

    everyone = by_customer(np.ones(len(ranking.customer), bool))
    positive = by_customer(ranking.is_positive)
    caught = by_customer(ranking.is_positive & ranking.alerted)
    alerted, ideal = by_customer(ranking.alerted), by_customer(ranking.ideal)
    ideal_caught = by_customer(ranking.ideal & ranking.is_positive)
    average_precision = AveragePrecision(ranking.score, ranking.is_positive)

    # Row 0 weighs every customer once, the others are the draws.
    rng = np.random.default_rng(seed)
    weight = np.ones((draws + 1, customers))
    weight[1:] = rng.multinomial(customers, np.full(customers, 1 / customers), draws)
    parts = np.stack([caught > 0, caught, ideal_caught, positive], axis=1).astype(float)
    wholes = np.stack([positive > 0, alerted, ideal, everyone], axis=1).astype(float)
    shares = [
        [ratio(part, whole) for part, whole in zip(*row, strict=True)]
        for row in zip(weight @ parts, weight @ wholes, strict=True)
    ]
    precision = average_precision.by_group(weight, ranking.customer)
    table = np.column_stack([np.array(shares)[:, :3], precision, np.array(shares)[:, 3]])
    point, sample = table[0], table[1:]
    return {
        name: interval(value, *_middle(column))
        for name, value, column in zip(METRICS, point, sample.T, strict=True)
    }


def _middle(sample: np.ndarray) -> tuple[float, float]:
    """Ends of the middle 95 % of a sample, NaN where it holds no number."""
    known = sample[np.isfinite(sample)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def interval(value: float, low: float, high: float) -> Interval:
    """Numbers for a JSON file: rounded so that noise of the last bits does not show; None for NaN."""
    numbers = {"value": value, "low": low, "high": high}
    return {name: None if np.isnan(number) else round(float(number), 4) for name, number in numbers.items()}


def calibration(customer: np.ndarray, margin: np.ndarray, label: np.ndarray) -> dict[str, Interval]:
    """Whether scores can be read as probabilities: their level, and their spread.

    Parameters
    ----------
    customer : shape (n,)
    margin : raw scores, whose sigmoid would be the probability; shape (n,)
    label : belief or truth, 0 to 1, shape (n,)

    Returns
    -------
    ``calibration_ratio``, the mean of the sigmoid over the mean label, and
    ``calibration_slope``, that of a logistic regression of the label on the margin; 1 and 1
    are calibrated, a slope below 1 says that scores are spread too far. Intervals of 95 %
    count the weeks of a customer as one observation. None where all labels are 0 or all 1.
    """
    _, number = np.unique(customer, return_inverse=True)
    chance, total = expit(margin), float(label.sum())
    if not 0 < total < len(label) or np.ptp(margin) == 0:
        return {name: interval(*[float("nan")] * 3) for name in PROBABILITY}
    ratio_ = float(chance.sum()) / total
    error = np.sqrt((np.bincount(number, chance - ratio_ * label) ** 2).sum()) / total
    slope, slope_error = _slope(number, margin, label)
    return {
        name: interval(value, value - 1.96 * spread, value + 1.96 * spread)
        for name, value, spread in zip(PROBABILITY, (ratio_, slope), (error, slope_error), strict=True)
    }


def _slope(number: np.ndarray, margin: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Slope of a logistic regression on one column by Newton's method, and its error by customer.

    NaN where no finite slope fits, as for labels that one threshold tells apart.
    """
    columns = np.column_stack([np.ones(len(margin)), margin])
    found = np.array([np.log(label.mean() / (1 - label.mean())), 0.0])
    loss = _log_loss(columns @ found, label)
    for _ in range(100):
        chance = expit(columns @ found)
        slope = columns.T @ (columns * (chance * (1 - chance))[:, None])
        if np.linalg.cond(slope) > 1e14:
            return float("nan"), float("nan")
        step = np.linalg.solve(slope, columns.T @ (label - chance))
        # A whole step may overshoot where few are positive.
        while _log_loss(columns @ (found + step), label) > loss and np.abs(step).max() > 1e-9:
            step = step / 2
        found = found + step
        loss = _log_loss(columns @ found, label)
        if np.abs(step).max() <= 1e-9:
            break
    else:
        return float("nan"), float("nan")
    pull = np.column_stack([np.bincount(number, column * (label - chance)) for column in columns.T])
    inverse = np.linalg.inv(slope)
    spread = inverse @ (pull.T @ pull) @ inverse
    return float(found[1]), float(np.sqrt(spread[1, 1]))


def _log_loss(margin: np.ndarray, label: np.ndarray) -> float:
    return float(np.sum(np.logaddexp(0, margin) - label * margin))


def group_share(hits: int, size: int, least: int) -> Interval:
    """A share of one group among others; None for a group of fewer than ``least``, and of none.

    Groups are compared by it. One of two that is caught would lead with 50 %, and a group
    without a single positive would trail with 0 %: neither says anything.
    """
    return wilson(hits, size) if size >= max(least, 1) else wilson(0, 0)


def wilson(hits: int, size: int) -> Interval:
    """A share with its 95 % Wilson interval."""
    if size == 0:
        return {"value": None, "low": None, "high": None}
    z, p = 1.96, hits / size
    centre = (p + z * z / (2 * size)) / (1 + z * z / size)
    half = z * np.sqrt(p * (1 - p) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    return interval(p, max(centre - half, 0.0), min(centre + half, 1.0))
