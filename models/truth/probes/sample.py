"""Which payments a probe learns from and which it judges: all planned ones, and a sample of life."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.truth.probes.columns import payment_columns
from models.truth.probes.ground import LIFE, UNPLANNED, Ground
from models.truth.probes.learner import Probe

OTHERS_PER_POSITIVE = 4  # weight of all others over that of the positives when learning (assumption)


@dataclass(frozen=True)
class Sample:
    """Payments to learn from and to judge; arrays of shape (n,) follow ``rows``.

    ``weight`` is how many payments of its stratum and side a row stands for, ``life`` how
    many ordinary payments its stratum holds on the side judged.
    """

    ground: Ground
    rows: np.ndarray
    learns: np.ndarray
    weight: np.ndarray
    life: np.ndarray

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Everything that the payments say of themselves."""
        return payment_columns(self.ground, self.rows)

    @cached_property
    def stratum(self) -> np.ndarray:
        """Stratum by row."""
        return np.asarray(self.ground.stratum[self.rows])

    @cached_property
    def kind(self) -> np.ndarray:
        """LIFE, LOOK_ALIKE or ILLICIT by row."""
        return np.asarray(self.ground.kind[self.rows])

    @classmethod
    def of(
        cls, ground: Ground, periods: pd.DataFrame, probe: Probe, rng: np.random.Generator
    ) -> Sample | None:
        """Draw it; None where there is nothing to learn or nothing to judge."""
        role = periods.set_index("name")
        if not {"validation", "test"} <= set(role.index):
            return None
        learns = ground.at_us < _us(role.loc["validation", "starts_at"])
        judged = (ground.at_us >= _us(role.loc["test", "starts_at"])) & (
            ground.at_us < _us(role.loc["test", "ends_at"])
        )
        planned = _of_one_side(ground, learns, judged, rng)
        is_life = ground.kind == LIFE
        strata = int(ground.stratum.max(initial=0)) + 1
        side = np.where(learns, 0, 1)
        code = ground.stratum * 2 + side
        used = learns | judged
        life = np.bincount(code[is_life & used], minlength=2 * strata)
        plans = np.bincount(code[planned], minlength=2 * strata)
        wanted = np.maximum.reduce(
            [plans * probe.life_per_planned, np.full(len(life), probe.life_least), life * probe.life_share]
        )
        rate = np.minimum(wanted / np.maximum(life, 1), 1)
        drawn = is_life & used & (rng.random(len(ground)) < rate[code])
        rows = np.flatnonzero(planned | drawn)
        kept = np.bincount(code[drawn], minlength=2 * strata)
        weight = np.where(is_life[rows], (life / np.maximum(kept, 1))[code[rows]], 1.0)
        in_test = life[ground.stratum[rows] * 2 + 1]
        sample = cls(ground, rows, learns[rows], weight, in_test)
        for mine in (sample.learns, ~sample.learns):
            if len(np.unique(sample.kind[mine] == LIFE)) < 2:
                return None
        return sample


def _us(moment: pd.Timestamp) -> int:
    return int(moment.value // 1_000)


def _of_one_side(
    ground: Ground, learns: np.ndarray, judged: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Planned payments to learn from or to judge, so that no scheme is on both sides; shape (n,).

    A scheme that works on both sides is dealt to one of them.
    """
    planned = np.flatnonzero(ground.scheme != UNPLANNED)
    names, number = np.unique(ground.scheme[planned], return_inverse=True)
    learns, judged = learns[planned], judged[planned]
    both = np.bincount(number, learns, len(names)) * np.bincount(number, judged, len(names)) > 0
    taught = both & (rng.random(len(names)) < 0.5)
    keeps = np.zeros(len(ground), bool)
    keeps[planned] = (learns & ~(both & ~taught)[number]) | (judged & ~taught[number])
    return keeps


def balanced(is_positive: np.ndarray, weight: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Weights to learn with, so that what only tells strata apart is not worth learning; shape (n,).

    In each stratum the others weigh OTHERS_PER_POSITIVE times as much as the positives.
    """
    _, number = np.unique(stratum, return_inverse=True)
    positives = np.bincount(number, is_positive)
    others = np.bincount(number, np.where(is_positive, 0.0, weight))
    factor = OTHERS_PER_POSITIVE * positives / np.maximum(others, 1e-9)
    return np.where(is_positive, np.where(others[number] > 0, 1.0, 0.0), weight * factor[number])
