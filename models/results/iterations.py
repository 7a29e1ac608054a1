"""Contract of the log of iterations: a wish, what was changed, the paired result, kept or taken back."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.studies import Provenance
from models.results.world_run import PastCases, ReviewSlice
from pipeline import Record, StudyResult


class SliceCount(Record):
    """Reviewed alerts of the slice of errors that an iteration is about, whole run.

    An alert of several rules of the slice counts in each.
    """

    reviewed: int = Field(description="reviews decided")
    false_alarms: int = Field(description="of them not reported")
    reasons: dict[str, int] = Field(description="of those: reviews by stated reason")
    alerts: int = Field(description="alerts above the line")
    illicit: int = Field(description="of them illicit in truth")
    look_alikes: dict[str, int] = Field(
        description="of them not illicit, by typology whose planted look-alike the customer is"
    )


class ReviewCount(Record):
    """All alerts above the line of one run."""

    reviewed: int = Field(description="reviews decided")
    reported: int = Field(description="of them reported")
    alerts: int = Field(description="alerts above the line")
    illicit: int = Field(description="of them illicit in truth")


class FigureChange(Record):
    """One recall before and after a change of the same world."""

    figure: str = Field(
        description="rules_reach: illicit customers whom an alert above the line reached, whole run; else "
        "a ranker's recall at the budget on the test"
    )
    customers: int = Field(description="positive customers, before the change")
    before: float | None = Field(description="recall before")
    after: float | None = Field(description="recall after")
    change: Interval = Field(description="after less before, paired")


class Iteration(Record):
    """One turn of the loop."""

    name: str = Field(description="short name")
    title_en: str = Field(description="what it is about, in English")
    title_zh: str = Field(description="the same in Chinese")
    hypothesis_en: str = Field(description="who wished what and why, in English")
    hypothesis_zh: str = Field(description="the same in Chinese")
    base: list[str] = Field(description="iterations kept before, on top of which it is run")
    change: list[str] = Field(description="values changed, file and key: before, after")
    aim: str = Field(description="false_alarms of the slice shall fall, or a figure rise")
    slice_rules: list[str] = Field(description="rules of the slice; empty: all")
    slice_occupations: list[str] = Field(description="occupations of the slice; empty: all")
    slice_before: SliceCount = Field(description="the slice before the change")
    slice_after: SliceCount = Field(description="the same slice after it")
    reviews_before: ReviewCount = Field(description="all alerts before")
    reviews_after: ReviewCount = Field(description="all alerts after")
    true: list[FigureChange] = Field(description="in truth, paired by scheme")
    bank: list[FigureChange] = Field(
        description="by the bank's labels, paired by customer: other reviews make other labels"
    )
    is_kept: bool = Field(description="kept, by the rule that was written down before")
    reasons: list[str] = Field(
        description="why not, empty where kept: aim (not reached), or a guarded figure that fell"
    )
    bank_would_keep: bool = Field(description="what the same rule says to the bank's own figures")


class Iterations(StudyResult):
    """The feedback loop: every turn with its paired result, those taken back too."""

    made_by: Provenance = Field(description="parameters")
    changes: str = Field(description="JSON of what the world of these runs changes of params.yaml")
    customers: int = Field(description="customers of the bank")
    transactions: int = Field(description="payments of the run")
    illicit_customers: int = Field(description="customers with an illicit payment inside the test weeks")
    schemes: int = Field(description="of them what a bootstrap draws as one")
    least_fewer: float = Field(description="share by which false alarms of a slice must fall")
    most_lost: float = Field(description="recall that a guarded figure may lose")
    guards: list[str] = Field(description="figures that must not fall")
    false_alarms: list[ReviewSlice] = Field(
        description="before the first turn: the slices with the most reviews that ended in no report"
    )
    past_cases: list[PastCases] = Field(description="before the first turn: blind replay, by model")
    iterations: list[Iteration] = Field(description="in the order in which they were run")
    kept: list[str] = Field(description="iterations in force at the end")
