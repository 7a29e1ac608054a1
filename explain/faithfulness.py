"""Do the reasons matter to the model? Delete them and look at the score."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd


class ScoreFall(NamedTuple):
    """Mean fall of the margin without some families, log-odds; None where no alert was explained."""

    top: float | None
    at_random: float | None


def deletion(
    score: Callable[[pd.DataFrame], np.ndarray],
    features: pd.DataFrame,
    median: np.ndarray,
    values: np.ndarray,
    family: np.ndarray,
    deleted: int,
    seed: int,
) -> ScoreFall:
    """Mean fall of the margin when families are set to the peers' median.

    Parameters
    ----------
    score : features to raw margin
    features, median, values : shape (n, features): the alerts, their peers' medians, contributions
    family : shape (features,)
    deleted : how many families are deleted

    Returns
    -------
    The fall for the families with the largest contributions, and for families drawn at random;
    None where there is no alert to delete them from.
    """
    if features.empty:
        return ScoreFall(None, None)
    names = np.unique(family)
    totals = np.stack([values[:, family == name].sum(axis=1) for name in names], axis=1)
    rng = np.random.default_rng(seed)
    largest_first = np.argsort(-totals, axis=1, kind="stable")
    at_random = np.stack([rng.permutation(len(names)) for _ in range(len(features))])
    before = score(features)

    def fall(order: np.ndarray) -> float:
        gone = np.zeros(values.shape, bool)
        for row, chosen in enumerate(order[:, :deleted]):
            gone[row] = np.isin(family, names[chosen])
        changed = features.where(~gone, median).astype(np.float32)
        return round(float((before - score(changed)).mean()), 4)

    return ScoreFall(fall(largest_first), fall(at_random))
