"""Contract of the result of the stage audit_drift: drift that was planted, and which alarm tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.over_time import AlarmKind
from pipeline import Record, Result

DriftKind = Literal["inputs", "meaning", "labels", "population"]
Watcher = AlarmKind | Literal["missing", "repeated"]
Told = Literal["tells", "drowned", "blind"]


class WatcherAnswer(Record):
    """What one alarm or check makes of a planted drift, beside the same weeks without it."""

    watcher: Watcher = Field(
        description="alarm of the stage audit_time; missing: values lacking; repeated: rows that came before"
    )
    told: Told = Field(
        description="tells: fires where it is silent without the drift; drowned: fires only where it fires "
        "anyway; blind: does not fire"
    )
    stretches_later: int | None = Field(description="stretches until it first tells; null: never")
    reading: float | None = Field(description="what it reads where it first tells, else in the last stretch")
    reading_without: float | None = Field(description="what it reads there without the drift")


class PlantedDrift(Record):
    """One drift planted into copies of the tables, from a stretch on."""

    name: str = Field(description="key of the drift")
    kind: DriftKind = Field(description="what drifts")
    en: str = Field(description="what was changed, in English")
    zh: str = Field(description="the same in Chinese")
    expected: list[Watcher] = Field(description="who ought to tell, written down before")
    is_planted: bool = Field(description="false where the data lack what it changes")
    answers: list[WatcherAnswer] = Field(description="by alarm and check")
    bank: Interval = Field(description="recall that the bank sees from then on; by customer")
    true: Interval = Field(description="recall in truth from then on; by scheme")
    true_change: Interval = Field(description="the same less that without the drift, paired by scheme")


class DriftTrials(Result):
    """Drift of each kind planted, and who tells it; the fixed model of the stage audit_time, learnt once."""

    starts_at: str = Field(description="local date from which on the drifts hold")
    stretches: int = Field(description="stretches in which they hold")
    bank: Interval = Field(description="recall that the bank sees in them without any drift")
    true: Interval = Field(description="recall in truth in them without any drift")
    missing_rise: float = Field(description="rise of the missing share of a group from which its check fires")
    repeated_share: float = Field(description="share of repeated rows from which its check fires")
    plants: list[PlantedDrift] = Field(description="one row a drift")
