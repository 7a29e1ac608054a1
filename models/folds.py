"""Folds in time as rows of Split: whom each fold learns from, and on whom it is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Fold:
    """One fold: rows of Split with the labels and weights that the fold knows.

    Those to learn from have the role ``train``, the judged ones ``validation``.
    """

    number: int
    learn: pd.DataFrame
    judged: pd.DataFrame


def dealt(split: pd.DataFrame, folds: pd.DataFrame) -> list[Fold]:
    """The folds in order of time, from the tables Split (sorted by subject_id) and Folds."""
    known = split["subject_id"].to_numpy()
    found = []
    for number, rows in folds.groupby("fold", sort=True):
        sides = []
        for mine, role in (("learn", "train"), ("judged", "validation")):
            part = rows[rows["role"] == mine]
            subjects = split.iloc[np.searchsorted(known, part["subject_id"].to_numpy())]
            told = {key: part[key].to_numpy() for key in ("label", "weight")}
            sides.append(subjects.assign(role=role, **told).reset_index(drop=True))
        found.append(Fold(int(str(number)), *sides))
    return found
