"""Contract of what explanations are worth, judged by the truth."""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from pipeline import Record, Result


class SignatureOfTypology(Record):
    """How often the reasons name what one typology is known by."""

    typology: str = Field(description="typology")
    alerts: int = Field(description="true alerts on it")
    hits: int = Field(description="of them with its family among the reasons")


class SignatureHits(Record):
    """Whether the reasons of true alerts name the family that their typology is known by."""

    alerts: int = Field(description="alerts on customers with a scheme's payment in the days before")
    schemes: int = Field(description="their schemes")
    hit: Interval = Field(description="share with the family among the first reasons, schemes drawn")
    least: float = Field(description="what the lower end must exceed, stated beforehand")
    is_met: bool | None = Field(description="whether it does; null: nothing to measure")
    exchanged: Interval = Field(description="share that the same pages hit of other schemes' families")
    above_exchanged: Interval = Field(description="hit less exchanged, paired")
    look_alikes: int = Field(description="alerts on innocent look-alikes, the placebo")
    look_alike_hit: Interval = Field(description="share of them that name the imitated typology's family")
    typologies: list[SignatureOfTypology] = Field(description="by typology")


class ToldReason(Record):
    """A reason as the case page tells it."""

    family: str = Field(description="family of reasons")
    contribution: float = Field(description="log-odds")
    text_en: str = Field(description="in English")
    text_zh: str = Field(description="in Chinese")


class MissedSignature(Record):
    """A bad explanation: a true alert high in its week, none of whose reasons fits its scheme."""

    subject_id: int = Field(description="alerted subject")
    customer_id: int = Field(description="customer")
    as_of: str = Field(description="date of the alert, UTC")
    rank: int = Field(description="place in its week")
    typologies: list[str] = Field(description="schemes that the customer takes part in")
    expected: str = Field(description="family that would have fitted, the strongest one")
    expected_place: int | None = Field(description="its place among the families by contribution; null: none")
    expected_contribution: float = Field(description="what it gave to the score, log-odds")
    reasons: list[ToldReason] = Field(description="what the page says instead")


class RingRecovery(Record):
    """How many true members of a ring a method names among the parties around an alerted member."""

    method: str = Field(description="how parties are ranked")
    alerts: int = Field(description="alerts on members of a ring with another active member")
    schemes: int = Field(description="their schemes")
    found: Interval = Field(
        description="mean share of the active members named, at most as many as are named"
    )
    above_largest_value: Interval = Field(
        description="that less the share of the largest counterparties, paired"
    )
    gnn_above: Interval = Field(
        description="the share of the trained graph network's masks less that, paired"
    )
    belonging: float = Field(description="share of the named parties that are members")


class AidedReviews(Record):
    """Reviewers with reasons, by the stated assumption of how reasons move them."""

    reasons: str = Field(description="reasons: the run's; exchanged: other alerts'; always_fit")
    trust: float = Field(description="how far a reviewer follows a reason, 0 to 1 (assumption)")
    harm: float = Field(description="how much a misleading reason takes, for each that a fitting one gives")
    reported: Interval = Field(description="share of true alerts reported, schemes drawn")
    change: Interval = Field(description="that less the share without reasons, paired")
    innocent_looked_into: float = Field(description="share of innocent alerts looked into")


class BreakEven(Record):
    """From which share of fitting pages on reasons help, whatever the trust."""

    harm: float = Field(description="how much a misleading reason takes")
    hit: float | None = Field(description="share of pages with a reason that fits")


class ExplanationAudit(Result):
    """HIDDEN TRUTH of the explanations: what they name, whom they find, and what follows for reviewers."""

    explained: str = Field(description="tree model whose reasons are judged")
    reasons: int = Field(description="reasons of a page that count")
    signature: SignatureHits = Field(description="whether the reasons fit the scheme")
    missed: MissedSignature | None = Field(description="the bad explanation that stands highest; null: none")
    parties: int = Field(description="parties that a method may name of an alert")
    ring_size: float | None = Field(description="mean of other active members of an alert's rings")
    rings: list[RingRecovery] = Field(description="by method; alerts of the graph network")
    reviewers: list[AidedReviews] = Field(description="by harm, trust and kind of reasons")
    unaided: float | None = Field(description="share of true alerts reported without reasons, by assumption")
    break_even: list[BreakEven] = Field(description="by harm")
