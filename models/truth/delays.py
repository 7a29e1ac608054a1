"""How long until somebody is alerted, when some are still waiting at the end: Kaplan and Meier, by hand.

Kaplan, E. L., and Meier, P., Nonparametric estimation from incomplete observations, Journal
of the American Statistical Association 53 (1958). Whoever is not alerted by the last
watched week is censored there: all that is known is that it takes longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.results import Interval
from models.intervals import UNMEASURED, interval, middle_part


@dataclass(frozen=True)
class WaitingCurve:
    """Share still waiting after each day on which an alert was observed, under every draw.

    ``days`` are different and rising, shape (k,); ``waiting`` has shape (draws + 1, k), row 0
    has every group once; ``longest`` is the longest time that was observed.
    """

    days: np.ndarray
    waiting: np.ndarray
    longest: float

    @classmethod
    def of(
        cls, days: np.ndarray, is_alerted: np.ndarray, group: np.ndarray, weight: np.ndarray
    ) -> WaitingCurve:
        """Estimate it.

        Parameters
        ----------
        days : until the alert, or until the end of watching; shape (n,)
        is_alerted : false where the end came first, shape (n,)
        group : what each is drawn with, numbered from 0
        weight : of `models.intervals.drawn`, shape (draws + 1, groups)
        """
        if not len(days):
            return cls(np.zeros(0), np.ones((len(weight), 0)), -1.0)
        order = np.argsort(days, kind="stable")
        sorted_days, mine = days[order], weight[:, group[order]]
        different, first = np.unique(sorted_days, return_index=True)
        at_risk = mine[:, ::-1].cumsum(axis=1)[:, ::-1][:, first]
        alerted = np.add.reduceat(mine * is_alerted[order], first, axis=1)
        kept = 1 - np.divide(alerted, at_risk, out=np.zeros_like(alerted), where=at_risk > 0)
        return cls(different, kept.cumprod(axis=1), float(different[-1]))

    def alerted_by(self, day: float) -> Interval:
        """Share alerted within ``day`` days, with the middle 95 % of its draws; None beyond ``longest``."""
        if day > self.longest:
            return UNMEASURED
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        waiting = self.waiting[:, place] if place >= 0 else np.ones(len(self.waiting))
        alerted = 1 - waiting
        return interval(alerted[0], *middle_part(alerted[1:]))

    @property
    def median(self) -> float | None:
        """The day by which half are alerted; None where the curve does not come so far."""
        below = np.flatnonzero(self.waiting[0] <= 0.5)
        return round(float(self.days[below[0]]), 2) if len(below) else None
