"""Contract of the result of the stage audit_injection: what the bank's knowledge teaches a model."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.headline import PartRecall
from models.results.trials import TrialWorth
from pipeline import Record, Result


class LessonRow(Record):
    """What the fixed model finds that was taught one lesson, everything else equal."""

    lesson: str = Field(description="name of the lesson")
    label_en: str = Field(description="what is taught, in English")
    label_zh: str = Field(description="the same in Chinese")
    worth: TrialWorth = Field(description="what it finds; gains are measured from the bank's labels alone")
    described: PartRecall = Field(description="test customers in schemes of typologies that the library has")
    undescribed: PartRecall = Field(description="in schemes of typologies that it lacks, the novel one apart")
    novel: PartRecall = Field(description="in schemes of typologies that no week before the test has")
    known: PartRecall = Field(description="test customers whom the bank's labels know")
    unknown: PartRecall = Field(description="test customers whom they do not know")


class Injection(Result):
    """What lessons beside or instead of the bank's labels are worth, by one fixed model."""

    rows: list[LessonRow] = Field(description="lessons, the bank's labels alone first")
    reviews: int = Field(description="further reviews that each way of exploration was given")
    found_at_random: int = Field(description="illicit customers that reviews drawn at random reported")
    found_by_model: int = Field(
        description="illicit customers that reviews of the model's next in line reported"
    )
    undescribed: list[str] = Field(description="typologies that the library lacks")
    oracle: Interval = Field(
        description="true recall at the budget, taught the truth of all earlier weeks; mean of its seeds"
    )
    oracle_recalls: list[float | None] = Field(description="the same by seed")
