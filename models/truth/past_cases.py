"""A blind replay of past cases: what people decided against what a model ranks; for the audit alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.asof import happened_within
from data.results import Interval
from data.schema import DECIDED
from models.intervals import UNMEASURED, bootstrap_by
from models.results.world_run import CasesOf, PastCases
from models.schema import RULES
from models.truth.areas import AreaUnderRoc

WEEK = pd.Timedelta(days=7)


def scored_cases(
    dispositions: pd.DataFrame, subjects: pd.DataFrame, scores: Mapping[str, np.ndarray]
) -> dict[str, pd.DataFrame]:
    """Decided reviews with each model's score of the week in which they were raised.

    A week counts that ends no earlier than the behaviour looked at, less than seven days
    after it, and before the decision was known: no model has seen what was decided.

    Parameters
    ----------
    dispositions : rows of Dispositions
    subjects : rows of Split of validation and test
    scores : by ranker, of the subjects; the rules, which raised the cases, are left out

    Returns
    -------
    By model customer_id, event_at, is_reported and score, sorted by moment.
    """
    decided = dispositions[dispositions["outcome"].isin(DECIDED)].sort_values("event_at", kind="stable")
    told = decided[["customer_id", "event_at", "known_at", "outcome"]].reset_index(drop=True)
    weeks = subjects[["customer_id", "as_of"]].assign(row=np.arange(len(subjects)))
    cases = pd.merge_asof(
        told,
        weeks.sort_values("as_of", kind="stable").astype({"as_of": told["event_at"].dtype}),
        left_on="event_at",
        right_on="as_of",
        by="customer_id",
        direction="forward",
    )
    is_blind = (cases["as_of"] < cases["event_at"] + WEEK) & (cases["as_of"] < cases["known_at"])
    cases = cases[is_blind].reset_index(drop=True)
    cases = cases.assign(is_reported=cases["outcome"] == "reported", row=cases["row"].astype("int64"))
    kept = cases[["customer_id", "event_at", "is_reported"]]
    return {
        name: kept.assign(score=score[cases["row"].to_numpy()])
        for name, score in scores.items()
        if name != RULES
    }


def replayed(
    ranker: str, cases: pd.DataFrame, illicit: pd.DataFrame, days: int, draws: int, seed: int
) -> PastCases:
    """The replay of one model; ``cases`` are of `scored_cases`, ``illicit`` moments of illicit payments.

    A case is illicit whose customer had an illicit payment in the ``days`` before it.
    """
    is_true = happened_within(illicit, cases["customer_id"], cases["event_at"], days)
    is_reported, score = cases["is_reported"].to_numpy(), cases["score"].to_numpy()
    order = np.argsort(-score, kind="stable")
    is_picked = np.zeros(len(cases), bool)
    is_picked[order[: int(is_reported.sum())]] = True

    def cell(mask: np.ndarray) -> CasesOf:
        return CasesOf(cases=int(mask.sum()), illicit=int(is_true[mask].sum()))

    def area(is_positive: np.ndarray) -> Interval:
        if not is_positive.any() or is_positive.all():
            return UNMEASURED
        group = cases["customer_id"].to_numpy()
        return bootstrap_by(group, AreaUnderRoc(score, is_positive), draws, seed)

    return PastCases(
        ranker=ranker,
        cases=len(cases),
        reported=int(is_reported.sum()),
        illicit=int(is_true.sum()),
        reported_above_others=area(is_reported),
        illicit_above_others=area(is_true),
        both=cell(is_reported & is_picked),
        only_people=cell(is_reported & ~is_picked),
        only_model=cell(~is_reported & is_picked),
        neither=cell(~is_reported & ~is_picked),
    )
