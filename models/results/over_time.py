"""Contract of the result of the stage audit_time: recall, inputs and alarms stretch by stretch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from pipeline import Record, Result

AlarmKind = Literal["data", "labels", "population", "behaviour", "threshold"]


class StretchDates(Record):
    """A stretch of whole weeks; all stretches are as long."""

    number: int = Field(description="from 0, in order of time")
    starts_at: str = Field(description="local date of the first weekly moment")
    ends_at: str = Field(description="local date of the first moment after it")
    is_watched: bool = Field(description="whether models are at work: validation and test")


class RecallInStretch(Record):
    """Whom a ranker has caught of those with an event in a stretch.

    An event belongs to the weekly moment that first sees it. Caught is who is alerted within
    the label window after an event, in the stretch or so shortly before that the customer is
    still silent from it.
    """

    ranker: str = Field(description="model, stack, rules at the budget, or rulebook: as it ran")
    stretch: int = Field(description="number of the stretch")
    bank_customers: int = Field(description="customers with a label of at least 0.5 of an event in it")
    bank: Interval = Field(description="share caught as the bank sees it, by customer")
    true_customers: int = Field(description="customers with an illicit payment in it")
    true_groups: int = Field(description="schemes and lone customers that a bootstrap draws")
    true: Interval = Field(description="share caught in truth, by scheme")


class RecallChange(Record):
    """Recall in the later half of the watched stretches less that in the earlier half."""

    ranker: str = Field(description="as in RecallInStretch")
    bank: Interval = Field(description="as the bank sees it, by customer")
    true: Interval = Field(description="in truth, by scheme; both halves of one draw")


class TypologyHalves(Record):
    """Customers illicit in one typology, in the earlier and the later half of the watched stretches."""

    ranker: str = Field(description="as in RecallInStretch")
    typology: str = Field(description="typology")
    early_customers: int = Field(description="of the earlier half, each stretch counted for itself")
    early_caught: int = Field(description="of them caught")
    late_customers: int = Field(description="of the later half, likewise")
    late_caught: int = Field(description="of them caught")


class ScoreShift(Record):
    """How far a ranker's scores have moved since the first watched stretch."""

    ranker: str = Field(description="ranker in Scores")
    stretch: int = Field(description="number of the stretch")
    psi: float | None = Field(description="population stability index of its scores")


class InputShift(Record):
    """How far the features have moved since the reference weeks, the first ones of training."""

    stretch: int = Field(description="number of the stretch")
    index: dict[str, float] = Field(description="stability index (CSI) of every feature")
    shifted: int = Field(description="features at or above the bound")


class Alarm(Record):
    """What one alarm reads in one stretch; all that it needs the bank has at the stretch's end."""

    kind: AlarmKind = Field(description="what it watches over")
    stretch: int = Field(description="number of the stretch")
    reading: float | None = Field(description="what it reads; null: nothing to read yet")
    low: float | None = Field(description="fires below; null: no lower bound")
    high: float | None = Field(description="fires above; null: no upper bound")
    fires: bool = Field(description="whether it fires")


class ChangeAlarms(Record):
    """Which alarms answer a planned change of the world."""

    event: str = Field(description="key of the change")
    at: str = Field(description="local date from which it holds")
    en: str = Field(description="what changes, in English")
    zh: str = Field(description="the same in Chinese")
    stretch: int | None = Field(description="stretch in which it begins; null: before the first one")
    answered: list[AlarmKind] = Field(
        description="alarms that begin to fire in its stretch or the next ones and were silent before"
    )
    already: list[AlarmKind] = Field(description="alarms that fired in the stretch before: they tell nothing")
    blind: list[AlarmKind] = Field(description="alarms that stay silent")
    idle: list[AlarmKind] = Field(description="alarms with nothing to compare with at that time")


class RetrainingRound(Record):
    """One watched stretch, ranked by the fixed model as it was and as it is learnt anew before it."""

    stretch: int = Field(description="number of the stretch")
    learnt_before: str = Field(description="local date before which the weeks lie that are learnt from")
    suspicious_customers: int = Field(description="customers with a label of at least 0.5 among them")
    bank_frozen: Interval = Field(description="recall as the bank sees it, learnt once")
    bank_retrained: Interval = Field(description="the same, learnt anew")
    true_frozen: Interval = Field(description="recall in truth, learnt once")
    true_retrained: Interval = Field(description="the same, learnt anew")
    true_gain: Interval = Field(description="difference in truth, paired by scheme")


class Retraining(Record):
    """What learning anew before every stretch wins back, all rounds together but the first."""

    rounds: list[RetrainingRound] = Field(description="in order of time; the first is alike by construction")
    bank_gain: Interval = Field(description="recall as the bank sees it, paired by customer")
    true_gain: Interval = Field(description="recall in truth, paired by scheme")


class OverTime(Result):
    """Recall, shifts, alarms and retraining over time."""

    stretch_weeks: int = Field(description="weeks of a stretch")
    reference_weeks: int = Field(description="first weeks of training that features are compared with")
    bins: int = Field(description="quantiles of the reference between which values are counted")
    index_bound: float = Field(description="index from which on a feature counts as shifted")
    stretches: list[StretchDates] = Field(description="in order of time")
    recall: list[RecallInStretch] = Field(description="by ranker and stretch; the rulebook over all of them")
    changes: list[RecallChange] = Field(description="by ranker")
    typologies: list[TypologyHalves] = Field(description="by ranker and typology")
    scores: list[ScoreShift] = Field(description="by ranker and stretch")
    inputs: list[InputShift] = Field(description="by stretch")
    alarms: list[Alarm] = Field(description="by kind and stretch")
    events: list[ChangeAlarms] = Field(description="planned changes in order of time")
    retraining: Retraining = Field(description="the fixed model learnt anew")
