"""A budget shared by a model of labels and an anomaly score: what one finds, and what the other loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.budget import Budget, Watch
from models.intervals import drawn
from models.judgement import Params
from models.metrics import Catches
from models.results.anomaly_share import AnomalyShare
from models.truth.headline import recall_of


def shared_scores(watch: Watch, first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """One score by which a second ranker chooses a share of every week's alerts; shape (n,).

    Each week both lists are drawn from in proportion, the best of each first. Whoever stands on
    both is taken once, at the earlier place, and silenced as by any other alert.

    Parameters
    ----------
    first, second : scores of all that is watched, shape (n,)
    share : of the second, between 0 and 1
    """
    place = np.empty(len(first))
    for week in watch.weeks:
        ranks = [_rank(score[week.rows]) for score in (first, second)]
        place[week.rows] = np.minimum(ranks[0] / (1 - share), ranks[1] / share)
    return -place


def _rank(score: np.ndarray) -> np.ndarray:
    rank = np.empty(len(score))
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
    return rank


@dataclass(frozen=True)
class CatchesOfBoth:
    """Whom there is to catch, in truth and for the bank; ``is_novel`` has the shape of the true ones."""

    true: Catches
    bank: Catches
    is_novel: np.ndarray


def novel_customers(illicit: pd.DataFrame, starts_at: pd.Timestamp) -> np.ndarray:
    """Customers of typologies none of whose payments lies before the test; ``illicit`` are moments."""
    began = illicit.groupby("typology")["at"].transform("min")
    return illicit.loc[began >= starts_at, "customer_id"].unique()


def anomaly_shares(
    watch: Watch,
    by_ranker: Mapping[str, np.ndarray],
    chosen: str,
    anomalies: Sequence[str],
    shares: Sequence[float],
    sides: CatchesOfBoth,
    budget: Budget,
    params: Params,
) -> list[AnomalyShare]:
    """The chosen model alone, then with each anomaly score at each share of the budget.

    ``by_ranker`` are scores of all that is watched; ``anomalies`` names those without labels.
    """
    weights = [drawn(side.groups, params.bootstrap_draws, params.seed) for side in (sides.true, sides.bank)]
    alone = watch.alerted(by_ranker[chosen], budget)
    alerted = {(chosen, 0.0): alone}
    for name in anomalies:
        for share in shares:
            score = shared_scores(watch, by_ranker[chosen], by_ranker[name], share)
            alerted[name, share] = watch.alerted(score, budget)
    rows = []
    for (name, share), mine in alerted.items():
        caught, seen = sides.true.caught(mine), sides.bank.caught(mine)
        everyone = np.ones(len(caught), bool)
        rows.append(
            AnomalyShare(
                ranker=name,
                share=share,
                true=recall_of(sides.true, caught, everyone, weights[0]),
                novel=recall_of(sides.true, caught, sides.is_novel, weights[0]),
                bank=recall_of(sides.bank, seen, np.ones(len(seen), bool), weights[1]),
                gain_true=sides.true.mean(caught - sides.true.caught(alone), weights[0]),
                gain_bank=sides.bank.mean(seen - sides.bank.caught(alone), weights[1]),
            )
        )
    return rows
