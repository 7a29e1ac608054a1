"""Contract of the study of several worlds: the headline and what separates rankers, drawn anew and again."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.judged import Compared
from models.results.studies import Provenance
from models.results.world_run import PastCases
from pipeline import Record, StudyResult


class WorldGap(Record):
    """By how much one ranker exceeds another in one world."""

    first: str = Field(description="ranker")
    second: str = Field(description="the one that is subtracted")
    true: Compared = Field(description="in truth, paired by scheme")
    bank: Compared = Field(description="by the bank's labels, paired by customer")


class WorldFigures(Record):
    """One world, run from its first payment to the judgement of its rankers."""

    seed: int = Field(description="simulate.seed and investigate.seed")
    customers: int = Field(description="customers of the bank")
    transactions: int = Field(description="payments of the run")
    illicit_customers: int = Field(description="customers with an illicit payment inside the test weeks")
    schemes: int = Field(description="of them what a bootstrap draws as one")
    known_customers: int = Field(description="customers whom the bank's labels call suspicious in the test")
    true: dict[str, Compared] = Field(description="by ranker, in truth")
    bank: dict[str, Compared] = Field(description="by ranker, by the bank's labels")
    gaps: list[WorldGap] = Field(description="paired differences")
    past_cases: list[PastCases] = Field(description="blind replay of past cases, by model")


class WorldSpread(Record):
    """One figure over several worlds: what differs between them, beside what one of them is unsure of."""

    mean: Interval = Field(description="mean of the worlds, 95 % by Student's t over worlds")
    least: float | None = Field(description="smallest of the worlds")
    most: float | None = Field(description="largest of the worlds")
    between: float | None = Field(description="standard deviation between worlds")
    within: float | None = Field(
        description="mean over worlds of the standard deviation inside one: its interval over 3.92"
    )
    above_zero: int = Field(description="worlds whose own interval lies above zero")
    below_zero: int = Field(description="worlds whose own interval lies below zero")


class RankerSpread(Record):
    """The recall at the budget of one ranker over the worlds."""

    ranker: str = Field(description="model, or rules")
    true: WorldSpread = Field(description="in truth")
    bank: WorldSpread = Field(description="by the bank's labels")


class GapSpread(Record):
    """A paired difference of recall at the budget over the worlds."""

    first: str = Field(description="ranker")
    second: str = Field(description="the one that is subtracted")
    true: WorldSpread = Field(description="in truth")
    bank: WorldSpread = Field(description="by the bank's labels")


class Worlds(StudyResult):
    """The headline in worlds that nobody has looked at while this project was made."""

    made_by: Provenance = Field(description="parameters")
    reported: WorldFigures = Field(description="the world of the report, run likewise; part of no spread")
    worlds: list[WorldFigures] = Field(description="the other worlds, by seed")
    rankers: list[RankerSpread] = Field(description="recall at the budget over the other worlds")
    gaps: list[GapSpread] = Field(description="paired differences over the other worlds")
