"""A model with and without one attribute: recall, and how it treats the groups of that attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from data.results import Interval
from models.intervals import UNMEASURED, interval, middle_part
from models.results.audit_studies import AgeBand, AgeDecision
from models.truth.circularity import weighed_mean
from models.truth.fairness import Cut


def averaged(cuts: list[Cut]) -> Cut:
    """One cut of several fits: the share of them in which each person is alerted, and caught."""
    caught = np.mean([cut.is_caught for cut in cuts], axis=0)
    alerted = np.mean([cut.is_alerted for cut in cuts], axis=0)
    return replace(cuts[0], is_caught=caught, is_alerted=alerted)


def decision(change: Interval, margin: float) -> AgeDecision:
    """Whether to take an attribute out, from the ``change`` of recall without it; ``margin`` is a share.

    Written down before the study was run: it goes where its loss is at most the margin in the
    whole of the interval, stays where the whole of it is a loss, and is open else.
    """
    if change.low is None or change.high is None:
        return "open"
    if change.high < 0:
        return "keep"
    return "remove" if change.low >= -margin else "open"


def bands(known: Cut, unknown: Cut, groups: pd.Series, least: int) -> Iterator[AgeBand]:
    """Every band at the cut of a model that knows it and of one that does not.

    Both cuts are of the same persons and draws; ``groups`` is the band by customer_id.
    """
    for name in sorted(groups.dropna().unique()):
        is_mine = np.isin(known.customer, groups.index[groups == name].to_numpy())
        positive, other = known.is_positive & is_mine, ~known.is_positive & is_mine
        apart = ~known.is_positive & ~is_mine
        yield AgeBand(
            group=str(name),
            positives=int(positive.sum()),
            caught_with=_mean(known, known.is_caught, positive, least),
            caught_change=_mean(known, unknown.is_caught - known.is_caught, positive, least),
            others=int(other.sum()),
            alerted_with=_mean(known, known.is_alerted, other, least),
            alerted_gap_with=_gap(known, other, apart, least),
            alerted_gap_without=_gap(unknown, other, apart, least),
        )


def _draws(cut: Cut, value: np.ndarray, mask: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(mask)
    return weighed_mean(value[rows].astype(float), cut.weight[:, rows])


def _mean(cut: Cut, value: np.ndarray, mask: np.ndarray, least: int) -> Interval:
    if mask.sum() < least:
        return UNMEASURED
    sample = _draws(cut, value, mask)
    return interval(sample[0], *middle_part(sample[1:]))


def _gap(cut: Cut, mask: np.ndarray, apart: np.ndarray, least: int) -> Interval:
    if min(mask.sum(), apart.sum()) < least:
        return UNMEASURED
    sample = _draws(cut, cut.is_alerted, mask) - _draws(cut, cut.is_alerted, apart)
    return interval(sample[0], *middle_part(sample[1:]))
