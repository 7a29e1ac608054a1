"""A model learnt once beside the same model learnt anew before every stretch, by the bank's labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import happened_within
from models import split
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.stretches import WEEK, WeekStretch
from parameters import Part, Seed, Weeks
from pipeline import Parameters


class Practice(Parameters):
    """How the bank would learn anew; ``embargo_weeks`` before a stretch are not learnt from, labels ripen."""

    embargo_weeks: Weeks
    unsuspected_share: Part
    seed: Seed
    trees: Trees


@dataclass(frozen=True)
class Pool:
    """Subjects that some round may learn from, and their features in the same order, shape (n, features).

    ``subjects`` are subject_id, customer_id, as_of and is_drawn: whether the subject stands for
    those of whom nothing suspicious is known.
    """

    subjects: pd.DataFrame
    features: np.ndarray


def pool_rows(
    subjects: pd.DataFrame, labels: pd.DataFrame, window_days: int, practice: Practice
) -> np.ndarray:
    """Which subjects are drawn, and which belong to a pool; shape (2, n).

    In it are the drawn ones, and all of whom a label ever says anything suspicious.
    """
    rng = np.random.default_rng(practice.seed)
    is_drawn = rng.random(len(subjects)) < practice.unsuspected_share
    spoken = labels[labels["value"] > 0].rename(columns={"event_at": "at"})[["customer_id", "at"]]
    is_spoken_of = happened_within(spoken, subjects["customer_id"], subjects["as_of"], window_days, True)
    return np.stack([is_drawn, is_drawn | is_spoken_of])


@dataclass(frozen=True)
class LearntRound:
    """What one round learns from: places in the pool, labels and weights, each of shape (n,)."""

    before: pd.Timestamp
    rows: np.ndarray
    label: np.ndarray
    weight: np.ndarray


def round_before(
    stretch: WeekStretch,
    subjects: pd.DataFrame,
    labels: pd.DataFrame,
    window_days: int,
    settings: split.Params,
    practice: Practice,
) -> LearntRound:
    """Subjects of a pool up to the embargo, with what is known of them when the stretch begins.

    As `models.examples.thinned`: drawn ones of whom nothing suspicious is known weigh as much
    as all of their kind.
    """
    before = stretch.starts_at - practice.embargo_weeks * WEEK
    mine = subjects[(subjects["as_of"] < before).to_numpy()]
    known = split.known_label(mine, labels, stretch.starts_at, window_days, settings)
    label, weight = known["label"].to_numpy(), known["weight"].to_numpy()
    is_suspected = label > 0
    weight = np.where(is_suspected, weight, weight / practice.unsuspected_share)
    keep = is_suspected | mine["is_drawn"].to_numpy()
    return LearntRound(before, mine.index.to_numpy()[keep], label[keep], weight[keep])


def scores_of(
    lesson: LearntRound, pool: Pool, judged: list[np.ndarray], practice: Practice
) -> list[np.ndarray]:
    """Margins of each set of judged subjects, by trees learnt from one round's lesson."""
    booster = fixed_trees.fit(
        pool.features[lesson.rows], lesson.label, lesson.weight, practice.trees, practice.seed
    )
    return [fixed_trees.margins(booster, values) for values in judged]
