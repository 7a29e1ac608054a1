"""The stack's scores in parts: what each model below it gave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from explain.results.attribution_checks import StackPart
from models.results.stack import StackWeights
from models.schema import STACK

MID_WEEK = np.log(2)  # place of a customer whom half of the week stands above


def stack_places(
    scores: pd.DataFrame, test: pd.DataFrame, parts: list[str], alerts: pd.DataFrame
) -> pd.DataFrame:
    """Score of the stack and place by part of its alerts: how far up in the week, as the stack has it.

    ``scores`` are rows of Scores of the test, ``test`` those of Split, in order of subject.
    """
    subject_id, (week, _) = test["subject_id"].to_numpy(), pd.factorize(test["as_of"])
    row = np.searchsorted(subject_id, alerts["subject_id"].to_numpy())
    found = {}
    for name in (STACK, *parts):
        mine = scores[scores["ranker"] == name]
        score = np.full(len(test), -np.inf)
        score[np.searchsorted(subject_id, mine["subject_id"].to_numpy())] = mine["score"]
        by_week = pd.Series(score).groupby(week)
        place = np.log(by_week.transform("size") / by_week.rank(ascending=False))
        found[name] = (score if name == STACK else place.to_numpy())[row]
    return pd.DataFrame(found)


def stack_parts(places: pd.DataFrame, fitted: StackWeights | None) -> tuple[list[StackPart], float | None]:
    """What each part gave above a customer in mid-week, and how far the parts miss the scores.

    ``places`` are of `stack_places`. Nothing where the stack learnt nothing.
    """
    if fitted is None or places.empty:
        return [], None
    weight = np.array(list(fitted.weights.values()))
    columns = places[list(fitted.weights)].to_numpy()
    gap = np.abs(fitted.intercept + columns @ weight - places[STACK].to_numpy()).max()
    given = (columns - MID_WEEK) * weight
    leads = np.bincount(given.argmax(axis=1), minlength=len(weight))
    parts = [
        StackPart(
            part=name,
            weight=round(float(weight[place]), 6),
            mean_contribution=round(float(given[:, place].mean()), 4),
            leads=int(leads[place]),
        )
        for place, name in enumerate(fitted.weights)
    ]
    return parts, round(float(gap), 9)
