"""How well a score tells payments apart among their like: areas and lifts within strata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.results import Interval
from models.intervals import UNMEASURED, bootstrap_by, ratio

FEWEST_SCHEMES = 2  # a bootstrap of one scheme says nothing


@dataclass(frozen=True)
class Placed:
    """Where each positive lies among the other payments of its stratum; arrays of shape (positives,).

    ``below`` is the share of the others that score less, ties half; ``beyond`` the share
    that score as high or higher, the positive itself counted, which keeps a stratum of few
    from promising much. ``scheme`` is the unit of the bootstrap. ``base_rate`` is the share
    of the positives in all payments of their strata.
    """

    below: np.ndarray
    beyond: np.ndarray
    scheme: np.ndarray
    stratum: np.ndarray
    base_rate: float

    @property
    def schemes(self) -> int:
        """How many schemes the positives are of."""
        return len(np.unique(self.scheme))

    def auc(self, draws: int, rng: np.random.Generator) -> Interval:
        """Chance that a positive outranks another payment of its stratum, interval by scheme."""
        return self._drawn(
            lambda mass: ratio(float((mass * self.below).sum()), float(mass.sum())), draws, rng
        )

    def lift(self, draws: int, rng: np.random.Generator) -> Interval:
        """Average precision over the base rate, the others of each stratum weighted alike.

        Each stratum's others are weighted so that it has the base rate of all together;
        else a stratum of few payments would promise a precision that chance gives it.
        """
        order = np.argsort(self.beyond, kind="stable")
        beyond, base = self.beyond[order], self.base_rate
        last_of_tie = np.append(np.flatnonzero(np.diff(beyond)), len(beyond) - 1)

        def value(mass: np.ndarray) -> float:
            hits = np.cumsum(mass[order])[last_of_tie]
            found = hits / hits[-1]
            precision = base * found / (base * found + (1 - base) * beyond[last_of_tie])
            return float((np.diff(found, prepend=0) * precision).sum() / base)

        return self._drawn(value, draws, rng)

    def _drawn(self, value: Callable[[np.ndarray], float], draws: int, rng: np.random.Generator) -> Interval:
        if self.schemes < FEWEST_SCHEMES:
            return UNMEASURED
        return bootstrap_by(self.scheme, value, draws, rng)

    def by_stratum(self) -> list[tuple[int, int, float]]:
        """Stratum, positives and area, those that give most away first."""
        codes, number, count = np.unique(self.stratum, return_inverse=True, return_counts=True)
        area = np.bincount(number, self.below, len(codes)) / count
        order = np.argsort(-(area - 0.5) * count, kind="stable")
        return [(int(codes[row]), int(count[row]), float(area[row])) for row in order]


def place(
    score: np.ndarray,
    is_positive: np.ndarray,
    weight: np.ndarray,
    stratum: np.ndarray,
    scheme: np.ndarray,
    is_enough: np.ndarray,
) -> Placed:
    """Place the positives among the others of their strata.

    All arrays have shape (n,). ``weight`` says how many payments a row stands for;
    ``is_enough`` marks rows of strata with others enough to compare with.
    """
    _, number = np.unique(stratum, return_inverse=True)
    order = np.lexsort((score, number))
    number, sorted_score, positive = number[order], score[order], is_positive[order]
    others = np.where(positive, 0.0, weight[order])
    total = np.bincount(number, others)
    rows = np.bincount(number, ~positive)
    until = np.cumsum(others) - (np.cumsum(total) - total)[number]  # within the stratum, itself included
    is_last = np.append((np.diff(number) != 0) | (np.diff(sorted_score) != 0), True)
    last = np.flatnonzero(is_last)
    tie = np.searchsorted(last, np.arange(len(order)))
    up_to = until[last][tie]
    first = np.append(0, last[:-1] + 1)[tie]
    before = until[first] - others[first]
    chosen = positive & is_enough[order] & (rows[number] > 0)
    mine, whole, before = order[chosen], total[number[chosen]], before[chosen]
    one_more = whole / rows[number[chosen]]  # what a row of the others stands for
    kept = np.isin(stratum, stratum[mine])
    return Placed(
        below=np.clip((before + up_to[chosen]) / 2 / whole, 0, 1),
        beyond=np.clip((whole - before + one_more) / (whole + one_more), 0, 1),
        scheme=scheme[mine],
        stratum=stratum[mine],
        base_rate=ratio(float(weight[kept & is_positive].sum()), float(weight[kept].sum())),
    )
