"""Alarms that a bank can set without the truth, and which of them answer a change of the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.schema import DECIDED
from models.intervals import rounded, wilson
from models.results.over_time import Alarm, AlarmKind
from models.truth.stretches import WeekStretch
from parameters import Positive, Share

KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)


class Bounds(pipeline.Parameters):
    """From where on each alarm fires; see `models.results.over_time.Alarm`."""

    shifted_share: Share
    profile_index: Positive
    score_index: Positive
    cut_multiple: float = Field(gt=1, le=1_000)
    answer_stretches: int = Field(ge=1, le=100)


def reading(
    kind: AlarmKind, stretch: int, value: float, low: float | None = None, high: float | None = None
) -> Alarm:
    """One alarm in one stretch; without a value it is silent."""
    fires = not np.isnan(value) and ((low is not None and value < low) or (high is not None and value > high))
    return Alarm(
        kind=kind,
        stretch=stretch,
        reading=rounded(value),
        low=None if low is None else rounded(low),
        high=None if high is None else rounded(high),
        fires=bool(fires),
    )


def reported_shares(
    dispositions: pd.DataFrame, usual: list[WeekStretch], judged: list[WeekStretch]
) -> list[Alarm]:
    """The alarm of the labels: the share reported of the alerts decided in a stretch.

    It fires where the share of the ``usual`` stretches together lies outside the stretch's own
    95 % interval. Decisions are dated by when they were known, so that late reports lag alike
    everywhere; the usual ones must not be the first of a bank, when no report is known yet.
    """
    decided = dispositions[(dispositions["stream"] == "alert") & dispositions["outcome"].isin(DECIDED)]
    is_reported = (decided["outcome"] == "reported").to_numpy()
    is_usual = np.zeros(len(decided), bool)
    for mine in usual:
        is_usual |= mine.has_moment(decided["known_at"])
    found = []
    for mine in judged:
        here = mine.has_moment(decided["known_at"])
        share = wilson(int(is_reported[here].sum()), int(here.sum()))
        if share.value is None or share.low is None or share.high is None or not is_usual.any():
            found.append(reading("labels", mine.number, float("nan")))
            continue
        expected = is_reported[is_usual].mean()
        # The bounds are those between which the share would lie were nothing changed.
        low, high = expected - (share.high - share.value), expected + (share.value - share.low)
        found.append(reading("labels", mine.number, share.value, max(low, 0.0), high))
    return found


def cut_alarms(
    scores: list[np.ndarray], alerts: list[int], numbers: list[int], multiple: float
) -> list[Alarm]:
    """The alarm of the threshold: what a cut fixed in the first watched stretch would raise later.

    Read is the number of subjects at or above the cut over that in the first stretch; it fires
    beyond ``multiple`` or its inverse.

    Parameters
    ----------
    scores : of each stretch's subjects, shapes (n,)
    alerts : alerts of each stretch at the budget; the cut is the score of the last of the first ones
    """
    if not alerts or not alerts[0]:
        return [reading("threshold", number, float("nan")) for number in numbers]
    cut = np.sort(scores[0])[::-1][alerts[0] - 1]
    rates = [float((mine >= cut).mean()) for mine in scores]
    return [
        reading("threshold", number, rate / rates[0] if place else float("nan"), 1 / multiple, multiple)
        for place, (number, rate) in enumerate(zip(numbers, rates, strict=True))
    ]


@dataclass(frozen=True)
class Answers:
    """What each alarm does about a change that begins in ``stretch``; see `ChangeAlarms`."""

    stretch: int | None
    answered: list[AlarmKind] = field(default_factory=list)
    already: list[AlarmKind] = field(default_factory=list)
    blind: list[AlarmKind] = field(default_factory=list)
    idle: list[AlarmKind] = field(default_factory=list)


def answers_to(at: pd.Timestamp, stretches: list[WeekStretch], alarms: list[Alarm], within: int) -> Answers:
    """Which alarms answer one change of the world.

    Parameters
    ----------
    at : when the change begins
    within : stretches, that of the change the first, in which an alarm counts as an answer
    """
    begun = [mine.number for mine in stretches if mine.has_event(pd.Series([at]))[0]]
    if not begun:
        return Answers(stretch=None, idle=list(KINDS))
    first = begun[0]
    sorted_in = Answers(stretch=first)
    for kind in KINDS:
        mine = {row.stretch: row for row in alarms if row.kind == kind and row.reading is not None}
        after = [mine[number] for number in range(first, first + within) if number in mine]
        before = mine.get(first - 1)
        if not after:
            sorted_in.idle.append(kind)
        elif before is not None and before.fires:
            sorted_in.already.append(kind)
        else:
            (sorted_in.answered if any(row.fires for row in after) else sorted_in.blind).append(kind)
    return sorted_in
