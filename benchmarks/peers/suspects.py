"""A second booster that also knows how the ends' other payments scored: who keeps company with suspects.

Members of a scheme share its payments, so that what a first booster thought of a party's earlier
payments tells of the next one. A training payment is scored by a booster that did not learn from its
own stretch of days; a later one by the booster of all training days.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd
from numba import njit, prange

from benchmarks.peers.judging import BOOSTER
from benchmarks.peers.sides import by_party, first_from

# Thresholds drawn by lot: the positives are few and come in families, which trees else learn by heart.
SETTINGS = BOOSTER | {"extra_trees": True, "max_bin": 255}
ROUNDS = 400
WINDOWS = (3, 7, 14, 28, 91, 400)  # days
SUSPECT = 0.3  # a score from which on a payment counts
LATEST = 256  # payments whose partners are told apart
STRETCHES = 4  # of the training days
NAMES = (*(f"{name}_{days}d" for days in WINDOWS for name in ("sum", "most", "suspects")),
         "days_since", "last", "others")  # fmt: skip


@njit(cache=True, parallel=True)
def _told(
    start: np.ndarray, day: np.ndarray, other: np.ndarray, score: np.ndarray, party: np.ndarray,
    partner: np.ndarray, until: np.ndarray, windows: np.ndarray, result: np.ndarray,
) -> None:  # fmt: skip
    for q in prange(len(party)):
        row = result[q]
        first = start[party[q]]
        high = first_from(day, first, start[party[q] + 1], until[q])
        end, total, most, suspects = high, 0.0, 0.0, 0
        for w in range(len(windows)):
            low = first_from(day, first, end, until[q] - windows[w])
            for e in range(low, end):
                total += score[e]
                most = max(most, score[e])
                suspects += score[e] > SUSPECT
            row[3 * w], row[3 * w + 1], row[3 * w + 2] = total, most, suspects
            end = low
        column = 3 * len(windows)
        if high > first:
            row[column + 1] = score[high - 1]
        others = 0
        for e in range(max(first, high - LATEST), high):
            if score[e] > SUSPECT:
                row[column] = until[q] - day[e]
                others += other[e] != partner[q]
        row[column + 2] = others


def score_features(
    payer: np.ndarray, payee: np.ndarray, day: np.ndarray, score: np.ndarray, parties: int, ahead: int = 0
) -> pd.DataFrame:
    """One row a payment: what was thought of payments of its ends before ``day + ahead``.

    Parameters
    ----------
    payer, payee, day, score : shape (n,), in order of days; the first booster's scores
    ahead : 0 for what came strictly before the day, 1 for the day as well
    """
    day = day.astype(np.int64)
    columns: dict[str, np.ndarray] = {}
    for what, party, other in (("made", payer, payee), ("got", payee, payer)):
        start, order = by_party(party, parties)
        line = start, day[order], other[order], score[order]
        for whose, asked, partner in (("payer", payer, payee), ("payee", payee, payer)):
            block = np.full((len(day), len(NAMES)), np.nan, np.float32)
            _told(*line, asked, partner, day + ahead, np.array(WINDOWS), block)
            columns |= {f"scores_{whose}_{what}_{name}": block[:, n] for n, name in enumerate(NAMES)}
    return pd.DataFrame(columns, copy=False)


@dataclass(frozen=True)
class Learning:
    """Which payments are learnt from (bool, (n,)), with which ``weight`` (n,), by ``day`` (n,)."""

    learnt: np.ndarray
    weight: np.ndarray
    day: np.ndarray

    def fitted(
        self, features: np.ndarray, label: np.ndarray, seed: int, without: np.ndarray | None = None
    ) -> lightgbm.Booster:
        """A booster of the learnt payments, ``without`` (n,) some."""
        rows = self.learnt if without is None else self.learnt & ~without
        data = lightgbm.Dataset(features[rows], label[rows], weight=self.weight[rows])
        return lightgbm.train(SETTINGS | {"seed": seed}, data, ROUNDS)

    def stretches(self) -> list[np.ndarray]:
        """Training days cut into stretches of as many learnt days; payments of each, bool (n,)."""
        days = np.unique(self.day[self.learnt])
        return [np.isin(self.day, part) for part in np.array_split(days, STRETCHES)]

    def first_scores(self, features: np.ndarray, label: np.ndarray, seed: int) -> np.ndarray:
        """The first booster's score of every payment, none from a booster that learnt its stretch."""
        score = np.empty(len(label))
        apart = self.stretches()
        rest = ~np.any(apart, axis=0)
        score[rest] = self.fitted(features, label, seed).predict(features[rest])
        for rows in apart:
            score[rows] = self.fitted(features, label, seed, rows).predict(features[rows])
        return score
