"""By how much one ranker exceeds another: on the same draws, with McNemar's test beside it."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtr

from models.intervals import interval, middle_part
from models.metrics import COMPARED, METRICS, Catches
from models.results.judged import Difference, McNemar


def mcnemar(first: np.ndarray, second: np.ndarray) -> McNemar:
    """McNemar's exact test of two rankers on the same cases.

    Parameters
    ----------
    first, second : 1 for each case that the one and the other caught, else 0; shape (n,)
    """
    only_first, only_second = int((first > second).sum()), int((second > first).sum())
    apart = only_first + only_second
    fewer = min(only_first, only_second)
    p_value = min(1.0, 2 * float(bdtr(fewer, apart, 0.5))) if apart else None
    return McNemar(
        only_first=only_first,
        only_second=only_second,
        p_value=None if p_value is None else round(p_value, 4),
    )


def paired_differences(
    samples: dict[str, np.ndarray], catches: Catches, caught: dict[str, np.ndarray]
) -> dict[str, dict[str, Difference]]:
    """By how much each ranker exceeds each other one: ``[one][other]``, on the same draws.

    Parameters
    ----------
    samples : those of `sampled` under one and the same weighting
    caught : by ranker, of `Catches.caught`
    """
    places = [METRICS.index(name) for name in COMPARED]
    groups = {name: catches.groups_caught(mine) for name, mine in caught.items()}

    def difference(one: str, other: str) -> Difference:
        gaps = (samples[one] - samples[other])[:, places].T
        by_metric = {
            name: interval(gap[0], *middle_part(gap[1:])) for name, gap in zip(COMPARED, gaps, strict=True)
        }
        return Difference(
            **by_metric,
            by_customer=mcnemar(caught[one], caught[other]),
            by_group=mcnemar(groups[one], groups[other]),
        )

    return {one: {other: difference(one, other) for other in samples if other != one} for one in samples}
